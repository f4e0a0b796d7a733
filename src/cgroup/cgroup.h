/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cgroup v2, the only one. First decide (cgroup_decide: files and values, changes nothing), then make, apply,
 * and in the end kill and remove. Everything works on descriptors of cgroup directories.
 */
#ifndef CGROUP_CGROUP_H
#define CGROUP_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <caisson/statistics.h>

#include "base/arena.h"
#include "base/error.h"
#include "spec/spec.h"

struct json;
struct strbuf;
struct bpf_insn;

typedef void cgroup_notice(void *data, const char *text);

enum cgroup_driver { CGROUP_FS, CGROUP_SYSTEMD, CGROUP_NONE };

/* The host's hierarchy, as mountinfo shows it; on a hybrid host the `unified` mount. */
struct cgroup_host {
    const char *mount;       /* where cgroup2 is mounted, "/sys/fs/cgroup" as a rule */
    const char *controllers; /* of its root; NULL: not asked yet, see cgroup_host_controllers() */
    const char *own;         /* the runtime's own cgroup below the mount: "/user.slice/..." */
};

/** Finds the hierarchy. @return 0, or -1 with `err` (CAISSON_ERROR_UNSUPPORTED: no cgroup2 mount). */
int cgroup_host_probe(struct arena *arena, struct cgroup_host *host, struct caisson_error *err);

/**
 * Asked for when a value needs a controller: a container without limits pays nothing for it.
 * @return the controllers of the hierarchy's root: "cpuset cpu io memory pids"; "" when that cannot be read
 */
const char *cgroup_host_controllers(struct arena *arena, const struct cgroup_host *host);

/* One value for one file of the cgroup. */
struct cgroup_write {
    const char *file; /* "memory.max" */
    const char *value;
    const char *controller; /* that must be enabled for the file to exist; NULL: a core file */
    const char *origin;     /* JSON pointer */
    const char *else_file;  /* written in its stead where `file` does not exist, or NULL */
    const char *else_value;
    bool may_be_missing; /* a kernel without the file is no error (swap off, hugetlb.rsvd) */
};

/* A property of a systemd unit, as D-Bus knows it. Arrays have a value an element. */
struct cgroup_property {
    const char *name;      /* "MemoryMax" */
    const char *signature; /* D-Bus type: "t", "as", "ay" */
    const char **values;
    size_t count;
};

struct cgroup_properties {
    struct cgroup_property *items;
    size_t count;
};

/* CGROUP_SYSTEMD: the scope that systemd makes, and with it the cgroup. */
struct cgroup_unit {
    const char *name;                    /* "libpod-1234.scope" */
    const char *slice;                   /* "machine.slice" */
    bool user;                           /* of the user's own systemd */
    struct cgroup_properties properties; /* what the scope is made with */
    struct cgroup_properties limits;     /* what is set when the container is built */
    /* From cgroup_make() to cgroup_apply(): a scope lives while a process is in it, which is a helper then. */
    pid_t helper;
    int helper_input, helper_output;
};

struct cgroup_plan {
    enum cgroup_driver driver;
    const char *mount;        /* of the hierarchy */
    const char *path;         /* below the mount, with a leading slash; "" with CGROUP_NONE */
    const char *absolute;     /* mount and path joined; NULL with CGROUP_NONE */
    const char **controllers; /* needed by the writes, each once, ended by NULL */
    struct cgroup_write *writes;
    size_t write_count;
    const struct bpf_insn *device_program; /* BPF_PROG_TYPE_CGROUP_DEVICE; NULL: no device rules */
    size_t device_program_length;
    struct cgroup_unit *unit; /* CGROUP_SYSTEMD, otherwise NULL */
    const char *delegate_uid; /* decimal host uid that the cgroup is handed to, or NULL */
};

struct cgroup_request {
    enum cgroup_driver driver;
    const struct spec *spec;
    const char *id;
    bool rootless; /* not root of the initial user namespace */
    cgroup_notice *notice;
    void *notice_data;
};

/**
 * Decides where the container's cgroup is and what is written into it: linux.cgroupsPath and linux.resources.
 * Looks at the host, changes nothing.
 * @return 0, or -1 with `err`: a value that cgroup v2 cannot express, a controller that is missing.
 */
int cgroup_decide(struct arena *arena, const struct cgroup_host *host, const struct cgroup_request *request,
                  struct cgroup_plan *plan, struct caisson_error *err);

/**
 * The writes alone, for `update` of a container whose cgroup stands at `absolute`.
 * Sets plan->writes, write_count, controllers and the device program.
 * @param scope whether it is a scope of systemd's (the systemd driver made it), which is then told too
 */
int cgroup_decide_update(struct arena *arena, const struct cgroup_host *host,
                         const struct spec_resources *resources, const char *absolute, bool scope,
                         struct cgroup_plan *plan, struct caisson_error *err);

/**
 * Refuses a cgroup that others are in already, as cgroup_make() does. To be asked before it is written down as the
 * container's: what undoes a container kills what is in its cgroup.
 */
int cgroup_check_free(const struct cgroup_plan *plan, struct caisson_error *err);

/**
 * Makes the cgroup and enables the controllers down the path. What it makes is empty of processes and limits.
 * An existing cgroup is taken when it holds no process and is not frozen; otherwise it is an error:
 * "container's cgroup is not empty", "container's cgroup unexpectedly frozen".
 * @param fd receives an O_PATH-like descriptor (O_DIRECTORY | O_RDONLY) of the cgroup, for CLONE_INTO_CGROUP
 */
