/* cases.c - the operations' cases. Sizes come from outside; T bins are always 3 where bins count.
 *
 * Compiled twice: for backends, and in tracked numbers (tracked.cpp), which say what each result
 * may be. What a case makes of its inputs is therefore rounded to float by itself.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

enum { BINS = 3, SAMPLES = 2 };

/* Of two roundings, from a type that is exact here. */
static real exact(double x) { return (real)(float)x; }

static struct update *case_update(struct arrays *a)
{
    void *numbers = case_output(a, sizeof(struct update) / sizeof(real), 0);
    struct update *update = (struct update *)numbers;

    *update = (struct update){.scale = exact(0.5), .rate = exact(0.01), .halted = 0};
    return update;
}

/* Gates between 0 and 1, as gru_gates leaves them. */
static real *gates(struct arrays *a, size_t count, bool compared)
{
    real *x = compared ? case_output(a, count, 1) : case_input(a, count, 1);

    for (size_t i = 0; i < count; i++)
        x[i] = exact(0.5 * tanh(0.5 * (double)x[i]) + 0.5);
    return x;
}

/* Whole counts, small and large. */
static real *counts(struct arrays *a, size_t count)
{
    real *x = case_input(a, count, 3);

    for (size_t i = 0; i < count; i++)
        x[i] = i % 11 == 0 ? exact((double)(i % 40)) : exact(floor(fabs((double)x[i])));
    return x;
}

#define CASE(name)                                                                                 \
    static void name(const struct backend *be, struct arrays *a, size_t rows, size_t n)

CASE(product)
{
    size_t k = n / 2 + 3;
    real *x = case_input(a, rows * (k + 1), 1), *w = case_input(a, k * n, 1);

    be->product(be, matrix_of(case_output(a, rows * (n + 2), 1), n + 2), operand_of(x, k + 1),
                operand_of(w, n), rows, n, k, false);
    be->product(be, matrix_of(case_output(a, rows * n, 1), n), operand_of(x, k + 1),
                operand_of(w, n), rows, n, k, true);
    be->product(be, matrix_of(case_output(a, rows * k, 1), k),
                operand_of(case_input(a, rows * n, 1), n), transpose_of(w, n), rows, k, n, true);
    be->product(be, matrix_of(case_output(a, k * n, 1), n), transpose_of(x, k + 1),
                operand_of(case_input(a, rows * n, 1), n), k, n, rows, true);
}

CASE(transpose)
{
    be->transpose(be, case_output(a, rows * n, 1), case_input(a, rows * n, 1), rows, n);
}

CASE(set_rows)
{
    be->set_rows(be, case_output(a, rows * (n + 1), 1), n + 1, case_input(a, n, 1), rows, n);
}

CASE(sum_rows)
{
    be->sum_rows(be, case_output(a, n, 1), case_input(a, rows * (n + 3), 1), n + 3, rows, n);
}

CASE(copy_masked)
{
    real *src = case_input(a, rows * (n + 2), 1), *mask = case_input(a, rows * (n + 1), 1);

    be->copy_masked(be, case_output(a, rows * (n + 3), 1), n + 3, src, n + 2, mask, n + 1, rows, n);
    be->copy_masked(be, case_output(a, rows * n, 1), n, src, n + 2, NULL, 0, rows, n);
}

CASE(add_masked)
{
    real *src = case_input(a, rows * (n + 2), 1), *mask = case_input(a, rows * (n + 1), 1);

    be->add_masked(be, case_output(a, rows * (n + 3), 1), n + 3, src, n + 2, mask, n + 1, rows, n);
    be->add_masked(be, case_output(a, rows * n, 1), n, src, n + 2, NULL, 0, rows, n);
}

CASE(repeat_rows)
{
    be->repeat_rows(be, case_output(a, BINS * rows * 4 * n, 1), case_input(a, BINS * rows * n, 1),
                    4, BINS, rows, n);
}

CASE(clear) { be->clear(be, case_output(a, rows * n, 1), rows * n); }

