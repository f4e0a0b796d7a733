/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes JSON onto a strbuf; commas are put by themselves. Slashes are not escaped. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

struct json {
    struct strbuf *out;
    bool pretty; /* two spaces a level; otherwise no white space at all */
    unsigned depth;
    bool comma; /* a value stands before the next one in this object or array */
};

/** Opens an object; `name` is the member's name, or NULL in an array and at the top. The same for all below. */
void json_object(struct json *json, const char *name);
void json_object_end(struct json *json);
void json_array(struct json *json, const char *name);
void json_array_end(struct json *json);
void json_string(struct json *json, const char *name, const char *value); /* NULL is written as null */
void json_u64(struct json *json, const char *name, uint64_t value);
void json_i64(struct json *json, const char *name, int64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);
/** A value that is JSON already, copied as it is. */
void json_raw(struct json *json, const char *name, const char *value);

#endif
