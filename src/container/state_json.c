/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* state.json, and the specification's state object. */
#include "container/state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/json.h"
#include "spec/reader.h"

/*
 * A member that is added later must be optional, with an absence that means what earlier versions did; one that
 * a later version wrote and we do not know is passed over. So is the file readable both ways.
 */
#define F(member, json, type, ...) READER_FIELD(struct state, member, json, type, __VA_ARGS__)
static const struct reader_field state_fields[] = {
    F(id, "id", READER_STRING, .flags = READER_REQUIRED | READER_NONEMPTY),
    F(oci_version, "ociVersion", READER_STRING, .flags = READER_REQUIRED),
    F(bundle, "bundle", READER_STRING, .flags = READER_REQUIRED | READER_ABSOLUTE),
    F(rootfs, "rootfs", READER_STRING),
    F(created, "created", READER_STRING),
    F(owner, "owner", READER_STRING),
    F(owner_uid, "ownerUid", READER_UNSIGNED),
    F(cgroup, "cgroup", READER_STRING, .flags = READER_ABSOLUTE),
    F(cgroup_driver, "cgroupDriver", READER_STRING),
    F(systemd_scope, "systemdScope", READER_STRING),
    F(intel_rdt, "intelRdt", READER_STRING, .flags = READER_ABSOLUTE),
    F(intel_rdt_monitor, "intelRdtMonitor", READER_STRING, .flags = READER_ABSOLUTE),
    F(seccomp_listener, "seccompListener", READER_STRING, .flags = READER_ABSOLUTE),
    F(poststart, "poststart", READER_BOOL),
    F(poststop, "poststop", READER_BOOL),
    F(terminal, "terminal", READER_BOOL),
    F(annotations, "annotations", READER_PAIRS),
};
#undef F
static const struct reader_shape state_shape = READER_SHAPE(struct state, state_fields);

static void put_optional(struct json *json, const char *name, const char *value)
{
    if (value)
        json_string(json, name, value);
}

/* What is not there is false. */
static void put_true(struct json *json, const char *name, bool value)
{
    if (value)
        json_bool(json, name, true);
}

/* What they take, with room for the members behind them: hundreds would outgrow their memory again and again. */
static void reserve(struct strbuf *text, const struct spec_pairs *annotations)
{
    size_t room = 1024;

    for (size_t i = 0; i < annotations->count; i++)
        room +=
            strlen(annotations->items[i].key) + strlen(annotations->items[i].value) + strlen("\"\":\"\",");
    strbuf_reserve(text, room);
}

static void put_annotations(struct json *json, const struct state *state)
{
    if (state->annotations.count == 0)
        return;
    reserve(json->out, &state->annotations);
    json_object(json, "annotations");
    for (size_t i = 0; i < state->annotations.count; i++)
        json_string(json, state->annotations.items[i].key, state->annotations.items[i].value);
    json_object_end(json);
}

int state_write(int dir, const struct state *state, struct caisson_error *err)
{
    ARENA_ROOM(room, 4096);
    _cleanup_arena_ struct arena arena = ARENA_IN(room);
    struct strbuf text = STRBUF(&arena);
    struct json json = {.out = &text};

    json_object(&json, NULL);
    json_string(&json, "id", state->id);
    json_string(&json, "ociVersion", state->oci_version);
    json_string(&json, "bundle", state->bundle);
    put_optional(&json, "rootfs", state->rootfs);
    put_optional(&json, "created", state->created);
    put_optional(&json, "owner", state->owner);
    json_u64(&json, "ownerUid", state->owner_uid);
    put_optional(&json, "cgroup", state->cgroup);
    put_optional(&json, "cgroupDriver", state->cgroup_driver);
    put_optional(&json, "systemdScope", state->systemd_scope);
    put_optional(&json, "intelRdt", state->intel_rdt);
    put_optional(&json, "intelRdtMonitor", state->intel_rdt_monitor);
    put_optional(&json, "seccompListener", state->seccomp_listener);
    put_true(&json, "poststart", state->poststart);
    put_true(&json, "poststop", state->poststop);
    put_true(&json, "terminal", state->terminal);
    put_annotations(&json, state);
    json_object_end(&json);
    strbuf_char(&text, '\n');
    return file_replace(dir, "state.json", text.data, text.length, 0600, err);
}

int state_read(struct arena *arena, int dir, struct state *state, struct caisson_error *err)
{
    ARENA_ROOM(room, 4096);
    struct reader_input input = {.arena = arena, .scratch = ARENA_IN(room), .name = "state.json"};
    _cleanup_close_ int fd = openat(dir, "state.json", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    memset(state, 0, sizeof *state);
    if (fd < 0 && errno == ENOENT) {
        error_set(err, CAISSON_ERROR_STATE, "the container was not created in full: it has no state.json");
        return error_hint(err, "remove what is left of it with: delete --force");
    }
    if (fd < 0)
        return error_system(err, errno, "cannot open state.json");
    input.text = file_read_fd(arena, fd, input.name, SPEC_SIZE_LIMIT, &input.length, err);
    if (!input.text || reader_decode(&input, &state_shape, state, err) < 0)
        return -1;
    return state_read_pid(dir, state, err);
}

char *state_json(struct arena *arena, const struct state *state, enum caisson_status status, pid_t pid)
{
    struct strbuf text = STRBUF(arena);
    struct json json = {.out = &text};

    json_object(&json, NULL);
    json_string(&json, "ociVersion", CAISSON_OCI_VERSION);
    json_string(&json, "id", state->id);
    json_string(&json, "status", caisson_status_name(status));
    json_i64(&json, "pid", pid);
    json_string(&json, "bundle", state->bundle);
    put_annotations(&json, state);
    json_object_end(&json);
    return text.data;
}

void state_print(struct json *json, const struct state *state, enum caisson_status status)
{
    json_object(json, NULL);
    json_string(json, "ociVersion", CAISSON_OCI_VERSION);
    json_string(json, "id", state->id);
    json_i64(json, "pid", status == CAISSON_STOPPED ? 0 : state->pid);
    json_string(json, "status", caisson_status_name(status));
    json_string(json, "bundle", state->bundle);
    put_optional(json, "rootfs", state->rootfs);
    put_optional(json, "created", state->created);
    put_annotations(json, state);
    put_optional(json, "owner", state->owner);
    put_optional(json, "systemd-scope", state->systemd_scope);
    json_object_end(json);
}
