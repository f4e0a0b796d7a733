/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/print_step.h"

#include <string.h>

#include "plan/words.h"

void print_quoted(struct strbuf *out, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%+,-./:=@_";

    if (*word && !word[strspn(word, plain)]) {
        strbuf_text(out, word);
        return;
    }
    strbuf_char(out, '\'');
    for (; *word; word++) {
        unsigned char c = (unsigned char)*word;

        if (c == '\'')
            strbuf_text(out, "'\\''");
        else if (c < ' ' || c == 0x7f)
            strbuf_format(out, "\\x%02x", c); /* a line feed, or an escape sequence to the terminal */
        else
            strbuf_char(out, *word);
    }
    strbuf_char(out, '\'');
}

void print_option(struct strbuf *out, size_t start, const char *prefix, const char *option)
{
    if (!option || !*option)
        return;
    strbuf_format(out, "%s%s%s", out->length == start ? "  " : ",", prefix, option);
}

void print_attributes(struct strbuf *out, size_t start, const char *prefix, uint64_t set, uint64_t clear)
{
    struct strbuf words = STRBUF(out->arena);
    char *saved = NULL;

    words_attributes(&words, set, clear, ",");
    for (char *word = words.length ? strtok_r(words.data, ",", &saved) : NULL; word;
         word = strtok_r(NULL, ",", &saved))
        print_option(out, start, prefix, word);
}

void print_slot_options(struct strbuf *out, const struct plan_slot *slot)
{
    size_t start = out->length;

    print_option(out, start, "", slot->recursive ? "rbind" : "bind");
    print_attributes(out, start, "r", slot->attr_set_recursive, slot->attr_clear_recursive);
    print_attributes(out, start, "", slot->attr_set, slot->attr_clear);
    print_option(out, start, "r", words_propagation(slot->propagation));
    if (slot->uid_mappings)
        print_option(out, start, "", slot->idmap_recursive ? "ridmap" : "idmap");
}
