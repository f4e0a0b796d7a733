/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/criu_message.h"

#include <string.h>

/* How a field's value is written: the low three bits of its key. */
enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

/* Fields of criu_resp and of what it holds. */
enum { RESP_TYPE = 1, RESP_SUCCESS = 2, RESP_RESTORE = 4, RESP_NOTIFY = 5, RESP_ERRNO = 7 };
enum { RESP_FEATURES = 8, RESP_ERRMSG = 9, RESP_VERSION = 10 };
enum { RESTORE_PID = 1 };
enum { NOTIFY_SCRIPT = 1, NOTIFY_PID = 2 };
enum { FEATURES_MEM_TRACK = 1, FEATURES_LAZY_PAGES = 2 };
enum { VERSION_MAJOR = 1, VERSION_MINOR = 2, VERSION_SUBLEVEL = 4 };

/* Seven bits a byte, the lowest first; the top bit says that more follow. */
static void put_varint(struct strbuf *message, uint64_t value)
{
    for (; value > 0x7f; value >>= 7)
        strbuf_char(message, (char)(value | 0x80));
    strbuf_char(message, (char)value);
}

static void put_key(struct strbuf *message, unsigned field, enum wire wire)
{
    put_varint(message, (uint64_t)field << 3 | wire);
}

static void put_bytes(struct strbuf *message, unsigned field, const void *bytes, size_t length)
{
    put_key(message, field, WIRE_BYTES);
    put_varint(message, length);
    strbuf_add(message, bytes, length);
}

void criu_put_number(struct strbuf *message, unsigned field, uint64_t value)
{
    put_key(message, field, WIRE_VARINT);
    put_varint(message, value);
}

void criu_put_flag(struct strbuf *message, unsigned field, bool value)
{
    if (value)
        criu_put_number(message, field, 1);
}

void criu_put_text(struct strbuf *message, unsigned field, const char *text)
{
    if (text)
        put_bytes(message, field, text, strlen(text));
}

void criu_put_message(struct strbuf *message, unsigned field, const struct strbuf *inner)
{
    put_bytes(message, field, strbuf_string(inner), inner->length);
}

void criu_put_pair(struct strbuf *message, unsigned field, const char *one, const char *two)
{
    struct strbuf pair = STRBUF(message->arena);

    criu_put_text(&pair, 1, one);
    criu_put_text(&pair, 2, two);
    criu_put_message(message, field, &pair);
}

void criu_put_inherit_fd(struct strbuf *message, const char *key, int fd)
{
    struct strbuf pair = STRBUF(message->arena);

    criu_put_text(&pair, 1, key);
    criu_put_number(&pair, 2, (uint64_t)fd);
    criu_put_message(message, CRIU_INHERIT_FD, &pair);
}

/* ---- reading ---- */

struct input {
    const unsigned char *next, *end;
};

struct field {
    unsigned number;
    enum wire wire;
    uint64_t value;     /* WIRE_VARINT */
    struct input bytes; /* WIRE_BYTES */
};

static bool read_varint(struct input *input, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && input->next < input->end; shift += 7) {
        unsigned char byte = *input->next++;

        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

static bool skip(struct input *input, uint64_t length)
{
    if (length > (uint64_t)(input->end - input->next))
        return false;
    input->next += length;
    return true;
}

/* @return 1 with a field, 0 at the end, -1 when this is no message. */
static int read_field(struct input *input, struct field *field)
{
    uint64_t key;

    if (input->next == input->end)
        return 0;
    if (!read_varint(input, &key) || key >> 3 > UINT32_MAX)
        return -1;
    field->number = (unsigned)(key >> 3);
    field->wire = key & 7;
    field->value = 0;
    field->bytes = (struct input){0};
    switch (field->wire) {
    case WIRE_VARINT:
        return read_varint(input, &field->value) ? 1 : -1;
    case WIRE_BYTES:
        if (!read_varint(input, &field->value))
            return -1;
        field->bytes.next = input->next;
        if (!skip(input, field->value))
            return -1;
        field->bytes.end = input->next;
        return 1;
    case WIRE_64:
        return skip(input, 8) ? 1 : -1;
    case WIRE_32:
        return skip(input, 4) ? 1 : -1;
    }
    return -1;
}

/* @return a field's number in a message of numbers; 0 without it. */
static uint64_t number_in(struct input message, unsigned number)
{
    struct field field;
    uint64_t value = 0;

    while (read_field(&message, &field) > 0)
        if (field.number == number && field.wire == WIRE_VARINT)
            value = field.value;
    return value;
}

static const char *text_of(struct arena *arena, const struct field *field)
{
    return arena_copy(arena, (const char *)field->bytes.next, (size_t)(field->bytes.end - field->bytes.next));
}

static const char *text_in(struct arena *arena, struct input message, unsigned number)
{
    struct field field;
    const char *text = NULL;

    while (read_field(&message, &field) > 0)
        if (field.number == number && field.wire == WIRE_BYTES)
            text = text_of(arena, &field);
    return text;
}

static unsigned version_in(struct input message)
{
    return (unsigned)(number_in(message, VERSION_MAJOR) * 10000 + number_in(message, VERSION_MINOR) * 100 +
                      number_in(message, VERSION_SUBLEVEL));
}

static void read_message(struct arena *arena, const struct field *field, struct criu_response *response)
{
    switch (field->number) {
    case RESP_RESTORE:
        response->pid = (pid_t)number_in(field->bytes, RESTORE_PID);
        break;
    case RESP_NOTIFY:
        response->script = text_in(arena, field->bytes, NOTIFY_SCRIPT);
        response->pid = (pid_t)number_in(field->bytes, NOTIFY_PID);
        break;
    case RESP_FEATURES:
        response->mem_track = number_in(field->bytes, FEATURES_MEM_TRACK);
        response->lazy_pages = number_in(field->bytes, FEATURES_LAZY_PAGES);
        break;
    case RESP_ERRMSG:
        response->message = text_of(arena, field);
        break;
    case RESP_VERSION:
        response->version = version_in(field->bytes);
        break;
    default:
        break;
    }
}

bool criu_read_response(struct arena *arena, const void *bytes, size_t length, struct criu_response *response)
{
    struct input input = {.next = bytes, .end = (const unsigned char *)bytes + length};
    struct field field;
    int more;

    *response = (struct criu_response){0};
    while ((more = read_field(&input, &field)) > 0) {
        if (field.wire == WIRE_BYTES)
            read_message(arena, &field, response);
        else if (field.wire == WIRE_VARINT && field.number == RESP_TYPE)
            response->type = (unsigned)field.value;
        else if (field.wire == WIRE_VARINT && field.number == RESP_SUCCESS)
            response->success = field.value;
        else if (field.wire == WIRE_VARINT && field.number == RESP_ERRNO)
            response->errnum = (int)field.value;
    }
    return more == 0 && response->type != 0;
}
