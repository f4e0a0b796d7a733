/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the containers' directories are. */
#include "container/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/reach.h"

/* A file that nobody touches for a while may be removed from XDG_RUNTIME_DIR unless it has the sticky bit. */
enum { MODE_SYSTEM = 0711, MODE_USER = 0700 | S_ISVTX, MODE_PARENT = 0755 };

/* The inode number of the first user namespace's file is fixed: PROC_USER_INIT_INO of the kernel. */
static const ino_t INITIAL_USER_NAMESPACE = 0xEFFFFFFDU;

static bool in_initial_user_namespace(void)
{
    struct stat st;

    return stat("/proc/self/ns/user", &st) == 0 && st.st_ino == INITIAL_USER_NAMESPACE;
}

/* The XDG Base Directory Specification: empty is unset, and a relative path is to be ignored. */
static const char *runtime_directory(void)
{
    const char *value = getenv("XDG_RUNTIME_DIR");

    return value && *value == '/' ? value : NULL;
}

/* As mkdir -p. */
static int make_path(const char *path, mode_t mode)
{
    char copy[PATH_MAX];
    size_t length = strlen(path);

    if (length >= sizeof copy) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(copy, path, length + 1);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, MODE_PARENT) < 0 && errno != EEXIST)
            return -1;
        *slash = '/';
    }
    if (mkdir(copy, mode) < 0 && errno != EEXIST)
        return -1;
    return 0;
}

static int open_or_make(const char *path, mode_t mode, bool chosen_by_us, struct caisson_error *err)
{
    int fd = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        return fd;
    if (errno != ENOENT) {
        error_system(err, errno, "cannot open the state directory '%s'", path);
    } else if (make_path(path, mode) < 0) {
        error_system(err, errno, "cannot make the state directory '%s'", path);
    } else {
        fd = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0)
            return fd;
        error_system(err, errno, "cannot open the state directory '%s'", path);
    }
    error_hint(err, chosen_by_us ? "set XDG_RUNTIME_DIR, or name a directory of your own with --root"
                                 : "name a directory that this user can write to");
    return chosen_by_us ? -1 : reach_explain(err, path);
}

/* /tmp belongs to everybody: what stands there under our name is used only when it is ours alone. */
static int open_temporary(struct caisson_error *err)
{
    _cleanup_close_ int fd = -1;
    char path[64];
    struct stat st;

    snprintf(path, sizeof path, "/tmp/caisson-%u", (unsigned)geteuid());
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return error_system(err, errno, "cannot make the state directory '%s'", path);
    fd = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) {
        error_system(err, errno, "cannot use '%s' as state directory", path);
    } else if (st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
        error_set(err, CAISSON_ERROR_STATE,
                  "cannot use '%s' as state directory: it is not for this user alone (owner %u, mode %04o)",
                  path, (unsigned)st.st_uid, (unsigned)st.st_mode & 07777);
    } else {
        return TAKE_FD(fd);
    }
    return error_hint(err, "set XDG_RUNTIME_DIR, or name a directory of your own with --root");
}

/* What XDG_RUNTIME_DIR would say if the login had set it. */
static bool login_directory(char *path, size_t size)
{
    struct stat st;

    snprintf(path, size, "/run/user/%u", (unsigned)geteuid());
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

static int open_runtime(const char *runtime, struct caisson_error *err)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s/caisson", runtime) >= (int)sizeof path)
        return error_system(err, ENAMETOOLONG, "cannot use XDG_RUNTIME_DIR");
    return open_or_make(path, MODE_USER, true, err);
}

int state_open_root(const struct caisson_context *context, struct caisson_error *err)
{
    const char *runtime = runtime_directory();
    char login[64];

    if (context->state_root && *context->state_root)
        return open_or_make(context->state_root, MODE_SYSTEM, false, err);
    /* Uid 0 of a namespace that a user made is that user: podman runs us so. */
    if (geteuid() == 0 && (!runtime || in_initial_user_namespace()))
        return open_or_make("/run/caisson", MODE_SYSTEM, true, err);
    if (!runtime && login_directory(login, sizeof login))
        runtime = login;
    if (!runtime)
        return open_temporary(err);
    return open_runtime(runtime, err);
}