int cgroup_make(const struct cgroup_plan *plan, int *fd, struct caisson_error *err);

/**
 * Attaches the device program. Apart from the limits, because it asks nothing of the process in the cgroup: it can
 * be attached while that one still builds the container (the runtime's own allow list lets it make nodes).
 */
int cgroup_restrict_devices(const struct cgroup_plan *plan, int fd, struct caisson_error *err);

/** Writes the limits, in order. */
int cgroup_apply(const struct cgroup_plan *plan, int fd, struct caisson_error *err);

/** The same for a running container: an error puts the values back that were there before. */
int cgroup_update(const struct cgroup_plan *plan, int fd, struct caisson_error *err);

/** @return whether a cgroup can have this name: one component, and none of the kernel's files. */
bool cgroup_is_name(const char *name);

/**
 * Makes a cgroup below the container's, gives it to whom that one is handed over to, and moves a process there. The
 * limits stay above, out of its reach.
 */
int cgroup_move_below(const struct cgroup_plan *plan, int fd, const char *name, pid_t pid,
                      struct caisson_error *err);

/** Opens a cgroup by its absolute path. @return a descriptor, or -1 with `err`. */
int cgroup_open(const char *absolute, struct caisson_error *err);

/** Kills every process of the cgroup and below it (cgroup.kill). */
int cgroup_kill(int fd, struct caisson_error *err);

/** Sends a signal to every process of the cgroup and below it. @return 0, or -1 with `err`. */
int cgroup_signal(int fd, int signal, struct caisson_error *err);

/**
 * Waits on cgroup.events until no process is left.
 * @param timeout_ms then CAISSON_ERROR_TIMEOUT with the pids that are left, their names and states
 */
int cgroup_wait_empty(int fd, int timeout_ms, struct caisson_error *err);

/** Removes the cgroup at this absolute path when nothing is in it. @return whether it is gone now. */
bool cgroup_remove_empty(const char *absolute);

/** Removes the cgroup and those that were made inside of it. One that is gone already is no error. */
int cgroup_remove(const char *absolute, struct caisson_error *err);

/**
 * The same for the cgroup of a scope of systemd's, when it is empty: waits until systemd has seen that and removed it,
 * for one that others remove stays in its list for ever; asks for it when that takes long.
 */
int cgroup_remove_scope(const char *absolute, struct caisson_error *err);

/** Freezes or thaws, and waits until it is so (cgroup.freeze, cgroup.events). */
int cgroup_freeze(int fd, bool freeze, struct caisson_error *err);

/*
 * The directory that the last cgroup stood in, for whoever asks of many: containers' stand side by side, and the walk
 * to the first of them is most of what a question takes.
 */
struct cgroup_near {
    int fd;       /* -1: none yet */
    bool by_path; /* the kernel opens nothing by its number for this user */
    size_t length;
    char path[256];
};

/** @return the number of cgroup.events of the cgroup at this absolute path: no other file of this boot has it; 0: not known. */
uint64_t cgroup_events_number(const char *absolute);

/**
 * Opens cgroup.events of the cgroup at this absolute path.
 * @param number of that file, by which it is opened without a walk where `near` is given and the user may; 0: not known
 * @param near   where it looks first, and where it leaves what it found, for the caller to close; NULL: nowhere
 * @return a descriptor, or -1 with errno: ENOENT when there is no such cgroup
 */
int cgroup_open_events(const char *absolute, uint64_t number, struct cgroup_near *near);

/** @return 1 when the cgroup whose cgroup.events this is is frozen, 0 when not, -1 with errno: ENODEV when it is gone. */
int cgroup_read_frozen(int events);

/**
 * @param dir receives a descriptor of the cgroup, or -1: the caller's to close in any case; NULL: none is wanted
 * @return 1 when the cgroup at this absolute path is frozen, 0 when not, -1 with `err`.
 */
int cgroup_frozen(const char *absolute, int *dir, struct caisson_error *err);

/** Every process of the cgroup and below it, ascending. */
int cgroup_processes(struct arena *arena, int fd, pid_t **pids, size_t *count, struct caisson_error *err);

/**
 * Writes the members of the `data` object of runc's stats event that a cgroup knows: cpu, cpuset, memory, pids, blkio,
 * hugetlb, the pressure (psi) in those that have one. The caller opens and closes the object.
 */
int cgroup_statistics(struct arena *arena, int fd, struct json *json, struct caisson_error *err);

/** The same numbers, and those of the pressure files, typed. Sets every member but time_ns and uptime_ns. */
int cgroup_sample(int fd, struct caisson_statistics *statistics, struct caisson_error *err);

/** Opens memory.events to be woken by its changes (POLLPRI). @return a descriptor, -1 without a memory controller. */
int cgroup_open_memory_events(int fd);

/** @return how many processes were killed for want of memory; -1 when the cgroup is gone. Makes poll(2) wait again. */
int64_t cgroup_read_oom_kills(int events);

/** Opens the cgroup, this one or one below it, that a process is in. @return a descriptor, or -1 with `err`. */
int cgroup_open_of_process(int fd, pid_t pid, struct caisson_error *err);

/** Prints path, files and values for `caisson plan`. */
void cgroup_print_text(const struct cgroup_plan *plan, struct strbuf *out);
void cgroup_print_json(const struct cgroup_plan *plan, struct json *json, const char *name);

#endif
