/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/criu.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/clone.h"
#include "sys/mount.h"
#include "sys/vfork.h"

/*
 * 3.16 brought the options that restore uses (--lsm-mount-context, join-ns for all that can be joined); it knows cgroup
 * v2 and namespaces that are joined by path.
 */
enum { OLDEST_VERSION = 31600, FIRST_FD = 3 };
#define OLDEST_VERSION_TEXT "3.16"

enum { ANSWER_SIZE = 64 * 1024 };

/* Fields of criu_req. */
enum { REQ_TYPE = 1, REQ_OPTS = 2, REQ_NOTIFY_SUCCESS = 3, REQ_KEEP_OPEN = 4, REQ_FEATURES = 5 };

const char *criu_find(struct arena *arena)
{
    const char *path = getenv("PATH");

    if (!path || !*path)
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    for (size_t length; *path; path += length + (path[length] == ':')) {
        const char *file;
        struct stat st;

        length = strcspn(path, ":");
        file = arena_format(arena, "%.*s/criu", (int)length, path);
        if (*file == '/' && stat(file, &st) == 0 && S_ISREG(st.st_mode) && access(file, X_OK) == 0)
            return file;
    }
    return NULL;
}

/* What the child needs between clone3 and exec. It shares the parent's memory, and so can say why it failed. */
struct child {
    const char *path;
    const struct criu_place *place;
    const int
        *fds; /* FIRST_FD ... in criu: the socket, then the place's; all of them have higher numbers here */
    size_t fd_count;
    int null;
    const char *volatile doing; /* what failed, with errnum */
    volatile int errnum;
};

/*
 * What criu mounts and what it finds mounted stays among its own; it goes with its last process. The directory is looked
 * up here: a descriptor from outside is of a mount of another namespace.
 */
