/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The specification as tables: fields_*.c, a file an object. */
#ifndef SPEC_FIELDS_H
#define SPEC_FIELDS_H

#include "spec/reader.h"

/* config.json, process.json, resources.json, and the file of `mounts` */
extern const struct reader_shape fields_config;
extern const struct reader_shape fields_process;
extern const struct reader_shape fields_resources;
extern const struct reader_shape fields_mounts;

/* parts of them */
extern const struct reader_shape fields_linux;
extern const struct reader_shape fields_seccomp;
extern const struct reader_shape fields_vm;
extern const struct reader_shape fields_id_mapping;

/* ---- checks.c: rules that several tables use ---- */

/** uidMappings, gidMappings: no empty or overflowing range, none that overlaps another. */
reader_check fields_check_mappings;

/** "0-3,7": numbers and ranges as cpuset(7) lists them, "" included. */
reader_check fields_check_list;

/** An environment entry without a name and "=": a notice, since the kernel and other runtimes take it. */
reader_check fields_check_env;

#endif
