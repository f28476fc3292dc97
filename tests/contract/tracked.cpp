/* tracked.cpp - the operations' cases with the reference compiled in tracked numbers.
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

/* Where a backend may have less than double for wide sums: the unit of these, and the numbers of a
 * vector, in whose idle places at the end of a row ones may be added that are taken off later. */
static const struct {
    const char *operation;
    double unit;
    size_t vector;
} sums[] = {
    {"poisson", 0x1p-24, 16}, /* the CPU sums a row of a bin in float, with a float's log k! */
};

static double operand_unit;

/* Each number of the operands is off by OPERAND_UNIT of itself: so is each term, twice. */
static void product_of_rounded(SELF, struct matrix c, struct operand a, struct operand b, size_t m,
                               size_t n, size_t k, bool add)
{
    reference_product(self, c, a, b, m, n, k, add);
    for (size_t i = 0; i < m * n && operand_unit > 0; i++) {
        size_t row = i / n, column = i % n;

        for (size_t l = 0; l < k; l++)
            c.at[row * c.ld + column].error +=
                2 * operand_unit * fabs(element(&a, row, l).value * element(&b, l, column).value);
    }
}

template <class T> static T *add_array(struct arrays *a, size_t count, bool wide, bool compared)
{
    size_t place = a->used++;

    a->array[place].memory = calloc(count + 4, sizeof(T));
    a->array[place].count = count;
    a->array[place].wide = wide;
    a->array[place].compared = compared;
    return (T *)a->array[place].memory;
}

/* The floats of a backend's run, as T. */
template <class T> static T *make(struct arrays *a, size_t count, double scale, bool compared)
{
    size_t place = a->used;
    std::vector<float> numbers(count);
    T *x = add_array<T>(a, count, false, compared);

    case_numbers(numbers.data(), count, place, scale);
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

template <class T> static void take(struct expected *e, size_t i, const T *x, double more)
{
    for (size_t k = 0; k < e->count[i]; k++) {
        e->wanted[i][k] = x[k].value;
        e->allowed[i][k] = 1.001 * x[k].bound() + more; /* and what is of second order */
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

    double idle = 0;

    double_unit::value = 0x1p-53;
    for (const auto &row : sums)
        if (strcmp(row.operation, c->name) == 0) {
            double_unit::value = row.unit;
            idle = BINS * row.unit *
                   (double)(row.vector * ((row.vector - n % row.vector) % row.vector));
        }
    c->run(&table, &a, rows, n);
    e->arrays = a.used;
    for (size_t i = 0; i < a.used; i++) {
        e->count[i] = a.array[i].count;
        if (a.array[i].compared) {
            e->wanted[i] = (double *)calloc(e->count[i] + 1, sizeof(double));
            e->allowed[i] = (double *)calloc(e->count[i] + 1, sizeof(double));
            if (a.array[i].wide)
                take(e, i, (const acc *)a.array[i].memory, idle);
            else
                take(e, i, (const real *)a.array[i].memory, 0);
        }
        free(a.array[i].memory);
    }
}
} // namespace in_tracked

void expect_operation(struct expected *e, size_t place, size_t rows, size_t n, double operand_unit)
{
    *e = {};
    in_tracked::operand_unit = operand_unit;
    in_tracked::run(e, &in_tracked::operation_cases[place], rows, n);
}