static int set_root(const struct criu_place *place)
{
    int target;

    if (sys_mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        return -1;
    target = openat(AT_FDCWD, place->target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return target < 0 ? -1 : sys_move_mount(place->root, target);
}

static void reset_signals(void)
{
    struct sigaction act = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int i = 1; i < NSIG; i++)
        sigaction(i, &act, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

__attribute__((no_sanitize_address)) static void run_child(void *data)
{
    struct child *child = data;
    char *argv[] = {(char *)(uintptr_t) "criu", (char *)(uintptr_t) "swrk", (char *)(uintptr_t) "3", NULL};
    bool ok;

    child->doing = "mount the root filesystem for";
    ok = child->place->root < 0 || set_root(child->place) == 0;
    if (ok)
        child->doing = "execute";
    /* What criu says goes to its log: its streams may be the container's. */
    for (int i = 0; ok && i < FIRST_FD && !child->place->streams; i++)
        ok = dup2(child->null, i) >= 0;
    for (size_t i = 0; ok && i < child->fd_count; i++)
        ok = dup2(child->fds[i], FIRST_FD + (int)i) >= 0;
    ok = ok && syscall(SYS_close_range, FIRST_FD + child->fd_count, ~0U, 0) == 0;
    reset_signals();
    if (ok)
        execve(child->path, argv, environ);
    child->errnum = errno;
    _exit(127);
}

static int spawn(struct criu *criu, struct child *child, struct caisson_error *err)
{
    const struct criu_place *place = child->place;
    struct clone_args args = {
        .flags =
            CLONE_PIDFD | (place->root >= 0 ? CLONE_NEWNS : 0) | (place->cgroup >= 0 ? CLONE_INTO_CGROUP : 0),
        .pidfd = (uintptr_t)&criu->pidfd,
        .exit_signal = SIGCHLD,
        .cgroup = place->cgroup >= 0 ? (unsigned)place->cgroup : 0,
    };
    long pid = sys_vfork(&args, run_child, child);

    if (pid < 0)
        return error_system(err, errno, "cannot make a process for '%s'", child->path);
    criu->pid = (pid_t)pid;
    return child->errnum ? error_system(err, child->errnum, "cannot %s '%s'", child->doing, child->path) : 0;
}

/* Copies with numbers above all that criu gets, so that none is overwritten on the way. */
static int raise_descriptors(const struct criu_place *place, int socket, int *fds)
{
    for (size_t i = 0; i <= place->fd_count; i++) {
        fds[i] = fcntl(i == 0 ? socket : place->fds[i - 1], F_DUPFD_CLOEXEC, 64 + (int)place->fd_count);
        if (fds[i] < 0)
            return -1;
    }
    return 0;
}

static int check_version(struct criu *criu, struct caisson_error *err)
{
    struct criu_response response;

    if (criu_request(criu, CRIU_VERSION, NULL, NULL, NULL, &response, err) < 0)
        return error_prefix(err, "cannot learn the version of criu");
    if (response.version >= OLDEST_VERSION)
        return 0;
    return error_set(err, CAISSON_ERROR_UNSUPPORTED, "criu %u.%u.%u is too old: %s or later is needed",
                     response.version / 10000, response.version / 100 % 100, response.version % 100,
                     OLDEST_VERSION_TEXT);
}

/* With copies of the descriptors, and the other end of criu->socket, that are closed again here. */
static int start_process(struct criu *criu, struct child *child, int *fds, struct caisson_error *err)
{
    const struct criu_place *place = child->place;
    _cleanup_close_ int theirs = -1, null = openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
    int pair[2], result;

    child->null = null;
    if (null < 0)
        return error_system(err, errno, "cannot open '/dev/null'");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return error_system(err, errno, "cannot make a socket for criu");
    criu->socket = pair[0];
    theirs = pair[1];
    if (raise_descriptors(place, theirs, fds) < 0)
        result = error_system(err, errno, "cannot make descriptors for criu");
    else
        result = spawn(criu, child, err);
    for (size_t i = 0; i <= place->fd_count; i++)
        fd_close(fds[i]);
    return result;
}

int criu_start(struct arena *arena, const struct criu_place *place, struct criu *criu,
               struct caisson_error *err)
{
    size_t count = place->fd_count + 1;
    int *fds = arena_array(arena, count, sizeof *fds);
    struct child child = {.path = criu_find(arena), .place = place, .fds = fds, .fd_count = count};

    criu->arena = arena;
    if (!child.path) {
        error_set(err, CAISSON_ERROR_UNSUPPORTED,
                  "there is no criu in PATH, which checkpoint and restore need");
        return error_hint(err, "install criu %s or later", OLDEST_VERSION_TEXT);
    }
    memset(fds, 0xff, count * sizeof *fds); /* -1 each */
    return start_process(criu, &child, fds, err) < 0 ? -1 : check_version(criu, err);
}

static int send_message(struct criu *criu, const struct strbuf *message, struct caisson_error *err)
{
    int room = (int)message->length * 2;
    ssize_t n;

    /* A message is sent whole, and thousands of mounts make a long one. Root may have as much room as it likes. */
    setsockopt(criu->socket, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    do
        n = send(criu->socket, strbuf_string(message), message->length, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        return 0;
    return error_system(err, errno, "cannot speak to criu");
}

/* @return 0, or -1 with `err`. `*fd` is the descriptor beside the message, or -1. */
static int receive(struct criu *criu, struct criu_response *response, int *fd, struct caisson_error *err)
{
    char *bytes = arena_alloc(criu->arena, ANSWER_SIZE);
    ssize_t n = fd_receive(criu->socket, bytes, ANSWER_SIZE, 0, fd);

    if (n < 0 && errno != ECONNRESET)
        return error_system(err, errno, "cannot hear criu");
    if (n <= 0) {
        error_set(err, CAISSON_ERROR_SYSTEM, "criu ended without an answer");
        return error_hint(err, "`criu check` may say why");
    }
    if (!criu_read_response(criu->arena, bytes, (size_t)n, response))
        return error_set(err, CAISSON_ERROR_SYSTEM, "criu sent what is no answer");
    return 0;
}

static int answer_notice(struct criu *criu, bool success, struct caisson_error *err)
{
    struct strbuf message = STRBUF(criu->arena);

    criu_put_number(&message, REQ_TYPE, CRIU_NOTIFY);
    criu_put_number(&message, REQ_NOTIFY_SUCCESS, success);
    return send_message(criu, &message, err);
}

static int failed(const struct criu_response *response, struct caisson_error *err)
{
    if (response->message && *response->message)
        return error_set(err, CAISSON_ERROR_SYSTEM, "criu failed: %s", response->message);
    if (response->errnum > 0)
        return error_system(err, response->errnum, "criu failed");
    return error_set(err, CAISSON_ERROR_SYSTEM, "criu failed");
}

/* Until the answer to the request. What the caller's notice said is why criu failed then. */
static int converse(struct criu *criu, enum criu_request_type type, criu_notice *notice, void *data,
                    struct criu_response *response, struct caisson_error *err)
{
    *response = (struct criu_response){0};
    for (;;) {
        struct caisson_error *why = criu->refused ? NULL : err;
        _cleanup_close_ int fd = -1;

        if (receive(criu, response, &fd, why) < 0)
            return -1;
        if (response->type == CRIU_NOTIFY) {
            const char *script = response->script ? response->script : "";

            if (notice && !criu->refused && notice(data, script, response->pid, &fd, err) < 0)
                criu->refused = true;
            if (answer_notice(criu, !criu->refused, criu->refused ? NULL : err) < 0)
                return -1;
            continue;
        }
        if (criu->refused)
            return -1;
        if (response->type != type || !response->success)
            return failed(response, err);
        return 0;
    }
}

static int request(struct criu *criu, enum criu_request_type type, const struct strbuf *options,
                   const struct strbuf *features, criu_notice *notice, void *data,
                   struct criu_response *response, struct caisson_error *err)
{
    struct strbuf message = STRBUF(criu->arena);

    criu_put_number(&message, REQ_TYPE, type);
    if (options)
        criu_put_message(&message, REQ_OPTS, options);
    /* One that only asks leaves criu there for the next. */
    criu_put_flag(&message, REQ_KEEP_OPEN, !options);
    if (features)
        criu_put_message(&message, REQ_FEATURES, features);
    if (send_message(criu, &message, err) < 0)
        return -1;
    return converse(criu, type, notice, data, response, err);
}

int criu_request(struct criu *criu, enum criu_request_type type, const struct strbuf *options,
                 criu_notice *notice, void *data, struct criu_response *response, struct caisson_error *err)
{
    return request(criu, type, options, NULL, notice, data, response, err);
}

int criu_check_feature(struct criu *criu, bool mem_track, bool lazy_pages, struct caisson_error *err)
{
    enum { MEM_TRACK = 1, LAZY_PAGES = 2 };
    struct strbuf features = STRBUF(criu->arena);
    struct criu_response response;

    criu_put_flag(&features, MEM_TRACK, mem_track);
    criu_put_flag(&features, LAZY_PAGES, lazy_pages);
    if (request(criu, CRIU_FEATURE_CHECK, NULL, &features, NULL, NULL, &response, err) < 0)
        return error_prefix(err, "cannot ask criu what it can do here");
    if (mem_track && !response.mem_track) {
        error_set(err, CAISSON_ERROR_UNSUPPORTED,
                  "memory cannot be tracked here, which a dump before the dump needs");
        return error_hint(err,
                          "the kernel needs CONFIG_MEM_SOFT_DIRTY: `criu check --feature mem_dirty_track`");
    }
    if (lazy_pages && !response.lazy_pages)
        return error_set(err, CAISSON_ERROR_UNSUPPORTED,
                         "pages cannot be handed over later here: it takes userfaultfd(2), and criu to be "
                         "built with it");
    return 0;
}

void criu_end(struct criu *criu)
{
    criu->socket = fd_close(criu->socket);
    if (criu->pid > 0)
        while (waitid(P_PIDFD, (id_t)criu->pidfd, &(siginfo_t){0}, WEXITED) < 0 && errno == EINTR)
            continue;
    criu->pidfd = fd_close(criu->pidfd);
    criu->pid = 0;
}
