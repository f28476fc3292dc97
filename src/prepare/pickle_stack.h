/* pickle_stack.h - the stack that a pickle's codes work on. Each function returns false if the
 * pickle is damaged, or for lack of memory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_PICKLE_STACK_H
#define LFADS_PREPARE_PICKLE_STACK_H
#include "prepare/pickle_value.h"

struct pickle_stack {
    struct pickle *p;
    const unsigned char *at, *end; /* what is not read yet */
    uint32_t *stack, *kept;        /* values; those that later codes name */
    size_t depth, room, n_kept, kept_room;
};

bool pickle_push(struct pickle_stack *s, enum pickle_kind kind);
bool pickle_push_number(struct pickle_stack *s, double number);
bool pickle_push_text(struct pickle_stack *s, enum pickle_kind kind, const unsigned char *bytes,
                      size_t length);
/* Makes a list of the last COUNT values, or of those behind the last mark. */
bool pickle_gather(struct pickle_stack *s, size_t count);
bool pickle_gather_marked(struct pickle_stack *s);
/* Appends these to the list before them. */
bool pickle_append(struct pickle_stack *s, size_t count);
bool pickle_append_marked(struct pickle_stack *s);
bool pickle_drop(struct pickle_stack *s, size_t count);
bool pickle_drop_marked(struct pickle_stack *s);
bool pickle_keep(struct pickle_stack *s, size_t place);
bool pickle_recall(struct pickle_stack *s, size_t place);
/* Makes a name of two texts: the second. */
bool pickle_name(struct pickle_stack *s);
/* Makes what a name and its arguments stand for: an array, a type, a number. */
bool pickle_call(struct pickle_stack *s);
/* Gives an array or a type what the last value says. */
bool pickle_set(struct pickle_stack *s);
#endif
