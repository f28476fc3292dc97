/* shaken.c - what a time loop may be off by: how the reference answers to rounding of its inputs
 * and of each step.
 *
 * Steps amplify what the ones before them round, as only the numbers at hand decide: a bound that
 * takes all signs at their worst is beyond the states themselves after three bins. So the reference
 * is run again, several times, with
 * - every input moved by up to SHAKEN_UNITS = 16 units of its last place, 32 u with u = 2^-24: a
 *   sum of k products of independent signs is off by about sqrt(k) u of its terms, 35 u for the
 *   longest here, and a term whose factors both move by 26 u, in the root of the mean square;
 * - every gate and candidate moved by up to 4 u in absolute terms, as tanh and sigma are allowed to
 *   be (tracked.h): where they saturate they do not answer to their inputs.
 * A number may be off by MOVES = 3 times its furthest move of SHAKES = 8, and by 4 u of itself,
 * what the last operations round where it hardly answers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "cases.h"
#include "expected.h"

enum { SHAKES = 8, MOVES = 3 };

/* A number from -1 to 1, by address (splitmix64). */
static double between(uint32_t time, size_t array, size_t i)
{
    uint64_t z = ((uint64_t)time << 56 ^ (uint64_t)array << 40 ^ i) * 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return ldexp((double)(z >> 11), -52) - 1;
}

real shaken_input(real x, uint32_t time, size_t array, size_t i)
{
    double units = floor(between(time, array, i) * (SHAKEN_UNITS + 0.5) + 0.5);

    return (real)((double)x * (1 + ldexp(units, -23)));
}

/* PLACE tells calls of the same size apart. */
real shaken_gate(real x, uint32_t time, size_t place, size_t i)
{
    double most = 1, moved = (double)x + ldexp(between(time, CASE_ARRAYS + place, i), -22);

    return (real)fmax(-most, fmin(most, moved));
}

/* ---- the reference, whose gates and candidates are moved ---- */

struct shaking {
    uint32_t time;
    size_t calls;
};

static void gru_gates(SELF, real *ru, real *rh, const real *bias, const real *h, size_t rows,
                      size_t units)
{
    struct shaking *own = self->context;

    backend_reference()->gru_gates(self, ru, rh, bias, h, rows, units);
    own->calls++;
    for (size_t i = 0; i < rows * 2 * units; i++)
        ru[i] = shaken_gate(ru[i], own->time, own->calls, i);
    for (size_t i = 0; i < rows * units; i++)
        rh[i] = ru[i / units * 2 * units + i % units] * h[i];
}

static void gru_state(SELF, real *h_new, real *c, const real *bias, const real *ru, const real *h,
                      real clip, size_t rows, size_t units)
{
    struct shaking *own = self->context;

    backend_reference()->gru_state(self, h_new, c, bias, ru, h, clip, rows, units);
    own->calls++;
    for (size_t i = 0; i < rows * units; i++) {
        real u = ru[i / units * 2 * units + units + i % units];

        c[i] = shaken_gate(c[i], own->time, own->calls, i);
        h_new[i] = real_clip(u * h[i] + (1 - u) * c[i], clip);
    }
}

static double number(const struct arrays *a, size_t array, size_t i)
{
    return a->array[array].wide ? ((const acc *)a->array[array].memory)[i]
                                : (double)((const real *)a->array[array].memory)[i];
}

static void allow_move(struct expected *e, const struct arrays *moved)
{
    for (size_t i = 0; i < e->arrays; i++)
        for (size_t k = 0; e->wanted[i] && k < e->count[i]; k++) {
            double move = fabs(number(moved, i, k) - e->wanted[i][k]);
            double allowed = MOVES * move + ldexp(fabs(e->wanted[i][k]), -22);

            e->allowed[i][k] = fmax(e->allowed[i][k], allowed);
        }
}

void expect_loop(struct expected *e, size_t place, size_t rows, size_t n)
{
    const struct operation_case *c = &loop_cases[place];
    struct arrays still = {.used = 0};

    c->run(backend_reference(), &still, rows, n);
    *e = (struct expected){.arrays = still.used};
    for (size_t i = 0; i < still.used; i++) {
        e->count[i] = still.array[i].count;
        if (!still.array[i].compared)
            continue;
        e->wanted[i] = calloc(e->count[i] + 1, sizeof(double));
        e->allowed[i] = calloc(e->count[i] + 1, sizeof(double));
        for (size_t k = 0; k < e->count[i]; k++)
            e->wanted[i][k] = number(&still, i, k);
    }
    arrays_release(&still);
    for (uint32_t time = 1; time <= SHAKES; time++) {
        struct arrays moved = {.shaken = time};
        struct shaking own = {.time = time};
        struct backend be = *backend_reference();

        be.context = &own;
        be.gru_gates = gru_gates;
        be.gru_state = gru_state;
        c->run(&be, &moved, rows, n);
        allow_move(e, &moved);
        arrays_release(&moved);
    }
}
