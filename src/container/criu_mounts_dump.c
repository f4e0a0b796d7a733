/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which mounts of a container come from outside. What it mounted itself since it was started does not. */
#include "container/criu_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/fd.h"
#include "container/criu_message.h"
#include "container/criu_mountinfo.h"
#include "sys/openat2.h"

/* What is known of each line of the container's mountinfo. */
struct origin {
    bool known;         /* the configuration has it */
    bool external;      /* it comes from the host */
    bool null;          /* it is the host's null device, which hides a file */
    const char *source; /* of one that came with all that is mounted below it: the host's path */
};

struct dump {
    const struct criu_mounts *mounts;
    struct mountinfo lines;
    struct origin *origins; /* a line each */
    int root;               /* the container's root directory */
};

static struct origin *origin_of(const struct dump *dump, const struct mount_line *line)
{
    return &dump->origins[line - dump->lines.lines];
}

static bool is_root(const struct mount_line *line)
{
    return strcmp(line->where, "/") == 0;
}

/* criu would mount it with the host's ids. */
static int refuse_idmap(const struct spec *spec, size_t index, struct arena *arena, struct caisson_error *err)
{
    const struct spec_mount *mount = &spec->mounts.items[index];
    bool mapped = mount->uid_mappings.count > 0 || mount->gid_mappings.count > 0;

    for (size_t i = 0; i < mount->options.count; i++)
        mapped |= strncmp(mount->options.items[i], "idmap", 5) == 0 ||
                  strncmp(mount->options.items[i], "ridmap", 6) == 0;
    if (!mapped)
        return 0;
    error_set(err, CAISSON_ERROR_UNSUPPORTED, "the ids of '%s' are mapped, which criu cannot restore",
              mount->destination);
    return spec_error_at(spec, err, arena_format(arena, "/mounts/%zu", index));
}

static int look_at_mounts(struct dump *dump, struct arena *arena, struct caisson_error *err)
{
    const struct spec *spec = dump->mounts->spec;

    for (size_t i = 0; i < spec->mounts.count; i++) {
        const struct spec_mount *mount = &spec->mounts.items[i];
        const struct mount_line *line = mountinfo_at(&dump->lines, dump->root, mount->destination);
        char bind = criu_mounts_bind(dump->mounts, mount);

        if (refuse_idmap(spec, i, arena, err) < 0)
            return -1;
        if (!line || is_root(line)) /* the container has unmounted it */
            continue;
        origin_of(dump, line)->known = true;
        origin_of(dump, line)->external = bind;
        if (bind == 'r')
            origin_of(dump, line)->source = criu_mounts_source(arena, dump->mounts, mount);
    }
    return 0;
}

/* Of the container's own: the masks that hide directories, and what is bound over itself to be read-only. */
static void look_at_paths(struct dump *dump, const struct spec_strings *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        const struct mount_line *line = mountinfo_at(&dump->lines, dump->root, paths->items[i]);

        if (line && !is_root(line))
            origin_of(dump, line)->known = true;
    }
}

/* The host's null device over a masked file, and devices that are bound because none may be made. */
static bool is_host_device(const struct dump *dump, const struct mount_line *line)
{
    _cleanup_close_ int fd = sys_open_in_root(dump->root, line->where, O_PATH | O_NOFOLLOW);
    struct stat st;

    if (strcmp(line->root, "/") == 0 || strcmp(line->type, "devpts") == 0 || fd < 0 || fstat(fd, &st) < 0)
        return false;
    if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
        return false;
    /* One of the container's own filesystem, which is mounted whole as well, is not. */
    for (size_t i = 0; i < dump->lines.count; i++)
        if (dump->lines.lines[i].device == line->device && strcmp(dump->lines.lines[i].root, "/") == 0 &&
            !origin_of(dump, &dump->lines.lines[i])->external)
            return false;
    return true;
}

/* What is mounted on the host below a directory was bound with it, if it is still the same filesystem. */
static bool came_with(const struct dump *dump, const struct mount_line *line, struct arena *arena)
{
    const struct mount_line *above = line;
    const char *rest;
    struct stat st;

    do {
        above = mountinfo_by_id(&dump->lines, above->parent);
    } while (above && !origin_of(dump, above)->known);
    if (!above || !origin_of(dump, above)->source)
        return false;
    rest = mountinfo_below(line->where, above->where);
    return rest && *rest &&
           stat(arena_format(arena, "%s%s", origin_of(dump, above)->source, rest), &st) == 0 &&
           st.st_dev == line->device;
}

static bool is_external(const struct dump *dump, const struct mount_line *line, struct arena *arena)
{
    if (is_root(line))
        return false;
    if (origin_of(dump, line)->external || is_host_device(dump, line))
        return true;
    return !origin_of(dump, line)->known && came_with(dump, line, arena);
}

int criu_mounts_dump(const struct criu_mounts *mounts, pid_t pid, struct strbuf *options,
                     struct caisson_error *err)
{
    struct arena *arena = options->arena;
    const struct spec_linux *linux_ = mounts->spec->linux_;
    const char *path = arena_format(arena, "/proc/%d/root", (int)pid);
    _cleanup_close_ int root = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct dump dump = {.mounts = mounts, .root = root};

    if (root < 0)
        return error_system(err, errno, "cannot open the container's root directory");
    if (mountinfo_read(arena, pid, &dump.lines, err) < 0)
        return -1;
    dump.origins = arena_array(arena, dump.lines.count + 1, sizeof *dump.origins);
    for (size_t i = 0; i < dump.lines.count; i++)
        if (is_root(&dump.lines.lines[i]))
            dump.origins[i] = (struct origin){.known = true, .source = mounts->rootfs};
    if (look_at_mounts(&dump, arena, err) < 0)
        return -1;
    look_at_paths(&dump, &linux_->masked_paths);
    look_at_paths(&dump, &linux_->readonly_paths);
    for (size_t i = 0; i < dump.lines.count; i++) {
        const char *where = dump.lines.lines[i].where;

        if (is_external(&dump, &dump.lines.lines[i], arena))
            criu_put_text(
                options, CRIU_EXTERNAL,
                arena_format(arena, "mnt[%s]:%s", where, dump.origins[i].null ? "/dev/null" : where));
    }
    return 0;
}
