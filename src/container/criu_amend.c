/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/criu_amend.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "container/criu_mountinfo.h"
#include "sys/clone.h"
#include "sys/mount.h"
#include "sys/openat2.h"
#include "sys/vfork.h"

#define RECORD "mountinfo"

enum { RECORD_LIMIT = 64 * 1024 * 1024 };

/* A mount that allows more than it did. */
struct change {
    const char *where;
    struct mount_attr attr;
};

/* What the child needs; it shares the caller's memory. */
struct amend {
    struct change *changes;
    size_t count;
    int namespace;        /* the container's mount namespace */
    volatile size_t done; /* that many were changed, before one failed with errnum */
    volatile int errnum;
};

int criu_amend_record(struct arena *arena, pid_t pid, int images, struct caisson_error *err)
{
    const char *path = arena_format(arena, "/proc/%d/mountinfo", (int)pid);
    size_t length;
    const char *text = file_read(arena, AT_FDCWD, path, RECORD_LIMIT, &length, err);

    return text ? file_replace(images, RECORD, text, length, 0600, err) : -1;
}

static bool has_option(const char *options, const char *name)
{
    size_t length = strlen(name);

    for (const char *next = options; next; next = strchr(next, ',')) {
        next += *next == ',';
        if (strncmp(next, name, length) == 0 && (!next[length] || next[length] == ','))
            return true;
    }
    return false;
}

/* What the options of a line, "ro,nosuid,relatime", forbid, as MOUNT_ATTR_*. */
static uint64_t restrictions(const char *options)
{
    static const struct {
        const char *name;
        uint64_t attr;
    } known[] = {
        {"ro", MOUNT_ATTR_RDONLY},     {"nosuid", MOUNT_ATTR_NOSUID},           {"nodev", MOUNT_ATTR_NODEV},
        {"noexec", MOUNT_ATTR_NOEXEC}, {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW},
    };
    uint64_t attr = 0;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (has_option(options, known[i].name))
            attr |= known[i].attr;
    return attr;
}

/* The last one at a place hides those before. */
static const struct mount_line *topmost(const struct mountinfo *mounts, const char *where)
{
    const struct mount_line *found = NULL;

    for (size_t i = 0; i < mounts->count; i++)
        if (strcmp(mounts->lines[i].where, where) == 0)
            found = &mounts->lines[i];
    return found;
}

static size_t compare(const struct mountinfo *wanted, const struct mountinfo *have, struct change *changes)
{
    size_t count = 0;

    for (size_t i = 0; i < wanted->count; i++) {
        const struct mount_line *before = &wanted->lines[i], *now;
        uint64_t lost;

        if (topmost(wanted, before->where) != before)
            continue;
        now = topmost(have, before->where);
        lost = now ? restrictions(before->options) & ~restrictions(now->options) : 0;
        if (lost)
            changes[count++] = (struct change){.where = before->where, .attr = {.attr_set = lost}};
    }
    return count;
}

/* A mount is changed from inside of its namespace alone. The paths are those that the kernel gave: without links. */
__attribute__((no_sanitize_address)) static void run_child(void *data)
{
    struct amend *amend = data;

    if (sys_setns(amend->namespace, CLONE_NEWNS) < 0)
        goto failed;
    for (; amend->done < amend->count; amend->done++) {
        struct change *change = &amend->changes[amend->done];
        int fd = sys_openat2(AT_FDCWD, change->where, O_PATH, 0, RESOLVE_NO_SYMLINKS);

        if (fd < 0 || sys_mount_setattr(fd, 0, &change->attr) < 0)
            goto failed;
        close(fd);
    }
    _exit(0);
failed:
    amend->errnum = errno;
    _exit(1);
}

static int change_all(struct amend *amend, struct caisson_error *err)
{
    struct clone_args args = {.exit_signal = SIGCHLD};
    long pid = sys_vfork(&args, run_child, amend);

    if (pid < 0)
        return error_system(err, errno, "cannot make a process");
    while (waitpid((pid_t)pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    if (!amend->errnum)
        return 0;
    return error_system(err, amend->errnum, "cannot give the mount at '%s' the properties that it had",
                        amend->done < amend->count ? amend->changes[amend->done].where : "/");
}

/* Without a record the configuration says at least what the root has to be. */
static int read_wanted(struct arena *arena, int images, bool readonly, struct mountinfo *wanted,
                       struct caisson_error *err)
{
    struct caisson_error why = {0};
    char *text = file_read(arena, images, RECORD, RECORD_LIMIT, NULL, &why);

    if (text) {
        mountinfo_parse(arena, text, wanted);
        return 0;
    }
    if (why.errnum == ENOENT) {
        *wanted = (struct mountinfo){.lines = arena_new(arena, struct mount_line), .count = readonly};
        *wanted->lines = (struct mount_line){.where = "/", .options = "ro,relatime"};
        return 0;
    }
    if (err)
        *err = why;
    return -1;
}

int criu_amend(struct arena *arena, pid_t pid, int images, bool readonly, struct caisson_error *err)
{
    struct mountinfo wanted, have;
    struct amend amend = {0};
    _cleanup_close_ int namespace = -1;

    if (read_wanted(arena, images, readonly, &wanted, err) < 0 || mountinfo_read(arena, pid, &have, err) < 0)
        return -1;
    amend.changes = arena_array(arena, wanted.count + 1, sizeof *amend.changes);
    amend.count = compare(&wanted, &have, amend.changes);
    if (amend.count == 0)
        return 0;
    namespace = openat(AT_FDCWD, arena_format(arena, "/proc/%d/ns/mnt", (int)pid), O_RDONLY | O_CLOEXEC);
    if (namespace < 0)
        return error_system(err, errno, "cannot open the container's mount namespace");
    amend.namespace = namespace;
    return change_all(&amend, err);
}
