/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.namespaces: which are made with the process, which by it, which it joins, and in what order.
 *
 * As a rule the process is born in its new namespaces (one clone3). Two things need more steps:
 * - a user namespace that is joined, or made when others are joined, changes which others it may still join;
 * - a process namespace that is joined holds only children, so the init forks once more. By then it runs its own
 *   sealed program and is not dumpable, so that nobody in there can trace it (CVE-2016-9962).
 */
#include <linux/capability.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/stat.h>

#include "plan/builder.h"

bool plan_has_namespace(const struct plan_builder *b, enum spec_namespace_type type)
{
    return spec_namespace(b->spec, type) != NULL;
}

static bool is_joined(const struct spec_namespace *ns)
{
    return ns->path && *ns->path;
}

bool plan_own_namespace(const struct plan_builder *b, enum spec_namespace_type type)
{
    static const char *const files[SPEC_NS_COUNT] = {
        [SPEC_NS_PID] = "/proc/self/ns/pid",       [SPEC_NS_NETWORK] = "/proc/self/ns/net",
        [SPEC_NS_MOUNT] = "/proc/self/ns/mnt",     [SPEC_NS_IPC] = "/proc/self/ns/ipc",
        [SPEC_NS_UTS] = "/proc/self/ns/uts",       [SPEC_NS_USER] = "/proc/self/ns/user",
        [SPEC_NS_CGROUP] = "/proc/self/ns/cgroup", [SPEC_NS_TIME] = "/proc/self/ns/time",
    };
    const struct spec_namespace *ns = spec_namespace(b->spec, type);
    struct stat joined, runtime;

    if (!ns || !is_joined(ns))
        return ns;
    return stat(ns->path, &joined) < 0 || stat(files[type], &runtime) < 0 ||
           joined.st_dev != runtime.st_dev || joined.st_ino != runtime.st_ino;
}

static void add_join(struct plan_builder *b, size_t index)
{
    const struct spec_namespace *ns = &b->spec->linux_->namespaces.items[index];
    const char *origin = builder_format(b, "/linux/namespaces/%zu/path", index);
    struct plan_join step = {
        .fd = -1,
        .types = (uint32_t)spec_namespace_flag(ns->type),
        .path = builder_text(b, ns->path),
    };
    uint32_t where = builder_step(b, PLAN_OP_JOIN, origin, &step);
    struct plan_slot *slot =
        builder_slot(b, PLAN_SLOT_NAMESPACE, where + offsetof(struct plan_join, fd), ns->path, origin);

    slot->types = step.types;
}

static void add_joins(struct plan_builder *b, bool user)
{
    for (size_t i = 0; i < b->spec->linux_->namespaces.count; i++) {
        const struct spec_namespace *ns = &b->spec->linux_->namespaces.items[i];

        if (is_joined(ns) && (ns->type == SPEC_NS_USER) == user)
            add_join(b, i);
    }
}

static const char *map_text(struct plan_builder *b, const struct spec_id_mappings *mappings, unsigned own_id)
{
    struct strbuf text = STRBUF(b->plan->arena);

    if (mappings->count == 0)
        return builder_format(b, "0 %u 1\n", own_id);
    for (size_t i = 0; i < mappings->count; i++)
        strbuf_format(&text, "%u %u %u\n", mappings->items[i].container_id, mappings->items[i].host_id,
                      mappings->items[i].size);
    return strbuf_string(&text);
}

/* Whether the map is one that its user can write alone. */
static bool maps_own_id(const struct spec_id_mappings *mappings, unsigned own_id)
{
    return mappings->count == 0 ||
           (mappings->count == 1 && mappings->items[0].size == 1 && mappings->items[0].host_id == own_id);
}

static uint32_t first_id(const struct spec_id_mappings *mappings)
{
    if (mappings->count == 0 || plan_host_id(mappings, 0) >= 0)
        return 0;
    return mappings->items[0].container_id;
}

bool plan_host_can(const struct plan_builder *b, unsigned capability)
{
    return b->request->host->capabilities >> capability & 1;
}

bool plan_clones_mounts(const struct plan_builder *b)
{
    return plan_host_can(b, CAP_SYS_ADMIN) && !b->request->host->foreign_mounts;
}

