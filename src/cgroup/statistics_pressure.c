/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pressure stall information: how long processes waited for a resource. */
#include <string.h>

#include "cgroup/internal.h"
#include "cgroup/statistics.h"

/* @return whether a text is a number as JSON writes them: "0.00", "12", not "012", "1." and ".5". */
static bool is_number(const char *text)
{
    static const char digits[] = "0123456789";
    size_t whole = strspn(text, digits);

    if (whole == 0 || (text[0] == '0' && whole > 1))
        return false;
    text += whole;
    return !*text || (*text == '.' && text[1] && strspn(text + 1, digits) == strlen(text + 1));
}

/* One line of a pressure file: "some avg10=0.00 avg60=0.00 avg300=0.00 total=0". */
static void print_pressure_line(struct json *json, char *line)
{
    char *save = NULL, *word = strtok_r(line, " ", &save);

    if (!word)
        return;
    json_object(json, word);
    while ((word = strtok_r(NULL, " ", &save))) {
        char *equals = strchr(word, '=');

        if (!equals || !is_number(equals + 1))
            continue;
        *equals = '\0';
        json_raw(json, word, equals + 1);
    }
    json_object_end(json);
}

void statistics_print_pressure(struct json *json, int fd, const char *file)
{
    char text[512], *save = NULL;

    if (cgroup_read(fd, file, text, sizeof text) <= 0)
        return; /* psi=0, or a kernel without it */
    json_object(json, "psi");
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        print_pressure_line(json, line);
    json_object_end(json);
}
