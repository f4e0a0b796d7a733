/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line: the parser, what the tables of the commands say, and that the documents say the same. */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/ps_table.h"
#include "cli/signals.h"

struct values {
    const char *bundle;
    const char *label;
    char **env;
    unsigned fds;
    int format;
    bool tty, detach, no_pivot;
};

#define AT(member) offsetof(struct values, member)

static const struct option_choice formats[] = {{"text", 1}, {"json", 2}, {0}};

static const struct option options[] = {
    {"bundle", 'b', OPTION_PATH, AT(bundle), "DIR", "", NULL},
    {"process-label", 0, OPTION_TEXT, AT(label), "LABEL", "", NULL},
    {"env", 'e', OPTION_LIST, AT(env), "ENV", "", NULL},
    {"preserve-fds", 0, OPTION_NUMBER, AT(fds), "N", "", NULL},
    {"format", 'f', OPTION_CHOICE, AT(format), "FORMAT", "", formats},
    {"tty", 't', OPTION_FLAG, AT(tty), NULL, "", NULL},
    {"detach", 'd', OPTION_FLAG, AT(detach), NULL, "", NULL},
    {"no-pivot", 0, OPTION_FLAG, AT(no_pivot), NULL, "", NULL},
    {"no-subreaper", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL, NULL},
    {"criu", 0, OPTION_IGNORED_VALUE, 0, "PATH", NULL, NULL},
    {0},
};

static const struct option globals[] = {{"debug", 0, OPTION_FLAG, 0, NULL, "", NULL}, {0}};

/* One reading of one command line, with what came of it. */
struct reading {
    struct arena arena;
    struct values values;
    struct arguments arguments;
    struct caisson_error err;
    int result;
};

static void read_until(struct reading *reading, unsigned stop_after, const char *const *words)
{
    const struct option_syntax syntax = {.options = options, .global = globals, .stop_after = stop_after};
    char *argv[16] = {0};

    *reading = (struct reading){0};
    for (size_t i = 0; words[i]; i++)
        argv[i] = arena_string(&reading->arena, words[i]);
    reading->result =
        options_parse(&reading->arena, &syntax, argv, &reading->values, &reading->arguments, &reading->err);
}

#define READ_UNTIL(reading, stop_after, ...)                                                                 \
    read_until((reading), (stop_after), (const char *const[]){__VA_ARGS__, NULL})
#define READ(reading, ...) READ_UNTIL(reading, 0, __VA_ARGS__)

#define assert_fails(reading, text)                                                                          \
    do {                                                                                                     \
        assert_int_equal((reading)->result, -1);                                                             \
        assert_int_equal((reading)->err.code, CAISSON_ERROR_USAGE);                                          \
        assert_string_equal((reading)->err.message, (text));                                                 \
        arena_free(&(reading)->arena);                                                                       \
    } while (0)

static void every_spelling_of_a_value(void **state)
{
    static const char *const spellings[][3] = {
        {"--bundle=/b"}, {"--bundle", "/b"}, {"-b", "/b"},      {"-b/b"},
        {"-b=/b"},       {"-bundle=/b"},     {"-bundle", "/b"},
    };
    struct reading reading;

    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        read_until(&reading, 0, spellings[i]);
        assert_int_equal(reading.result, 0);
        assert_string_equal(reading.values.bundle, "/b");
        assert_int_equal(reading.arguments.count, 0);
        arena_free(&reading.arena);
    }
}

static void every_spelling_of_a_flag(void **state)
{
    static const struct {
        const char *words[2];
        bool tty, detach;
    } cases[] = {
        {{"--tty"}, true, false},
        {{"-t"}, true, false},
        {{"-tty"}, true, false},
        {{"-td"}, true, true},
        {{"-dt"}, true, true},
        {{"--tty=true"}, true, false},
        {{"--tty=TRUE"}, true, false},
        {{"--tty=1"}, true, false},
        {{"--tty=false"}, false, false},
        {{"-t=false"}, false, false},
        {{"-dt=false"}, false, true},
        {{"--no-subreaper"}, false, false},
        {{"-no-subreaper"}, false, false},
    };
    struct reading reading;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        read_until(&reading, 0, cases[i].words);
        assert_int_equal(reading.result, 0);
        assert_int_equal(reading.values.tty, cases[i].tty);
        assert_int_equal(reading.values.detach, cases[i].detach);
        arena_free(&reading.arena);
    }
}

