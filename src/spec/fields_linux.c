/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `linux`, but for seccomp and resources. config-linux.md. */
#include "spec/fields.h"

#include <linux/mempolicy.h>
#include <string.h>

#define REQUIRED READER_REQUIRED
#define OPTIONAL READER_OPTIONAL

static const struct reader_value namespace_types[] = {
    {"pid", SPEC_NS_PID},       {"network", SPEC_NS_NETWORK}, {"mount", SPEC_NS_MOUNT},
    {"ipc", SPEC_NS_IPC},       {"uts", SPEC_NS_UTS},         {"user", SPEC_NS_USER},
    {"cgroup", SPEC_NS_CGROUP}, {"time", SPEC_NS_TIME},       {NULL, 0},
};

#define F(member, json, type, ...) READER_FIELD(struct spec_namespace, member, json, type, __VA_ARGS__)
static const struct reader_field namespace_fields[] = {
    F(type, "type", READER_ENUM, .values = namespace_types, .flags = REQUIRED, .what = "namespace type"),
    F(path, "path", READER_STRING, .flags = READER_ABSOLUTE | READER_EMPTY_OK),
};
#undef F
static const struct reader_shape namespace_shape = READER_SHAPE(struct spec_namespace, namespace_fields);

/* config-linux.md: "the runtime MUST generate an error" for a type that stands there twice. */
static int check_namespaces(struct reader *reader, const struct reader_node *node, void *value)
{
    const typeof(((struct spec_linux *)0)->namespaces) *list = value;
    bool seen[SPEC_NS_COUNT] = {false};
    size_t i;

    for (i = 0; i < list->count; i++) {
        enum spec_namespace_type type = list->items[i].type;

        if (seen[type])
            return reader_fail(reader, reader_item(reader, node, i),
                               "a second namespace of type \"%s\", expected one of each type",
                               spec_namespace_name(type));
        seen[type] = true;
    }
    return 0;
}

static int check_time_offset(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_time_offset *offset = value;

    if (strcmp(offset->clock, "monotonic") != 0 && strcmp(offset->clock, "boottime") != 0)
        return reader_fail(reader, node, "unknown clock %s, expected \"monotonic\" or \"boottime\"",
                           reader_quote(reader, offset->clock));
    return 0;
}

#define F(member, json, type, ...)                                                                           \
    READER_FIELD(struct spec_time_offset, member, json, type, .since = "1.1", __VA_ARGS__)
static const struct reader_field time_offset_fields[] = {
    F(secs, "secs", READER_INTEGER, .unit = "seconds"),
    F(nanosecs, "nanosecs", READER_UNSIGNED, .max = 999999999, .unit = "nanoseconds"),
};
#undef F
static const struct reader_shape time_offset_shape =
    READER_SHAPE(struct spec_time_offset, time_offset_fields,
                 .key = READER_KEY(struct spec_time_offset, clock), .check = check_time_offset);

static const struct reader_value device_types[] = {
    {"c", SPEC_DEVICE_CHAR},
    {"b", SPEC_DEVICE_BLOCK},
    {"u", SPEC_DEVICE_CHAR},
    {"p", SPEC_DEVICE_FIFO},
    {NULL, 0},
};

static int check_device(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_device *device = value;
    static const char *const needed[] = {"major", "minor"};
    size_t i;

    for (i = 0; device->type != SPEC_DEVICE_FIFO && i < 2; i++)
        if (reader_member(reader, node, needed[i]) == node)
            return reader_fail(
                reader, node, "a device without %s, expected the number unless its type is \"p\"", needed[i]);
    return 0;
}

/* makedev(3): 12 bits of major and 20 of minor number reach the kernel. */
#define F(member, json, type, ...) READER_FIELD(struct spec_device, member, json, type, __VA_ARGS__)
static const struct reader_field device_fields[] = {
    F(path, "path", READER_STRING, .flags = REQUIRED | READER_ABSOLUTE),
    F(type, "type", READER_ENUM, .values = device_types, .flags = REQUIRED, .what = "device type"),
    F(major, "major", READER_INTEGER, .max = 4095),
    F(minor, "minor", READER_INTEGER, .max = 1048575),
    /* podman writes st_mode, the type bits included */
    F(file_mode, "fileMode", READER_UNSIGNED, .max = 0177777, .flags = OPTIONAL),
    F(uid, "uid", READER_UNSIGNED, .max = READER_ID_MAX, .flags = OPTIONAL),
    F(gid, "gid", READER_UNSIGNED, .max = READER_ID_MAX, .flags = OPTIONAL),
};
#undef F
static const struct reader_shape device_shape =
    READER_SHAPE(struct spec_device, device_fields, .check = check_device);

