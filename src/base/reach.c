/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/reach.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_refused(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS) < 0 && errno == EACCES;
}

static int say(struct caisson_error *err, const char *path, const struct stat *st)
{
    bool directory = S_ISDIR(st->st_mode);

    return error_hint(err, "%s '%s' (owner %u, group %u, mode %04o) does not let user %u %s",
                      directory ? "the directory" : "the file", path, (unsigned)st->st_uid,
                      (unsigned)st->st_gid, (unsigned)st->st_mode & 07777, (unsigned)geteuid(),
                      directory ? "through" : "read it");
}

/* `path` cannot be looked at, though its directory can: it is a link, and what it leads to is the trouble. */
static int say_link(struct caisson_error *err, const char *path)
{
    char target[PATH_MAX];
    ssize_t n = readlink(path, target, sizeof target - 1);

    if (n < 0)
        return -1;
    target[n] = '\0';
    return error_hint(err, "the symbolic link '%s' leads to '%s', which is out of reach of user %u", path,
                      target, (unsigned)geteuid());
}

int reach_explain(struct caisson_error *err, const char *path)
{
    char part[PATH_MAX];
    struct stat st;

    if (!err || err->errnum != EACCES || !path || path[0] != '/' || strlen(path) >= sizeof part)
        return -1;
    for (const char *end = path + 1;; end++) {
        bool last;

        end += strcspn(end, "/");
        last = !*end;
        memcpy(part, path, (size_t)(end - path));
        part[end - path] = '\0';
        if (stat(part, &st) < 0)
            return errno == EACCES ? say_link(err, part) : -1;
        if (is_refused(part, S_ISDIR(st.st_mode) ? X_OK : R_OK))
            return say(err, part, &st);
        if (last)
            return -1;
    }
}