static void a_flag_is_taken_back_by_false(void **state)
{
    struct reading reading;

    (void)state;
    READ(&reading, "--tty", "--tty=false");
    assert_int_equal(reading.result, 0);
    assert_false(reading.values.tty);
    arena_free(&reading.arena);
}

static void a_group_may_end_in_a_value(void **state)
{
    struct reading reading;

    (void)state;
    READ(&reading, "-tdeA=B", "-te", "C");
    assert_int_equal(reading.result, 0);
    assert_true(reading.values.tty && reading.values.detach);
    assert_string_equal(reading.values.env[0], "A=B");
    assert_string_equal(reading.values.env[1], "C");
    assert_null(reading.values.env[2]);
    arena_free(&reading.arena);
}

static void options_may_follow_arguments(void **state)
{
    struct reading reading;

    (void)state;
    READ(&reading, "id", "--no-pivot", "-b", "/b");
    assert_int_equal(reading.result, 0);
    assert_true(reading.values.no_pivot);
    assert_string_equal(reading.values.bundle, "/b");
    assert_int_equal(reading.arguments.count, 1);
    assert_string_equal(reading.arguments.items[0], "id");
    assert_null(reading.arguments.items[1]);
    arena_free(&reading.arena);
}

static void after_the_command_all_is_arguments(void **state)
{
    struct reading reading;

    (void)state;
    READ_UNTIL(&reading, 2, "id", "-t", "ls", "--detach", "--", "-b");
    assert_int_equal(reading.result, 0);
    assert_true(reading.values.tty);
    assert_false(reading.values.detach);
    assert_int_equal(reading.arguments.count, 5);
    assert_string_equal(reading.arguments.items[2], "--detach");
    assert_string_equal(reading.arguments.items[3], "--");
    arena_free(&reading.arena);
}

static void two_dashes_end_the_options(void **state)
{
    struct reading reading;

    (void)state;
    READ(&reading, "-t", "--", "--detach", "-");
    assert_int_equal(reading.result, 0);
    assert_false(reading.values.detach);
    assert_int_equal(reading.arguments.count, 2);
    assert_string_equal(reading.arguments.items[0], "--detach");
    arena_free(&reading.arena);
}

static void a_lone_dash_is_an_argument(void **state)
{
    struct reading reading;

    (void)state;
    READ(&reading, "-", "-b", "-");
    assert_int_equal(reading.result, 0);
    assert_string_equal(reading.arguments.items[0], "-");
    assert_string_equal(reading.values.bundle, "-");
    arena_free(&reading.arena);
}

static void a_value_may_look_like_an_option(void **state)
{
    struct reading reading;

    (void)state;
    READ(&reading, "--env", "--tty", "--process-label", "");
    assert_int_equal(reading.result, 0);
    assert_string_equal(reading.values.env[0], "--tty");
    assert_string_equal(reading.values.label, "");
    assert_false(reading.values.tty);
    arena_free(&reading.arena);
}

static void the_last_value_counts_and_a_list_keeps_all(void **state)
{
    struct reading reading;

    (void)state;
    READ(&reading, "-ba", "-bb", "-e1", "-e2", "--env=3");
    assert_int_equal(reading.result, 0);
    assert_string_equal(reading.values.bundle, "b");
    assert_string_equal(reading.values.env[0], "1");
    assert_string_equal(reading.values.env[2], "3");
    assert_null(reading.values.env[3]);
    arena_free(&reading.arena);
}

static void ignored_options_take_their_value(void **state)
{
    struct reading reading;

    (void)state;
    READ(&reading, "--criu", "/usr/sbin/criu", "--no-subreaper", "id");
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.arguments.count, 1);
    assert_string_equal(reading.arguments.items[0], "id");
    arena_free(&reading.arena);
}

static void numbers_and_choices(void **state)
{
    struct reading reading;

    (void)state;
    READ(&reading, "--preserve-fds", "4294967295", "--format=JSON");
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.values.fds, UINT_MAX);
    assert_int_equal(reading.values.format, 2);
    arena_free(&reading.arena);

    READ(&reading, "--preserve-fds=4294967296");
    assert_fails(&reading, "the option '--preserve-fds' takes a number, not '4294967296'");
    READ(&reading, "--preserve-fds=-1");
    assert_fails(&reading, "the option '--preserve-fds' takes a number, not '-1'");
    READ(&reading, "--preserve-fds=1x");
    assert_fails(&reading, "the option '--preserve-fds' takes a number, not '1x'");
    READ(&reading, "--preserve-fds=");
    assert_fails(&reading, "the option '--preserve-fds' takes a number, not ''");
    READ(&reading, "-fxml");
    assert_fails(&reading, "'xml' is no value of the option '--format'; it is one of: text, json");
}

