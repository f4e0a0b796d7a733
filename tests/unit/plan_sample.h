/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program with one step of every kind, and every reference in it used: for the tests of those who read programs. */
#ifndef PLAN_SAMPLE_H
#define PLAN_SAMPLE_H

#include <linux/filter.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "plan_config.h"

#include "plan/builder.h"
#include "sys/mount.h"

static inline plan_ref sample_vector(struct plan_builder *b, size_t count, ...)
{
    const char *items[16];
    struct spec_strings strings = {items, count};
    va_list ap;

    va_start(ap, count);
    for (size_t i = 0; i < count; i++)
        items[i] = va_arg(ap, const char *);
    va_end(ap);
    return builder_vector(b, &strings);
}

static inline void sample_namespaces(struct plan_builder *b)
{
    uint32_t where;
    struct plan_slot *slot;

    where = builder_step(
        b, PLAN_OP_JOIN, "/linux/namespaces/0/path",
        (&(struct plan_join){.fd = -1, .types = CLONE_NEWNET, .path = builder_text(b, "/run/netns/blue")}));
    slot = builder_slot(b, PLAN_SLOT_NAMESPACE, where, "/run/netns/blue", "/linux/namespaces/0/path");
    slot->types = CLONE_NEWNET;
    builder_step(b, PLAN_OP_WAIT, NULL, &(struct plan_wait){0});
    builder_step(b, PLAN_OP_BECOME, NULL, &(struct plan_become){0});
    builder_step(b, PLAN_OP_UNSHARE, "/linux/namespaces",
                 (&(struct plan_unshare){CLONE_NEWNS | CLONE_NEWUTS}));
    builder_step(b, PLAN_OP_TIME, "/linux/timeOffsets",
                 (&(struct plan_time){.offsets = builder_text(b, "boottime 10 0\n")}));
    builder_step(b, PLAN_OP_FORK, NULL, &(struct plan_fork){CLONE_NEWPID});
    builder_step(b, PLAN_OP_SESSION, NULL, &(struct plan_session){0});
    builder_step(b, PLAN_OP_KEYRING, NULL, (&(struct plan_keyring){builder_text(b, "_ses.c1")}));
    builder_step(b, PLAN_OP_LOOPBACK, NULL, &(struct plan_loopback){0});
    builder_step(b, PLAN_OP_HOSTNAME, "/hostname", (&(struct plan_hostname){builder_text(b, "box")}));
    builder_step(b, PLAN_OP_DOMAINNAME, "/domainname", (&(struct plan_hostname){builder_text(b, "lab")}));
}

