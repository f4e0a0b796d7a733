/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.resources.blockIO. The BFQ scheduler has a file of its own with the weights of version 1 (10 to 1000);
 * without it io.weight (1 to 10000) takes them, spread over its range.
 */
#include <inttypes.h>

#include "cgroup/internal.h"

enum { WEIGHT_MIN = 10, WEIGHT_MAX = 1000 };

static int check_weight(const struct decision *decision, const struct spec_u32 *weight, const char *member,
                        struct caisson_error *err)
{
    if (!weight->set || weight->value == 0 || (weight->value >= WEIGHT_MIN && weight->value <= WEIGHT_MAX))
        return 0;
    return decision_fail(decision, member, err, CAISSON_ERROR_CONFIG,
                         "%u is no weight: %d to %d, or 0 for none", weight->value, WEIGHT_MIN, WEIGHT_MAX);
}

static int refuse_leaf(const struct decision *decision, const struct spec_u32 *weight, const char *member,
                       struct caisson_error *err)
{
    if (!weight->set || weight->value == 0)
        return 0;
    return decision_fail(decision, member, err, CAISSON_ERROR_CONFIG,
                         "cannot set a leaf weight: cgroup version 2 has no such setting");
}

/* @param device "MAJ:MIN " or "" */
static int add_weight(struct decision *decision, const char *device, uint32_t weight, const char *member,
                      struct caisson_error *err)
{
    uint32_t linear = 1 + (weight - WEIGHT_MIN) * 9999 / (WEIGHT_MAX - WEIGHT_MIN);

    return decision_add(decision,
                        &(struct decision_value){
                            .file = "io.bfq.weight",
                            .controller = "io",
                            .member = member,
                            .value = arena_format(decision->arena, "%s%u", device, weight),
                            .else_file = "io.weight",
                            .else_value = arena_format(decision->arena, "%s%u", device, linear),
                        },
                        err);
}

static int check_device(const struct decision *decision, int64_t major, int64_t minor, const char *member,
                        struct caisson_error *err)
{
    if (major >= 0 && minor >= 0)
        return 0;
    return decision_fail(decision, member, err, CAISSON_ERROR_CONFIG,
                         "%" PRId64 ":%" PRId64 " is no block device", major, minor);
}

static int decide_weights(struct decision *decision, const struct spec_block_io *io,
                          struct caisson_error *err)
{
    if (check_weight(decision, &io->weight, "blockIO/weight", err) < 0 ||
        refuse_leaf(decision, &io->leaf_weight, "blockIO/leafWeight", err) < 0)
        return -1;
    if (io->weight.set && io->weight.value != 0 &&
        add_weight(decision, "", io->weight.value, "blockIO/weight", err) < 0)
        return -1;
    for (size_t i = 0; i < io->weight_device.count; i++) {
        const struct spec_weight_device *device = &io->weight_device.items[i];
        const char *member = arena_format(decision->arena, "blockIO/weightDevice/%zu", i);

        if (check_weight(decision, &device->weight, member, err) < 0 ||
            refuse_leaf(decision, &device->leaf_weight, member, err) < 0 ||
            check_device(decision, device->major, device->minor, member, err) < 0)
            return -1;
        if (!device->weight.set || device->weight.value == 0)
            continue;
        if (add_weight(
                decision,
                arena_format(decision->arena, "%" PRId64 ":%" PRId64 " ", device->major, device->minor),
                device->weight.value, member, err) < 0)
            return -1;
    }
    return 0;
}

static int add_throttle(struct decision *decision, const struct spec_throttle_device *device, const char *key,
                        const char *member, struct caisson_error *err)
{
    const char *rate = device->rate ? arena_format(decision->arena, "%" PRIu64, device->rate) : "max";

    if (check_device(decision, device->major, device->minor, member, err) < 0)
        return -1;
    return decision_add(decision,
                        &(struct decision_value){
                            .file = "io.max",
                            .controller = "io",
                            .member = member,
                            .value = arena_format(decision->arena, "%" PRId64 ":%" PRId64 " %s=%s",
                                                  device->major, device->minor, key, rate),
                            .no_limit = device->rate == 0,
                        },
                        err);
}

int decide_block_io(struct decision *decision, const struct spec_block_io *io, struct caisson_error *err)
{
    const struct {
        const struct spec_throttle_list *list;
        const char *member, *key;
    } throttles[] = {
        {&io->throttle_read_bps, "throttleReadBpsDevice", "rbps"},
        {&io->throttle_write_bps, "throttleWriteBpsDevice", "wbps"},
        {&io->throttle_read_iops, "throttleReadIOPSDevice", "riops"},
        {&io->throttle_write_iops, "throttleWriteIOPSDevice", "wiops"},
    };

    if (decide_weights(decision, io, err) < 0)
        return -1;
    for (size_t t = 0; t < sizeof throttles / sizeof *throttles; t++)
        for (size_t i = 0; i < throttles[t].list->count; i++) {
            const char *member = arena_format(decision->arena, "blockIO/%s/%zu", throttles[t].member, i);

            if (add_throttle(decision, &throttles[t].list->items[i], throttles[t].key, member, err) < 0)
                return -1;
        }
    return 0;
}
