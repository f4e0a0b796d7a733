/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/seccomp.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "plan/seccomp_enosys.h"
#include "plan/seccomp_tables.h"
#include "sys/memfd.h"

enum { ARGUMENTS = 6, ARCHITECTURES = 32 };

/* Everything that the functions below share while one filter is compiled. */
struct compiler {
    struct arena *arena;
    const struct spec *spec;
    const struct spec_seccomp *seccomp;
    scmp_filter_ctx library;
    uint32_t tokens[ARCHITECTURES];
    size_t token_count;
    struct caisson_error *err;
};

static void release(scmp_filter_ctx *library)
{
    if (*library)
        seccomp_release(*library);
}

/* What the configuration asks for is right, and not to be had here. */
#define unsupported(c, pointer, ...)                                                                         \
    ({                                                                                                       \
        spec_error((c)->spec, (c)->err, pointer, __VA_ARGS__);                                               \
        if ((c)->err)                                                                                        \
            (c)->err->code = CAISSON_ERROR_UNSUPPORTED;                                                      \
        -1;                                                                                                  \
    })

/* @return 0 with `*action` for libseccomp, or -1: an errnoRet that the action cannot give (config-linux.md, 1.2.1). */
static int resolve_action(const struct compiler *c, enum spec_seccomp_action kind,
                          const struct spec_u32 *errno_ret, const char *pointer, const char *member,
                          uint32_t *action)
{
    const struct seccomp_action *known = &seccomp_actions[kind];

    *action = known->library;
    if (errno_ret->set && known->largest == 0)
        return spec_error(c->spec, c->err, arena_format(c->arena, "%s/%s", pointer, member),
                          "%s returns no errno", known->name);
    if (errno_ret->set && errno_ret->value > known->largest)
        return spec_error(c->spec, c->err, arena_format(c->arena, "%s/%s", pointer, member),
                          "%u is larger than %u, the largest for %s", errno_ret->value, known->largest,
                          known->name);
    if (known->largest > 0)
        *action |= errno_ret->set ? errno_ret->value : (uint32_t)EPERM;
    return 0;
}

/* The rules that runc has for notifications, each of which would leave the container hanging. */
static int check_notify(const struct compiler *c, bool *notifies)
{
    const struct spec_seccomp *seccomp = c->seccomp;

    *notifies = false;
    if (seccomp->default_action == SPEC_ACT_NOTIFY)
        return spec_error(c->spec, c->err, "/linux/seccomp/defaultAction",
                          "SCMP_ACT_NOTIFY would also stop the process that hands the listener over");
    for (size_t i = 0; i < seccomp->syscalls.count; i++) {
        const struct spec_seccomp_rule *rule = &seccomp->syscalls.items[i];

        if (rule->action != SPEC_ACT_NOTIFY)
            continue;
        *notifies = true;
        for (size_t n = 0; n < rule->names.count; n++)
            if (strcmp(rule->names.items[n], "write") == 0)
                return spec_error(
                    c->spec, c->err, arena_format(c->arena, "/linux/seccomp/syscalls/%zu/names/%zu", i, n),
                    "SCMP_ACT_NOTIFY for write(2) would stop the process that hands the listener over");
    }
    if (seccomp->listener_metadata && !seccomp->listener_path)
        return spec_error(c->spec, c->err, "/linux/seccomp/listenerMetadata",
                          "there is no listenerPath to send it to");
    if (*notifies && !seccomp->listener_path)
        return spec_error(c->spec, c->err, "/linux/seccomp", "SCMP_ACT_NOTIFY needs a listenerPath");
    return 0;
}

static int check_actions(const struct compiler *c)
{
    bool checked[SPEC_ACT_COUNT] = {false};

    for (size_t i = 0; i <= c->seccomp->syscalls.count; i++) {
        bool is_default = i == c->seccomp->syscalls.count;
        enum spec_seccomp_action action =
            is_default ? c->seccomp->default_action : c->seccomp->syscalls.items[i].action;

        if (checked[action])
            continue;
        checked[action] = true;
        if (!seccomp_action_available(action))
            return unsupported(c,
                               is_default ? "/linux/seccomp/defaultAction"
                                          : arena_format(c->arena, "/linux/seccomp/syscalls/%zu/action", i),
                               "this kernel does not have %s (is it built with CONFIG_SECCOMP_FILTER?)",
                               seccomp_actions[action].name);
    }
    return 0;
}

