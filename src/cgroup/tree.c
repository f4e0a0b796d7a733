/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Walking a cgroup and all below it. Whoever it was delegated to may nest as deep as the kernel lets him, so the walk
 * goes up by ".." and holds one descriptor: it runs into no limit of descriptors, path lengths or the stack.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "cgroup/internal.h"

struct level {
    struct level *up;
    char **names; /* of the cgroups in this one */
    size_t count, next;
};

struct walk {
    struct arena arena;
    const struct tree_visitor *visitor;
    struct level *level;
};

DIR *tree_list(int fd)
{
    int listing = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = listing >= 0 ? fdopendir(listing) : NULL;

    if (!dir)
        fd_close(listing);
    return dir;
}

static int list_below(struct walk *walk, int fd, struct level *level, struct caisson_error *err)
{
    struct dirent *entry;
    struct stat st;
    size_t capacity = 0;
    DIR *dir;

    /* cgroupfs counts its directories: most cgroups have none below them and need not be listed. */
    if (fstat(fd, &st) == 0 && st.st_nlink == 2)
        return 0;
    dir = tree_list(fd);
    if (!dir)
        return errno == ENOENT ? 0 : error_system(err, errno, "cannot list a cgroup");
    while ((entry = readdir(dir))) {
        if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (level->count == capacity) {
            char **larger;

            capacity = capacity ? capacity * 2 : 8;
            larger = arena_array(&walk->arena, capacity, sizeof *larger);
            if (level->count > 0)
                memcpy(larger, level->names, level->count * sizeof *larger);
            level->names = larger;
        }
        level->names[level->count++] = arena_string(&walk->arena, entry->d_name);
    }
    closedir(dir);
    return 0;
}

static int enter(struct walk *walk, int fd, struct caisson_error *err)
{
    struct level *level;

    if (walk->visitor->enter && walk->visitor->enter(walk->visitor->data, fd, err) < 0)
        return -1;
    level = arena_new(&walk->arena, struct level);
    level->up = walk->level;
    walk->level = level;
    return list_below(walk, fd, level, err);
}

/* Goes to the parent of what `fd` is, and tells the visitor. @return the parent's descriptor. */
static int leave(struct walk *walk, int fd, struct caisson_error *err)
{
    _cleanup_close_ int parent = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct level *up = walk->level->up;

    if (parent < 0)
        return error_system(err, errno, "cannot open the cgroup above");
    walk->level = up;
    if (walk->visitor->leave &&
        walk->visitor->leave(walk->visitor->data, parent, up->names[up->next - 1], err) < 0)
        return -1;
    return TAKE_FD(parent);
}

static int walk_all(struct walk *walk, int start, struct caisson_error *err)
{
    _cleanup_close_ int fd = openat(start, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return errno == ENOENT ? 0 : error_system(err, errno, "cannot open the cgroup");
    if (enter(walk, fd, err) < 0)
        return -1;
    while (walk->level->next < walk->level->count || walk->level->up) {
        struct level *level = walk->level;
        int next;

        if (level->next == level->count) {
            next = leave(walk, fd, err);
        } else {
            next = openat(fd, level->names[level->next++], O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
            if (next < 0 && errno == ENOENT)
                continue;
            if (next < 0)
                error_system(err, errno, "cannot open the cgroup '%s'", level->names[level->next - 1]);
            else if (enter(walk, next, err) < 0)
                next = fd_close(next);
        }
        if (next < 0)
            return -1;
        fd_close(fd);
        fd = next;
    }
    return 0;
}

int tree_walk(int fd, const struct tree_visitor *visitor, struct caisson_error *err)
{
    struct walk walk = {.visitor = visitor};
    int result = walk_all(&walk, fd, err);

    arena_free(&walk.arena);
    return result;
}
