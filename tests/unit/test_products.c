/* test_products.c - the CPU's matrix product if oneDNN's allocations fail.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "backend/backend.h"
#include "base/workers.h"

enum { M = 100, N = 90, K = 80 }; /* so large that the CPU backend calls oneDNN */

static bool refusing;
static int refusals;

/* Replaces the C library's function, by which oneDNN allocates. */
__attribute__((visibility("default"))) int posix_memalign(void **memory, size_t alignment,
                                                          size_t size)
{
    if (refusing) {
        refusals++;
        return ENOMEM;
    }
    *memory = aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    return *memory ? 0 : ENOMEM;
}

static void fill(real *x, size_t count, size_t seed)
{
    for (size_t i = 0; i < count; i++)
        x[i] = (real)((i * 7 + seed) % 11) - 5; /* integers: sums are exact in any order */
}

static void multiply(const struct backend *be, real *c, const real *a, const real *b, int variant)
{
    bool transpose_a = variant & 1, transpose_b = variant & 2, add = variant & 4;

    be->product(be, matrix_of(c, N), (struct operand){a, transpose_a ? M : K, transpose_a, false},
                (struct operand){b, transpose_b ? K : N, transpose_b, false}, M, N, K, add);
}

/* Compares all variants on one thread, as in the model. Each runs first without failures, so that
 * oneDNN creates its kernels. */
static void compare(void *payload, size_t item, size_t thread)
{
    static real a[M * K], b[K * N], c[M * N], expected[M * N];

    (void)payload, (void)item, (void)thread;
    fill(a, M * K, 1);
    fill(b, K * N, 2);
    for (int variant = 0; variant < 8; variant++) {
        fill(expected, M * N, 3);
        multiply(backend_reference(), expected, a, b, variant);
        multiply(backend_cpu(), c, a, b, variant);
        fill(c, M * N, 3);
        refusing = true;
        multiply(backend_cpu(), c, a, b, variant);
        refusing = false;
        assert_memory_equal(c, expected, sizeof c);
    }
    assert_true(refusals > 0); /* not in each variant: this depends on the processor */
}

static void test_without_memory(void **state)
{
    (void)state;
    workers_run(NULL, 1, compare, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_without_memory)};

    return cmocka_run_group_tests_name("products", tests, NULL, NULL);
}
