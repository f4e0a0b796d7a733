/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/options.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <caisson/caisson.h>

#include "base/strbuf.h"
#include "cli/quantity.h"
#include "base/suggest.h"

struct parser {
    struct arena *arena;
    const struct option_syntax *syntax;
    char **next;
    char *values;
    struct arguments *arguments;
    struct caisson_error *err;
};

static const struct option no_options[] = {{0}};

/* Every command has these, and reading ends at them. */
static const struct option help_options[] = {
    {.name = "help", .letter = 'h'},
    {.name = "help", .letter = '?'},
    {.name = "usage"},
    {0},
};

static bool option_takes_value(const struct option *option)
{
    return option->kind != OPTION_FLAG && option->kind != OPTION_IGNORED_FLAG;
}

static const struct option *option_by_name(const struct option *table, const char *name, size_t length)
{
    for (; table->name; table++)
        if (strlen(table->name) == length && memcmp(table->name, name, length) == 0)
            return table;
    return NULL;
}

static const struct option *option_by_letter(const struct option *table, char letter)
{
    for (; table->name; table++)
        if (table->letter == letter)
            return table;
    return NULL;
}

bool options_truth(const char *text, bool *value)
{
    static const char *const names[2][4] = {{"0", "f", "false"}, {"1", "t", "true"}};

    for (int truth = 0; truth < 2; truth++)
        for (const char *const *name = names[truth]; *name; name++)
            if (strcasecmp(text, *name) == 0) {
                *value = truth;
                return true;
            }
    return false;
}

