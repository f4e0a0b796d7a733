/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cgroup/systemd_helper/scope.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { JOB_SECONDS = 30, STALE_TRIES = 5 };

static const char service[] = "org.freedesktop.systemd1";
static const char path[] = "/org/freedesktop/systemd1";
static const char manager[] = "org.freedesktop.systemd1.Manager";

static int fail(struct scope *scope, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int fail(struct scope *scope, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(scope->error, sizeof scope->error, format, ap);
    va_end(ap);
    return -1;
}

static int fail_bus(struct scope *scope, const char *what, const sd_bus_error *error, int result)
{
    return fail(scope, "%s: %s", what, error && error->message ? error->message : strerror(-result));
}

/* ---- the connection ---- */

/* systemd's own socket, without a bus in between: fewer hops, and no load on the bus. */
static int connect_directly(struct scope *scope, bool user)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char address[512];
    sd_bus *bus = NULL;

    if (user && (!runtime || !*runtime))
        return -1;
    if (snprintf(address, sizeof address, "unix:path=%s/systemd/private", user ? runtime : "/run") >=
        (int)sizeof address)
        return -1;
    if (sd_bus_new(&bus) < 0)
        return -1;
    if (sd_bus_set_address(bus, address) < 0 || sd_bus_start(bus) < 0) {
        sd_bus_unref(bus);
        return -1;
    }
    scope->bus = bus;
    return 0;
}

int scope_connect(struct scope *scope, bool user)
{
    int result;

    if (connect_directly(scope, user) == 0)
        return 0;
    result = user ? sd_bus_open_user(&scope->bus) : sd_bus_open_system(&scope->bus);
    if (result >= 0)
        result = sd_bus_call_method(scope->bus, service, path, manager, "Subscribe", NULL, NULL, NULL);
    if (result >= 0)
        return 0;
    return fail(scope, "cannot connect to systemd%s: %s%s", user ? " of this user" : "", strerror(-result),
                user && !getenv("XDG_RUNTIME_DIR") ? " (XDG_RUNTIME_DIR is not set)" : "");
}

void scope_close(struct scope *scope)
{
    free(scope->job_path);
    sd_bus_flush_close_unref(scope->bus);
}

/* ---- properties ---- */

static int append_value(sd_bus_message *message, char type, const char *text)
{
    uint64_t number = strtoull(text, NULL, 10);
    int64_t integer = strtoll(text, NULL, 10);

    switch (type) {
    case 's':
        return sd_bus_message_append(message, "s", text);
    case 'b':
        return sd_bus_message_append(message, "b", strcmp(text, "true") == 0);
    case 'y':
        return sd_bus_message_append(message, "y", (uint8_t)number);
    case 'n':
        return sd_bus_message_append(message, "n", (int16_t)integer);
    case 'q':
        return sd_bus_message_append(message, "q", (uint16_t)number);
    case 'i':
        return sd_bus_message_append(message, "i", (int32_t)integer);
    case 'u':
        return sd_bus_message_append(message, "u", (uint32_t)number);
    case 'x':
        return sd_bus_message_append(message, "x", integer);
    case 't':
        return sd_bus_message_append(message, "t", number);
    default:
        return -EINVAL;
    }
}

static int append_values(sd_bus_message *message, const char *type, char **values, unsigned long count)
{
    int result;

    if (*type != 'a')
        return count == 1 ? append_value(message, *type, *values) : -EINVAL;
    result = sd_bus_message_open_container(message, 'a', type + 1);
    for (unsigned long i = 0; i < count && result >= 0; i++)
        result = append_value(message, type[1], values[i]);
    return result < 0 ? result : sd_bus_message_close_container(message);
}

