/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/print_step.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "plan/fields.h"
#include "plan/words.h"

/* The step that is printed, and what it is found in. */
struct printed {
    struct strbuf *out;
    const struct plan *plan;
    const struct plan_header *header;
    const struct plan_step *step;
    uint32_t index;
};

typedef void print_function(const struct printed *p);

#define BODY(p, type) PLAN_BODY(type, (p)->step)

static const char *text_of(const struct printed *p, plan_ref ref)
{
    const char *text = plan_text_maybe(p->header, ref);

    return text ? text : "";
}

static const struct plan_slot *tree_of(const struct printed *p)
{
    size_t at = (size_t)((const char *)p->step - ((const char *)p->header + p->header->steps));

    for (size_t i = 0; i < p->plan->slot_count; i++) {
        const struct plan_slot *slot = &p->plan->slots[i];

        if (slot->kind == PLAN_SLOT_TREE && slot->where >= at && slot->where - at < p->step->size)
            return slot;
    }
    return NULL;
}

static void print_join(const struct printed *p)
{
    words_namespaces(p->out, BODY(p, plan_join)->types, ",");
    if (BODY(p, plan_join)->path) {
        strbuf_text(p->out, " of ");
        print_quoted(p->out, text_of(p, BODY(p, plan_join)->path));
    }
}

static void print_unshare(const struct printed *p)
{
    words_namespaces(p->out, BODY(p, plan_unshare)->types, ",");
}

static void print_fork(const struct printed *p)
{
    words_namespaces(p->out, BODY(p, plan_fork)->types, ",");
}

static void print_propagation(const struct printed *p)
{
    strbuf_format(p->out, "/ r%s", words_propagation(BODY(p, plan_propagation)->propagation));
}

static void print_parameters(const struct printed *p, plan_ref ref)
{
    const struct plan_vector *vector = plan_vector(p->header, ref);
    size_t start = p->out->length;

    for (uint64_t i = 0; vector && i + 1 < vector->count; i += 2) {
        const char *value = plan_item(p->header, vector, i + 1);

        strbuf_text(p->out, p->out->length == start ? "  " : ",");
        strbuf_text(p->out, plan_item(p->header, vector, i));
        if (*value) {
            strbuf_char(p->out, '=');
            print_quoted(p->out, value);
        }
    }
}

static void print_mount(const struct printed *p)
{
    const struct plan_mount *body = BODY(p, plan_mount);
    const struct plan_slot *tree = body->kind == PLAN_MOUNT_TREE ? tree_of(p) : NULL;
    const char *what = body->kind == PLAN_MOUNT_TREE ? text_of(p, body->source) : text_of(p, body->type);
    size_t start;

    if (tree && tree->path)
        what = tree->path;
    if (body->kind == PLAN_MOUNT_REMOUNT)
        strbuf_text(p->out, "again ");
    else
        print_quoted(p->out, what);
    strbuf_text(p->out, body->kind == PLAN_MOUNT_REMOUNT ? "" : " on ");
    print_quoted(p->out, text_of(p, body->target));
    if (tree) {
        print_slot_options(p->out, tree);
        return;
    }
    start = p->out->length;
    if (body->kind == PLAN_MOUNT_TREE)
        print_option(p->out, start, "", body->flags & PLAN_MOUNT_RECURSIVE ? "rbind" : "bind");
    print_attributes(p->out, start, body->flags & PLAN_MOUNT_ATTR_RECURSIVE ? "r" : "", body->attr_set,
                     body->attr_clear);
    print_option(p->out, start, "r", words_propagation(body->propagation_recursive));
    print_option(p->out, start, "", words_propagation(body->propagation));
    if (body->flags & PLAN_MOUNT_COPY_UP)
        print_option(p->out, start, "", "tmpcopyup");
    print_parameters(p, body->parameters);
    if (body->kind == PLAN_MOUNT_CLASSIC && *text_of(p, body->data))
        strbuf_format(p->out, "  %s", text_of(p, body->data));
}

static void print_root(const struct printed *p)
{
    const struct plan_slot *tree = tree_of(p);

    print_quoted(p->out, text_of(p, BODY(p, plan_root)->path));
    if (tree)
        print_slot_options(p->out, tree);
}

static void print_node(const struct printed *p)
{
    const struct plan_node *body = BODY(p, plan_node);
    char type = S_ISCHR(body->mode) ? 'c' : S_ISBLK(body->mode) ? 'b' : 'p';

    print_quoted(p->out, text_of(p, body->path));
    strbuf_format(p->out, "  %c", type);
    if (type != 'p')
        strbuf_format(p->out, " %u:%u", body->major, body->minor);
    strbuf_format(p->out, "  %04o  %u:%u", body->mode & 07777, body->uid, body->gid);
}