CASE(clear_sums)
{
    acc *sums = case_sums(a, rows * n);

    (void)be;
    for (size_t i = 0; i < rows * n; i++)
        sums[i] = 1;
    be->clear_sums(be, sums, rows * n - 1);
}

/* Trials in an order that is not theirs, one of them twice. */
static uint32_t *trial_list(struct arrays *a, size_t count, size_t all)
{
    uint32_t *trials = case_words(a, count);

    for (size_t i = 0; i < count; i++)
        trials[i] = (uint32_t)((all - 1 - i / 2) % all);
    return trials;
}

CASE(gather_trials)
{
    size_t all = rows + 2, count = all * BINS * n;
    float *wide = case_floats(a, count, 3);
    uint8_t *small = (uint8_t *)case_words(a, count / 4 + 1);

    for (size_t i = 0; i < count; i++)
        small[i] = (uint8_t)(i * 7 % 251);
    be->gather_trials(be, case_output(a, BINS * rows * n, 1), wide, false, trial_list(a, rows, all),
                      BINS, rows, n);
    be->gather_trials(be, case_output(a, BINS * rows * n, 1), small, true, trial_list(a, rows, all),
                      BINS, rows, n);
}

CASE(average_samples)
{
    be->average_samples(be, case_sums(a, BINS * rows * n),
                        case_input(a, BINS * rows * SAMPLES * (n + 1), 1), n + 1, BINS, rows,
                        SAMPLES, n);
}

CASE(normalise_columns)
{
    real *v = case_input(a, rows * n, 1);

    for (size_t i = 0; i < rows; i++)
        v[i * n] = 0; /* a column below the limit */
    be->normalise_columns(be, case_output(a, rows * n, 1), v, rows, n);
}

CASE(normalise_columns_backward)
{
    real *v = case_input(a, rows * n, 1), *w = case_input(a, rows * n, 1);

    be->normalise_columns(be, w, v, rows, n);
    be->normalise_columns_backward(be, case_output(a, rows * n, 1), case_input(a, rows * n, 1), v,
                                   w, rows, n);
}

CASE(gru_gates)
{
    be->gru_gates(be, case_output(a, rows * 2 * n, 3), case_output(a, rows * n, 1),
                  case_input(a, 2 * n, 1), case_input(a, rows * n, 1), rows, n);
}

/* Some states rest exactly at the limit with u = 1: these are not clipped. */
static void rest_at_limit(real *ru, real *h, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows * n; i += 7) {
        ru[i / n * 2 * n + n + i % n] = 1;
        h[i] = i % 2 ? 1 : -1;
    }
}

CASE(gru_state)
{
    real *ru = gates(a, rows * 2 * n, false), *h = case_input(a, rows * n, 2);

    rest_at_limit(ru, h, rows, n);
    be->gru_state(be, case_output(a, rows * n, 1), case_output(a, rows * n, 2), case_input(a, n, 1),
                  ru, h, 1, rows, n);
}

CASE(gru_state_backward)
{
    real *ru = gates(a, rows * 2 * n, true), *h = case_input(a, rows * n, 2);
    real *c = case_output(a, rows * n, 1);

    rest_at_limit(ru, h, rows, n);
    for (size_t i = 0; i < rows * n; i++)
        c[i] = exact(tanh((double)c[i]));
    be->gru_state_backward(be, case_output(a, rows * n, 1), c, ru, case_input(a, rows * n, 1), h, 1,
                           rows, n);
}

CASE(gru_gates_backward)
{
    be->gru_gates_backward(be, case_output(a, rows * n, 1), gates(a, rows * 2 * n, true),
                           case_input(a, rows * n, 1), case_input(a, rows * n, 1), rows, n);
}

CASE(floor_variance) { be->floor_variance(be, case_output(a, rows * n, 3), (real)1e-4, rows * n); }

CASE(floor_variance_backward)
{
    real *logvar = case_input(a, rows * n, 1);

    be->floor_variance(be, logvar, (real)0.1, rows * n);
    be->floor_variance_backward(be, case_output(a, rows * n, 1), logvar, (real)0.1, rows * n);
}

