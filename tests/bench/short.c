/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * short state|kill|delete ROOT ID: the floor of the short commands. It asks the kernel for what caisson asks it for, in
 * the same order, on a container that caisson made, and neither parses nor checks any of it: what it takes is an
 * empty program and those system calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct container {
    int root, dir;
    const char *id;
    pid_t pid;
    char record[PATH_MAX], state[8192];
    char *cgroup;
};

static int must(long result, const char *what)
{
    if (result >= 0)
        return (int)result;
    dprintf(STDERR_FILENO, "short: cannot %s: %s\n", what, strerror(errno));
    _exit(1);
}

static void open_container(struct container *c, const char *root, const char *id)
{
    c->id = id;
    c->root = must(openat(AT_FDCWD, root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), root);
    c->dir = must(openat(c->root, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), id);
}

static void read_record(struct container *c)
{
    ssize_t length = must(readlinkat(c->dir, "pid", c->record, sizeof c->record - 1), "read the record");
    char *at = c->record;

    c->record[length] = '\0';
    c->pid = (pid_t)strtol(c->record, NULL, 10);
    for (int i = 0; i < 3 && at; i++)
        at = strchr(at, '\t') ? strchr(at, '\t') + 1 : NULL;
    if (!at) {
        dprintf(STDERR_FILENO, "short: the record of container %s names no cgroup\n", c->id);
        _exit(1);
    }
    c->cgroup = at;
    at[strcspn(at, "\t")] = '\0';
}

static ssize_t read_state(struct container *c)
{
    int fd = must(openat(c->dir, "state.json", O_RDONLY | O_NOFOLLOW | O_CLOEXEC), "open state.json");
    struct stat st;
    ssize_t n;

    fstat(fd, &st);
    n = must(read(fd, c->state, sizeof c->state), "read state.json");
    read_record(c);
    close(fd);
    return n;
}

/* @return a descriptor of the first process, or -1 when it is gone */
static int find_process(const struct container *c)
{
    int fd = (int)syscall(SYS_pidfd_open, c->pid, 0);
    struct pollfd ended = {.fd = fd, .events = POLLIN};
    struct stat st;

    if (fd >= 0) {
        fstat(fd, &st);
        poll(&ended, 1, 0);
    }
    return fd;
}

static void state(struct container *c)
{
    ssize_t length = read_state(c);
    char path[PATH_MAX], events[256];
    int process = find_process(c), fd;

    snprintf(path, sizeof path, "%s/cgroup.events", c->cgroup);
    fd = must(openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), path);
    must(read(fd, events, sizeof events), path);
    close(fd);
    close(process);
    must(write(STDOUT_FILENO, c->state, (size_t)length), "print");
}

static void kill_(struct container *c)
{
    read_record(c);
    must(syscall(SYS_pidfd_send_signal, find_process(c), SIGCONT, NULL, 0), "send the signal");
}

static void delete (struct container *c)
{
    static const char *const files[] = {"state.json", "pid",     "config.json", "plan",
                                        "start",      "created", "lock"};
    int lock = must(openat(c->dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600), "open the lock");
    int cgroup, fd;
    struct stat st;
    char events[256];

    must(flock(lock, LOCK_EX | LOCK_NB), "lock");
    fstat(lock, &st);
    read_state(c);
    close(find_process(c));
    cgroup = must(openat(AT_FDCWD, c->cgroup, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_DIRECTORY), c->cgroup);
    fd = must(openat(cgroup, "cgroup.kill", O_WRONLY | O_CLOEXEC), "open cgroup.kill");
    must(write(fd, "1", 1), "kill");
    close(fd);
    fd = must(openat(cgroup, "cgroup.events", O_RDONLY | O_CLOEXEC), "open cgroup.events");
    must(pread(fd, events, sizeof events, 0), "read cgroup.events");
    close(fd);
    close(cgroup);
    must(rmdir(c->cgroup), c->cgroup);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        unlinkat(c->dir, files[i], 0);
    must(unlinkat(c->root, c->id, AT_REMOVEDIR), "remove the directory");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(struct container *c);
    } commands[] = {{"state", state}, {"kill", kill_}, {"delete", delete}};
    static struct container c;

    for (size_t i = 0; argc == 4 && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        open_container(&c, argv[2], argv[3]);
        commands[i].run(&c);
        return 0;
    }
    dprintf(STDERR_FILENO, "usage: short state|kill|delete ROOT ID\n");
    return 2;
}
