/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.seccomp: what contradicts itself, what is newer than the profile, flags, what is refused, and the kernel. */
#include "plan_config.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bpf.h"
#include "plan/seccomp.h"
#include "plan/seccomp_tables.h"

static const struct spec *profile_spec(struct arena *arena, const char *profile)
{
    return plan_config(arena, arena_format(arena, "'linux':{'seccomp':{%s}}", profile));
}

/* ---- rules about the same system call that contradict each other ---- */

static uint32_t answer(const char *profile, int number, uint64_t first)
{
    _cleanup_arena_ struct arena arena = {0};
    struct seccomp_data data = {.arch = seccomp_arch_native(), .nr = number, .args = {first}};
    struct caisson_error err = {0};
    struct plan_filter filter;
    bool broken = false;
    uint32_t result;

    if (plan_seccomp(&arena, profile_spec(&arena, profile), &filter, NULL, NULL, &err) < 0)
        fail_msg("%s", err.message);
    result = bpf_run(filter.code, filter.length, &data, &broken);
    assert_false(broken);
    return result;
}

#define RULE(action, args) "{'names':['read'],'action':'SCMP_ACT_" action "','args':[" args "]}"
#define ARG(value, op)     "{'index':0,'value':" value ",'op':'SCMP_CMP_" op "'}"
#define TWO_RULES(a, b)    "'defaultAction':'SCMP_ACT_ERRNO','syscalls':[" a "," b "]"

static void test_contradictions(void **state)
{
    (void)state;
    /* without conditions goes before with conditions, and the first before the second */
    assert_int_equal(answer(TWO_RULES(RULE("LOG", ARG("3", "EQ")), RULE("ALLOW", "")), SYS_read, 3),
                     SECCOMP_RET_ALLOW);
    assert_int_equal(answer(TWO_RULES(RULE("ALLOW", ""), RULE("LOG", ARG("3", "EQ"))), SYS_read, 3),
                     SECCOMP_RET_ALLOW);
    assert_int_equal(answer(TWO_RULES(RULE("LOG", ""), RULE("ALLOW", "")), SYS_read, 3), SECCOMP_RET_LOG);
    /* equality goes before ranges */
    assert_int_equal(
        answer(TWO_RULES(RULE("ALLOW", ARG("1", "GT")), RULE("LOG", ARG("3", "EQ"))), SYS_read, 3),
        SECCOMP_RET_LOG);
    assert_int_equal(
        answer(TWO_RULES(RULE("ALLOW", ARG("1", "GT")), RULE("LOG", ARG("3", "EQ"))), SYS_read, 2),
        SECCOMP_RET_ALLOW);
    assert_int_equal(
        answer(TWO_RULES(RULE("LOG", ARG("3", "EQ")), RULE("ALLOW", ARG("3", "EQ"))), SYS_read, 3),
        SECCOMP_RET_LOG);
    /* the same argument twice in one rule: two rules */
    assert_int_equal(
        answer(TWO_RULES(RULE("ALLOW", ARG("1", "EQ") "," ARG("2", "EQ")), RULE("ALLOW", ARG("9", "EQ"))),
               SYS_read, 2),
        SECCOMP_RET_ALLOW);
}

/* ---- newer than the profile ---- */

