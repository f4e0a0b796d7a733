/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass over the bytes before the parser sees them: bounds, UTF-8, escape sequences. */
#include "spec/tree.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/words.h"

enum { PLAIN, QUOTE, OPEN, CLOSE, SEPARATOR, CONTROL, BACKSLASH, HIGH };

static const unsigned char class_of[256] = {
    ['"'] = QUOTE,     ['{'] = OPEN,      ['['] = OPEN,           ['}'] = CLOSE,      [']'] = CLOSE,
    [','] = SEPARATOR, [':'] = SEPARATOR, [0 ... 0x1f] = CONTROL, ['\\'] = BACKSLASH, [0x80 ... 0xff] = HIGH,
};

struct scanner {
    const unsigned char *text;
    size_t length;
    struct scan *scan;
    unsigned depth;
    size_t key;                       /* behind the quote of the string that came last */
    const struct tree_passed *passed; /* or NULL */
    unsigned passing;                 /* the depth in which a value is being passed over; 0: none is */
    uint32_t nodes_before;            /* it */
};

static int defect(struct scanner *s, size_t offset, bool in_string, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static int defect(struct scanner *s, size_t offset, bool in_string, const char *format, ...)
{
    va_list ap;

    s->scan->offset = offset;
    s->scan->in_string = in_string;
    va_start(ap, format);
    vsnprintf(s->scan->defect, sizeof s->scan->defect, format, ap);
    va_end(ap);
    return -1;
}

static int scan_utf8(struct scanner *s, size_t *i, bool in_string)
{
    size_t n = utf8_length(s->text + *i, s->length - *i);

    if (n == 0)
        return defect(s, *i, in_string, "the byte 0x%02x is not valid UTF-8, expected UTF-8 throughout",
                      s->text[*i]);
    *i += n;
    return 0;
}

/* @return the value of four hexadecimal digits, or -1 */
static int hex4(const struct scanner *s, size_t i)
{
    int value = 0;
    size_t end = i + 4;

    if (s->length < end)
        return -1;
    for (; i < end; i++) {
        unsigned char c = s->text[i];

        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value = value * 16 + ((c | 0x20) - 'a') + 10;
        else
            return -1;
    }
    return value;
}

static int scan_unicode_escape(struct scanner *s, size_t *i)
{
    int value = hex4(s, *i + 2), low = -1;

    if (value < 0)
        return defect(s, *i, true, "\\u is not followed by four hexadecimal digits");
    if (value == 0)
        return defect(s, *i, true,
                      "a string contains \\u0000, expected none: the kernel's strings end there");
    if (value >= 0xdc00 && value <= 0xdfff)
        return defect(s, *i, true, "\\u%04x is the second half of a surrogate pair without the first",
                      (unsigned)value);
    if (value >= 0xd800 && value <= 0xdbff) {
        if (s->length - *i >= 12 && s->text[*i + 6] == '\\' && s->text[*i + 7] == 'u')
            low = hex4(s, *i + 8);
        if (low < 0xdc00 || low > 0xdfff)
            return defect(s, *i, true, "\\u%04x is the first half of a surrogate pair without the second",
                          (unsigned)value);
        *i += 6;
    }
    *i += 6;
    return 0;
}

static int scan_escape(struct scanner *s, size_t *i)
{
    unsigned char c;

    if (*i + 1 >= s->length) {
        *i = s->length;
        return 0;
    }
    c = s->text[*i + 1];
    if (c == 'u')
        return scan_unicode_escape(s, i);
    if (c == 0 || !strchr("\"\\/bfnrt", c))
        return defect(s, *i, true, "a backslash stands before %s, expected one of \" \\ / b f n r t u",
                      c > 0x20 && c < 0x7f ? (char[]){'"', (char)c, '"', 0} : "another character");
    *i += 2;
    return 0;
}

/* @return how many bytes stand before the first marked one; on a big-endian processor 0, and the caller goes by bytes. */
static size_t before_mark(uint64_t marks)
{
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? (size_t)__builtin_ctzll(marks) / 8 : 0;
}

/*
 * Most of a text is plain characters in strings and white space between them: eight at a time are passed over, up to
 * the first that is something else.
 */
static size_t plain_words(const struct scanner *s, size_t i)
{
    for (; s->length - i >= WORD; i += WORD) {
        uint64_t other = word_not_plain(word_at(s->text + i)) & EACH_BYTE(0x80);

        if (other)
            return i + before_mark(other);
    }
    return i;
}

static size_t spaces(const struct scanner *s, size_t i)
{
    for (; s->length - i >= WORD; i += WORD) {
        uint64_t other = word_at(s->text + i) ^ EACH_BYTE(' ');

        if (other)
            return i + before_mark(other);
    }
    return i;
}

/* From behind the opening quote to behind the closing one; an open end is the parser's to report. */
static int scan_string(struct scanner *s, size_t *i)
{
    bool escaped = false;

    for (*i = plain_words(s, *i); *i < s->length;) {
        unsigned char c = s->text[*i];

        switch (class_of[c]) {
        case QUOTE:
            *i += 1;
            s->scan->escaped += escaped;
            return 0;
        case BACKSLASH:
            escaped = true;
            if (scan_escape(s, i) < 0)
                return -1;
            break;
        case CONTROL:
            if (c == '\n' || c == '\r')
                return defect(s, *i, true, "a string is not closed at the end of its line, expected \"");
            return defect(s, *i, true, "a string contains the control character 0x%02x, expected \\u%04x", c,
                          c);
        case HIGH:
            if (scan_utf8(s, i, true) < 0)
                return -1;
            break;
        default:
            *i += 1;
        }
    }
    return 0;
}

/* In front of an object or array: is it one of those? */
static void begin_passing(struct scanner *s, size_t i)
{
    const struct tree_passed *passed = s->passed;
    const char *key = (const char *)s->text + s->key;

    while (passed->name &&
           (passed->depth != s->depth || strncmp(key, passed->name, strlen(passed->name)) != 0 ||
            key[strlen(passed->name)] != '"'))
        passed++;
    if (!passed->name || s->scan->passed_count == PASSED_LIMIT)
        return;
    s->passing = s->depth;
    s->nodes_before = s->scan->nodes;
    s->scan->passed[s->scan->passed_count].begin = i;
}

/* Behind one. */
static void end_passing(struct scanner *s, size_t end)
{
    s->passing = 0;
    s->scan->nodes = s->nodes_before + 1;
    s->scan->passed[s->scan->passed_count++].end = end;
}

static int scan_structure(struct scanner *s, size_t i, unsigned char class)
{
    if (class == OPEN && s->passed && !s->passing && s->key)
        begin_passing(s, i);
    if (class == OPEN && ++s->depth > SPEC_DEPTH_LIMIT)
        return defect(s, i, false, "too deep, expected at most %d levels of objects and arrays",
                      SPEC_DEPTH_LIMIT);
    if (class == CLOSE && s->depth > 0 && --s->depth == s->passing && s->passing)
        end_passing(s, i + 1);
    /* A value or key stands at the start, or behind one of { [ , : - so there are no more than these. */
    if (class != CLOSE && ++s->scan->nodes > TREE_NODE_LIMIT)
        return defect(s, i, false, "too many values, expected at most %d", TREE_NODE_LIMIT);
    return 0;
}

static bool is_space(unsigned char c)
{
    return c == '\t' || c == '\n' || c == '\r';
}

int scan_text(const char *text, size_t length, const struct tree_passed *passed, struct scan *scan)
{
    struct scanner s = {
        .text = (const unsigned char *)text, .length = length, .passed = passed, .scan = scan};
    size_t i = 0;

    memset(scan, 0, sizeof *scan);
    scan->nodes = 1;
    while (i < length) {
        unsigned char class = class_of[s.text[i]];

        if (class == QUOTE) {
            s.key = ++i;
            if (scan_string(&s, &i) < 0)
                return -1;
        } else if (class == HIGH) {
            if (scan_utf8(&s, &i, false) < 0)
                return -1;
        } else if (class == CONTROL && !is_space(s.text[i])) {
            /* yajl takes some of these as white space, which they are not (RFC 8259, 2) */
            return defect(&s, i, false, "the control character 0x%02x between values, expected none",
                          s.text[i]);
        } else {
            if ((class == OPEN || class == CLOSE || class == SEPARATOR) && scan_structure(&s, i, class) < 0)
                return -1;
            i = spaces(&s, i + 1);
        }
    }
    return 0;
}

size_t scan_string_end(const char *text, size_t length, size_t offset)
{
    size_t i = offset + 1;

    while (i < length && text[i] != '"')
        i += text[i] == '\\' ? 2 : 1;
    return i < length ? i + 1 : length;
}
