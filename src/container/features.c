/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The object of the specification's features.md, made from the tables that the code itself works with. Names that
 * are known stand in it whether this kernel has them or not; supportedFlags alone asks the kernel.
 */
#include <caisson/caisson.h>

#include <seccomp.h>
#include <string.h>

#include "base/json.h"
#include "container/criu.h"
#include "plan/mount_options.h"
#include "plan/plan.h"
#include "plan/seccomp_tables.h"
#include "plan/words.h"

/* The oldest version of a configuration that is taken as it is. */
#define OLDEST_OCI_VERSION "1.0.0"

static void add_list(struct json *json, const char *name, const char *const *words, size_t count)
{
    json_array(json, name);
    for (size_t i = 0; i < count; i++)
        json_string(json, NULL, words[i]);
    json_array_end(json);
}

static void add_hooks(struct json *json)
{
    static const char *const hooks[] = {
        "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
    };

    _Static_assert(sizeof hooks / sizeof hooks[0] == PLAN_HOOK_COUNT, "every kind of hook is listed");
    add_list(json, "hooks", hooks, PLAN_HOOK_COUNT);
}

/* Lists what `name` gives for 0, 1, ... until NULL. */
static void add_names(struct json *json, const char *member, const char *(*name)(unsigned i))
{
    json_array(json, member);
    for (unsigned i = 0; name(i); i++)
        json_string(json, NULL, name(i));
    json_array_end(json);
}

static const char *namespace_name(unsigned i)
{
    return i < SPEC_NS_COUNT ? spec_namespace_name(i) : NULL;
}

static const char *action_name(unsigned i)
{
    return i < SPEC_ACT_COUNT ? seccomp_actions[i].name : NULL;
}

static const char *operator_name(unsigned i)
{
    return i < SPEC_CMP_COUNT ? seccomp_operators[i] : NULL;
}

static const char *flag_name(unsigned i)
{
    return i < seccomp_flag_count ? seccomp_flags[i].name : NULL;
}

static void add_capabilities(struct json *json, const struct plan_host *host)
{
    json_array(json, "capabilities");
    for (unsigned i = 0; i <= host->last_capability && spec_capability_name(i); i++)
        json_string(json, NULL, spec_capability_name(i));
    json_array_end(json);
}

/* The systemd driver is known; that its helper is not installed, or no systemd there, is said when it is asked for. */
static void add_cgroup(struct json *json)
{
    json_object(json, "cgroup");
    json_bool(json, "v1", false);
    json_bool(json, "v2", true);
    json_bool(json, "systemd", true);
    json_bool(json, "systemdUser", true);
    json_bool(json, "rdma", true);
    json_object_end(json);
}

static void add_seccomp(struct json *json)
{
    json_object(json, "seccomp");
    json_bool(json, "enabled", true);
    add_names(json, "actions", action_name);
    add_names(json, "operators", operator_name);
    json_array(json, "archs");
    for (unsigned i = 0; seccomp_architecture_name(i); i++)
        if (seccomp_architecture_token(seccomp_architecture_name(i)))
            json_string(json, NULL, seccomp_architecture_name(i));
    json_array_end(json);
    add_names(json, "knownFlags", flag_name);
    json_array(json, "supportedFlags");
    for (unsigned i = 0; i < seccomp_flag_count; i++)
        if (seccomp_flag_available(&seccomp_flags[i]))
            json_string(json, NULL, seccomp_flags[i].name);
    json_array_end(json);
    json_object_end(json);
}

/* {"NAME": {"enabled": ...}}: whether the runtime knows how, not whether this kernel does. */
static void add_enabled(struct json *json, const char *name, bool enabled)
{
    json_object(json, name);
    json_bool(json, "enabled", enabled);
    json_object_end(json);
}

static void add_memory_policy(struct json *json)
{
    json_object(json, "memoryPolicy");
    add_names(json, "modes", words_mempolicy_mode);
    add_names(json, "flags", words_mempolicy_flag);
    json_object_end(json);
}

static void add_linux(struct json *json, const struct plan_host *host)
{
    json_object(json, "linux");
    add_names(json, "namespaces", namespace_name);
    add_capabilities(json, host);
    add_cgroup(json);
    add_seccomp(json);
    add_enabled(json, "apparmor", true);
    add_enabled(json, "selinux", true);
    json_object(json, "intelRdt");
    json_bool(json, "enabled", true);
    json_bool(json, "schemata", true);
    json_bool(json, "monitoring", true);
    json_object_end(json);
    add_memory_policy(json);
    json_object(json, "mountExtensions");
    add_enabled(json, "idmap", true);
    json_object_end(json);
    add_enabled(json, "netDevices", true);
    json_object_end(json);
}

/*
 * docker and podman look at runc's key, which says whether there is a criu; the other is the one that runc and crun
 * share.
 */
static void add_annotations(struct json *json, struct arena *arena)
{
    const struct scmp_version *version = seccomp_version();

    json_object(json, "annotations");
    json_string(json, "io.github.seccomp.libseccomp.version",
                arena_format(arena, "%u.%u.%u", version->major, version->minor, version->micro));
    json_string(json, "org.opencontainers.runc.checkpoint.enabled", criu_find(arena) ? "true" : "false");
    json_object_end(json);
}

int caisson_features(char **json_text, struct caisson_error *err)
{
    /*
     * Annotations of config.json that change what the runtime does, every one that begins so: a caller must not pass
     * on a stranger's. Files of the host are opened for some of "run.oci.", and another gives a seccomp filter; criu
     * executes what a configuration file of its own says.
     */
    static const char *const unsafe[] = {"org.criu.config", "org.systemd.property.", "run.oci."};
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf text = STRBUF(&arena);
    struct json json = {.out = &text};
    struct plan_host host;

    if (plan_host_probe(&host, err) < 0)
        return -1;
    json_object(&json, NULL);
    json_string(&json, "ociVersionMin", OLDEST_OCI_VERSION);
    json_string(&json, "ociVersionMax", CAISSON_OCI_VERSION);
    add_hooks(&json);
    add_names(&json, "mountOptions", mount_options_name);
    add_linux(&json, &host);
    add_annotations(&json, &arena);
    add_list(&json, "potentiallyUnsafeConfigAnnotations", unsafe, sizeof unsafe / sizeof unsafe[0]);
    json_object_end(&json);
    *json_text = strdup(strbuf_string(&text));
    return *json_text ? 0 : error_set(err, CAISSON_ERROR_SYSTEM, "out of memory");
}
