/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.resources.devices: the program is run by an interpreter of BPF that knows nothing of how it was made, and has
 * to agree with what the list says when it is read rule by rule.
 */
#include "cgroup_decide.h"

#include <linux/bpf.h>

enum { M = BPF_DEVCG_ACC_MKNOD, R = BPF_DEVCG_ACC_READ, W = BPF_DEVCG_ACC_WRITE };

/* ---- an interpreter of the instructions that such a program may have ---- */

static uint32_t load_context(const struct bpf_cgroup_dev_ctx *context, const struct bpf_insn *insn)
{
    assert_int_equal(insn->code, BPF_LDX | BPF_MEM | BPF_W);
    assert_true(insn->off >= 0 && insn->off % 4 == 0 && (size_t)insn->off < sizeof *context);
    return ((const uint32_t *)context)[insn->off / 4];
}

static uint64_t alu(const struct bpf_insn *insn, uint64_t dst, uint64_t src)
{
    uint64_t operand = BPF_SRC(insn->code) == BPF_X ? src : (uint64_t)(int64_t)insn->imm;

    assert_int_equal(BPF_CLASS(insn->code), BPF_ALU);
    switch (BPF_OP(insn->code)) {
    case BPF_MOV:
        return (uint32_t)operand;
    case BPF_AND:
        return (uint32_t)(dst & operand);
    case BPF_RSH:
        assert_true(operand < 32);
        return (uint32_t)dst >> operand;
    default:
        fail_msg("unknown operation %#x", insn->code);
        return 0;
    }
}

static bool jumps(const struct bpf_insn *insn, uint64_t dst)
{
    uint64_t imm = (uint64_t)(int64_t)insn->imm;

    assert_int_equal(BPF_CLASS(insn->code), BPF_JMP);
    switch (BPF_OP(insn->code)) {
    case BPF_JA:
        return true;
    case BPF_JEQ:
        return dst == imm;
    case BPF_JNE:
        return dst != imm;
    case BPF_JSET:
        return dst & imm;
    default:
        fail_msg("unknown jump %#x", insn->code);
        return false;
    }
}

/* @param visited marks the instructions that were run; may be NULL */
static bool run(const struct bpf_insn *program, size_t length, uint32_t type, uint32_t access, uint32_t major,
                uint32_t minor, bool *visited)
{
    struct bpf_cgroup_dev_ctx context = {.access_type = access << 16 | type, .major = major, .minor = minor};
    uint64_t r[11] = {0};
    unsigned known = 1u << 1 | 1u << 10; /* registers that hold something: the verifier wants that */

    for (size_t pc = 0; pc < length; pc++) {
        const struct bpf_insn *insn = &program[pc];

        if (visited)
            visited[pc] = true;
        switch (BPF_CLASS(insn->code)) {
        case BPF_LDX:
            assert_int_equal(insn->src_reg, 1);
            assert_true(known & 2);
            r[insn->dst_reg] = load_context(&context, insn);
            known |= 1u << insn->dst_reg;
            break;
        case BPF_ALU:
            if (BPF_SRC(insn->code) == BPF_X)
                assert_true(known & 1u << insn->src_reg);
            if (BPF_OP(insn->code) != BPF_MOV)
                assert_true(known & 1u << insn->dst_reg);
            r[insn->dst_reg] = alu(insn, r[insn->dst_reg], r[insn->src_reg]);
            known |= 1u << insn->dst_reg;
            break;
        case BPF_JMP:
            if (insn->code == (BPF_JMP | BPF_EXIT)) {
                assert_true(known & 1);
                return r[0] != 0;
            }
            assert_true(insn->off >= 0); /* no loops */
            assert_true(BPF_OP(insn->code) == BPF_JA || known & 1u << insn->dst_reg);
            pc += jumps(insn, r[insn->dst_reg]) ? (size_t)insn->off : 0;
            break;
        default:
            fail_msg("unknown instruction %#x", insn->code);
        }
    }
    fail_msg("the program runs over its end");
    return false;
}

/* ---- what a list says, read naively ---- */

struct naive {
    int64_t major, minor;
    unsigned access;
    bool allow;
    char type;
};

static const struct naive defaults[] = {
    {-1, -1, M, true, 'c'},       {-1, -1, M, true, 'b'},          {1, 3, R | W | M, true, 'c'},
    {1, 8, R | W | M, true, 'c'}, {1, 7, R | W | M, true, 'c'},    {5, 0, R | W | M, true, 'c'},
    {1, 5, R | W | M, true, 'c'}, {1, 9, R | W | M, true, 'c'},    {136, -1, R | W | M, true, 'c'},
    {5, 2, R | W | M, true, 'c'}, {10, 200, R | W | M, true, 'c'},
};
enum { DEFAULTS = sizeof defaults / sizeof *defaults };

