/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The record of a container's first process: the symbolic link `pid`, and what tells that process from its number's next owner. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/cgroup.h"
#include "container/state.h"

#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446 /* Linux 6.9 */
#endif

enum { STAT_START_TIME = 22, STAT_AFTER_NAME = 2, NUMBER_ROOM = 24 };

/* Reads a small file whole. @return its length, with a NUL behind it; -1 with errno, E2BIG when it is too long. */
static ssize_t read_small(int dirfd, const char *path, char *text, size_t size)
{
    _cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t length;

    if (fd < 0)
        return -1;
    do
        length = read(fd, text, size - 1);
    while (length < 0 && errno == EINTR);
    if (length >= 0 && (size_t)length == size - 1) {
        errno = E2BIG;
        return -1;
    }
    if (length >= 0)
        text[length] = '\0';
    return length;
}

int state_process_start_time(pid_t pid, uint64_t *start_time, struct caisson_error *err)
{
    char path[32], text[1024], *field;

    *start_time = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (pid <= 0)
        return 0;
    if (read_small(AT_FDCWD, path, text, sizeof text) < 0)
        return errno == ENOENT || errno == ESRCH ? 0 : error_system(err, errno, "cannot read %s", path);
    /* The second field is a name in parentheses that may hold anything, parentheses and spaces included. */
    field = strrchr(text, ')');
    for (int i = STAT_AFTER_NAME; field && i < STAT_START_TIME; i++)
        field = strchr(field + 1, ' ');
    *start_time = field ? strtoull(field + 1, NULL, 10) : 0;
    return 0;
}

static bool is_on(int fd, unsigned magic)
{
    struct statfs fs;

    return fstatfs(fd, &fs) == 0 && (unsigned)fs.f_type == magic;
}

/* The number starts anew with each boot. So it is written where no record outlives one: in memory. */
static uint64_t pidfd_inode(int dir, int pidfd)
{
    struct stat st;

    if (pidfd < 0 || !is_on(dir, TMPFS_MAGIC) || !is_on(pidfd, PID_FS_MAGIC) || file_stat(pidfd, &st) < 0)
        return 0;
    return st.st_ino;
}

static bool fits(const char *text)
{
    return !text || !strchr(text, '\t');
}

static const char *or_nothing(const char *text)
{
    return text ? text : "";
}

/* What a table shows goes along where it can be told apart again; otherwise it is read from state.json. */
static void describe(const struct state *state, char text[PATH_MAX])
{
    int head =
        snprintf(text, PATH_MAX, "%d %llu %llu %d", (int)state->pid, (unsigned long long)state->start_time,
                 (unsigned long long)state->pidfd_inode, state->executed);
    size_t room = PATH_MAX - (size_t)head;
    int tail;

    if (!fits(state->created) || !fits(state->owner) || !fits(state->cgroup) || !fits(state->bundle))
        return;
    tail = snprintf(text + head, room, "\t%s\t%s\t%s\t%s", or_nothing(state->created),
                    or_nothing(state->owner), or_nothing(state->cgroup), or_nothing(state->bundle));
    if (tail < 0 || (size_t)tail >= room - NUMBER_ROOM)
        text[head] = '\0';
    else if (state->events_number != 0)
        snprintf(text + head + tail, NUMBER_ROOM, "\t%llu", (unsigned long long)state->events_number);
}

static int put(int dir, const struct state *state, struct caisson_error *err)
{
    char text[PATH_MAX];

    describe(state, text);
    if (symlinkat(text, dir, "pid") == 0)
        return 0;
    if (errno == EEXIST) {
        unlinkat(dir, ".pid", 0);
        if (symlinkat(text, dir, ".pid") == 0 && renameat(dir, ".pid", dir, "pid") == 0)
            return 0;
    }
    return error_system(err, errno, "cannot write the record 'pid' of the state directory");
}

int state_write_pid(int dir, struct state *state, int pidfd, struct caisson_error *err)
{
    state->pidfd_inode = pidfd_inode(dir, pidfd);
    state->executed = false;
    /* What procfs makes for a process it has to take down again when that is reaped: nothing is, where it need not be. */
    if (state->pidfd_inode == 0 && state->start_time == 0 &&
        state_process_start_time(state->pid, &state->start_time, err) < 0)
        return -1;
    return put(dir, state, err);
}