static inline void sample_mounts(struct plan_builder *b)
{
    struct plan_slot *slot;
    uint32_t where;

    builder_step(b, PLAN_OP_PROPAGATION, NULL, &(struct plan_propagation){MS_SLAVE});
    builder_step(
        b, PLAN_OP_ROOT, "/root/path",
        (&(struct plan_root){.fd = -1, .path = builder_text(b, "/srv/rootfs"), .propagation = MS_PRIVATE}));
    builder_step(b, PLAN_OP_MOUNT, "/mounts/0",
                 (&(struct plan_mount){.kind = PLAN_MOUNT_NEW,
                                       .fd = -1,
                                       .target = builder_text(b, "/dev"),
                                       .type = builder_text(b, "tmpfs"),
                                       .source = builder_text(b, "tmpfs"),
                                       .parameters = sample_vector(b, 4, "mode", "755", "size", "65536k"),
                                       .attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME,
                                       .attr_clear = MOUNT_ATTR__ATIME}));
    where = builder_step(
        b, PLAN_OP_MOUNT, "/mounts/1",
        (&(struct plan_mount){.kind = PLAN_MOUNT_TREE, .fd = -1, .target = builder_text(b, "/data")}));
    slot = builder_slot(b, PLAN_SLOT_TREE, where + (uint32_t)offsetof(struct plan_mount, fd), "/srv/my data",
                        "/mounts/1/source");
    slot->recursive = true;
    slot->attr_set = MOUNT_ATTR_RDONLY;
    slot->propagation = MS_SLAVE;
    builder_step(b, PLAN_OP_MOUNT, "/mounts/2",
                 (&(struct plan_mount){.kind = PLAN_MOUNT_REMOUNT,
                                       .fd = -1,
                                       .target = builder_text(b, "/data"),
                                       .attr_clear = MOUNT_ATTR_RDONLY,
                                       .propagation = MS_SHARED}));
    builder_step(b, PLAN_OP_MOUNT, "/mounts/3",
                 (&(struct plan_mount){.kind = PLAN_MOUNT_CLASSIC,
                                       .fd = -1,
                                       .target = builder_text(b, "/over"),
                                       .type = builder_text(b, "overlay"),
                                       .data = builder_text(b, "lowerdir=/a:/b"),
                                       .classic_flags = MS_NODEV}));
    builder_step(b, PLAN_OP_NODE, "/linux/devices/0",
                 (&(struct plan_node){.path = builder_text(b, "/dev/fuse"),
                                      .mode = S_IFCHR | 0666,
                                      .major = 10,
                                      .minor = 229,
                                      .fd = -1}));
    builder_step(b, PLAN_OP_LINK, NULL,
                 (&(struct plan_link){builder_text(b, "/dev/fd"), builder_text(b, "/proc/self/fd"), 0}));
    builder_step(b, PLAN_OP_CONSOLE, "/process/terminal", (&(struct plan_console){24, 80, 1, 0, 5}));
    builder_step(b, PLAN_OP_SYNC, "/hooks", &(struct plan_sync){0});
    builder_step(b, PLAN_OP_HOOK, "/hooks/createContainer/1",
                 (&(struct plan_hook){.path = builder_text(b, "/bin/hook"),
                                      .args = sample_vector(b, 2, "hook", "an arg"),
                                      .env = sample_vector(b, 1, "A=b"),
                                      .state_head = builder_text(b, "{\"pid\":"),
                                      .state_tail = builder_text(b, "}"),
                                      .timeout_ms = 2500,
                                      .output = -1,
                                      .errors = -1}));
    builder_step(b, PLAN_OP_DIRECTORY, "/process/cwd", (&(struct plan_path){builder_text(b, "/home/me")}));
    builder_step(b, PLAN_OP_UNMOUNT, "/mounts/0/destination", (&(struct plan_path){builder_text(b, "/old")}));
    builder_step(b, PLAN_OP_PIVOT, "/root/path", &(struct plan_pivot){PLAN_PIVOT_ROOT});
    builder_step(b, PLAN_OP_ROOT_ATTR, "/root/readonly",
                 (&(struct plan_root_attr){.attr_set = MOUNT_ATTR_RDONLY}));
    builder_step(b, PLAN_OP_SYSCTL, "/linux/sysctl/net.ipv4.ip_forward",
                 (&(struct plan_sysctl){builder_text(b, "net/ipv4/ip_forward"), builder_text(b, "1")}));
    builder_step(b, PLAN_OP_READONLY, "/linux/readonlyPaths/0",
                 (&(struct plan_readonly){builder_text(b, "/proc/sys"), 0}));
    builder_step(b, PLAN_OP_MASK, "/linux/maskedPaths/0",
                 (&(struct plan_mask){builder_text(b, "/proc/kcore"), 0, -1, 0}));
    builder_step(b, PLAN_OP_PROC, "/process/selinuxLabel",
                 (&(struct plan_proc){builder_text(b, "self/attr/exec"), builder_text(b, "label")}));
}

static inline void sample_process(struct plan_builder *b)
{
    static const uint64_t mask[2] = {0x8f, 1};
    static const uint32_t groups[] = {10, 20};

    builder_step(b, PLAN_OP_RLIMIT, "/process/rlimits/0",
                 (&(struct plan_rlimit){.soft = 1024, .hard = UINT64_MAX, .resource = RLIMIT_NOFILE}));
    builder_step(b, PLAN_OP_SCHEDULER, "/process/scheduler",
                 (&(struct plan_scheduler){.policy = 3, .nice = -5}));
    builder_step(b, PLAN_OP_IOPRIO, "/process/ioPriority", &(struct plan_ioprio){0x4004});
    builder_step(b, PLAN_OP_AFFINITY, "/process/execCPUAffinity/final",
                 (&(struct plan_affinity){builder_bytes(b, mask, sizeof mask), sizeof mask}));
    builder_step(b, PLAN_OP_MEMPOLICY, "/linux/memoryPolicy",
                 (&(struct plan_mempolicy){MPOL_BIND | MPOL_F_STATIC_NODES, builder_bytes(b, mask, 8), 4}));
    builder_step(b, PLAN_OP_PERSONALITY, "/linux/personality", &(struct plan_personality){8});
    builder_step(b, PLAN_OP_CWD, "/process/cwd", (&(struct plan_cwd){builder_text(b, "/home/me")}));
    builder_step(b, PLAN_OP_CREDENTIALS, "/process/user",
                 (&(struct plan_credentials){.uid = 1000,
                                             .gid = 1001,
                                             .groups = builder_bytes(b, groups, sizeof groups),
                                             .group_count = 2,
                                             .bounding = 0x21,
                                             .permitted = 0x21}));
    builder_step(b, PLAN_OP_NO_NEW_PRIVS, "/process/noNewPrivileges", &(struct plan_no_new_privs){0});
    builder_step(b, PLAN_OP_UMASK, "/process/user/umask", &(struct plan_umask){022});
}

