/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.sysctl: only what belongs to a namespace of the container's own; the rest would change the host. */
#include <string.h>

#include "plan/builder.h"

/* A name ends in '/' where everything below it is meant. Names are in the form with slashes. */
static const struct {
    const char *name;
    enum spec_namespace_type type;
} namespaced[] = {
    {"kernel/msgmax", SPEC_NS_IPC}, {"kernel/msgmnb", SPEC_NS_IPC},          {"kernel/msgmni", SPEC_NS_IPC},
    {"kernel/sem", SPEC_NS_IPC},    {"kernel/shmall", SPEC_NS_IPC},          {"kernel/shmmax", SPEC_NS_IPC},
    {"kernel/shmmni", SPEC_NS_IPC}, {"kernel/shm_rmid_forced", SPEC_NS_IPC}, {"fs/mqueue/", SPEC_NS_IPC},
    {"net/", SPEC_NS_NETWORK},      {"kernel/domainname", SPEC_NS_UTS},      {"user/", SPEC_NS_USER},
};

/*
 * sysctl(8): the first separator tells. With a dot first, dots separate and a slash stands for a dot
 * ("net.ipv4.conf.eth0/1.rp_filter"); with a slash first it is a path.
 */
static char *sysctl_path(struct plan_builder *b, const char *key)
{
    char *path = arena_string(b->plan->arena, key);
    const char *first = strpbrk(path, "./");

    if (!first || *first == '/')
        return path;
    for (char *p = path; *p; p++) {
        if (*p == '.')
            *p = '/';
        else if (*p == '/')
            *p = '.';
    }
    return path;
}

static bool is_safe_path(const char *path)
{
    if (*path == '/' || *path == '\0')
        return false;
    while (*path) {
        size_t n = strcspn(path, "/");

        if (n == 0 || (n == 1 && path[0] == '.') || (n == 2 && path[0] == '.' && path[1] == '.'))
            return false;
        path += n;
        if (*path == '/')
            path++;
    }
    return true;
}

static int check_namespace(struct plan_builder *b, const char *path, const char *pointer, const char *key,
                           struct caisson_error *err)
{
    for (size_t i = 0; i < sizeof namespaced / sizeof namespaced[0]; i++) {
        size_t n = strlen(namespaced[i].name);
        bool below = namespaced[i].name[n - 1] == '/';

        if (below ? strncmp(path, namespaced[i].name, n) != 0 : strcmp(path, namespaced[i].name) != 0)
            continue;
        if (plan_own_namespace(b, namespaced[i].type))
            return 0;
        return spec_error(b->spec, err, pointer,
                          "sysctl '%s' belongs to the %s namespace, and the container has none of its own",
                          key, spec_namespace_name(namespaced[i].type));
    }
    if (strcmp(path, "kernel/hostname") == 0)
        return spec_error(b->spec, err, pointer, "sysctl '%s' is set by the member hostname instead", key);
    return spec_error(b->spec, err, pointer,
                      "sysctl '%s' is not in a namespace of its own: it would change the host", key);
}

int plan_sysctls(struct plan_builder *b, struct caisson_error *err)
{
    const struct spec_pairs *sysctl = &b->spec->linux_->sysctl;

    for (size_t i = 0; i < sysctl->count; i++) {
        const char *key = sysctl->items[i].key;
        const char *pointer = spec_pointer(b->plan->arena, "/linux/sysctl", key);
        char *path = sysctl_path(b, key);
        struct plan_sysctl step;

        if (!is_safe_path(path))
            return spec_error(b->spec, err, pointer, "'%s' is no name of a sysctl", key);
        if (check_namespace(b, path, pointer, key, err) < 0)
            return -1;
        step.file = builder_text(b, path);
        step.value = builder_text(b, sysctl->items[i].value);
        builder_step(b, PLAN_OP_SYSCTL, pointer, &step);
    }
    return 0;
}