static int add_architectures(struct compiler *c)
{
    const struct spec_strings *names = &c->seccomp->architectures;

    /* libseccomp puts the native one in by itself. */
    c->tokens[c->token_count++] = seccomp_arch_native();
    for (size_t i = 0; i < names->count; i++) {
        uint32_t token = seccomp_architecture_token(names->items[i]);
        int rc;

        if (token == 0)
            return unsupported(c, arena_format(c->arena, "/linux/seccomp/architectures/%zu", i),
                               "libseccomp %u.%u.%u does not know %s", seccomp_version()->major,
                               seccomp_version()->minor, seccomp_version()->micro, names->items[i]);
        rc = seccomp_arch_add(c->library, token);
        if (rc == -EEXIST)
            continue;
        if (rc < 0 || c->token_count == ARCHITECTURES)
            return spec_error(c->spec, c->err, arena_format(c->arena, "/linux/seccomp/architectures/%zu", i),
                              "%s cannot be in one filter with this machine's architecture: %s",
                              names->items[i], strerror(-rc));
        c->tokens[c->token_count++] = token;
    }
    return 0;
}

/* @return whether two conditions look at the same argument, which libseccomp does not take in one rule. */
static bool repeats_argument(const struct spec_seccomp_rule *rule)
{
    unsigned seen = 0;

    for (size_t i = 0; i < rule->args.count; i++) {
        if (seen & 1u << rule->args.items[i].index)
            return true;
        seen |= 1u << rule->args.items[i].index;
    }
    return false;
}

static struct scmp_arg_cmp comparison(const struct spec_seccomp_arg *arg)
{
    return (struct scmp_arg_cmp){
        .arg = arg->index,
        .op = (enum scmp_compare)seccomp_operators[arg->op].library,
        .datum_a = arg->value,
        .datum_b = arg->value_two,
    };
}

/* @return 0, or -errno of libseccomp. That a rule is there already, or is covered by one, is no error. */
static int add_syscall(const struct compiler *c, const struct spec_seccomp_rule *rule, uint32_t action,
                       int number)
{
    struct scmp_arg_cmp comparisons[ARGUMENTS];
    int rc;

    if (repeats_argument(rule)) {
        /* As runc, and docker before it, always did: each condition is a rule of its own, one of them is enough. */
        for (size_t i = 0; i < rule->args.count; i++) {
            comparisons[0] = comparison(&rule->args.items[i]);
            rc = seccomp_rule_add_array(c->library, action, number, 1, comparisons);
            if (rc < 0 && rc != -EEXIST)
                return rc;
        }
        return 0;
    }
    for (size_t i = 0; i < rule->args.count; i++)
        comparisons[i] = comparison(&rule->args.items[i]);
    rc = seccomp_rule_add_array(c->library, action, number, (unsigned)rule->args.count, comparisons);
    return rc == -EEXIST ? 0 : rc;
}

static int add_rule(const struct compiler *c, size_t i, uint32_t default_action)
{
    const struct spec_seccomp_rule *rule = &c->seccomp->syscalls.items[i];
    const char *pointer = arena_format(c->arena, "/linux/seccomp/syscalls/%zu", i);
    uint32_t action;

    if (resolve_action(c, rule->action, &rule->errno_ret, pointer, "errnoRet", &action) < 0)
        return -1;
    if (action == default_action)
        return 0; /* what happens anyway; libseccomp refuses such rules */
    for (size_t n = 0; n < rule->names.count; n++) {
        int number = seccomp_syscall_resolve_name(rule->names.items[n]), rc;

        if (number == __NR_SCMP_ERROR)
            continue; /* a name of the future, or of another system: config-linux.md lets it be left out */
        rc = add_syscall(c, rule, action, number);
        if (rc < 0)
            return spec_error(c->spec, c->err, arena_format(c->arena, "%s/names/%zu", pointer, n),
                              "libseccomp cannot add a rule for %s: %s", rule->names.items[n], strerror(-rc));
    }
    return 0;
}

/* The program as the kernel takes it, with `prefix` in front. */
static int export(const struct compiler *c, const struct sock_filter *prefix, size_t prefix_length,
                  struct plan_filter *filter)
{
    _cleanup_close_ int fd = sys_memfd("seccomp", 0);
    struct stat st;
    int rc;

