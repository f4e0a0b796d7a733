/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `linux.seccomp`: config-linux.md, "Seccomp". */
#include "spec/fields.h"

#include <string.h>

#define REQUIRED READER_REQUIRED
#define OPTIONAL READER_OPTIONAL

static const struct reader_value actions[] = {
    {"SCMP_ACT_ALLOW", SPEC_ACT_ALLOW},
    {"SCMP_ACT_ERRNO", SPEC_ACT_ERRNO},
    {"SCMP_ACT_KILL", SPEC_ACT_KILL},
    {"SCMP_ACT_KILL_PROCESS", SPEC_ACT_KILL_PROCESS},
    {"SCMP_ACT_KILL_THREAD", SPEC_ACT_KILL_THREAD},
    {"SCMP_ACT_TRAP", SPEC_ACT_TRAP},
    {"SCMP_ACT_TRACE", SPEC_ACT_TRACE},
    {"SCMP_ACT_LOG", SPEC_ACT_LOG},
    {"SCMP_ACT_NOTIFY", SPEC_ACT_NOTIFY},
    {NULL, 0},
};

static const struct reader_value operators[] = {
    {"SCMP_CMP_NE", SPEC_CMP_NE},
    {"SCMP_CMP_LT", SPEC_CMP_LT},
    {"SCMP_CMP_LE", SPEC_CMP_LE},
    {"SCMP_CMP_EQ", SPEC_CMP_EQ},
    {"SCMP_CMP_GE", SPEC_CMP_GE},
    {"SCMP_CMP_GT", SPEC_CMP_GT},
    {"SCMP_CMP_MASKED_EQ", SPEC_CMP_MASKED_EQ},
    {NULL, 0},
};

static const struct reader_value architectures[] = {
    {"SCMP_ARCH_X86", 0},         {"SCMP_ARCH_X86_64", 0},  {"SCMP_ARCH_X32", 0},
    {"SCMP_ARCH_ARM", 0},         {"SCMP_ARCH_AARCH64", 0}, {"SCMP_ARCH_LOONGARCH64", 0},
    {"SCMP_ARCH_M68K", 0},        {"SCMP_ARCH_MIPS", 0},    {"SCMP_ARCH_MIPS64", 0},
    {"SCMP_ARCH_MIPS64N32", 0},   {"SCMP_ARCH_MIPSEL", 0},  {"SCMP_ARCH_MIPSEL64", 0},
    {"SCMP_ARCH_MIPSEL64N32", 0}, {"SCMP_ARCH_PPC", 0},     {"SCMP_ARCH_PPC64", 0},
    {"SCMP_ARCH_PPC64LE", 0},     {"SCMP_ARCH_S390", 0},    {"SCMP_ARCH_S390X", 0},
    {"SCMP_ARCH_SH", 0},          {"SCMP_ARCH_SHEB", 0},    {"SCMP_ARCH_PARISC", 0},
    {"SCMP_ARCH_PARISC64", 0},    {"SCMP_ARCH_RISCV64", 0}, {NULL, 0},
};

static const struct reader_value flags[] = {
    {"SECCOMP_FILTER_FLAG_TSYNC", 0},
    {"SECCOMP_FILTER_FLAG_LOG", 0},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", 0},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 0},
    {NULL, 0},
};

#define F(member, json, type, ...) READER_FIELD(struct spec_seccomp_arg, member, json, type, __VA_ARGS__)
static const struct reader_field arg_fields[] = {
    F(index, "index", READER_UNSIGNED, .max = 5, .flags = REQUIRED),
    F(value, "value", READER_UNSIGNED, .flags = REQUIRED),
    F(value_two, "valueTwo", READER_UNSIGNED),
    F(op, "op", READER_ENUM, .values = operators, .flags = REQUIRED, .what = "operator"),
};
#undef F
static const struct reader_shape arg_shape = READER_SHAPE(struct spec_seccomp_arg, arg_fields);

/* 1.2.1: "if the action does not support errno, the runtime MUST print an error and fail". */
static int check_errno(struct reader *reader, const struct reader_node *node, const char *member,
                       enum spec_seccomp_action action, struct spec_u32 number)
{
    /* The kernel cuts an errno at MAX_ERRNO; a tracer gets 16 bits. */
    uint32_t max = action == SPEC_ACT_TRACE ? UINT16_MAX : 4095;

    if (!number.set)
        return 0;
    node = reader_member(reader, node, member);
    if (action != SPEC_ACT_ERRNO && action != SPEC_ACT_TRACE)
        return reader_fail(reader, node,
                           "%s with an action that has no errno, expected SCMP_ACT_ERRNO or SCMP_ACT_TRACE",
                           member);
    if (number.value > max)
        return reader_fail(reader, node,
                           "%u is out of range, expected an integer from 0 to %u with this action",
                           number.value, max);
    return 0;
}

static int check_rule(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_seccomp_rule *rule = value;

    return check_errno(reader, node, "errnoRet", rule->action, rule->errno_ret);
}

static int check_name(struct reader *reader, const struct reader_node *node, void *value)
{
    if (**(const char **)value == '\0')
        return reader_fail(reader, node, "an empty string, expected the name of a system call");
    return 0;
}

#define F(member, json, type, ...) READER_FIELD(struct spec_seccomp_rule, member, json, type, __VA_ARGS__)
static const struct reader_field rule_fields[] = {
    F(names, "names", READER_STRINGS, .flags = REQUIRED | READER_NONEMPTY, .check = check_name,
      .what = "system call"),
    F(action, "action", READER_ENUM, .values = actions, .flags = REQUIRED, .what = "action"),
    F(errno_ret, "errnoRet", READER_UNSIGNED, .flags = OPTIONAL, .since = "1.1"),
    F(args, "args", READER_ARRAY, .shape = &arg_shape),
};
#undef F
static const struct reader_shape rule_shape =
    READER_SHAPE(struct spec_seccomp_rule, rule_fields, .check = check_rule);

static int check_seccomp(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_seccomp *seccomp = value;

    if (seccomp->listener_metadata && *seccomp->listener_metadata &&
        (!seccomp->listener_path || !*seccomp->listener_path))
        return reader_fail(reader, reader_member(reader, node, "listenerMetadata"),
                           "listenerMetadata without listenerPath, expected both: nobody would get it");
    return check_errno(reader, node, "defaultErrnoRet", seccomp->default_action, seccomp->default_errno_ret);
}

#define F(member, json, type, ...) READER_FIELD(struct spec_seccomp, member, json, type, __VA_ARGS__)
static const struct reader_field seccomp_fields[] = {
    F(default_action, "defaultAction", READER_ENUM, .values = actions, .flags = REQUIRED, .what = "action"),
    F(default_errno_ret, "defaultErrnoRet", READER_UNSIGNED, .flags = OPTIONAL, .since = "1.1"),
    F(architectures, "architectures", READER_STRINGS, .values = architectures, .what = "architecture"),
    F(flags, "flags", READER_STRINGS, .values = flags, .what = "seccomp flag", .since = "1.1",
      .set = READER_SET(struct spec_seccomp, flags_set)),
    F(listener_path, "listenerPath", READER_STRING, .flags = READER_ABSOLUTE | READER_EMPTY_OK,
      .since = "1.1"),
    F(listener_metadata, "listenerMetadata", READER_STRING, .since = "1.1"),
    F(syscalls, "syscalls", READER_ARRAY, .shape = &rule_shape),
};
#undef F
const struct reader_shape fields_seccomp =
    READER_SHAPE(struct spec_seccomp, seccomp_fields, .check = check_seccomp);
