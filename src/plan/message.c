/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/contract.h"
#include "base/error.h"
#include "base/reach.h"
#include "plan/words.h"

enum { ANY = PLAN_ACTION_COUNT };

/* What a user can do about a failure. The first that fits is given. */
static const struct {
    uint16_t op;
    uint16_t action; /* or ANY */
    int errnum;
    const char *hint;
} hints[] = {
    {PLAN_OP_MOUNT, PLAN_ACTION_FSOPEN, ENODEV,
     "this kernel does not have the filesystem; is its module loaded?"},
    {PLAN_OP_MOUNT, PLAN_ACTION_FSCREATE, EPERM,
     "in a user namespace proc, mqueue and sysfs take a pid, ipc or network namespace of the container's "
     "own, and "
     "an unmasked one in sight; otherwise bind the host's, with rbind"},
    {PLAN_OP_MOUNT, PLAN_ACTION_FSMOUNT, EPERM,
     "in a user namespace, /proc and /sys can be mounted only where nothing masks those of the host"},
    {PLAN_OP_MOUNT, PLAN_ACTION_CHECK_TARGET, EPERM,
     "the target leads onto procfs; is a directory of its path a symbolic link?"},
    {PLAN_OP_MOUNT, PLAN_ACTION_OPEN_TARGET, ENOTDIR,
     "a directory cannot be mounted on a file, nor a file on a directory"},
    {PLAN_OP_MOUNT, PLAN_ACTION_ATTACH, ENOTDIR,
     "a directory cannot be mounted on a file, nor a file on a directory"},
    {PLAN_OP_MOUNT, PLAN_ACTION_MAKE_TARGET, EROFS,
     "the target is missing and its filesystem is read-only: make it in the image"},
    {PLAN_OP_MOUNT, PLAN_ACTION_OPEN_TARGET, ELOOP,
     "a symbolic link in the target's path is not allowed here"},
    {PLAN_OP_MOUNT, PLAN_ACTION_SETATTR, EPERM,
     "options of a mount that came from a more privileged namespace are locked and cannot be taken away"},
    {PLAN_OP_MOUNT, PLAN_ACTION_OPEN_SOURCE, EINVAL,
     "without privileges over the host's mounts a source comes with what is mounted below it: rbind, not "
     "bind"},
    {PLAN_OP_UNMOUNT, ANY, EINVAL, "nothing is mounted exactly there"},
    {PLAN_OP_UNMOUNT, ANY, ELOOP,
     "a symbolic link in the path could lead to another mount: name the place itself"},
    {PLAN_OP_PIVOT, PLAN_ACTION_CHECK_TARGET, EXDEV,
     "a mount or a masked path leads to the root itself; is a directory of its path a symbolic link?"},
    {PLAN_OP_NODE, PLAN_ACTION_OPEN_SOURCE, ENOENT,
     "without CAP_MKNOD in the initial user namespace a device is the one of the host at that path, bound"},
    {PLAN_OP_NODE, PLAN_ACTION_MISMATCH, EEXIST, "another file or device has the path already"},
    {PLAN_OP_RLIMIT, ANY, EPERM, "raising a hard limit needs CAP_SYS_RESOURCE in the initial user namespace"},
    {PLAN_OP_SYSCTL, PLAN_ACTION_OPEN_PROC, ENOENT, "this kernel does not have it, or not in a namespace"},
    {PLAN_OP_SYSCTL, ANY, EACCES, "it can be set only by the owner of the namespace that it belongs to"},
    {PLAN_OP_PROC, PLAN_ACTION_WRITE, ENOENT, "is the profile loaded? See apparmor_parser(8)"},
    {PLAN_OP_PROC, ANY, EINVAL, "is the profile or label known to this host's security module?"},
    {PLAN_OP_PROC, PLAN_ACTION_OPEN_PROC, ENOENT, "does this kernel have the security module?"},
    {PLAN_OP_CONSOLE, PLAN_ACTION_OPEN_PTMX, ENOENT,
     "process.terminal needs a mount of type devpts on /dev/pts"},
    {PLAN_OP_CONSOLE, PLAN_ACTION_OPEN_PTMX, ENODEV,
     "process.terminal needs a mount of type devpts on /dev/pts"},
    {PLAN_OP_CREDENTIALS, PLAN_ACTION_SETGROUPS, EPERM,
     "groups cannot be set where setgroups is denied: a user namespace without newgidmap(1)"},
    {PLAN_OP_CREDENTIALS, PLAN_ACTION_SETGROUPS, EINVAL, "is every group in linux.gidMappings?"},
    {PLAN_OP_CREDENTIALS, PLAN_ACTION_SETGID, EINVAL, "is the group in linux.gidMappings?"},
    {PLAN_OP_CREDENTIALS, PLAN_ACTION_SETUID, EINVAL, "is the user in linux.uidMappings?"},
    {PLAN_OP_SCHEDULER, ANY, EINVAL,
     "SCHED_ISO is in no kernel yet; SCHED_DEADLINE wants runtime <= deadline <= period"},
    {PLAN_OP_SCHEDULER, ANY, EOPNOTSUPP, "the utilization clamps need a kernel with CONFIG_UCLAMP_TASK"},
    {PLAN_OP_SCHEDULER, ANY, EBUSY, "the processors have not that much time left for deadlines"},
    {PLAN_OP_MEMPOLICY, ANY, EINVAL,
     "do the mode and its flags go together, does this kernel have them, and are there such nodes?"},
    {PLAN_OP_SCHEDULER, ANY, EPERM,
     "real-time and deadline policies need CAP_SYS_NICE in the initial user namespace"},
    {PLAN_OP_SECCOMP, PLAN_ACTION_STEP, EACCES, "without CAP_SYS_ADMIN process.noNewPrivileges must be true"},
    {PLAN_OP_SECCOMP, PLAN_ACTION_STEP, EBUSY, "a process can have one seccomp listener only"},
    {PLAN_OP_LOOKUP, ANY, EACCES, "may the user execute it, and search every directory of its path?"},
    {PLAN_OP_LOOKUP, ANY, EISDIR, "process.args begins with a directory"},
    {PLAN_OP_EXEC, PLAN_ACTION_EXECVE, ENOENT,
     "the file exists: its interpreter (the '#!' line) or dynamic loader does not, in the container"},
    {PLAN_OP_EXEC, PLAN_ACTION_EXECVE, EACCES,
     "may the user execute it, and is it on a filesystem without noexec?"},
    {PLAN_OP_EXEC, PLAN_ACTION_EXECVE, ENOEXEC,
     "it is built for another architecture, or is a script without a '#!' line"},
};

