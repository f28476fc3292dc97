/* tracked.cpp - runs the operations' cases on the reference, compiled with tracked numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <lfads/lfads.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <vector>

#include "expected.h"
#include "tracked.h"

double double_unit::value;

#define LFADS_BASE_REAL_H /* real and acc are tracked.h's */
namespace in_tracked
{
#include "backend/reference/adam.c"
#include "backend/reference/cells.c"
#include "backend/reference/latents.c"
#include "backend/reference/likelihood.c"
#include "backend/reference/noise.c"
#include "backend/reference/products.c"
#include "backend/reference/trials.c"
#include "base/philox.c"
#include "cases.c"
#include "cases_adam.c"
#include "cases_cells.c"
#include "cases_latents.c"
#include "cases_likelihood.c"
#include "cases_noise.c"
#include "cases_rows.c"

/* Operations whose acc sums a backend may compute with less than double precision: the unit of
 * these sums, and the lanes of a vector: in the unused lanes at the end of a row a backend may add
 * ones that it subtracts later. */
static const struct {
    const char *operation;
    double unit;
    size_t vector;
} sums[] = {
    {"poisson", 0x1p-24, 16}, /* the CPU sums a bin's channels in float, with log k! in float */
};

static double operand_unit;

/* Adds the error of operands that are rounded to OPERAND_UNIT: each term has it twice. */
static void product_of_rounded(SELF, struct matrix c, struct operand a, struct operand b, size_t m,
                               size_t n, size_t k, bool add)
{
    reference_product(self, c, a, b, m, n, k, add);
    for (size_t i = 0; i < m * n && operand_unit > 0; i++) {
        size_t row = i / n, column = i % n;

        for (size_t l = 0; l < k; l++)
            c.data[row * c.ld + column].error +=
                2 * operand_unit * fabs(element(&a, row, l).value * element(&b, l, column).value);
    }
}

template <class T> static T *add_array(struct arrays *a, size_t count, bool wide, bool compared)
{
    size_t index = a->used++;

    a->array[index].memory = calloc(count + 4, sizeof(T));
    a->array[index].count = count;
    a->array[index].wide = wide;
    a->array[index].compared = compared;
    return (T *)a->array[index].memory;
}

/* Adds an array with the numbers of a backend's run, as T. */
template <class T> static T *make(struct arrays *a, size_t count, double scale, bool compared)
{
    size_t index = a->used;
    std::vector<float> numbers(count);
    T *x = add_array<T>(a, count, false, compared);

    case_numbers(numbers.data(), count, index, scale);
    for (size_t i = 0; i < count; i++)
        x[i] = numbers[i];
    return x;
}

real *case_input(struct arrays *arrays, size_t count, double scale)
{
    return make<real>(arrays, count, scale, false);
}
real *case_output(struct arrays *arrays, size_t count, double scale)
{
    return make<real>(arrays, count, scale, true);
}
float *case_floats(struct arrays *arrays, size_t count, double scale)
{
    return make<float>(arrays, count, scale, false);
}
acc *case_sums(struct arrays *arrays, size_t count)
{
    return add_array<acc>(arrays, count, true, true);
}
uint32_t *case_words(struct arrays *arrays, size_t count)
{
    return add_array<uint32_t>(arrays, count, false, false);
}

template <class T> static void store(struct expected *e, size_t i, const T *x, double extra)
{
    for (size_t k = 0; k < e->count[i]; k++) {
        e->value[i][k] = x[k].value;
        e->allowed[i][k] = 1.001 * x[k].bound() + extra; /* 0.001 covers errors of second order */
    }
}

static void run(struct expected *e, const struct operation_case *c, size_t rows, size_t n)
{
    static const struct backend table = [] {
        struct backend t = {};

#define OPERATION(operation, arguments) t.operation = reference_##operation;
#include "backend/operations.def"
#undef OPERATION
        t.product = product_of_rounded;
        return t;
    }();
    struct arrays a = {};

    double lane_error = 0;

    double_unit::value = 0x1p-53;
    for (const auto &row : sums)
        if (strcmp(row.operation, c->name) == 0) {
            double_unit::value = row.unit;
            lane_error = BINS * row.unit *
                         (double)(row.vector * ((row.vector - n % row.vector) % row.vector));
        }
    c->run(&table, &a, rows, n);
    e->arrays = a.used;
    for (size_t i = 0; i < a.used; i++) {
        e->count[i] = a.array[i].count;
        if (a.array[i].compared) {
            e->value[i] = (double *)calloc(e->count[i] + 1, sizeof(double));
            e->allowed[i] = (double *)calloc(e->count[i] + 1, sizeof(double));
            if (a.array[i].wide)
                store(e, i, (const acc *)a.array[i].memory, lane_error);
            else
                store(e, i, (const real *)a.array[i].memory, 0);
        }
        free(a.array[i].memory);
    }
}
} // namespace in_tracked

void expect_operation(struct expected *e, size_t index, size_t rows, size_t n, double operand_unit)
{
    *e = {};
    in_tracked::operand_unit = operand_unit;
    in_tracked::run(e, &in_tracked::operation_cases[index], rows, n);
}