/* One (sv): name, type, number of values, values. @return how many words it was, or less than 0. */
static long append_property(sd_bus_message *message, char **words)
{
    unsigned long count, have = 0;
    int result;

    if (!words[1] || !words[2])
        return -EINVAL;
    count = strtoul(words[2], NULL, 10);
    while (have < count && words[3 + have])
        have++;
    if (have < count)
        return -EINVAL;
    result = sd_bus_message_open_container(message, 'r', "sv");
    if (result >= 0)
        result = sd_bus_message_append(message, "s", words[0]);
    if (result >= 0)
        result = sd_bus_message_open_container(message, 'v', words[1]);
    if (result >= 0)
        result = append_values(message, words[1], words + 3, count);
    if (result >= 0)
        result = sd_bus_message_close_container(message);
    if (result >= 0)
        result = sd_bus_message_close_container(message);
    return result < 0 ? result : (long)(3 + count);
}

/* @param own whether this process is to be in the scope: number 0 is the sender, in whatever process id namespace */
static int append_properties(sd_bus_message *message, char **words, bool own)
{
    int result = sd_bus_message_open_container(message, 'a', "(sv)");

    while (result >= 0 && *words) {
        long n = append_property(message, words);

        if (n < 0)
            return (int)n;
        words += n;
    }
    if (result >= 0 && own)
        result = sd_bus_message_append(message, "(sv)", "PIDs", "au", 1, 0);
    return result < 0 ? result : sd_bus_message_close_container(message);
}

/* ---- jobs ---- */

static int on_job_removed(sd_bus_message *message, void *data, sd_bus_error *error)
{
    struct scope *scope = data;
    const char *job, *unit, *result;
    uint32_t id;

    (void)error;
    if (sd_bus_message_read(message, "uoss", &id, &job, &unit, &result) < 0 || !scope->job ||
        strcmp(job, scope->job) != 0)
        return 0;
    snprintf(scope->result, sizeof scope->result, "%s", result);
    return 0;
}

static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int wait_for_job(struct scope *scope)
{
    uint64_t deadline = now_us() + (uint64_t)JOB_SECONDS * 1000000;

    while (!*scope->result) {
        int result = sd_bus_process(scope->bus, NULL);
        uint64_t now = now_us();

        if (result < 0)
            return fail(scope, "lost systemd while it worked: %s", strerror(-result));
        if (result > 0)
            continue;
        if (now >= deadline)
            return fail(scope, "systemd has not done it within %d s", JOB_SECONDS);
        result = sd_bus_wait(scope->bus, deadline - now);
        if (result < 0 && result != -EINTR)
            return fail(scope, "cannot wait for systemd: %s", strerror(-result));
    }
    if (strcmp(scope->result, "done") == 0)
        return 0;
    return fail(scope, "systemd's job ended with '%s'; see: journalctl -u '%s'", scope->result, scope->unit);
}

/* Sends a method call that starts a job, and waits for the job. @return -EEXIST when the unit exists already. */
static int run_job(struct scope *scope, sd_bus_message *call, const char *what)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message *reply = NULL;
    const char *job;
    int result;

    /* Signals that come before the reply wait in the connection: none is lost. */
    *scope->result = '\0';
    result = sd_bus_call(scope->bus, call, 0, &error, &reply);
    if (result >= 0)
        result = sd_bus_message_read(reply, "o", &job);
    if (result < 0) {
        bool exists = sd_bus_error_has_name(&error, "org.freedesktop.systemd1.UnitExists");

        scope->unknown = sd_bus_error_has_name(&error, "org.freedesktop.systemd1.NoSuchUnit");
        fail_bus(scope, what, &error, result);
        result = exists ? -EEXIST : -1;
    } else {
        free(scope->job_path);
        scope->job = scope->job_path = strdup(job);
        result = wait_for_job(scope);
    }
    sd_bus_error_free(&error);
    sd_bus_message_unref(reply);
    return result;
}

/* ---- what is asked ---- */