bool options_number(const char *text, unsigned *value)
{
    unsigned number = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        unsigned digit = (unsigned)(unsigned char)*text - '0';

        if (digit > 9 || number > (UINT_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *value = number;
    return true;
}

/* ---- values ---- */

static int store_choice(struct parser *parser, const struct option *option, int *member, const char *text)
{
    struct strbuf names = STRBUF(parser->arena);

    for (const struct option_choice *choice = option->choices; choice->name; choice++) {
        if (strcasecmp(choice->name, text) == 0) {
            *member = choice->value;
            return 0;
        }
        if (*choice->name)
            strbuf_format(&names, "%s%s", names.length ? ", " : "", choice->name);
    }
    return error_set(parser->err, CAISSON_ERROR_USAGE,
                     "'%s' is no value of the option '--%s'; it is one of: %s", text, option->name,
                     strbuf_string(&names));
}

static void store_list(struct parser *parser, char ***member, char *text)
{
    size_t count = 0;
    char **list;

    while (*member && (*member)[count])
        count++;
    list = arena_array(parser->arena, count + 2, sizeof *list);
    if (count)
        memcpy(list, *member, count * sizeof *list);
    list[count] = text;
    *member = list;
}

static int store_limit(struct parser *parser, const struct option *option, struct caisson_limit *member,
                       const char *text)
{
    bool bytes = option->kind == OPTION_BYTES;

    member->set = true;
    if (bytes ? quantity_bytes(text, &member->value) : quantity_integer(text, &member->value))
        return 0;
    return error_set(parser->err, CAISSON_ERROR_USAGE, "the option '--%s' takes %s, not '%s'", option->name,
                     bytes ? "an amount of bytes such as 64M or 1.5G, or -1" : "a whole number", text);
}

static int store_duration(struct parser *parser, const struct option *option, unsigned *member,
                          const char *text)
{
    enum { NS_PER_MS = 1000000 };
    int64_t value;

    if (!quantity_duration(text, &value) || value < NS_PER_MS || value / NS_PER_MS > INT_MAX)
        return error_set(parser->err, CAISSON_ERROR_USAGE,
                         "the option '--%s' takes a duration such as 5s, 500ms or 1m30s, not '%s'",
                         option->name, text);
    *member = (unsigned)(value / NS_PER_MS);
    return 0;
}

static int store_value(struct parser *parser, const struct option *option, char *text)
{
    void *member = parser->values + option->offset;

    switch (option->kind) {
    case OPTION_PATH:
        if (!*text)
            return error_set(parser->err, CAISSON_ERROR_USAGE, "the value of the option '--%s' is empty",
                             option->name);
        *(const char **)member = text;
        return 0;
    case OPTION_TEXT:
        *(const char **)member = text;
        return 0;
    case OPTION_LIST:
        store_list(parser, member, text);
        return 0;
    case OPTION_NUMBER:
        if (!options_number(text, member))
            return error_set(parser->err, CAISSON_ERROR_USAGE, "the option '--%s' takes a number, not '%s'",
                             option->name, text);
        return 0;
    case OPTION_LIMIT:
    case OPTION_BYTES:
        return store_limit(parser, option, member, text);
    case OPTION_DURATION:
        return store_duration(parser, option, member, text);
    case OPTION_CHOICE:
        return store_choice(parser, option, member, text);
    case OPTION_FLAG:
    case OPTION_IGNORED_FLAG:
    case OPTION_IGNORED_VALUE:
        break;
    }
    return 0;
}

/** @param text the value written behind "=", or NULL: then the flag is set. */
static int store_flag(struct parser *parser, const struct option *option, const char *text)
{
    bool value = true;

    if (text && !options_truth(text, &value))
        return error_set(parser->err, CAISSON_ERROR_USAGE, "the option '--%s' is true or false, not '%s'",
                         option->name, text);
    if (option->kind == OPTION_FLAG)
        *(bool *)(parser->values + option->offset) = value;
    return 0;
}

/** Stores an option whose value is `attached`, or the next word when that is NULL. */
static int store(struct parser *parser, const struct option *option, char *attached)
{
    if (!option_takes_value(option))
        return store_flag(parser, option, attached);
    if (!attached) {
        /* podman looks for "requires an argument" */
        if (!*parser->next)
            return error_set(parser->err, CAISSON_ERROR_USAGE, "the option '--%s' requires an argument",
                             option->name);
        attached = *parser->next++;
    }
    return store_value(parser, option, attached);
}

/* ---- words ---- */

static int unknown_option(struct parser *parser, const char *word, size_t length)
{
    const char *name = word;
    struct suggest nearest = {0};

    while (*name == '-')
        name++;
    length -= (size_t)(name - word);
    nearest.text = name;
    nearest.length = length;
    error_set(parser->err, CAISSON_ERROR_USAGE, "unknown option '%.*s'",
              (int)(length + (size_t)(name - word)), word);
    if (parser->syntax->global && option_by_name(parser->syntax->global, name, length))
        return error_hint(parser->err, "'--%.*s' is a global option: write it before the command",
                          (int)length, name);
    for (const struct option *option = parser->syntax->options; option->name; option++)
        suggest_try(&nearest, option->name);
    if (nearest.best)
        error_hint(parser->err, "did you mean '--%s'?", nearest.best);
    return -1;
}

/** A word that is one long option, behind one dash or two; `name` is behind the dashes. */
static int parse_long(struct parser *parser, const struct option *option, char *name, size_t length)
{
    return store(parser, option, name[length] == '=' ? name + length + 1 : NULL);
}

/** A word of one dash and letters: flags, and at most one option with a value, which is the last. */
static int parse_letters(struct parser *parser, char *word)
{
    for (char *letter = word + 1; *letter; letter++) {
        const struct option *option = option_by_letter(parser->syntax->options, *letter);
        char *rest = letter + 1;

        if (!option && option_by_letter(help_options, *letter)) {
            parser->arguments->help = true;
            return 0;
        }
        if (!option)
            return unknown_option(parser, word, strcspn(word, "="));
        if (*rest == '=')
            return store(parser, option, rest + 1);
        if (option_takes_value(option))
            return store(parser, option, *rest ? rest : NULL);
        if (store(parser, option, NULL) < 0)
            return -1;
    }
    return 0;
}

static int parse_option(struct parser *parser, char *word)
{
    bool twice = word[1] == '-';
    char *name = word + (twice ? 2 : 1);
    size_t length = strcspn(name, "=");
    const struct option *option = NULL;

    /* One dash and one letter is the letter, whatever options are called. */
    if (twice || length > 1) {
        option = option_by_name(parser->syntax->options, name, length);
        if (option)
            return parse_long(parser, option, name, length);
        if (option_by_name(help_options, name, length)) {
            parser->arguments->help = true;
            return 0;
        }
    }
    if (twice)
        return unknown_option(parser, word, strcspn(word, "="));
    return parse_letters(parser, word);
}

int options_parse(struct arena *arena, const struct option_syntax *syntax, char **argv, void *values,
                  struct arguments *arguments, struct caisson_error *err)
{
    struct option_syntax rules = *syntax;
    struct parser parser = {
        .arena = arena, .syntax = &rules, .next = argv, .values = values, .arguments = arguments, .err = err};
    bool only_arguments = false;
    size_t words = 0;

    if (!rules.options)
        rules.options = no_options;
    while (argv[words])
        words++;
    *arguments = (struct arguments){.items = arena_array(arena, words + 1, sizeof(char *))};

    while (*parser.next && !arguments->help) {
        char *word = *parser.next++;

        if (only_arguments || word[0] != '-' || word[1] == '\0') {
            arguments->items[arguments->count++] = word;
            if (rules.stop_after && arguments->count >= rules.stop_after)
                only_arguments = true;
        } else if (strcmp(word, "--") == 0) {
            only_arguments = true;
        } else if (parse_option(&parser, word) < 0) {
            return -1;
        }
    }
    return 0;
}