static void test_enosys(void **state)
{
    static const char old[] = "'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':1,'syscalls':["
                              "{'names':['read','statx'],'action':'SCMP_ACT_ALLOW'}]";
    static const char deny[] = "'defaultAction':'SCMP_ACT_ALLOW','syscalls':["
                               "{'names':['statx'],'action':'SCMP_ACT_ERRNO'}]";
    static const char kill[] = "'defaultAction':'SCMP_ACT_KILL','syscalls':["
                               "{'names':['read'],'action':'SCMP_ACT_ALLOW'}]";
    /* a rule without effect says that the profile knows the call */
    static const char known[] = "'defaultAction':'SCMP_ACT_ERRNO','syscalls':["
                                "{'names':['read'],'action':'SCMP_ACT_ALLOW'},"
                                "{'names':['clone3'],'action':'SCMP_ACT_ERRNO','errnoRet':1}]";

    (void)state;
    assert_int_equal(answer(old, SYS_statx, 0), SECCOMP_RET_ALLOW);
    assert_int_equal(answer(old, SYS_statx + 1, 0), SECCOMP_RET_ERRNO | ENOSYS);
    assert_int_equal(answer(old, SYS_clone3, 0), SECCOMP_RET_ERRNO | ENOSYS);
    assert_int_equal(answer(old, 100000, 0), SECCOMP_RET_ERRNO | ENOSYS);
    assert_int_equal(answer(old, SYS_statx - 1, 0), SECCOMP_RET_ERRNO | EPERM);
    assert_int_equal(answer(old, -1, 0), SECCOMP_RET_ERRNO | EPERM);
    assert_int_equal(answer(deny, SYS_clone3, 0), SECCOMP_RET_ALLOW);
    assert_int_equal(answer(kill, SYS_clone3, 0), SECCOMP_RET_ERRNO | ENOSYS);
    assert_int_equal(answer(known, SYS_clone3, 0), SECCOMP_RET_ERRNO | EPERM);
    assert_int_equal(answer(known, SYS_clone3 + 1, 0), SECCOMP_RET_ERRNO | ENOSYS);
}

/* ---- flags ---- */

static unsigned flags_of(const char *profile)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    struct plan_filter filter;

    if (plan_seccomp(&arena, profile_spec(&arena, profile), &filter, NULL, NULL, &err) < 0)
        fail_msg("%s", err.message);
    return filter.flags;
}

#define NOTIFIES                                                                                             \
    "'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'/"                                                     \
    "s','syscalls':[{'names':['mkdir'],'action':'SCMP_ACT_NOTIFY'}]"

static void test_flags(void **state)
{
    (void)state;
    assert_int_equal(flags_of("'defaultAction':'SCMP_ACT_ALLOW'"), SECCOMP_FILTER_FLAG_SPEC_ALLOW);
    assert_int_equal(flags_of("'defaultAction':'SCMP_ACT_ALLOW','flags':[]"), 0);
    assert_int_equal(flags_of("'defaultAction':'SCMP_ACT_ALLOW','flags':['SECCOMP_FILTER_FLAG_LOG',"
                              "'SECCOMP_FILTER_FLAG_TSYNC']"),
                     SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_TSYNC);
    assert_int_equal(flags_of(NOTIFIES), SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW);
    assert_int_equal(flags_of(NOTIFIES ",'flags':['SECCOMP_FILTER_FLAG_TSYNC']"),
                     SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC |
                         SECCOMP_FILTER_FLAG_TSYNC_ESRCH);
}

static void keep_notice(void *data, const char *text)
{
    snprintf(data, 128, "%s", text);
}

static void test_flag_without_effect(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    const struct spec *spec = profile_spec(
        &arena, "'defaultAction':'SCMP_ACT_ALLOW','flags':['SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV']");
    struct caisson_error err = {0};
    struct plan_filter filter;
    char text[128] = "";

    (void)state;
    if (!seccomp_flag_available(seccomp_flag_find("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")))
        return; /* a kernel before 5.19 */
    assert_int_equal(plan_seccomp(&arena, spec, &filter, keep_notice, text, &err), 0);
    assert_int_equal(filter.flags, 0);
    assert_string_equal(text, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV has no effect without SCMP_ACT_NOTIFY");
}

/* @return whether it is told that the profile lets nothing be executed. */
static bool tells_of_execution(const char *profile)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    struct plan_filter filter;
    char text[128] = "";

    if (plan_seccomp(&arena, profile_spec(&arena, profile), &filter, keep_notice, text, &err) < 0)
        fail_msg("%s", err.message);
    if (*text)
        assert_string_equal(text, "/linux/seccomp: no rule permits execve(2): no program can be executed");
    return *text;
}