static int decide_maps(struct plan_builder *b, struct caisson_error *err)
{
    const struct spec_linux *config = b->spec->linux_;
    const struct plan_host *host = b->request->host;

    if (host->euid == 0 && (config->uid_mappings.count == 0 || config->gid_mappings.count == 0))
        return spec_error(b->spec, err,
                          config->uid_mappings.count == 0 ? "/linux/uidMappings" : "/linux/gidMappings",
                          "missing: a new user namespace needs at least one mapping");
    b->plan->wait_for_maps = true;
    b->plan->uid_map = map_text(b, &config->uid_mappings, host->euid);
    b->plan->gid_map = map_text(b, &config->gid_mappings, host->egid);
    /*
     * user_namespaces(7): who may not setgroups outside must give it up before mapping the own group. For any
     * other mapping newgidmap(1) decides.
     */
    b->plan->deny_setgroups = !plan_host_can(b, CAP_SETGID) && maps_own_id(&config->gid_mappings, host->egid);
    return 0;
}

static void add_become(struct plan_builder *b)
{
    const struct spec_linux *config = b->spec->linux_;
    struct plan_become step = {.uid = first_id(&config->uid_mappings),
                               .gid = first_id(&config->gid_mappings)};

    builder_step(b, PLAN_OP_BECOME, "/linux/uidMappings", &step);
}

static void add_time(struct plan_builder *b)
{
    const struct spec_linux *config = b->spec->linux_;
    struct strbuf text = STRBUF(b->plan->arena);
    struct plan_time step = {0};

    for (size_t i = 0; i < config->time_offsets.count; i++) {
        const struct spec_time_offset *offset = &config->time_offsets.items[i];

        strbuf_format(&text, "%s %lld %u\n", offset->clock, (long long)offset->secs, offset->nanosecs);
    }
    if (text.length)
        step.offsets = builder_text(b, text.data);
    builder_step(b, PLAN_OP_TIME, "/linux/timeOffsets", &step);
}

static int check_consistency(const struct plan_builder *b, struct caisson_error *err)
{
    const struct spec_linux *config = b->spec->linux_;
    bool maps = config->uid_mappings.count > 0 || config->gid_mappings.count > 0;

    if (maps && !plan_has_namespace(b, SPEC_NS_USER))
        return spec_error(b->spec, err, "/linux/uidMappings",
                          "id mappings without a user namespace in linux.namespaces have no effect");
    if (config->time_offsets.count > 0 && !spec_new_namespace(b->spec, SPEC_NS_TIME))
        return spec_error(b->spec, err, "/linux/timeOffsets",
                          "offsets without a new time namespace in linux.namespaces have no effect");
    if (config->net_devices.count > 0 && !plan_has_namespace(b, SPEC_NS_NETWORK))
        return spec_error(b->spec, err, "/linux/netDevices",
                          "no network namespace in linux.namespaces that the interfaces could be moved to");
    if (!plan_own_namespace(b, SPEC_NS_MOUNT))
        return spec_error(b->spec, err, "/linux/namespaces",
                          "no mount namespace of its own: the container's mounts would change the host's; "
                          "add {\"type\": \"mount\"}");
    return 0;
}

/* What plan_namespaces() goes by. */
struct namespace_case {
    bool new_user, join_user;
    bool stepwise;  /* a user namespace and others that are joined: one clone3 cannot say it */
    uint64_t made;  /* CLONE_NEW* of the new ones */
    uint64_t later; /* of them: those that the process makes itself when the time has come */
};

static struct namespace_case look(const struct plan_builder *b)
{
    const struct spec_linux *config = b->spec->linux_;
    const struct spec_namespace *user = spec_namespace(b->spec, SPEC_NS_USER);
    struct namespace_case c = {
        .new_user = user && !is_joined(user),
        .join_user = user && is_joined(user),
    };

    for (size_t i = 0; i < config->namespaces.count; i++) {
        const struct spec_namespace *ns = &config->namespaces.items[i];

        if (!is_joined(ns))
            c.made |= spec_namespace_flag(ns->type);
        else if (user)
            c.stepwise = true;
    }
    /*
     * A cgroup namespace is rooted where its maker is: it is made after the process has entered its cgroup. The
     * message queues of an ipc namespace belong to its maker: after that has an id in the new user namespace.
     */
    c.later = c.made & (CLONE_NEWCGROUP | CLONE_NEWTIME | (c.new_user ? CLONE_NEWIPC : 0));
    if (c.stepwise)
        c.later = c.made & ~(uint64_t)CLONE_NEWUSER;
    return c;
}

/* Who has rights over the host's namespaces joins those before the user namespace; who has not, after it. */
static void add_all_joins(struct plan_builder *b, const struct namespace_case *c)
{
    bool others_first = plan_host_can(b, CAP_SYS_ADMIN);

    if (c->join_user && !others_first)
        add_joins(b, true);
    add_joins(b, false);
    if (c->join_user && others_first)
        add_joins(b, true);
}

