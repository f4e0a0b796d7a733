/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/format.h"
#include "plan/protocol.h"

static const char *const op_words[PLAN_OP_COUNT] = {
#define X(name, body, words) [PLAN_OP_##name] = (words),
    PLAN_OPS(X)
#undef X
};

/* "ROOT_ATTR" to "root-attr", letter by letter, while compiling: the table cannot fall behind the enumeration. */
#define LETTER(text, i)   ((text)[(i) < (int)sizeof(text) ? (i) : sizeof(text) - 1])
#define LOWER(c)          ((char)((c) >= 'A' && (c) <= 'Z' ? (c) - 'A' + 'a' : (c) == '_' ? '-' : (c)))
#define LOWER_AT(text, i) LOWER(LETTER(text, i))
#define LOWER_FOUR(text, i)                                                                                  \
    LOWER_AT(text, i), LOWER_AT(text, (i) + 1), LOWER_AT(text, (i) + 2), LOWER_AT(text, (i) + 3)
#define LOWER_TEXT(text)                                                                                     \
    {                                                                                                        \
        LOWER_FOUR(text, 0), LOWER_FOUR(text, 4), LOWER_FOUR(text, 8), LOWER_FOUR(text, 12)                  \
    }

enum { NAME_SIZE = 16 };

static const char op_names[PLAN_OP_COUNT][NAME_SIZE] = {
#define X(name, body, words) [PLAN_OP_##name] = LOWER_TEXT(#name),
    PLAN_OPS(X)
#undef X
};

#define X(name, body, words) _Static_assert((int)sizeof #name <= NAME_SIZE, "the name of a step is too long");
PLAN_OPS(X)
#undef X

static const char *const action_words[PLAN_ACTION_COUNT] = {
#define X(name, words) [PLAN_ACTION_##name] = (words),
    PLAN_ACTIONS(X)
#undef X
};

const char *plan_op_words(unsigned op)
{
    return op < PLAN_OP_COUNT ? op_words[op] : NULL;
}

const char *plan_op_name(unsigned op)
{
    return op > PLAN_OP_NONE && op < PLAN_OP_COUNT ? op_names[op] : NULL;
}

const char *plan_action_words(unsigned action)
{
    return action < PLAN_ACTION_COUNT ? action_words[action] : NULL;
}
