/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device rules and the program that they become. */
#ifndef CGROUP_DEVICES_H
#define CGROUP_DEVICES_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum {
    DEVICE_ANY = 0, /* type: block and character devices */
    DEVICE_RWM = BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE,
};

struct device_rule {
    int32_t major, minor; /* -1: all */
    uint8_t type;         /* DEVICE_ANY or BPF_DEVCG_DEV_* */
    uint8_t access;       /* BPF_DEVCG_ACC_* */
    bool allow;
    bool final; /* with the rules before it, it has a word on every kind of access */
};

/** @return whether every device of `rule` is one of `broad`. */
static inline bool device_rule_covers(const struct device_rule *broad, const struct device_rule *rule)
{
    return (broad->type == DEVICE_ANY || broad->type == rule->type) &&
           (broad->major == -1 || broad->major == rule->major) &&
           (broad->minor == -1 || broad->minor == rule->minor);
}

/**
 * Writes the program for rules of which the first that speaks about a kind of access decides it.
 * @param rules     is put into another order that means the same
 * @param otherwise what holds where no rule has decided
 */
struct bpf_insn *devices_program(struct arena *arena, struct device_rule *rules, size_t count, bool otherwise,
                                 size_t *length);

#endif
