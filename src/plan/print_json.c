/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/json.h"
#include "plan/fields.h"
#include "plan/words.h"

static uint64_t load(const struct field *field, const char *body)
{
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;

    switch (field->size) {
    case sizeof u16:
        memcpy(&u16, body + field->at, sizeof u16);
        return u16;
    case sizeof u32:
        memcpy(&u32, body + field->at, sizeof u32);
        return u32;
    default:
        memcpy(&u64, body + field->at, sizeof u64);
        return u64;
    }
}

/* Text that words.h writes with commas, as an array. */
static void print_words(struct json *json, const char *name, const struct strbuf *words)
{
    const char *at = strbuf_string(words);

    json_array(json, name);
    while (*at) {
        size_t length = strcspn(at, ",");

        json_string(json, NULL, arena_copy(words->arena, at, length));
        at += length + (at[length] == ',');
    }
    json_array_end(json);
}

static void print_namespaces(struct json *json, const char *name, struct arena *arena, uint64_t flags)
{
    struct strbuf words = STRBUF(arena);

    words_namespaces(&words, flags, ",");
    print_words(json, name, &words);
}

static void print_attributes(struct json *json, const char *name, struct arena *arena, uint64_t set)
{
    struct strbuf words = STRBUF(arena);

    words_attributes(&words, set, 0, ",");
    print_words(json, name, &words);
}

static void print_mempolicy(struct json *json, const char *name, struct arena *arena, uint32_t mode)
{
    struct strbuf words = STRBUF(arena);

    words_mempolicy(&words, mode, ",");
    print_words(json, name, &words);
}

static void print_cleared(struct json *json, const char *name, struct arena *arena, uint64_t clear)
{
    struct strbuf words = STRBUF(arena);

    words_cleared(&words, clear, ",");
    print_words(json, name, &words);
}

static void print_vector(struct json *json, const char *name, const struct plan_header *plan, plan_ref ref)
{
    const struct plan_vector *vector = plan_vector(plan, ref);

    if (!vector)
        return;
    json_array(json, name);
    for (uint64_t i = 0; i < vector->count; i++)
        json_string(json, NULL, plan_item(plan, vector, i));
    json_array_end(json);
}

/* An array, not an object: the same key may stand twice, and the order matters. */
static void print_pairs(struct json *json, const char *name, const struct plan_header *plan, plan_ref ref)
{
    const struct plan_vector *vector = plan_vector(plan, ref);

    if (!vector)
        return;
    json_array(json, name);
    for (uint64_t i = 0; i + 1 < vector->count; i += 2) {
        json_object(json, NULL);
        json_string(json, "key", plan_item(plan, vector, i));
        json_string(json, "value", plan_item(plan, vector, i + 1));
        json_object_end(json);
    }
    json_array_end(json);
}

static void print_numbers(struct json *json, const char *name, const char *bytes, uint32_t count)
{
    json_array(json, name);
    for (uint32_t i = 0; bytes && i < count; i++) {
        uint32_t number;

        memcpy(&number, bytes + i * sizeof number, sizeof number);
        json_u64(json, NULL, number);
    }
    json_array_end(json);
}

static void print_flags(struct json *json, const char *name, const struct field_word *words, uint64_t flags)
{
    json_array(json, name);
    for (; words->word; words++)
        if (flags & words->value)
            json_string(json, NULL, words->word);
    json_array_end(json);
}

static void print_capabilities(struct json *json, const char *name, uint64_t set)
{
    json_array(json, name);
    for (unsigned i = 0; i < 64; i++)
        if (set >> i & 1)
            json_string(json, NULL, spec_capability_name(i));
    json_array_end(json);
}

static void print_mask(struct json *json, const char *name, struct arena *arena, const char *bytes,
                       uint32_t bits)
{
    struct strbuf list = STRBUF(arena);

    if (!bytes)
        return;
    words_list(&list, bytes, bits);
    json_string(json, name, strbuf_string(&list));
}

/* The kinds that are an offset into the data. */
static void print_reference(struct json *json, struct arena *arena, const struct plan_header *plan,
                            const struct field *field, const char *body)
{
    plan_ref ref = (plan_ref)load(field, body);

    switch (field->kind) {
    case FIELD_TEXT:
        if (ref)
            json_string(json, field->name, plan_text(plan, ref));
        break;
    case FIELD_TEXTS:
        print_vector(json, field->name, plan, ref);
        break;
    case FIELD_PAIRS:
        print_pairs(json, field->name, plan, ref);
        break;
    case FIELD_NUMBERS:
        print_numbers(json, field->name, plan_text_maybe(plan, ref), words_count_behind(body + field->at));
        break;
    case FIELD_CPUS:
        print_mask(json, field->name, arena, plan_text(plan, ref), words_count_behind(body + field->at) * 8);
        break;
    case FIELD_NODES:
        print_mask(json, field->name, arena, plan_text_maybe(plan, ref),
                   words_count_behind(body + field->at));
        break;
    default:
        break;
    }
}

static void print_field(struct json *json, struct arena *arena, const struct field *field, uint64_t value)
{
    const char *word;

    switch (field->kind) {
    case FIELD_BOOL:
        json_bool(json, field->name, value != 0);
        break;
    case FIELD_I32:
        json_i64(json, field->name, (int32_t)value);
        break;
    case FIELD_WORD:
    case FIELD_RLIMIT:
        word = field->kind == FIELD_RLIMIT ? words_rlimit((uint32_t)value)
                                           : field_word(field->words, (uint32_t)value);
        if (word)
            json_string(json, field->name, word);
        else
            json_u64(json, field->name, value);
        break;
    case FIELD_FLAGS:
        print_flags(json, field->name, field->words, value);
        break;
    case FIELD_MEMPOLICY:
        print_mempolicy(json, field->name, arena, (uint32_t)value);
        break;
    case FIELD_NAMESPACES32:
    case FIELD_NAMESPACES:
        print_namespaces(json, field->name, arena, value);
        break;
    case FIELD_PROPAGATION:
        if (value)
            json_string(json, field->name, words_propagation(value));
        break;
    case FIELD_CAPABILITIES:
        print_capabilities(json, field->name, value);
        break;
    case FIELD_SET:
        print_attributes(json, field->name, arena, value);
        break;
    case FIELD_CLEAR:
        print_cleared(json, field->name, arena, value);
        break;
    case FIELD_FD:
        break;
    default:
        json_u64(json, field->name, value);
        break;
    }
}

