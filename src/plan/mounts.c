/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mounts[]: what each entry comes to. */
#include <string.h>

#include "base/path.h"
#include "plan/builder.h"
#include "plan/mount_case.h"
#include "sys/mount.h"

static const char *absolute_source(struct plan_builder *b, const char *source)
{
    return source[0] == '/' ? source : builder_format(b, "%s/%s", b->request->bundle, source);
}

/* Filesystems with one instance for many mounts: "ro" is for the mount, not for what others see too. */
static bool has_shared_superblock(const struct spec_mount *mount)
{
    static const char *const types[] = {"proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2"};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (mount_case_has_type(mount, types[i]))
            return true;
    return false;
}

/* Filesystems of which each file has a label of its own making, and no mount option for it. */
static bool takes_context(const struct spec_mount *mount)
{
    static const char *const without[] = {"proc", "sysfs", "mqueue", "cgroup", "cgroup2"};

    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        if (mount_case_has_type(mount, without[i]))
            return false;
    return true;
}

static plan_ref parameters(struct plan_builder *b, const struct mount_case *m, bool without_ro)
{
    const struct spec_pairs *pairs = &m->options.parameters;
    const char **items = arena_array(b->plan->arena, pairs->count * 2 + 3, sizeof *items);
    struct spec_strings strings = {.items = items};

    for (size_t i = 0; i < pairs->count; i++) {
        if (without_ro && strcmp(pairs->items[i].key, "ro") == 0)
            continue;
        items[strings.count++] = pairs->items[i].key;
        items[strings.count++] = pairs->items[i].value;
    }
    if (b->mount_label && !m->options.remount && takes_context(m->mount)) {
        items[strings.count++] = b->mount_context;
        items[strings.count++] = b->mount_label;
    }
    return builder_vector(b, &strings);
}

/* In mount(2)'s text a label, which has commas in it, stands in quotes. */
static const char *classic_data(struct plan_builder *b, const struct mount_case *m)
{
    const char *data = m->options.data;

    if (!b->mount_label || !takes_context(m->mount))
        return data;
    return builder_format(b, "%s%s%s=\"%s\"", data, *data ? "," : "", b->mount_context, b->mount_label);
}

/*
 * /dev, as a rule: what is mounted in it next needs no walk from the root, for nobody but the init has put anything there.
 * The outermost counts.
 */
static void note_fresh(struct plan_builder *b, const struct mount_case *m, uint32_t where)
{
    if (b->fresh && path_is_below(m->mount->destination, b->fresh_target))
        return;
    b->fresh = path_is_plain(m->mount->destination) ? where : 0;
    b->fresh_target = m->mount->destination;
}

/* @return the target of the new tmpfs that this mount's place is directly in; none when it is in no such one. */
static plan_ref find_fresh(struct plan_builder *b, const struct mount_case *m)
{
    const char *path = m->mount->destination;
    struct plan_mount body;

    if (!b->fresh)
        return 0;
    /* What covers it, or may, ends it. */
    if (!path_is_plain(path) || strcmp(path, b->fresh_target) == 0 || path_is_below(b->fresh_target, path))
        b->fresh = 0;
    if (!b->fresh || !path_is_below(path, b->fresh_target) || strchr(path + strlen(b->fresh_target) + 1, '/'))
        return 0;
    memcpy(&body, b->plan->steps.data + b->fresh, sizeof body);
    if (!(body.flags & PLAN_MOUNT_KEEP)) {
        b->plan->kept_mounts++;
        body.flags |= PLAN_MOUNT_KEEP;
        memcpy(b->plan->steps.data + b->fresh, &body, sizeof body);
    }
    return body.target;
}