static void print_link(const struct printed *p)
{
    print_quoted(p->out, text_of(p, BODY(p, plan_link)->path));
    strbuf_text(p->out, " -> ");
    print_quoted(p->out, text_of(p, BODY(p, plan_link)->target));
}

static void print_vector(const struct printed *p, plan_ref ref)
{
    const struct plan_vector *vector = plan_vector(p->header, ref);

    for (uint64_t i = 0; vector && i < vector->count; i++) {
        strbuf_text(p->out, i ? " " : "");
        print_quoted(p->out, plan_item(p->header, vector, i));
    }
}

static void print_hook(const struct printed *p)
{
    const struct plan_hook *body = BODY(p, plan_hook);

    print_quoted(p->out, text_of(p, body->path));
    if (body->args) {
        strbuf_text(p->out, ": ");
        print_vector(p, body->args);
    }
    if (body->timeout_ms)
        strbuf_format(p->out, "  within %g s", body->timeout_ms / 1000.0);
}

static void print_root_attr(const struct printed *p)
{
    const struct plan_root_attr *body = BODY(p, plan_root_attr);
    size_t start;

    strbuf_char(p->out, '/');
    start = p->out->length;
    print_attributes(p->out, start, "", body->attr_set, 0);
    print_option(p->out, start, "r", words_propagation(body->propagation_recursive));
    print_option(p->out, start, "", words_propagation(body->propagation));
}

static void print_assignment(const struct printed *p, const char *prefix, plan_ref file, plan_ref value)
{
    strbuf_text(p->out, prefix);
    print_quoted(p->out, text_of(p, file));
    strbuf_text(p->out, " = ");
    print_quoted(p->out, text_of(p, value));
}

static void print_sysctl(const struct printed *p)
{
    print_assignment(p, "", BODY(p, plan_sysctl)->file, BODY(p, plan_sysctl)->value);
}

static void print_proc(const struct printed *p)
{
    print_assignment(p, "/proc/", BODY(p, plan_proc)->file, BODY(p, plan_proc)->value);
}

static void print_rlimit(const struct printed *p)
{
    const struct plan_rlimit *body = BODY(p, plan_rlimit);
    const char *name = words_rlimit(body->resource);

    strbuf_format(p->out, "%s  soft ", name ? name : "?");
    words_limit(p->out, body->soft);
    strbuf_text(p->out, "  hard ");
    words_limit(p->out, body->hard);
}

/* Sets that are the same stand on one line: as a rule three of them are. */
static void print_capabilities(const struct printed *p)
{
    const struct plan_credentials *body = BODY(p, plan_credentials);
    const struct {
        const char *name;
        uint64_t set;
    } sets[] = {
        {"bounding", body->bounding},       {"effective", body->effective}, {"permitted", body->permitted},
        {"inheritable", body->inheritable}, {"ambient", body->ambient},
    };
    unsigned done = 0;

    for (unsigned i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        const char *comma = "";

        if (done & 1u << i)
            continue;
        strbuf_char(p->out, '\n');
        for (unsigned j = i; j < sizeof sets / sizeof sets[0]; j++) {
            if (sets[j].set != sets[i].set)
                continue;
            done |= 1u << j;
            strbuf_format(p->out, "%s%s", comma, sets[j].name);
            comma = ", ";
        }
        strbuf_text(p->out, ":");
        if (sets[i].set == 0)
            strbuf_text(p->out, " none");
        for (unsigned cap = 0; cap < 64; cap++)
            if (sets[i].set >> cap & 1)
                strbuf_format(p->out, " %s", spec_capability_name(cap) ? spec_capability_name(cap) : "?");
    }
}

static void print_credentials(const struct printed *p)
{
    const struct plan_credentials *body = BODY(p, plan_credentials);
    const uint32_t *groups = (const uint32_t *)(const void *)plan_text_maybe(p->header, body->groups);

    strbuf_format(p->out, "uid %u  gid %u", body->uid, body->gid);
    if (body->flags & PLAN_CREDENTIALS_KEEP_GROUPS)
        strbuf_text(p->out, "  groups kept");
    else if (body->group_count)
        strbuf_text(p->out, "  groups");
    for (uint32_t i = 0; groups && i < body->group_count; i++)
        strbuf_format(p->out, " %u", groups[i]);
    print_capabilities(p);
    if (body->flags & PLAN_CREDENTIALS_KEEP_ADMIN)
        strbuf_text(p->out, "  CAP_SYS_ADMIN kept for the filter");
}

