/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/mount_options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "plan/mount_data.h"
#include "plan/mount_idmap.h"
#include "spec/suggest.h"
#include "sys/mount.h"

enum effect {
    NOTHING,     /* known, and the same without it */
    SWITCH,      /* a truth value of struct mount_options, at offset `attr` */
    ATTRIBUTE,   /* a property of the mount: `attr` for mount_setattr(2), `flag` for mount(2) */
    READONLY,    /* of the mount and of a new filesystem's superblock */
    ATIME,       /* one of the values of MOUNT_ATTR__ATIME */
    SUPERBLOCK,  /* a property of the filesystem: MS_* in `flag` */
    PROPAGATION, /* MS_* in `flag` */
};

enum {
    ON = 0,
    OFF = 1 << 0,   /* takes the property away */
    BELOW = 1 << 1, /* holds for everything mounted below, too */
};

/* What an option does. */
struct option {
    const char *name;
    enum effect effect;
    unsigned long flag;
    uint64_t attr;
    unsigned how; /* OFF, BELOW */
};

#define SWITCHES(member) SWITCH, 0, offsetof(struct mount_options, member), ON

/*
 * Every option of the tables in the specification's config.md, then crun's, in the order of strcmp(3): it is searched by halves.
 *
 * iversion: mount(2) alone can pass it (fsconfig(2) hands the word to the filesystem, which does not know it), and
 *   of the filesystems only ext4 before Linux 6.1 asks; the others keep the version whenever they can.
 * silent, loud: say only whether a failed mount may write to the kernel's log; fsopen(2) returns that text to us.
 * norelatime: clears a flag that the kernel has not looked at since 2.6.30, where it became the default.
 * rsync, rasync, rdirsync, rmand, rnomand: a superblock has nothing below it: crun takes them for the plain ones.
 */
