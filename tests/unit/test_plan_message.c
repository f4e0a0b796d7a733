/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the init reports, as the sentences that people and callers read. */
#include "plan_sample.h"

#include <errno.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>

#include "plan/protocol.h"

#define EXIT_STATUS(n) ((n) << 8)

static const struct {
    unsigned op, nth, action;
    int errnum;
    int status;
    enum caisson_error_code code;
    const char *detail;
    const char *message;
    const char *hint;
} samples[] = {
    {PLAN_OP_JOIN, 0, PLAN_ACTION_STEP, EINVAL, 0, CAISSON_ERROR_SYSTEM, "",
     "cannot join namespace '/run/netns/blue': Invalid argument", ""},
    {PLAN_OP_UNSHARE, 0, PLAN_ACTION_STEP, ENOSPC, 0, CAISSON_ERROR_SYSTEM, "",
     "cannot make namespaces (mount, uts): No space left on device", ""},
    {PLAN_OP_HOSTNAME, 0, PLAN_ACTION_STEP, EPERM, 0, CAISSON_ERROR_SYSTEM, "",
     "cannot set the host name 'box': Operation not permitted", ""},
    {PLAN_OP_MOUNT, 0, PLAN_ACTION_FSCONFIG, EINVAL, 0, CAISSON_ERROR_SYSTEM,
     "size (tmpfs: Bad value for 'size')",
     "cannot mount tmpfs on '/dev': cannot set the filesystem option 'size': Invalid argument (tmpfs: Bad "
     "value for "
     "'size')",
     ""},
    {PLAN_OP_MOUNT, 0, PLAN_ACTION_FSOPEN, ENODEV, 0, CAISSON_ERROR_SYSTEM, "tmpfs",
     "cannot mount tmpfs on '/dev': cannot open the filesystem type 'tmpfs': No such device",
     "this kernel does not have the filesystem; is its module loaded?"},
    {PLAN_OP_MOUNT, 0, PLAN_ACTION_CHECK_TARGET, EPERM, 0, CAISSON_ERROR_SYSTEM, "/dev",
     "cannot mount tmpfs on '/dev': cannot accept the target: Operation not permitted",
     "the target leads onto procfs; is a directory of its path a symbolic link?"},
    {PLAN_OP_MOUNT, 2, PLAN_ACTION_SETATTR, EPERM, 0, CAISSON_ERROR_SYSTEM, "",
     "cannot mount '/data' with other options: cannot set the mount's options: Operation not permitted",
     "options of a mount that came from a more privileged namespace are locked and cannot be taken away"},
    {PLAN_OP_MOUNT, 3, PLAN_ACTION_FSMOUNT, EINVAL, 0, CAISSON_ERROR_SYSTEM, "overlay",
     "cannot mount overlay on '/over': cannot mount the filesystem 'overlay': Invalid argument", ""},
    {PLAN_OP_NODE, 0, PLAN_ACTION_MISMATCH, EEXIST, 0, CAISSON_ERROR_SYSTEM, "/dev/fuse",
     "cannot make device '/dev/fuse': cannot accept the node that exists: File exists",
     "another file or device has the path already"},
    {PLAN_OP_SYSCTL, 0, PLAN_ACTION_OPEN_PROC, ENOENT, 0, CAISSON_ERROR_SYSTEM, "net/ipv4/ip_forward",
     "cannot set sysctl 'net.ipv4.ip_forward' to '1': cannot open the host's procfs 'net/ipv4/ip_forward': "
     "No "
     "such "
     "file or directory",
     "this kernel does not have it, or not in a namespace"},
    {PLAN_OP_RLIMIT, 0, PLAN_ACTION_STEP, EPERM, 0, CAISSON_ERROR_SYSTEM, "",
     "cannot set resource limit RLIMIT_NOFILE to soft 1024, hard unlimited: Operation not permitted",
     "raising a hard limit needs CAP_SYS_RESOURCE in the initial user namespace"},
    {PLAN_OP_CREDENTIALS, 0, PLAN_ACTION_SETUID, EINVAL, 0, CAISSON_ERROR_SYSTEM, "",
     "cannot set user, groups and capabilities: cannot set the user: Invalid argument",
     "is the user in linux.uidMappings?"},
    {PLAN_OP_CWD, 0, PLAN_ACTION_STEP, ENOTDIR, 0, CAISSON_ERROR_SYSTEM, "",
     "cannot change to the working directory '/home/me': Not a directory", ""},
    {PLAN_OP_UNMOUNT, 0, PLAN_ACTION_STEP, EINVAL, 0, CAISSON_ERROR_SYSTEM, "",
     "cannot unmount '/old': Invalid argument", "nothing is mounted exactly there"},
    {PLAN_OP_HOOK, 0, PLAN_ACTION_HOOK_STATUS, 0, EXIT_STATUS(3), CAISSON_ERROR_HOOK, "/bin/hook",
     "createContainer hook 1 '/bin/hook' exited with status 3", ""},
    {PLAN_OP_HOOK, 0, PLAN_ACTION_HOOK_STATUS, 0, EXIT_STATUS(127), CAISSON_ERROR_HOOK, "/bin/hook",
     "createContainer hook 1 '/bin/hook' exited with status 127",
     "127 says, as a rule, that the file or its interpreter is not in the container"},
    {PLAN_OP_HOOK, 0, PLAN_ACTION_HOOK_STATUS, 0, SIGKILL, CAISSON_ERROR_HOOK, "/bin/hook",
     "createContainer hook 1 '/bin/hook' was ended by signal 9 (Killed)", ""},
    {PLAN_OP_HOOK, 0, PLAN_ACTION_HOOK_TIMEOUT, ETIMEDOUT, 0, CAISSON_ERROR_HOOK, "/bin/hook",
     "createContainer hook 1 '/bin/hook' did not end within 2.5 s and was killed", ""},
    {PLAN_OP_HOOK, 0, PLAN_ACTION_HOOK_SPAWN, EAGAIN, 0, CAISSON_ERROR_HOOK, "/bin/hook",
     "createContainer hook 1 '/bin/hook' cannot be executed: Resource temporarily unavailable", ""},
    {PLAN_OP_LOOKUP, 0, PLAN_ACTION_EXECVE, ENOENT, 0, CAISSON_ERROR_EXEC, "/bin/sh",
     "exec: \"/bin/sh\": stat /bin/sh: no such file or directory", ""},
    {PLAN_OP_LOOKUP, 0, PLAN_ACTION_EXECVE, EACCES, 0, CAISSON_ERROR_EXEC, "/bin/sh",
     "exec: \"/bin/sh\": permission denied",
     "may the user execute it, and search every directory of its path?"},
    {PLAN_OP_LOOKUP, 0, PLAN_ACTION_EXECVE, EISDIR, 0, CAISSON_ERROR_EXEC, "/bin/sh",
     "exec: \"/bin/sh\": is a directory: permission denied", "process.args begins with a directory"},
    {PLAN_OP_LOOKUP, 0, PLAN_ACTION_EXECVE, ENOTDIR, 0, CAISSON_ERROR_EXEC, "/bin/sh",
     "exec: \"/bin/sh\": not a directory", ""},
    {PLAN_OP_LOOKUP, 0, PLAN_ACTION_EXECVE, ELOOP, 0, CAISSON_ERROR_EXEC, "/bin/sh",
     "exec: \"/bin/sh\": too many levels of symbolic links", ""},
    {PLAN_OP_EXEC, 0, PLAN_ACTION_EXECVE, ENOENT, 0, CAISSON_ERROR_EXEC, "/bin/sh",
     "exec: \"/bin/sh\": no such file or directory",
     "the file exists: its interpreter (the '#!' line) or dynamic loader does not, in the container"},
    {PLAN_OP_EXEC, 0, PLAN_ACTION_EXECVE, ENOEXEC, 0, CAISSON_ERROR_EXEC, "/bin/sh",
     "exec: \"/bin/sh\": exec format error",
     "it is built for another architecture, or is a script without a '#!' line"},
    {PLAN_OP_SECCOMP, 0, PLAN_ACTION_STEP, EINVAL, 0, CAISSON_ERROR_SYSTEM, "",
     "cannot load the seccomp filter: Invalid argument", ""},
};

