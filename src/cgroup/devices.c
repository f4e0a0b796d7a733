/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.resources.devices: an ordered list, in which a later rule overrides an earlier one for the devices and the
 * kinds of access that it names, becomes the rules that a program has to test. devices_code.c writes that program.
 *
 * What is not named is forbidden. Behind the list stand the devices that every container may use: all who write
 * configurations count on it (an allowed mknod of any device is no access to it).
 */
#include <inttypes.h>
#include <linux/bpf.h>
#include <string.h>

#include "cgroup/devices.h"
#include "cgroup/internal.h"

enum { RULE_LIMIT = 4096 };

static const struct device_rule default_rules[] = {
    {-1, -1, BPF_DEVCG_DEV_CHAR, BPF_DEVCG_ACC_MKNOD, true, false},
    {-1, -1, BPF_DEVCG_DEV_BLOCK, BPF_DEVCG_ACC_MKNOD, true, false},
    {1, 3, BPF_DEVCG_DEV_CHAR, DEVICE_RWM, true, false},    /* null */
    {1, 8, BPF_DEVCG_DEV_CHAR, DEVICE_RWM, true, false},    /* random */
    {1, 7, BPF_DEVCG_DEV_CHAR, DEVICE_RWM, true, false},    /* full */
    {5, 0, BPF_DEVCG_DEV_CHAR, DEVICE_RWM, true, false},    /* tty */
    {1, 5, BPF_DEVCG_DEV_CHAR, DEVICE_RWM, true, false},    /* zero */
    {1, 9, BPF_DEVCG_DEV_CHAR, DEVICE_RWM, true, false},    /* urandom */
    {136, -1, BPF_DEVCG_DEV_CHAR, DEVICE_RWM, true, false}, /* pts */
    {5, 2, BPF_DEVCG_DEV_CHAR, DEVICE_RWM, true, false},    /* ptmx */
    {10, 200, BPF_DEVCG_DEV_CHAR, DEVICE_RWM, true, false}, /* net/tun */
};
enum { DEFAULT_COUNT = sizeof default_rules / sizeof *default_rules };

static int parse_access(const char *text, uint8_t *access)
{
    *access = text ? 0 : DEVICE_RWM;
    for (; text && *text; text++) {
        if (*text == 'r')
            *access |= BPF_DEVCG_ACC_READ;
        else if (*text == 'w')
            *access |= BPF_DEVCG_ACC_WRITE;
        else if (*text == 'm')
            *access |= BPF_DEVCG_ACC_MKNOD;
        else
            return -1;
    }
    return 0;
}

static bool parse_number(const struct spec_i64 *number, int32_t *result)
{
    *result = -1;
    if (!number->set || number->value == -1)
        return true;
    if (number->value < 0 || number->value > INT32_MAX)
        return false;
    *result = (int32_t)number->value;
    return true;
}

static int parse_rule(const struct decision *decision, const struct spec_device_rule *from, size_t index,
                      struct device_rule *rule, struct caisson_error *err)
{
    const char *member = arena_numbered(decision->arena, "devices/", index);

    *rule = (struct device_rule){.allow = from->allow, .type = DEVICE_ANY};
    if (from->type == 'c' || from->type == 'u')
        rule->type = BPF_DEVCG_DEV_CHAR;
    else if (from->type == 'b')
        rule->type = BPF_DEVCG_DEV_BLOCK;
    else if (from->type != 'a' && from->type != '\0')
        return decision_fail(decision, member, err, CAISSON_ERROR_CONFIG,
                             "'%c' is no type of device: a, b or c", from->type);
    if (!parse_number(&from->major, &rule->major) || !parse_number(&from->minor, &rule->minor))
        return decision_fail(decision, member, err, CAISSON_ERROR_CONFIG,
                             "%" PRId64 ":%" PRId64 " is no device number", from->major.value,
                             from->minor.value);
    if (parse_access(from->access, &rule->access) < 0)
        return decision_fail(decision, member, err, CAISSON_ERROR_CONFIG,
                             "'%s' is no kind of access: of r, w and m", from->access);
    return 0;
}

static bool numbers_meet(int32_t a, int32_t b)
{
    return a == -1 || b == -1 || a == b;
}

static bool rules_meet(const struct device_rule *a, const struct device_rule *b)
{
    return (a->type == DEVICE_ANY || b->type == DEVICE_ANY || a->type == b->type) &&
           numbers_meet(a->major, b->major) && numbers_meet(a->minor, b->minor);
}

/*
 * From the last rule to the first, leaves out those that later ones have overridden wholly. Stops at one that says
 * yes or no to everything: its word is what holds where no kept rule has one.
 */
static size_t drop_overridden(struct device_rule *kept, const struct device_rule *rules, size_t count,
                              bool *otherwise)
{
    size_t n = 0;

    *otherwise = false;
    while (count-- > 0) {
        struct device_rule rule = rules[count];
        uint8_t decided = 0;

        for (size_t i = 0; i < n; i++)
            if (device_rule_covers(&kept[i], &rule))
                decided |= kept[i].access;
        if (!(rule.access & ~decided))
            continue;
        /* A match then leaves nothing open that an earlier rule could speak about. */
        rule.final = (rule.access | decided) == DEVICE_RWM;
        if (rule.final && rule.type == DEVICE_ANY && rule.major == -1 && rule.minor == -1) {
            *otherwise = rule.allow;
            break;
        }
        kept[n++] = rule;
    }
    return n;
}

/* Leaves out those that say what holds otherwise, unless one behind them says something else about such a device. */
static size_t drop_otherwise(struct device_rule *kept, size_t count, bool otherwise)
{
    for (size_t i = count; i-- > 0;) {
        bool needed = kept[i].allow != otherwise;

        for (size_t j = i + 1; j < count && !needed; j++)
            needed = kept[j].allow != otherwise && rules_meet(&kept[i], &kept[j]);
        if (needed)
            continue;
        count--;
        memmove(&kept[i], &kept[i + 1], (count - i) * sizeof *kept);
    }
    return count;
}

int decide_devices(struct decision *decision, const struct spec_resources *resources, bool always,
                   struct caisson_error *err)
{
    size_t count = resources->devices.count;
    struct device_rule *rules, *kept;
    bool otherwise;
    size_t n;

    if (!resources->devices.set)
        return 0;
    if (count > RULE_LIMIT)
        return decision_fail(decision, "devices", err, CAISSON_ERROR_CONFIG,
                             "%zu device rules are more than a program may have: at most %d", count,
                             RULE_LIMIT);
    rules = arena_array(decision->arena, count + DEFAULT_COUNT, sizeof *rules);
    kept = arena_array(decision->arena, count + DEFAULT_COUNT, sizeof *kept);
    for (size_t i = 0; i < count; i++)
        if (parse_rule(decision, &resources->devices.items[i], i, &rules[i], err) < 0)
            return -1;
    memcpy(rules + count, default_rules, sizeof default_rules);
    n = drop_overridden(kept, rules, count + DEFAULT_COUNT, &otherwise);
    n = drop_otherwise(kept, n, otherwise);
    if (n == 0 && otherwise && !always)
        return 0; /* everything is allowed in a new cgroup */
    decision->plan->device_program =
        devices_program(decision->arena, kept, n, otherwise, &decision->plan->device_program_length);
    return 0;
}