/* What the kernel takes as the name of a network interface (dev_valid_name), IFNAMSIZ bytes with the NUL. */
static int check_interface(struct reader *reader, const struct reader_node *node, const char *name)
{
    if (*name && strlen(name) < 16 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
        !strpbrk(name, "/: \t\n\v\f\r"))
        return 0;
    return reader_fail(
        reader, node,
        "%s is no name of a network interface, expected 1 to 15 characters without / : and space",
        reader_quote(reader, name));
}

static int check_net_device(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_net_device *device = value;

    if (check_interface(reader, node, device->host_name) < 0)
        return -1;
    if (!device->name || !*device->name)
        return 0;
    return check_interface(reader, reader_member(reader, node, "name"), device->name);
}

static const struct reader_field net_device_fields[] = {
    READER_FIELD(struct spec_net_device, name, "name", READER_STRING, .since = "1.3"),
};
static const struct reader_shape net_device_shape =
    READER_SHAPE(struct spec_net_device, net_device_fields,
                 .key = READER_KEY(struct spec_net_device, host_name), .check = check_net_device);

static const struct reader_value personality_domains[] = {{"LINUX", false}, {"LINUX32", true}, {NULL, 0}};
static const struct reader_value personality_flags[] = {{NULL, 0}};
static const struct reader_field personality_fields[] = {
    READER_FIELD(struct spec_personality, linux32, "domain", READER_ENUM, .values = personality_domains,
                 .flags = REQUIRED, .what = "personality"),
    {.name = "flags", .type = READER_FLAGS, .values = personality_flags, .what = "personality flag"},
};
static const struct reader_shape personality_shape =
    READER_SHAPE(struct spec_personality, personality_fields);

static const struct reader_value mempolicy_modes[] = {
    {"MPOL_DEFAULT", SPEC_MPOL_DEFAULT},       {"MPOL_BIND", SPEC_MPOL_BIND},
    {"MPOL_INTERLEAVE", SPEC_MPOL_INTERLEAVE}, {"MPOL_WEIGHTED_INTERLEAVE", SPEC_MPOL_WEIGHTED_INTERLEAVE},
    {"MPOL_PREFERRED", SPEC_MPOL_PREFERRED},   {"MPOL_PREFERRED_MANY", SPEC_MPOL_PREFERRED_MANY},
    {"MPOL_LOCAL", SPEC_MPOL_LOCAL},           {NULL, 0},
};

static const struct reader_value mempolicy_flags[] = {
    {"MPOL_F_NUMA_BALANCING", MPOL_F_NUMA_BALANCING},
    {"MPOL_F_RELATIVE_NODES", MPOL_F_RELATIVE_NODES},
    {"MPOL_F_STATIC_NODES", MPOL_F_STATIC_NODES},
    {NULL, 0},
};

#define F(member, json, type, ...)                                                                           \
    READER_FIELD(struct spec_memory_policy, member, json, type, .since = "1.3", __VA_ARGS__)
static const struct reader_field memory_policy_fields[] = {
    F(mode, "mode", READER_ENUM, .values = mempolicy_modes, .flags = REQUIRED, .what = "memory policy"),
    F(nodes, "nodes", READER_STRING, .check = fields_check_list),
    F(flags, "flags", READER_FLAGS, .values = mempolicy_flags, .what = "memory policy flag"),
};
#undef F
static const struct reader_shape memory_policy_shape =
    READER_SHAPE(struct spec_memory_policy, memory_policy_fields);

/* Becomes the name of a directory in resctrl. */
static int check_clos_id(struct reader *reader, const struct reader_node *node, void *value)
{
    const char *id = *(const char **)value;

    if (strcmp(id, "/") == 0)
        return 0;
    if (!*id || strcmp(id, ".") == 0 || strcmp(id, "..") == 0 || strpbrk(id, "/\n"))
        return reader_fail(reader, node,
                           "%s is no name of a class of service, expected a file name, or \"/\"",
                           reader_quote(reader, id));
    return 0;
}

static int check_schema_line(struct reader *reader, const struct reader_node *node, void *value)
{
    const char *line = *(const char **)value;

    if (strchr(line, '\n'))
        return reader_fail(reader, node, "%s contains a line break, expected one line of a schemata file",
                           reader_quote(reader, line));
    return 0;
}