static const struct option options_known[] = {
    {"async", SUPERBLOCK, MS_SYNCHRONOUS, 0, OFF},
    {"atime", ATIME, MS_NOATIME, MOUNT_ATTR_NOATIME, OFF},
    {"bind", SWITCHES(bind)},
    {"copy-symlink", SWITCHES(copy_symlink)},
    {"defaults", NOTHING, 0, 0, ON},
    {"dest-nofollow", SWITCHES(dest_nofollow)},
    {"dev", ATTRIBUTE, MS_NODEV, MOUNT_ATTR_NODEV, OFF},
    {"diratime", ATTRIBUTE, MS_NODIRATIME, MOUNT_ATTR_NODIRATIME, OFF},
    {"dirsync", SUPERBLOCK, MS_DIRSYNC, 0, ON},
    {"exec", ATTRIBUTE, MS_NOEXEC, MOUNT_ATTR_NOEXEC, OFF},
    {"idmap", SWITCHES(idmap)},
    {"iversion", SUPERBLOCK, MS_I_VERSION, 0, ON},
    {"lazytime", SUPERBLOCK, MS_LAZYTIME, 0, ON},
    {"loud", SUPERBLOCK, MS_SILENT, 0, OFF},
    {"mand", SUPERBLOCK, MS_MANDLOCK, 0, ON},
    {"noatime", ATIME, MS_NOATIME, MOUNT_ATTR_NOATIME, ON},
    {"nodev", ATTRIBUTE, MS_NODEV, MOUNT_ATTR_NODEV, ON},
    {"nodiratime", ATTRIBUTE, MS_NODIRATIME, MOUNT_ATTR_NODIRATIME, ON},
    {"noexec", ATTRIBUTE, MS_NOEXEC, MOUNT_ATTR_NOEXEC, ON},
    {"noiversion", SUPERBLOCK, MS_I_VERSION, 0, OFF},
    {"nolazytime", SUPERBLOCK, MS_LAZYTIME, 0, OFF},
    {"nomand", SUPERBLOCK, MS_MANDLOCK, 0, OFF},
    {"norelatime", NOTHING, 0, 0, ON},
    {"nostrictatime", ATIME, MS_STRICTATIME, MOUNT_ATTR_STRICTATIME, OFF},
    {"nosuid", ATTRIBUTE, MS_NOSUID, MOUNT_ATTR_NOSUID, ON},
    {"nosymfollow", ATTRIBUTE, MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW, ON},
    {"private", PROPAGATION, MS_PRIVATE, 0, ON},
    {"rasync", SUPERBLOCK, MS_SYNCHRONOUS, 0, OFF},
    {"ratime", ATIME, MS_NOATIME, MOUNT_ATTR_NOATIME, OFF | BELOW},
    {"rbind", SWITCHES(recursive)},
    {"rdev", ATTRIBUTE, MS_NODEV, MOUNT_ATTR_NODEV, OFF | BELOW},
    {"rdiratime", ATTRIBUTE, MS_NODIRATIME, MOUNT_ATTR_NODIRATIME, OFF | BELOW},
    {"rdirsync", SUPERBLOCK, MS_DIRSYNC, 0, ON},
    {"relatime", ATIME, MS_RELATIME, MOUNT_ATTR_RELATIME, ON},
    {"remount", SWITCHES(remount)},
    {"rexec", ATTRIBUTE, MS_NOEXEC, MOUNT_ATTR_NOEXEC, OFF | BELOW},
    {"ridmap", SWITCHES(idmap_recursive)},
    {"rmand", SUPERBLOCK, MS_MANDLOCK, 0, ON},
    {"rnoatime", ATIME, MS_NOATIME, MOUNT_ATTR_NOATIME, BELOW},
    {"rnodev", ATTRIBUTE, MS_NODEV, MOUNT_ATTR_NODEV, BELOW},
    {"rnodiratime", ATTRIBUTE, MS_NODIRATIME, MOUNT_ATTR_NODIRATIME, BELOW},
    {"rnoexec", ATTRIBUTE, MS_NOEXEC, MOUNT_ATTR_NOEXEC, BELOW},
    {"rnomand", SUPERBLOCK, MS_MANDLOCK, 0, OFF},
    {"rnorelatime", NOTHING, 0, 0, ON},
    {"rnostrictatime", ATIME, MS_STRICTATIME, MOUNT_ATTR_STRICTATIME, OFF | BELOW},
    {"rnosuid", ATTRIBUTE, MS_NOSUID, MOUNT_ATTR_NOSUID, BELOW},
    {"rnosymfollow", ATTRIBUTE, MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW, BELOW},
    {"ro", READONLY, MS_RDONLY, MOUNT_ATTR_RDONLY, ON},
    {"rprivate", PROPAGATION, MS_PRIVATE, 0, BELOW},
    {"rrelatime", ATIME, MS_RELATIME, MOUNT_ATTR_RELATIME, BELOW},
    {"rro", ATTRIBUTE, MS_RDONLY, MOUNT_ATTR_RDONLY, BELOW},
    {"rrw", ATTRIBUTE, MS_RDONLY, MOUNT_ATTR_RDONLY, OFF | BELOW},
    {"rshared", PROPAGATION, MS_SHARED, 0, BELOW},
    {"rslave", PROPAGATION, MS_SLAVE, 0, BELOW},
    {"rstrictatime", ATIME, MS_STRICTATIME, MOUNT_ATTR_STRICTATIME, BELOW},
    {"rsuid", ATTRIBUTE, MS_NOSUID, MOUNT_ATTR_NOSUID, OFF | BELOW},
    {"rsymfollow", ATTRIBUTE, MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW, OFF | BELOW},
    {"rsync", SUPERBLOCK, MS_SYNCHRONOUS, 0, ON},
    {"runbindable", PROPAGATION, MS_UNBINDABLE, 0, BELOW},
    {"rw", READONLY, MS_RDONLY, MOUNT_ATTR_RDONLY, OFF},
    {"shared", PROPAGATION, MS_SHARED, 0, ON},
    {"silent", SUPERBLOCK, MS_SILENT, 0, ON},
    {"slave", PROPAGATION, MS_SLAVE, 0, ON},
    {"src-nofollow", SWITCHES(source_nofollow)},
    {"strictatime", ATIME, MS_STRICTATIME, MOUNT_ATTR_STRICTATIME, ON},
    {"suid", ATTRIBUTE, MS_NOSUID, MOUNT_ATTR_NOSUID, OFF},
    {"symfollow", ATTRIBUTE, MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW, OFF},
    {"sync", SUPERBLOCK, MS_SYNCHRONOUS, 0, ON},
    {"tmpcopyup", SWITCHES(copy_up)},
    {"unbindable", PROPAGATION, MS_UNBINDABLE, 0, ON},
};

