/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* process.env, and what a runtime adds to it: HOME, socket activation, the notification socket. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "plan/builder.h"
#include "sys/openat2.h"

enum { PASSWD_LIMIT = 1024 * 1024 };

static bool has_variable(const struct spec_strings *env, const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < env->count; i++)
        if (strncmp(env->items[i], name, n) == 0 && env->items[i][n] == '=')
            return true;
    return false;
}

bool plan_wants_notify_mount(const struct plan_builder *b)
{
    return b->request->notify_socket && b->process && !has_variable(&b->process->env, "NOTIFY_SOCKET");
}

/*
 * Field 6 of the line whose field 3 is exactly this number. A user's *name* that is a number means nothing here
 * (CVE-2016-3697), nor does a field that is not a number from end to end.
 */
static const char *home_of_line(struct arena *arena, const char *line, uint32_t uid)
{
    const char *fields[7] = {line};
    unsigned long number;
    char *end;

    for (int i = 1; i < 7; i++) {
        const char *colon = strchr(fields[i - 1], ':');

        if (!colon)
            return NULL;
        fields[i] = colon + 1;
    }
    if (fields[2][0] < '0' || fields[2][0] > '9')
        return NULL;
    errno = 0;
    number = strtoul(fields[2], &end, 10);
    if (errno || end != fields[3] - 1 || number != uid)
        return NULL;
    return arena_copy(arena, fields[5], (size_t)(fields[6] - 1 - fields[5]));
}

/*
 * What stands there is the container's doing: it is looked at before it is opened, for opening a device or a fifo
 * of its choice, with the rights of the host, does something already.
 */
static int open_passwd(int rootfs, size_t *size)
{
    _cleanup_close_ int node = sys_open_in_root(rootfs, "/etc/passwd", O_PATH);
    char path[32];
    struct stat st;

    if (node < 0 || file_stat(node, &st) < 0 || !S_ISREG(st.st_mode))
        return -1;
    *size = (size_t)st.st_size;
    snprintf(path, sizeof path, "/proc/self/fd/%d", node);
    return openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
}

/* The home directory by the container's own /etc/passwd, "/" when it does not say. */
static const char *find_home(struct plan_builder *b)
{
    _cleanup_close_ int fd = -1;
    char *text, *save = NULL;
    size_t size = 0;

    if (b->request->rootfs < 0)
        return "/";
    fd = open_passwd(b->request->rootfs, &size);
    text = fd < 0 ? NULL : file_read_sized(b->plan->arena, fd, size, "/etc/passwd", PASSWD_LIMIT, NULL, NULL);
    if (!text)
        return "/";
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        const char *home = home_of_line(b->plan->arena, line, b->process->user.uid);

        if (home && *home)
            return home;
    }
    return "/";
}

int plan_environment(struct plan_builder *b, struct spec_strings *env, bool *listen,
                     struct caisson_error *err)
{
    const struct spec_strings *given = &b->process->env;
    const struct plan_request *request = b->request;

    (void)err;
    env->items = arena_array(b->plan->arena, given->count + 6, sizeof *env->items);
    env->count = given->count;
    if (given->count)
        memcpy(env->items, given->items, given->count * sizeof *env->items);
    if (!has_variable(given, "HOME"))
        env->items[env->count++] = builder_format(b, "HOME=%s", find_home(b));
    if (plan_wants_notify_mount(b))
        env->items[env->count++] = "NOTIFY_SOCKET=" PLAN_NOTIFY_PATH;
    *listen = request->listen_fds > 0;
    if (*listen) {
        env->items[env->count++] = builder_format(b, "LISTEN_FDS=%u", request->listen_fds);
        if (request->listen_fdnames)
            env->items[env->count++] = builder_format(b, "LISTEN_FDNAMES=%s", request->listen_fdnames);
        /* Last, and with room for a process id: see plan_exec. */
        env->items[env->count++] = "LISTEN_PID=0000000000";
    }
    return 0;
}
