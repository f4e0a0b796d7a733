/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Times commands in turn: A B C A B C ... What else the machine does then hits all of them alike, and the ratio of
 * two medians means something where the medians alone do not.
 *
 * It is small and linked statically, because a process' peak of memory is never below that of the process that
 * forked it: the kernel hands the mark over at execve(2). That peak is read in a turn of its own, which is not timed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sys/vfork.h"

static const char help[] =
    "usage: turns [-n TURNS] [-t FILE] NAME [-b COMMAND] [-a COMMAND] PROGRAM [ARGUMENT...] [::: NAME ...]\n"
    "  -n TURNS    how often each is run (default: 20), after two turns that do not count\n"
    "  -t FILE     append to FILE a line of tab-separated values for each command\n"
    "  -b COMMAND  what the shell does before each turn of this command, outside of its time\n"
    "  -a COMMAND  the same after each turn\n"
    "Each %d in the commands becomes a number that is new in each turn.\n";

enum { COMMAND_LIMIT = 16, ARGUMENT_LIMIT = 64, ARGUMENT_SIZE = 4096, STDERR_KEPT = 512 };

struct command {
    const char *name, *before, *after;
    char **argv;
    int argc;
    double *wall,
        *cpu; /* milliseconds, one a turn; cpu: user and system, with all children that were waited for */
    long faults;
    long peak; /* KiB; 0: it was not seen */
    int turns, failures;
    char complaint[STDERR_KEPT]; /* the last line on stderr of the first failure */
};

struct turns {
    int count;
    const char *table;
    struct command commands[COMMAND_LIMIT];
    int command_count;
    int output, errors; /* descriptors for the commands' stdout and stderr */
    unsigned number;
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "turns: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (!memory)
        fail("calloc");
    return memory;
}

/* Copies `text` with each %d replaced by the number. */
static void fill_in(const char *text, unsigned number, char result[ARGUMENT_SIZE])
{
    size_t n = 0;

    while (*text && n < ARGUMENT_SIZE - 12) {
        if (text[0] == '%' && text[1] == 'd') {
            n += (size_t)snprintf(result + n, 12, "%u", number);
            text += 2;
        } else {
            result[n++] = *text++;
        }
    }
    result[n] = '\0';
}

