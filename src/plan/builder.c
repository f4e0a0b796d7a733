/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char zeros[8];

static void data_align(struct plan_builder *b)
{
    struct strbuf *data = &b->plan->data;

    strbuf_add(data, zeros, -data->length & 7);
}

plan_ref builder_text(struct plan_builder *b, const char *text)
{
    plan_ref ref = (plan_ref)b->plan->data.length;

    if (!text)
        return 0;
    strbuf_add(&b->plan->data, text, strlen(text) + 1);
    return ref;
}

plan_ref builder_bytes(struct plan_builder *b, const void *bytes, size_t length)
{
    plan_ref ref;

    data_align(b);
    ref = (plan_ref)b->plan->data.length;
    strbuf_add(&b->plan->data, bytes, length);
    return ref;
}

plan_ref builder_vector(struct plan_builder *b, const struct spec_strings *strings)
{
    uint64_t *items;
    plan_ref ref;

    if (strings->count == 0)
        return 0;
    items = arena_array(b->plan->arena, strings->count + 2, sizeof *items);
    items[0] = strings->count;
    for (size_t i = 0; i < strings->count; i++)
        items[1 + i] = builder_text(b, strings->items[i]);
    ref = builder_bytes(b, items, (strings->count + 2) * sizeof *items);
    return ref;
}

uint32_t builder_add(struct plan_builder *b, enum plan_op op, const char *origin, const void *body,
                     size_t size)
{
    struct strbuf *steps = &b->plan->steps;
    struct plan_step step = {
        .op = (uint16_t)op,
        .size = (uint32_t)((sizeof step + size + 7) & ~(size_t)7),
        .origin = builder_text(b, origin),
    };
    uint32_t where;

    strbuf_add(steps, &step, sizeof step);
    where = (uint32_t)steps->length;
    strbuf_add(steps, body, size);
    strbuf_add(steps, zeros, -steps->length & 7);
    b->plan->step_count++;
    b->plan->builds_container |= op >= PLAN_OP_PROCESS_COUNT;
    return where;
}

struct plan_slot *builder_slot(struct plan_builder *b, enum plan_slot_kind kind, uint32_t where,
                               const char *path, const char *origin)
{
    struct plan *plan = b->plan;
    struct plan_slot *slot;

    if (plan->slot_count == plan->slot_capacity) {
        size_t capacity = plan->slot_capacity ? plan->slot_capacity * 2 : 8;
        struct plan_slot *slots = arena_array(plan->arena, capacity, sizeof *slots);

        if (plan->slot_count)
            memcpy(slots, plan->slots, plan->slot_count * sizeof *slots);
        plan->slots = slots;
        plan->slot_capacity = capacity;
    }
    slot = &plan->slots[plan->slot_count++];
    slot->kind = kind;
    slot->where = where;
    slot->path = path;
    slot->origin = origin;
    return slot;
}

char *builder_format(struct plan_builder *b, const char *format, ...)
{
    va_list ap;
    char *text;

    va_start(ap, format);
    text = arena_vformat(b->plan->arena, format, ap);
    va_end(ap);
    return text;
}

void builder_notice(struct plan_builder *b, const char *format, ...)
{
    va_list ap;

    if (!b->request->notice)
        return;
    va_start(ap, format);
    b->request->notice(b->request->notice_data, arena_vformat(b->plan->arena, format, ap));
    va_end(ap);
}

void plan_fill(struct plan *plan, const struct plan_slot *slot, int fd)
{
    const struct plan_header *header = (const struct plan_header *)(const void *)plan->program;
    plan_fd number = fd;

    memcpy(plan->program + header->steps + slot->where, &number, sizeof number);
}

void plan_fill_flags(struct plan *plan, const struct plan_slot *slot, uint32_t flags)
{
    const struct plan_header *header = (const struct plan_header *)(const void *)plan->program;

    *(uint32_t *)(void *)(plan->program + header->steps + slot->flags_where) |= flags;
}

void plan_set_channel(struct plan *plan, int fd)
{
    ((struct plan_header *)(void *)plan->program)->channel = fd;
}
