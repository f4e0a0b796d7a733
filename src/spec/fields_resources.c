/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `linux.resources`, which is also the whole of a resources.json. config-linux.md, "Control groups". */
#include "spec/fields.h"

#include <string.h>

#define REQUIRED READER_REQUIRED
#define OPTIONAL READER_OPTIONAL

static const struct reader_value rule_types[] = {{"a", 'a'}, {"c", 'c'}, {"b", 'b'}, {NULL, 0}};

static int check_rule(struct reader *reader, const struct reader_node *node, void *value)
{
    struct spec_device_rule *rule = value;

    (void)reader;
    (void)node;
    if (!rule->type)
        rule->type = 'a';
    return 0;
}

static int check_access(struct reader *reader, const struct reader_node *node, void *value)
{
    const char *access = *(const char **)value;

    if (*access && access[strspn(access, "rwm")] == 0)
        return 0;
    return reader_fail(reader, node,
                       "%s is no access to devices, expected some of r (read), w (write), m (mknod)",
                       reader_quote(reader, access));
}

#define F(member, json, type, ...) READER_FIELD(struct spec_device_rule, member, json, type, __VA_ARGS__)
static const struct reader_field rule_fields[] = {
    F(allow, "allow", READER_BOOL, .flags = REQUIRED),
    F(type, "type", READER_ENUM, .values = rule_types, .what = "device type"),
    F(major, "major", READER_INTEGER, .min = -1, .max = UINT32_MAX, .flags = OPTIONAL),
    F(minor, "minor", READER_INTEGER, .min = -1, .max = UINT32_MAX, .flags = OPTIONAL),
    F(access, "access", READER_STRING, .check = check_access),
};
#undef F
static const struct reader_shape rule_shape =
    READER_SHAPE(struct spec_device_rule, rule_fields, .check = check_rule);

#define F(member, json, type, ...)                                                                           \
    READER_FIELD(struct spec_memory, member, json, type, .flags = OPTIONAL, __VA_ARGS__)
#define BYTES .min = -1, .max = INT64_MAX, .unit = "bytes"
static const struct reader_field memory_fields[] = {
    F(limit, "limit", READER_INTEGER, BYTES),
    F(reservation, "reservation", READER_INTEGER, BYTES),
    F(swap, "swap", READER_INTEGER, BYTES),
    F(kernel, "kernel", READER_INTEGER, BYTES),
    F(kernel_tcp, "kernelTCP", READER_INTEGER, BYTES),
    F(swappiness, "swappiness", READER_UNSIGNED),
    F(disable_oom_killer, "disableOOMKiller", READER_BOOL),
    F(use_hierarchy, "useHierarchy", READER_BOOL),
    F(check_before_update, "checkBeforeUpdate", READER_BOOL, .since = "1.1"),
};
#undef F
static const struct reader_shape memory_shape = READER_SHAPE(struct spec_memory, memory_fields);

#define F(member, json, type, ...) READER_FIELD(struct spec_cpu, member, json, type, __VA_ARGS__)
#define MICROSECONDS               .flags = OPTIONAL, .unit = "microseconds"
static const struct reader_field cpu_fields[] = {
    F(shares, "shares", READER_UNSIGNED, .flags = OPTIONAL),
    F(quota, "quota", READER_INTEGER, MICROSECONDS),
    F(burst, "burst", READER_UNSIGNED, MICROSECONDS, .since = "1.1"),
    F(period, "period", READER_UNSIGNED, MICROSECONDS),
    F(realtime_runtime, "realtimeRuntime", READER_INTEGER, MICROSECONDS),
    F(realtime_period, "realtimePeriod", READER_UNSIGNED, MICROSECONDS),
    F(cpus, "cpus", READER_STRING, .check = fields_check_list),
    F(mems, "mems", READER_STRING, .check = fields_check_list),
    F(idle, "idle", READER_INTEGER, .min = 0, .max = 1, .flags = OPTIONAL, .since = "1.1"),
};
#undef F
static const struct reader_shape cpu_shape = READER_SHAPE(struct spec_cpu, cpu_fields);

typedef typeof(((struct spec_resources *)0)->pids) pids;
static const struct reader_field pids_fields[] = {
    READER_FIELD(pids, limit, "limit", READER_INTEGER, .min = -1, .max = INT64_MAX, .flags = OPTIONAL,
                 .unit = "processes"),
};
static const struct reader_shape pids_shape = READER_SHAPE(pids, pids_fields);

static int check_weight_device(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_weight_device *device = value;

    if (!device->weight.set && !device->leaf_weight.set)
        return reader_fail(reader, node, "neither weight nor leafWeight, expected at least one");
    return 0;
}

#define UINT16                     .max = UINT16_MAX, .flags = OPTIONAL
#define NUMBER                     .min = 0, .max = UINT32_MAX, .flags = REQUIRED
#define F(member, json, type, ...) READER_FIELD(struct spec_weight_device, member, json, type, __VA_ARGS__)
static const struct reader_field weight_device_fields[] = {
    F(major, "major", READER_INTEGER, NUMBER),
    F(minor, "minor", READER_INTEGER, NUMBER),
    F(weight, "weight", READER_UNSIGNED, UINT16),
    F(leaf_weight, "leafWeight", READER_UNSIGNED, UINT16),
};
#undef F
static const struct reader_shape weight_device_shape =
    READER_SHAPE(struct spec_weight_device, weight_device_fields, .check = check_weight_device);

#define F(member, json, type, ...) READER_FIELD(struct spec_throttle_device, member, json, type, __VA_ARGS__)
static const struct reader_field throttle_fields[] = {
    F(major, "major", READER_INTEGER, NUMBER),
    F(minor, "minor", READER_INTEGER, NUMBER),
    F(rate, "rate", READER_UNSIGNED, .flags = REQUIRED, .unit = "bytes or operations a second"),
};
#undef F
static const struct reader_shape throttle_shape = READER_SHAPE(struct spec_throttle_device, throttle_fields);

