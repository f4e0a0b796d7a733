/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arguments with which every number of a subject is asked, whatever its own rules are. */
#ifndef SECCOMP_PROBES_H
#define SECCOMP_PROBES_H

#include "seccomp_subject.h"

static void add_probe(struct subject *s, uint64_t value)
{
    for (size_t i = 0; i < s->probe_count; i++)
        if (s->probes[i] == value)
            return;
    if (s->probe_count < PROBES)
        s->probes[s->probe_count++] = value;
}

static void add_vector(struct subject *s, const uint64_t args[6])
{
    if (s->vector_count < VECTORS)
        memcpy(s->vectors[s->vector_count++], args, sizeof s->vectors[0]);
}

/* From here on each number is asked with what other numbers' rules want, and with what misses one of their conditions. */
static void probe_rules(struct subject *s)
{
    static struct meaning m;
    uint64_t fulfilled[6], args[6], edges[EDGES];

    m.width = UINT64_MAX;
    m.count = 0;
    for (size_t i = 0; i < s->seccomp->syscalls.count && m.count < MEANING_RULES - 6; i++)
        meaning_add_rule(&m, &s->seccomp->syscalls.items[i], 0);
    for (size_t r = 0; r < m.count; r++) {
        fulfil(&m, &m.rules[r], fulfilled);
        if (m.rules[r].count)
            add_vector(s, fulfilled);
        for (size_t i = 0; i < m.rules[r].count; i++) {
            size_t e = 0;

            edges_of(m.rules[r].args[i], edges);
            while (e < EDGES && meaning_condition(m.rules[r].args[i], edges[e], m.width))
                e++;
            memcpy(args, fulfilled, sizeof args);
            args[m.rules[r].args[i]->index] = e < EDGES ? edges[e] : 0;
            add_vector(s, args);
        }
    }
}

/* From here on each number is asked with the edges of every condition of the profile, not of its own alone. */
static void probe_everywhere(struct subject *s)
{
    for (size_t i = 0; i < s->seccomp->syscalls.count; i++)
        for (size_t n = 0; n < s->seccomp->syscalls.items[i].args.count; n++) {
            uint64_t edges[EDGES];

            edges_of(&s->seccomp->syscalls.items[i].args.items[n], edges);
            for (size_t e = 0; e < EDGES; e++)
                add_probe(s, edges[e]);
        }
}

#endif
