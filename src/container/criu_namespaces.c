/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/criu_namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "container/criu_message.h"

/* The two that are known to criu by a key, which runc and crun use as well; the rest is joined by path. */
static const struct {
    enum spec_namespace_type type;
    const char *name, *key;
} keyed[] = {
    {SPEC_NS_NETWORK, "net", "extRootNetNS"},
    {SPEC_NS_PID, "pid", "extRootPidNS"},
};

enum { KEYED = sizeof keyed / sizeof *keyed };

/* In /proc/PID/ns. */
static const char *const file_names[SPEC_NS_COUNT] = {
    [SPEC_NS_PID] = "pid", [SPEC_NS_NETWORK] = "net", [SPEC_NS_MOUNT] = "mnt",     [SPEC_NS_IPC] = "ipc",
    [SPEC_NS_UTS] = "uts", [SPEC_NS_USER] = "user",   [SPEC_NS_CGROUP] = "cgroup", [SPEC_NS_TIME] = "time",
};

static bool is_joined(const struct spec_namespace *ns)
{
    return ns && ns->path && *ns->path;
}

int criu_namespaces_dump(const struct spec *spec, pid_t pid, struct strbuf *options,
                         struct caisson_error *err)
{
    for (size_t i = 0; i < KEYED; i++) {
        const char *file = arena_format(options->arena, "/proc/%d/ns/%s", (int)pid, keyed[i].name);
        struct stat st;

        if (!is_joined(spec_namespace(spec, keyed[i].type)))
            continue;
        if (stat(file, &st) < 0)
            return error_system(err, errno, "cannot look at '%s'", file);
        criu_put_text(options, CRIU_EXTERNAL,
                      arena_format(options->arena, "%s[%llu]:%s", keyed[i].name,
                                   (unsigned long long)st.st_ino, keyed[i].key));
    }
    return 0;
}

static const char *key_of(enum spec_namespace_type type)
{
    for (size_t i = 0; i < KEYED; i++)
        if (keyed[i].type == type)
            return keyed[i].key;
    return NULL;
}

static int join(const struct spec *spec, const struct spec_namespace *ns, int *fds, size_t *count, int first,
                struct strbuf *options, struct caisson_error *err)
{
    const char *name = spec_namespace_name(ns->type), *key = key_of(ns->type);

    if (ns->type == SPEC_NS_MOUNT || ns->type == SPEC_NS_CGROUP) {
        error_set(err, CAISSON_ERROR_UNSUPPORTED, "criu cannot restore into the %s namespace '%s'", name,
                  ns->path);
        return spec_error_at(spec, err, "/linux/namespaces");
    }
    if (!key) {
        criu_put_pair(options, CRIU_JOIN_NS, name, ns->path);
        return 0;
    }
    fds[*count] = openat(AT_FDCWD, ns->path, O_RDONLY | O_CLOEXEC);
    if (fds[*count] < 0) {
        error_system(err, errno, "cannot open the namespace '%s'", ns->path);
        return spec_error_at(spec, err, "/linux/namespaces");
    }
    criu_put_inherit_fd(options, key, first + (int)*count);
    (*count)++;
    return 0;
}

int criu_namespaces_restore(const struct spec *spec, int *fds, size_t *count, int first,
                            struct strbuf *options, struct caisson_error *err)
{
    for (size_t i = 0; i < spec->linux_->namespaces.count; i++) {
        const struct spec_namespace *ns = &spec->linux_->namespaces.items[i];

        if (is_joined(ns) && join(spec, ns, fds, count, first, options, err) < 0)
            return -1;
    }
    return 0;
}

int criu_namespaces_check(const struct spec *spec, pid_t pid, struct caisson_error *err)
{
    for (int i = 0; i < SPEC_NS_COUNT; i++) {
        enum spec_namespace_type type = (enum spec_namespace_type)i;
        char path[64];
        struct stat own, its;

        if (!spec_new_namespace(spec, type))
            continue;
        snprintf(path, sizeof path, "/proc/self/ns/%s", file_names[type]);
        if (stat(path, &own) < 0)
            return error_system(err, errno, "cannot look at '%s'", path);
        snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, file_names[type]);
        if (stat(path, &its) < 0)
            return error_system(err, errno, "cannot look at '%s'", path);
        if (own.st_ino == its.st_ino && own.st_dev == its.st_dev) {
            error_set(err, CAISSON_ERROR_SYSTEM, "criu has left the processes in the host's %s namespace",
                      spec_namespace_name(type));
            return error_hint(err,
                              "the images are of a container that had none of its own, or, with a cgroup "
                              "namespace, their cgroups were ignored");
        }
    }
    return 0;
}
