/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cgroup/slice.h"

#include <string.h>

#include "base/strbuf.h"

static const char suffix[] = ".slice";

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcmp(text + length - tail, end) == 0;
}

bool slice_is_name(const char *text)
{
    const char *first = strchr(text, ':');
    const char *second = first ? strchr(first + 1, ':') : NULL;

    return second && !strchr(second + 1, ':') && !strchr(text, '/');
}

const char *slice_expand(struct arena *arena, const char *slice)
{
    struct strbuf out = STRBUF(arena);
    size_t length;

    if (!ends_with(slice, suffix) || strchr(slice, '/'))
        return NULL;
    length = strlen(slice) - (sizeof suffix - 1);
    if (length == 1 && *slice == '-')
        return "";
    if (length == 0 || *slice == '-' || slice[length - 1] == '-' || strstr(slice, "--"))
        return NULL;
    for (size_t i = 1; i <= length; i++)
        if (i == length || slice[i] == '-') {
            strbuf_char(&out, '/');
            strbuf_add(&out, slice, i);
            strbuf_text(&out, suffix);
        }
    return strbuf_string(&out);
}

int slice_parse(struct arena *arena, const char *text, bool user, struct slice_name *name,
                struct caisson_error *err)
{
    const char *first = strchr(text, ':');
    const char *second = strchr(first + 1, ':');
    const char *prefix = arena_copy(arena, first + 1, (size_t)(second - first - 1));

    name->slice = arena_copy(arena, text, (size_t)(first - text));
    if (!*name->slice)
        name->slice = user ? "user.slice" : "system.slice";
    name->slice_path = slice_expand(arena, name->slice);
    if (!name->slice_path)
        return error_set(err, CAISSON_ERROR_CONFIG,
                         "cannot use the cgroup '%s': '%s' is not the name of a slice (\"a-b.slice\")", text,
                         name->slice);
    if (!second[1])
        return error_set(err, CAISSON_ERROR_CONFIG,
                         "cannot use the cgroup '%s': nothing stands behind the second colon", text);
    /* A name that is a slice's is the unit itself: then the caller wants no scope around it. */
    if (ends_with(second + 1, suffix))
        name->unit = second + 1;
    else if (*prefix)
        name->unit = arena_format(arena, "%s-%s.scope", prefix, second + 1);
    else
        name->unit = arena_format(arena, "%s.scope", second + 1);
    return 0;
}
