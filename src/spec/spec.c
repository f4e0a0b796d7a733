/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files that describe something to run, and places in them for those who find fault later. */
#include "spec/spec.h"

#include <string.h>

#include "spec/fields.h"
#include "spec/reader.h"
#include "spec/tree.h"

static const struct spec_linux no_linux;

static struct spec_source *keep_source(struct arena *arena, const char *name, const char *text, size_t length)
{
    struct spec_source *source = arena_new(arena, struct spec_source);

    *source = (struct spec_source){.name = arena_string(arena, name), .text = text, .length = length};
    return source;
}

struct file {
    const char *name, *text;
    size_t length;
    const struct tree_passed *passed;
    spec_notice *notice;
    void *notice_data;
};

/* @return the object in the arena, or NULL */
static void *decode(struct arena *arena, const struct file *file, const struct reader_shape *shape,
                    struct caisson_error *err)
{
    ARENA_ROOM(room, 8 * 1024); /* enough for most without a seccomp profile */
    const struct reader_input input = {.arena = arena,
                                       .scratch = ARENA_IN(room),
                                       .name = file->name,
                                       .text = file->text,
                                       .length = file->length,
                                       .passed = file->passed,
                                       .notice = file->notice,
                                       .notice_data = file->notice_data};
    void *object = arena_alloc(arena, shape->size);

    return reader_decode(&input, shape, object, err) < 0 ? NULL : object;
}

static const struct spec *parse(struct arena *arena, const struct file *file, struct caisson_error *err)
{
    struct spec *spec = decode(arena, file, &fields_config, err);

    if (!spec)
        return NULL;
    if (!spec->linux_)
        spec->linux_ = &no_linux;
    spec->source = keep_source(arena, file->name, file->text, file->length);
    return spec;
}

const struct spec *spec_parse(struct arena *arena, const char *name, const char *text, size_t length,
                              spec_notice *notice, void *notice_data, struct caisson_error *err)
{
    const struct file file = {name, text, length, NULL, notice, notice_data};

    return parse(arena, &file, err);
}

const struct spec *spec_parse_for_process(struct arena *arena, const char *name, const char *text,
                                          size_t length, spec_notice *notice, void *notice_data,
                                          struct caisson_error *err)
{
    static const struct tree_passed building[] = {
        {"mounts", 1},        {"hooks", 1},  {"resources", 2}, {"maskedPaths", 2},
        {"readonlyPaths", 2}, {"sysctl", 2}, {"devices", 2},   {0},
    };
    const struct file file = {name, text, length, building, notice, notice_data};

    return parse(arena, &file, err);
}

const struct spec_process *spec_parse_process(struct arena *arena, const char *name, const char *text,
                                              size_t length, spec_notice *notice, void *notice_data,
                                              struct caisson_error *err)
{
    const struct file file = {name, text, length, NULL, notice, notice_data};
    struct spec_process *process = decode(arena, &file, &fields_process, err);

    if (process)
        process->source = keep_source(arena, name, text, length);
    return process;
}

const struct spec_resources *spec_parse_resources(struct arena *arena, const char *name, const char *text,
                                                  size_t length, spec_notice *notice, void *notice_data,
                                                  struct caisson_error *err)
{
    const struct file file = {name, text, length, NULL, notice, notice_data};

    return decode(arena, &file, &fields_resources, err);
}

const struct spec *spec_parse_mounts(struct arena *arena, const char *name, const char *text, size_t length,
                                     spec_notice *notice, void *notice_data, struct caisson_error *err)
{
    const struct file file = {name, text, length, NULL, notice, notice_data};
    struct spec *spec = decode(arena, &file, &fields_mounts, err);

    if (!spec)
        return NULL;
    spec->linux_ = &no_linux;
    spec->source = spec->mounts_source = keep_source(arena, name, text, length);
    return spec;
}

/* No value remembers its place: an error is rare enough to read the text once more for it. */
static size_t find_offset(const struct spec_source *source, const char *pointer)
{
    _cleanup_arena_ struct arena strings = {0};
    _cleanup_tree_ struct tree tree;

    if (tree_parse(&tree, source, NULL, &strings, (struct arena){0}, NULL) < 0)
        return 0; /* it was parsed before: cannot be */
    return place_find(&tree, pointer)->offset;
}

/* @return whether the pointer leads to the member of the top that `parent` does, or into it. */
static bool is_within(const char *pointer, const char *parent)
{
    size_t length = strlen(parent);

    return strncmp(pointer, parent, length) == 0 && (pointer[length] == '/' || pointer[length] == '\0');
}

/* @return the file that has the value, or NULL; `pointer` becomes the one in that file. */
static const struct spec_source *find_source(const struct spec *spec, const char **pointer)
{
    if (!spec)
        return NULL;
    if (spec->process && spec->process->source && is_within(*pointer, "/process")) {
        *pointer += strlen("/process");
        return spec->process->source;
    }
    if (spec->mounts_source && is_within(*pointer, "/mounts"))
        return spec->mounts_source;
    return spec->source;
}

int spec_error(const struct spec *spec, struct caisson_error *err, const char *pointer, const char *format,
               ...)
{
    _cleanup_arena_ struct arena scratch = {0};
    const struct spec_source *source = find_source(spec, &pointer);
    const char *text;
    va_list ap;

    if (!err)
        return -1;
    va_start(ap, format);
    text = arena_vformat(&scratch, format, ap);
    va_end(ap);
    if (source)
        return place_fail(&scratch, source, find_offset(source, pointer), pointer, err, "%s", text);
    error_set(err, CAISSON_ERROR_CONFIG, "%s%s%s", pointer, *pointer ? ": " : "", text);
    place_keep_pointer(pointer, err);
    return -1;
}

int spec_error_at(const struct spec *spec, struct caisson_error *err, const char *pointer)
{
    _cleanup_arena_ struct arena scratch = {0};
    const struct spec_source *source = find_source(spec, &pointer);
    char message[sizeof err->message];
    size_t offset;

    if (!err)
        return -1;
    if (!source) {
        place_keep_pointer(pointer, err);
        return -1;
    }
    offset = find_offset(source, pointer);
    memcpy(message, err->message, sizeof message);
    place_message(err, place_prefix(&scratch, source, offset, pointer), message);
    place_note(source, offset, pointer, err);
    return -1;
}