static void report(const struct plan *plan, const struct spec *spec, size_t i, uint32_t step,
                   struct caisson_error *err)
{
    struct plan_message message = {
        .kind = PLAN_MESSAGE_FAILED,
        .step = step,
        .errnum = samples[i].errnum,
        .action = samples[i].action,
        .status = samples[i].status,
    };

    snprintf(message.detail, sizeof message.detail, "%s", samples[i].detail);
    assert_int_equal(plan_message_error(plan, spec, &message, err), -1);
}

static void test_texts(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct plan_step *step = sample_step(&plan, samples[i].op, samples[i].nth);
        const char *origin = plan_text_maybe((const void *)plan.program, step->origin);
        struct caisson_error err;

        memset(&err, 'x', sizeof err);
        report(&plan, NULL, i, sample_index(&plan, step), &err);
        assert_string_equal(err.message, samples[i].message);
        assert_string_equal(err.hint, samples[i].hint);
        assert_int_equal(err.code, samples[i].code);
        assert_int_equal(err.errnum, samples[i].errnum);
        assert_string_equal(err.pointer, origin ? origin : "");
    }
}

/* callers.md: podman's expressions, and the words that docker looks for, with the exit status that they become. */
static bool matches(const char *expression, const char *text)
{
    regex_t compiled;
    bool found;

    assert_int_equal(regcomp(&compiled, expression, REG_EXTENDED | REG_ICASE | REG_NOSUB), 0);
    found = regexec(&compiled, text, 0, NULL, 0) == 0;
    regfree(&compiled);
    return found;
}

