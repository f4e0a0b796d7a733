/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/spec.h"

#include "base/strbuf.h"

char *spec_pointer(struct arena *arena, const char *parent, const char *member)
{
    struct strbuf text = STRBUF(arena);

    strbuf_format(&text, "%s/", parent);
    for (; *member; member++) {
        if (*member == '~' || *member == '/')
            strbuf_text(&text, *member == '~' ? "~0" : "~1");
        else
            strbuf_char(&text, *member);
    }
    return text.data;
}
