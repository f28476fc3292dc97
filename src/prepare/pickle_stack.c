/* pickle_stack.c - the stack that a pickle's codes work on.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/pickle_stack.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "prepare/npy.h"

/* Makes *ITEMS of SIZE bytes each at least one larger than USED. */
static bool grow(void *items, size_t *room, size_t used, size_t size, struct pickle *p)
{
    size_t wanted = 2 * used + 64;
    void *old, *larger;

    if (used < *room)
        return true;
    memcpy(&old, items, sizeof old);
    larger = used < UINT32_MAX / 4 && wanted < memory_available() / size
                 ? realloc(old, wanted * size)
                 : NULL;
    if (!larger) {
        p->no_memory = true;
        return false;
    }
    memcpy(items, &larger, sizeof larger);
    *room = wanted;
    return true;
}

static bool push_index(struct pickle_stack *s, uint32_t value)
{
    if (!grow(&s->stack, &s->room, s->depth, sizeof *s->stack, s->p))
        return false;
    s->stack[s->depth++] = value;
    return true;
}

static struct pickle_value *top(struct pickle_stack *s)
{
    return &s->p->value[s->stack[s->depth - 1]];
}

bool pickle_push(struct pickle_stack *s, enum pickle_kind kind)
{
    struct pickle *p = s->p;

    if (!grow(&p->value, &p->value_room, p->values, sizeof *p->value, p))
        return false;
    p->value[p->values] = (struct pickle_value){
        .kind = kind, .first = PICKLE_NONE, .last = PICKLE_NONE, .list = PICKLE_NONE};
    return push_index(s, (uint32_t)p->values++);
}

bool pickle_push_number(struct pickle_stack *s, double number)
{
    if (!pickle_push(s, PICKLE_NUMBER))
        return false;
    top(s)->number = number;
    return true;
}

bool pickle_push_text(struct pickle_stack *s, enum pickle_kind kind, const unsigned char *bytes,
                      size_t length)
{
    if (!pickle_push(s, kind))
        return false;
    top(s)->bytes = bytes;
    top(s)->length = length;
    return true;
}

/* Appends the COUNT values from stack[FROM] on to the list LIST. */
static bool append(struct pickle_stack *s, uint32_t list, size_t from, size_t count)
{
    struct pickle *p = s->p;

    for (size_t i = 0; i < count; i++) {
        struct pickle_value *v = &p->value[list];

        if (!grow(&p->link, &p->link_room, p->links, sizeof *p->link, p))
            return false;
        p->link[p->links] = (struct pickle_link){s->stack[from + i], PICKLE_NONE};
        if (v->last == PICKLE_NONE)
            v->first = (uint32_t)p->links;
        else
            p->link[v->last].next = (uint32_t)p->links;
        v->last = (uint32_t)p->links++;
        v->length++;
    }
    return true;
}

/* How many values are behind the last mark; SIZE_MAX: there is none. */
static size_t behind_mark(const struct pickle_stack *s)
{
    for (size_t i = s->depth; i-- > 0;)
        if (s->p->value[s->stack[i]].kind == PICKLE_MARK)
            return s->depth - i - 1;
    return SIZE_MAX;
}

bool pickle_drop(struct pickle_stack *s, size_t count)
{
    if (count > s->depth)
        return false;
    s->depth -= count;
    return true;
}

bool pickle_drop_marked(struct pickle_stack *s)
{
    size_t count = behind_mark(s);

    return count < SIZE_MAX && pickle_drop(s, count + 1);
}

/* Makes a list of the last COUNT values, and drops EXTRA before them. */
static bool gather(struct pickle_stack *s, size_t count, size_t extra)
{
    uint32_t list;

    if (count > s->depth || extra > s->depth - count || !pickle_push(s, PICKLE_LIST))
        return false;
    list = s->stack[--s->depth];
    if (!append(s, list, s->depth - count, count))
        return false;
    s->depth -= count + extra;
    return push_index(s, list);
}