static void print_step(struct json *json, struct arena *arena, const struct plan_header *plan,
                       const struct plan_step *step)
{
    const char *body = (const char *)(step + 1);

    json_object(json, NULL);
    json_string(json, "op", plan_op_name(step->op));
    if (step->origin)
        json_string(json, "origin", plan_text_maybe(plan, step->origin));
    for (unsigned i = 0; i < plan_field_count; i++) {
        const struct field *field = &plan_fields[i];

        if (field->op != step->op)
            continue;
        if (field->kind <= FIELD_NODES)
            print_reference(json, arena, plan, field, body);
        else
            print_field(json, arena, field, load(field, body));
    }
    json_object_end(json);
}

static void print_mappings(struct json *json, const char *name, const struct spec_id_mappings *maps)
{
    if (!maps)
        return;
    json_array(json, name);
    for (size_t i = 0; i < maps->count; i++) {
        json_object(json, NULL);
        json_u64(json, "containerID", maps->items[i].container_id);
        json_u64(json, "hostID", maps->items[i].host_id);
        json_u64(json, "size", maps->items[i].size);
        json_object_end(json);
    }
    json_array_end(json);
}

static void print_propagation(struct json *json, const char *name, uint64_t propagation)
{
    if (propagation)
        json_string(json, name, words_propagation(propagation));
}

static void print_tree(struct json *json, struct arena *arena, const struct plan_slot *slot)
{
    json_bool(json, "recursive", slot->recursive);
    json_bool(json, "no_follow", slot->no_follow);
    json_bool(json, "is_root", slot->is_root);
    if (slot->device_type) {
        json_string(json, "device_type", slot->device_type == S_IFBLK ? "b" : "c");
        json_u64(json, "major", major(slot->device));
        json_u64(json, "minor", minor(slot->device));
    }
    print_attributes(json, "attr_set", arena, slot->attr_set);
    print_cleared(json, "attr_clear", arena, slot->attr_clear);
    print_attributes(json, "attr_set_recursive", arena, slot->attr_set_recursive);
    print_cleared(json, "attr_clear_recursive", arena, slot->attr_clear_recursive);
    print_propagation(json, "propagation", slot->propagation);
    print_mappings(json, "uid_mappings", slot->uid_mappings);
    print_mappings(json, "gid_mappings", slot->gid_mappings);
    json_bool(json, "idmap_recursive", slot->idmap_recursive);
}

static void print_slot(struct json *json, const struct plan *plan, const struct plan_slot *slot)
{
    json_object(json, NULL);
    json_string(json, "kind", words_slot(slot->kind));
    json_u64(json, "step", words_slot_step(plan, slot));
    if (slot->path)
        json_string(json, "path", slot->path);
    if (slot->origin)
        json_string(json, "origin", slot->origin);
    if (slot->kind == PLAN_SLOT_NAMESPACE)
        print_namespaces(json, "types", plan->arena, slot->types);
    if (slot->kind == PLAN_SLOT_TREE)
        print_tree(json, plan->arena, slot);
    json_object_end(json);
}

static void print_text(struct json *json, const char *name, const char *text)
{
    if (text)
        json_string(json, name, text);
}

static void print_net_devices(struct json *json, const struct plan *plan)
{
    if (plan->net_device_count == 0)
        return;
    json_object(json, "net_devices");
    for (size_t i = 0; i < plan->net_device_count; i++)
        json_string(json, plan->net_devices[i].host_name, plan->net_devices[i].name);
    json_object_end(json);
}

static void print_runtime(struct json *json, const struct plan *plan)
{
    json_object(json, "runtime");
    print_namespaces(json, "clone_flags", plan->arena, plan->clone_flags);
    json_bool(json, "wait_for_maps", plan->wait_for_maps);
    print_text(json, "uid_map", plan->uid_map);
    print_text(json, "gid_map", plan->gid_map);
    json_bool(json, "deny_setgroups", plan->deny_setgroups);
    print_text(json, "oom_score_adj", plan->oom_score_adj);
    print_mask(json, "affinity", plan->arena, (const char *)plan->affinity, plan->affinity_bits);
    json_bool(json, "sync_hooks", plan->sync_hooks);
    print_net_devices(json, plan);
    json_bool(json, "terminal", plan->terminal);
    print_text(json, "rootfs", plan->rootfs);
    json_array(json, "slots");
    for (size_t i = 0; i < plan->slot_count; i++)
        print_slot(json, plan, &plan->slots[i]);
    json_array_end(json);
    print_text(json, "listener_path", plan->listener_path);
    print_text(json, "listener_metadata", plan->listener_metadata);
    json_object_end(json);
}

void plan_print_json(const struct plan *plan, struct json *json)
{
    const struct plan_header *header = (const struct plan_header *)(const void *)plan->program;
    const struct plan_step *step = plan_first(header);

    print_runtime(json, plan);
    json_array(json, "steps");
    for (uint32_t i = 0; i < header->step_count; i++, step = plan_next(step))
        print_step(json, plan->arena, header, step);
    json_array_end(json);
}