static void add_hint(unsigned op, const struct plan_message *message, struct caisson_error *err)
{
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        if (hints[i].op == op && hints[i].errnum == message->errnum &&
            (hints[i].action == ANY || hints[i].action == message->action)) {
            error_hint(err, "%s", hints[i].hint);
            return;
        }
    }
}

/*
 * The init's detail is an object, the kernel's words in parentheses, or the one behind the other:
 * "size (tmpfs: Bad value for 'size')".
 */
static void split_detail(struct arena *arena, const char *detail, const char **object, const char **words)
{
    size_t length = strnlen(detail, PLAN_DETAIL_SIZE);
    const char *text = arena_copy(arena, detail, length);
    const char *open = length && text[length - 1] == ')' ? strstr(text, " (") : NULL;

    *words = open ? open : "";
    *object = open ? arena_copy(arena, text, (size_t)(open - text)) : text;
}

/* What the object of a failure tells: which of its path's directories is closed, or that its value is an id. */
static void explain_object(const struct plan *plan, unsigned op, const struct plan_message *message,
                           struct caisson_error *err)
{
    const char *object, *words;

    split_detail(plan->arena, message->detail, &object, &words);
    /* These an init without privileges opens itself. */
    if (op == PLAN_OP_ROOT)
        reach_explain(err, plan->rootfs);
    else if (message->action == PLAN_ACTION_OPEN_SOURCE)
        reach_explain(err, object);
    else if (message->action == PLAN_ACTION_FSCONFIG && message->errnum == EINVAL &&
             (strcmp(object, "uid") == 0 || strcmp(object, "gid") == 0))
        error_hint(err, "is the id in linux.%sMappings? Only what is mapped can own the filesystem", object);
}