static void obey(const struct naive *rule, uint32_t type, int64_t major, int64_t minor, unsigned *allowed)
{
    if (rule->type != 'a' && rule->type != (type == BPF_DEVCG_DEV_CHAR ? 'c' : 'b'))
        return;
    if ((rule->major != -1 && rule->major != major) || (rule->minor != -1 && rule->minor != minor))
        return;
    *allowed = rule->allow ? *allowed | rule->access : *allowed & ~rule->access;
}

static bool naive_allows(const struct naive *list, size_t count, uint32_t type, unsigned access,
                         int64_t major, int64_t minor)
{
    unsigned allowed = 0;

    for (size_t i = 0; i < count; i++)
        obey(&list[i], type, major, minor, &allowed);
    for (size_t i = 0; i < DEFAULTS; i++)
        obey(&defaults[i], type, major, minor, &allowed);
    return !(access & ~allowed);
}

static const char *list_json(const struct naive *list, size_t count)
{
    struct strbuf out = STRBUF(&arena);

    for (size_t i = 0; i < count; i++) {
        strbuf_format(&out, "%s{\"allow\":%s,\"type\":\"%c\"", i ? "," : "", list[i].allow ? "true" : "false",
                      list[i].type);
        if (list[i].major != -1)
            strbuf_format(&out, ",\"major\":%lld", (long long)list[i].major);
        if (list[i].minor != -1)
            strbuf_format(&out, ",\"minor\":%lld", (long long)list[i].minor);
        strbuf_format(&out, ",\"access\":\"%s%s%s\"}", list[i].access & R ? "r" : "",
                      list[i].access & W ? "w" : "", list[i].access & M ? "m" : "");
    }
    return strbuf_string(&out);
}

static void compile(const struct naive *list, size_t count, struct cgroup_plan *plan)
{
    const char *linux_ = arena_format(&arena, "\"resources\":{\"devices\":[%s]}", list_json(list, count));

    if (decide(&full_host, linux_, "", false, plan) < 0)
        fail_msg("%s: %s", linux_, error.message);
}

static const int64_t majors[] = {1, 5, 8, 10, 136, 4095};
static const int64_t minors[] = {0, 2, 3, 5, 8, 200, 1048575};
enum { MAJORS = sizeof majors / sizeof *majors, MINORS = sizeof minors / sizeof *minors };

/* Every kind of access to devices that are named in lists, and to one that is not. Marks what was run. */
static void compare(const struct naive *list, size_t count, const struct cgroup_plan *plan, bool *visited)
{
    for (uint32_t type = BPF_DEVCG_DEV_BLOCK; type <= BPF_DEVCG_DEV_CHAR; type++)
        for (size_t i = 0; i < MAJORS; i++)
            for (size_t j = 0; j < MINORS; j++)
                for (unsigned access = 1; access <= (M | R | W); access++) {
                    bool want = naive_allows(list, count, type, access, majors[i], minors[j]);
                    bool got = !plan->device_program ||
                               run(plan->device_program, plan->device_program_length, type, access,
                                   (uint32_t)majors[i], (uint32_t)minors[j], visited);

                    if (got != want)
                        fail_msg("%s: type %u %lld:%lld access %u: %s", list_json(list, count), type,
                                 (long long)majors[i], (long long)minors[j], access,
                                 got ? "allowed" : "denied");
                }
}

/* ---- lists ---- */

static unsigned random_state;

static unsigned pick(unsigned below)
{
    random_state = random_state * 1103515245 + 12345;
    return (random_state >> 16) % below;
}

static struct naive random_rule(void)
{
    struct naive rule = {
        .allow = pick(2),
        .type = "acb"[pick(3)],
        .major = pick(3) ? majors[pick(MAJORS - 1)] : -1,
        .minor = pick(3) ? minors[pick(MINORS - 1)] : -1,
        .access = pick(2) ? R | W | M : 1 + pick(7),
    };

    return rule;
}

/* The verifier refuses a program in which something is never reached; dead code would be needless as well. */
static void assert_all_reached(const struct naive *list, size_t count, const struct cgroup_plan *plan)
{
    bool *reached = arena_array(&arena, plan->device_program_length + 1, sizeof *reached);

    reached[0] = true;
    for (size_t pc = 0; pc < plan->device_program_length; pc++) {
        const struct bpf_insn *insn = &plan->device_program[pc];

        if (!reached[pc])
            fail_msg("%s: instruction %zu is never reached", list_json(list, count), pc);
        if (BPF_CLASS(insn->code) == BPF_JMP && insn->code != (BPF_JMP | BPF_EXIT))
            reached[pc + 1 + (size_t)insn->off] = true;
        if (insn->code != (BPF_JMP | BPF_EXIT) && insn->code != (BPF_JMP | BPF_JA))
            reached[pc + 1] = true;
    }
}

