/* sequences.c - cases of the optional operations that compute a GRU over options bins: a backend
 * that has them is compared with the reference, which computes bin by bin (model/gru.c).
 * SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"
#include "tape.h"

enum { BINS = 3 };

/* Weights [rows,n] that keep sums of ROWS products near one. */
static real *weights(struct arrays *a, size_t rows, size_t n)
{
    return case_input(a, rows * n, 1 / sqrt((double)rows));
}

static struct gru_tape tape(struct arrays *a, size_t bins, size_t rows, size_t n)
{
    real *ru = case_output(a, bins * rows * 2 * n, 1), *rh = case_output(a, bins * rows * n, 1);
    real *c = case_output(a, bins * rows * n, 1), *h = case_output(a, (BINS + 1) * rows * n, 1);

    return case_tape(ru, rh, c, h, n);
}

static void run(const struct backend *be, struct arrays *a, struct gru_bins options, bool one_bin,
                size_t n)
{
    struct gru gru = {.units = n,
                      .h_ru = weights(a, n, 2 * n),
                      .rh_c = weights(a, n, n),
                      .b_ru = case_input(a, 2 * n, 1),
                      .b_c = case_input(a, n, 1)};
    struct gru_tape t = tape(a, one_bin ? 1 : BINS, options.rows, n);

    t.one_bin = one_bin;
    gru_run(be, &t, &gru, &options);
}

/* Runs forward with inputs, in reverse without, and forward without on a tape of one bin. */
void case_gru_sequence(const struct backend *be, struct arrays *a, size_t rows, size_t n)
{
    struct gru_bins options = {.bins = BINS, .rows = rows, .has_inputs = true, .clip = 1};

    run(be, a, options, false, n);
    options.has_inputs = false;
    options.reverse = true;
    run(be, a, options, false, n);
    options.reverse = false;
    run(be, a, options, true, n);
}

void case_gru_sequence_backward(const struct backend *be, struct arrays *a, size_t rows, size_t n)
{
    size_t count = BINS * rows * n;

    for (int variant = 0; variant < 3; variant++) {
        struct gru gru_t = {.units = n, .h_ru = weights(a, 2 * n, n), .rh_c = weights(a, n, n)};
        struct gru_tape t = tape(a, BINS, rows, n);
        struct gru_bins options = {.bins = BINS, .rows = rows, .reverse = variant == 1, .clip = 1};

        case_gates(a, t.ru.data, t.c.data, BINS * rows, n);
        if (variant) /* columns of wider arrays, of the middle bins or of all */
            options.dstates = (struct state_gradients){.x = case_input(a, 2 * count, 1),
                                                       .mask = case_input(a, 3 * count, 1),
                                                       .ldx = 2 * n,
                                                       .ldm = 3 * n,
                                                       .first = variant > 1 ? 1 : 0,
                                                       .count = variant > 1 ? BINS - 2 : BINS};
        if (variant == 1)
            options.dstates.mask = NULL;
        gru_run_backward(be, case_output(a, rows * n, 1), &t, &gru_t, case_input(a, rows * n, 1),
                         &options);
    }
}
