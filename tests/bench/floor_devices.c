/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The floor's device program: the devices that every container may use, and no other. */
#include "floor.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "sys/bpf.h"

struct device {
    int major, minor; /* minor -1: all */
};

/* Of all devices nodes may be made; this table says which may be opened. */
static const struct device devices[] = {{1, 3}, {1, 5}, {1, 7},    {1, 8},   {1, 9},
                                        {5, 0}, {5, 2}, {10, 200}, {136, -1}};

enum {
    DEVICE_COUNT = sizeof devices / sizeof devices[0],
    PROLOGUE = 8,
    CODE_LIMIT = PROLOGUE + 2 * DEVICE_COUNT + 4,
};

/* Writes the program and returns its length. The verdict is 1 for yes, 0 for no: bpf_cgroup_dev_ctx. */
static size_t write_code(struct bpf_insn *code)
{
    /* r2: kinds of access, r3: type, r4: major, r5: minor */
    static const struct bpf_insn prologue[PROLOGUE] = {
        {.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = 0},
        {.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 4, .src_reg = 1, .off = 4},
        {.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 5, .src_reg = 1, .off = 8},
        {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 2},
        {.code = BPF_ALU64 | BPF_AND | BPF_K, .dst_reg = 3, .imm = 0xffff},
        {.code = BPF_ALU64 | BPF_RSH | BPF_K, .dst_reg = 2, .imm = 16},
        /* the two jumps, to "yes" and to "no", are filled in below */
        {.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 2, .imm = BPF_DEVCG_ACC_MKNOD},
        {.code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 3, .imm = BPF_DEVCG_DEV_CHAR},
    };
    size_t n = PROLOGUE, no = PROLOGUE + 2 * DEVICE_COUNT - 1, yes = no + 2;

    memcpy(code, prologue, sizeof prologue);
    code[PROLOGUE - 2].off = (int16_t)(yes - (PROLOGUE - 2) - 1);
    code[PROLOGUE - 1].off = (int16_t)(no - (PROLOGUE - 1) - 1);
    for (size_t i = 0; i < DEVICE_COUNT; i++) {
        const struct device *device = &devices[i];

        if (device->minor >= 0)
            code[n++] = (struct bpf_insn){
                .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 4, .imm = device->major, .off = 1};
        code[n] = (struct bpf_insn){.code = BPF_JMP | BPF_JEQ | BPF_K,
                                    .dst_reg = device->minor >= 0 ? 5 : 4,
                                    .imm = device->minor >= 0 ? device->minor : device->major,
                                    .off = (int16_t)(yes - n - 1)};
        n++;
    }
    for (int verdict = 0; verdict <= 1; verdict++) {
        code[n++] = (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = verdict};
        code[n++] = (struct bpf_insn){.code = BPF_JMP | BPF_EXIT};
    }
    return n;
}

int floor_restrict_devices(int cgroup)
{
    struct bpf_insn code[CODE_LIMIT];
    union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
                           .insn_cnt = (uint32_t)write_code(code),
                           .insns = (uint64_t)(uintptr_t)code,
                           .license = (uint64_t)(uintptr_t) "LGPL-2.1-or-later"};
    int program = sys_bpf(BPF_PROG_LOAD, &attr), result;

    if (program < 0)
        return -1;
    memset(&attr, 0, sizeof attr);
    attr.target_fd = (uint32_t)cgroup;
    attr.attach_bpf_fd = (uint32_t)program;
    attr.attach_type = BPF_CGROUP_DEVICE;
    attr.attach_flags = BPF_F_ALLOW_MULTI;
    result = sys_bpf(BPF_PROG_ATTACH, &attr);
    close(program);
    return result < 0 ? -1 : 0;
}
