/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which controllers there are, and who holds one that is missing. Only a failure asks the latter. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cgroup/internal.h"

bool controllers_have(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *p = list; (p = strstr(p, name)); p += length)
        if ((p == list || p[-1] == ' ') && (!p[length] || p[length] == ' ' || p[length] == '\n'))
            return true;
    return false;
}

/* The options of a v1 mount are its controllers: "rw,cpu,cpuacct". */
static bool options_have(const char *options, const char *name)
{
    size_t length = strlen(name);

    for (const char *p = options; p; p = strchr(p, ',')) {
        p += *p == ',';
        if (strncmp(p, name, length) == 0 && (!p[length] || p[length] == ','))
            return true;
    }
    return false;
}

/* Where a version 1 hierarchy with the controller is mounted, as mountinfo writes it; NULL: nowhere. */
static const char *v1_mount(struct arena *arena, const char *controller)
{
    char *text = file_read(arena, AT_FDCWD, "/proc/self/mountinfo", 64 * 1024 * 1024, NULL, NULL);
    const char *v1_name = strcmp(controller, "io") == 0 ? "blkio" : controller;
    char *save = NULL;

    for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save)) {
        char *type = strstr(line, " - cgroup ");
        char *options = type ? strrchr(line, ' ') : NULL;
        char *save_field = NULL, *field;

        if (!options || !options_have(options + 1, v1_name))
            continue;
        field = strtok_r(line, " ", &save_field);
        for (int i = 1; field && i < 5; i++)
            field = strtok_r(NULL, " ", &save_field);
        return field;
    }
    return NULL;
}

/* The fourth column of /proc/cgroups: 0 when cgroup_disable= turned it off. @return -1 when it is not listed. */
static int proc_cgroups_enabled(struct arena *arena, const char *controller)
{
    char *text = file_read(arena, AT_FDCWD, "/proc/cgroups", CGROUP_FILE_LIMIT, NULL, NULL);
    const char *name = strcmp(controller, "io") == 0 ? "blkio" : controller;
    char *save = NULL;

    for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save)) {
        char found[64];
        int enabled;

        if (sscanf(line, "%63s %*d %*d %d", found, &enabled) == 2 && strcmp(found, name) == 0)
            return enabled;
    }
    return -1;
}

int controllers_hint_missing(const struct cgroup_host *host, const char *controller,
                             struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    const char *mount = v1_mount(&arena, controller);

    if (mount)
        return error_hint(err,
                          "the version 1 hierarchy at %s holds it; boot with cgroup_no_v1=%s (with systemd: "
                          "systemd.unified_cgroup_hierarchy=1) to have it in %s, or leave the value out",
                          mount, strcmp(controller, "io") == 0 ? "blkio" : controller, host->mount);
    if (proc_cgroups_enabled(&arena, controller) == 0)
        return error_hint(err, "the kernel was booted with cgroup_disable=%s", controller);
    return error_hint(
        err,
        "this kernel lacks the controller, or whoever made %s did not delegate it: it must stand in "
        "the cgroup.subtree_control above",
        host->mount);
}
