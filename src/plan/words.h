/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's numbers in a plan, as the words that people and config.json use for them. */
#ifndef PLAN_WORDS_H
#define PLAN_WORDS_H

#include <stdint.h>

#include "base/strbuf.h"
#include "plan/plan.h"

/** Adds the specification's names of the namespaces in `flags` (CLONE_NEW*), joined by `comma`. */
void words_namespaces(struct strbuf *out, uint64_t flags, const char *comma);

/** Adds the mount options that say these MOUNT_ATTR_* are set and cleared, joined by `comma`. */
void words_attributes(struct strbuf *out, uint64_t set, uint64_t clear, const char *comma);

/** Adds the mount options that say these MOUNT_ATTR_* are cleared; "atime" stands for the whole field of access times. */
void words_cleared(struct strbuf *out, uint64_t clear, const char *comma);

/** @return "shared", "slave", "private", "unbindable", or NULL for 0 and unknown ones. @param propagation MS_* */
const char *words_propagation(uint64_t propagation);

/** @return "RLIMIT_NOFILE", or NULL. */
const char *words_rlimit(uint32_t resource);

/** Adds the value of a resource limit: a number, or "unlimited". */
void words_limit(struct strbuf *out, uint64_t limit);

/** @return the specification's name of memory policy `mode` (MPOL_*, without flags), NULL above the last. */
const char *words_mempolicy_mode(unsigned mode);

/** @return the name of the i-th MPOL_F_* that a mode can carry, NULL behind the last. */
const char *words_mempolicy_flag(unsigned i);

/** Adds a memory policy's mode and flags, joined by `comma`: "MPOL_BIND", "MPOL_F_STATIC_NODES". */
void words_mempolicy(struct strbuf *out, uint32_t mode, const char *comma);

/** Adds the numbers of the bits that are set, as a cpulist: "0-3,7". @param bits how many bits `mask` has */
void words_list(struct strbuf *out, const char *mask, uint32_t bits);

/** @return the uint32_t behind a plan_ref, which counts its items. */
uint32_t words_count_behind(const void *ref);

/** @return the name of a kind of slot: "tree", "namespace", ... */
const char *words_slot(enum plan_slot_kind kind);

/** @return the index of the step that the slot's descriptor is for. */
uint32_t words_slot_step(const struct plan *plan, const struct plan_slot *slot);

/** Adds what the step acts on, as it completes the words of its kind: " tmpfs on '/dev'", or nothing. */
void words_object(struct strbuf *out, const struct plan_header *plan, const struct plan_step *step);

#endif