/* @return whether a process is in the unit's cgroup: systemd may not have heard yet that all have ended. */
static bool is_populated(struct scope *scope)
{
    char *object = NULL, *cgroup = NULL, file[4200], line[64];
    bool populated = false;
    FILE *events;

    if (sd_bus_path_encode("/org/freedesktop/systemd1/unit", scope->unit, &object) < 0)
        return true;
    sd_bus_get_property_string(scope->bus, service, object, "org.freedesktop.systemd1.Scope", "ControlGroup",
                               NULL, &cgroup);
    free(object);
    for (int hybrid = 0; cgroup && *cgroup && hybrid < 2; hybrid++) {
        snprintf(file, sizeof file, "/sys/fs/cgroup%s%s/cgroup.events", hybrid ? "/unified" : "", cgroup);
        events = fopen(file, "re");
        while (events && fgets(line, sizeof line, events))
            populated |= strcmp(line, "populated 1\n") == 0;
        if (events)
            fclose(events);
    }
    free(cgroup);
    return populated;
}

int scope_stop(struct scope *scope)
{
    sd_bus_message *call = NULL;
    int result = sd_bus_message_new_method_call(scope->bus, &call, service, path, manager, "StopUnit");

    if (result >= 0)
        result = sd_bus_message_append(call, "ss", scope->unit, "replace");
    result = result < 0 ? fail_bus(scope, "cannot stop the unit", NULL, result)
                        : run_job(scope, call, "cannot stop the unit that was left behind");
    sd_bus_message_unref(call);
    sd_bus_call_method(scope->bus, service, path, manager, "ResetFailedUnit", NULL, NULL, "s", scope->unit);
    return result == 0 || scope->unknown ? 0 : -1;
}

static int start_once(struct scope *scope, char **properties)
{
    sd_bus_message *call = NULL;
    int result =
        sd_bus_message_new_method_call(scope->bus, &call, service, path, manager, "StartTransientUnit");

    if (result >= 0)
        result = sd_bus_message_append(call, "ss", scope->unit, "fail");
    if (result >= 0)
        result = append_properties(call, properties, true);
    if (result >= 0)
        result = sd_bus_message_append(call, "a(sa(sv))", 0);
    result = result < 0 ? fail_bus(scope, "cannot write the properties", NULL, result)
                        : run_job(scope, call, "systemd refuses");
    sd_bus_message_unref(call);
    return result;
}

int scope_listen(struct scope *scope)
{
    /* Spoken to directly, systemd has no name that a match could ask for. */
    int result =
        sd_bus_match_signal(scope->bus, NULL, NULL, path, manager, "JobRemoved", on_job_removed, scope);

    if (result < 0)
        return fail_bus(scope, "cannot listen to systemd", NULL, result);
    return 0;
}

int scope_start(struct scope *scope, char **properties)
{
    int result;

    for (int i = 0;; i++) {
        result = start_once(scope, properties);
        if (result != -EEXIST || i == STALE_TRIES)
            return result < 0 ? -1 : 0;
        /* That of a container that has just been deleted, under the same name. */
        if (is_populated(scope))
            return fail(scope, "a unit of this name exists and has processes");
        if (scope_stop(scope) < 0)
            return -1;
    }
}

int scope_set(struct scope *scope, char **properties)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message *call = NULL;
    int result =
        sd_bus_message_new_method_call(scope->bus, &call, service, path, manager, "SetUnitProperties");

    scope->unknown = false;
    if (result >= 0)
        result = sd_bus_message_append(call, "sb", scope->unit, 1);
    if (result >= 0)
        result = append_properties(call, properties, false);
    if (result >= 0)
        result = sd_bus_call(scope->bus, call, 0, &error, NULL);
    if (result < 0) {
        scope->unknown = sd_bus_error_has_name(&error, "org.freedesktop.systemd1.NoSuchUnit");
        fail_bus(scope, "systemd refuses", &error, result);
    }
    sd_bus_error_free(&error);
    sd_bus_message_unref(call);
    return result < 0 ? -1 : 0;
}