bool pickle_gather(struct pickle_stack *s, size_t count) { return gather(s, count, 0); }

bool pickle_gather_marked(struct pickle_stack *s)
{
    size_t count = behind_mark(s);

    return count < SIZE_MAX && gather(s, count, 1);
}

/* Appends the last COUNT values to the list before them and EXTRA others. */
static bool append_last(struct pickle_stack *s, size_t count, size_t extra)
{
    uint32_t list;

    if (count >= s->depth || extra >= s->depth - count)
        return false;
    list = s->stack[s->depth - count - extra - 1];
    if (s->p->value[list].kind != PICKLE_LIST || !append(s, list, s->depth - count, count))
        return false;
    return pickle_drop(s, count + extra);
}

bool pickle_append(struct pickle_stack *s, size_t count) { return append_last(s, count, 0); }

bool pickle_append_marked(struct pickle_stack *s)
{
    size_t count = behind_mark(s);

    return count < SIZE_MAX && append_last(s, count, 1);
}

bool pickle_keep(struct pickle_stack *s, size_t place)
{
    if (s->depth == 0 || place > s->n_kept ||
        !grow(&s->kept, &s->kept_room, s->n_kept, sizeof *s->kept, s->p))
        return false;
    s->kept[place] = s->stack[s->depth - 1];
    s->n_kept += place == s->n_kept;
    return true;
}

bool pickle_recall(struct pickle_stack *s, size_t place)
{
    return place < s->n_kept && push_index(s, s->kept[place]);
}

bool pickle_name(struct pickle_stack *s)
{
    const struct pickle_value *name;

    if (s->depth < 2 || top(s)->kind != PICKLE_TEXT)
        return false;
    name = top(s);
    if (!pickle_push_text(s, PICKLE_NAME, name->bytes, name->length))
        return false;
    s->stack[s->depth - 3] = s->stack[s->depth - 1];
    return pickle_drop(s, 2);
}

static bool is_called(const struct pickle_value *v, const char *name)
{
    return v->kind == PICKLE_NAME && v->length == strlen(name) &&
           memcmp(v->bytes, name, v->length) == 0;
}

/* Entry I of the list LIST; PICKLE_NONE if there are fewer. */
static uint32_t entry(const struct pickle *p, uint32_t list, size_t i)
{
    uint32_t link = p->value[list].kind == PICKLE_LIST ? p->value[list].first : PICKLE_NONE;

    while (link != PICKLE_NONE && i-- > 0)
        link = p->link[link].next;
    return link == PICKLE_NONE ? PICKLE_NONE : p->link[link].value;
}

/* Makes V the type that TEXT says: f8, i4, U7, O8. */
static bool set_type(struct pickle_value *v, const struct pickle_value *text)
{
    v->kind = PICKLE_TYPE;
    if (text->kind != PICKLE_TEXT || text->length < 2 || text->length > 8)
        return false;
    v->type = (char)text->bytes[0];
    for (size_t i = 1; i < text->length; i++)
        v->size = text->bytes[i] >= '0' && text->bytes[i] <= '9'
                      ? v->size * 10 + (size_t)(text->bytes[i] - '0')
                      : 0;
    return true;
}

/* Bytes that protocol 2 writes as a text of the Latin-1 alphabet. */
static bool encode(struct pickle_stack *s, struct pickle_value *v, const struct pickle_value *text)
{
    struct pickle *p = s->p;
    unsigned char *bytes = malloc(text->length + 1), **made;
    size_t length = 0;

    made = bytes ? realloc(p->made, (p->n_made + 1) * sizeof *made) : NULL;
    if (!made) {
        free(bytes);
        p->no_memory = true;
        return false;
    }
    p->made = made;
    p->made[p->n_made++] = bytes;
    for (size_t i = 0; i < text->length; i++) {
        unsigned char c = text->bytes[i];

        if (c >= 0xc0 && i + 1 < text->length)
            c = (unsigned char)(c << 6 | (text->bytes[++i] & 0x3f));
        bytes[length++] = c;
    }
    v->kind = PICKLE_TEXT;
    v->bytes = bytes;
    v->length = length;
    return true;
}