    if (fd < 0)
        return error_system(c->err, errno, "cannot make a memory file for the seccomp filter");
    rc = seccomp_export_bpf(c->library, fd);
    if (rc < 0)
        return error_system(c->err, -rc, "libseccomp cannot compile the seccomp filter");
    if (fstat(fd, &st) < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return error_system(c->err, errno, "cannot read the seccomp filter");
    filter->length = prefix_length + (size_t)st.st_size / sizeof *filter->code;
    if (filter->length > BPF_MAXINSNS)
        return spec_error(c->spec, c->err, "/linux/seccomp",
                          "the filter has %zu instructions: the kernel takes %d", filter->length,
                          BPF_MAXINSNS);
    filter->code = arena_array(c->arena, filter->length, sizeof *filter->code);
    if (prefix_length)
        memcpy(filter->code, prefix, prefix_length * sizeof *filter->code);
    if (fd_read_all(fd, filter->code + prefix_length, (size_t)st.st_size) != st.st_size)
        return error_system(c->err, EIO, "cannot read the seccomp filter");
    return 0;
}

/* SPEC_ALLOW is the default, as in runc: the slower code against Spectre is for those who ask for it with []. */
static int resolve_flags(const struct compiler *c, struct plan_filter *filter, plan_notice *notice,
                         void *notice_data)
{
    const struct spec_strings *names = &c->seccomp->flags;

    filter->flags = c->seccomp->flags_set ? 0 : SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    for (size_t i = 0; i < names->count; i++) {
        const struct seccomp_flag *flag = seccomp_flag_find(names->items[i]);

        if (!flag || !seccomp_flag_available(flag))
            return unsupported(c, arena_format(c->arena, "/linux/seccomp/flags/%zu", i),
                               "this kernel does not have %s", names->items[i]);
        if ((flag->companion & SECCOMP_FILTER_FLAG_NEW_LISTENER) && !filter->notifies) {
            if (notice)
                notice(notice_data,
                       arena_format(c->arena, "%s has no effect without SCMP_ACT_NOTIFY", flag->name));
            continue;
        }
        filter->flags |= flag->kernel;
    }
    if (filter->notifies)
        filter->flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
    /* Both want the call's return value for themselves, unless this is set (Linux 5.7). */
    if (filter->notifies && (filter->flags & SECCOMP_FILTER_FLAG_TSYNC))
        filter->flags |= SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
    return 0;
}

static int compile(struct compiler *c, uint32_t default_action, struct plan_filter *filter)
{
    struct sock_filter *prefix;
    size_t prefix_length;

    /* A binary search over the numbers, where the order of the rules would be a linear one. */
    if (seccomp_attr_set(c->library, SCMP_FLTATR_CTL_NNP, 0) < 0 ||
        seccomp_attr_set(c->library, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0)
        return error_set(c->err, CAISSON_ERROR_UNSUPPORTED, "libseccomp is older than 2.5");
    if (add_architectures(c) < 0)
        return -1;
    for (size_t i = 0; i < c->seccomp->syscalls.count; i++)
        if (add_rule(c, i, default_action) < 0)
            return -1;
    prefix = seccomp_enosys(c->arena, c->seccomp, c->tokens, c->token_count, &prefix_length);
    return export(c, prefix, prefix_length, filter);
}

int plan_seccomp(struct arena *arena, const struct spec *spec, struct plan_filter *filter,
                 plan_notice *notice, void *notice_data, struct caisson_error *err)
{
    __attribute__((cleanup(release))) scmp_filter_ctx library = NULL;
    struct compiler c = {.arena = arena, .spec = spec, .seccomp = spec->linux_->seccomp, .err = err};
    uint32_t action;

    *filter = (struct plan_filter){0};
    if (!c.seccomp)
        return 0;
    if (check_notify(&c, &filter->notifies) < 0 || check_actions(&c) < 0 ||
        resolve_flags(&c, filter, notice, notice_data) < 0 ||
        resolve_action(&c, c.seccomp->default_action, &c.seccomp->default_errno_ret, "/linux/seccomp",
                       "defaultErrnoRet", &action) < 0)
        return -1;
    library = seccomp_init(action);
    if (!library)
        return error_set(err, CAISSON_ERROR_SYSTEM, "libseccomp cannot make a filter");
    c.library = library;
    return compile(&c, action, filter);
}
