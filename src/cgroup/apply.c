/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing the values: onto a new cgroup, or onto that of a running container, where a failure puts the old ones back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "cgroup/internal.h"
#include "cgroup/unit.h"

/* What to say when the kernel refuses a value, or has no such file. A NULL file or errno 0 is any. */
static const struct {
    const char *file;
    int errnum;
    const char *hint;
} hints[] = {
    {"memory.swap.max", ENOENT, "the kernel does not account swap: boot with swapaccount=1"},
    {"cpu.idle", ENOENT, "Linux 5.15 brought cpu.idle"},
    {"cpu.weight", EINVAL, "a cgroup whose cpu.idle is 1 has no other weight: set cpu.idle to 0 as well"},
    {"cpu.max.burst", EINVAL, "the burst cannot be greater than the quota"},
    {"cpu.max", EINVAL,
     "period: 1000 to 1000000 microseconds; quota: 1000 or more, not less than cpu.max.burst, and "
     "no greater a share than the cgroup above has"},
    {"cpuset.cpus", EINVAL, "a list of processors such as \"0-3,7\", of those that exist"},
    {"cpuset.mems", EINVAL, "a list of memory nodes such as \"0-1\", of those that exist"},
    {"cpuset.cpus", ERANGE, "a list of processors such as \"0-3,7\", of those that exist"},
    {"cpuset.mems", ERANGE, "a list of memory nodes such as \"0-1\", of those that exist"},
    {"io.weight", ENOENT, "the kernel has neither the BFQ scheduler nor CONFIG_BLK_CGROUP_IOCOST"},
    {"io.weight", EOPNOTSUPP,
     "the device has no cost model: its number and enable=1 must be written to io.cost.qos of the root "
     "cgroup"},
    {"io.bfq.weight", EOPNOTSUPP,
     "the device has another scheduler than BFQ: see its queue/scheduler in /sys/block"},
    {"io.max", ENOENT, "the kernel was built without CONFIG_BLK_DEV_THROTTLING"},
    {"rdma.max", EINVAL, "a device's limits are hca_handle and hca_object"},
    {"rdma.max", ENODEV, "the devices that there are stand in /sys/class/infiniband"},
    {NULL, ENODEV, "no block device has that number; limits are for whole disks, not for partitions"},
    {NULL, ENOENT, "this kernel has no such file in a cgroup"},
};

static int fail_write(const struct cgroup_plan *plan, const struct cgroup_write *write, const char *file,
                      const char *value, int errnum, struct caisson_error *err)
{
    if (!err)
        return -1;
    error_system(err, errnum, "%s: cannot write '%s' to %s of the cgroup '%s'", write->origin, value, file,
                 plan->absolute);
    snprintf(err->pointer, sizeof err->pointer, "%s", write->origin);
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].errnum == errnum && (!hints[i].file || strcmp(hints[i].file, file) == 0))
            return error_hint(err, "%s", hints[i].hint);
    return -1;
}

static int put(const struct cgroup_plan *plan, const struct cgroup_write *write, int fd,
               struct caisson_error *err)
{
    if (file_put(fd, write->file, write->value) == 0)
        return 0;
    if (errno != ENOENT || (!write->else_file && !write->may_be_missing))
        return fail_write(plan, write, write->file, write->value, errno, err);
    if (!write->else_file || file_put(fd, write->else_file, write->else_value) == 0)
        return 0;
    if (errno == ENOENT && write->may_be_missing)
        return 0;
    return fail_write(plan, write, write->else_file, write->else_value, errno, err);
}

int cgroup_apply(const struct cgroup_plan *plan, int fd, struct caisson_error *err)
{
    /* systemd rounds what it is told, and does not know all of it: its word comes first. */
    if (plan->unit && unit_set_limits(plan->unit, err) < 0)
        return -1;
    for (size_t i = 0; i < plan->write_count; i++)
        if (put(plan, &plan->writes[i], fd, err) < 0)
            return -1;
    if (plan->unit)
        unit_release(plan->unit);
    return 0;
}

int cgroup_restrict_devices(const struct cgroup_plan *plan, int fd, struct caisson_error *err)
{
    if (!plan->device_program)
        return 0;
    if (device_attach(fd, plan->device_program, plan->device_program_length, err) < 0)
        return error_prefix(err, "cannot restrict the devices of the cgroup '%s'", plan->absolute);
    return 0;
}

/* Files that hold a line a device, and how a device's line says that it has none. */
static const struct {
    const char *file, *reset;
} keyed_files[] = {
    {"io.max", "rbps=max wbps=max riops=max wiops=max"},
    {"io.weight", "default"},
    {"io.bfq.weight", "default"},
    {"io.latency", "target=max"},
    {"rdma.max", "hca_handle=max hca_object=max"},
    {"misc.max", "max"},
    {"dmem.max", "max"},
    {"dmem.low", "0"},
    {"dmem.min", "0"},
};