enum { KNOWN = sizeof options_known / sizeof options_known[0] };

/* The flags of a superblock that fsconfig(2) takes on every filesystem (vfs_parse_sb_flag in the kernel). */
static const struct superblock_flag {
    unsigned long flag;
    const char *on;
    const char *off; /* NULL: it cannot be taken away */
} superblock_flags[] = {
    {MS_RDONLY, "ro", "rw"},         {MS_SYNCHRONOUS, "sync", "async"},
    {MS_DIRSYNC, "dirsync", NULL},   {MS_LAZYTIME, "lazytime", "nolazytime"},
    {MS_MANDLOCK, "mand", "nomand"},
};

enum { SUPERBLOCK_FLAGS = sizeof superblock_flags / sizeof superblock_flags[0] };

const char *mount_options_name(unsigned i)
{
    return i < KNOWN ? options_known[i].name : NULL;
}

static int compare_name(const void *name, const void *option)
{
    return strcmp(name, ((const struct option *)option)->name);
}

static const struct option *find(const char *name)
{
    return bsearch(name, options_known, KNOWN, sizeof options_known[0], compare_name);
}

/* One decision about bits: what is set is not cleared any more, and the other way around. */
static void decide(uint64_t *set, uint64_t *clear, uint64_t bits, bool off)
{
    *set = off ? *set & ~bits : *set | bits;
    *clear = off ? *clear | bits : *clear & ~bits;
}

static void decide_attribute(struct mount_options *options, const struct option *option)
{
    if (option->how & BELOW) {
        /* It covers the mount itself, so what was said about that before is void. */
        options->attr_set &= ~option->attr;
        options->attr_clear &= ~option->attr;
        decide(&options->attr_set_recursive, &options->attr_clear_recursive, option->attr, option->how & OFF);
        return;
    }
    decide(&options->attr_set, &options->attr_clear, option->attr, option->how & OFF);
}

/*
 * Access times are one field with three values: mount_setattr(2) wants the whole field cleared to set one. An
 * option that takes a value away leads to the kernel's default (relatime, 0) unless another value was chosen before.
 */
static void decide_atime(struct mount_options *options, const struct option *option)
{
    uint64_t *set = option->how & BELOW ? &options->attr_set_recursive : &options->attr_set;
    uint64_t *clear = option->how & BELOW ? &options->attr_clear_recursive : &options->attr_clear;
    uint64_t chosen = *set & MOUNT_ATTR__ATIME;

    if (option->how & OFF && (*clear & MOUNT_ATTR__ATIME) && chosen != option->attr)
        return;
    *clear |= MOUNT_ATTR__ATIME;
    *set = (*set & ~(uint64_t)MOUNT_ATTR__ATIME) | (option->how & OFF ? MOUNT_ATTR_RELATIME : option->attr);
    if (option->how & BELOW) {
        options->attr_set &= ~(uint64_t)MOUNT_ATTR__ATIME;
        options->attr_clear &= ~(uint64_t)MOUNT_ATTR__ATIME;
    }
}

static void decide_propagation(struct mount_options *options, const struct option *option)
{
    options->propagation = option->how & BELOW ? 0 : option->flag;
    if (option->how & BELOW)
        options->propagation_recursive = option->flag;
}

/* What is known of the superblock while the options are read. */
struct superblock {
    uint64_t set;
    uint64_t clear;
};

static void take(struct mount_options *options, struct superblock *superblock, const struct option *option)
{
    switch (option->effect) {
    case NOTHING:
        break;
    case SWITCH:
        *(bool *)((char *)options + option->attr) = true;
        break;
    case READONLY:
        decide(&superblock->set, &superblock->clear, option->flag, option->how & OFF);
        decide_attribute(options, option);
        break;
    case ATTRIBUTE:
        decide_attribute(options, option);
        break;
    case ATIME:
        decide_atime(options, option);
        break;
    case SUPERBLOCK:
        decide(&superblock->set, &superblock->clear, option->flag, option->how & OFF);
        break;
    case PROPAGATION:
        decide_propagation(options, option);
        break;
    }
}

