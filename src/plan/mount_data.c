/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/mount_data.h"

#include <string.h>

enum {
    FSCONFIG_LIMIT = 255, /* strndup_user(..., 256) in the kernel's fsconfig(2) */
    DATA_LIMIT = 4095,    /* one page of the smallest size, and its NUL */
};

size_t mount_data_count(const char *option)
{
    size_t count = 1;

    for (; *option; option++)
        count += *option == ',';
    return count;
}

/* @return the length of the piece that `text` begins with. */
static size_t piece_length(const char *text)
{
    bool quoted = false;
    size_t i;

    for (i = 0; text[i]; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == '\\' && text[i + 1])
            i++;
        else if (text[i] == ',' && !quoted)
            break;
    }
    return i;
}

/*
 * SELinux's labels have commas in them, so mount(2)'s text has them in quotes, which the kernel takes off. A
 * parameter is taken as it is: there the quotes have to go.
 */
static bool is_label(const char *key)
{
    static const char *const labels[] = {"context", "fscontext", "defcontext", "rootcontext"};

    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(key, labels[i]) == 0)
            return true;
    return false;
}

static const char *unquoted(struct arena *arena, const char *value)
{
    char *copy = arena_string(arena, value), *to = copy;

    for (const char *from = value; *from; from++)
        if (*from != '"')
            *to++ = *from;
    *to = '\0';
    return copy;
}

static void add_piece(struct arena *arena, struct mount_data *data, const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    size_t key_length = equals ? (size_t)(equals - text) : length;
    struct spec_pair *pair = &data->pairs[data->count++];

    pair->key = arena_copy(arena, text, key_length);
    pair->value = equals ? arena_copy(arena, equals + 1, length - key_length - 1) : "";
    if (equals && is_label(pair->key))
        pair->value = unquoted(arena, pair->value);
    else if (strchr(pair->value, ','))
        data->only_classic = true; /* filesystems of the kernel's older kind refuse a comma in a parameter */
    if (key_length > FSCONFIG_LIMIT || strlen(pair->value) > FSCONFIG_LIMIT)
        data->long_value = true;
    if (key_length == 0 || (equals && !*pair->value))
        data->only_classic = true; /* "=value", which the kernel skips, and "key=", which is no flag */
}

void mount_data_add(struct arena *arena, struct mount_data *data, const char *option)
{
    if (data->text.length)
        strbuf_char(&data->text, ',');
    strbuf_text(&data->text, option);
    while (*option) {
        size_t length = piece_length(option);

        if (length > 0)
            add_piece(arena, data, option, length);
        option += length;
        if (*option == ',')
            option++;
    }
}

int mount_data_check(const struct spec *spec, const struct spec_mount *mount, const char *pointer,
                     const char *text, struct caisson_error *err)
{
    size_t length = strlen(text);

    if (length <= DATA_LIMIT)
        return 0;
    spec_error(spec, err, pointer,
               "the filesystem's options for the mount on '%s' are %zu bytes long: mount(2) takes %d",
               mount->destination, length, DATA_LIMIT);
    return error_hint(err, "shorter paths, or fewer layers of an overlay, make them fit");
}
