/* bf16.c - the CPU's backend with products of numbers rounded to bfloat16: the table of the best
 * instruction set, its products and what they need replaced.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/bf16.h"

#include <stdlib.h>

#include "backend/cpu/cpu.h"
#include "backend/host_memory.h"

#ifdef __x86_64__
enum {
    NARROW = 32, /* columns and depth below which products stay in float: they gain nothing */
    FEW = 64     /* rows below which packing the right operand does not pay */
};

struct bf16 {
    struct backend table;
    const struct backend *base;
    struct bf16_weights *weights;
    bool failed; /* no memory to pack */
};

static void product(SELF, struct matrix c, struct operand a, struct operand b, size_t m, size_t n,
                    size_t k, bool add)
{
    const struct bf16 *own = self->context;
    const uint32_t *pairs = NULL;
    bool narrow = n < NARROW || k < NARROW || (a.transposed && m < NARROW) || b.transposed;

    if (!narrow && !a.transposed)
        pairs = bf16_weights_find(own->weights, b.at, b.ld, k, n);
    if (narrow || (!pairs && !a.transposed && m < FEW))
        own->base->product(own->base, c, a, b, m, n, k, add);
    else
        bf16_product(c, a, b, pairs, m, n, k, add);
}

static void pack(SELF, const real *vector, size_t offset, size_t rows, size_t cols)
{
    struct bf16 *own = self->context;

    if (rows >= NARROW && cols >= NARROW && !own->failed)
        own->failed = !bf16_weights_pack(own->weights, vector, offset, rows, cols);
}

static void memory_release(SELF, void *memory)
{
    const struct bf16 *own = self->context;

    bf16_weights_forget(own->weights, memory);
    host_memory_free(self, memory);
}

static enum lfads_status finish(SELF, struct lfads_error *err)
{
    const struct bf16 *own = self->context;

    return own->failed ? lfads_fail(err, LFADS_NO_MEMORY,
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
    struct bf16 *own;

    *out = NULL;
    if (!cpu_has_bf16())
        return lfads_fail(err, LFADS_USAGE,
                          "--precision=bf16 needs a processor with AVX512-BF16, which this one "
                          "has not: use --precision=float32");
    own = calloc(1, sizeof *own);
    if (own)
        own->weights = bf16_weights_create();
    if (!own || !own->weights) {
        free(own);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a backend");
    }
    own->base = backend_cpu();
    own->table = *own->base;
    own->table.name = "cpu bf16";
    own->table.context = own;
    own->table.product = product;
    own->table.pack = pack;
    own->table.memory_free = memory_release;
    own->table.finish = finish;
    *out = &own->table;
    return LFADS_OK;
}

void backend_cpu_bf16_free(struct backend *backend)
{
    struct bf16 *own = backend ? backend->context : NULL;

    if (own)
        bf16_weights_free(own->weights);
    free(own);
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
