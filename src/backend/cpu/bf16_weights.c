/* bf16_weights.c - keeps packed copies of matrices and finds them by the address of their floats.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "backend/cpu/bf16.h"

enum { INITIAL_CAPACITY = 64 }; /* matrices of a vector */

struct packed {
    size_t offset, rows, cols;
    uint32_t *pairs; /* [(rows+1)/2,bf16_stride(cols)] */
};

/* A vector's matrices, in the order of their offsets. */
struct vector {
    const real *start;
    struct packed *packed;
    size_t count, capacity;
    struct vector *next;
};

struct bf16_weights {
    struct vector *first;
};

struct bf16_weights *bf16_weights_create(void) { return calloc(1, sizeof(struct bf16_weights)); }

static void release(struct vector *v)
{
    for (size_t i = 0; i < v->count; i++)
        free(v->packed[i].pairs);
    free(v->packed);
    free(v);
}

void bf16_weights_free(struct bf16_weights *weights)
{
    while (weights && weights->first) {
        struct vector *v = weights->first;

        weights->first = v->next;
        release(v);
    }
    free(weights);
}

void bf16_weights_remove(struct bf16_weights *weights, const real *vector)
{
    for (struct vector **link = &weights->first; *link; link = &(*link)->next)
        if ((*link)->start == vector) {
            struct vector *v = *link;

            *link = v->next;
            release(v);
            return;
        }
}

static struct vector *vector_of(struct bf16_weights *weights, const real *start)
{
    struct vector *v = weights->first;

    while (v && v->start != start)
        v = v->next;
    if (v)
        return v;
    v = malloc(sizeof *v);
    if (!v)
        return NULL;
    *v = (struct vector){.start = start, .capacity = INITIAL_CAPACITY, .next = weights->first};
    v->packed = malloc(INITIAL_CAPACITY * sizeof *v->packed);
    if (!v->packed) {
        free(v);
        return NULL;
    }
    return weights->first = v;
}

/* Returns the number of matrices that begin at or before OFFSET. */
static size_t count_before(const struct vector *v, size_t offset)
{
    size_t low = 0, high = v->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (v->packed[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct packed *append(struct vector *v, size_t offset, size_t rows, size_t cols)
{
    size_t words = (rows + 1) / 2 * bf16_stride(cols);

    if (v->count == v->capacity) {
        size_t capacity = 2 * v->capacity;
        struct packed *grown = realloc(v->packed, capacity * sizeof *grown);

        if (!grown)
            return NULL;
        v->packed = grown;
        v->capacity = capacity;
    }
    assert(v->count == 0 || v->packed[v->count - 1].offset < offset);
    v->packed[v->count] = (struct packed){.offset = offset,
                                          .rows = rows,
                                          .cols = cols,
                                          .pairs = aligned_alloc(64, words * sizeof(uint32_t))};
    return v->packed[v->count].pairs ? &v->packed[v->count++] : NULL;
}

bool bf16_weights_pack(struct bf16_weights *weights, const real *vector, size_t offset, size_t rows,
                       size_t cols)
{
    struct vector *v = vector_of(weights, vector);
    struct packed *p;
    size_t before;

    if (!v)
        return false;
    before = count_before(v, offset);
    if (before && v->packed[before - 1].offset == offset)
        p = &v->packed[before - 1];
    else
        p = append(v, offset, rows, cols);
    if (!p)
        return false;
    assert(p->rows == rows && p->cols == cols);
    bf16_pack(p->pairs, bf16_stride(cols), vector + offset, cols, rows, cols);
    return true;
}

const uint32_t *bf16_weights_find(const struct bf16_weights *weights, const real *b, size_t ldb,
                                  size_t k, size_t n)
{
    for (const struct vector *v = weights->first; v; v = v->next) {
        size_t offset = ((uintptr_t)b - (uintptr_t)v->start) / sizeof *b, row, col;
        size_t before = b >= v->start ? count_before(v, offset) : 0;
        const struct packed *p = before ? &v->packed[before - 1] : NULL;

        if (!p || p->cols != ldb)
            continue;
        row = (offset - p->offset) / ldb;
        col = (offset - p->offset) % ldb;
        if (row % 2 == 0 && row + k <= p->rows && col + n <= ldb &&
            (k % 2 == 0 || row + k == p->rows))
            return p->pairs + row / 2 * bf16_stride(ldb) + col;
    }
    return NULL;
}
