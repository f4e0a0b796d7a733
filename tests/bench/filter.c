/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter PLAN: writes the seccomp filter of a created container (`plan` in its state directory) to stdout, so that
 * the floor loads the same one.
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "plan/format.h"

static int write_filters(const struct plan_header *plan)
{
    const struct plan_step *step = plan_first(plan);

    for (uint32_t i = 0; i < plan->step_count; i++, step = plan_next(step)) {
        const struct plan_seccomp *body = PLAN_BODY(plan_seccomp, step);

        if (step->op == PLAN_OP_SECCOMP)
            return fwrite(plan_text(plan, body->filter), sizeof(struct sock_filter), body->count, stdout) ==
                           body->count
                       ? 0
                       : 1;
    }
    fprintf(stderr, "filter: this container has no seccomp filter\n");
    return 1;
}

int main(int argc, char **argv)
{
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    struct stat st;
    void *plan;

    if (fd < 0 || fstat(fd, &st) < 0) {
        perror("filter: the plan");
        return 1;
    }
    plan = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (plan == MAP_FAILED) {
        perror("filter: the plan");
        return 1;
    }
    return write_filters(plan);
}
