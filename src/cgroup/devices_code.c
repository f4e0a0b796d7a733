/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device rules as a BPF program. It runs at each open(2) of a device in the container, so it tests little: rules with
 * the same word that follow each other may be tested in any order, hence those of a type, and of a major number, are
 * put together and share one test.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup/devices.h"

enum { CONTEXT = BPF_REG_1, ACCESS = BPF_REG_2, TYPE = BPF_REG_3, MAJOR = BPF_REG_4, MINOR = BPF_REG_5 };

/* Where jumps go whose place is not known yet: above every offset in use. */
enum { TO_ALLOW = 0x7ffe, TO_DENY = 0x7fff };

struct program {
    struct bpf_insn *code;
    size_t length;
};

static size_t emit(struct program *program, uint8_t code, unsigned dst, unsigned src, int offset, int32_t imm)
{
    program->code[program->length] = (struct bpf_insn){
        .code = code, .dst_reg = dst & 0xf, .src_reg = src & 0xf, .off = (int16_t)offset, .imm = imm};
    return program->length++;
}

/* Lets the jump at `from` go to what is written next. */
static void land(struct program *program, size_t from)
{
    program->code[from].off = (int16_t)(program->length - from - 1);
}

static int verdict(const struct device_rule *rule)
{
    return rule->allow ? TO_ALLOW : TO_DENY;
}

/* What is done when a device matches a rule that does not decide everything. */
static void emit_partial(struct program *program, const struct device_rule *rule)
{
    if (!rule->allow) {
        emit(program, BPF_JMP | BPF_JSET | BPF_K, ACCESS, 0, TO_DENY, rule->access);
        return;
    }
    emit(program, BPF_ALU | BPF_AND | BPF_K, ACCESS, 0, 0, DEVICE_RWM & ~rule->access);
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, ACCESS, 0, TO_ALLOW, 0);
}

static void emit_minor(struct program *program, const struct device_rule *rule)
{
    size_t skip;

    if (rule->minor == -1 && rule->final) {
        emit(program, BPF_JMP | BPF_JA, 0, 0, verdict(rule), 0);
    } else if (rule->minor == -1) {
        emit_partial(program, rule);
    } else if (rule->final) {
        emit(program, BPF_JMP | BPF_JEQ | BPF_K, MINOR, 0, verdict(rule), rule->minor);
    } else {
        skip = emit(program, BPF_JMP | BPF_JNE | BPF_K, MINOR, 0, 0, rule->minor);
        emit_partial(program, rule);
        land(program, skip);
    }
}

static void emit_major(struct program *program, const struct device_rule *rules, size_t count)
{
    size_t skip = 0;

    /* All of a major number, which is decided by that: one test does. */
    if (count == 1 && rules->major != -1 && rules->minor == -1 && rules->final) {
        emit(program, BPF_JMP | BPF_JEQ | BPF_K, MAJOR, 0, verdict(rules), rules->major);
        return;
    }
    if (rules->major != -1)
        skip = emit(program, BPF_JMP | BPF_JNE | BPF_K, MAJOR, 0, 0, rules->major);
    for (size_t i = 0; i < count; i++)
        emit_minor(program, &rules[i]);
    if (rules->major != -1)
        land(program, skip);
}

static void emit_type(struct program *program, const struct device_rule *rules, size_t count)
{
    size_t skip = 0, start = 0;

    if (rules->type != DEVICE_ANY)
        skip = emit(program, BPF_JMP | BPF_JNE | BPF_K, TYPE, 0, 0, rules->type);
    for (size_t i = 1; i <= count; i++)
        if (i == count || rules[i].major != rules[start].major) {
            emit_major(program, &rules[start], i - start);
            start = i;
        }
    if (rules->type != DEVICE_ANY)
        land(program, skip);
}

/* What says "all" behind what is named: the named ones are what programs open. */
static int compare_number(int32_t a, int32_t b)
{
    uint32_t x = (uint32_t)a, y = (uint32_t)b;

    return (x > y) - (x < y);
}

static int compare_rules(const void *a, const void *b)
{
    const struct device_rule *x = a, *y = b;

    if (x->type != y->type) /* character devices, block devices, any */
        return (x->type < y->type) - (x->type > y->type);
    if (x->major != y->major)
        return compare_number(x->major, y->major);
    if (x->minor != y->minor)
        return compare_number(x->minor, y->minor);
    return x->access - y->access;
}

/*
 * Whether another rule of the run says all that rule `i` says. One that is final may stand in for the others that made
 * it so, hence only one that is final itself stands in for it.
 */
static bool is_needless(const struct device_rule *rules, size_t count, size_t i)
{
    for (size_t j = 0; j < count; j++)
        if (j != i && device_rule_covers(&rules[j], &rules[i]) &&
            (rules[j].final || (!rules[i].final && !(rules[i].access & ~rules[j].access))))
            return true;
    return false;
}

