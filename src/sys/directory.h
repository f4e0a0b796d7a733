/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* getdents64(2) without readdir(3): no memory is asked for, and no descriptor is looked at first. */
#ifndef SYS_DIRECTORY_H
#define SYS_DIRECTORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As the kernel lays it out on every architecture. */
struct sys_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length; /* to the next entry */
    uint8_t type;    /* DT_DIR and the like; DT_UNKNOWN where the filesystem does not say */
    char name[];
};

/** @param buffer aligned for struct sys_entry @return the bytes read, 0 at the end, or -1 with errno */
static inline ssize_t sys_getdents(int dir, void *buffer, size_t size)
{
    return syscall(SYS_getdents64, dir, buffer, size);
}

#endif