CASE(sample)
{
    be->sample(be, case_output(a, rows * (n + 2), 1), n + 2, case_input(a, rows * n, 1),
               case_input(a, rows * n, 1), case_input(a, rows * n, 1), rows, n);
}

CASE(sample_backward)
{
    be->sample_backward(be, case_output(a, rows * n, 1), case_output(a, rows * n, 1),
                        case_input(a, rows * (n + 1), 1), n + 1, case_input(a, rows * n, 1),
                        case_input(a, rows * n, 1), rows, n);
}

CASE(prior_logvar)
{
    real *p = case_input(a, n, 1);

    (void)rows;
    be->prior_logvar(be, case_output(a, n, 1), p, (real)0.05, (real)0.8, n);
    be->prior_logvar(be, case_output(a, n, 1), p, (real)0.1, (real)0.1, n);
}

CASE(prior_logvar_backward)
{
    (void)rows;
    be->prior_logvar_backward(be, case_output(a, n, 1), case_input(a, n, 1), case_input(a, n, 1),
                              (real)0.05, (real)0.8, n);
}

CASE(kl_gaussian)
{
    be->kl_gaussian(be, case_sums(a, rows), case_input(a, rows * n, 1), case_input(a, rows * n, 1),
                    case_input(a, n, 1), case_input(a, n, 1), rows, n);
}

CASE(kl_gaussian_backward)
{
    be->kl_gaussian_backward(be, case_output(a, rows * n, 1), case_output(a, rows * n, 1),
                             case_output(a, n, 1), case_output(a, n, 1), case_input(a, 1, 1),
                             case_input(a, rows * n, 1), case_input(a, rows * n, 1),
                             case_input(a, n, 1), case_input(a, n, 1), rows, n);
}

CASE(ar1_stationary)
{
    (void)rows;
    be->ar1_stationary(be, case_output(a, n, 1), case_output(a, n, 1), case_input(a, n, 1),
                       case_input(a, n, 1), n);
}

CASE(kl_ar1)
{
    size_t count = BINS * rows * n;

    be->kl_ar1(be, case_sums(a, rows), case_input(a, count, 1), case_input(a, count, 1),
               case_input(a, count, 1), case_input(a, n, 1), case_input(a, n, 1), BINS, rows, n);
}

CASE(kl_ar1_backward)
{
    size_t count = BINS * rows * n;

    be->kl_ar1_backward(be, case_output(a, count, 1), case_output(a, count, 1),
                        case_output(a, n, 1), case_output(a, n, 1), case_input(a, 1, 1),
                        case_input(a, count, 1), case_input(a, n, 1), case_input(a, n, 1), BINS,
                        rows, n);
}

CASE(ar1_draw)
{
    size_t count = BINS * rows * n;

    be->ar1_draw(be, case_output(a, count, 1), case_input(a, count, 1), case_input(a, n, 1),
                 case_input(a, n, 1), BINS, rows, n);
}

CASE(correlation)
{
    size_t few = n < 5 ? n : 5;

    be->correlation(be, case_sums(a, rows), case_input(a, BINS * rows * few, 1), BINS, rows, few);
}

CASE(correlation_backward)
{
    size_t few = n < 5 ? n : 5;

    be->correlation_backward(be, case_output(a, BINS * rows * few, 1), (real)0.3,
                             case_input(a, BINS * rows * few, 1), BINS, rows, few);
}

/* Weights of COUNT entries, none, or 0, 1 and 2.5; what has weight 0 in X is no number. */
static const real *entry_weights(struct arrays *a, real *x, size_t count, bool some)
{
    static const real kinds[] = {0, 1, (real)2.5};
    real *weight = some ? case_input(a, count, 1) : NULL;

    for (size_t i = 0; some && i < count; i++) {
        weight[i] = kinds[(i + i / 5) % 3];
        x[i] = weight[i] != 0 ? x[i] : (real)NAN;
    }
    return weight;
}

CASE(poisson)
{
    size_t count = BINS * rows * n;

    for (int some = 0; some < 2; some++) {
        real *eta = case_input(a, SAMPLES * count, 1), *x = counts(a, count);
        const real *weight = entry_weights(a, x, count, some);

        be->poisson(be, case_sums(a, rows * SAMPLES), eta, x, weight, BINS, rows, SAMPLES, n);
    }
}

