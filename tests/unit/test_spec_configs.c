/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What podman, buildah, containerd, docker and umoci write is read, and nothing of it is unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "data_files.h"

#include "base/file.h"
#include "spec/spec.h"

#define DIRECTORY TEST_DATA "/configs"

/* umoci uses a key of the specification's own namespace that the specification does not have. */
static void notice(void *data, const char *text)
{
    if (strstr(text, "org.opencontainers.image.exposedPorts"))
        return;
    fail_msg("%s: %s", (const char *)data, text);
}

static char *read_config(struct arena *arena, const char *name, size_t *length)
{
    struct caisson_error err;
    char *text =
        file_read(arena, AT_FDCWD, arena_format(arena, DIRECTORY "/%s", name), SPEC_SIZE_LIMIT, length, &err);

    if (!text)
        fail_msg("%s", err.message);
    return text;
}

static const struct spec *read_spec(struct arena *arena, const char *name)
{
    struct caisson_error err;
    size_t length = 0;
    char *text = read_config(arena, name, &length);
    const struct spec *spec = spec_parse(arena, name, text, length, notice, (void *)name, &err);

    if (!spec)
        fail_msg("%s", err.message);
    return spec;
}

static bool check_file(const char *name)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err;
    size_t length = 0;
    char *text;

    if (!ends_with(name, "-process.json")) {
        assert_non_null(read_spec(&arena, name)->linux_);
        return true;
    }
    text = read_config(&arena, name, &length);
    if (!spec_parse_process(&arena, name, text, length, notice, (void *)name, &err))
        fail_msg("%s", err.message);
    return true;
}

static void real_files_are_read(void **state)
{
    (void)state;
    assert_true(each_json_file(DIRECTORY, check_file) >= 52);
}

static void spot_check_podman(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    const struct spec *spec = read_spec(&arena, "podman43-root-limits.json");
    const struct spec_resources *resources = spec->linux_->resources;

    (void)state;
    assert_string_equal(spec->oci_version, "1.0.2-dev");
    assert_string_equal(spec->process->cwd, "/");
    assert_true(spec->process->user.umask.set);
    assert_int_equal(spec->process->user.umask.value, 022);
    assert_true(resources->devices.set);
    assert_false(resources->devices.items[0].allow);
    assert_int_equal(resources->devices.items[0].type, 'a');
    assert_true(resources->memory->limit.set);
    assert_int_equal(spec->linux_->seccomp->default_action, SPEC_ACT_ERRNO);
    assert_int_equal(spec->linux_->seccomp->default_errno_ret.value, 38);
    assert_true(spec->linux_->seccomp->syscalls.count > 10);
    assert_false(spec->linux_->seccomp->flags_set);
    assert_non_null(spec_annotation(spec, "org.opencontainers.image.stopSignal"));
    assert_null(spec_annotation(spec, "org.opencontainers.image"));
}

static void spot_check_docker(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    const struct spec *spec = read_spec(&arena, "docker20-limits.json");

    (void)state;
    assert_int_equal(spec->hooks.prestart.count, 1);
    assert_non_null(spec->linux_->resources->block_io); /* present, and all its members null */
    assert_false(spec->linux_->resources->cpu->realtime_period.set);
    assert_true(spec_new_namespace(spec, SPEC_NS_PID));
    assert_null(spec_namespace(spec, SPEC_NS_USER));
    assert_false(spec_new_namespace(spec, SPEC_NS_USER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_files_are_read),
        cmocka_unit_test(spot_check_podman),
        cmocka_unit_test(spot_check_docker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