static void add_fork(struct plan_builder *b, uint64_t types)
{
    b->plan->forks = true;
    builder_step(b, PLAN_OP_FORK, "/linux/namespaces", &(struct plan_fork){.types = types});
}

int plan_namespaces(struct plan_builder *b, struct caisson_error *err)
{
    const struct spec_namespace *pid = spec_namespace(b->spec, SPEC_NS_PID);
    struct namespace_case c = look(b);
    uint64_t forked = c.stepwise ? c.made & CLONE_NEWPID : 0, unshared;

    if (check_consistency(b, err) < 0 || (c.new_user && decide_maps(b, err) < 0))
        return -1;
    b->plan->clone_flags = c.stepwise ? 0 : c.made & ~c.later;
    if (c.new_user && !c.stepwise)
        builder_step(b, PLAN_OP_WAIT, "/linux/uidMappings", &(struct plan_wait){0});
    add_all_joins(b, &c);
    if (c.new_user && c.stepwise) {
        builder_step(b, PLAN_OP_UNSHARE, "/linux/namespaces", &(struct plan_unshare){.types = CLONE_NEWUSER});
        builder_step(b, PLAN_OP_WAIT, "/linux/uidMappings", &(struct plan_wait){0});
    }
    if (c.new_user || c.join_user)
        add_become(b);
    unshared = c.later & ~(forked | CLONE_NEWTIME);
    if (unshared)
        builder_step(b, PLAN_OP_UNSHARE, "/linux/namespaces", &(struct plan_unshare){.types = unshared});
    if (c.made & CLONE_NEWTIME)
        add_time(b);
    if (forked || (pid && is_joined(pid)))
        add_fork(b, forked);
    return 0;
}

/*
 * Processes of the container see one that is in their process namespace. A new process has to be; who changes the mounts
 * only for a new procfs, which is that of the namespace of who mounts it.
 */
static bool goes_among_processes(const struct plan_builder *b)
{
    if (b->request->purpose == PLAN_FOR_UNMOUNT)
        return false;
    for (size_t i = 0; b->request->purpose == PLAN_FOR_MOUNT && i < b->spec->mounts.count; i++)
        if (b->spec->mounts.items[i].type && strcmp(b->spec->mounts.items[i].type, "proc") == 0)
            return true;
    return b->request->purpose == PLAN_FOR_EXEC;
}

int plan_join_container(struct plan_builder *b, struct caisson_error *err)
{
    struct plan_join step = {.fd = -1};
    uint32_t where;

    (void)err;
    for (size_t i = 0; i < b->spec->linux_->namespaces.count; i++)
        step.types |= (uint32_t)spec_namespace_flag(b->spec->linux_->namespaces.items[i].type);
    where = builder_step(b, PLAN_OP_JOIN, "/linux/namespaces", &step);
    builder_slot(b, PLAN_SLOT_PROCESS, where + offsetof(struct plan_join, fd), NULL, NULL);
    if (plan_has_namespace(b, SPEC_NS_USER))
        add_become(b);
    if (plan_has_namespace(b, SPEC_NS_PID) && goes_among_processes(b))
        add_fork(b, 0);
    return 0;
}

static int need_uts(const struct plan_builder *b, const char *pointer, struct caisson_error *err)
{
    if (plan_own_namespace(b, SPEC_NS_UTS))
        return 0;
    return spec_error(
        b->spec, err, pointer,
        "without a uts namespace of its own in linux.namespaces it would change the host's name");
}

int plan_names(struct plan_builder *b, struct caisson_error *err)
{
    const struct spec *spec = b->spec;

    if (spec_new_namespace(spec, SPEC_NS_NETWORK))
        builder_step(b, PLAN_OP_LOOPBACK, "/linux/namespaces", &(struct plan_loopback){0});
    if (spec->hostname && *spec->hostname) {
        if (need_uts(b, "/hostname", err) < 0)
            return -1;
        builder_step(b, PLAN_OP_HOSTNAME, "/hostname",
                     &(struct plan_hostname){.name = builder_text(b, spec->hostname)});
    }
    if (spec->domainname && *spec->domainname) {
        if (need_uts(b, "/domainname", err) < 0)
            return -1;
        builder_step(b, PLAN_OP_DOMAINNAME, "/domainname",
                     &(struct plan_hostname){.name = builder_text(b, spec->domainname)});
    }
    return 0;
}
