/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/criu_options.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/reach.h"
#include "plan/plan.h"

enum { LOG_LEVEL = 4, WORK_MODE = 0700 };

/* criu_cg_mode and criu_network_lock_method of rpc.proto. */
static const uint8_t cgroups_modes[] = {
    [CAISSON_CGROUPS_SOFT] = 3,
    [CAISSON_CGROUPS_FULL] = 4,
    [CAISSON_CGROUPS_STRICT] = 5,
    [CAISSON_CGROUPS_IGNORE] = 0,
};
static const uint8_t network_locks[] = {
    [CAISSON_NETWORK_LOCK_DEFAULT] = 0,
    [CAISSON_NETWORK_LOCK_IPTABLES] = 1,
    [CAISSON_NETWORK_LOCK_NFTABLES] = 2,
    [CAISSON_NETWORK_LOCK_SKIP] = 3,
};

static int open_directory(const char *path, mode_t mode, const char *what, struct caisson_error *err)
{
    int fd;

    if (mode && mkdir(path, mode) < 0 && errno != EEXIST) {
        error_system(err, errno, "cannot make the %s '%s'", what, path);
        return reach_explain(err, path);
    }
    fd = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    error_system(err, errno, "cannot open the %s '%s'", what, path);
    return reach_explain(err, path);
}

int criu_directories_open(const struct caisson_criu_options *options, mode_t mode,
                          struct criu_directories *directories, struct caisson_error *err)
{
    *directories = (struct criu_directories){.images = -1, .work = -1, .work_path = options->work_path};
    if (!options->image_path)
        return error_set(err, CAISSON_ERROR_USAGE, "no directory for the images is given");
    directories->images = open_directory(options->image_path, mode, "image directory", err);
    if (directories->images < 0)
        return -1;
    if (!options->work_path) {
        directories->work_path = options->image_path;
        return 0;
    }
    directories->work = open_directory(options->work_path, WORK_MODE, "work directory", err);
    return directories->work < 0 ? -1 : 0;
}

static int enter(int *fd, pid_t criu, struct caisson_error *err)
{
    char name[64], path[PATH_MAX], inside[PATH_MAX + 64];
    ssize_t n;
    int opened;

    snprintf(name, sizeof name, "/proc/self/fd/%d", *fd);
    n = readlink(name, path, sizeof path - 1);
    if (n < 0)
        return error_system(err, errno, "cannot learn the path of a directory for criu");
    path[n] = '\0';
    snprintf(inside, sizeof inside, "/proc/%d/root%s", (int)criu, path);
    opened = openat(AT_FDCWD, inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0)
        return error_system(err, errno, "cannot open '%s' as criu sees it", path);
    fd_close(*fd);
    *fd = opened;
    return 0;
}

int criu_directories_enter(struct criu_directories *directories, pid_t criu, struct caisson_error *err)
{
    if (enter(&directories->images, criu, err) < 0)
        return -1;
    return directories->work < 0 ? 0 : enter(&directories->work, criu, err);
}

void criu_directories_close(struct criu_directories *directories)
{
    directories->images = fd_close(directories->images);
    directories->work = fd_close(directories->work);
}

/* The annotation's; an empty one means none. criu passes over a file that is not there. */
static const char *config_file(const struct spec *spec)
{
    const char *annotation = spec_annotation(spec, "org.criu.config");

    if (annotation)
        return *annotation ? annotation : NULL;
    return access("/etc/criu/caisson.conf", F_OK) == 0 ? "/etc/criu/caisson.conf" : "/etc/criu/runc.conf";
}

void criu_options_add(struct strbuf *message, const struct caisson_criu_options *options,
                      const struct criu_directories *directories, const struct spec *spec, const char *log)
{
    criu_put_number(message, CRIU_IMAGES_DIR_FD, (uint64_t)directories->images);
    if (directories->work >= 0)
        criu_put_number(message, CRIU_WORK_DIR_FD, (uint64_t)directories->work);
    criu_put_number(message, CRIU_LOG_LEVEL, LOG_LEVEL);
    criu_put_text(message, CRIU_LOG_FILE, log);
    criu_put_text(message, CRIU_CONFIG_FILE, config_file(spec));
    criu_put_flag(message, CRIU_NOTIFY_SCRIPTS, true);
    /* A terminal whose other end is outside is handed over with a notification. */
    criu_put_flag(message, CRIU_ORPHAN_PTS_MASTER, true);
    criu_put_flag(message, CRIU_TCP_ESTABLISHED, options->tcp_established);
    criu_put_flag(message, CRIU_EXT_UNIX_SK, options->ext_unix_sk);
    criu_put_flag(message, CRIU_SHELL_JOB, options->shell_job);
    criu_put_flag(message, CRIU_FILE_LOCKS, options->file_locks);
    criu_put_flag(message, CRIU_LINK_REMAP, options->link_remap);
    criu_put_flag(message, CRIU_LAZY_PAGES, options->lazy_pages);
    criu_put_flag(message, CRIU_AUTO_DEDUP, options->auto_dedup);
    if (options->empty_ns == CAISSON_EMPTY_NETWORK)
        criu_put_number(message, CRIU_EMPTY_NS, CLONE_NEWNET);
    criu_put_flag(message, CRIU_MANAGE_CGROUPS, true);
    criu_put_number(message, CRIU_MANAGE_CGROUPS_MODE, cgroups_modes[options->cgroups_mode]);
    if (options->network_lock != CAISSON_NETWORK_LOCK_DEFAULT)
        criu_put_number(message, CRIU_NETWORK_LOCK, network_locks[options->network_lock]);
}

int criu_check_root(const char *verb, struct caisson_error *err)
{
    struct plan_host host;

    if (plan_host_probe(&host, err) < 0)
        return -1;
    if (host.euid == 0 && host.initial_user_namespace)
        return 0;
    error_set(err, CAISSON_ERROR_UNSUPPORTED, "only root of the host can %s containers", verb);
    return error_hint(err, "criu reads and sets what belongs to the host: a user's containers cannot be "
                           "checkpointed or restored");
}
