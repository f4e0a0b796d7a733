/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The top of config.json: root, mounts, hooks, annotations. config.md. */
#include "spec/fields.h"

#include <string.h>

#define REQUIRED READER_REQUIRED
#define OPTIONAL READER_OPTIONAL

#define F(member, json, type, ...) READER_FIELD(struct spec_root, member, json, type, __VA_ARGS__)
static const struct reader_field root_fields[] = {
    F(path, "path", READER_STRING, .flags = REQUIRED | READER_NONEMPTY, .what = "a directory"),
    F(readonly, "readonly", READER_BOOL, .flags = OPTIONAL),
};
#undef F
static const struct reader_shape root_shape = READER_SHAPE(struct spec_root, root_fields);

#define F(member, json, ...)                                                                                 \
    READER_FIELD(struct spec_id_mapping, member, json, READER_UNSIGNED, .flags = REQUIRED, __VA_ARGS__)
static const struct reader_field id_mapping_fields[] = {
    F(container_id, "containerID", .max = READER_ID_MAX),
    F(host_id, "hostID", .max = READER_ID_MAX),
    F(size, "size", .unit = "ids"),
};
#undef F
const struct reader_shape fields_id_mapping = READER_SHAPE(struct spec_id_mapping, id_mapping_fields);

static int check_mount(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_mount *mount = value;
    const struct reader_node *destination = reader_member(reader, node, "destination");

    /* 1.2: "relative destinations are deprecated": they start from "/". */
    if (mount->destination[0] != '/')
        reader_notice(reader, destination,
                      "%s is not absolute, which is deprecated: taken as relative to \"/\"",
                      reader_quote(reader, mount->destination));
    if (mount->uid_mappings.count > 0 && mount->gid_mappings.count == 0)
        return reader_fail(reader, reader_member(reader, node, "uidMappings"),
                           "uidMappings without gidMappings, expected both or none");
    if (mount->gid_mappings.count > 0 && mount->uid_mappings.count == 0)
        return reader_fail(reader, reader_member(reader, node, "gidMappings"),
                           "gidMappings without uidMappings, expected both or none");
    return 0;
}

#define F(member, json, type, ...) READER_FIELD(struct spec_mount, member, json, type, __VA_ARGS__)
static const struct reader_field mount_fields[] = {
    F(destination, "destination", READER_STRING, .flags = REQUIRED | READER_NONEMPTY,
      .what = "a path in the container"),
    F(type, "type", READER_STRING),
    F(source, "source", READER_STRING),
    F(options, "options", READER_STRINGS),
    F(uid_mappings, "uidMappings", READER_ARRAY, .shape = &fields_id_mapping, .since = "1.1",
      .set = READER_SET(struct spec_mount, uid_mappings.set), .check = fields_check_mappings),
    F(gid_mappings, "gidMappings", READER_ARRAY, .shape = &fields_id_mapping, .since = "1.1",
      .set = READER_SET(struct spec_mount, gid_mappings.set), .check = fields_check_mappings),
};
#undef F
static const struct reader_shape mount_shape =
    READER_SHAPE(struct spec_mount, mount_fields, .check = check_mount);

#define F(member, json, type, ...) READER_FIELD(struct spec_hook, member, json, type, __VA_ARGS__)
static const struct reader_field hook_fields[] = {
    F(path, "path", READER_STRING, .flags = REQUIRED | READER_ABSOLUTE),
    F(args, "args", READER_STRINGS),
    F(env, "env", READER_STRINGS, .set = READER_SET(struct spec_hook, env_set), .check = fields_check_env),
    F(timeout, "timeout", READER_INTEGER, .min = 1, .max = INT32_MAX, .flags = OPTIONAL, .unit = "seconds"),
};
#undef F
static const struct reader_shape hook_shape = READER_SHAPE(struct spec_hook, hook_fields);

#define F(member, json, ...)                                                                                 \
    READER_FIELD(struct spec_hooks, member, json, READER_ARRAY, .shape = &hook_shape, __VA_ARGS__)
static const struct reader_field hooks_fields[] = {
    F(prestart, "prestart"),
    F(create_runtime, "createRuntime", .since = "1.0.2"),
    F(create_container, "createContainer", .since = "1.0.2"),
    F(start_container, "startContainer", .since = "1.0.2"),
    F(poststart, "poststart"),
    F(poststop, "poststop"),
};
#undef F
static const struct reader_shape hooks_shape = READER_SHAPE(struct spec_hooks, hooks_fields);

