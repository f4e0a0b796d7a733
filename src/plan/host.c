/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/fd.h"

/* What the initial user namespace is called in procfs: PROC_USER_INIT_INO of the kernel, the same since 3.8. */
#define INITIAL_USER_NAMESPACE "user:[4026531837]"

enum { EFFECTIVE, BOUNDING, IGNORED, SETS };

/* The lines of /proc/self/status that matter here: a name, and 16 hexadecimal digits. */
static const char set_names[SETS][9] = {"CapEff:\t", "CapBnd:\t", "SigIgn:\t"};
enum { NAME_LENGTH = sizeof set_names[0] - 1, LINE_LENGTH = NAME_LENGTH + 16 };

/* @return which of the sets the line tells of, SETS for none. */
static size_t set_of(const char *line)
{
    size_t i = 0;

    while (i < SETS && memcmp(line, set_names[i], NAME_LENGTH) != 0)
        i++;
    return i;
}

/* Reads what stands in `text` as whole lines. @return how many of the sets that were. */
static unsigned parse_sets(const char *text, size_t length, uint64_t sets[SETS])
{
    unsigned found = 0;

    for (const char *line = text; line; line = strchr(line, '\n')) {
        size_t set;

        line += *line == '\n';
        set = length - (size_t)(line - text) >= LINE_LENGTH ? set_of(line) : SETS;
        if (set < SETS) {
            sets[set] = strtoull(line + NAME_LENGTH, NULL, 16);
            found |= 1U << set;
        }
    }
    return found;
}

/*
 * One file tells what would take a call for each capability and each signal. It is longer than a page only where the
 * caller has hundreds of groups: then the next window overlaps, so that no line is cut in both.
 */
static int read_sets(uint64_t sets[SETS])
{
    _cleanup_close_ int fd = openat(AT_FDCWD, "/proc/self/status", O_RDONLY | O_CLOEXEC);
    enum { WINDOW = 4096, OVERLAP = 64 };
    char text[WINDOW + 1];
    unsigned found = 0;

    if (fd < 0)
        return -1;
    for (off_t offset = 0; found != (1U << SETS) - 1; offset += WINDOW - OVERLAP) {
        ssize_t n = pread(fd, text, WINDOW, offset);

        if (n <= 0) {
            errno = n == 0 ? ENODATA : errno;
            return -1;
        }
        text[n] = '\0';
        found |= parse_sets(text, (size_t)n, sets);
    }
    return 0;
}

/* The kernel refuses to tell of a capability that it does not have. */
static unsigned last_capability(uint64_t bounding)
{
    unsigned last = bounding ? 63 - (unsigned)__builtin_clzll(bounding) : 0;

    while (last < 63 && prctl(PR_CAPBSET_READ, (unsigned long)last + 1, 0, 0, 0) >= 0)
        last++;
    return last;
}

static int probe_user_namespace(struct plan_host *host, struct caisson_error *err)
{
    char name[64];
    ssize_t n = readlink("/proc/self/ns/user", name, sizeof name - 1);

    if (n < 0) {
        error_system(err, errno, "cannot read '/proc/self/ns/user'");
        return error_hint(err, "the runtime needs procfs mounted on /proc");
    }
    name[n] = '\0';
    host->initial_user_namespace = strcmp(name, INITIAL_USER_NAMESPACE) == 0;
    return 0;
}

/*
 * Capabilities are over what belongs to the own user namespace: `unshare --user` alone leaves the mounts to the one
 * above. Of a namespace that belongs there the kernel does not even show the owner.
 */
static int probe_mounts(struct plan_host *host, struct caisson_error *err)
{
    _cleanup_close_ int mounts = -1, owner = -1;

    if (host->initial_user_namespace)
        return 0;
    mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (mounts < 0)
        return error_system(err, errno, "cannot open '/proc/self/ns/mnt'");
    owner = ioctl(mounts, NS_GET_USERNS);
    if (owner < 0 && errno != EPERM)
        return error_system(err, errno, "cannot ask whose '/proc/self/ns/mnt' is");
    host->foreign_mounts = owner < 0;
    return 0;
}

int plan_host_probe_process(struct plan_host *host, struct caisson_error *err)
{
    uint64_t sets[SETS];

    /* As they were when the program was executed, which the kernel has told: it does not change them. */
    *host = (struct plan_host){.euid = (uid_t)getauxval(AT_EUID), .egid = (gid_t)getauxval(AT_EGID)};
    if (read_sets(sets) < 0) {
        error_system(err, errno, "cannot read '/proc/self/status'");
        return error_hint(err, "the runtime needs procfs mounted on /proc");
    }
    host->capabilities = sets[EFFECTIVE];
    host->bounding = sets[BOUNDING];
    host->ignored_signals = sets[IGNORED];
    host->last_capability = last_capability(host->bounding);
    return 0;
}

int plan_host_probe(struct plan_host *host, struct caisson_error *err)
{
    if (plan_host_probe_process(host, err) < 0)
        return -1;
    return probe_user_namespace(host, err) < 0 ? -1 : probe_mounts(host, err);
}