static int podman_status(const char *text)
{
    if (matches("permission denied|operation not permitted", text))
        return 126;
    if (matches("executable file not found in|no such file or directory|open executable", text))
        return 127;
    return 125;
}

static int docker_status(const char *text)
{
    if (strstr(text, "executable file not found") || strstr(text, "no such file or directory") ||
        strstr(text, "not a directory"))
        return 127;
    if (strstr(text, "permission denied") || strstr(text, "is a directory"))
        return 126;
    return 125;
}

static void test_callers(void **state)
{
    static const struct {
        const char *name;
        int errnum, podman, docker;
        const char *message;
    } cases[] = {
        {"prog", ENOENT, 127, 127,
         "exec: \"prog\": executable file not found in $PATH: no such file or directory"},
        {"prog", EACCES, 126, 126, "exec: \"prog\": permission denied"},
        {"./prog", ENOENT, 127, 127, "exec: \"./prog\": stat ./prog: no such file or directory"},
        {"/prog", EACCES, 126, 126, "exec: \"/prog\": permission denied"},
        {"/prog", EPERM, 126, 125, "exec: \"/prog\": operation not permitted"},
        {"/prog/x", ENOTDIR, 125, 127, "exec: \"/prog/x\": not a directory"},
        {"/", EISDIR, 126, 126, "exec: \"/\": is a directory: permission denied"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        _cleanup_arena_ struct arena arena = {0};
        struct plan plan = {.arena = &arena, .steps = STRBUF(&arena), .data = STRBUF(&arena)};
        struct plan_builder b = {.plan = &plan};
        struct plan_message message = {PLAN_MESSAGE_FAILED, 0, cases[i].errnum, PLAN_ACTION_EXECVE, 0, ""};
        struct caisson_error err = {0};

        strbuf_add(&plan.data, "\0\0\0\0\0\0\0", 8);
        builder_step(&b, PLAN_OP_LOOKUP, "/process/args/0",
                     (&(struct plan_lookup){builder_text(&b, cases[i].name), builder_text(&b, "/bin")}));
        sample_finish(&plan);
        plan_message_error(&plan, NULL, &message, &err);
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(podman_status(err.message), cases[i].podman);
        assert_int_equal(docker_status(err.message), cases[i].docker);
    }
}

/* podman knows a security label that was refused by a procfs path in backticks. */
static void test_label(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct plan_message message = {PLAN_MESSAGE_FAILED, 0, EINVAL, PLAN_ACTION_WRITE, 0, "label"};
    struct caisson_error err = {0};
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    message.step = sample_index(&plan, sample_step(&plan, PLAN_OP_PROC, 0));
    plan_message_error(&plan, NULL, &message, &err);
    assert_string_equal(
        err.message, "cannot write `/proc/self/attr/exec`: cannot write the value 'label': Invalid argument");
    assert_true(matches("`/proc/[a-z0-9-].+/attr.*/exec`", err.message));
}

static void test_place(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    const struct spec *spec = plan_config(&arena, "'hostname':'box'");
    struct caisson_error err = {0};
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    report(&plan, spec, 2, sample_index(&plan, sample_step(&plan, PLAN_OP_HOSTNAME, 0)), &err);
    assert_string_equal(err.pointer, "/hostname");
    assert_int_equal(err.line, 1);
    assert_string_equal(
        err.message, "config.json:1:59: /hostname: cannot set the host name 'box': Operation not permitted");
}

/* A message that is about no step, from an init that could not begin, or that makes no sense. */
static void test_no_step(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct plan_message message = {
        PLAN_MESSAGE_FAILED, PLAN_NO_STEP, ENOENT, PLAN_ACTION_OPEN_PROC, 0, "/proc"};
    struct caisson_error err = {0};
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    plan_message_error(&plan, NULL, &message, &err);
    assert_string_equal(
        err.message,
        "cannot start the init: cannot open the host's procfs '/proc': No such file or directory");
    message.step = plan.step_count;
    message.action = 12345;
    memset(message.detail, 'x', sizeof message.detail);
    plan_message_error(&plan, NULL, &message, &err);
    assert_int_equal(strncmp(err.message, "cannot start the init: cannot go on 'xxx", 40), 0);
    assert_int_equal(plan_message_error(&plan, NULL, &message, NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts), cmocka_unit_test(test_callers), cmocka_unit_test(test_label),
        cmocka_unit_test(test_place), cmocka_unit_test(test_no_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
