/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and numbers that several parts ask for: against the kernel's own headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/capability.h>
#include <linux/sched.h>
#include <string.h>

#include "spec/spec.h"

static void namespaces(void **state)
{
    static const struct {
        enum spec_namespace_type type;
        const char *name;
        uint64_t flag;
    } known[] = {
        {SPEC_NS_PID, "pid", CLONE_NEWPID},          {SPEC_NS_NETWORK, "network", CLONE_NEWNET},
        {SPEC_NS_MOUNT, "mount", CLONE_NEWNS},       {SPEC_NS_IPC, "ipc", CLONE_NEWIPC},
        {SPEC_NS_UTS, "uts", CLONE_NEWUTS},          {SPEC_NS_USER, "user", CLONE_NEWUSER},
        {SPEC_NS_CGROUP, "cgroup", CLONE_NEWCGROUP}, {SPEC_NS_TIME, "time", CLONE_NEWTIME},
    };
    size_t i;

    (void)state;
    assert_int_equal(sizeof known / sizeof known[0], SPEC_NS_COUNT);
    for (i = 0; i < SPEC_NS_COUNT; i++) {
        assert_string_equal(spec_namespace_name(known[i].type), known[i].name);
        assert_true(spec_namespace_flag(known[i].type) == known[i].flag);
    }
}

static void capabilities(void **state)
{
    static const struct {
        const char *name;
        int number;
    } known[] = {
        {"CAP_CHOWN", CAP_CHOWN},
        {"CAP_KILL", CAP_KILL},
        {"CAP_SETPCAP", CAP_SETPCAP},
        {"CAP_NET_BIND_SERVICE", CAP_NET_BIND_SERVICE},
        {"CAP_NET_RAW", CAP_NET_RAW},
        {"CAP_SYS_MODULE", CAP_SYS_MODULE},
        {"CAP_SYS_CHROOT", CAP_SYS_CHROOT},
        {"CAP_SYS_PTRACE", CAP_SYS_PTRACE},
        {"CAP_SYS_ADMIN", CAP_SYS_ADMIN},
        {"CAP_SYS_TTY_CONFIG", CAP_SYS_TTY_CONFIG},
        {"CAP_MKNOD", CAP_MKNOD},
        {"CAP_AUDIT_WRITE", CAP_AUDIT_WRITE},
        {"CAP_SETFCAP", CAP_SETFCAP},
        {"CAP_SYSLOG", CAP_SYSLOG},
        {"CAP_AUDIT_READ", CAP_AUDIT_READ},
        {"CAP_PERFMON", CAP_PERFMON},
        {"CAP_BPF", CAP_BPF},
        {"CAP_CHECKPOINT_RESTORE", CAP_CHECKPOINT_RESTORE},
    };
    unsigned number;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(spec_capability_number(known[i].name), known[i].number);
        assert_string_equal(spec_capability_name((unsigned)known[i].number), known[i].name);
    }
    for (number = 0; number <= 40; number++)
        assert_int_equal(spec_capability_number(spec_capability_name(number)), number);
    assert_null(spec_capability_name(41));
    assert_null(spec_capability_name(UINT32_MAX));
    assert_int_equal(spec_capability_number("CAP_KIL"), -1);
    assert_int_equal(spec_capability_number("KILL"), -1);
    assert_int_equal(spec_capability_number("cap_kill"), -1);
    assert_int_equal(spec_capability_number(""), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(namespaces),
        cmocka_unit_test(capabilities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
