/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* createContainer and startContainer: the hooks that the init runs. */
#include <string.h>

#include "base/json.h"
#include "plan/builder.h"

static const char pid_mark[] = "\x01pid\x01";

/*
 * The state as the hook gets it on standard input, in two pieces: the process id between them is known inside
 * alone. The pieces are cut where a mark stands that JSON text cannot contain.
 */
static void state_pieces(struct plan_builder *b, const char *status, struct plan_hook *step)
{
    struct strbuf text = STRBUF(b->plan->arena);
    struct json json = {.out = &text};
    const struct spec_pairs *annotations = &b->spec->annotations;
    char *mark;

    json_object(&json, NULL);
    json_string(&json, "ociVersion", b->request->oci_version);
    json_string(&json, "id", b->request->id);
    json_string(&json, "status", status);
    json_raw(&json, "pid", pid_mark);
    json_string(&json, "bundle", b->request->bundle);
    if (annotations->count > 0) {
        json_object(&json, "annotations");
        for (size_t i = 0; i < annotations->count; i++)
            json_string(&json, annotations->items[i].key, annotations->items[i].value);
        json_object_end(&json);
    }
    json_object_end(&json);
    mark = strstr(text.data, pid_mark);
    *mark = '\0';
    step->state_head = builder_text(b, text.data);
    step->state_tail = builder_text(b, mark + strlen(pid_mark));
}

/* What the hook writes goes to the file that an annotation names. */
static void add_file(struct plan_builder *b, const char *annotation, const char *otherwise, uint32_t where)
{
    const char *path = spec_annotation(b->spec, annotation);

    if (path && *path)
        builder_slot(b, PLAN_SLOT_APPEND, where, path,
                     spec_pointer(b->plan->arena, "/annotations", annotation));
    else if (otherwise)
        builder_slot(b, PLAN_SLOT_APPEND, where, otherwise, NULL);
}

int plan_container_hooks(struct plan_builder *b, enum plan_hook_kind kind, struct caisson_error *err)
{
    const struct spec_hook_list *hooks = kind == PLAN_HOOK_CREATE_CONTAINER ? &b->spec->hooks.create_container
                                                                            : &b->spec->hooks.start_container;
    bool create = kind == PLAN_HOOK_CREATE_CONTAINER;
    const char *name = create ? "createContainer" : "startContainer";
    struct plan_hook state = {.output = -1, .errors = -1};

    (void)err;
    if (hooks->count > 0)
        state_pieces(b, create ? "creating" : "created", &state);
    for (size_t i = 0; i < hooks->count; i++) {
        const struct spec_hook *hook = &hooks->items[i];
        struct plan_hook step = state;
        uint32_t where;

        step.path = builder_text(b, hook->path);
        step.args = builder_vector(b, &hook->args);
        step.env = builder_vector(b, &hook->env);
        if (hook->timeout.set)
            step.timeout_ms =
                hook->timeout.value > INT32_MAX / 1000 ? INT32_MAX : (uint32_t)hook->timeout.value * 1000;
        where = builder_step(b, PLAN_OP_HOOK, builder_format(b, "/hooks/%s/%zu", name, i), &step);
        /* Never to the standard output of the container: what reads that expects the program's alone. */
        add_file(b, PLAN_HOOKS_STDOUT, "/dev/null", where + offsetof(struct plan_hook, output));
        add_file(b, PLAN_HOOKS_STDERR, NULL, where + offsetof(struct plan_hook, errors));
    }
    return 0;
}
