/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/seccomp_annotations.h"

#include <linux/bpf_common.h>
#include <seccomp.h>
#include <string.h>

static const char bpf_data[] = "run.oci.seccomp_bpf_data";
static const char fail_unknown[] = "run.oci.seccomp_fail_unknown_syscall";
static const char receiver_path[] = "run.oci.seccomp.receiver";

static const char *pointer_to(struct arena *arena, const char *annotation)
{
    return spec_pointer(arena, "/annotations", annotation);
}

static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;

    return found ? (int)(found - digits) : -1;
}

/* RFC 4648. @return the number of bytes, or -1 for what is no base64. */
static ssize_t decode(const char *text, unsigned char *bytes)
{
    size_t length = strlen(text), count = 0;

    for (size_t i = 0; i < length; i += 4) {
        size_t left = length - i, pad = 0;
        uint32_t bits = 0;

        if (left < 4)
            return -1;
        /* One or two '=' stand for what is missing at the end. */
        if (left == 4 && text[i + 3] == '=')
            pad = text[i + 2] == '=' ? 2 : 1;
        for (size_t j = 0; j < 4; j++) {
            int value = j < 4 - pad ? digit(text[i + j]) : 0;

            if (value < 0)
                return -1;
            bits = bits << 6 | (uint32_t)value;
        }
        for (size_t j = 0; j < 3 - pad; j++)
            bytes[count++] = (unsigned char)(bits >> (16 - 8 * j));
    }
    return (ssize_t)count;
}

int seccomp_finished_filter(struct arena *arena, const struct spec *spec, struct plan_filter *filter,
                            struct caisson_error *err)
{
    const char *text = spec_annotation(spec, bpf_data);
    unsigned char *bytes;
    ssize_t length;

    if (!text || !*text)
        return 0;
    bytes = arena_alloc(arena, strlen(text) + 1);
    length = decode(text, bytes);
    if (length < 0)
        return spec_error(spec, err, pointer_to(arena, bpf_data), "not base64");
    if (length == 0 || length % (ssize_t)sizeof *filter->code != 0 ||
        length / (ssize_t)sizeof *filter->code > BPF_MAXINSNS)
        return spec_error(spec, err, pointer_to(arena, bpf_data),
                          "%zd bytes, expected 1 to %d instructions of %zu bytes", length, BPF_MAXINSNS,
                          sizeof *filter->code);
    filter->code = (struct sock_filter *)(void *)bytes;
    filter->length = (size_t)length / sizeof *filter->code;
    return 1;
}

/* libseccomp knows the system calls of every architecture by one table of names. */
static bool is_known(const char *name)
{
    return seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR;
}

int seccomp_check_names(struct arena *arena, const struct spec *spec, struct caisson_error *err)
{
    const struct spec_seccomp *seccomp = spec->linux_->seccomp;
    const char *wanted = spec_annotation(spec, fail_unknown);

    if (!wanted || strcmp(wanted, "0") == 0 || strcmp(wanted, "") == 0)
        return 0;
    for (size_t i = 0; i < seccomp->syscalls.count; i++) {
        const struct spec_strings *names = &seccomp->syscalls.items[i].names;

        for (size_t n = 0; n < names->count; n++)
            if (!is_known(names->items[n]))
                return spec_error(spec, err,
                                  arena_format(arena, "/linux/seccomp/syscalls/%zu/names/%zu", i, n),
                                  "libseccomp does not know the system call '%s', and %s asks for an error",
                                  names->items[n], fail_unknown);
    }
    return 0;
}

int seccomp_listener(struct arena *arena, const struct spec *spec, const char *receiver, const char **path,
                     struct caisson_error *err)
{
    const char *annotation = spec_annotation(spec, receiver_path);
    const struct spec_seccomp *seccomp = spec->linux_->seccomp;

    *path = NULL;
    if (seccomp && seccomp->listener_path && *seccomp->listener_path) {
        *path = seccomp->listener_path;
        return 0;
    }
    if (annotation && *annotation) {
        if (annotation[0] != '/')
            return spec_error(spec, err, pointer_to(arena, receiver_path),
                              "'%s' is not absolute, expected the path of a socket", annotation);
        *path = annotation;
        return 0;
    }
    if (!receiver || !*receiver)
        return 0;
    if (receiver[0] != '/')
        return error_set(err, CAISSON_ERROR_USAGE,
                         "RUN_OCI_SECCOMP_RECEIVER: '%s' is not absolute, expected the path of a socket",
                         receiver);
    *path = receiver;
    return 0;
}
