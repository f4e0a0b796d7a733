/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/signals.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "cli/options.h"
#include "base/suggest.h"

enum { RTMIN = 34, RTMAX = 64 };

static const struct {
    const char *name;
    int number;
} signals[] = {
    {"HUP", SIGHUP},   {"INT", SIGINT},       {"QUIT", SIGQUIT},     {"ILL", SIGILL},   {"TRAP", SIGTRAP},
    {"ABRT", SIGABRT}, {"IOT", SIGABRT},      {"BUS", SIGBUS},       {"FPE", SIGFPE},   {"KILL", SIGKILL},
    {"USR1", SIGUSR1}, {"SEGV", SIGSEGV},     {"USR2", SIGUSR2},     {"PIPE", SIGPIPE}, {"ALRM", SIGALRM},
    {"TERM", SIGTERM}, {"STKFLT", SIGSTKFLT}, {"CHLD", SIGCHLD},     {"CLD", SIGCHLD},  {"CONT", SIGCONT},
    {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},     {"TTIN", SIGTTIN},     {"TTOU", SIGTTOU}, {"URG", SIGURG},
    {"XCPU", SIGXCPU}, {"XFSZ", SIGXFSZ},     {"VTALRM", SIGVTALRM}, {"PROF", SIGPROF}, {"WINCH", SIGWINCH},
    {"IO", SIGIO},     {"POLL", SIGIO},       {"PWR", SIGPWR},       {"SYS", SIGSYS},
};

enum { SIGNALS = sizeof signals / sizeof *signals };

/** "RTMIN", "RTMIN+N", "RTMAX", "RTMAX-N". @return the number, or -1. */
static int real_time(const char *name)
{
    bool from_top = strncasecmp(name, "RTMAX", 5) == 0;
    unsigned steps;

    if (!from_top && strncasecmp(name, "RTMIN", 5) != 0)
        return -1;
    name += 5;
    if (!*name)
        return from_top ? RTMAX : RTMIN;
    if (*name != (from_top ? '-' : '+') || !options_number(name + 1, &steps) || steps > RTMAX - RTMIN)
        return -1;
    return from_top ? RTMAX - (int)steps : RTMIN + (int)steps;
}

static int unknown_signal(const char *text, const char *name, struct caisson_error *err)
{
    struct suggest nearest = {.text = name, .length = strlen(name)};

    error_set(err, CAISSON_ERROR_USAGE, "unknown signal '%s'", text);
    error_hint(err, "a signal is a number from 0 to %d, or a name like TERM, SIGKILL or RTMIN+3", RTMAX);
    for (int i = 0; i < SIGNALS; i++)
        suggest_try(&nearest, signals[i].name);
    if (nearest.best)
        error_hint(err, "did you mean '%s'?", nearest.best);
    return -1;
}

int signal_parse(const char *text, int *number, struct caisson_error *err)
{
    const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
    unsigned digits;
    int found = -1;

    if (options_number(text, &digits)) {
        if (digits <= RTMAX)
            found = (int)digits;
    } else {
        found = real_time(name);
        for (int i = 0; i < SIGNALS; i++)
            if (strcasecmp(name, signals[i].name) == 0)
                found = signals[i].number;
    }
    if (found < 0)
        return unknown_signal(text, name, err);
    *number = found;
    return 0;
}
