/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.cgroupsPath: where the container's cgroup is. */
#include <string.h>

#include "base/strbuf.h"
#include "cgroup/internal.h"
#include "cgroup/slice.h"

static int path_fail(const struct cgroup_request *request, struct caisson_error *err, const char *why)
{
    error_set(err, CAISSON_ERROR_CONFIG, "cannot use the cgroup '%s': %s",
              request->spec->linux_->cgroups_path, why);
    if (request->spec->source)
        return spec_error_at(request->spec, err, "/linux/cgroupsPath");
    return -1;
}

/* Adds the components of `path`, a slash before each; nothing for "" and ".". */
static int add_components(struct strbuf *out, const struct cgroup_request *request, const char *path,
                          struct caisson_error *err)
{
    while (*path) {
        size_t length = strcspn(path, "/");

        if (length == 2 && memcmp(path, "..", 2) == 0)
            return path_fail(request, err, "'..' could lead out of the place that was meant");
        if (length > 255)
            return path_fail(request, err, "a component is longer than 255 bytes");
        if (length > 0 && !(length == 1 && *path == '.')) {
            strbuf_char(out, '/');
            strbuf_add(out, path, length);
        }
        path += length;
        path += *path == '/';
    }
    return 0;
}

int decide_path(struct arena *arena, const struct cgroup_host *host, const struct cgroup_request *request,
                const char **path, struct caisson_error *err)
{
    const char *given = request->spec->linux_->cgroups_path;
    struct strbuf out = STRBUF(arena);
    struct slice_name name;

    if (!given || !*given) {
        /* The runtime's own cgroup is all that a user without privileges can hope to be the owner of. */
        *path = arena_format(arena, "%s/caisson-%s",
                             request->rootless && strcmp(host->own, "/") != 0 ? host->own : "", request->id);
        return 0;
    }
    if (request->rootless && *given != '/')
        strbuf_text(&out, strcmp(host->own, "/") != 0 ? host->own : "");
    if (slice_is_name(given)) {
        if (slice_parse(arena, given, request->rootless, &name, err) < 0)
            return request->spec->source ? spec_error_at(request->spec, err, "/linux/cgroupsPath") : -1;
        given = arena_format(arena, "%s/%s", name.slice_path, name.unit);
    }
    if (add_components(&out, request, given, err) < 0)
        return -1;
    if (out.length == 0)
        return path_fail(request, err,
                         "it is the root of the hierarchy, which holds other processes and no limits");
    *path = strbuf_string(&out);
    return 0;
}