/* Two rules that differ in naming character and block devices are one for any. */
static bool join_types(struct device_rule *rules, size_t count, size_t i)
{
    for (size_t j = 0; j < i && j < count; j++)
        if (rules[j].type != DEVICE_ANY && rules[i].type != DEVICE_ANY && rules[j].type != rules[i].type &&
            rules[j].major == rules[i].major && rules[j].minor == rules[i].minor &&
            rules[j].access == rules[i].access && rules[j].final == rules[i].final) {
            rules[j].type = DEVICE_ANY;
            return true;
        }
    return false;
}

/* Rules of one word. @return how many are left. */
static size_t simplify(struct device_rule *rules, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        struct device_rule rule = rules[i];

        rules[n] = rule;
        if (!join_types(rules, n, n))
            n++;
    }
    for (size_t i = n; i-- > 0;)
        if (is_needless(rules, n, i)) {
            memmove(&rules[i], &rules[i + 1], (n - i - 1) * sizeof *rules);
            n--;
        }
    qsort(rules, n, sizeof *rules, compare_rules);
    return n;
}

/* A run: the rules of one word that stand together. @return the index behind the run that starts at `start`. */
static size_t run_end(const struct device_rule *rules, size_t count, size_t start)
{
    size_t end = start;

    while (end < count && rules[end].allow == rules[start].allow)
        end++;
    return end;
}

static bool decides_everything(const struct device_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rules[i].final && rules[i].type == DEVICE_ANY && rules[i].major == -1 && rules[i].minor == -1)
            return true;
    return false;
}

/*
 * Simplifies each run. One that came to have a word on everything, because two rules were joined, is what holds
 * otherwise, and nothing behind it is ever asked. @return how many rules are left.
 */
static size_t simplify_runs(struct device_rule *rules, size_t count, bool *otherwise)
{
    size_t left = 0, end;

    for (size_t start = 0; start < count; start = end) {
        size_t n;

        end = run_end(rules, count, start);
        n = simplify(&rules[start], end - start);
        if (decides_everything(&rules[start], n)) {
            *otherwise = rules[start].allow;
            break;
        }
        memmove(&rules[left], &rules[start], n * sizeof *rules);
        left += n;
    }
    return left;
}

static void emit_run(struct program *program, const struct device_rule *rules, size_t count)
{
    size_t start = 0;

    for (size_t i = 1; i <= count; i++)
        if (i == count || rules[i].type != rules[start].type) {
            emit_type(program, &rules[start], i - start);
            start = i;
        }
}

/* Only what some rule looks at; the context cannot be read any more once its register is used for something else. */
static void emit_loads(struct program *program, const struct device_rule *rules, size_t count)
{
    bool access = false, type = false, major = false, minor = false;

    for (size_t i = 0; i < count; i++) {
        access |= !rules[i].final;
        type |= rules[i].type != DEVICE_ANY;
        major |= rules[i].major != -1;
        minor |= rules[i].minor != -1;
    }
    /* access_type is the type in the low half and the access in the high half, in either byte order. */
    if (access || type)
        emit(program, BPF_LDX | BPF_MEM | BPF_W, ACCESS, CONTEXT,
             offsetof(struct bpf_cgroup_dev_ctx, access_type), 0);
    if (type) {
        emit(program, BPF_ALU | BPF_MOV | BPF_X, TYPE, ACCESS, 0, 0);
        emit(program, BPF_ALU | BPF_AND | BPF_K, TYPE, 0, 0, 0xffff);
    }
    if (access)
        emit(program, BPF_ALU | BPF_RSH | BPF_K, ACCESS, 0, 0, 16);
    if (major)
        emit(program, BPF_LDX | BPF_MEM | BPF_W, MAJOR, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, major),
             0);
    if (minor)
        emit(program, BPF_LDX | BPF_MEM | BPF_W, MINOR, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, minor),
             0);
}

/* The verifier refuses code that nothing leads to: the second ending is written when something jumps to it. */
static void emit_endings(struct program *program, bool otherwise)
{
    size_t end = program->length;
    int other = otherwise ? TO_DENY : TO_ALLOW;
    bool used = false;

    for (size_t i = 0; i < end; i++) {
        struct bpf_insn *insn = &program->code[i];

        if (BPF_CLASS(insn->code) != BPF_JMP || insn->off < TO_ALLOW)
            continue;
        used |= insn->off == other;
        insn->off = (int16_t)((insn->off == other ? end + 2 : end) - i - 1);
    }
    emit(program, BPF_ALU | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, otherwise);
    emit(program, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    if (!used)
        return;
    emit(program, BPF_ALU | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, !otherwise);
    emit(program, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

struct bpf_insn *devices_program(struct arena *arena, struct device_rule *rules, size_t count, bool otherwise,
                                 size_t *length)
{
    /* Six for the loads, four for the endings, at most five a rule: its type, major, minor, and two to act. */
    struct program program = {.code = arena_array(arena, count * 5 + 10, sizeof(struct bpf_insn))};
    size_t end;

    count = simplify_runs(rules, count, &otherwise);
    emit_loads(&program, rules, count);
    for (size_t start = 0; start < count; start = end) {
        end = run_end(rules, count, start);
        emit_run(&program, &rules[start], end - start);
    }
    emit_endings(&program, otherwise);
    *length = program.length;
    return program.code;
}
