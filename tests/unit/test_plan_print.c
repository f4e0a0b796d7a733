/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `caisson plan` for people and for programs, and that nothing of a plan is left out of it. */
#include "plan_sample.h"

#include <yajl/yajl_tree.h>

#include "base/json.h"
#include "plan/fields.h"
#include "plan/print_step.h"
#include "plan/words.h"

/* ---- for people ---- */

/* The beginning of a line and, where not NULL, its end: the JSON pointer behind the spaces. */
static const struct {
    const char *text;
    const char *origin;
} lines[] = {
    {"  rootfs", "/srv/rootfs"},
    {"  namespaces     ipc,user", "/linux/namespaces"},
    {"  uid-map        0 100000 1000, 1000 200000 1\n", NULL},
    {"  gid-map        0 100000 1000\n", NULL},
    {"  setgroups      deny\n", NULL},
    {"  oom-score-adj  -5", "/process/oomScoreAdj"},
    {"  open           namespace /run/netns/blue", NULL},
    {"  open           tree '/srv/my data'  rbind,ro,rslave", "/mounts/1/source"},
    {"  join           network of /run/netns/blue", NULL},
    {"  wait\n", NULL},
    {"  unshare        mount,uts", NULL},
    {"  fork           pid\n", NULL},
    {"  keyring        _ses.c1\n", NULL},
    {"  hostname       box", NULL},
    {"  propagation    / rslave\n", NULL},
    {"  root           /srv/rootfs", NULL},
    {"  mount          tmpfs on /dev  nosuid,strictatime  mode=755,size=65536k", "/mounts/0"},
    {"  mount          '/srv/my data' on /data  rbind,ro,rslave", "/mounts/1"},
    {"  mount          again /data  rw,shared", "/mounts/2"},
    {"  mount          overlay on /over  lowerdir=/a:/b", "/mounts/3"},
    {"  node           /dev/fuse  c 10:229  0666  0:0", NULL},
    {"  link           /dev/fd -> /proc/self/fd\n", NULL},
    {"  console        rows 24  columns 80  bind 1  uid 0  gid 5", NULL},
    {"  hook           /bin/hook: hook 'an arg'  within 2.5 s", "/hooks/createContainer/1"},
    {"  unmount        /old", "/mounts/0/destination"},
    {"  pivot          pivot-root", NULL},
    {"  root-attr      /  ro", NULL},
    {"  sysctl         net/ipv4/ip_forward = 1", NULL},
    {"  mask           /proc/kcore", NULL},
    {"  proc           /proc/self/attr/exec = label", NULL},
    {"  rlimit         RLIMIT_NOFILE  soft 1024  hard unlimited", NULL},
    {"  scheduler      SCHED_BATCH  nice -5", NULL},
    {"  affinity       0-3,7,64  length 16", NULL},
    {"  mempolicy      MPOL_BIND,MPOL_F_STATIC_NODES  0-3  bits 4", NULL},
    {"  cwd            /home/me", NULL},
    {"  credentials    uid 1000  gid 1001  groups 10 20", "/process/user"},
    {"                 bounding, permitted: CAP_CHOWN CAP_KILL\n", NULL},
    {"                 effective, inheritable, ambient: none\n", NULL},
    {"  no-new-privs", "/process/noNewPrivileges"},
    {"  umask          0022", NULL},
    {"  start          socket  keep_fds 2\n", NULL},
    {"  seccomp        1 instructions  log", NULL},
    {"  exec           /bin/sh -c 'echo it'\\''s'  (2 environment variables)", NULL},
};

/* @return the end of the line that begins with `text`, which must stand behind `at`. */
static const char *find_line(struct arena *arena, const char *at, const char *text, const char *origin)
{
    const char *line = at, *end = at;

    for (; *line; line = end + (*end == '\n')) {
        end = line + strcspn(line, "\n");
        if (strncmp(line, text, strcspn(text, "\n")) == 0 &&
            (!strchr(text, '\n') || line[strcspn(text, "\n")] == '\n'))
            break;
    }
    if (!*line)
        fail_msg("no line '%s' in, or none behind the one before, in\n%s", text, at);
    if (origin)
        assert_string_equal(strrchr(arena_copy(arena, line, (size_t)(end - line)), ' ') + 1, origin);
    return end;
}

static void test_text(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf out = STRBUF(&arena);
    const char *at;
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    plan_print_text(&plan, &out);
    at = strbuf_string(&out);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        at = find_line(&arena, at, lines[i].text, lines[i].origin);
}

