/* npy_objects.c - reads NumPy's arrays of objects: lists of numbers of different lengths, texts,
 * matrices, one for each entry. SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "prepare/cells.h"
#include "prepare/npy.h"
#include "prepare/pickle.h"

enum { MOST_SHARED = 64 }; /* numbers for each byte */

/* What adding an entry came to. */
enum added { ADDED, UNREADABLE, NO_ROOM };

static enum added add_numbers(double **to, struct cells *cells, size_t count, size_t rows)
{
    return cells_add(to, cells, count, rows, NULL) == LFADS_OK ? ADDED : NO_ROOM;
}

/* Adds a text as its letters in UTF-16, of which those beyond its first plane become question
 * marks. */
static enum added add_text(struct cells *cells, const struct pickle_value *v)
{
    size_t count = 0;
    double *to;

    for (size_t i = 0; i < v->length; i++)
        count += (v->bytes[i] & 0xc0) != 0x80;
    if (add_numbers(&to, cells, count, 0) != ADDED)
        return NO_ROOM;
    cells->characters++;
    for (size_t i = 0, k = 0; i < v->length && k < count; k++) {
        unsigned char c = v->bytes[i++];
        unsigned letter = c < 0x80 ? c : c < 0xe0 ? c & 0x1fu : c & 0x0fu;

        for (; i < v->length && (v->bytes[i] & 0xc0) == 0x80; i++)
            letter = letter << 6 | (v->bytes[i] & 0x3fu);
        to[k] = c >= 0xf0 ? '?' : letter;
    }
    return ADDED;
}

/* Adds the numbers of a list. */
static enum added add_list(struct cells *cells, const struct pickle *p,
                           const struct pickle_value *v)
{
    double *to;
    uint32_t at = v->first;

    for (uint32_t link = at; link != PICKLE_NONE; link = p->link[link].next)
        if (p->value[p->link[link].value].kind != PICKLE_NUMBER)
            return UNREADABLE;
    if (add_numbers(&to, cells, v->length, 0) != ADDED)
        return NO_ROOM;
    for (size_t i = 0; i < v->length && at != PICKLE_NONE; i++, at = p->link[at].next)
        to[i] = p->value[p->link[at].value].number;
    return ADDED;
}

/* Adds an array of numbers with up to two axes; a matrix's first axis varies fastest then. */
static enum added add_array(struct cells *cells, const struct pickle *p,
                            const struct pickle_value *v)
{
    size_t count = 1, rows, columns;
    double *to;

    if (v->rank > 2)
        return UNREADABLE;
    for (size_t i = 0; i < v->rank; i++)
        if (__builtin_mul_overflow(count, v->dims[i], &count))
            return UNREADABLE;
    if (v->list != PICKLE_NONE)
        return v->rank == 1 && p->value[v->list].length == count
                   ? add_list(cells, p, &p->value[v->list])
                   : UNREADABLE;
    if (!npy_is_number(v->type, v->size) || !v->bytes || count > v->length / v->size ||
        count * v->size != v->length)
        return UNREADABLE;
    rows = v->rank == 2 ? v->dims[0] : count;
    columns = rows ? count / rows : 0;
    if (add_numbers(&to, cells, count, rows > 1 && columns > 1 ? rows : 0) != ADDED)
        return NO_ROOM;
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++) {
            size_t i = row * columns + column;

            to[v->columns || v->rank < 2 ? i : column * rows + row] =
                npy_number(v->bytes + i * v->size, v->type, v->size, v->swapped);
        }
    return ADDED;
}

static enum added add_entry(struct cells *cells, const struct pickle *p,
                            const struct pickle_value *v)
{
    double *to;

    switch (v->kind) {
    case PICKLE_NUMBER:
        if (add_numbers(&to, cells, 1, 0) != ADDED)
            return NO_ROOM;
        *to = v->number;
        return ADDED;
    case PICKLE_TEXT:
        return add_text(cells, v);
    case PICKLE_LIST:
        return add_list(cells, p, v);
    case PICKLE_ARRAY:
        return add_array(cells, p, v);
    default:
        return UNREADABLE;
    }
}

/* Adds the entries of ARRAY, COUNT of them, to CELLS. Entries may be one and the same list, but not
 * so often that they are more than MOST numbers. */
static enum added add_entries(struct cells *cells, const struct pickle *p, uint32_t array,
                              size_t count, size_t most)
{
    const struct pickle_value *v = array != PICKLE_NONE ? &p->value[array] : NULL, *list;
    enum added added = ADDED;
    size_t texts = 0;

    if (!v || v->kind != PICKLE_ARRAY || v->list == PICKLE_NONE || v->columns ||
        p->value[v->list].length != count)
        return UNREADABLE;
    list = &p->value[v->list];
    for (uint32_t at = list->first; at != PICKLE_NONE && added == ADDED; at = p->link[at].next) {
        const struct pickle_value *one = &p->value[p->link[at].value];

        texts += one->kind == PICKLE_TEXT;
        added = cells->used <= most ? add_entry(cells, p, one) : UNREADABLE;
    }
    return added == ADDED && texts > 0 && texts < count ? UNREADABLE : added;
}

enum lfads_status npy_read_objects(struct variables *variables, const char *name, size_t rank,
                                   const size_t *dims, const unsigned char *bytes, size_t length,
                                   struct lfads_error *err)
{
    struct pickle pickle;
    struct cells cells;
    size_t count = 1;
    uint32_t array = pickle_read(&pickle, bytes, length);
    enum added added = UNREADABLE;
    enum lfads_status status = cells_begin(&cells, rank, dims, variables->path, err);

    for (size_t i = 0; i < rank; i++)
        count *= dims[i]; /* cells_begin has found them few enough */
    if (status == LFADS_OK)
        added = add_entries(&cells, &pickle, array, count, MOST_SHARED * length);
    if (status == LFADS_OK && (pickle.no_memory || added == NO_ROOM))
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path);
    pickle_free(&pickle);
    if (status == LFADS_OK && added == ADDED)
        return cells_end(variables, name, &cells, err);
    cells_free(&cells);
    return status == LFADS_OK
               ? variables_skip(variables, name,
                                "holds Python objects that are not lists of numbers or texts (save "
                                "its parts as arrays)",
                                err)
               : status;
}
