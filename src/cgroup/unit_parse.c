/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The annotations org.systemd.property.NAME: a part of gvariant-text, as much of it as properties of scopes need. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "cgroup/unit.h"

static const struct {
    const char *word, *signature;
    int64_t least;
    uint64_t most;
} numbers[] = {
    {"byte", "y", 0, UINT8_MAX},    {"int16", "n", INT16_MIN, INT16_MAX},
    {"uint16", "q", 0, UINT16_MAX}, {"int32", "i", INT32_MIN, INT32_MAX},
    {"uint32", "u", 0, UINT32_MAX}, {"int64", "x", INT64_MIN, INT64_MAX},
    {"uint64", "t", 0, UINT64_MAX},
};
enum { NUMBERS = sizeof numbers / sizeof *numbers, PLAIN = 3 }; /* a number without a word is an int32 */

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

static int fail_value(const char *name, const char *text, struct caisson_error *err)
{
    error_set(err, CAISSON_ERROR_CONFIG, "cannot read the value of the systemd property %s: %s", name, text);
    return error_hint(err, "values are written 'text', true, 5, uint64 5, or ['text', 'text']");
}

static void set_one(struct arena *arena, struct cgroup_property *property, const char *signature,
                    const char *value)
{
    property->signature = signature;
    property->values = arena_array(arena, 1, sizeof *property->values);
    property->values[0] = value;
    property->count = 1;
}

/* A quoted text at *text; moves *text behind it. @return NULL: it is none. */
static const char *parse_quoted(struct arena *arena, const char **text)
{
    struct strbuf out = STRBUF(arena);
    const char *p = *text;
    char quote = *p;

    if (quote != '\'' && quote != '"')
        return NULL;
    for (p++; *p && *p != quote; p++) {
        if (*p == '\\' && p[1])
            p++;
        strbuf_char(&out, *p);
    }
    if (*p != quote)
        return NULL;
    *text = p + 1;
    return strbuf_string(&out);
}

static bool parse_array(struct arena *arena, const char *text, struct cgroup_property *property)
{
    property->signature = "as";
    property->values = arena_array(arena, strlen(text) / 2 + 1, sizeof *property->values);
    property->count = 0;
    text = skip_blanks(text + 1);
    while (*text != ']') {
        const char *value = parse_quoted(arena, &text);

        if (!value)
            return false;
        property->values[property->count++] = value;
        text = skip_blanks(text);
        if (*text == ',')
            text = skip_blanks(text + 1);
        else if (*text != ']')
            return false;
    }
    return *skip_blanks(text + 1) == '\0';
}

static bool parse_number(struct arena *arena, const char *text, struct cgroup_property *property)
{
    size_t word = strcspn(text, " "), kind = PLAIN;
    bool negative;
    char *end;

    for (size_t i = 0; i < NUMBERS; i++)
        if (strlen(numbers[i].word) == word && strncmp(numbers[i].word, text, word) == 0) {
            kind = i;
            text = skip_blanks(text + word);
            break;
        }
    negative = *text == '-';
    if (!isdigit((unsigned char)text[negative]))
        return false;
    errno = 0;
    if (negative) {
        long long value = strtoll(text, &end, 0);

        if (errno || value < numbers[kind].least)
            return false;
        set_one(arena, property, numbers[kind].signature, arena_format(arena, "%lld", value));
    } else {
        unsigned long long value = strtoull(text, &end, 0);

        if (errno || value > numbers[kind].most)
            return false;
        set_one(arena, property, numbers[kind].signature, arena_format(arena, "%llu", value));
    }
    return *skip_blanks(end) == '\0';
}

/* systemd's own files say TimeoutStopSec=2.5, its D-Bus interface TimeoutStopUSec in microseconds. */
static bool parse_seconds(struct arena *arena, const char *text, struct cgroup_property *property)
{
    uint64_t whole, fraction = 0, unit = 100000;
    size_t word = strcspn(text, " ");
    char *end;

    for (size_t i = 0; i < NUMBERS; i++)
        if (strlen(numbers[i].word) == word && strncmp(numbers[i].word, text, word) == 0)
            text = skip_blanks(text + word);
    if (!isdigit((unsigned char)*text))
        return false;
    errno = 0;
    whole = strtoull(text, &end, 10);
    if (errno || whole > UINT64_MAX / 1000000 - 1)
        return false;
    if (*end == '.')
        for (end++; isdigit((unsigned char)*end); end++, unit /= 10)
            fraction += (uint64_t)(*end - '0') * unit;
    set_one(arena, property, "t", arena_format(arena, "%" PRIu64, whole * 1000000 + fraction));
    return *skip_blanks(end) == '\0';
}

static bool parse_plain(struct arena *arena, const char *text, struct cgroup_property *property)
{
    const char *quoted;

    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        set_one(arena, property, "b", text);
        return true;
    }
    if (*text == '[')
        return parse_array(arena, text, property);
    if (*text != '\'' && *text != '"')
        return parse_number(arena, text, property);
    quoted = parse_quoted(arena, &text);
    if (quoted)
        set_one(arena, property, "s", quoted);
    return quoted && *skip_blanks(text) == '\0';
}

int unit_parse_property(struct arena *arena, const char *name, const char *text,
                        struct cgroup_property *property, struct caisson_error *err)
{
    size_t length = strlen(name);
    bool seconds = length > 3 && strcmp(name + length - 3, "Sec") == 0 && name[length - 4] != 'U';
    const char *trimmed = skip_blanks(text);

    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p))
            length = 0;
    if (length == 0)
        return error_set(err, CAISSON_ERROR_CONFIG, "'%s' is not the name of a systemd property", name);
    *property = (struct cgroup_property){.name = name};
    if (seconds)
        property->name = arena_format(arena, "%.*sUSec", (int)length - 3, name);
    if (seconds ? !parse_seconds(arena, trimmed, property) : !parse_plain(arena, trimmed, property))
        return fail_value(name, text, err);
    return 0;
}
