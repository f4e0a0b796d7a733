/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "base/words.h"

/* Stands in a string as it is. The NUL does not. */
static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f && c != '"' && c != '\\';
}

/* @return whether all of eight bytes are plain. */
static bool are_plain(const char *text)
{
    uint64_t word = word_at(text);

    return ((word_not_plain(word) | word_find(word, 0x7f)) & EACH_BYTE(0x80)) == 0;
}

/* @return how many bytes of it stand in a string as they are, from the first on. */
static size_t plain_length(const char *text, size_t length)
{
    size_t n = 0;

    while (length - n >= WORD && are_plain(text + n))
        n += WORD;
    while (is_plain(text[n]))
        n++;
    return n;
}

/*
 * A text is UTF-8 (RFC 8259, section 8.1), and a file's name need not be: a byte that is none becomes U+FFFD.
 * @return how many bytes of the text that was
 */
static size_t json_beyond_ascii(struct strbuf *out, const char *text)
{
    size_t length = utf8_length((const unsigned char *)text, 4);

    if (length == 0) {
        strbuf_text(out, "\\ufffd");
        return 1;
    }
    strbuf_add(out, text, length);
    return length;
}

static void json_quote(struct strbuf *out, const char *text)
{
    const char *end = text + strlen(text);

    strbuf_char(out, '"');
    while (*text) {
        size_t plain = plain_length(text, (size_t)(end - text));

        strbuf_add(out, text, plain);
        text += plain;
        if (!*text)
            break;
        if (*text & 0x80) {
            text += json_beyond_ascii(out, text);
            continue;
        }
        switch (*text) {
        case '"':
            strbuf_text(out, "\\\"");
            break;
        case '\\':
            strbuf_text(out, "\\\\");
            break;
        case '\n':
            strbuf_text(out, "\\n");
            break;
        case '\t':
            strbuf_text(out, "\\t");
            break;
        default:
            strbuf_format(out, "\\u%04x", (unsigned)(unsigned char)*text);
        }
        text++;
    }
    strbuf_char(out, '"');
}

static void json_newline(struct json *json)
{
    if (!json->pretty || (json->depth == 0 && !json->comma))
        return;
    strbuf_char(json->out, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        strbuf_text(json->out, "  ");
}

static void json_begin(struct json *json, const char *name)
{
    if (json->comma)
        strbuf_char(json->out, ',');
    if (json->depth > 0)
        json_newline(json);
    if (name) {
        json_quote(json->out, name);
        strbuf_text(json->out, json->pretty ? ": " : ":");
    }
    json->comma = true;
}

static void json_open(struct json *json, const char *name, char bracket)
{
    json_begin(json, name);
    strbuf_char(json->out, bracket);
    json->depth++;
    json->comma = false;
}

static void json_close(struct json *json, char bracket)
{
    bool filled = json->comma;

    json->depth--;
    if (filled)
        json_newline(json);
    strbuf_char(json->out, bracket);
    json->comma = true;
}

void json_object(struct json *json, const char *name)
{
    json_open(json, name, '{');
}

void json_object_end(struct json *json)
{
    json_close(json, '}');
}

void json_array(struct json *json, const char *name)
{
    json_open(json, name, '[');
}

void json_array_end(struct json *json)
{
    json_close(json, ']');
}

void json_string(struct json *json, const char *name, const char *value)
{
    if (!value) {
        json_null(json, name);
        return;
    }
    json_begin(json, name);
    json_quote(json->out, value);
}

void json_u64(struct json *json, const char *name, uint64_t value)
{
    json_begin(json, name);
    strbuf_format(json->out, "%" PRIu64, value);
}

void json_i64(struct json *json, const char *name, int64_t value)
{
    json_begin(json, name);
    strbuf_format(json->out, "%" PRId64, value);
}

void json_bool(struct json *json, const char *name, bool value)
{
    json_begin(json, name);
    strbuf_text(json->out, value ? "true" : "false");
}

void json_null(struct json *json, const char *name)
{
    json_begin(json, name);
    strbuf_text(json->out, "null");
}

void json_raw(struct json *json, const char *name, const char *value)
{
    json_begin(json, name);
    strbuf_text(json->out, value);
}