bool pickle_call(struct pickle_stack *s)
{
    struct pickle *p = s->p;
    uint32_t name, first, second;
    struct pickle_value made = {
        .kind = PICKLE_OTHER, .list = PICKLE_NONE, .first = PICKLE_NONE, .last = PICKLE_NONE};
    bool fine = true;

    if (s->depth < 2)
        return false;
    name = s->stack[s->depth - 2];
    first = entry(p, s->stack[s->depth - 1], 0);
    second = entry(p, s->stack[s->depth - 1], 1);
    if (is_called(&p->value[name], "_reconstruct"))
        made.kind = PICKLE_ARRAY;
    else if (is_called(&p->value[name], "dtype") && first != PICKLE_NONE)
        fine = set_type(&made, &p->value[first]);
    else if (is_called(&p->value[name], "encode") && first != PICKLE_NONE &&
             p->value[first].kind == PICKLE_TEXT)
        fine = encode(s, &made, &p->value[first]);
    else if (is_called(&p->value[name], "scalar") && second != PICKLE_NONE &&
             p->value[first].kind == PICKLE_TYPE && p->value[second].kind == PICKLE_TEXT &&
             p->value[second].length == p->value[first].size &&
             npy_is_number(p->value[first].type, p->value[first].size)) {
        made.kind = PICKLE_NUMBER;
        made.number = npy_number(p->value[second].bytes, p->value[first].type, p->value[first].size,
                                 p->value[first].swapped);
    }
    if (!fine || !pickle_push(s, made.kind))
        return false;
    *top(s) = made;
    s->stack[s->depth - 3] = s->stack[s->depth - 1];
    return pickle_drop(s, 2);
}

/* Sets the axes of V to the numbers of the list SHAPE. */
static void set_shape(struct pickle_value *v, const struct pickle *p, uint32_t shape)
{
    size_t most = sizeof v->dims / sizeof v->dims[0];

    v->rank = p->value[shape].length;
    if (v->rank > most)
        v->rank = most + 1;
    for (size_t i = 0; i < v->rank && i < most; i++) {
        uint32_t one = entry(p, shape, i);
        double length = one != PICKLE_NONE ? p->value[one].number : 0;

        v->dims[i] = length >= 0 && length < 1e15 ? (size_t)length : 0;
    }
}

/* Gives the array V its state: version, shape, type, order, numbers. */
static void set_array(struct pickle_value *v, const struct pickle *p, uint32_t state)
{
    uint32_t shape = entry(p, state, 1), type = entry(p, state, 2), order = entry(p, state, 3),
             numbers = entry(p, state, 4);

    if (numbers == PICKLE_NONE || p->value[type].kind != PICKLE_TYPE ||
        p->value[shape].kind != PICKLE_LIST) {
        v->kind = PICKLE_OTHER;
        return;
    }
    set_shape(v, p, shape);
    v->type = p->value[type].type;
    v->size = p->value[type].size;
    v->swapped = p->value[type].swapped;
    v->columns = p->value[order].number != 0;
    if (p->value[numbers].kind == PICKLE_LIST)
        v->list = numbers;
    v->bytes = p->value[numbers].kind == PICKLE_TEXT ? p->value[numbers].bytes : NULL;
    v->length = p->value[numbers].length;
}

bool pickle_set(struct pickle_stack *s)
{
    struct pickle *p = s->p;
    struct pickle_value *v;
    uint32_t state, order;

    if (s->depth < 2)
        return false;
    state = s->stack[--s->depth];
    v = top(s);
    order = entry(p, state, 1);
    if (v->kind == PICKLE_ARRAY)
        set_array(v, p, state);
    else if (v->kind == PICKLE_TYPE && order != PICKLE_NONE)
        v->swapped = p->value[order].kind == PICKLE_TEXT && p->value[order].length == 1 &&
                     *p->value[order].bytes == '>';
    return true;
}