void state_write_executed(int dir, struct state *state)
{
    state->executed = true;
    /* These numbers, too, start anew with each boot. */
    if (state->pidfd_inode != 0 && state->cgroup)
        state->events_number = cgroup_events_number(state->cgroup);
    /* Without it the lock on `created` still says the same. */
    (void)put(dir, state, NULL);
}

/* @return the record's length; 0: there is none; -1 with errno. */
static ssize_t read_record(int dir, const char *path, char text[PATH_MAX])
{
    ssize_t length = readlinkat(dir, path, text, PATH_MAX - 1);

    /* Caisson 0.1 wrote "PID STARTTIME\n" into a file. */
    if (length < 0 && errno == EINVAL)
        length = read_small(dir, path, text, 64);
    if (length < 0)
        return errno == ENOENT || errno == ELOOP || errno == EISDIR || errno == E2BIG ? 0 : -1;
    text[length] = '\0';
    return length;
}

/* @return what stands behind the number, or NULL when there is none. */
static char *take_number(char *text, uint64_t *number)
{
    char *end;

    if (*text < '0' || *text > '9')
        return NULL;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 ? end : NULL;
}

/* @return what stands behind the numbers; NULL, and nothing is set, when they are not there in full. */
static char *take_numbers(char *text, struct state *state)
{
    uint64_t pid, start_time, inode = 0, executed = 0;
    char *at = take_number(text, &pid);

    if (!at || *at != ' ' || pid == 0 || pid > INT32_MAX)
        return NULL;
    at = take_number(at + 1, &start_time);
    if (at && *at == ' ') {
        at = take_number(at + 1, &inode);
        at = at && *at == ' ' ? take_number(at + 1, &executed) : NULL;
        if (!at || (*at != '\t' && *at != '\0'))
            return NULL;
    } else if (!at || *at != '\n') {
        return NULL;
    }
    state->pid = (pid_t)pid;
    state->start_time = start_time;
    state->pidfd_inode = inode;
    state->executed = executed != 0;
    return at;
}

int state_read_pid(int dir, struct state *state, struct caisson_error *err)
{
    char text[PATH_MAX];
    ssize_t length = read_record(dir, "pid", text);

    state->pid = 0;
    state->start_time = state->pidfd_inode = 0;
    state->executed = false;
    if (length < 0)
        return error_system(err, errno, "cannot read the record 'pid' of the state directory");
    if (length > 0)
        take_numbers(text, state);
    return 0;
}

static ssize_t read_record_of(int root, const char *id, char room[PATH_MAX])
{
    char path[NAME_MAX + sizeof "/pid"];

    if (strlen(id) > NAME_MAX)
        return 0;
    stpcpy(stpcpy(path, id), "/pid");
    return read_record(root, path, room);
}

static bool take_record(char *text, const char *id, struct state *state)
{
    const char **const members[] = {&state->created, &state->owner, &state->cgroup, &state->bundle};
    char *at;

    memset(state, 0, sizeof *state);
    state->id = id;
    at = text ? take_numbers(text, state) : NULL;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (!at || *at != '\t')
            return false;
        *at++ = '\0';
        *members[i] = at;
        at += strcspn(at, "\t");
    }
    if (!*state->cgroup)
        state->cgroup = NULL;
    if (*at == '\t') {
        *at++ = '\0';
        at = take_number(at, &state->events_number);
    }
    return at && *at == '\0';
}

bool state_read_record(int root, const char *id, char room[PATH_MAX], struct state *state)
{
    return take_record(read_record_of(root, id, room) > 0 ? room : NULL, id, state);
}

bool state_keep_record(struct arena *arena, int root, const char *id, struct state *state)
{
    char room[PATH_MAX];
    ssize_t length = read_record_of(root, id, room);

    return take_record(length > 0 ? arena_copy(arena, room, (size_t)length) : NULL, id, state);
}
