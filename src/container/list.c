/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_state() and caisson_list() */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/json.h"
#include "container/context.h"
#include "container/survey.h"

int caisson_state(const struct caisson_context *context, const char *id,
                  void (*visit)(void *data, const char *json), void *data, struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_STATE);
    struct container container _cleanup_container_ = CONTAINER_CLOSED(room);
    struct strbuf text = STRBUF(&container.arena);
    struct json writer = {.out = &text, .pretty = true};
    enum caisson_status status;

    if (container_open(context, id, false, &container, err) < 0 || container_read(&container, err) < 0 ||
        state_status(container.dir, &container.state, &status, NULL, err) < 0)
        return -1;
    state_print(&writer, &container.state, status);
    visit(data, text.data);
    return 0;
}

typedef void list_visitor(void *data, const struct caisson_container *container);

/* From all that is kept of it. */
static int visit_whole(int root, const char *id, bool json, list_visitor *visit, void *data,
                       struct caisson_error *err)
{
    ARENA_ROOM(room, 6144);
    _cleanup_arena_ struct arena arena = ARENA_IN(room);
    _cleanup_close_ int dir = state_open(root, id, false, NULL, err);
    struct strbuf text = STRBUF(&arena);
    struct json writer = {.out = &text};
    struct state state;
    enum caisson_status status;

    if (dir < 0 || state_read(&arena, dir, &state, err) < 0 ||
        state_status(dir, &state, &status, NULL, err) < 0)
        return -1;
    if (json)
        state_print(&writer, &state, status);
    visit(data, &(struct caisson_container){
                    .id = id,
                    .pid = status == CAISSON_STOPPED ? 0 : state.pid,
                    .status = status,
                    .bundle = state.bundle,
                    .created = state.created ? state.created : "",
                    .owner = state.owner ? state.owner : "",
                    .json = json ? text.data : NULL,
                });
    return 0;
}

int caisson_list(const struct caisson_context *context, enum caisson_list_detail detail, list_visitor *visit,
                 void *data, struct caisson_error *err)
{
    ARENA_ROOM(room, 1024);
    ARENA_ROOM(room_of_survey, 1024);
    _cleanup_arena_ struct arena arena = ARENA_IN(room);
    _cleanup_survey_ struct survey survey = {.arenas = {ARENA_IN(room_of_survey)}};
    _cleanup_close_ int root = state_open_root(context, err);
    size_t count;
    char **ids;

    if (root < 0 || state_list(&arena, root, &ids, &count, err) < 0)
        return -1;
    survey_take(&survey, root, ids, count, detail);
    for (size_t i = 0; i < count; i++) {
        const char *id = ids[survey.order[i]];
        const struct caisson_container *found = &survey.found[survey.order[i]];
        struct caisson_error why = {0};

        if (found->id)
            visit(data, found);
        /* One that is deleted, or not yet made, meanwhile is no reason to say nothing of the others. */
        else if (visit_whole(root, id, detail == CAISSON_LIST_JSON, visit, data, &why) < 0 &&
                 why.code != CAISSON_ERROR_NOT_FOUND)
            context_log(context, CAISSON_LOG_WARNING, "container '%s' is not listed: %s", id, why.message);
    }
    return 0;
}
