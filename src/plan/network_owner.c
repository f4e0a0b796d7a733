/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose the container's network is: sysfs shows network devices, so the kernel lets only their owner mount it. */
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "plan/builder.h"

static bool same_file(int fd, const char *path)
{
    struct stat a, b;

    return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* @return whether the network namespace at `network` belongs to the user namespace at `user`. */
static bool belongs_to(const char *network, const char *user)
{
    _cleanup_close_ int fd = openat(AT_FDCWD, network, O_RDONLY | O_CLOEXEC);
    _cleanup_close_ int owner = fd < 0 ? -1 : ioctl(fd, NS_GET_USERNS);

    return owner >= 0 && same_file(owner, user);
}

bool plan_owns_network(const struct plan_builder *b)
{
    const struct spec_namespace *user = spec_namespace(b->spec, SPEC_NS_USER);
    const struct spec_namespace *network = spec_namespace(b->spec, SPEC_NS_NETWORK);

    if (!user && b->request->host->initial_user_namespace)
        return true;
    if (network && spec_new_namespace(b->spec, SPEC_NS_NETWORK))
        return true;
    if (!user)
        return belongs_to(network ? network->path : "/proc/self/ns/net", "/proc/self/ns/user");
    if (!network)
        return false;
    /* A user namespace that is made now owns nothing that exists. */
    return user->path && *user->path && belongs_to(network->path, user->path);
}
