/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What `exec` reads and writes less than `create`: of the stored configuration the parts that it takes, and an init with
 * the steps that it takes.
 */
#include "data_files.h"
#include "plan_config.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"

#define DIRECTORY TEST_DATA "/configs"

static const struct plan_host host = {
    .capabilities = ~UINT64_C(0) >> 23,
    .bounding = ~UINT64_C(0) >> 23,
    .last_capability = 40,
    .initial_user_namespace = true,
};

static int build(struct arena *arena, const struct spec *spec, struct plan *plan, struct caisson_error *err)
{
    const struct plan_request request = {
        .purpose = PLAN_FOR_EXEC,
        .host = &host,
        .id = "c1",
        .bundle = "/bundle",
        .rootfs = -1,
        .spec = spec,
        .seccomp_receiver = "/run/agent.sock",
    };

    return plan_build(arena, &request, plan, err);
}

/* Both ways to read it lead to the same program, or to the same error. @return whether to a program. */
static bool check(struct arena *arena, const char *name, const char *text, size_t length)
{
    struct caisson_error err = {0}, why = {0};
    const struct spec *whole = spec_parse(arena, name, text, length, NULL, NULL, &err);
    const struct spec *part = spec_parse_for_process(arena, name, text, length, NULL, NULL, &err);
    struct plan expected, plan;

    if (!whole || !part) {
        fail_msg("%s", err.message);
        return false;
    }
    assert_int_equal(part->mounts.count, 0);
    assert_null(part->linux_->resources);
    assert_int_equal(part->linux_->masked_paths.count, 0);
    if (build(arena, whole, &expected, &why) < 0) {
        assert_int_equal(build(arena, part, &plan, &err), -1);
        assert_string_equal(err.message, why.message);
        return false;
    }
    if (build(arena, part, &plan, &err) < 0)
        fail_msg("%s: %s", name, err.message);
    assert_int_equal(plan.program_size, expected.program_size);
    assert_memory_equal(plan.program, expected.program, plan.program_size);
    assert_int_equal(plan.ignored_signals, expected.ignored_signals);
    assert_false(plan.builds_container);
    return true;
}

static bool check_file(const char *name)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    size_t length;
    char *text;

    if (ends_with(name, "-process.json"))
        return false;
    text = file_read(&arena, AT_FDCWD, arena_format(&arena, DIRECTORY "/%s", name), SPEC_SIZE_LIMIT, &length,
                     &err);
    if (!text)
        fail_msg("%s", err.message);
    return check(&arena, name, text, length);
}

static void test_real_configurations(void **state)
{
    (void)state;
    assert_true(each_json_file(DIRECTORY, check_file) > 20);
}

static void check_text(const char *format)
{
    _cleanup_arena_ struct arena arena = {0};
    char *text = arena_string(&arena, format);

    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    assert_true(check(&arena, "config.json", text, strlen(text)));
}

#define PROCESS "'process':{'user':{'uid':0,'gid':0},'cwd':'/tmp','args':['true','mounts','hooks']}"

/* Brackets in strings, names where they name something else, the same in another order and without white space. */
static void test_what_looks_alike(void **state)
{
    (void)state;
    check_text("{'ociVersion':'1.2.0','root':{'path':'r'}," PROCESS "}");
    check_text("{'ociVersion':'1.2.0','mounts':[{'destination':'/"
               "a]}\\\\\\'[{','type':'tmpfs'}],'root':{'path':'r'}," PROCESS "}");
    check_text("{" PROCESS
               ",'mounts' :\n [ ] , 'hooks':{},'linux':{'resources':{},'namespaces':[{'type':'pid'}],"
               "'sysctl':{'kernel.sem':'mounts'}},'ociVersion':'1.2.0','root':{'path':'r'}}");
    check_text("{'ociVersion':'1.2.0','root':{'path':'r'},'annotations':{'mounts':'[','devices':'}'}," PROCESS
               "}");
    check_text("{'ociVersion':'1.2.0','root':{'path':'r'},'mounts':null," PROCESS
               ",'linux':{'resources':null}}");
}

/* What is passed over is not looked into; all else is, with its place in the file. */
static void test_errors(void **state)
{
    static const char wrong[] =
        "{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},\"mounts\":[{\"destination\":7}],\n"
        "\"process\":{\"user\":{\"uid\":-1,\"gid\":0},\"cwd\":\"/\",\"args\":[\"true\"]}}";
    static const char twice[] =
        "{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},\"mounts\":[],\"mounts\":[]}";
    static const char open_end[] = "{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},\"mounts\":[{}";
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};

    (void)state;
    assert_null(spec_parse_for_process(&arena, "c", wrong, sizeof wrong - 1, NULL, NULL, &err));
    if (!strstr(err.message, "c:2:26: /process/user/uid"))
        fail_msg("%s", err.message);
    assert_null(spec_parse_for_process(&arena, "c", twice, sizeof twice - 1, NULL, NULL, &err));
    assert_non_null(strstr(err.message, "/mounts: the member stands twice"));
    assert_null(spec_parse_for_process(&arena, "c", open_end, sizeof open_end - 1, NULL, NULL, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_configurations),
        cmocka_unit_test(test_what_looks_alike),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