static void wrong_command_lines(void **state)
{
    struct reading reading;

    (void)state;
    READ(&reading, "id", "--bundle"); /* podman looks for "requires an argument" */
    assert_fails(&reading, "the option '--bundle' requires an argument");
    READ(&reading, "-td", "-b");
    assert_fails(&reading, "the option '--bundle' requires an argument");
    READ(&reading, "--bundle=");
    assert_fails(&reading, "the value of the option '--bundle' is empty");
    READ(&reading, "--tty=perhaps");
    assert_fails(&reading, "the option '--tty' is true or false, not 'perhaps'");
    READ(&reading, "-tx");
    assert_fails(&reading, "unknown option '-tx'");
    READ(&reading, "--zzz=value");
    assert_fails(&reading, "unknown option '--zzz'");
    READ(&reading, "---tty");
    assert_fails(&reading, "unknown option '---tty'");
}

static void an_unknown_option_gets_a_hint(void **state)
{
    struct reading reading;

    (void)state;
    READ(&reading, "--bundel", "/b");
    assert_string_equal(reading.err.hint, "did you mean '--bundle'?");
    assert_fails(&reading, "unknown option '--bundel'");
    READ(&reading, "-no-subraper");
    assert_string_equal(reading.err.hint, "did you mean '--no-subreaper'?");
    assert_fails(&reading, "unknown option '-no-subraper'");
    READ(&reading, "--debug");
    assert_string_equal(reading.err.hint, "'--debug' is a global option: write it before the command");
    assert_fails(&reading, "unknown option '--debug'");
    READ(&reading, "--quite-different");
    assert_string_equal(reading.err.hint, "");
    assert_fails(&reading, "unknown option '--quite-different'");
}

static void help_ends_the_reading(void **state)
{
    static const char *const words[][3] = {{"--help", "--zzz"}, {"-h"},     {"-?"}, {"-th"},
                                           {"-help"},           {"--usage"}};
    struct reading reading;

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        read_until(&reading, 0, words[i]);
        assert_int_equal(reading.result, 0);
        assert_true(reading.arguments.help);
        arena_free(&reading.arena);
    }
}

static void signals_by_name_and_number(void **state)
{
    static const struct {
        const char *text;
        int number;
    } cases[] = {
        {"KILL", SIGKILL}, {"SIGKILL", SIGKILL}, {"sigkill", SIGKILL}, {"Term", SIGTERM},   {"9", 9},
        {"0", 0},          {"64", 64},           {"RTMIN", 34},        {"SIGRTMIN+3", 37},  {"rtmin+30", 64},
        {"RTMAX", 64},     {"RTMAX-30", 34},     {"CLD", SIGCHLD},     {"WINCH", SIGWINCH},
    };
    static const char *const wrong[] = {"",         "65",      "-9",      "9x",     "SIG",  "SIGSIGKILL",
                                        "RTMIN+31", "RTMIN-1", "RTMAX+1", "RTMIN+", "NOPE", "4294967305"};
    struct caisson_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int number = -1;

        assert_int_equal(signal_parse(cases[i].text, &number, &err), 0);
        assert_int_equal(number, cases[i].number);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int number = -1;

        assert_int_equal(signal_parse(wrong[i], &number, &err), -1);
        assert_int_equal(err.code, CAISSON_ERROR_USAGE);
        assert_int_equal(number, -1);
    }
}

static void ps_keeps_the_lines_of_the_processes(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    char text[] = "UID    PID PPID CMD\nroot     1    0 init\nroot    12    1 12 sh\nroot   121   12 x\n";
    char without[] = "CMD\ninit\n";
    const pid_t pids[] = {12, 30};
    struct strbuf out = STRBUF(&arena);
    struct caisson_error err;

    (void)state;
    assert_int_equal(ps_filter(text, pids, 2, &out, &err), 0);
    assert_string_equal(strbuf_string(&out), "UID    PID PPID CMD\nroot    12    1 12 sh\n");
    assert_int_equal(ps_filter(without, pids, 2, &out, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_USAGE);
}

/* ---- the tables ---- */

static void commands_stand_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i].command; i++) {
        if (i > 0)
            assert_true(strcmp(commands[i - 1].name, commands[i].command->name) < 0);
        assert_ptr_equal(command_find(commands[i].command->name), commands[i].command);
        assert_true(commands[i].command->minimum <= commands[i].command->maximum);
        assert_true(!commands[i].command->options == (commands[i].command->values_size == 0));
    }
    assert_null(command_find("checkpoints"));
}