static void test_nothing_can_be_executed(void **state)
{
#define DEFAULT(action)           "'defaultAction':'SCMP_ACT_" action "'"
#define NAMES(name, action, more) "{'names':['read','" name "'],'action':'SCMP_ACT_" action "'" more "}"
    static const struct {
        const char *profile;
        bool told;
    } cases[] = {
        {DEFAULT("KILL"), true},
        {DEFAULT("LOG"), false},
        {DEFAULT("ERRNO") ",'syscalls':[" NAMES("execveat", "ALLOW", "") "]", true},
        {DEFAULT("ERRNO") ",'syscalls':[" NAMES("execve", "ALLOW", "") "]", false},
        {DEFAULT("ERRNO") ",'syscalls':[" NAMES("execve", "TRAP", "") "," NAMES("execve", "LOG", "") "]",
         false},
        {DEFAULT("ERRNO") ",'syscalls':[" NAMES("execve", "KILL",
                                                ",'args':[{'index':0,'value':1,'op':'SCMP_CMP_EQ'}]") "]",
         false},
        {DEFAULT("ALLOW") ",'syscalls':[" NAMES("execve", "KILL", "") "]", true},
    };
#undef NAMES
#undef DEFAULT

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (tells_of_execution(cases[i].profile) != cases[i].told)
            fail_msg("%s", cases[i].profile);
}

/* ---- what is refused ---- */

static void test_refused(void **state)
{
    static const struct {
        const char *profile;
        const char *pointer;
        const char *message;
    } cases[] = {
        {"'defaultAction':'SCMP_ACT_NOTIFY','listenerPath':'/s'", "/linux/seccomp/defaultAction",
         "SCMP_ACT_NOTIFY would also stop the process that hands the listener over"},
        {"'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'/s','syscalls':[{'names':['mkdir','write'],"
         "'action':'SCMP_ACT_NOTIFY'}]",
         "/linux/seccomp/syscalls/0/names/1",
         "SCMP_ACT_NOTIFY for write(2) would stop the process that hands the listener over"},
        {"'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'/s','syscalls':[{'names':['sendmsg'],"
         "'action':'SCMP_ACT_NOTIFY'}]",
         "/linux/seccomp/syscalls/0/names/0",
         "SCMP_ACT_NOTIFY for sendmsg(2) would stop the process that hands the listener over"},
        {"'defaultAction':'SCMP_ACT_ALLOW','architectures':['SCMP_ARCH_S390X']",
         "/linux/seccomp/architectures/0", "SCMP_ARCH_S390X has another byte order than this machine"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        _cleanup_arena_ struct arena arena = {0};
        struct caisson_error err = {0};
        struct plan_filter filter;

        assert_int_equal(
            plan_seccomp(&arena, profile_spec(&arena, cases[i].profile), &filter, NULL, NULL, &err), -1);
        assert_string_equal(err.pointer, cases[i].pointer);
        if (!strstr(err.message, cases[i].message))
            fail_msg("%s", err.message);
    }
}

static void test_absent(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    struct plan_filter filter;

    (void)state;
    assert_int_equal(plan_seccomp(&arena, plan_config(&arena, ""), &filter, NULL, NULL, &err), 0);
    assert_int_equal(filter.length, 0);
}

/* ---- the kernel itself ---- */

/* The kernel takes the program, and answers by it. */
static void test_kernel(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    const struct spec *spec = profile_spec(
        &arena,
        "'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['getppid'],'action':'SCMP_ACT_ERRNO',"
        "'errnoRet':33},{'names':['getpgid'],'action':'SCMP_ACT_ERRNO','errnoRet':34,'args':[{'index':0,"
        "'value':4,'op':'SCMP_CMP_GT'}]}]");
    struct caisson_error err = {0};
    struct plan_filter filter;
    int status;
    pid_t pid;

    (void)state;
    assert_int_equal(plan_seccomp(&arena, spec, &filter, NULL, NULL, &err), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct sock_fprog program = {(unsigned short)filter.length, filter.code};

        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
            syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter.flags, &program) < 0)
            _exit(1);
        if (syscall(SYS_getppid) != -1 || errno != 33)
            _exit(2);
        if (syscall(SYS_getpgid, 5) != -1 || errno != 34)
            _exit(3);
        if (syscall(SYS_getpgid, 0) < 0)
            _exit(4);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contradictions),
        cmocka_unit_test(test_enosys),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_flag_without_effect),
        cmocka_unit_test(test_nothing_can_be_executed),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
