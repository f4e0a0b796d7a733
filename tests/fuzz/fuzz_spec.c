/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any bytes as config.json, process.json and resources.json: yajl and our reader as one thing. The first byte
 * chooses which. Built with -fsanitize=fuzzer it is libFuzzer's; otherwise it reads the files that it is given,
 * as AFL++ and people with a crash in hand want it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Notices and messages are one line of UTF-8 each, whatever the file holds. */
static void check_line(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20)
            abort();
}

static void notice(void *data, const char *text)
{
    (void)data;
    check_line(text);
}

static const struct spec *parse(struct arena *arena, uint8_t which, const char *text, size_t length,
                                const void **result, struct caisson_error *err)
{
    const struct spec *spec = NULL;

    if (which == 'p')
        *result = spec_parse_process(arena, "process.json", text, length, notice, NULL, err);
    else if (which == 'r')
        *result = spec_parse_resources(arena, "resources.json", text, length, notice, NULL, err);
    else
        *result = spec = spec_parse(arena, "config.json", text, length, notice, NULL, err);
    return spec;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    const struct spec *spec;
    const void *result;
    char *text;

    if (size == 0)
        return 0;
    /* A copy of exactly the size, so that a byte read behind it is found. */
    text = malloc(size);
    if (!text)
        abort();
    memcpy(text, data, size);
    spec = parse(&arena, data[0], text + (data[0] != '{'), size - (data[0] != '{'), &result, &err);
    if (!result && (err.code != CAISSON_ERROR_CONFIG || err.line == 0 || err.column == 0))
        abort();
    check_line(err.message);
    if (spec) {
        spec_error(spec, &err, "/linux/resources/memory/limit", "%s", "looked for");
        spec_error(spec, &err, "/mounts/1/options/0", "%s", "looked for");
        check_line(err.message);
    }
    free(text);
    return 0;
}

#ifndef FUZZ_LIBFUZZER
static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t size = 0, got = 1;

    while (file && got > 0) {
        uint8_t *more = realloc(data, size + 65536);

        if (!more)
            abort();
        data = more;
        got = fread(data + size, 1, 65536, file);
        size += got;
    }
    if (!file || ferror(file)) {
        perror(path);
        return 1;
    }
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int i, failed = 0;

    for (i = 1; i < argc; i++)
        failed |= run_file(argv[i]);
    return failed;
}
#endif
