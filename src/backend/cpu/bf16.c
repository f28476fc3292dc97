/* bf16.c - the CPU's backend with products whose operands are rounded to bfloat16: the table of the
 * best instruction set, with other functions for products and for packing weights.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/bf16.h"

#include <stdlib.h>

#include "backend/cpu/cpu.h"
#include "backend/host_memory.h"

#ifdef __x86_64__
enum {
    MIN_DEPTH = 16,  /* smaller products are not faster than in float: terms, */
    MIN_COLUMNS = 2, /* columns */
    MIN_LEFT = 16,   /* and columns of a transposed left operand; */
    MIN_ROWS = 8     /* with fewer rows, packing the right operand takes more than it saves */
};

struct bf16 {
    struct backend table;
    const struct backend *base;
    struct bf16_weights *weights;
    bool failed; /* memory did not suffice to pack; finish reports it */
};

/* Whether P is computed in bfloat16. Sets *PAIRS to the packed copy of its right operand, or NULL.
 */
static bool is_rounded(const struct bf16 *bf16, const struct product *p, const uint32_t **pairs)
{
    const bool is_kept = p->a.rounded || p->b.rounded; /* the other products cannot read it */

    *pairs = NULL;
    if (!is_kept && (p->n < MIN_COLUMNS || p->k < MIN_DEPTH || p->b.transposed))
        return false;
    if (p->a.transposed)
        return is_kept || p->m >= MIN_LEFT;
    *pairs = bf16_weights_find(bf16->weights, p->b.data, p->b.ld, p->k, p->n);
    return is_kept || *pairs || p->m >= MIN_ROWS;
}

static void products(SELF, const struct product *list, size_t count)
{
    const struct bf16 *bf16 = self->context;
    struct bf16_group group;

    group.count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct product *p = &list[i];
        const uint32_t *pairs;

        if (!is_rounded(bf16, p, &pairs)) {
            bf16->base->product(bf16->base, p->c, p->a, p->b, p->m, p->n, p->k, p->add);
        } else if (!bf16_group_add(&group, p, pairs)) {
            bf16_multiply(&group);
            group.count = 0;
            bf16_group_add(&group, p, pairs);
        }
    }
    bf16_multiply(&group);
}

static void product(SELF, struct matrix c, struct operand a, struct operand b, size_t m, size_t n,
                    size_t k, bool add)
{
    const struct product one = {c, a, b, m, n, k, add};

    products(self, &one, 1);
}

static void pack(SELF, const real *vector, size_t offset, size_t rows, size_t cols)
{
    struct bf16 *bf16 = self->context;

    if (rows >= MIN_DEPTH && cols >= MIN_COLUMNS && !bf16->failed)
        bf16->failed = !bf16_weights_pack(bf16->weights, vector, offset, rows, cols);
}

static void memory_release(SELF, void *memory)
{
    const struct bf16 *bf16 = self->context;

    bf16_weights_remove(bf16->weights, memory);
    host_memory_free(self, memory);
}

static enum lfads_status finish(SELF, struct lfads_error *err)
{
    const struct bf16 *bf16 = self->context;

    return bf16->failed ? lfads_fail(err, LFADS_NO_MEMORY,
                                     "no memory for the weights in bfloat16: "
                                     "use --precision=float32")
                        : LFADS_OK;
}

bool cpu_has_bf16(void)
{
    return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

enum lfads_status backend_cpu_bf16_create(struct backend **out, struct lfads_error *err)
{
    struct bf16 *bf16;

    *out = NULL;
    if (!cpu_has_bf16())
        return lfads_fail(err, LFADS_USAGE,
                          "--precision=bf16 needs a processor with AVX512-BF16, which this one "
                          "lacks: use --precision=float32");
    bf16 = calloc(1, sizeof *bf16);
    if (bf16)
        bf16->weights = bf16_weights_create();
    if (!bf16 || !bf16->weights) {
        free(bf16);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a backend");
    }
    bf16->base = cpu_bf16_table();
    bf16->table = *bf16->base;
    bf16->table.name = "cpu bf16";
    bf16->table.context = bf16;
    bf16->table.product = product;
    bf16->table.products = products;
    bf16->table.pack = pack;
    bf16->table.memory_free = memory_release;
    bf16->table.finish = finish;
    *out = &bf16->table;
    return LFADS_OK;
}

void backend_cpu_bf16_free(struct backend *backend)
{
    struct bf16 *bf16 = backend ? backend->context : NULL;

    if (bf16)
        bf16_weights_free(bf16->weights);
    free(bf16);
}
#else
bool cpu_has_bf16(void) { return false; }

enum lfads_status backend_cpu_bf16_create(struct backend **out, struct lfads_error *err)
{
    *out = NULL;
    return lfads_fail(err, LFADS_USAGE,
                      "--precision=bf16 needs an x86 processor with AVX512-BF16: use "
                      "--precision=float32");
}

void backend_cpu_bf16_free(struct backend *backend) { (void)backend; }
#endif
