/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths that the configuration names inside of the container. The files there are not trusted: every path is
 * resolved by the kernel with the container's root as its root, and what is missing is made relative to a
 * directory that was opened so (rule R1: CVE-2021-30465, CVE-2024-45310, CVE-2026-41579).
 */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys/openat2.h"
#include "sys/weaken.h"

enum { LINKS_MAX = 40 }; /* as many as the kernel follows */

/* A walk that makes what is missing. */
struct walk {
    char done[PATH_MAX]; /* what exists: absolute, no symbolic link in it; "" is the root */
    char rest[PATH_MAX]; /* what is still to be walked */
    unsigned links;
};

static int open_done(struct init *init, const struct walk *walk, int flags)
{
    return sys_openat2(init->root, walk->done[0] ? walk->done : "/", flags, 0,
                       RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
}

/* Takes the next component off `rest`. @return its length, 0 at the end. */
static size_t next_component(struct walk *walk, char *name)
{
    const char *p = walk->rest;
    size_t n;

    while (*p == '/')
        p++;
    n = strcspn(p, "/");
    memcpy(name, p, n);
    name[n] = '\0';
    p += n;
    while (*p == '/')
        p++;
    memmove(walk->rest, p, strlen(p) + 1);
    return n;
}

static int append(struct walk *walk, const char *name)
{
    size_t have = strlen(walk->done), more = strlen(name);

    if (have + 1 + more >= sizeof walk->done) {
        errno = ENAMETOOLONG;
        return -1;
    }
    walk->done[have] = '/';
    memcpy(walk->done + have + 1, name, more + 1);
    return 0;
}

/* The component is a symbolic link: what it says stands before the rest, and starts at the root if absolute. */
static int follow(struct walk *walk, int link)
{
    char text[PATH_MAX];
    ssize_t n = readlinkat(link, "", text, sizeof text - 1);
    size_t rest = strlen(walk->rest);

    if (n < 0)
        return -1;
    if (++walk->links > LINKS_MAX) {
        errno = ELOOP;
        return -1;
    }
    if ((size_t)n + 1 + rest >= sizeof walk->rest) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memmove(walk->rest + n + 1, walk->rest, rest + 1);
    memcpy(walk->rest, text, (size_t)n);
    walk->rest[n] = '/';
    if (text[0] == '/')
        walk->done[0] = '\0';
    return 0;
}

static int make_file(int parent, const char *name)
{
    int fd = openat(parent, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0644);

    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

/* Makes `name` in the directory `done`: a directory, or for the last component of a file's path a file. */
static int make(struct init *init, const struct walk *walk, const char *name, bool file)
{
    _cleanup_close_ int parent = open_done(init, walk, O_PATH | O_DIRECTORY);

    if (parent < 0)
        return -1;
    return file ? make_file(parent, name) : mkdirat(parent, name, 0755);
}

/* One component further. */
static int step_into(struct init *init, struct walk *walk, const char *name, bool file)
{
    char *end = walk->done + strlen(walk->done);
    _cleanup_close_ int fd = -1;
    struct stat st;

    if (strcmp(name, ".") == 0)
        return 0;
    if (strcmp(name, "..") == 0) {
        char *slash = strrchr(walk->done, '/');

        if (slash)
            *slash = '\0';
        return 0;
    }
    for (int attempt = 0; attempt < 3; attempt++) {
        if (append(walk, name) < 0)
            return -1;
        fd = sys_openat2(init->root, walk->done, O_PATH | O_NOFOLLOW, 0,
                         RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
        if (fd >= 0)
            break;
        *end = '\0';
        if (errno != ENOENT)
            return -1;
        /* Somebody else may make it first: then look again at what it is. */
        if (make(init, walk, name, file && !walk->rest[0]) < 0 && errno != EEXIST)
            return -1;
    }
    if (fd < 0 || fstat(fd, &st) < 0)
        return -1;
    if (!S_ISLNK(st.st_mode))
        return 0;
    *end = '\0';
    return follow(walk, fd);
}

/* Walks `path` and makes what is missing. `walk->done` is where it led. */
static int walk_path(struct init *init, struct walk *walk, const char *path, bool file)
{
    char name[NAME_MAX + 1];
    size_t length = strlen(path);

    if (length >= sizeof walk->rest) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(walk->rest, path, length + 1);
    walk->done[0] = '\0';
    walk->links = 0;
    for (;;) {
        const char *p = walk->rest + strspn(walk->rest, "/");

        if (strcspn(p, "/") > NAME_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        if (next_component(walk, name) == 0)
            return 0;
        if (step_into(init, walk, name, file) < 0)
            return -1;
    }
}

/* Splits at the last slash: the directory becomes `parent` ("/" for the root). @return the name behind it, or NULL. */
static const char *split(const char *path, char parent[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;

    if (n >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    if (n == 0)
        memcpy(parent, "/", 2);
    memcpy(parent, path, n);
    parent[n ? n : 1] = '\0';
    return slash ? slash + 1 : path;
}

/*
 * Most often the last component alone is missing and no link is on the way: then it is made without a walk.
 * @return the new directory or file, or -1: only a walk can tell.
 */
static int make_last(struct init *init, const char *path, bool file)
{
    char directory[PATH_MAX];
    const char *name = split(path, directory);
    _cleanup_close_ int parent = -1;

    if (!name)
        return -1;
    parent =
        sys_openat2(init->root, directory, O_PATH | O_DIRECTORY, 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
    if (parent < 0 || (file ? make_file(parent, name) : mkdirat(parent, name, 0755)) < 0)
        return -1;
    return sys_openat2(parent, name, O_PATH, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

/* What a runtime does that leaves the walk to the kernel, with the host's root. */
static int make_weakly(struct init *init, const char *path, unsigned flags)
{
    const char *below = path + strspn(path, "/");

    if (flags & PLAN_MOUNT_FILE)
        fd_close(openat(init->root, below, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    else
        mkdirat(init->root, below, 0755);
    return openat(init->root, below, O_PATH | O_CLOEXEC);
}

int target_find(struct init *init, const char *path)
{
    init_doing(init, PLAN_ACTION_OPEN_TARGET, path);
    return sys_open_in_root(init->root, path, O_PATH);
}

int target_open(struct init *init, const char *path, unsigned flags)
{
    static struct walk walk;
    unsigned resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    int fd;

    if (flags & PLAN_MOUNT_NOFOLLOW)
        resolve |= RESOLVE_NO_SYMLINKS;
    init_doing(init, PLAN_ACTION_OPEN_TARGET, path);
    fd = sys_openat2(init->root, path, O_PATH | (flags & PLAN_MOUNT_OVER_LINK ? O_NOFOLLOW : 0), 0, resolve);
    if (fd >= 0 || errno != ENOENT || (flags & PLAN_MOUNT_MUST_EXIST))
        return fd;
    init_doing(init, PLAN_ACTION_MAKE_TARGET, path);
    if (weakened("resolve"))
        return make_weakly(init, path, flags);
    fd = make_last(init, path, flags & PLAN_MOUNT_FILE);
    if (fd >= 0)
        return fd;
    if (walk_path(init, &walk, path, flags & PLAN_MOUNT_FILE) < 0)
        return -1;
    if ((flags & PLAN_MOUNT_NOFOLLOW) && walk.links) {
        errno = ELOOP;
        return -1;
    }
    init_doing(init, PLAN_ACTION_OPEN_TARGET, path);
    return open_done(init, &walk, O_PATH);
}

/*
 * Notes that this step is about the directory that the first `length` characters of `path` name.
 * @return whether the step before was, too: nothing can have been mounted over it in between.
 */
static bool note_parent(struct init *init, const char *path, size_t length)
{
    bool same = init->parent_step + 1 == init->step && length == init->parent_length &&
                memcmp(path, init->parent_path, length) == 0;

    init->parent_step = init->step;
    init->parent_path = path;
    init->parent_length = length;
    return same;
}

int target_parent(struct init *init, const char *path, const char **name)
{
    char directory[PATH_MAX];

    *name = split(path, directory);
    if (!*name)
        return -1;
    if (note_parent(init, path, (size_t)(*name - path)) && init->parent >= 0)
        return init->parent;
    fd_close(init->parent);
    init->parent = target_open(init, directory, 0);
    init->parent_plain = false;
    return init->parent;
}

/* @return a directory, -1 where a symbolic link is on the way, or procfs. */
static int open_plain(struct init *init, const char *directory)
{
    int fd =
        sys_openat2(init->root, directory, O_PATH | O_DIRECTORY, 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
    struct statfs fs;

    return fd >= 0 && (fstatfs(fd, &fs) < 0 || fs.f_type == PROC_SUPER_MAGIC) ? fd_close(fd) : fd;
}

int target_beside(struct init *init, const char *path)
{
    char directory[PATH_MAX];
    const char *name = split(path, directory);
    bool same = name && note_parent(init, path, (size_t)(name - path));

    if (!same || !init->parent_plain)
        init->parent = fd_close(init->parent);
    if (!same || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return -1;
    if (init->parent < 0)
        init->parent = open_plain(init, directory);
    init->parent_plain = true;
    return init->parent;
}

int target_mismatch(int mount, int target)
{
    struct stat source, place;

    if (fstat(mount, &source) < 0 || fstat(target, &place) < 0 ||
        S_ISDIR(source.st_mode) == S_ISDIR(place.st_mode))
        return EINVAL;
    return S_ISDIR(source.st_mode) ? ENOTDIR : EISDIR;
}
