/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's part of a seccomp filter: what one answers to one system call. */
#ifndef TEST_BPF_H
#define TEST_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** @return the answer, or with *broken set the place at which the program is not one that the kernel takes. */
static inline uint32_t bpf_run(const struct sock_filter *code, size_t length, const struct seccomp_data *data,
                               bool *broken)
{
    uint32_t a = 0;

    for (size_t i = 0; i < length; i++) {
        const struct sock_filter *f = &code[i];
        bool yes;

        switch (f->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            if (f->k % 4 || f->k > sizeof *data - 4)
                goto bad;
            memcpy(&a, (const char *)data + f->k, sizeof a);
            continue;
        case BPF_ALU | BPF_AND | BPF_K:
            a &= f->k;
            continue;
        case BPF_JMP | BPF_JA:
            i += f->k;
            continue;
        case BPF_RET | BPF_K:
            return f->k;
        case BPF_JMP | BPF_JEQ | BPF_K:
            yes = a == f->k;
            break;
        case BPF_JMP | BPF_JGT | BPF_K:
            yes = a > f->k;
            break;
        case BPF_JMP | BPF_JGE | BPF_K:
            yes = a >= f->k;
            break;
        default:
            goto bad;
        }
        i += yes ? f->jt : f->jf;
    }
bad:
    *broken = true;
    return 0;
}

#endif
