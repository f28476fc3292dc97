/* pickle.c - what Python's pickles of NumPy's arrays say.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/pickle.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "prepare/pickle_stack.h"

static uint64_t whole_of(const unsigned char *bytes, size_t size)
{
    uint64_t word = 0;

    for (size_t i = 0; i < size; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

/* Takes SIZE bytes off the pickle; NULL if there are fewer. */
static const unsigned char *take(struct pickle_stack *s, size_t size)
{
    const unsigned char *at = s->at;

    if (size > (size_t)(s->end - s->at))
        return NULL;
    s->at += size;
    return at;
}

/* Pushes a whole number of SIZE bytes, with a sign if it IS_SIGNED. */
static bool push_whole(struct pickle_stack *s, size_t size, bool is_signed)
{
    const unsigned char *bytes = take(s, size);
    uint64_t word;

    if (!bytes || size > 8)
        return false;
    word = whole_of(bytes, size);
    if (is_signed && size > 0 && size < 8 && bytes[size - 1] & 0x80)
        word |= ~(uint64_t)0 << (8 * size);
    return pickle_push_number(s, is_signed ? (double)(int64_t)word : (double)word);
}

static bool push_real(struct pickle_stack *s)
{
    const unsigned char *bytes = take(s, 8);
    unsigned char turned[8];
    double value;

    if (!bytes)
        return false;
    for (int i = 0; i < 8; i++)
        turned[i] = bytes[7 - i];
    memcpy(&value, turned, sizeof value);
    return pickle_push_number(s, value);
}

/* Pushes a text or bytes whose length is in SIZE bytes. */
static bool push_text(struct pickle_stack *s, size_t size)
{
    const unsigned char *bytes = take(s, size);
    uint64_t length = bytes ? whole_of(bytes, size) : 0;

    if (!bytes || length > (uint64_t)(s->end - s->at))
        return false;
    bytes = take(s, (size_t)length);
    return pickle_push_text(s, PICKLE_TEXT, bytes, (size_t)length);
}

/* A whole number of SIZE bytes that is no value; SIZE_MAX: there is none. */
static size_t take_index(struct pickle_stack *s, size_t size)
{
    const unsigned char *bytes = take(s, size);

    return bytes ? (size_t)whole_of(bytes, size) : SIZE_MAX;
}

/* Pushes the name that two lines have; of the second only is kept. */
static bool push_global(struct pickle_stack *s)
{
    const unsigned char *line = s->at;

    for (int i = 0; i < 2; i++) {
        line = s->at;
        while (s->at < s->end && *s->at != '\n')
            s->at++;
        if (s->at == s->end)
            return false;
        s->at++;
    }
    return pickle_push_text(s, PICKLE_NAME, line, (size_t)(s->at - 1 - line));
}

/* Values of numbers, texts and names. */
static bool read_value(bool *known, struct pickle_stack *s, unsigned char code)
{
    *known = true;
    switch (code) {
    case 'N':
        return pickle_push(s, PICKLE_OTHER);
    case 0x88:
    case 0x89:
        return pickle_push_number(s, code == 0x88);
    case 'K':
        return push_whole(s, 1, false);
    case 'M':
        return push_whole(s, 2, false);
    case 'J':
        return push_whole(s, 4, true);
    case 0x8a:
        return push_whole(s, take_index(s, 1), true);
    case 'G':
        return push_real(s);
    case 'C':
    case 'U':
    case 0x8c:
        return push_text(s, 1);
    case 'B':
    case 'T':
    case 'X':
        return push_text(s, 4);
    case 0x8d:
    case 0x8e:
    case 0x96:
        return push_text(s, 8);
    case 'c':
        return push_global(s);
    default:
        *known = false;
        return true;
    }
}

/* Lists, tuples and dictionaries, of which the last are of no kind. */
static bool read_list(bool *known, struct pickle_stack *s, unsigned char code)
{
    *known = true;
    switch (code) {
    case '(':
        return pickle_push(s, PICKLE_MARK);
    case ')':
    case ']':
        return pickle_push(s, PICKLE_LIST);
    case '}':
        return pickle_push(s, PICKLE_OTHER);
    case 0x85:
    case 0x86:
    case 0x87:
        return pickle_gather(s, (size_t)(code - 0x84));
    case 't':
    case 'l':
        return pickle_gather_marked(s);
    case 'a':
        return pickle_append(s, 1);
    case 'e':
        return pickle_append_marked(s);
    case 's':
        return pickle_drop(s, 2);
    case 'u':
        return pickle_drop_marked(s);
    default:
        *known = false;
        return true;
    }
}

/* The rest: what keeps values, makes arrays, or says nothing. */
static bool read_other(struct pickle_stack *s, unsigned char code)
{
    switch (code) {
    case 0x80:
        return take(s, 1) != NULL;
    case 0x95:
        return take(s, 8) != NULL;
    case '0':
        return pickle_drop(s, 1);
    case '1':
        return pickle_drop_marked(s);
    case 'q':
        return pickle_keep(s, take_index(s, 1));
    case 'r':
        return pickle_keep(s, take_index(s, 4));
    case 0x94:
        return pickle_keep(s, s->n_kept);
    case 'h':
        return pickle_recall(s, take_index(s, 1));
    case 'j':
        return pickle_recall(s, take_index(s, 4));
    case 0x93:
        return pickle_name(s);
    case 'R':
        return pickle_call(s);
    case 'b':
        return pickle_set(s);
    default:
        return false;
    }
}

uint32_t pickle_read(struct pickle *p, const unsigned char *bytes, size_t length)
{
    struct pickle_stack s = {.p = p, .at = bytes, .end = bytes + length};
    uint32_t made = PICKLE_NONE;
    bool fine = true;

    *p = (struct pickle){.value = NULL};
    while (fine && s.at < s.end) {
        unsigned char code = *s.at++;
        bool known;

        if (code == '.') {
            made = s.depth == 1 ? s.stack[0] : PICKLE_NONE;
            break;
        }
        fine = read_value(&known, &s, code);
        if (fine && !known)
            fine = read_list(&known, &s, code);
        if (fine && !known)
            fine = read_other(&s, code);
    }
    free(s.stack);
    free(s.kept);
    return made;
}

void pickle_free(struct pickle *p)
{
    for (size_t i = 0; i < p->n_made; i++)
        free(p->made[i]);
    free(p->made);
    free(p->value);
    free(p->link);
    *p = (struct pickle){.value = NULL};
}
