/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loading a device program and attaching it to a cgroup. It stands beside those that others attached there (systemd,
 * an outer runtime): all must agree. Ours is known by its name and replaced in one step, so that there is no moment
 * without rules and no heap of old programs (the kernel stops at 64).
 *
 * Since Linux 5.11 the memory of programs is charged to the memory cgroup: RLIMIT_MEMLOCK does not matter and stays.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "cgroup/internal.h"
#include "sys/bpf.h"

enum { ATTACHED_LIMIT = 64 }; /* BPF_CGROUP_MAX_PROGS */

static const char program_name[BPF_OBJ_NAME_LEN] = "caisson_devices";

/* The verifier's last line says why; only asked for when a load was refused. */
static void explain_refusal(union bpf_attr *attr, struct caisson_error *err)
{
    char log[4096] = "";
    char *last = log;

    attr->log_buf = (uint64_t)(uintptr_t)log;
    attr->log_size = sizeof log;
    attr->log_level = 1;
    if (fd_close(sys_bpf(BPF_PROG_LOAD, attr)) == -1 && *log) {
        log[strcspn(log, "\n")] = '\0';
        error_hint(err, "the kernel's verifier says: %s", last);
    }
}

static int load(const struct bpf_insn *program, size_t length, struct caisson_error *err)
{
    union bpf_attr attr = {
        .prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
        .insn_cnt = (uint32_t)length,
        .insns = (uint64_t)(uintptr_t)program,
        .license = (uint64_t)(uintptr_t) "LGPL-2.1-or-later",
    };
    int fd;

    memcpy(attr.prog_name, program_name, sizeof program_name);
    fd = sys_bpf(BPF_PROG_LOAD, &attr);
    if (fd >= 0)
        return fd;
    error_system(err, errno, "cannot load the device program of %zu instructions", length);
    if (err && err->errnum == EPERM)
        return error_hint(err, "this needs CAP_BPF or CAP_SYS_ADMIN in the initial user namespace");
    if (err && err->errnum == ENOSYS)
        return error_hint(err, "the kernel was built without CONFIG_BPF_SYSCALL");
    explain_refusal(&attr, err);
    return -1;
}

/* @return a descriptor of the program with this id when it is one of ours, otherwise -1. */
static int open_ours(uint32_t id)
{
    union bpf_attr attr = {.prog_id = id};
    struct bpf_prog_info info = {0};
    _cleanup_close_ int fd = sys_bpf(BPF_PROG_GET_FD_BY_ID, &attr);

    if (fd < 0)
        return -1;
    memset(&attr, 0, sizeof attr);
    attr.info.bpf_fd = (uint32_t)fd;
    attr.info.info_len = sizeof info;
    attr.info.info = (uint64_t)(uintptr_t)&info;
    if (sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) < 0 || strncmp(info.name, program_name, sizeof info.name) != 0)
        return -1;
    return TAKE_FD(fd);
}

/* @return a descriptor of the program that caisson attached to this cgroup before, or -1: there is none. */
static int find_attached(int cgroup)
{
    uint32_t ids[ATTACHED_LIMIT];
    union bpf_attr attr = {0};

    attr.query.target_fd = (uint32_t)cgroup;
    attr.query.attach_type = BPF_CGROUP_DEVICE;
    attr.query.prog_ids = (uint64_t)(uintptr_t)ids;
    attr.query.prog_cnt = ATTACHED_LIMIT;
    if (sys_bpf(BPF_PROG_QUERY, &attr) < 0)
        return -1;
    for (uint32_t i = 0; i < attr.query.prog_cnt && i < ATTACHED_LIMIT; i++) {
        int fd = open_ours(ids[i]);

        if (fd >= 0)
            return fd;
    }
    return -1;
}

int device_attach(int fd, const struct bpf_insn *program, size_t length, struct caisson_error *err)
{
    _cleanup_close_ int loaded = load(program, length, err);
    _cleanup_close_ int old = -1;
    union bpf_attr attr = {0};

    if (loaded < 0)
        return -1;
    old = find_attached(fd);
    attr.target_fd = (uint32_t)fd;
    attr.attach_bpf_fd = (uint32_t)loaded;
    attr.attach_type = BPF_CGROUP_DEVICE;
    attr.attach_flags = BPF_F_ALLOW_MULTI;
    if (old >= 0) {
        attr.attach_flags |= BPF_F_REPLACE;
        attr.replace_bpf_fd = (uint32_t)old;
    }
    if (sys_bpf(BPF_PROG_ATTACH, &attr) == 0)
        return 0;
    error_system(err, errno, "cannot attach the device program to the cgroup");
    if (err && err->errnum == EPERM)
        error_hint(err,
                   "this needs CAP_SYS_ADMIN or CAP_NET_ADMIN, and no cgroup above may have a device program "
                   "that forbids others below it (attached without BPF_F_ALLOW_MULTI)");
    return -1;
}