static void print_umask(const struct printed *p)
{
    strbuf_format(p->out, "%04o", BODY(p, plan_umask)->mask);
}

static void print_seccomp(const struct printed *p)
{
    const struct plan_seccomp *body = BODY(p, plan_seccomp);

    strbuf_format(p->out, "%u instructions", body->count);
    for (unsigned i = 0; i < plan_field_count; i++) {
        if (plan_fields[i].op != PLAN_OP_SECCOMP || plan_fields[i].kind != FIELD_FLAGS)
            continue;
        for (const struct field_word *word = plan_fields[i].words; word->word; word++)
            if (body->flags & word->value)
                strbuf_format(p->out, "  %s", word->word);
    }
}

static void print_exec(const struct printed *p)
{
    const struct plan_vector *env = plan_vector(p->header, BODY(p, plan_exec)->env);

    print_vector(p, BODY(p, plan_exec)->args);
    strbuf_format(p->out, "  (%" PRIu64 " environment variables)", env ? env->count : 0);
}

/* The kinds for which a list of their members would not do. */
static print_function *const functions[PLAN_OP_COUNT] = {
    [PLAN_OP_JOIN] = print_join,     [PLAN_OP_UNSHARE] = print_unshare,
    [PLAN_OP_FORK] = print_fork,     [PLAN_OP_PROPAGATION] = print_propagation,
    [PLAN_OP_ROOT] = print_root,     [PLAN_OP_MOUNT] = print_mount,
    [PLAN_OP_NODE] = print_node,     [PLAN_OP_LINK] = print_link,
    [PLAN_OP_HOOK] = print_hook,     [PLAN_OP_ROOT_ATTR] = print_root_attr,
    [PLAN_OP_SYSCTL] = print_sysctl, [PLAN_OP_PROC] = print_proc,
    [PLAN_OP_RLIMIT] = print_rlimit, [PLAN_OP_CREDENTIALS] = print_credentials,
    [PLAN_OP_UMASK] = print_umask,   [PLAN_OP_SECCOMP] = print_seccomp,
    [PLAN_OP_EXEC] = print_exec,
};

/* One member as "name value"; a text or a word stands for itself. */
static void print_member(const struct printed *p, const struct field *field)
{
    const char *at = (const char *)(p->step + 1) + field->at;
    const char *gap = p->out->length ? "  " : "";
    uint16_t u16;
    uint32_t u32 = 0;
    uint64_t u64;

    if (field->size == sizeof u32)
        memcpy(&u32, at, sizeof u32);
    switch (field->kind) {
    case FIELD_TEXT:
        strbuf_text(p->out, u32 ? gap : "");
        if (u32)
            print_quoted(p->out, text_of(p, u32));
        break;
    case FIELD_WORD:
        strbuf_format(p->out, "%s%s", gap,
                      field_word(field->words, u32) ? field_word(field->words, u32) : "?");
        break;
    case FIELD_MEMPOLICY:
        strbuf_text(p->out, gap);
        words_mempolicy(p->out, u32, ",");
        break;
    case FIELD_CPUS:
    case FIELD_NODES:
        if (!u32)
            break;
        strbuf_text(p->out, gap);
        words_list(p->out, text_of(p, u32), words_count_behind(at) * (field->kind == FIELD_CPUS ? 8 : 1));
        break;
    case FIELD_U16:
        memcpy(&u16, at, sizeof u16);
        strbuf_format(p->out, "%s%s %u", gap, field->name, u16);
        break;
    case FIELD_U32:
    case FIELD_BOOL:
        strbuf_format(p->out, "%s%s %u", gap, field->name, u32);
        break;
    case FIELD_I32:
        strbuf_format(p->out, "%s%s %d", gap, field->name, (int32_t)u32);
        break;
    case FIELD_U64:
        memcpy(&u64, at, sizeof u64);
        strbuf_format(p->out, "%s%s %" PRIu64, gap, field->name, u64);
        break;
    default:
        break;
    }
}

void print_step(struct strbuf *out, const struct plan *plan, uint32_t index, const struct plan_step *step)
{
    struct printed p = {
        .out = out,
        .plan = plan,
        .header = (const struct plan_header *)(const void *)plan->program,
        .step = step,
        .index = index,
    };

    if (functions[step->op]) {
        functions[step->op](&p);
        return;
    }
    for (unsigned i = 0; i < plan_field_count; i++)
        if (plan_fields[i].op == step->op)
            print_member(&p, &plan_fields[i]);
}