static void no_letter_stands_for_two_options(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i].command; i++)
        for (const struct option *a = commands[i].command->options; a && a->name; a++)
            for (const struct option *b = commands[i].command->options; b < a; b++) {
                assert_true(!a->letter || a->letter != b->letter);
                assert_string_not_equal(a->name, b->name);
            }
}

static const char *source_file(struct arena *arena, const char *name)
{
    const char *path = arena_format(arena, "%s/../../%s", TEST_DATA, name);
    const char *text = file_read(arena, AT_FDCWD, path, 1 << 20, NULL, NULL);

    if (!text)
        fail_msg("cannot read %s", path);
    return text;
}

/* Groff's form of an option's name: each dash is written "\-". */
static const char *groff_name(struct arena *arena, const char *name)
{
    struct strbuf text = STRBUF(arena);

    strbuf_text(&text, "\\-\\-");
    for (; *name; name++)
        strbuf_text(&text, *name == '-' ? "\\-" : (char[]){*name, '\0'});
    return strbuf_string(&text);
}

/* Whether a text has a word that is not the beginning of a longer one, as --log is of --log-level. */
static bool has_word(const char *text, const char *word)
{
    static const char more[] = "abcdefghijklmnopqrstuvwxyz-\\";

    while ((text = strstr(text, word))) {
        text += strlen(word);
        if (!*text || !strchr(more, *text) || strncmp(text, "\\f", 2) == 0)
            return true;
    }
    return false;
}

static void check_documents(struct arena *arena, const char *page, const struct option *table)
{
    const char *manual = source_file(arena, page),
               *bash = source_file(arena, "contrib/completions/caisson.bash"),
               *zsh = source_file(arena, "contrib/completions/_caisson");

    for (const struct option *option = table; option && option->name; option++) {
        const char *name = arena_format(arena, "--%s", option->name);

        if (!option->help)
            continue;
        if (!has_word(manual, groff_name(arena, option->name)))
            fail_msg("%s lacks %s", page, name);
        if (!has_word(bash, name))
            fail_msg("the completion for bash lacks %s", name);
        if (!has_word(zsh, name))
            fail_msg("the completion for zsh lacks %s", name);
    }
}

static void every_option_is_documented(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    const char *manual = source_file(&arena, "man/caisson.1");

    (void)state;
    check_documents(&arena, "man/caisson.1", global_options);
    for (size_t i = 0; commands[i].command; i++) {
        check_documents(&arena, arena_format(&arena, "man/caisson-%s.1", commands[i].command->name),
                        commands[i].command->options);
        if (!strstr(manual, arena_format(&arena, "caisson\\-%s", commands[i].command->name)))
            fail_msg("man/caisson.1 lacks the command %s", commands[i].command->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_of_a_value),
        cmocka_unit_test(every_spelling_of_a_flag),
        cmocka_unit_test(a_flag_is_taken_back_by_false),
        cmocka_unit_test(a_group_may_end_in_a_value),
        cmocka_unit_test(options_may_follow_arguments),
        cmocka_unit_test(after_the_command_all_is_arguments),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(a_lone_dash_is_an_argument),
        cmocka_unit_test(a_value_may_look_like_an_option),
        cmocka_unit_test(the_last_value_counts_and_a_list_keeps_all),
        cmocka_unit_test(ignored_options_take_their_value),
        cmocka_unit_test(numbers_and_choices),
        cmocka_unit_test(wrong_command_lines),
        cmocka_unit_test(an_unknown_option_gets_a_hint),
        cmocka_unit_test(help_ends_the_reading),
        cmocka_unit_test(signals_by_name_and_number),
        cmocka_unit_test(ps_keeps_the_lines_of_the_processes),
        cmocka_unit_test(commands_stand_by_name),
        cmocka_unit_test(no_letter_stands_for_two_options),
        cmocka_unit_test(every_option_is_documented),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