/* Callers look for the errors of an execution in lower case, as Go's library writes them. */
static const char *lower_text(struct arena *arena, int errnum)
{
    char *text = arena_string(arena, error_text(errnum));

    if (isupper((unsigned char)text[0]) && islower((unsigned char)text[1]))
        text[0] = (char)tolower((unsigned char)text[0]);
    return text;
}

/* @return the step that the message is about, or NULL. The program is the runtime's own, checked. */
static const struct plan_step *find_step(const struct plan *plan, uint32_t index)
{
    const struct plan_header *header = (const struct plan_header *)(const void *)plan->program;
    const struct plan_step *step;

    if (!header || index >= header->step_count)
        return NULL;
    step = plan_first(header);
    while (index-- > 0)
        step = plan_next(step);
    return step;
}

/* ": cannot set the filesystem option 'size': Invalid argument (tmpfs: Bad value for 'size')" */
static void add_cause(struct arena *arena, struct strbuf *text, const struct plan_message *message)
{
    const char *object, *words;

    split_detail(arena, message->detail, &object, &words);
    if (message->action != PLAN_ACTION_STEP) {
        const char *action = plan_action_words(message->action);

        strbuf_format(text, ": cannot %s", action ? action : "go on");
        /* The object of the step itself stands in front already. */
        if (*object && !strstr(strbuf_string(text), arena_format(arena, "'%s'", object)))
            strbuf_format(text, " '%s'", object);
    }
    if (message->errnum)
        strbuf_format(text, ": %s", error_text(message->errnum));
    strbuf_text(text, words);
}

static void step_error(const struct plan *plan, const struct plan_step *step,
                       const struct plan_message *message, struct caisson_error *err)
{
    const struct plan_header *header = (const struct plan_header *)(const void *)plan->program;
    struct strbuf text = STRBUF(plan->arena);

    if (step) {
        strbuf_format(&text, "cannot %s", plan_op_words(step->op));
        words_object(&text, header, step);
    } else {
        strbuf_text(&text, "cannot start the init");
    }
    add_cause(plan->arena, &text, message);
    error_set(err, CAISSON_ERROR_SYSTEM, "%s", strbuf_string(&text));
    err->errnum = message->errnum;
}

/* The texts by which podman, docker and containerd tell "not found" (127) from "not executable" (126). */
static void exec_error(const struct plan *plan, const struct plan_step *step,
                       const struct plan_message *message, struct caisson_error *err)
{
    const struct plan_header *header = (const struct plan_header *)(const void *)plan->program;
    const char *name, *reason = lower_text(plan->arena, message->errnum);

    if (step->op == PLAN_OP_LOOKUP) {
        name = plan_text(header, PLAN_BODY(plan_lookup, step)->name);
        if (message->errnum == ENOENT && !strchr(name, '/'))
            reason = CONTRACT_NO_PROGRAM;
        else if (message->errnum == ENOENT)
            reason = arena_format(plan->arena, "stat %s: %s", name, reason);
        else if (message->errnum == EACCES)
            reason = CONTRACT_NO_PERMISSION;
        else if (message->errnum == EISDIR)
            reason = arena_format(plan->arena, "%s: %s", reason, CONTRACT_NO_PERMISSION);
    } else {
        const struct plan_vector *args = plan_vector(header, PLAN_BODY(plan_exec, step)->args);

        name = message->detail[0]
                   ? arena_copy(plan->arena, message->detail, strnlen(message->detail, PLAN_DETAIL_SIZE))
                   : plan_item(header, args, 0);
    }
    error_set(err, CAISSON_ERROR_EXEC, "exec: \"%s\": %s", name, reason);
    err->errnum = message->errnum;
}

