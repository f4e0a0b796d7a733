/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/words.h"

/* Most kinds of step act on one text: where it is in the body. */
static const struct {
    uint16_t op;
    uint16_t at;
} named[] = {
    {PLAN_OP_KEYRING, offsetof(struct plan_keyring, name)},
    {PLAN_OP_HOSTNAME, offsetof(struct plan_hostname, name)},
    {PLAN_OP_DOMAINNAME, offsetof(struct plan_hostname, name)},
    {PLAN_OP_ROOT, offsetof(struct plan_root, path)},
    {PLAN_OP_NODE, offsetof(struct plan_node, path)},
    {PLAN_OP_LINK, offsetof(struct plan_link, path)},
    {PLAN_OP_HOOK, offsetof(struct plan_hook, path)},
    {PLAN_OP_DIRECTORY, offsetof(struct plan_path, path)},
    {PLAN_OP_UNMOUNT, offsetof(struct plan_path, path)},
    {PLAN_OP_READONLY, offsetof(struct plan_readonly, path)},
    {PLAN_OP_MASK, offsetof(struct plan_mask, path)},
    {PLAN_OP_CWD, offsetof(struct plan_cwd, path)},
    {PLAN_OP_LOOKUP, offsetof(struct plan_lookup, name)},
};

static void join_object(struct strbuf *out, const struct plan_header *plan, const struct plan_join *body)
{
    const char *path = plan_text_maybe(plan, body->path);

    if (path) {
        strbuf_format(out, " '%s'", path);
        return;
    }
    strbuf_text(out, " of the container (");
    words_namespaces(out, body->types, ", ");
    strbuf_char(out, ')');
}

static void mount_object(struct strbuf *out, const struct plan_header *plan, const struct plan_mount *body)
{
    const char *what = plan_text_maybe(plan, body->type);
    const char *source = plan_text_maybe(plan, body->source);
    const char *target = plan_text(plan, body->target);

    if (body->kind == PLAN_MOUNT_REMOUNT)
        strbuf_format(out, " '%s' with other options", target);
    else if (body->kind == PLAN_MOUNT_TREE)
        strbuf_format(out, " '%s' on '%s'", source ? source : "?", target);
    else
        strbuf_format(out, " %s on '%s'", what ? what : "a filesystem", target);
}

/* "net/ipv4/ip_forward" is known to people as net.ipv4.ip_forward. */
static void sysctl_object(struct strbuf *out, const struct plan_header *plan, const struct plan_sysctl *body)
{
    strbuf_text(out, " '");
    for (const char *p = plan_text(plan, body->file); *p; p++)
        strbuf_char(out, *p == '/' ? '.' : *p == '.' ? '/' : *p);
    strbuf_format(out, "' to '%s'", plan_text(plan, body->value));
}

static void rlimit_object(struct strbuf *out, const struct plan_rlimit *body)
{
    const char *name = words_rlimit(body->resource);

    strbuf_format(out, " %s to soft ", name ? name : "?");
    words_limit(out, body->soft);
    strbuf_text(out, ", hard ");
    words_limit(out, body->hard);
}

static void exec_object(struct strbuf *out, const struct plan_header *plan, const struct plan_exec *body)
{
    const struct plan_vector *args = plan_vector(plan, body->args);

    if (args && args->count > 0)
        strbuf_format(out, " '%s'", plan_item(plan, args, 0));
}

void words_object(struct strbuf *out, const struct plan_header *plan, const struct plan_step *step)
{
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        const char *text;

        if (named[i].op != step->op)
            continue;
        text = plan_text(plan, *(const plan_ref *)(const void *)((const char *)(step + 1) + named[i].at));
        if (text)
            strbuf_format(out, " '%s'", text);
        return;
    }
    switch (step->op) {
    case PLAN_OP_JOIN:
        join_object(out, plan, PLAN_BODY(plan_join, step));
        break;
    case PLAN_OP_UNSHARE:
        strbuf_text(out, " (");
        words_namespaces(out, PLAN_BODY(plan_unshare, step)->types, ", ");
        strbuf_char(out, ')');
        break;
    case PLAN_OP_MOUNT:
        mount_object(out, plan, PLAN_BODY(plan_mount, step));
        break;
    case PLAN_OP_SYSCTL:
        sysctl_object(out, plan, PLAN_BODY(plan_sysctl, step));
        break;
    case PLAN_OP_PROC: /* in backticks: podman looks for "`/proc/.../attr/exec`" */
        strbuf_format(out, " `/proc/%s`", plan_text(plan, PLAN_BODY(plan_proc, step)->file));
        break;
    case PLAN_OP_RLIMIT:
        rlimit_object(out, PLAN_BODY(plan_rlimit, step));
        break;
    case PLAN_OP_EXEC:
        exec_object(out, plan, PLAN_BODY(plan_exec, step));
        break;
    default:
        break;
    }
}