static int check_mem_bw(struct reader *reader, const struct reader_node *node, void *value)
{
    const char *line = *(const char **)value;

    if (strncmp(line, "MB:", 3) != 0)
        return reader_fail(reader, node,
                           "%s does not begin with \"MB:\", expected the line of memory bandwidth",
                           reader_quote(reader, line));
    return check_schema_line(reader, node, value);
}

#define F(member, json, type, ...) READER_FIELD(struct spec_intel_rdt, member, json, type, __VA_ARGS__)
static const struct reader_field intel_rdt_fields[] = {
    F(clos_id, "closID", READER_STRING, .check = check_clos_id),
    F(schemata, "schemata", READER_STRINGS, .check = check_schema_line, .since = "1.3"),
    F(l3_cache_schema, "l3CacheSchema", READER_STRING),
    F(mem_bw_schema, "memBwSchema", READER_STRING, .check = check_mem_bw),
    F(enable_monitoring, "enableMonitoring", READER_BOOL, .flags = OPTIONAL, .since = "1.3"),
};
#undef F
static const struct reader_shape intel_rdt_shape = READER_SHAPE(struct spec_intel_rdt, intel_rdt_fields);

/* The r before a propagation, taken apart from it in check_linux(). */
enum { RECURSIVE = 0x100 };
static const struct reader_value propagations[] = {
    {"shared", SPEC_PROPAGATION_SHARED},
    {"rshared", SPEC_PROPAGATION_SHARED | RECURSIVE},
    {"slave", SPEC_PROPAGATION_SLAVE},
    {"rslave", SPEC_PROPAGATION_SLAVE | RECURSIVE},
    {"private", SPEC_PROPAGATION_PRIVATE},
    {"rprivate", SPEC_PROPAGATION_PRIVATE | RECURSIVE},
    {"unbindable", SPEC_PROPAGATION_UNBINDABLE},
    {"runbindable", SPEC_PROPAGATION_UNBINDABLE | RECURSIVE},
    {NULL, 0},
};

static int check_linux(struct reader *reader, const struct reader_node *node, void *value)
{
    struct spec_linux *linux_ = value;
    unsigned propagation = linux_->rootfs_propagation;

    (void)reader;
    (void)node;
    linux_->rootfs_propagation = propagation & ~(unsigned)RECURSIVE;
    linux_->rootfs_propagation_recursive = propagation & RECURSIVE;
    return 0;
}

#define F(member, json, type, ...) READER_FIELD(struct spec_linux, member, json, type, __VA_ARGS__)
static const struct reader_field linux_fields[] = {
    F(uid_mappings, "uidMappings", READER_ARRAY, .shape = &fields_id_mapping, .check = fields_check_mappings,
      .set = READER_SET(struct spec_linux, uid_mappings.set)),
    F(gid_mappings, "gidMappings", READER_ARRAY, .shape = &fields_id_mapping, .check = fields_check_mappings,
      .set = READER_SET(struct spec_linux, gid_mappings.set)),
    F(sysctl, "sysctl", READER_PAIRS, .flags = READER_NONEMPTY, .what = "a kernel parameter's name"),
    F(resources, "resources", READER_POINTER, .shape = &fields_resources),
    F(cgroups_path, "cgroupsPath", READER_STRING),
    F(namespaces, "namespaces", READER_ARRAY, .shape = &namespace_shape, .check = check_namespaces),
    F(devices, "devices", READER_ARRAY, .shape = &device_shape),
    F(net_devices, "netDevices", READER_MAP, .shape = &net_device_shape, .since = "1.3"),
    F(seccomp, "seccomp", READER_POINTER, .shape = &fields_seccomp),
    F(rootfs_propagation, "rootfsPropagation", READER_ENUM, .values = propagations, .what = "propagation"),
    F(masked_paths, "maskedPaths", READER_STRINGS, .flags = READER_ABSOLUTE),
    F(readonly_paths, "readonlyPaths", READER_STRINGS, .flags = READER_ABSOLUTE),
    F(mount_label, "mountLabel", READER_STRING),
    F(intel_rdt, "intelRdt", READER_POINTER, .shape = &intel_rdt_shape),
    F(memory_policy, "memoryPolicy", READER_POINTER, .shape = &memory_policy_shape, .since = "1.3"),
    F(personality, "personality", READER_POINTER, .shape = &personality_shape),
    F(time_offsets, "timeOffsets", READER_MAP, .shape = &time_offset_shape, .since = "1.1"),
};
#undef F
const struct reader_shape fields_linux = READER_SHAPE(struct spec_linux, linux_fields, .check = check_linux);