static int add_filesystem(struct plan_builder *b, struct mount_case *m, struct caisson_error *err)
{
    const struct mount_options *options = &m->options;
    const struct spec_mount *mount = m->mount;
    uint32_t where;

    if (mount_case_has_type(mount, "bind")) {
        spec_error(b->spec, err, builder_format(b, "%s/options", m->pointer),
                   "neither bind nor rbind is among them: the type does not make it a bind mount");
        return error_hint(err, "add \"rbind\", or \"bind\" without what is mounted below the source");
    }
    if (!mount->type || !*mount->type)
        return spec_error(
            b->spec, err, builder_format(b, "%s/type", m->pointer),
            "missing: neither a filesystem type nor the option bind or rbind says what to mount");
    m->step.type = builder_text(b, mount->type);
    m->step.source = builder_text(b, mount->source && *mount->source ? mount->source : NULL);
    m->step.propagation = options->propagation;
    m->step.propagation_recursive = options->propagation_recursive;
    if (options->copy_up)
        m->step.flags |= PLAN_MOUNT_COPY_UP;
    /* CVE-2023-27561: a link in the image must not lead these elsewhere. */
    if (mount_case_has_type(mount, "proc") || mount_case_has_type(mount, "sysfs"))
        m->step.flags |= PLAN_MOUNT_NOFOLLOW;
    if (b->mount_label && mount_case_has_type(mount, "mqueue"))
        m->step.label = builder_text(b, b->mount_label);
    if (options->needs_classic) {
        m->step.kind = PLAN_MOUNT_CLASSIC;
        m->step.under = 0;
        m->step.classic_flags = options->classic_flags;
        m->step.data = builder_text(b, classic_data(b, m));
    } else {
        m->step.kind = PLAN_MOUNT_NEW;
        m->step.attr_set = options->attr_set;
        m->step.parameters = parameters(b, m, has_shared_superblock(mount));
        /* What is to be in it, mount points and devices, is yet to be made: see plan_late_readonly(). */
        if (mount_case_has_type(mount, "tmpfs") && (options->attr_set & MOUNT_ATTR_RDONLY)) {
            m->step.attr_set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
            m->step.flags |= PLAN_MOUNT_KEEP | PLAN_MOUNT_LATE;
            b->plan->kept_mounts++;
        }
    }
    where = builder_step(b, PLAN_OP_MOUNT, m->pointer, &m->step);
    if (m->step.kind == PLAN_MOUNT_NEW && mount_case_has_type(mount, "tmpfs") && !options->copy_up)
        note_fresh(b, m, where);
    return 0;
}

static void add_remount(struct plan_builder *b, struct mount_case *m)
{
    const struct mount_options *options = &m->options;

    m->step.kind = PLAN_MOUNT_REMOUNT;
    m->step.flags |= PLAN_MOUNT_MUST_EXIST;
    m->step.attr_set = options->attr_set | options->attr_set_recursive;
    m->step.attr_clear = options->attr_clear | options->attr_clear_recursive;
    if (options->attr_set_recursive || options->attr_clear_recursive)
        m->step.flags |= PLAN_MOUNT_ATTR_RECURSIVE;
    m->step.propagation = options->propagation;
    m->step.propagation_recursive = options->propagation_recursive;
    if (!options->bind && options->parameters.count > 0) {
        m->step.flags |= PLAN_MOUNT_SUPERBLOCK;
        m->step.parameters = parameters(b, m, has_shared_superblock(m->mount));
    }
    builder_step(b, PLAN_OP_MOUNT, m->pointer, &m->step);
}

/* A new filesystem belongs to the container already, and says by its own options whose its files are. */
static int no_idmap(struct plan_builder *b, const struct mount_case *m, struct caisson_error *err)
{
    bool option = m->options.idmap;

    spec_error(b->spec, err, builder_format(b, "%s/%s", m->pointer, option ? "options" : "uidMappings"),
               "the mount on '%s' is of a new filesystem: expected a bind mount to map the ids of",
               m->mount->destination);
    return error_hint(err, "options such as uid= and gid= say whose the files of a new filesystem are");
}

static int add_mount(struct plan_builder *b, size_t index, struct caisson_error *err)
{
    struct mount_case m = {
        .mount = &b->spec->mounts.items[index],
        .pointer = arena_numbered(b->plan->arena, "/mounts/", index),
        .step = {.fd = -1},
    };
    const char *source;

    if (mount_options_parse(b->plan->arena, b->spec, m.mount, m.pointer, &m.options, err) < 0)
        return -1;
    if (mount_case_proc(b, &m, err) < 0)
        return -1;
    if (b->request->purpose == PLAN_FOR_MOUNT && mount_case_live(b, &m, err) < 0)
        return -1;
    m.step.target = builder_text(b, m.mount->destination);
    if (m.options.dest_nofollow)
        m.step.flags |= PLAN_MOUNT_OVER_LINK;
    if (m.options.remount) {
        add_remount(b, &m);
        return 0;
    }
    if (plan_is_root(m.mount->destination)) {
        spec_error(b->spec, err, builder_format(b, "%s/destination", m.pointer),
                   "'%s' is the root filesystem itself, which no mount can take the place of",
                   m.mount->destination);
        return error_hint(err, "root.path says what the root filesystem is");
    }
    m.step.under = find_fresh(b, &m);
    if (m.options.bind) {
        if (!m.mount->source || !*m.mount->source)
            return spec_error(b->spec, err, builder_format(b, "%s/source", m.pointer),
                              "missing: a bind mount needs the file or directory to bind");
        source = absolute_source(b, m.mount->source);
        if (m.options.copy_symlink && mount_case_is_link(source))
            return mount_case_link(b, &m, source, err);
        return mount_case_tree(b, &m, source, err);
    }
    if (m.options.idmap || m.mount->uid_mappings.count > 0)
        return no_idmap(b, &m, err);
    m.step.attr_set = m.options.attr_set;
    if (mount_case_has_type(m.mount, "cgroup") || mount_case_has_type(m.mount, "cgroup2"))
        return mount_case_cgroup(b, &m, err);
    if (mount_case_has_type(m.mount, "sysfs") && !plan_owns_network(b))
        return mount_case_foreign_sysfs(b, &m, err);
    return add_filesystem(b, &m, err);
}

