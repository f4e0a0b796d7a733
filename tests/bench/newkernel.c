/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * newkernel TURNS MOUNTS ROOTFS: what newer kernels could spare of the floor's root filesystem. Makes a container's
 * namespaces and mounts, and lets them go, in three ways in turn, and prints the times of each:
 *
 *   pivot      the present one: a copy of the mount namespace, the root cloned and mounted, pivot_root, umount
 *   detached   the same, but the tree is mounted when all of it is there (mounts on a detached tree, Linux 6.15)
 *   namespace  a mount namespace that has the root alone (OPEN_TREE_NAMESPACE, Linux 7.0), entered by setns(2)
 *
 * MOUNTS is how many the host has besides, for a copy of its namespace takes them along. What the kernel does not know
 * is left out. Meant for the lab: tests/lab/vm (tests/bench/README.md has the command and what came of it).
 */
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sys/mount.h"

#ifndef OPEN_TREE_NAMESPACE
#define OPEN_TREE_NAMESPACE 2
#endif

enum { TURNS_LIMIT = 1000, FAILED = 1 };

int floor_must(long result, const char *what)
{
    if (result >= 0)
        return (int)result;
    fprintf(stderr, "newkernel: cannot %s: %s\n", what, strerror(errno));
    _exit(FAILED);
}

static void pivot(const struct floor *floor)
{
    floor_must(unshare(CLONE_NEWNS), "make a mount namespace");
    floor_build_root(floor);
}

static void detached(const struct floor *floor)
{
    struct mount_attr private = {.propagation = MS_PRIVATE};
    int root;

    floor_must(unshare(CLONE_NEWNS), "make a mount namespace");
    floor_must(syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &private, sizeof private),
               "make / private");
    root = floor_must(sys_open_tree(AT_FDCWD, floor->rootfs, OPEN_TREE_CLONE | AT_RECURSIVE), floor->rootfs);
    floor_fill_root(floor, root);
    floor_must(syscall(SYS_move_mount, root, "", AT_FDCWD, floor->rootfs, MOVE_MOUNT_F_EMPTY_PATH), "attach");
    floor_must(fchdir(root), "enter the root");
    floor_must(sys_pivot_root(".", "."), "pivot the root");
    floor_must(sys_umount(".", MNT_DETACH), "unmount the old root");
    floor_must(chdir("/"), "change to /");
}

static void namespace(const struct floor *floor)
{
    int fd = floor_must(syscall(SYS_open_tree, AT_FDCWD, floor->rootfs,
                                OPEN_TREE_NAMESPACE | OPEN_TREE_CLOEXEC | AT_RECURSIVE),
                        "make a mount namespace of the root");

    floor_must(setns(fd, CLONE_NEWNS), "enter it");
    close(fd);
    floor_fill_root(floor, floor_must(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "open the root"));
}

static const struct way {
    const char *name;
    void (*make)(const struct floor *floor);
} ways[] = {{"pivot", pivot}, {"detached", detached}, {"namespace", namespace}};

enum { WAYS = sizeof ways / sizeof ways[0] };

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* @return microseconds from the child's first step to the end of its namespaces; negative: it failed. */
static double turn(const struct way *way, const struct floor *floor)
{
    double begin = now();
    int status;
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWIPC | SIGCHLD, NULL, NULL, NULL, NULL);

    if (pid == 0) {
        floor_must(unshare(CLONE_NEWCGROUP), "make a cgroup namespace");
        way->make(floor);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return status == 0 ? now() - begin : -1;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void print(const struct way *way, const double *times, int count, double first)
{
    printf("%-10s %8.0f %8.0f %8.0f  %.2f\n", way->name, times[count / 2], times[0], times[count * 9 / 10],
           times[count / 2] / first);
}

/* So many mounts that a copy of the namespace has to take along, and to let go. */
static void fill_host(int count)
{
    char path[32];

    floor_must(unshare(CLONE_NEWNS), "make a mount namespace");
    floor_must(syscall(SYS_mount, NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make / private");
    floor_must(syscall(SYS_mount, "tmpfs", "/mnt", "tmpfs", 0, NULL), "mount on /mnt");
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "/mnt/%d", i);
        floor_must(mkdir(path, 0700), path);
        floor_must(syscall(SYS_mount, "/mnt", path, NULL, MS_BIND, NULL), path);
    }
}

int main(int argc, char **argv)
{
    static double times[WAYS][TURNS_LIMIT];
    struct floor floor = {.first_id = -1, .rootfs = argc == 4 ? argv[3] : NULL};
    int turns = argc == 4 ? atoi(argv[1]) : 0;

    if (turns < 1 || turns > TURNS_LIMIT) {
        fprintf(stderr, "usage: newkernel TURNS MOUNTS ROOTFS\n");
        return 2;
    }
    fill_host(atoi(argv[2]));
    for (int i = -1; i < turns; i++)
        for (int way = 0; way < WAYS; way++) {
            double time = times[way][0] < 0 ? -1 : turn(&ways[way], &floor);

            times[way][i < 0 || time < 0 ? 0 : i] = time;
        }
    printf("%-10s %8s %8s %8s  ratio (us, %s mounts on the host)\n", "", "median", "least", "p90", argv[2]);
    for (int way = 0; way < WAYS; way++) {
        qsort(times[way], times[way][0] < 0 ? 1 : (size_t)turns, sizeof times[way][0], compare);
        if (times[way][0] < 0)
            printf("%-10s this kernel cannot\n", ways[way].name);
        else
            print(&ways[way], times[way], turns, times[0][turns / 2]);
    }
    return 0;
}