CASE(poisson_backward)
{
    for (int some = 0; some < 2; some++) {
        real *eta = case_output(a, rows * n, 1), *x = counts(a, rows * n);
        const real *weight = entry_weights(a, x, rows * n, some);

        be->poisson_backward(be, eta, (real)0.1, x, weight, rows * n);
    }
}

CASE(gaussian)
{
    size_t count = BINS * rows * n;

    for (int some = 0; some < 2; some++) {
        real *mean = case_input(a, SAMPLES * count, 1), *logvar = case_input(a, SAMPLES * count, 1);
        real *x = case_input(a, count, 1);
        const real *weight = entry_weights(a, x, count, some);

        be->gaussian(be, case_sums(a, rows * SAMPLES), mean, logvar, x, weight, BINS, rows, SAMPLES,
                     n);
    }
}

CASE(gaussian_backward)
{
    for (int some = 0; some < 2; some++) {
        real *mean = case_output(a, rows * n, 1), *logvar = case_output(a, rows * n, 1);
        real *x = case_input(a, rows * n, 1);
        const real *weight = entry_weights(a, x, rows * n, some);

        be->gaussian_backward(be, mean, logvar, (real)0.1, x, weight, rows * n);
    }
}

CASE(exponential)
{
    be->exponential(be, case_output(a, rows * (n + 1), 1), n + 1, case_input(a, rows * (n + 2), 4),
                    n + 2, rows, n);
}

static const struct philox_address address = {.seed = 0x123456789abcdef,
                                              .purpose = PHILOX_CO_NOISE,
                                              .step = 0,
                                              .session = 2,
                                              .trial = 5,
                                              .sample = 0,
                                              .time = 0};

/* Step 9, from trial 3 on. */
static const uint32_t *when(struct arrays *a)
{
    uint32_t *words = case_words(a, 2);

    words[0] = 9;
    words[1] = 3;
    return words;
}

CASE(normals)
{
    be->normals(be, case_output(a, BINS * rows * SAMPLES * n, 1), &address, when(a), BINS,
                rows * SAMPLES, SAMPLES, n);
}

CASE(dropout_mask)
{
    be->dropout_mask(be, case_output(a, BINS * rows * n, 1), &address, when(a), (real)0.7, BINS,
                     rows, n);
}

CASE(sum_squares)
{
    acc *sum = case_sums(a, 1);

    *sum = 2;
    be->sum_squares(be, sum, 0.5, case_input(a, rows * n, 1), rows * n);
}

CASE(limit_update)
{
    static const double squares[] = {2.25, 1e6, (double)NAN, (double)INFINITY};

    (void)rows, (void)n;
    for (size_t i = 0; i < 4; i++) {
        acc *sum = case_sums(a, 1);

        *sum = squares[i];
        be->limit_update(be, case_update(a), sum, case_input(a, 1, 1), 30);
    }
}

CASE(add_scaled)
{
    be->add_scaled(be, case_output(a, rows * n, 1), case_input(a, 1, 1), case_input(a, rows * n, 1),
                   rows * n);
}

/* Moved, and, after a norm that was not finite, left as it was; with constants of other uses. */
CASE(adam)
{
    static const struct adam_options options[] = {{0.9, 0.999, 0.1}, {0.8, 0.95, 1e-3}};

    for (int i = 0; i < 4; i++) {
        real *v = case_output(a, rows * n, 1);
        struct update *update = case_update(a);

        for (size_t j = 0; j < rows * n; j++)
            v[j] = exact((double)v[j] * (double)v[j]);
        update->halted = exact(i / 2);
        be->adam(be, case_output(a, rows * n, 1), case_output(a, rows * n, 1), v,
                 case_input(a, rows * n, 1), update, &options[i % 2], rows * n);
    }
}

const struct operation_case operation_cases[] = {
#define OPERATION(operation, arguments) {#operation, operation},
#include "backend/operations.def"
#undef OPERATION
    {NULL, NULL},
};
