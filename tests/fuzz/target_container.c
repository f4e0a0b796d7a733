/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state directory, criu, resctrl's schemata, the kernel's netlink, and whatever is written as JSON. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "container/criu_message.h"
#include "container/criu_mountinfo.h"
#include "container/rdt_schemata.h"
#include "container/state.h"
#include "sys/netlink.h"

static void state(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    struct strbuf text = STRBUF(&arena);
    struct json json = {.out = &text};
    struct state state;
    uint64_t start_time;

    (void)input;
    state_process_start_time(1, &start_time, &err);
    if (state_read(&arena, -1, &state, &err) < 0) {
        fuzz_check_error(&err);
        return;
    }
    if (state.pid < 0 || (state.pid == 0 && state.start_time != 0))
        abort();
    state_print(&json, &state, CAISSON_STOPPED);
    fuzz_check_json(&text);
    text = STRBUF(&arena);
    strbuf_text(&text, state_json(&arena, &state, CAISSON_CREATED, 1));
    fuzz_check_json(&text);
}

static void schemata(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct rdt_schemata wanted = {0};
    const char *problem = NULL;
    size_t length = 0;
    const char *have = files_find("schemata", &length);

    wanted.texts = (const char *[]){fuzz_text(&arena, input), "L3:0=f\n"};
    wanted.count = 2;
    if (!rdt_schemata_equal(&arena, &wanted, arena_copy(&arena, have ? have : "", length), &problem) &&
        !problem)
        abort();
}

static void visit(void *data, const struct nlmsghdr *message)
{
    size_t length = 0;
    const unsigned char *found = netlink_find(message, 16, 3, &length);
    unsigned *sum = data;

    for (size_t i = 0; found && i < length; i++)
        *sum += found[i];
}

static void netlink(const struct input *input)
{
    struct netlink_request request;
    char words[NETLINK_WORDS_SIZE];
    unsigned sum = 0;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        abort();
    if (input->length > 0)
        send(pair[1], input->text, input->length, MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(pair[1], SHUT_WR);
    netlink_begin(&request, 16, 0, 16);
    netlink_add(&request, 3, input->text, input->length % 600);
    netlink_talk(pair[0], &request, visit, &sum, words);
    close(pair[0]);
    close(pair[1]);
}

/* Messages of the log and members of the state hold what others wrote. */
static void written(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf out = STRBUF(&arena);
    struct json json = {.out = &out, .pretty = input->length % 2};
    char *text = fuzz_text(&arena, input);

    json_object(&json, NULL);
    json_string(&json, text, text);
    json_object_end(&json);
    fuzz_check_json(&out);
}

static void criu(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct criu_response response;

    if (criu_read_response(&arena, input->text, input->length, &response) && response.type == 0)
        abort();
}

/* Where something is mounted is up to the container. */
static void mountinfo(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct mountinfo mounts;
    size_t sum = 0;

    mountinfo_parse(&arena, fuzz_text(&arena, input), &mounts);
    for (size_t i = 0; i < mounts.count; i++) {
        const struct mount_line *line = &mounts.lines[i];
        const char *below = mountinfo_below(line->where, mounts.lines[0].where);

        sum += strlen(line->where) + strlen(line->root) + strlen(line->options) + strlen(line->type);
        if ((below && *below && *below != '/') || !mountinfo_by_id(&mounts, line->id))
            abort();
    }
    if (sum > input->length)
        abort();
}

const struct fuzz_entry container_targets[] = {
    {"state", state, "state.json and pid of the state directory, /proc/PID/stat"},
    {"schemata", schemata, "schemata of resctrl"},
    {"netlink", netlink, "answers of rtnetlink"},
    {"criu", criu, "answers of criu"},
    {"mountinfo", mountinfo, "/proc/PID/mountinfo"},
    {"written", written, "any text that is written as JSON"},
    {0},
};