/* What a configuration says must not reach a terminal as an escape sequence, nor look like another line. */
static void test_quoting(void **state)
{
    static const char *const words[][2] = {
        {"/bin/sh", "/bin/sh"},    {"", "''"},
        {"a b", "'a b'"},          {"it's", "'it'\\''s'"},
        {"$HOME", "'$HOME'"},      {"~", "'~'"},
        {"\x1b[2J", "'\\x1b[2J'"}, {"a\nb", "'a\\x0ab'"},
        {"\x7f", "'\\x7f'"},       {"\xc3\xa4", "'\xc3\xa4'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        _cleanup_arena_ struct arena arena = {0};
        struct strbuf out = STRBUF(&arena);

        print_quoted(&out, words[i][0]);
        assert_string_equal(strbuf_string(&out), words[i][1]);
    }
}

/* ---- for programs ---- */

static yajl_val print_json(struct arena *arena, struct plan *plan)
{
    struct strbuf out = STRBUF(arena);
    struct json json = {.out = &out};
    char problem[256] = "";
    yajl_val tree;

    plan_sample(arena, plan);
    json_object(&json, NULL);
    plan_print_json(plan, &json);
    json_object_end(&json);
    tree = yajl_tree_parse(strbuf_string(&out), problem, sizeof problem);
    if (!tree)
        fail_msg("%s", problem);
    return tree;
}

static yajl_val find_step(yajl_val tree, const char *op, unsigned n)
{
    const char *steps[] = {"steps", NULL}, *name[] = {"op", NULL};
    yajl_val array = yajl_tree_get(tree, steps, yajl_t_array);

    for (size_t i = 0; array && i < array->u.array.len; i++) {
        yajl_val step = array->u.array.values[i];

        yajl_val found = yajl_tree_get(step, name, yajl_t_string);

        if (found && strcmp(found->u.string, op) == 0 && n-- == 0)
            return step;
    }
    fail_msg("no step %s", op);
    return NULL;
}

/* @return a member as text: arrays with commas, an object of a pair as key=value. */
static void add_value(struct strbuf *out, yajl_val value)
{
    if (YAJL_IS_STRING(value)) {
        strbuf_text(out, YAJL_GET_STRING(value));
    } else if (YAJL_IS_NUMBER(value)) {
        strbuf_text(out, YAJL_GET_NUMBER(value));
    } else if (YAJL_IS_ARRAY(value)) {
        for (size_t i = 0; i < value->u.array.len; i++) {
            strbuf_text(out, i ? "," : "");
            add_value(out, value->u.array.values[i]);
        }
    } else if (YAJL_IS_OBJECT(value)) {
        for (size_t i = 0; i < value->u.object.len; i++) {
            strbuf_text(out, i ? "=" : "");
            add_value(out, value->u.object.values[i]);
        }
    } else {
        strbuf_text(out, YAJL_IS_TRUE(value) ? "true" : YAJL_IS_FALSE(value) ? "false" : "null");
    }
}

static void check_member(struct arena *arena, yajl_val object, const char *name, const char *expected)
{
    const char *path[] = {name, NULL};
    yajl_val value = yajl_tree_get(object, path, yajl_t_any);
    struct strbuf text = STRBUF(arena);

    if (!value && !expected)
        return;
    if (!value)
        fail_msg("no member %s", name);
    add_value(&text, value);
    if (!expected)
        fail_msg("%s is %s", name, strbuf_string(&text));
    assert_string_equal(strbuf_string(&text), expected);
}

static const struct {
    const char *op;
    unsigned n;
    const char *name;
    const char *value;
} members[] = {
    {"join", 0, "types", "network"},
    {"join", 0, "path", "/run/netns/blue"},
    {"join", 0, "origin", "/linux/namespaces/0/path"},
    {"join", 0, "fd", NULL},
    {"wait", 0, "origin", NULL},
    {"mount", 0, "kind", "new"},
    {"mount", 0, "type", "tmpfs"},
    {"mount", 0, "parameters", "mode=755,size=65536k"},
    {"mount", 0, "attr_set", "nosuid,strictatime"},
    {"mount", 0, "attr_clear", "atime"},
    {"mount", 0, "propagation", NULL},
    {"mount", 2, "kind", "remount"},
    {"mount", 2, "attr_clear", "rw"},
    {"mount", 2, "propagation", "shared"},
    {"mount", 3, "data", "lowerdir=/a:/b"},
    {"mount", 3, "classic_flags", "4"},
    {"node", 0, "mode", "8630"},
    {"node", 0, "minor", "229"},
    {"console", 0, "bind", "true"},
    {"hook", 0, "args", "hook,an arg"},
    {"hook", 0, "env", "A=b"},
    {"hook", 0, "timeout_ms", "2500"},
    {"rlimit", 0, "resource", "RLIMIT_NOFILE"},
    {"rlimit", 0, "hard", "18446744073709551615"},
    {"scheduler", 0, "nice", "-5"},
    {"affinity", 0, "mask", "0-3,7,64"},
    {"mempolicy", 0, "mode", "MPOL_BIND,MPOL_F_STATIC_NODES"},
    {"mempolicy", 0, "nodes", "0-3"},
    {"credentials", 0, "groups", "10,20"},
    {"credentials", 0, "permitted", "CAP_CHOWN,CAP_KILL"},
    {"credentials", 0, "effective", ""},
    {"start", 0, "how", "socket"},
    {"seccomp", 0, "count", "1"},
    {"seccomp", 0, "flags", "log"},
    {"exec", 0, "args", "/bin/sh,-c,echo it's"},
    {"exec", 0, "listen_pid", "LISTEN_PID=0123456789"},
};

static void test_json(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    const char *runtime_path[] = {"runtime", NULL}, *slots_path[] = {"slots", NULL};
    struct plan plan;
    yajl_val tree = print_json(&arena, &plan), runtime, slots;

    (void)state;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        check_member(&arena, find_step(tree, members[i].op, members[i].n), members[i].name, members[i].value);
    runtime = yajl_tree_get(tree, runtime_path, yajl_t_object);
    check_member(&arena, runtime, "clone_flags", "ipc,user");
    check_member(&arena, runtime, "uid_map", "0 100000 1000\n1000 200000 1\n");
    check_member(&arena, runtime, "deny_setgroups", "true");
    check_member(&arena, runtime, "listener_path", NULL);
    slots = yajl_tree_get(runtime, slots_path, yajl_t_array);
    assert_int_equal(slots->u.array.len, 2);
    check_member(&arena, slots->u.array.values[1], "path", "/srv/my data");
    check_member(&arena, slots->u.array.values[1], "attr_set", "ro");
    check_member(&arena, slots->u.array.values[1], "propagation", "slave");
    check_member(&arena, slots->u.array.values[1], "step",
                 arena_format(&arena, "%u", sample_index(&plan, sample_step(&plan, PLAN_OP_MOUNT, 1))));
    yajl_tree_free(tree);
}

/* ---- the table of members ---- */

/* Bytes that no member owns: padding, and members called reserved. */
static const struct {
    unsigned op;
    size_t offset, size;
} unowned[] = {
    {PLAN_OP_ROOT, offsetof(struct plan_root, path) + sizeof(plan_ref),
     offsetof(struct plan_root, dev) - offsetof(struct plan_root, path) - sizeof(plan_ref)},
    {PLAN_OP_RLIMIT, offsetof(struct plan_rlimit, resource) + 4,
     sizeof(struct plan_rlimit) - offsetof(struct plan_rlimit, resource) - 4},
    {PLAN_OP_CREDENTIALS, offsetof(struct plan_credentials, reserved), sizeof(uint32_t)},
    {PLAN_OP_WAIT, 0, sizeof(struct plan_wait)},
    {PLAN_OP_SESSION, 0, sizeof(struct plan_session)},
    {PLAN_OP_LOOPBACK, 0, sizeof(struct plan_loopback)},
    {PLAN_OP_SYNC, 0, sizeof(struct plan_sync)},
    {PLAN_OP_NO_NEW_PRIVS, 0, sizeof(struct plan_no_new_privs)},
    {PLAN_OP_READY, 0, sizeof(struct plan_ready)},
    {PLAN_OP_SECCOMP, offsetof(struct plan_seccomp, filter), sizeof(plan_ref)},
};

static void test_members_are_complete(void **state)
{
    static const size_t sizes[PLAN_OP_COUNT] = {
#define X(name, body, words) [PLAN_OP_##name] = sizeof(struct body),
        PLAN_OPS(X)
#undef X
    };

    (void)state;
    for (unsigned op = PLAN_OP_NONE + 1; op < PLAN_OP_COUNT; op++) {
        unsigned char owners[256] = {0};

        assert_true(sizes[op] <= sizeof owners);
        for (unsigned i = 0; i < plan_field_count; i++)
            for (size_t at = 0; plan_fields[i].op == op && at < plan_fields[i].size; at++)
                owners[plan_fields[i].at + at]++;
        for (size_t i = 0; i < sizeof unowned / sizeof unowned[0]; i++)
            for (size_t at = 0; unowned[i].op == op && at < unowned[i].size; at++)
                owners[unowned[i].offset + at]++;
        for (size_t at = 0; at < sizes[op]; at++)
            if (owners[at] != 1)
                fail_msg("byte %zu of '%s' belongs to %u members of plan_fields", at, plan_op_name(op),
                         owners[at]);
    }
}

/* Two flags of one bit would be carried out both where one is asked for. */
static void test_flags_are_distinct(void **state)
{
    (void)state;
    for (unsigned i = 0; i < plan_field_count; i++) {
        uint32_t seen = 0;

        if (plan_fields[i].kind != FIELD_FLAGS)
            continue;
        for (const struct field_word *word = plan_fields[i].words; word->word; word++) {
            if (seen & word->value)
                fail_msg("'%s' of '%s' has a bit of another's", word->word, plan_fields[i].name);
            seen |= word->value;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_quoting),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_members_are_complete),
        cmocka_unit_test(test_flags_are_distinct),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