static void test_random_lists(void **data)
{
    (void)data;
    random_state = 1;
    for (int i = 0; i < 3000; i++) {
        struct cgroup_plan plan;
        struct naive list[12];
        size_t count = pick(13);

        for (size_t k = 0; k < count; k++)
            list[k] = random_rule();
        compile(list, count, &plan);
        assert_all_reached(list, count, &plan);
        compare(list, count, &plan, NULL);
        arena_free(&arena);
    }
}

static const struct naive deny_all[] = {{-1, -1, R | W | M, false, 'a'}};
static const struct naive allow_all[] = {{-1, -1, R | W | M, true, 'a'}};
static const struct naive docker[] = {
    {-1, -1, R | W | M, false, 'a'}, {1, 5, R | W | M, true, 'c'},     {1, 3, R | W | M, true, 'c'},
    {1, 9, R | W | M, true, 'c'},    {1, 8, R | W | M, true, 'c'},     {5, 0, R | W | M, true, 'c'},
    {5, 1, R | W | M, true, 'c'},    {10, 229, R | W | M, false, 'c'},
};

static void test_clients_lists(void **data)
{
    struct cgroup_plan plan;

    (void)data;
    compile(deny_all, 1, &plan);
    compare(deny_all, 1, &plan, NULL);
    compile(docker, 8, &plan);
    compare(docker, 8, &plan, NULL);
    compile(NULL, 0, &plan);
    compare(NULL, 0, &plan, NULL);
}

/* Repeating what holds anyway costs nothing: each device that may be used is one test. */
static void test_no_needless_instructions(void **data)
{
    struct cgroup_plan plan;
    size_t defaults_length;

    (void)data;
    compile(deny_all, 1, &plan);
    defaults_length = plan.device_program_length;
    /* 6 loads; type, 4 majors of which 136 decides at once, 5 + 2 + 1 minors; mknod 2; endings 4 */
    assert_int_equal(defaults_length, 6 + 1 + 4 + 8 + 2 + 4);
    compile(NULL, 0, &plan);
    assert_int_equal(plan.device_program_length, defaults_length);
    compile(defaults, DEFAULTS, &plan);
    assert_int_equal(plan.device_program_length, defaults_length);
    compile(docker, 8, &plan);
    assert_int_equal(plan.device_program_length, defaults_length + 1); /* 5:1 */
}

static void test_everything_needs_no_program(void **data)
{
    const struct naive both[] = {{-1, -1, R | W | M, true, 'c'}, {-1, -1, R | W | M, true, 'b'}};
    struct cgroup_plan plan;
    struct spec_resources resources = {0};
    struct spec_device_rule rule = {.allow = true, .type = 'a'};

    (void)data;
    compile(allow_all, 1, &plan);
    assert_null(plan.device_program);
    compile(both, 2, &plan);
    compare(both, 2, &plan, NULL);
    /* absent: no rules at all */
    assert_int_equal(decide(&full_host, "\"resources\":{}", "", false, &plan), 0);
    assert_null(plan.device_program);
    /* An update has to replace a program that may stand there. */
    resources.devices.items = &rule;
    resources.devices.count = 1;
    resources.devices.set = true;
    assert_int_equal(cgroup_decide_update(&arena, &full_host, &resources, "/v2/x", false, &plan, &error), 0);
    assert_int_equal(plan.device_program_length, 2);
    assert_true(run(plan.device_program, 2, BPF_DEVCG_DEV_BLOCK, R | W | M, 8, 0, NULL));
}

/* A user without privileges can neither attach a program nor make a device. */
static void test_rootless_has_none(void **data)
{
    struct cgroup_plan plan;

    (void)data;
    if (geteuid() != 0) {
        print_message("skipped: the scratch directory must be writable for this user in /\n");
        skip();
    }
    assert_int_equal(decide(&(struct cgroup_host){"/tmp", ALL_CONTROLLERS, "/"},
                            "\"resources\":{\"devices\":[{\"allow\":false,\"access\":\"rwm\"}]}", "", true,
                            &plan),
                     0);
    assert_null(plan.device_program);
}

#define TEST(name) cmocka_unit_test_teardown(name, arena_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_random_lists),
        TEST(test_clients_lists),
        TEST(test_no_needless_instructions),
        TEST(test_everything_needs_no_program),
        TEST(test_rootless_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
