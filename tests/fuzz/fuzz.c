/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libFuzzer's entry: which target, and what holds for all of them. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct fuzz_entry *const tables[] = {spec_targets,      plan_targets, cgroup_targets,
                                                  container_targets, cli_targets,  NULL};
static const struct fuzz_entry *chosen;

static const struct fuzz_entry *find(const char *name, bool list)
{
    for (size_t i = 0; tables[i]; i++) {
        for (const struct fuzz_entry *entry = tables[i]; entry->name; entry++) {
            if (list)
                printf("%s\t%s\n", entry->name, entry->what);
            else if (strcmp(entry->name, name) == 0)
                return entry;
        }
    }
    return NULL;
}

/* libFuzzer leaves options alone that begin with two dashes. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char option[] = "--target=";

    for (int i = 1; i < *argc; i++)
        if (strncmp((*argv)[i], option, sizeof option - 1) == 0)
            chosen = find((*argv)[i] + sizeof option - 1, false);
    if (chosen)
        return 0;
    find(NULL, true);
    exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input;

    files_take(data, size, &input);
    chosen->run(&input);
    files_drop(&input);
    return 0;
}

char *fuzz_text(struct arena *arena, const struct input *input)
{
    return arena_copy(arena, input->text, strnlen(input->text, input->length));
}

char *fuzz_line(char **text)
{
    char *line = *text, *end = line ? strchr(line, '\n') : NULL;

    if (end)
        *end = '\0';
    *text = end ? end + 1 : NULL;
    return line;
}

void fuzz_check_line(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20)
            abort();
}

void fuzz_check_error(const struct caisson_error *err)
{
    if (!*err->message)
        abort();
}

void fuzz_check_json(const struct strbuf *text)
{
    yajl_handle parser = yajl_alloc(NULL, NULL, NULL);
    const unsigned char *bytes = (const unsigned char *)strbuf_string(text);

    if (yajl_parse(parser, bytes, text->length) != yajl_status_ok ||
        yajl_complete_parse(parser) != yajl_status_ok) {
        fprintf(stderr, "no JSON: %s\n", yajl_get_error(parser, 1, bytes, text->length));
        abort();
    }
    yajl_free(parser);
}

void fuzz_notice(void *data, const char *text)
{
    (void)data;
    fuzz_check_line(text);
}

const struct spec *fuzz_config(struct arena *arena)
{
    static const char text[] =
        "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"},\"hostname\":\"box\","
        "\"process\":{\"cwd\":\"/\",\"args\":[\"sh\"],\"env\":[\"PATH=/"
        "bin\"],\"user\":{\"uid\":0,\"gid\":0}},"
        "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},"
        "{\"destination\":\"/mnt\",\"source\":\"/tmp\",\"options\":[\"rbind\",\"ro\"]}],"
        "\"hooks\":{\"createContainer\":[{\"path\":\"/bin/true\"}]},"
        "\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"},{\"type\":\"uts\"},"
        "{\"type\":\"network\"}],\"sysctl\":{\"kernel.domainname\":\"x\"},"
        "\"maskedPaths\":[\"/proc/kcore\"],\"devices\":[{\"path\":\"/dev/"
        "x\",\"type\":\"c\",\"major\":1,\"minor\":3}],"
        "\"intelRdt\":{\"closID\":\"a\"}}}";

    return spec_parse(arena, "config.json", text, sizeof text - 1, NULL, NULL, NULL);
}