static inline void sample_end(struct plan_builder *b)
{
    static const struct sock_filter filter[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct plan_exec step = {
        .args = sample_vector(b, 3, "/bin/sh", "-c", "echo it's"),
        .env = sample_vector(b, 2, "PATH=/bin", "LISTEN_PID=0123456789"),
    };

    step.listen_pid =
        (plan_ref)((const struct plan_vector *)(const void *)(b->plan->data.data + step.env))->items[1];
    builder_step(b, PLAN_OP_LOOKUP, "/process/args/0",
                 (&(struct plan_lookup){builder_text(b, "/bin/sh"), builder_text(b, "/bin")}));
    builder_step(b, PLAN_OP_READY, NULL, &(struct plan_ready){0});
    builder_step(b, PLAN_OP_START, NULL, (&(struct plan_start){PLAN_START_SOCKET, 2, -1, -1}));
    builder_step(
        b, PLAN_OP_SECCOMP, "/linux/seccomp",
        (&(struct plan_seccomp){builder_bytes(b, filter, sizeof filter), 1, SECCOMP_FILTER_FLAG_LOG}));
    builder_step(b, PLAN_OP_EXEC, "/process/args", &step);
}

/** Header, steps and data as one piece of exactly its size. */
static inline void sample_finish(struct plan *plan)
{
    struct plan_header header = {
        .magic = PLAN_MAGIC,
        .version = PLAN_VERSION,
        .step_count = plan->step_count,
        .steps = sizeof header,
        .data = (uint32_t)(sizeof header + plan->steps.length),
        .channel = -1,
    };

    strbuf_char(&plan->data, '\0');
    header.size = (uint32_t)(header.data + plan->data.length);
    plan->program_size = header.size;
    plan->program = arena_alloc(plan->arena, header.size);
    memcpy(plan->program, &header, sizeof header);
    memcpy(plan->program + header.steps, plan->steps.data, plan->steps.length);
    memcpy(plan->program + header.data, plan->data.data, plan->data.length);
}

static inline void plan_sample(struct arena *arena, struct plan *plan)
{
    static const struct plan_request request;
    struct plan_builder b = {.plan = plan, .request = &request};

    memset(plan, 0, sizeof *plan);
    plan->arena = arena;
    plan->steps = STRBUF(arena);
    plan->data = STRBUF(arena);
    strbuf_add(&plan->data, "\0\0\0\0\0\0\0", 8);
    plan->clone_flags = CLONE_NEWUSER | CLONE_NEWIPC;
    plan->wait_for_maps = true;
    plan->uid_map = "0 100000 1000\n1000 200000 1\n";
    plan->gid_map = "0 100000 1000\n";
    plan->deny_setgroups = true;
    plan->oom_score_adj = "-5";
    plan->rootfs = "/srv/rootfs";
    sample_namespaces(&b);
    sample_mounts(&b);
    sample_process(&b);
    sample_end(&b);
    sample_finish(plan);
}

/** @return the n-th step of a kind, from 0. */
static inline struct plan_step *sample_step(struct plan *plan, unsigned op, unsigned n)
{
    const struct plan_header *header = (const struct plan_header *)(const void *)plan->program;
    const struct plan_step *step = plan_first(header);

    for (uint32_t i = 0; i < header->step_count; i++, step = plan_next(step))
        if (step->op == op && n-- == 0)
            return (struct plan_step *)(uintptr_t)step;
    fail_msg("no step %s", plan_op_name(op));
    return NULL;
}

/** @return the index of a step. */
static inline uint32_t sample_index(struct plan *plan, const struct plan_step *wanted)
{
    const struct plan_step *step = plan_first((const struct plan_header *)(const void *)plan->program);
    uint32_t i = 0;

    for (; step != wanted; step = plan_next(step))
        i++;
    return i;
}

#endif
