/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/mount_options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "plan/mount_data.h"
#include "plan/mount_idmap.h"
#include "base/suggest.h"
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
    uint8_t effect; /* enum effect */
    uint8_t how;    /* OFF, BELOW */
    unsigned long flag;
    uint64_t attr;
};

#define SWITCHES(member) SWITCH, ON, 0, offsetof(struct mount_options, member)

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
    {"async", SUPERBLOCK, OFF, MS_SYNCHRONOUS, 0},
    {"atime", ATIME, OFF, MS_NOATIME, MOUNT_ATTR_NOATIME},
    {"bind", SWITCHES(bind)},
    {"copy-symlink", SWITCHES(copy_symlink)},
    {"defaults", NOTHING, ON, 0, 0},
    {"dest-nofollow", SWITCHES(dest_nofollow)},
    {"dev", ATTRIBUTE, OFF, MS_NODEV, MOUNT_ATTR_NODEV},
    {"diratime", ATTRIBUTE, OFF, MS_NODIRATIME, MOUNT_ATTR_NODIRATIME},
    {"dirsync", SUPERBLOCK, ON, MS_DIRSYNC, 0},
    {"exec", ATTRIBUTE, OFF, MS_NOEXEC, MOUNT_ATTR_NOEXEC},
    {"idmap", SWITCHES(idmap)},
    {"iversion", SUPERBLOCK, ON, MS_I_VERSION, 0},
    {"lazytime", SUPERBLOCK, ON, MS_LAZYTIME, 0},
    {"loud", SUPERBLOCK, OFF, MS_SILENT, 0},
    {"mand", SUPERBLOCK, ON, MS_MANDLOCK, 0},
    {"noatime", ATIME, ON, MS_NOATIME, MOUNT_ATTR_NOATIME},
    {"nodev", ATTRIBUTE, ON, MS_NODEV, MOUNT_ATTR_NODEV},
    {"nodiratime", ATTRIBUTE, ON, MS_NODIRATIME, MOUNT_ATTR_NODIRATIME},
    {"noexec", ATTRIBUTE, ON, MS_NOEXEC, MOUNT_ATTR_NOEXEC},
    {"noiversion", SUPERBLOCK, OFF, MS_I_VERSION, 0},
    {"nolazytime", SUPERBLOCK, OFF, MS_LAZYTIME, 0},
    {"nomand", SUPERBLOCK, OFF, MS_MANDLOCK, 0},
    {"norelatime", NOTHING, ON, 0, 0},
    {"nostrictatime", ATIME, OFF, MS_STRICTATIME, MOUNT_ATTR_STRICTATIME},
    {"nosuid", ATTRIBUTE, ON, MS_NOSUID, MOUNT_ATTR_NOSUID},
    {"nosymfollow", ATTRIBUTE, ON, MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW},
    {"private", PROPAGATION, ON, MS_PRIVATE, 0},
    {"rasync", SUPERBLOCK, OFF, MS_SYNCHRONOUS, 0},
    {"ratime", ATIME, OFF | BELOW, MS_NOATIME, MOUNT_ATTR_NOATIME},
    {"rbind", SWITCHES(recursive)},
    {"rdev", ATTRIBUTE, OFF | BELOW, MS_NODEV, MOUNT_ATTR_NODEV},
    {"rdiratime", ATTRIBUTE, OFF | BELOW, MS_NODIRATIME, MOUNT_ATTR_NODIRATIME},
    {"rdirsync", SUPERBLOCK, ON, MS_DIRSYNC, 0},
    {"relatime", ATIME, ON, MS_RELATIME, MOUNT_ATTR_RELATIME},
    {"remount", SWITCHES(remount)},
    {"rexec", ATTRIBUTE, OFF | BELOW, MS_NOEXEC, MOUNT_ATTR_NOEXEC},
    {"ridmap", SWITCHES(idmap_recursive)},
    {"rmand", SUPERBLOCK, ON, MS_MANDLOCK, 0},
    {"rnoatime", ATIME, BELOW, MS_NOATIME, MOUNT_ATTR_NOATIME},
    {"rnodev", ATTRIBUTE, BELOW, MS_NODEV, MOUNT_ATTR_NODEV},
    {"rnodiratime", ATTRIBUTE, BELOW, MS_NODIRATIME, MOUNT_ATTR_NODIRATIME},
    {"rnoexec", ATTRIBUTE, BELOW, MS_NOEXEC, MOUNT_ATTR_NOEXEC},
    {"rnomand", SUPERBLOCK, OFF, MS_MANDLOCK, 0},
    {"rnorelatime", NOTHING, ON, 0, 0},
    {"rnostrictatime", ATIME, OFF | BELOW, MS_STRICTATIME, MOUNT_ATTR_STRICTATIME},
    {"rnosuid", ATTRIBUTE, BELOW, MS_NOSUID, MOUNT_ATTR_NOSUID},
    {"rnosymfollow", ATTRIBUTE, BELOW, MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW},
    {"ro", READONLY, ON, MS_RDONLY, MOUNT_ATTR_RDONLY},
    {"rprivate", PROPAGATION, BELOW, MS_PRIVATE, 0},
    {"rrelatime", ATIME, BELOW, MS_RELATIME, MOUNT_ATTR_RELATIME},
    {"rro", ATTRIBUTE, BELOW, MS_RDONLY, MOUNT_ATTR_RDONLY},
    {"rrw", ATTRIBUTE, OFF | BELOW, MS_RDONLY, MOUNT_ATTR_RDONLY},
    {"rshared", PROPAGATION, BELOW, MS_SHARED, 0},
    {"rslave", PROPAGATION, BELOW, MS_SLAVE, 0},
    {"rstrictatime", ATIME, BELOW, MS_STRICTATIME, MOUNT_ATTR_STRICTATIME},
    {"rsuid", ATTRIBUTE, OFF | BELOW, MS_NOSUID, MOUNT_ATTR_NOSUID},
    {"rsymfollow", ATTRIBUTE, OFF | BELOW, MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW},
    {"rsync", SUPERBLOCK, ON, MS_SYNCHRONOUS, 0},
    {"runbindable", PROPAGATION, BELOW, MS_UNBINDABLE, 0},
    {"rw", READONLY, OFF, MS_RDONLY, MOUNT_ATTR_RDONLY},
    {"shared", PROPAGATION, ON, MS_SHARED, 0},
    {"silent", SUPERBLOCK, ON, MS_SILENT, 0},
    {"slave", PROPAGATION, ON, MS_SLAVE, 0},
    {"src-nofollow", SWITCHES(source_nofollow)},
    {"strictatime", ATIME, ON, MS_STRICTATIME, MOUNT_ATTR_STRICTATIME},
    {"suid", ATTRIBUTE, OFF, MS_NOSUID, MOUNT_ATTR_NOSUID},
    {"symfollow", ATTRIBUTE, OFF, MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW},
    {"sync", SUPERBLOCK, ON, MS_SYNCHRONOUS, 0},
    {"tmpcopyup", SWITCHES(copy_up)},
    {"unbindable", PROPAGATION, ON, MS_UNBINDABLE, 0},
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
