/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strbuf.h"
#include "cli/commands.h"
#include "cli/default_config.h"

struct spec_options {
    const char *bundle;
    const char *file;
    bool rootless;
};

#define AT(member) offsetof(struct spec_options, member)

static const struct option options[] = {
    {"bundle", 'b', OPTION_PATH, AT(bundle), "DIR", "write it in DIR (default: the current directory)", NULL},
    {"file", 'f', OPTION_PATH, AT(file), "FILE", "the file's name (default: config.json)", NULL},
    {"rootless", 0, OPTION_FLAG, AT(rootless), NULL, "for a container that this user runs without privileges",
     NULL},
    {0},
};

static int write_new(const char *bundle, const char *file, const struct strbuf *text,
                     struct caisson_error *err)
{
    _cleanup_close_ int dir = openat(AT_FDCWD, bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_close_ int fd = -1;

    if (dir < 0)
        return error_system(err, errno, "cannot open the bundle '%s'", bundle);
    fd = openat(dir, file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 && errno == EEXIST) {
        error_set(err, CAISSON_ERROR_EXISTS, "'%s' exists already in '%s'", file, bundle);
        return error_hint(err, "remove it, or write another file with --file");
    }
    if (fd < 0)
        return error_system(err, errno, "cannot make '%s' in '%s'", file, bundle);
    if (fd_write_all(fd, strbuf_string(text), text->length) < 0) {
        error_system(err, errno, "cannot write '%s' in '%s'", file, bundle);
        unlinkat(dir, file, 0);
        return -1;
    }
    return 0;
}

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    const struct spec_options *given = values;
    struct strbuf text = STRBUF(cli->arena);

    (void)arguments;
    default_config(&text, given->rootless, geteuid(), getegid());
    return write_new(given->bundle ? given->bundle : ".", given->file ? given->file : "config.json", &text,
                     err);
}

const struct command command_spec = {
    .name = "spec",
    .arguments = "",
    .summary = "Write a config.json to start from.",
    .options = options,
    .values_size = sizeof(struct spec_options),
    .run = run,
};
