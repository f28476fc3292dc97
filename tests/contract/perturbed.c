/* perturbed.c - derives the tolerances of a time loop from perturbed runs of the reference.
 *
 * Steps amplify the rounding errors of earlier steps by an amount that depends on the data: a bound
 * that assumes the worst sign of every error exceeds the states themselves after three bins. So the
 * reference runs several times with
 * - every input perturbed by up to PERTURBED_UNITS = 16 units in the last place, 32 u with
 *   u = 2^-24: the error of a sum of k products with independent signs is about sqrt(k) u of its
 *   terms, 35 u for the longest sum here, and that of a term whose operands are both perturbed is
 *   26 u, in the root of the mean square;
 * - every gate and candidate perturbed by up to 4 u, absolutely, the error that tracked.h allows
 * for tanh and sigma: where these saturate they do not depend on their inputs. The tolerance of a
 * number is DEVIATIONS = 3 times its largest deviation in RUNS = 8 perturbed runs, plus 4 u of
 * itself for the rounding of the last operations.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "cases.h"
#include "expected.h"

enum { RUNS = 8, DEVIATIONS = 3 };

/* Returns a random number from -1 to 1 for these arguments (splitmix64). */
static double uniform(uint32_t time, size_t array, size_t i)
{
    uint64_t z = ((uint64_t)time << 56 ^ (uint64_t)array << 40 ^ i) * 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return (double)(z >> 11) * 0x1p-52 - 1;
}

real perturbed_input(real x, uint32_t time, size_t array, size_t i)
{
    double units = floor(uniform(time, array, i) * (PERTURBED_UNITS + 0.5) + 0.5);

    return (real)((double)x * (1 + units * 0x1p-23));
}

/* PLACE separates calls of the same size. */
real perturbed_gate(real x, uint32_t time, size_t place, size_t i)
{
    double max = 1, perturbed = (double)x + uniform(time, CASE_ARRAYS + place, i) * 0x1p-22;

    return (real)fmax(-max, fmin(max, perturbed));
}

/* ---- the reference with perturbed gates and candidates ---- */

struct perturbation {
    uint32_t time;
    size_t calls;
};

static void gru_gates(SELF, real *ru, real *rh, const real *pre, const real *bias, const real *h,
                      size_t rows, size_t units)
{
    struct perturbation *p = self->context;

    backend_reference()->gru_gates(self, ru, rh, pre, bias, h, rows, units);
    p->calls++;
    for (size_t i = 0; i < rows * 2 * units; i++)
        ru[i] = perturbed_gate(ru[i], p->time, p->calls, i);
    for (size_t i = 0; i < rows * units; i++)
        rh[i] = ru[i / units * 2 * units + i % units] * h[i];
}

static void gru_state(SELF, real *h_new, real *c, const real *pre, const real *bias, const real *ru,
                      const real *h, real clip, size_t rows, size_t units)
{
    struct perturbation *p = self->context;

    backend_reference()->gru_state(self, h_new, c, pre, bias, ru, h, clip, rows, units);
    p->calls++;
    for (size_t i = 0; i < rows * units; i++) {
        real u = ru[i / units * 2 * units + units + i % units];

        c[i] = perturbed_gate(c[i], p->time, p->calls, i);
        h_new[i] = real_clip(u * h[i] + (1 - u) * c[i], clip);
    }
}

static double number(const struct arrays *a, size_t array, size_t i)
{
    return a->array[array].wide ? ((const acc *)a->array[array].memory)[i]
                                : (double)((const real *)a->array[array].memory)[i];
}

/* Raises the tolerances to what a perturbed run requires. */
static void raise_allowed(struct expected *e, const struct arrays *perturbed)
{
    for (size_t i = 0; i < e->arrays; i++)
        for (size_t k = 0; e->value[i] && k < e->count[i]; k++) {
            double deviation = fabs(number(perturbed, i, k) - e->value[i][k]);
            double allowed = DEVIATIONS * deviation + fabs(e->value[i][k]) * 0x1p-22;

            e->allowed[i][k] = fmax(e->allowed[i][k], allowed);
        }
}

void expect_loop(struct expected *e, size_t index, size_t rows, size_t n)
{
    const struct operation_case *c = &loop_cases[index];
    struct arrays exact = {.used = 0};

    c->run(backend_reference(), &exact, rows, n);
    *e = (struct expected){.arrays = exact.used};
    for (size_t i = 0; i < exact.used; i++) {
        e->count[i] = exact.array[i].count;
        if (!exact.array[i].compared)
            continue;
        e->value[i] = calloc(e->count[i] + 1, sizeof(double));
        e->allowed[i] = calloc(e->count[i] + 1, sizeof(double));
        for (size_t k = 0; k < e->count[i]; k++)
            e->value[i][k] = number(&exact, i, k);
    }
    arrays_release(&exact);
    for (uint32_t time = 1; time <= RUNS; time++) {
        struct arrays perturbed = {.perturbed = time};
        struct perturbation context = {.time = time};
        struct backend be = *backend_reference();

        be.context = &context;
        be.gru_gates = gru_gates;
        be.gru_state = gru_state;
        c->run(&be, &perturbed, rows, n);
        raise_allowed(e, &perturbed);
        arrays_release(&perturbed);
    }
}