/* One of SemVer's numbers, without leading zeros. */
static bool take_numeric(const char **text)
{
    size_t digits = strspn(*text, "0123456789");

    if (digits == 0 || (digits > 1 && **text == '0'))
        return false;
    *text += digits;
    return true;
}

/* "-rc.1" or "+git.12": dot-separated words, none of them empty. */
static bool take_identifiers(const char **text)
{
    do {
        size_t length;

        ++*text;
        length = strspn(*text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
        if (length == 0)
            return false;
        *text += length;
    } while (**text == '.');
    return true;
}

static bool is_semver(const char *text)
{
    int i;

    for (i = 0; i < 3; i++) {
        if (i > 0 && *text++ != '.')
            return false;
        if (!take_numeric(&text))
            return false;
    }
    if (*text == '-' && !take_identifiers(&text))
        return false;
    if (*text == '+' && !take_identifiers(&text))
        return false;
    return !*text;
}

static int check_version(struct reader *reader, const struct reader_node *node, void *value)
{
    const char *version = *(const char **)value;

    if (!is_semver(version))
        return reader_fail(reader, node, "%s is not a version of semver.org, expected one such as \"1.3.0\"",
                           reader_quote(reader, version));
    if (strncmp(version, "1.", 2) != 0)
        return reader_fail(reader, node, "version %s of the specification is not supported, expected 1.x.y",
                           reader_quote(reader, version));
    return 0;
}

/* sethostname(2), setdomainname(2): __NEW_UTS_LEN */
static int check_uts_name(struct reader *reader, const struct reader_node *node, void *value)
{
    size_t length = strlen(*(const char **)value);

    if (length > 64)
        return reader_fail(reader, node, "%zu bytes, expected at most 64: the kernel takes no longer name",
                           length);
    return 0;
}

/* config.md, "Annotations": the specification keeps this namespace of keys for itself, and uses these. */
static int check_annotation(struct reader *reader, const struct reader_node *node, void *value)
{
    static const char reserved[] = "org.opencontainers.";
    static const char *const used[] = {
        "image.os",      "image.os.version", "image.os.features", "image.architecture",
        "image.variant", "image.author",     "image.created",     "image.stopSignal",
    };
    const struct spec_pair *pair = value;
    const char *rest = pair->key + sizeof reserved - 1;

    if (strncmp(pair->key, reserved, sizeof reserved - 1) != 0)
        return 0;
    for (size_t i = 0; i < sizeof used / sizeof used[0]; i++)
        if (strcmp(rest, used[i]) == 0)
            return 0;
    reader_notice(reader, node, "%s is in a namespace of keys that is reserved, and not one of its keys",
                  reader_quote(reader, pair->key));
    return 0;
}

#define F(member, json, type, ...) READER_FIELD(struct spec, member, json, type, __VA_ARGS__)
static const struct reader_field config_fields[] = {
    F(oci_version, "ociVersion", READER_STRING, .flags = REQUIRED, .check = check_version),
    F(process, "process", READER_POINTER, .shape = &fields_process),
    F(root, "root", READER_POINTER, .shape = &root_shape, .flags = REQUIRED),
    F(hostname, "hostname", READER_STRING, .check = check_uts_name),
    F(domainname, "domainname", READER_STRING, .check = check_uts_name, .since = "1.1"),
    F(mounts, "mounts", READER_ARRAY, .shape = &mount_shape),
    F(hooks, "hooks", READER_OBJECT, .shape = &hooks_shape),
    F(annotations, "annotations", READER_PAIRS, .flags = READER_NONEMPTY, .what = "an annotation's key",
      .check = check_annotation),
    F(linux_, "linux", READER_POINTER, .shape = &fields_linux),
    F(vm, "vm", READER_POINTER, .shape = &fields_vm),
    {.name = "solaris", .type = READER_IGNORED},
    {.name = "windows", .type = READER_IGNORED},
    {.name = "zos", .type = READER_IGNORED, .since = "1.1"},
    {.name = "freebsd", .type = READER_IGNORED, .since = "1.3"},
};
const struct reader_shape fields_config = READER_SHAPE(struct spec, config_fields);

static const struct reader_field mounts_fields[] = {
    F(mounts, "mounts", READER_ARRAY, .shape = &mount_shape, .flags = REQUIRED | READER_NONEMPTY),
};
#undef F
const struct reader_shape fields_mounts = READER_SHAPE(struct spec, mounts_fields);