/* The parameters of the superblock's flags. "rw" and its like matter only where a flag can be there already. */
static size_t flag_parameters(struct spec_pair *pairs, const struct superblock *superblock, bool remount)
{
    size_t count = 0;

    for (size_t i = 0; i < SUPERBLOCK_FLAGS; i++) {
        const struct superblock_flag *flag = &superblock_flags[i];

        if (superblock->set & flag->flag)
            pairs[count++] = (struct spec_pair){flag->on, ""};
        else if (remount && flag->off && (superblock->clear & flag->flag))
            pairs[count++] = (struct spec_pair){flag->off, ""};
    }
    return count;
}

/* mount(2)'s spelling of what was decided about the mount itself. */
static unsigned long classic_flags(const struct mount_options *options, const struct superblock *superblock)
{
    unsigned long flags = (unsigned long)superblock->set;

    for (size_t i = 0; i < KNOWN; i++) {
        const struct option *option = &options_known[i];
        uint64_t mask = option->effect == ATIME ? MOUNT_ATTR__ATIME : option->attr;

        if (option->how != ON)
            continue;
        if (option->effect == ATIME && !(options->attr_clear & MOUNT_ATTR__ATIME))
            continue;
        if ((option->effect == ATTRIBUTE || option->effect == READONLY || option->effect == ATIME) &&
            (options->attr_set & mask) == option->attr)
            flags |= option->flag;
    }
    return flags;
}

static int unknown_option(const struct spec *spec, const struct spec_mount *mount, const char *pointer,
                          size_t i, struct arena *arena, struct caisson_error *err)
{
    const char *name = mount->options.items[i];
    struct suggest near = {.text = name, .length = strlen(name)};

    for (unsigned known = 0; known < KNOWN; known++)
        suggest_try(&near, options_known[known].name);
    spec_error(spec, err, arena_format(arena, "%s/options/%zu", pointer, i),
               "unknown option '%s' of the bind mount on '%s'", name, mount->destination);
    if (near.best)
        return error_hint(err, "did you mean '%s'?", near.best);
    return error_hint(err, "a bind mount has no filesystem of its own that could take other options");
}

int mount_options_parse(struct arena *arena, const struct spec *spec, const struct spec_mount *mount,
                        const char *pointer, struct mount_options *options, struct caisson_error *err)
{
    struct superblock superblock = {0};
    struct mount_data data = {.text = STRBUF(arena)};
    size_t first_unknown = mount->options.count;
    size_t room = SUPERBLOCK_FLAGS;

    *options = (struct mount_options){.data = ""};
    for (size_t i = 0; i < mount->options.count; i++)
        room += mount_data_count(mount->options.items[i]);
    data.pairs = arena_array(arena, room, sizeof *data.pairs);
    for (size_t i = 0; i < mount->options.count; i++) {
        const char *name = mount->options.items[i];
        const struct option *option = find(name);

        if (option) {
            take(options, &superblock, option);
        } else if (strncmp(name, "idmap=", strlen("idmap=")) == 0) {
            if (mount_idmap_parse(arena, spec, mount, pointer, i, options, err) < 0)
                return -1;
        } else if (*name) {
            mount_data_add(arena, &data, name);
            if (first_unknown == mount->options.count)
                first_unknown = i;
        }
    }
    options->bind |= options->recursive;
    options->idmap |= options->idmap_recursive;
    options->has_data = first_unknown < mount->options.count;
    if (options->bind && options->has_data)
        return unknown_option(spec, mount, pointer, first_unknown, arena, err);

    data.count += flag_parameters(data.pairs + data.count, &superblock, options->remount);
    options->parameters = (struct spec_pairs){data.pairs, data.count};
    options->superblock_readonly = superblock.set & MS_RDONLY;
    options->classic_flags = classic_flags(options, &superblock);
    options->data = strbuf_string(&data.text);
    options->long_value = data.long_value;
    options->needs_classic = data.long_value || data.only_classic || (superblock.set & MS_I_VERSION);
    if (!options->bind && options->needs_classic)
        return mount_data_check(spec, mount, pointer, options->data, err);
    return 0;
}
