/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the statistics that have an entry a device, and an entry a page size. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cgroup/internal.h"
#include "cgroup/statistics.h"

/* What a word of io.stat is in version 1's terms. */
static const struct {
    const char *word, *operation;
    bool bytes;
} io_words[] = {
    {"rbytes", "Read", true}, {"wbytes", "Write", true}, {"dbytes", "Discard", true},
    {"rios", "Read", false},  {"wios", "Write", false},  {"dios", "Discard", false},
};
enum { IO_WORDS = sizeof io_words / sizeof *io_words };

static void print_io_word(struct json *json, unsigned major, unsigned minor, const char *word, bool bytes)
{
    size_t length = strcspn(word, "=");

    for (size_t i = 0; i < IO_WORDS; i++) {
        if (io_words[i].bytes != bytes || strlen(io_words[i].word) != length || !word[length] ||
            strncmp(io_words[i].word, word, length) != 0)
            continue;
        json_object(json, NULL);
        json_u64(json, "major", major);
        json_u64(json, "minor", minor);
        json_string(json, "op", io_words[i].operation);
        json_u64(json, "value", strtoull(word + length + 1, NULL, 10));
        json_object_end(json);
    }
}

/* Lines "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6"; other words are the kernel's own business. */
static void print_io_list(struct arena *arena, struct json *json, const char *name, const char *stat,
                          bool bytes)
{
    char *text = arena_string(arena, stat), *save = NULL;

    json_array(json, name);
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char *save_word = NULL, *word = strtok_r(line, " ", &save_word);
        unsigned major, minor;

        if (!word || sscanf(word, "%u:%u", &major, &minor) != 2)
            continue;
        while ((word = strtok_r(NULL, " ", &save_word)))
            print_io_word(json, major, minor, word, bytes);
    }
    json_array_end(json);
}

void statistics_print_io(struct arena *arena, struct json *json, int fd)
{
    const char *stat = file_read(arena, fd, "io.stat", CGROUP_FILE_LIMIT, NULL, NULL);

    json_object(json, "blkio");
    if (stat) {
        print_io_list(arena, json, "ioServiceBytesRecursive", stat, true);
        print_io_list(arena, json, "ioServicedRecursive", stat, false);
    }
    statistics_print_pressure(json, fd, "io.pressure");
    json_object_end(json);
}

/* @return the page size in "hugetlb.2MB.current", or NULL when it is another file. */
static const char *hugetlb_size(const char *file, char *size, size_t room)
{
    const char *start = file + sizeof "hugetlb." - 1;
    const char *end;

    if (strncmp(file, "hugetlb.", sizeof "hugetlb." - 1) != 0)
        return NULL;
    end = strchr(start, '.');
    if (!end || strcmp(end, ".current") != 0 || (size_t)(end - start) >= room)
        return NULL;
    snprintf(size, room, "%.*s", (int)(end - start), start);
    return size;
}

static void print_hugetlb_size(struct json *json, int fd, const char *size)
{
    char file[64], text[256];

    json_object(json, size);
    snprintf(file, sizeof file, "hugetlb.%s.current", size);
    if (cgroup_read(fd, file, text, sizeof text) > 0)
        json_u64(json, "usage", strtoull(text, NULL, 10));
    snprintf(file, sizeof file, "hugetlb.%s.events", size);
    if (cgroup_read(fd, file, text, sizeof text) > 0 && flat_value(text, "max") >= 0)
        json_u64(json, "failcnt", (uint64_t)flat_value(text, "max"));
    json_object_end(json);
}

void statistics_print_hugetlb(struct json *json, int fd)
{
    DIR *dir = tree_list(fd);
    struct dirent *entry;
    char size[16];

    json_object(json, "hugetlb");
    if (dir) {
        while ((entry = readdir(dir)))
            if (hugetlb_size(entry->d_name, size, sizeof size))
                print_hugetlb_size(json, fd, size);
        closedir(dir);
    }
    json_object_end(json);
}
