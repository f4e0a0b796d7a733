/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directories of containers: making, opening and locking, removing, listing. */
#include "container/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/contract.h"
#include "base/fd.h"
#include "container/lock.h"
#include "sys/directory.h"

enum { TREE_DEPTH = 16 };

int state_check_id(const char *id, struct caisson_error *err)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+.-";
    size_t length = id ? strlen(id) : 0;

    if (length == 0)
        return error_set(err, CAISSON_ERROR_USAGE, "the container's id is empty");
    if (length > NAME_MAX)
        return error_set(err, CAISSON_ERROR_USAGE, "the container's id is %zu bytes long: at most %d can be",
                         length, NAME_MAX);
    if (strspn(id, allowed) != length || strcmp(id, ".") == 0 || strcmp(id, "..") == 0)
        return error_set(
            err, CAISSON_ERROR_USAGE,
            "invalid container id '%s': it may consist of letters, digits and '_+.-', and be neither "
            "'.' nor '..'",
            id);
    return 0;
}

static int open_directory(int root, const char *id)
{
    return openat(root, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int not_found(const char *id, struct caisson_error *err)
{
    return error_set(err, CAISSON_ERROR_NOT_FOUND, CONTRACT_NOT_FOUND ": %s", id);
}

/* The lock could not be had. When it is not another's, who deletes the directory meanwhile, it goes with it. */
static int unmake(int root, const char *id, int dir, const struct caisson_error *why,
                  struct caisson_error *err)
{
    if (why->code != CAISSON_ERROR_TIMEOUT)
        unlinkat(dir, "lock", 0);
    unlinkat(root, id, AT_REMOVEDIR);
    if (err)
        *err = *why;
    return -1;
}

int state_make(int root, const char *id, int *lock, struct caisson_error *err)
{
    *lock = -1;
    /* Again when a `delete --force` removed the directory before it was locked. */
    for (;;) {
        _cleanup_close_ int dir = -1;
        struct caisson_error why = {0};
        int gone;

        if (mkdirat(root, id, 0700) < 0) {
            if (errno == EEXIST)
                return error_set(err, CAISSON_ERROR_EXISTS, CONTRACT_EXISTS ": %s", id);
            return error_system(err, errno, "cannot make the state directory of container '%s'", id);
        }
        dir = open_directory(root, id);
        if (dir < 0 && errno == ENOENT)
            continue;
        if (dir < 0) {
            error_system(err, errno, "cannot open the state directory of container '%s'", id);
            unlinkat(root, id, AT_REMOVEDIR);
            return -1;
        }
        gone = state_lock(dir, id, lock, &why);
        if (gone < 0)
            return unmake(root, id, dir, &why, err);
        if (gone == 0)
            return TAKE_FD(dir);
    }
}

int state_lock(int dir, const char *id, int *lock, struct caisson_error *err)
{
    return lock_take(dir, id, LOCK_WAIT_MS, lock, err);
}

int state_open(int root, const char *id, bool exclusive, int *lock, struct caisson_error *err)
{
    if (lock)
        *lock = -1;
    for (;;) {
        _cleanup_close_ int dir = open_directory(root, id);
        int gone = 0;

        if (dir < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
            return not_found(id, err);
        if (dir < 0)
            return error_system(err, errno, "cannot open the state directory of container '%s'", id);
        if (exclusive)
            gone = state_lock(dir, id, lock, err);
        if (gone <= 0)
            return gone < 0 ? -1 : TAKE_FD(dir);
    }
}

static int remove_entries(int dir, unsigned depth);

static int remove_entry(int dir, const char *name, unsigned depth)
{
    _cleanup_close_ int sub = -1;

    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return -1;
    if (depth == 0) {
        errno = ELOOP;
        return -1;
    }
    sub = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (sub < 0 || remove_entries(sub, depth - 1) < 0)
        return -1;
    return unlinkat(dir, name, AT_REMOVEDIR);
}

static int remove_entries(int dir, unsigned depth)
{
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0, failure = 0;
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (!entries)
        return fd_close(fd);
    while ((entry = readdir(entries))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (remove_entry(dir, entry->d_name, depth) < 0) {
            failure = errno;
            result = -1;
        }
    }
    closedir(entries);
    errno = failure;
    return result;
}

int state_remove(int root, const char *id, int dir, struct caisson_error *err)
{
    /*
     * What a directory has as a rule, so that it need not be read. state.json first: cut short after it, this
     * leaves what a creation that was cut short leaves, which every delete removes. The lock goes last: it is ours.
     */
    static const char *const usual[] = {"state.json", "pid",     "config.json", "plan",
                                        "start",      "created", "lock"};

    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        unlinkat(dir, usual[i], 0);
    if (unlinkat(root, id, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return 0;
    if ((errno == ENOTEMPTY || errno == EEXIST) && remove_entries(dir, TREE_DEPTH) == 0 &&
        (unlinkat(root, id, AT_REMOVEDIR) == 0 || errno == ENOENT))
        return 0;
    return error_system(err, errno, "cannot remove the state directory of container '%s'", id);
}

static char **longer(struct arena *arena, char **names, size_t count)
{
    char **more;

    if (count & (count - 1)) /* room is made at each power of two */
        return names;
    more = arena_array(arena, count ? count * 2 : 1, sizeof *names);
    if (count)
        memcpy(more, names, count * sizeof *names);
    return more;
}

int state_list(struct arena *arena, int root, char ***ids, size_t *count, struct caisson_error *err)
{
    _Alignas(struct sys_entry) char buffer[2048];
    ssize_t n;

    *ids = NULL;
    *count = 0;
    lseek(root, 0, SEEK_SET);
    while ((n = sys_getdents(root, buffer, sizeof buffer)) > 0)
        for (char *at = buffer; at < buffer + n;) {
            const struct sys_entry *entry = (const struct sys_entry *)(const void *)at;

            at += entry->length;
            if ((entry->type != DT_DIR && entry->type != DT_UNKNOWN) || state_check_id(entry->name, NULL) < 0)
                continue;
            *ids = longer(arena, *ids, *count);
            (*ids)[(*count)++] = arena_string(arena, entry->name);
        }
    if (n < 0)
        return error_system(err, errno, "cannot read the state directory");
    return 0;
}