static double milliseconds(struct timeval time)
{
    return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static _Noreturn void execute(const struct turns *turns, char **argv, bool traced)
{
    if (dup2(turns->output, STDIN_FILENO) < 0 || dup2(turns->output, STDOUT_FILENO) < 0 ||
        dup2(turns->errors, STDERR_FILENO) < 0)
        _exit(126);
    if (traced)
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    execvp(argv[0], argv);
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

struct execution {
    const struct turns *turns;
    char **argv;
    bool traced;
};

static void execute_turn(void *data)
{
    const struct execution *execution = data;

    execute(execution->turns, execution->argv, execution->traced);
}

static void shell(const struct turns *turns, const char *command)
{
    char text[ARGUMENT_SIZE];
    char *argv[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", text, NULL};
    int status;
    pid_t pid;

    if (!command)
        return;
    fill_in(command, turns->number, text);
    pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0)
        execute(turns, argv, false);
    waitpid(pid, &status, 0);
}

static long read_peak(pid_t pid)
{
    char path[48], line[128];
    long peak = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    file = fopen(path, "re");
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak = strtol(line + 6, NULL, 10);
    fclose(file);
    return peak;
}

/* Waits for a traced child, and looks at it when it is about to end. @return its status */
static int wait_and_look(pid_t pid, long *peak)
{
    const unsigned long options = PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC;
    bool first = true;
    int status;

    while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
        int event = status >> 16, signal = WSTOPSIG(status);

        if (first)
            ptrace(PTRACE_SETOPTIONS, pid, NULL, options);
        if (event == PTRACE_EVENT_EXIT)
            *peak = read_peak(pid);
        /* A stop by an event, or by the first exec, is no signal of the program's. */
        ptrace(PTRACE_CONT, pid, NULL, (unsigned long)(event || first ? 0 : signal));
        first = false;
    }
    return status;
}

static void keep_complaint(const struct turns *turns, struct command *command)
{
    char text[STDERR_KEPT];
    off_t size = lseek(turns->errors, 0, SEEK_END);
    off_t from = size > (off_t)sizeof text - 1 ? size - (off_t)sizeof text + 1 : 0;
    ssize_t n = pread(turns->errors, text, sizeof text - 1, from);
    char *line;

    if (command->failures > 1 || n <= 0)
        return;
    while (n > 0 && text[n - 1] == '\n')
        n--;
    text[n] = '\0';
    line = strrchr(text, '\n');
    memcpy(command->complaint, line ? line + 1 : text, strlen(line ? line + 1 : text) + 1);
}

static void measure(struct command *command, double wall, const struct rusage *usage)
{
    command->cpu[command->turns] = milliseconds(usage->ru_utime) + milliseconds(usage->ru_stime);
    command->wall[command->turns++] = wall;
    command->faults += usage->ru_minflt + usage->ru_majflt;
}

enum kind { LOOK, WARM_UP, TIMED };

static void turn(struct turns *turns, struct command *command, enum kind kind)
{
    static char texts[ARGUMENT_LIMIT][ARGUMENT_SIZE];
    char *argv[ARGUMENT_LIMIT + 1];
    struct execution execution = {.turns = turns, .argv = argv, .traced = kind == LOOK};
    struct clone_args args = {.exit_signal = SIGCHLD};
    struct rusage usage;
    int status = 0;
    double begin;
    pid_t pid;

    turns->number++;
    for (int i = 0; i < command->argc; i++) {
        argv[i] = command->argv[i];
        if (strstr(argv[i], "%d")) {
            fill_in(argv[i], turns->number, texts[i]);
            argv[i] = texts[i];
        }
    }
    argv[command->argc] = NULL;
    shell(turns, command->before);
    if (ftruncate(turns->errors, 0) < 0 || lseek(turns->errors, 0, SEEK_SET) < 0)
        fail("the file for stderr");

    begin = now();
    pid = (pid_t)sys_vfork(&args, execute_turn, &execution);
    if (pid < 0)
        fail("clone3");
    if (kind == LOOK)
        status = wait_and_look(pid, &command->peak);
    else
        wait4(pid, &status, 0, &usage);
    if (kind == TIMED)
        measure(command, now() - begin, &usage);
    if (status != 0) {
        command->failures++;
        keep_complaint(turns, command);
    }
    shell(turns, command->after);
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double percentile(const double *sorted, int count, int percent)
{
    return sorted[(count - 1) * percent / 100];
}

/* What is printed of a command, in this order, in both tables. */
enum column {
    MEDIAN,
    LEAST,
    P90,
    P99,
    CPU,
    FAULTS,
    PEAK,
    FAILED,
    RATIO,
    CPU_RATIO,
    CPU_LEAST,
    CPU_P90,
    CPU_P99,
    COLUMN_COUNT
};

static const struct {
    const char *title;
    int width, digits;
} columns[COLUMN_COUNT] = {
    [MEDIAN] = {"median ms", 10, 3}, [LEAST] = {"min", 9, 3},         [P90] = {"p90", 9, 3},
    [P99] = {"p99", 9, 3},           [CPU] = {"cpu", 9, 3},           [FAULTS] = {"faults", 7, 0},
    [PEAK] = {"peak KiB", 9, 0},     [FAILED] = {"failed", 7, 0},     [RATIO] = {"ratio", 7, 2},
    [CPU_RATIO] = {"of cpu", 7, 2},  [CPU_LEAST] = {"cpu min", 9, 3}, [CPU_P90] = {"cpu p90", 9, 3},
    [CPU_P99] = {"cpu p99", 9, 3},
};

static void evaluate(struct command *c, const double first[COLUMN_COUNT], double result[COLUMN_COUNT])
{
    qsort(c->wall, (size_t)c->turns, sizeof *c->wall, compare);
    qsort(c->cpu, (size_t)c->turns, sizeof *c->cpu, compare);
    result[MEDIAN] = percentile(c->wall, c->turns, 50);
    result[LEAST] = c->wall[0];
    result[P90] = percentile(c->wall, c->turns, 90);
    result[P99] = percentile(c->wall, c->turns, 99);
    result[CPU] = percentile(c->cpu, c->turns, 50);
    result[CPU_LEAST] = c->cpu[0];
    result[CPU_P90] = percentile(c->cpu, c->turns, 90);
    result[CPU_P99] = percentile(c->cpu, c->turns, 99);
    result[FAULTS] = (double)c->faults / c->turns;
    result[PEAK] = (double)c->peak;
    result[FAILED] = c->failures;
    result[RATIO] = result[MEDIAN] / first[MEDIAN];
    result[CPU_RATIO] = result[CPU] / first[CPU];
}

static void print(struct turns *turns)
{
    FILE *table = turns->table ? fopen(turns->table, "ae") : NULL;
    double results[COMMAND_LIMIT][COLUMN_COUNT];

    if (turns->table && !table)
        fail(turns->table);
    printf("%-14s", "");
    for (int i = 0; i < COLUMN_COUNT; i++)
        printf("%*s", columns[i].width, columns[i].title);
    printf("\n");
    for (int c = 0; c < turns->command_count; c++) {
        struct command *command = &turns->commands[c];

        evaluate(command, results[0], results[c]);
        printf("%-14s", command->name);
        for (int i = 0; i < COLUMN_COUNT; i++)
            printf("%*.*f", columns[i].width, columns[i].digits, results[c][i]);
        printf("\n");
        if (command->failures)
            printf("  %s failed: %s\n", command->name, command->complaint);
        if (!table)
            continue;
        fprintf(table, "%s", command->name);
        for (int i = 0; i < COLUMN_COUNT; i++)
            fprintf(table, "\t%.*f", columns[i].digits, results[c][i]);
        fprintf(table, "\n");
    }
    if (table)
        fclose(table);
}

/* Reads one command of the command line; @return where the next one begins. */
static int read_command(struct turns *turns, int argc, char **argv, int at)
{
    struct command *command = &turns->commands[turns->command_count++];

    command->name = argv[at++];
    for (; at + 1 < argc && (strcmp(argv[at], "-b") == 0 || strcmp(argv[at], "-a") == 0); at += 2) {
        if (argv[at][1] == 'b')
            command->before = argv[at + 1];
        else
            command->after = argv[at + 1];
    }
    command->argv = argv + at;
    while (at < argc && strcmp(argv[at], ":::") != 0) {
        at++;
        command->argc++;
    }
    command->wall = allocate((size_t)turns->count, sizeof *command->wall);
    command->cpu = allocate((size_t)turns->count, sizeof *command->cpu);
    return command->argc == 0 || command->argc > ARGUMENT_LIMIT ? -1 : at + 1;
}

static int read_commands(struct turns *turns, int argc, char **argv)
{
    int option, at;

    while ((option = getopt(argc, argv, "+n:t:")) != -1) {
        if (option == 'n')
            turns->count = atoi(optarg);
        else if (option == 't')
            turns->table = optarg;
        else
            return -1;
    }
    if (turns->count < 1 || optind >= argc)
        return -1;
    for (at = optind; at < argc;) {
        if (turns->command_count == COMMAND_LIMIT)
            return -1;
        at = read_command(turns, argc, argv, at);
        if (at < 0)
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static struct turns turns = {.count = 20};
    int failures = 0;

    if (read_commands(&turns, argc, argv) < 0) {
        fprintf(stderr, "%s", help);
        return 2;
    }
    turns.output = open("/dev/null", O_RDWR | O_CLOEXEC);
    turns.errors = memfd_create("stderr", MFD_CLOEXEC);
    if (turns.output < 0 || turns.errors < 0)
        fail("the commands' standard streams");
    /* Two measurements at a time do not get each other's numbers. */
    turns.number = (unsigned)getpid() * 10000U;
    for (int i = -2; i < turns.count; i++)
        for (int j = 0; j < turns.command_count; j++)
            turn(&turns, &turns.commands[j], i == -2 ? LOOK : i == -1 ? WARM_UP : TIMED);
    print(&turns);
    for (int j = 0; j < turns.command_count; j++)
        failures += turns.commands[j].failures;
    return failures ? 1 : 0;
}