/* NOTIFY_SOCKET: the service manager's socket, at a place that the environment then names. */
static void add_notify_socket(struct plan_builder *b)
{
    struct plan_mount step = {
        .kind = PLAN_MOUNT_TREE,
        .fd = -1,
        .flags = PLAN_MOUNT_FILE,
        .target = builder_text(b, PLAN_NOTIFY_PATH),
        .source = builder_text(b, b->request->notify_socket),
    };
    uint32_t where;
    struct plan_slot *slot;

    where = builder_step(b, PLAN_OP_MOUNT, NULL, &step);
    if (!plan_clones_mounts(b))
        return;
    slot = builder_slot(b, PLAN_SLOT_TREE, where + offsetof(struct plan_mount, fd), b->request->notify_socket,
                        NULL);
    slot->propagation = MS_PRIVATE;
}

int plan_mounts(struct plan_builder *b, struct caisson_error *err)
{
    if (plan_mount_label(b, err) < 0)
        return -1;
    for (size_t i = 0; i < b->spec->mounts.count; i++)
        if (add_mount(b, i, err) < 0)
            return -1;
    if (plan_wants_notify_mount(b))
        add_notify_socket(b);
    return 0;
}

/* The read-only tmpfs mounts, once nothing more is made in them. By their descriptors: the paths may lead elsewhere now. */
void plan_late_readonly(struct plan_builder *b)
{
    const struct strbuf *steps = &b->plan->steps;
    size_t end = steps->length;
    struct plan_step step;

    for (size_t at = 0; at < end; at += step.size) {
        struct plan_mount mount, again = {.kind = PLAN_MOUNT_REMOUNT, .fd = -1};

        memcpy(&step, steps->data + at, sizeof step);
        if (step.op != PLAN_OP_MOUNT)
            continue;
        memcpy(&mount, steps->data + at + sizeof step, sizeof mount);
        if (!(mount.flags & PLAN_MOUNT_LATE))
            continue;
        again.flags = PLAN_MOUNT_MUST_EXIST | PLAN_MOUNT_KEPT;
        again.target = mount.target;
        again.attr_set = MOUNT_ATTR_RDONLY;
        builder_step(b, PLAN_OP_MOUNT, arena_string(b->plan->arena, b->plan->data.data + step.origin),
                     &again);
    }
}

/* Its processes may be hostile: what the init unmounts is where it is said to be. */
static int add_unmount(struct plan_builder *b, size_t index, struct caisson_error *err)
{
    const char *path = b->spec->mounts.items[index].destination;
    const char *pointer = builder_format(b, "/mounts/%zu/destination", index);

    if (plan_is_root(path))
        return spec_error(b->spec, err, pointer, "'%s' is the root filesystem itself, which stays", path);
    builder_step(b, PLAN_OP_UNMOUNT, pointer, &(struct plan_path){.path = builder_text(b, path)});
    return 0;
}

int plan_live_mounts(struct plan_builder *b, struct caisson_error *err)
{
    if (!plan_own_namespace(b, SPEC_NS_MOUNT))
        return error_set(err, CAISSON_ERROR_STATE,
                         "container '%s' has no mount namespace of its own: its mounts are the host's",
                         b->request->id);
    if (b->request->purpose == PLAN_FOR_MOUNT) {
        if (plan_mounts(b, err) < 0)
            return -1;
        plan_late_readonly(b);
        return 0;
    }
    for (size_t i = 0; i < b->spec->mounts.count; i++)
        if (add_unmount(b, i, err) < 0)
            return -1;
    return 0;
}
