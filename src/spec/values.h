/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the structures of the specification are made of: spec.h. */
#ifndef SPEC_VALUES_H
#define SPEC_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spec_bool {
    bool value;
    bool set;
};
struct spec_i64 {
    int64_t value;
    bool set;
};
struct spec_u64 {
    uint64_t value;
    bool set;
};
struct spec_u32 {
    uint32_t value;
    bool set;
};
/* int32 and uint16 of the specification are checked for their range and kept as these. */

struct spec_strings {
    const char **items;
    size_t count;
};

/* A JSON object whose members are all strings (annotations, sysctl, unified), in the file's order. */
struct spec_pair {
    const char *key;
    const char *value;
};
struct spec_pairs {
    struct spec_pair *items;
    size_t count;
};

/* uidMappings, gidMappings: of the container, and of a mount. */
struct spec_id_mapping {
    uint32_t container_id;
    uint32_t host_id;
    uint32_t size;
};
struct spec_id_mappings {
    struct spec_id_mapping *items;
    size_t count;
    bool set; /* the member stands in the file, be it empty */
};

#endif