#define F(member, json, type, ...) READER_FIELD(struct spec_block_io, member, json, type, __VA_ARGS__)
static const struct reader_field block_io_fields[] = {
    F(weight, "weight", READER_UNSIGNED, UINT16),
    F(leaf_weight, "leafWeight", READER_UNSIGNED, UINT16),
    F(weight_device, "weightDevice", READER_ARRAY, .shape = &weight_device_shape),
    F(throttle_read_bps, "throttleReadBpsDevice", READER_ARRAY, .shape = &throttle_shape),
    F(throttle_write_bps, "throttleWriteBpsDevice", READER_ARRAY, .shape = &throttle_shape),
    F(throttle_read_iops, "throttleReadIOPSDevice", READER_ARRAY, .shape = &throttle_shape),
    F(throttle_write_iops, "throttleWriteIOPSDevice", READER_ARRAY, .shape = &throttle_shape),
};
#undef F
static const struct reader_shape block_io_shape = READER_SHAPE(struct spec_block_io, block_io_fields);

/* Becomes a part of a file's name: hugetlb.2MB.max. */
static int check_page_size(struct reader *reader, const struct reader_node *node, void *value)
{
    const char *size = *(const char **)value;
    size_t digits = strspn(size, "0123456789");

    if (digits > 0 && size[0] != '0' && size[digits] && strchr("KMG", size[digits]) &&
        strcmp(size + digits + 1, "B") == 0)
        return 0;
    return reader_fail(reader, node,
                       "%s is no page size, expected one such as \"2MB\": a number and KB, MB or GB",
                       reader_quote(reader, size));
}

#define F(member, json, type, ...) READER_FIELD(struct spec_hugepage_limit, member, json, type, __VA_ARGS__)
static const struct reader_field hugepage_fields[] = {
    F(page_size, "pageSize", READER_STRING, .flags = REQUIRED, .check = check_page_size),
    F(limit, "limit", READER_UNSIGNED, .flags = REQUIRED, .unit = "bytes"),
};
#undef F
static const struct reader_shape hugepage_shape = READER_SHAPE(struct spec_hugepage_limit, hugepage_fields);

#define F(member, json, type, ...) READER_FIELD(struct spec_network_priority, member, json, type, __VA_ARGS__)
static const struct reader_field priority_fields[] = {
    F(name, "name", READER_STRING, .flags = REQUIRED | READER_NONEMPTY, .what = "a network interface"),
    F(priority, "priority", READER_UNSIGNED, .flags = REQUIRED),
};
#undef F
static const struct reader_shape priority_shape = READER_SHAPE(struct spec_network_priority, priority_fields);

static const struct reader_field network_fields[] = {
    READER_FIELD(struct spec_network, class_id, "classID", READER_UNSIGNED, .flags = OPTIONAL),
    READER_FIELD(struct spec_network, priorities, "priorities", READER_ARRAY, .shape = &priority_shape),
};
static const struct reader_shape network_shape = READER_SHAPE(struct spec_network, network_fields);

static int check_rdma(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_rdma *rdma = value;

    if (!rdma->hca_handles.set && !rdma->hca_objects.set)
        return reader_fail(reader, node, "neither hcaHandles nor hcaObjects, expected at least one");
    return 0;
}

static const struct reader_field rdma_fields[] = {
    READER_FIELD(struct spec_rdma, hca_handles, "hcaHandles", READER_UNSIGNED, .flags = OPTIONAL),
    READER_FIELD(struct spec_rdma, hca_objects, "hcaObjects", READER_UNSIGNED, .flags = OPTIONAL),
};
static const struct reader_shape rdma_shape = READER_SHAPE(
    struct spec_rdma, rdma_fields, .key = READER_KEY(struct spec_rdma, device), .check = check_rdma);

/* The key is a file of the cgroup's own directory: it must not lead out of it. */
static int check_unified(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_pair *pair = value;

    if (strchr(pair->key, '/') || strcmp(pair->key, ".") == 0 || strcmp(pair->key, "..") == 0)
        return reader_fail(reader, node, "%s is no file of a cgroup, expected a name such as \"memory.high\"",
                           reader_quote(reader, pair->key));
    return 0;
}

#define F(member, json, type, ...) READER_FIELD(struct spec_resources, member, json, type, __VA_ARGS__)
static const struct reader_field resources_fields[] = {
    F(devices, "devices", READER_ARRAY, .shape = &rule_shape,
      .set = READER_SET(struct spec_resources, devices.set)),
    F(memory, "memory", READER_POINTER, .shape = &memory_shape),
    F(cpu, "cpu", READER_POINTER, .shape = &cpu_shape),
    F(pids, "pids", READER_OBJECT, .shape = &pids_shape, .set = READER_SET(struct spec_resources, pids.set)),
    F(block_io, "blockIO", READER_POINTER, .shape = &block_io_shape),
    F(hugepage_limits, "hugepageLimits", READER_ARRAY, .shape = &hugepage_shape),
    F(network, "network", READER_POINTER, .shape = &network_shape),
    F(rdma, "rdma", READER_MAP, .shape = &rdma_shape, .flags = READER_NONEMPTY, .what = "an RDMA device"),
    F(unified, "unified", READER_PAIRS, .flags = READER_NONEMPTY, .what = "a file of a cgroup",
      .check = check_unified, .since = "1.1"),
};
#undef F
const struct reader_shape fields_resources = READER_SHAPE(struct spec_resources, resources_fields);
