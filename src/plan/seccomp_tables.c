/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/seccomp_tables.h"

#include <ctype.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct seccomp_action seccomp_actions[SPEC_ACT_COUNT] = {
    [SPEC_ACT_KILL] = {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD, false, false},
    [SPEC_ACT_KILL_PROCESS] = {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS, false, false},
    [SPEC_ACT_KILL_THREAD] = {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD, false, false},
    [SPEC_ACT_TRAP] = {"SCMP_ACT_TRAP", SECCOMP_RET_TRAP, false, false},
    [SPEC_ACT_ERRNO] = {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO, true, false},
    [SPEC_ACT_TRACE] = {"SCMP_ACT_TRACE", SECCOMP_RET_TRACE, true, true},
    [SPEC_ACT_ALLOW] = {"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW, false, true},
    [SPEC_ACT_LOG] = {"SCMP_ACT_LOG", SECCOMP_RET_LOG, false, true},
    [SPEC_ACT_NOTIFY] = {"SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF, false, true},
};

const char *const seccomp_operators[SPEC_CMP_COUNT] = {
    [SPEC_CMP_NE] = "SCMP_CMP_NE",
    [SPEC_CMP_LT] = "SCMP_CMP_LT",
    [SPEC_CMP_LE] = "SCMP_CMP_LE",
    [SPEC_CMP_EQ] = "SCMP_CMP_EQ",
    [SPEC_CMP_GE] = "SCMP_CMP_GE",
    [SPEC_CMP_GT] = "SCMP_CMP_GT",
    [SPEC_CMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
};

const struct seccomp_flag seccomp_flags[] = {
    {"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC, 0},
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG, 0},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW, 0},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
     SECCOMP_FILTER_FLAG_NEW_LISTENER},
};

const unsigned seccomp_flag_count = sizeof seccomp_flags / sizeof seccomp_flags[0];

/* The names are those of defs-linux.json; what libseccomp calls them is the same in lower case. */
static const char *const architectures[] = {
    "SCMP_ARCH_X86",     "SCMP_ARCH_X86_64",   "SCMP_ARCH_X32",         "SCMP_ARCH_ARM",
    "SCMP_ARCH_AARCH64", "SCMP_ARCH_MIPS",     "SCMP_ARCH_MIPS64",      "SCMP_ARCH_MIPS64N32",
    "SCMP_ARCH_MIPSEL",  "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC",
    "SCMP_ARCH_PPC64",   "SCMP_ARCH_PPC64LE",  "SCMP_ARCH_S390",        "SCMP_ARCH_S390X",
    "SCMP_ARCH_PARISC",  "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64",     "SCMP_ARCH_LOONGARCH64",
    "SCMP_ARCH_M68K",    "SCMP_ARCH_SH",       "SCMP_ARCH_SHEB",
};

const struct seccomp_flag *seccomp_flag_find(const char *name)
{
    for (unsigned i = 0; i < seccomp_flag_count; i++)
        if (strcmp(seccomp_flags[i].name, name) == 0)
            return &seccomp_flags[i];
    return NULL;
}

bool seccomp_flag_available(const struct seccomp_flag *flag)
{
    /* The kernel looks at the flags first, and at the program, which is none, after them. */
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flag->kernel | flag->companion, NULL) < 0 &&
           errno == EFAULT;
}

bool seccomp_action_available(enum spec_seccomp_action action)
{
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &seccomp_actions[action].kernel) == 0;
}

const char *seccomp_architecture_name(unsigned i)
{
    return i < sizeof architectures / sizeof architectures[0] ? architectures[i] : NULL;
}

uint32_t seccomp_architecture_token(const char *name)
{
    static const char prefix[] = "SCMP_ARCH_";
    char lower[32];
    size_t i;

    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
        return 0;
    name += sizeof prefix - 1;
    for (i = 0; i < sizeof lower - 1 && name[i]; i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    lower[i] = '\0';
    return seccomp_arch_resolve_name(lower);
}
