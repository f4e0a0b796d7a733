/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/seccomp_writer.h"

#include <string.h>

enum {
    FAR = 255, /* the longest conditional jump */
    NEAR =
        FAR /
        2 /* an answer that is farther away is given once more, for others may stand between before it is used */
};

/* `jt` and `jf` are how many instructions a jump passes over. */
static size_t put(struct seccomp_writer *w, uint16_t code, uint32_t k, size_t jt, size_t jf)
{
    if (w->count == w->room) {
        size_t room = w->room ? w->room * 2 : 512;
        struct sock_filter *larger = arena_array(w->arena, room, sizeof *larger);

        if (w->count)
            memcpy(larger + room - w->count, w->code, w->count * sizeof *larger);
        w->code = larger;
        w->room = room;
    }
    w->count++;
    w->code[w->room - w->count] = (struct sock_filter){code, (uint8_t)jt, (uint8_t)jf, k};
    return w->count;
}

static size_t put_goto(struct seccomp_writer *w, size_t place)
{
    return put(w, BPF_JMP | BPF_JA, (uint32_t)(w->count - place), 0, 0);
}

size_t seccomp_write_op(struct seccomp_writer *w, uint16_t code, uint32_t k, size_t next)
{
    if (next != w->count)
        put_goto(w, next);
    return put(w, code, k, 0, 0);
}

size_t seccomp_write_jump(struct seccomp_writer *w, uint16_t test, uint32_t k, size_t yes, size_t no)
{
    /* The second of these may put one instruction more before the first. */
    if (w->count - yes >= FAR)
        yes = put_goto(w, yes);
    if (w->count - no >= FAR)
        no = put_goto(w, no);
    return put(w, BPF_JMP | test | BPF_K, k, w->count - yes, w->count - no);
}

size_t seccomp_write_answer(struct seccomp_writer *w, uint32_t action)
{
    size_t i;

    for (i = 0; i < SECCOMP_ANSWERS && w->answers[i].place; i++)
        if (w->answers[i].action == action) {
            if (w->count - w->answers[i].place > NEAR)
                w->answers[i].place = put(w, BPF_RET | BPF_K, action, 0, 0);
            return w->answers[i].place;
        }
    /* The one that was new before all others makes room. */
    i = w->next_answer++ % SECCOMP_ANSWERS;
    w->answers[i].action = action;
    w->answers[i].place = put(w, BPF_RET | BPF_K, action, 0, 0);
    return w->answers[i].place;
}

struct sock_filter *seccomp_written(const struct seccomp_writer *w)
{
    return w->code + (w->room - w->count);
}
