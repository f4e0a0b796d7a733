/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* process.terminal. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys/mount.h"
#include "sys/openat2.h"
#include "sys/weaken.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

/*
 * The container's own devpts where it has one, so that the terminal has a name in there; otherwise the host's.
 * What is opened must be on a devpts: a file of the image could pose as one (rule R3: CVE-2025-52565).
 */
static int open_master(struct init *init)
{
    struct statfs fs;
    int fd = -1;

    init_doing(init, PLAN_ACTION_OPEN_PTMX, "/dev/pts/ptmx");
    if (init->root >= 0)
        fd = sys_open_in_root(init->root, "/dev/pts/ptmx", O_RDWR | O_NOCTTY);
    else
        fd = sys_openat2(AT_FDCWD, "/dev/pts/ptmx", O_RDWR | O_NOCTTY, 0, RESOLVE_NO_MAGICLINKS);
    if (fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == DEVPTS_SUPER_MAGIC)
        return fd;
    if (init->root < 0) {
        if (fd >= 0)
            errno = ENODEV;
        return fd_close(fd);
    }
    fd_close(fd);
    init_doing(init, PLAN_ACTION_OPEN_PTMX, "/dev/ptmx");
    return openat(AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/* A mount of the very file that was opened: nothing inside the container is looked up to find it. */
static int bind_console(struct init *init, int slave)
{
    _cleanup_close_ int target = target_open(init, "/dev/console", PLAN_MOUNT_FILE);
    _cleanup_close_ int mount = -1;

    if (target < 0)
        return -1;
    init_doing(init, PLAN_ACTION_ATTACH, "/dev/console");
    if (weakened("pty")) {
        _cleanup_close_ int named = sys_open_in_root(init->root, "/dev/pts/0", O_PATH);

        mount = sys_open_tree(named, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
        return mount < 0 ? -1 : sys_move_mount(mount, target);
    }
    mount = sys_open_tree(slave, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
    if (mount < 0)
        return -1;
    return sys_move_mount(mount, target);
}

static int set_size(int slave, const struct plan_console *step)
{
    struct winsize size = {.ws_row = step->rows, .ws_col = step->columns};

    if (!step->rows && !step->columns)
        return 0;
    return ioctl(slave, TIOCSWINSZ, &size);
}

int init_CONSOLE(struct init *init, const struct plan_console *step)
{
    _cleanup_close_ int master = open_master(init);
    _cleanup_close_ int slave = -1;
    int unlock = 0;

    if (master < 0)
        return -1;
    if (ioctl(master, TIOCSPTLCK, &unlock) < 0)
        return -1;
    slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0 || set_size(slave, step) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_CHOWN, "the terminal");
    if (fchown(slave, step->uid, (gid_t)-1) < 0)
        return -1;
    if (INIT_MOUNTS && step->bind && bind_console(init, slave) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_SEND_FD, NULL);
    if (channel_send(init, PLAN_MESSAGE_CONSOLE, 0, 0, master) < 0 || channel_wait(init) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_SET_TERMINAL, NULL);
    if (ioctl(slave, TIOCSCTTY, 0) < 0)
        return -1;
    for (int fd = 0; fd <= 2; fd++)
        if (dup2(slave, fd) < 0)
            return -1;
    return 0;
}