/* "/hooks/createContainer/0": the kind and the number of a hook. */
static const char *hook_name(struct arena *arena, const char *origin)
{
    static const char prefix[] = "/hooks/";
    const char *slash;

    if (!origin || strncmp(origin, prefix, sizeof prefix - 1) != 0)
        return "hook";
    origin += sizeof prefix - 1;
    slash = strchr(origin, '/');
    if (!slash)
        return "hook";
    return arena_format(arena, "%.*s hook %s", (int)(slash - origin), origin, slash + 1);
}

static const char *hook_end(struct arena *arena, const struct plan_hook *hook,
                            const struct plan_message *message)
{
    if (message->action == PLAN_ACTION_HOOK_TIMEOUT && message->errnum == ETIMEDOUT)
        return arena_format(arena, "did not end within %g s and was killed", hook->timeout_ms / 1000.0);
    if (message->action != PLAN_ACTION_HOOK_STATUS)
        return arena_format(arena, "cannot be executed: %s", error_text(message->errnum));
    if (WIFSIGNALED(message->status))
        return arena_format(arena, "was ended by signal %d (%s)", WTERMSIG(message->status),
                            strsignal(WTERMSIG(message->status)));
    return arena_format(arena, "exited with status %d", WEXITSTATUS(message->status));
}

static void hook_error(const struct plan *plan, const struct plan_step *step,
                       const struct plan_message *message, struct caisson_error *err)
{
    const struct plan_header *header = (const struct plan_header *)(const void *)plan->program;
    const struct plan_hook *hook = PLAN_BODY(plan_hook, step);

    const char *path = plan_text(header, hook->path);
    bool wrote = message->detail[0] && strcmp(message->detail, path) != 0;

    error_set(err, CAISSON_ERROR_HOOK, "%s '%s' %s%s%s",
              hook_name(plan->arena, plan_text_maybe(header, step->origin)), path,
              hook_end(plan->arena, hook, message), wrote ? ": " : "", wrote ? message->detail : "");
    err->errnum = message->errnum;
    /* The init's child says so when it cannot execute the file, as a shell does. */
    if (message->action == PLAN_ACTION_HOOK_STATUS && WIFEXITED(message->status)) {
        if (WEXITSTATUS(message->status) == 127)
            error_hint(err, "127 says, as a rule, that the file or its interpreter is not in the container");
        else if (WEXITSTATUS(message->status) == 126)
            error_hint(err, "126 says, as a rule, that the file cannot be executed");
    }
}

int plan_message_error(const struct plan *plan, const struct spec *spec, const struct plan_message *message,
                       struct caisson_error *err)
{
    const struct plan_step *step = find_step(plan, message->step);
    const struct plan_header *header = (const struct plan_header *)(const void *)plan->program;
    const char *origin = step ? plan_text_maybe(header, step->origin) : NULL;

    if (!err)
        return -1;
    if (step && step->op == PLAN_OP_HOOK)
        hook_error(plan, step, message, err);
    else if (step && (step->op == PLAN_OP_LOOKUP ||
                      (step->op == PLAN_OP_EXEC && message->action == PLAN_ACTION_EXECVE)))
        exec_error(plan, step, message, err);
    else
        step_error(plan, step, message, err);
    if (step) {
        add_hint(step->op, message, err);
        explain_object(plan, step->op, message, err);
    }
    if (!origin)
        return -1;
    if (spec)
        return spec_error_at(spec, err, origin);
    snprintf(err->pointer, sizeof err->pointer, "%s", origin);
    return -1;
}
