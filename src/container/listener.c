/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/listener.h"

#include "base/fd.h"
#include "base/json.h"
#include "container/terminal.h"

int listener_send(struct arena *arena, const struct spec *spec, const struct listener_state *state,
                  const char *path, int fd, struct caisson_error *err)
{
    const struct spec_seccomp *seccomp = spec->linux_->seccomp;
    struct strbuf text = STRBUF(arena);
    struct json json = {.out = &text};
    _cleanup_close_ int socket = -1;

    if (!path)
        return spec_error(spec, err, "/linux/seccomp/listenerPath",
                          "missing: SCMP_ACT_NOTIFY needs an agent that answers");
    json_object(&json, NULL);
    /* Of the specification that this object follows, whatever the configuration says of itself. */
    json_string(&json, "ociVersion", CAISSON_OCI_VERSION);
    json_array(&json, "fds");
    json_string(&json, NULL, "seccompFd");
    json_array_end(&json);
    json_i64(&json, "pid", state->pid);
    if (seccomp && seccomp->listener_metadata)
        json_string(&json, "metadata", seccomp->listener_metadata);
    json_raw(
        &json, "state",
        state_json(arena, state->state, state->status, state->state->pid ? state->state->pid : state->pid));
    json_object_end(&json);
    socket = terminal_connect(path, err);
    if (socket < 0)
        return -1;
    return terminal_send(socket, fd, text.data, err);
}
