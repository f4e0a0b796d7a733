/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/mount_idmap.h"

#include <string.h>

/* A place in the option's text, and what is said when it is wrong. */
struct reader {
    const char *at;
    const char *problem;
};

static int fail(struct reader *reader, const char *problem)
{
    reader->problem = problem;
    return -1;
}

static int read_number(struct reader *reader, uint32_t *number)
{
    uint64_t value = 0;

    if (*reader->at < '0' || *reader->at > '9')
        return fail(reader, "a number is missing");
    for (; *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
        value = value * 10 + (uint64_t)(*reader->at - '0');
        if (value > UINT32_MAX)
            return fail(reader, "a number is larger than 4294967295");
    }
    *number = (uint32_t)value;
    return 0;
}

static int expect(struct reader *reader, char c)
{
    if (*reader->at != c)
        return fail(reader, "a range is three numbers with '-' between them");
    reader->at++;
    return 0;
}

/* The host's id for the container's id `*id`, by the mapping that holds all `size` of them. */
static int through_container(const struct spec_id_mappings *maps, uint32_t size, uint32_t *id)
{
    for (size_t i = 0; i < maps->count; i++) {
        const struct spec_id_mapping *map = &maps->items[i];

        if (*id >= map->container_id && *id - map->container_id < map->size &&
            size <= map->size - (*id - map->container_id)) {
            *id = map->host_id + (*id - map->container_id);
            return 0;
        }
    }
    return -1;
}

static int read_range(struct reader *reader, const struct spec_id_mappings *container,
                      struct spec_id_mapping *range)
{
    bool relative = *reader->at == '@';

    if (relative)
        reader->at++;
    if (read_number(reader, &range->container_id) < 0 || expect(reader, '-') < 0 ||
        read_number(reader, &range->host_id) < 0 || expect(reader, '-') < 0 ||
        read_number(reader, &range->size) < 0)
        return -1;
    if (range->size == 0)
        return fail(reader, "a range is empty");
    if (range->size - 1 > UINT32_MAX - range->container_id || range->size - 1 > UINT32_MAX - range->host_id)
        return fail(reader, "a range ends above 4294967295");
    if (relative && through_container(container, range->size, &range->host_id) < 0)
        return fail(reader, "a range with '@' is not inside of one of the container's own mappings");
    return 0;
}

static const struct spec_id_mappings *read_ranges(struct arena *arena, struct reader *reader,
                                                  const struct spec_id_mappings *container)
{
    struct spec_id_mappings *maps = arena_new(arena, struct spec_id_mappings);
    size_t room = 1;

    for (const char *p = reader->at; *p && *p != ';'; p++)
        room += *p == '#';
    maps->set = true;
    maps->items = arena_array(arena, room, sizeof *maps->items);
    do {
        if (read_range(reader, container, &maps->items[maps->count++]) < 0)
            return NULL;
    } while (*reader->at == '#' && reader->at++);
    if (*reader->at && *reader->at != ';') {
        fail(reader, "something stands behind a range");
        return NULL;
    }
    return maps;
}

static int read_lists(struct arena *arena, struct reader *reader, const struct spec_linux *linux_,
                      struct mount_options *options)
{
    for (;;) {
        bool uids = strncmp(reader->at, "uids=", strlen("uids=")) == 0;
        const struct spec_id_mappings **list = uids ? &options->idmap_uids : &options->idmap_gids;

        if (!uids && strncmp(reader->at, "gids=", strlen("gids=")) != 0)
            return fail(reader, "'uids=' or 'gids=' is missing");
        if (*list)
            return fail(reader, "a list stands twice");
        reader->at += strlen("uids=");
        *list = read_ranges(arena, reader, uids ? &linux_->uid_mappings : &linux_->gid_mappings);
        if (!*list)
            return -1;
        if (*reader->at != ';')
            break;
        reader->at++;
    }
    if (!options->idmap_uids || !options->idmap_gids)
        return fail(reader, "both 'uids=' and 'gids=' are needed");
    return 0;
}

int mount_idmap_parse(struct arena *arena, const struct spec *spec, const struct spec_mount *mount,
                      const char *pointer, size_t i, struct mount_options *options, struct caisson_error *err)
{
    const char *option = mount->options.items[i];
    struct reader reader = {.at = option + strlen("idmap=")};

    options->idmap = true;
    options->idmap_uids = NULL;
    options->idmap_gids = NULL;
    if (read_lists(arena, &reader, spec->linux_, options) == 0)
        return 0;
    spec_error(spec, err, arena_format(arena, "%s/options/%zu", pointer, i), "mount option '%s': %s at '%s'",
               option, reader.problem, reader.at);
    return error_hint(err, "the form is idmap=uids=0-1000-10#20-2000-5;gids=0-1000-10");
}
