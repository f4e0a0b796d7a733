/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* process.terminal and process.consoleSize. */
#include "plan/builder.h"

/* struct winsize has 16 bits for each. */
static int check_size(struct plan_builder *b, const char *member, uint64_t size, struct caisson_error *err)
{
    if (size <= UINT16_MAX)
        return 0;
    return spec_error(b->spec, err, builder_format(b, "/process/consoleSize/%s", member),
                      "%llu is out of range, expected an integer from 0 to %u for a terminal",
                      (unsigned long long)size, UINT16_MAX);
}

int plan_console(struct plan_builder *b, bool bind, struct caisson_error *err)
{
    const struct spec_process *process = b->process;
    struct plan_console step = {.bind = bind};

    if (!process || !process->terminal.value)
        return 0;
    if (process->console_size.set) {
        if (check_size(b, "height", process->console_size.height, err) < 0 ||
            check_size(b, "width", process->console_size.width, err) < 0)
            return -1;
        step.rows = (uint16_t)process->console_size.height;
        step.columns = (uint16_t)process->console_size.width;
    }
    step.uid = process->user.uid;
    step.gid = process->user.gid;
    builder_step(b, PLAN_OP_CONSOLE, "/process/terminal", &step);
    return 0;
}
