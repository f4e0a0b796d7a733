/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and numbers: namespaces, capabilities, annotations. */
#include "spec/spec.h"

#include <linux/sched.h>
#include <string.h>

static const struct {
    const char *name;
    uint64_t flag;
} namespaces[SPEC_NS_COUNT] = {
    [SPEC_NS_PID] = {"pid", CLONE_NEWPID},          [SPEC_NS_NETWORK] = {"network", CLONE_NEWNET},
    [SPEC_NS_MOUNT] = {"mount", CLONE_NEWNS},       [SPEC_NS_IPC] = {"ipc", CLONE_NEWIPC},
    [SPEC_NS_UTS] = {"uts", CLONE_NEWUTS},          [SPEC_NS_USER] = {"user", CLONE_NEWUSER},
    [SPEC_NS_CGROUP] = {"cgroup", CLONE_NEWCGROUP}, [SPEC_NS_TIME] = {"time", CLONE_NEWTIME},
};

/* linux/capability.h, by number; those of Linux 5.9 are the last so far. */
static const char *const capabilities[] = {
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
};

const struct spec_namespace *spec_namespace(const struct spec *spec, enum spec_namespace_type type)
{
    size_t i;

    for (i = 0; i < spec->linux_->namespaces.count; i++)
        if (spec->linux_->namespaces.items[i].type == type)
            return &spec->linux_->namespaces.items[i];
    return NULL;
}

bool spec_new_namespace(const struct spec *spec, enum spec_namespace_type type)
{
    const struct spec_namespace *namespace = spec_namespace(spec, type);

    return namespace && (!namespace->path || !*namespace->path);
}

const char *spec_namespace_name(enum spec_namespace_type type)
{
    return namespaces[type].name;
}

uint64_t spec_namespace_flag(enum spec_namespace_type type)
{
    return namespaces[type].flag;
}

const char *spec_annotation(const struct spec *spec, const char *key)
{
    size_t i;

    for (i = 0; i < spec->annotations.count; i++)
        if (strcmp(spec->annotations.items[i].key, key) == 0)
            return spec->annotations.items[i].value;
    return NULL;
}

int spec_capability_number(const char *name)
{
    unsigned i;

    for (i = 0; i < sizeof capabilities / sizeof capabilities[0]; i++)
        if (strcmp(capabilities[i], name) == 0)
            return (int)i;
    return -1;
}

const char *spec_capability_name(unsigned number)
{
    return number < sizeof capabilities / sizeof capabilities[0] ? capabilities[number] : NULL;
}
