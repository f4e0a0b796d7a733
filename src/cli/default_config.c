/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/default_config.h"

#include <caisson/caisson.h>

#include "base/json.h"

enum { MOST = 12 };

/* In which variant a row is. */
enum variant { BOTH, PRIVILEGED, ROOTLESS };

struct mount_row {
    enum variant variant;
    const char *destination, *type, *source;
    const char *options[MOST];
};

static const struct mount_row mounts[] = {
    {BOTH, "/proc", "proc", "proc", {NULL}},
    {BOTH, "/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
    {PRIVILEGED,
     "/dev/pts",
     "devpts",
     "devpts",
     {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
    /* Group 5 has no place in a user namespace of one id. */
    {ROOTLESS,
     "/dev/pts",
     "devpts",
     "devpts",
     {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"}},
    {BOTH, "/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}},
    {BOTH, "/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
    {PRIVILEGED, "/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}},
    {PRIVILEGED, "/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}},
    /* sysfs shows a network namespace: who shares the host's may not mount a new one (sysfs needs its owner). */
    {ROOTLESS, "/sys", "none", "/sys", {"rbind", "rnosuid", "rnoexec", "rnodev", "rro"}},
};

static const struct {
    enum variant variant;
    const char *type;
} namespaces[] = {{BOTH, "pid"},   {PRIVILEGED, "network"}, {BOTH, "ipc"},     {BOTH, "uts"},
                  {BOTH, "mount"}, {BOTH, "cgroup"},        {ROOTLESS, "user"}};

static const char *const capabilities[] = {"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE", NULL};

static const char *const masked_paths[] = {"/proc/acpi",
                                           "/proc/asound",
                                           "/proc/interrupts",
                                           "/proc/kcore",
                                           "/proc/keys",
                                           "/proc/latency_stats",
                                           "/proc/timer_list",
                                           "/proc/timer_stats",
                                           "/proc/sched_debug",
                                           "/proc/scsi",
                                           "/sys/firmware",
                                           "/sys/devices/virtual/powercap",
                                           NULL};

static const char *const readonly_paths[] = {"/proc/bus",           "/proc/fs", "/proc/irq", "/proc/sys",
                                             "/proc/sysrq-trigger", NULL};

static void write_strings(struct json *json, const char *name, const char *const *items)
{
    json_array(json, name);
    for (; *items; items++)
        json_string(json, NULL, *items);
    json_array_end(json);
}

static void write_process(struct json *json)
{
    static const char *const args[] = {"sh", NULL};
    static const char *const env[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                      "TERM=xterm", NULL};
    static const char *const sets[] = {"bounding", "effective", "permitted"};

    json_object(json, "process");
    json_bool(json, "terminal", true);
    json_object(json, "user");
    json_u64(json, "uid", 0);
    json_u64(json, "gid", 0);
    json_object_end(json);
    write_strings(json, "args", args);
    write_strings(json, "env", env);
    json_string(json, "cwd", "/");
    json_object(json, "capabilities");
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        write_strings(json, sets[i], capabilities);
    json_object_end(json);
    json_array(json, "rlimits");
    json_object(json, NULL);
    json_string(json, "type", "RLIMIT_NOFILE");
    json_u64(json, "hard", 1024);
    json_u64(json, "soft", 1024);
    json_object_end(json);
    json_array_end(json);
    json_bool(json, "noNewPrivileges", true);
    json_object_end(json);
}

static void write_mounts(struct json *json, enum variant variant)
{
    json_array(json, "mounts");
    for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
        if (mounts[i].variant != BOTH && mounts[i].variant != variant)
            continue;
        json_object(json, NULL);
        json_string(json, "destination", mounts[i].destination);
        json_string(json, "type", mounts[i].type);
        json_string(json, "source", mounts[i].source);
        if (mounts[i].options[0])
            write_strings(json, "options", mounts[i].options);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_mapping(struct json *json, const char *name, uint64_t host)
{
    json_array(json, name);
    json_object(json, NULL);
    json_u64(json, "containerID", 0);
    json_u64(json, "hostID", host);
    json_u64(json, "size", 1);
    json_object_end(json);
    json_array_end(json);
}

static void write_resources(struct json *json)
{
    json_object(json, "resources");
    json_array(json, "devices");
    json_object(json, NULL);
    json_bool(json, "allow", false);
    json_string(json, "access", "rwm");
    json_object_end(json);
    json_array_end(json);
    json_object_end(json);
}

static void write_linux(struct json *json, enum variant variant, uid_t uid, gid_t gid)
{
    json_object(json, "linux");
    if (variant == ROOTLESS) {
        write_mapping(json, "uidMappings", uid);
        write_mapping(json, "gidMappings", gid);
    } else {
        write_resources(json);
    }
    json_array(json, "namespaces");
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++) {
        if (namespaces[i].variant != BOTH && namespaces[i].variant != variant)
            continue;
        json_object(json, NULL);
        json_string(json, "type", namespaces[i].type);
        json_object_end(json);
    }
    json_array_end(json);
    write_strings(json, "maskedPaths", masked_paths);
    write_strings(json, "readonlyPaths", readonly_paths);
    json_object_end(json);
}

void default_config(struct strbuf *out, bool rootless, uid_t uid, gid_t gid)
{
    enum variant variant = rootless ? ROOTLESS : PRIVILEGED;
    struct json json = {.out = out, .pretty = true};

    json_object(&json, NULL);
    json_string(&json, "ociVersion", CAISSON_OCI_VERSION);
    write_process(&json);
    json_object(&json, "root");
    json_string(&json, "path", "rootfs");
    json_bool(&json, "readonly", true);
    json_object_end(&json);
    json_string(&json, "hostname", "caisson");
    write_mounts(&json, variant);
    write_linux(&json, variant, uid, gid);
    json_object_end(&json);
    strbuf_char(out, '\n');
}