static const char *reset_word(const char *file)
{
    for (size_t i = 0; i < sizeof keyed_files / sizeof *keyed_files; i++)
        if (strcmp(keyed_files[i].file, file) == 0)
            return keyed_files[i].reset;
    return NULL;
}

static const char *find_line(struct arena *arena, const char *text, const char *key, size_t length)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0 && line[length] == ' ')
            return arena_copy(arena, line, strcspn(line, "\n"));
    }
    return NULL;
}

/* What has to be written to `file` to undo the writing of `value`, from what it holds before. */
static const char *undo_value(struct arena *arena, const char *file, const char *value, const char *before)
{
    const char *reset = reset_word(file);
    size_t key = strcspn(value, " ");
    const char *line;

    if (!reset)
        return *before ? before : "\n";
    if (!value[key]) /* of the whole cgroup, not of a device: "default 100" */
        return arena_copy(arena, before, strcspn(before, "\n"));
    line = find_line(arena, before, value, key);
    return line ? line : arena_format(arena, "%.*s %s", (int)key, value, reset);
}

struct undo {
    const char *file;
    const char *value; /* NULL: nothing was written */
};

static struct undo remember(struct arena *arena, const struct cgroup_write *write, int fd)
{
    const char *file = write->file, *value = write->value;
    const char *before = file_read(arena, fd, file, CGROUP_FILE_LIMIT, NULL, NULL);

    if (!before && write->else_file) {
        file = write->else_file;
        value = write->else_value;
        before = file_read(arena, fd, file, CGROUP_FILE_LIMIT, NULL, NULL);
    }
    return (struct undo){file, before ? undo_value(arena, file, value, before) : NULL};
}

static const char bfq_weights[] = "io.bfq.weight";

/* What that file holds, when the plan writes to it. */
static const char *read_bfq_weights(struct arena *arena, const struct cgroup_plan *plan, int fd)
{
    for (size_t i = 0; i < plan->write_count; i++)
        if (strcmp(plan->writes[i].file, bfq_weights) == 0)
            return file_read(arena, fd, bfq_weights, CGROUP_FILE_LIMIT, NULL, NULL);
    return NULL;
}

/* The kernel forgets the weights of devices when that of all others is written. Puts back those that nobody changed. */
static int keep_device_weights(struct arena *arena, int fd, const char *before, struct caisson_error *err)
{
    const char *now = before ? file_read(arena, fd, bfq_weights, CGROUP_FILE_LIMIT, NULL, NULL) : NULL;
    const char *end = now ? strchr(before, '\n') : NULL;

    for (; end && end[1]; end = strchr(end + 1, '\n')) {
        const char *line = arena_copy(arena, end + 1, strcspn(end + 1, "\n"));

        if (!find_line(arena, now, line, strcspn(line, " ")) && file_put(fd, bfq_weights, line) < 0)
            return error_system(err, errno, "cannot write '%s' to %s again", line, bfq_weights);
    }
    return 0;
}

static int tell_systemd(struct arena *arena, const struct cgroup_unit *unit, int fd,
                        struct caisson_error *err)
{
    struct unit_files files;

    unit_files_keep(arena, fd, &files);
    if (unit_update(unit, err) < 0)
        return -1;
    return unit_files_restore(arena, fd, &files, err);
}

static int write_all(struct arena *arena, const struct cgroup_plan *plan, int fd, const char *weights,
                     struct undo *undo, size_t *done, struct caisson_error *err)
{
    for (*done = 0; *done < plan->write_count; (*done)++) {
        undo[*done] = remember(arena, &plan->writes[*done], fd);
        if (put(plan, &plan->writes[*done], fd, err) < 0)
            return -1;
    }
    if (plan->unit && plan->unit->limits.count > 0 && tell_systemd(arena, plan->unit, fd, err) < 0)
        return -1;
    if (keep_device_weights(arena, fd, weights, err) < 0)
        return -1;
    return cgroup_restrict_devices(plan, fd, err);
}

int cgroup_update(const struct cgroup_plan *plan, int fd, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    struct undo *undo = arena_array(&arena, plan->write_count + 1, sizeof *undo);
    const char *weights;
    size_t done;

    if (cgroup_enable_controllers(plan, fd, err) < 0)
        return -1;
    weights = read_bfq_weights(&arena, plan, fd);
    if (write_all(&arena, plan, fd, weights, undo, &done, err) == 0)
        return 0;
    while (done-- > 0)
        if (undo[done].value && file_put(fd, undo[done].file, undo[done].value) < 0)
            error_hint(err, "%s could not be put back to what it was: %s", undo[done].file,
                       error_text(errno));
    keep_device_weights(&arena, fd, weights, NULL);
    return -1;
}
