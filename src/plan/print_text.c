/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan.h"

#include <string.h>

#include "plan/print_step.h"
#include "plan/words.h"

enum {
    WORD_WIDTH = 13, /* "no-new-privs", "oom-score-adj" */
    TEXT_WIDTH = 72, /* longer ones push their origin to the right */
};

/* One line: "  mount          tmpfs on /dev  nosuid                 /mounts/1". */
static void add_line(struct strbuf *out, const char *word, const char *text, const char *origin)
{
    size_t more = strcspn(text, "\n");

    strbuf_format(out, "  %-*s  ", WORD_WIDTH, word);
    strbuf_add(out, text, more);
    if (origin)
        strbuf_format(out, "%*s  %s", more < TEXT_WIDTH ? (int)(TEXT_WIDTH - more) : 0, "", origin);
    while (out->length > 0 && out->data[out->length - 1] == ' ')
        out->data[--out->length] = '\0';
    strbuf_char(out, '\n');
    if (text[more])
        add_line(out, "", text + more + 1, NULL);
}

/* A uid_map is several lines: "0 100000 65536\n". */
static void add_map(struct strbuf *out, const char *word, const char *map)
{
    struct strbuf text = STRBUF(out->arena);

    if (!map)
        return;
    for (; *map; map++) {
        if (*map != '\n')
            strbuf_char(&text, *map);
        else if (map[1])
            strbuf_text(&text, ", ");
    }
    add_line(out, word, strbuf_string(&text), NULL);
}

static void add_slot(struct strbuf *out, const struct plan_slot *slot)
{
    struct strbuf text = STRBUF(out->arena);

    strbuf_text(&text, words_slot(slot->kind));
    if (slot->path) {
        strbuf_char(&text, ' ');
        print_quoted(&text, slot->path);
    }
    if (slot->kind == PLAN_SLOT_TREE)
        print_slot_options(&text, slot);
    add_line(out, "open", strbuf_string(&text), slot->origin);
}

static void add_slots(struct strbuf *out, const struct plan *plan)
{
    bool null = false;

    for (size_t i = 0; i < plan->slot_count; i++) {
        const struct plan_slot *slot = &plan->slots[i];

        /* One descriptor stands for all of these. */
        if (slot->kind == PLAN_SLOT_NULL && null)
            continue;
        null |= slot->kind == PLAN_SLOT_NULL;
        add_slot(out, slot);
    }
}

static void add_quoted(struct strbuf *out, const char *word, const char *value)
{
    struct strbuf text = STRBUF(out->arena);

    if (!value)
        return;
    print_quoted(&text, value);
    add_line(out, word, strbuf_string(&text), NULL);
}

static void add_runtime(struct strbuf *out, const struct plan *plan)
{
    struct strbuf text = STRBUF(out->arena);

    add_quoted(out, "rootfs", plan->rootfs);
    if (plan->clone_flags) {
        words_namespaces(&text, plan->clone_flags, ",");
        add_line(out, "namespaces", strbuf_string(&text), "/linux/namespaces");
    }
    add_map(out, "uid-map", plan->uid_map);
    add_map(out, "gid-map", plan->gid_map);
    if (plan->deny_setgroups)
        add_line(out, "setgroups", "deny", NULL);
    if (plan->oom_score_adj)
        add_line(out, "oom-score-adj", plan->oom_score_adj, "/process/oomScoreAdj");
    if (plan->affinity) {
        text = STRBUF(out->arena);
        words_list(&text, (const char *)plan->affinity, plan->affinity_bits);
        add_line(out, "affinity", strbuf_string(&text), "/process/execCPUAffinity/initial");
    }
    for (size_t i = 0; i < plan->net_device_count; i++) {
        const struct spec_net_device *device = &plan->net_devices[i];

        text = STRBUF(out->arena);
        print_quoted(&text, device->host_name);
        if (device->name && *device->name) {
            strbuf_text(&text, " as ");
            print_quoted(&text, device->name);
        }
        add_line(out, "net-device", strbuf_string(&text), "/linux/netDevices");
    }
    add_slots(out, plan);
    add_quoted(out, "listener", plan->listener_path);
}

void plan_print_text(const struct plan *plan, struct strbuf *out)
{
    const struct plan_header *header = (const struct plan_header *)(const void *)plan->program;
    const struct plan_step *step = plan_first(header);

    strbuf_text(out, "the runtime, outside of the container:\n");
    add_runtime(out, plan);
    strbuf_text(out, "\nthe init, step by step:\n");
    for (uint32_t i = 0; i < header->step_count; i++, step = plan_next(step)) {
        struct strbuf text = STRBUF(out->arena);

        print_step(&text, plan, i, step);
        add_line(out, plan_op_name(step->op), strbuf_string(&text), plan_text_maybe(header, step->origin));
    }
}
