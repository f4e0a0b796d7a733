/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Instructions of a filter program, written from its end to its start: all jumps lead forward, so where they lead is
 * known when they are written. A place is the number of instructions from there to the end.
 */
#ifndef PLAN_SECCOMP_WRITER_H
#define PLAN_SECCOMP_WRITER_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { SECCOMP_ANSWERS = 8 };

struct seccomp_writer {
    struct arena *arena;
    struct sock_filter *code;
    size_t room, count;
    struct {
        size_t place; /* 0: none yet */
        uint32_t action;
    } answers[SECCOMP_ANSWERS]; /* the latest ones */
    size_t next_answer;
};

/** An instruction that goes on at `next`. @return its place. */
size_t seccomp_write_op(struct seccomp_writer *w, uint16_t code, uint32_t k, size_t next);

/** Compares the accumulator with `k` (BPF_JEQ, BPF_JGT, BPF_JGE). @return its place. */
size_t seccomp_write_jump(struct seccomp_writer *w, uint16_t test, uint32_t k, size_t yes, size_t no);

/** @return the place of an instruction that returns `action`: one that is near, or a new one. */
size_t seccomp_write_answer(struct seccomp_writer *w, uint32_t action);

/** @return the program, of w->count instructions. */
struct sock_filter *seccomp_written(const struct seccomp_writer *w);

#endif
