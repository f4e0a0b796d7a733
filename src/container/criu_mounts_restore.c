/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What there is on this host for a container that is restored. criu passes over a key that its images have not. */
#include "container/criu_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/reach.h"
#include "container/criu_message.h"
#include "container/criu_mountinfo.h"
#include "sys/openat2.h"

enum { DIRECTORY_MODE = 0755, FILE_MODE = 0644 };

static void add(struct strbuf *options, const char *key, const char *value)
{
    criu_put_text(options, CRIU_EXTERNAL, arena_format(options->arena, "mnt[%s]:%s", key, value));
}

/*
 * Where a destination is behind the links of the root filesystem, "/run/x" of "/var/run/x": that is what it was called
 * when it was mounted. What is on a filesystem that criu makes is not there yet.
 */
static const char *resolve(struct arena *arena, int root, const char *rootfs, const char *path)
{
    char *known = arena_string(arena, path), *slash;
    char link[PATH_MAX];

    for (;;) {
        _cleanup_close_ int fd = sys_open_in_root(root, known, O_PATH);

        if (fd >= 0) {
            ssize_t n = readlink(arena_format(arena, "/proc/self/fd/%d", fd), link, sizeof link - 1);
            const char *inside;

            link[n < 0 ? 0 : n] = '\0';
            inside = mountinfo_below(link, rootfs);
            return inside ? arena_format(arena, "%s%s", inside, path + strlen(known)) : path;
        }
        slash = strrchr(known, '/');
        if (!slash || slash == known)
            return path;
        *slash = '\0';
    }
}

static void add_below(const struct mountinfo *host, const char *key, const char *source,
                      struct strbuf *options)
{
    if (strcmp(key, "/") == 0)
        key = "";
    for (size_t i = 0; i < host->count; i++) {
        const char *rest = mountinfo_below(host->lines[i].where, source);

        if (rest && *rest)
            add(options, arena_format(options->arena, "%s%s", key, rest), host->lines[i].where);
    }
}

static void add_bind(const struct criu_mounts *mounts, const struct spec_mount *mount,
                     const struct mountinfo *host, int root, struct strbuf *options)
{
    const char *source = criu_mounts_source(options->arena, mounts, mount);
    const char *resolved = resolve(options->arena, root, mounts->rootfs, mount->destination);

    add(options, mount->destination, source);
    if (strcmp(resolved, mount->destination) != 0)
        add(options, resolved, source);
    if (criu_mounts_bind(mounts, mount) == 'r')
        add_below(host, resolved, source, options);
}

static void add_devices(const struct spec *spec, struct strbuf *options)
{
    static const char *const always[] = {"/dev/null",   "/dev/zero",    "/dev/full",
                                         "/dev/random", "/dev/urandom", "/dev/tty"};

    for (size_t i = 0; i < spec->linux_->masked_paths.count; i++)
        add(options, spec->linux_->masked_paths.items[i], "/dev/null");
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        add(options, always[i], always[i]);
    for (size_t i = 0; i < spec->linux_->devices.count; i++)
        add(options, spec->linux_->devices.items[i].path, spec->linux_->devices.items[i].path);
}

static int open_rootfs(const struct criu_mounts *mounts, struct caisson_error *err)
{
    int fd = openat(AT_FDCWD, mounts->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        return fd;
    error_system(err, errno, "cannot open the root filesystem '%s'", mounts->rootfs);
    return reach_explain(err, mounts->rootfs);
}

int criu_mounts_restore(const struct criu_mounts *mounts, struct strbuf *options, struct caisson_error *err)
{
    const struct spec *spec = mounts->spec;
    _cleanup_close_ int root = open_rootfs(mounts, err);
    struct mountinfo host;

    if (root < 0 || mountinfo_read(options->arena, 0, &host, err) < 0)
        return -1;
    add_below(&host, "/", mounts->rootfs, options);
    add_devices(spec, options);
    for (size_t i = 0; i < spec->mounts.count; i++) {
        const struct spec_mount *mount = &spec->mounts.items[i];

        if (criu_mounts_bind(mounts, mount))
            add_bind(mounts, mount, &host, root, options);
    }
    return 0;
}

/* ---- what is missing to mount on ---- */

static int make_one(int root, const char *path, const char *name, bool directory)
{
    _cleanup_close_ int parent = sys_open_in_root(root, path, O_PATH | O_DIRECTORY);
    _cleanup_close_ int file = -1;

    if (parent < 0)
        return -1;
    if (directory)
        return mkdirat(parent, name, DIRECTORY_MODE);
    file = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    return file < 0 ? -1 : 0;
}

/* As mkdir -p, and never outside of `root`: whatever links are in it lead back inside. */
static int make_target(struct arena *arena, int root, const char *path, bool directory)
{
    char *copy = arena_string(arena, path);

    for (char *next = copy + strspn(copy, "/"); *next;) {
        char *name = next, *end = name + strcspn(name, "/"), separator = *end;
        bool last = !end[strspn(end, "/")];
        _cleanup_close_ int there = -1;

        *end = '\0';
        there = sys_open_in_root(root, copy, O_PATH);
        if (there < 0) {
            const char *parent = arena_copy(arena, copy, (size_t)(name - copy));

            if (errno != ENOENT || make_one(root, *parent ? parent : "/", name, !last || directory) < 0)
                return -1;
        }
        *end = separator;
        next = end + strspn(end, "/");
    }
    return 0;
}

static bool is_directory(const struct criu_mounts *mounts, const struct spec_mount *mount,
                         struct arena *arena)
{
    struct stat st;

    return !criu_mounts_bind(mounts, mount) || stat(criu_mounts_source(arena, mounts, mount), &st) < 0 ||
           S_ISDIR(st.st_mode);
}

static int make_target_of(const struct criu_mounts *mounts, size_t index, int rootfs, struct arena *arena,
                          struct caisson_error *err)
{
    const struct spec_mount *mount = &mounts->spec->mounts.items[index];
    const struct spec_mount *holder = criu_mounts_holder(mounts->spec, index, mount->destination);
    const char *path = mount->destination;
    _cleanup_close_ int source = -1;

    if (criu_mounts_is_cgroup(mount) || (holder && !criu_mounts_bind(mounts, holder)))
        return 0; /* criu makes what it is on */
    if (holder) {
        source = openat(AT_FDCWD, criu_mounts_source(arena, mounts, holder), O_PATH | O_CLOEXEC);
        path = mountinfo_below(path, holder->destination);
    }
    if (make_target(arena, holder ? source : rootfs, path, is_directory(mounts, mount, arena)) == 0)
        return 0;
    error_system(err, errno, "cannot make '%s', to mount on", mount->destination);
    return spec_error_at(mounts->spec, err, arena_format(arena, "/mounts/%zu", index));
}

int criu_mounts_make_targets(const struct criu_mounts *mounts, struct arena *arena, struct caisson_error *err)
{
    _cleanup_close_ int root = open_rootfs(mounts, err);

    for (size_t i = 0; root >= 0 && i < mounts->spec->mounts.count; i++)
        if (make_target_of(mounts, i, root, arena, err) < 0)
            return -1;
    return root < 0 ? -1 : 0;
}
