/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>

#include "plan/seccomp_annotations.h"
#include "plan/seccomp_program.h"
#include "plan/seccomp_tables.h"

/* Everything that the functions below share while one filter is compiled. */
struct compiler {
    struct arena *arena;
    const struct spec *spec;
    const struct spec_seccomp *seccomp;
    uint32_t *tokens;
    size_t token_count;
    struct caisson_error *err;
};

/* What the configuration asks for is right, and not to be had here. */
#define unsupported(c, pointer, ...)                                                                         \
    ({                                                                                                       \
        spec_error((c)->spec, (c)->err, pointer, __VA_ARGS__);                                               \
        if ((c)->err)                                                                                        \
            (c)->err->code = CAISSON_ERROR_UNSUPPORTED;                                                      \
        -1;                                                                                                  \
    })

/* SECCOMP_RET_* and its data. The reader has seen to it that an errnoRet stands beside actions that have one alone. */
static uint32_t kernel_action(enum spec_seccomp_action kind, const struct spec_u32 *errno_ret)
{
    const struct seccomp_action *action = &seccomp_actions[kind];

    if (!action->has_errno)
        return action->kernel;
    return action->kernel | (errno_ret->set ? errno_ret->value : (uint32_t)EPERM);
}

/* By which the init hands the listener over, and says that it could not: who would answer has it only after that. */
static bool hands_over(const char *name)
{
    return strcmp(name, "sendmsg") == 0 || strcmp(name, "write") == 0;
}

/* What would leave the container hanging. */
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
            if (hands_over(rule->names.items[n]))
                return spec_error(
                    c->spec, c->err, arena_format(c->arena, "/linux/seccomp/syscalls/%zu/names/%zu", i, n),
                    "SCMP_ACT_NOTIFY for %s(2) would stop the process that hands the listener over",
                    rule->names.items[n]);
    }
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

/* One filter holds architectures of one byte order: arguments are found by it. */
static bool same_byte_order(uint32_t token, uint32_t other)
{
    return (token & __AUDIT_ARCH_LE) == (other & __AUDIT_ARCH_LE);
}

static void add_token(struct compiler *c, uint32_t token)
{
    for (size_t i = 0; i < c->token_count; i++)
        if (c->tokens[i] == token)
            return;
    c->tokens[c->token_count++] = token;
}

static int add_architectures(struct compiler *c)
{
    const struct spec_strings *names = &c->seccomp->architectures;

    c->tokens = arena_array(c->arena, names->count + 1, sizeof *c->tokens);
    /* As with libseccomp in other runtimes, the native one is there whether the profile lists it or not. */
    add_token(c, seccomp_arch_native());
    for (size_t i = 0; i < names->count; i++) {
        uint32_t token = seccomp_architecture_token(names->items[i]);

        if (token == 0)
            return unsupported(c, arena_format(c->arena, "/linux/seccomp/architectures/%zu", i),
                               "libseccomp %u.%u.%u does not know %s", seccomp_version()->major,
                               seccomp_version()->minor, seccomp_version()->micro, names->items[i]);
        if (!same_byte_order(token, c->tokens[0]))
            return spec_error(c->spec, c->err, arena_format(c->arena, "/linux/seccomp/architectures/%zu", i),
                              "%s has another byte order than this machine", names->items[i]);
        add_token(c, token);
    }
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

/* Whether a system call that the profile does not know, and so cannot mean, gets the default's refusal. */
static bool refuses_unknown(const struct spec_seccomp *seccomp)
{
    return !seccomp_actions[seccomp->default_action].permits;
}

static bool names_execve(const struct spec_seccomp_rule *rule)
{
    for (size_t i = 0; i < rule->names.count; i++)
        if (strcmp(rule->names.items[i], "execve") == 0)
            return true;
    return false;
}

/* Whether a program can certainly not be executed. Who is killed for trying says nothing any more. */
static bool forbids_execution(const struct spec_seccomp *seccomp)
{
    bool forbidden = !seccomp_actions[seccomp->default_action].permits;

    for (size_t i = 0; i < seccomp->syscalls.count; i++) {
        const struct spec_seccomp_rule *rule = &seccomp->syscalls.items[i];

        if (!names_execve(rule))
            continue;
        if (rule->args.count > 0 || seccomp_actions[rule->action].permits)
            return false;
        forbidden = true;
    }
    return forbidden;
}

static int compile(struct compiler *c, struct plan_filter *filter)
{
    const struct spec_seccomp *seccomp = c->seccomp;
    uint32_t *actions = arena_array(c->arena, seccomp->syscalls.count, sizeof *actions);
    struct seccomp_profile profile = {
        .seccomp = seccomp,
        .actions = actions,
        .enosys = refuses_unknown(seccomp),
    };

    profile.default_action = kernel_action(seccomp->default_action, &seccomp->default_errno_ret);
    for (size_t i = 0; i < seccomp->syscalls.count; i++)
        actions[i] = kernel_action(seccomp->syscalls.items[i].action, &seccomp->syscalls.items[i].errno_ret);
    if (add_architectures(c) < 0)
        return -1;
    profile.tokens = c->tokens;
    profile.token_count = c->token_count;
    filter->code = seccomp_program(c->arena, &profile, &filter->length);
    if (filter->length > BPF_MAXINSNS)
        return spec_error(c->spec, c->err, "/linux/seccomp",
                          "the filter has %zu instructions: the kernel takes %d", filter->length,
                          BPF_MAXINSNS);
    return 0;
}

int plan_seccomp(struct arena *arena, const struct spec *spec, struct plan_filter *filter,
                 plan_notice *notice, void *notice_data, struct caisson_error *err)
{
    struct compiler c = {.arena = arena, .spec = spec, .seccomp = spec->linux_->seccomp, .err = err};
    int finished;

    *filter = (struct plan_filter){0};
    finished = seccomp_finished_filter(arena, spec, filter, err);
    if (finished != 0)
        return finished < 0 ? -1 : 0;
    if (!c.seccomp)
        return 0;
    if (seccomp_check_names(arena, spec, err) < 0 || check_notify(&c, &filter->notifies) < 0 ||
        check_actions(&c) < 0 || resolve_flags(&c, filter, notice, notice_data) < 0)
        return -1;
    if (notice && forbids_execution(c.seccomp))
        notice(notice_data, "/linux/seccomp: no rule permits execve(2): no program can be executed");
    return compile(&c, filter);
}
