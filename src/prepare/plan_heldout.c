/* plan_heldout.c - which units are held out.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/numpy_random.h"
#include "prepare/filter.h"
#include "prepare/plan.h"

/* Marks OUT [units of the plan] by a share, or each K-th. */
static enum lfads_status mark_number(bool *out, const struct plan *plan, double number, bool every,
                                     uint32_t seed, const char *text, const char *path,
                                     struct lfads_error *err)
{
    size_t want, *order;
    struct numpy_random random;
    enum lfads_status status;

    if (every ? !(number >= 2) || number != floor(number) || number > 1e9
              : !(number > 0) || number >= 1)
        return lfads_fail(err, LFADS_USAGE,
                          "--heldout=%s: a share is above 0 and below 1, every: takes an integer "
                          "above 1",
                          text);
    for (size_t i = 0; i < plan->units && every; i++)
        out[i] = i % (size_t)number == (size_t)number - 1;
    if (every)
        return LFADS_OK;
    status = variables_allocate(&order, plan->units, sizeof *order, path, err);
    want = (size_t)floor(number * (double)plan->units + 0.5);
    numpy_random_seed(&random, seed);
    for (size_t i = 0; i < plan->units && status == LFADS_OK; i++)
        order[i] = i;
    for (size_t k = 0; k < want && status == LFADS_OK; k++) {
        size_t at = k + numpy_random_below(&random, (uint32_t)(plan->units - k));

        out[order[at]] = true;
        order[at] = order[k];
    }
    free(order);
    return status;
}

/* Marks OUT by a column of the table of units, or by ids. */
static enum lfads_status mark_rows(bool *out, const struct plan *plan, const struct raw *raw,
                                   const char *text, struct lfads_error *err)
{
    bool *rows;
    enum lfads_status status = variables_allocate(&rows, raw->units, sizeof *rows, raw->path, err);

    if (status == LFADS_OK) {
        memset(rows, 1, raw->units);
        status = strpbrk(text, "=<>")
                     ? filter_rows(rows, raw->units, text, &raw->unit, "units", "heldout", err)
                     : filter_ids(rows, raw->units, text, &raw->unit, "heldout", err);
    }
    for (size_t i = 0; i < plan->units && status == LFADS_OK; i++)
        out[i] = rows[plan->unit[i]];
    free(rows);
    return status;
}

enum lfads_status plan_hold_out(struct plan *plan, const struct raw *raw,
                                const struct lfads_prepare_config *config, struct lfads_error *err)
{
    const char *text = config->heldout;
    bool *out = NULL, every = strncmp(text, "every:", 6) == 0;
    size_t *moved = NULL, at = 0;
    char *end;
    double number = strtod(every ? text + 6 : text, &end);
    enum lfads_status status = variables_allocate(&out, plan->units, sizeof *out, raw->path, err);

    if (status == LFADS_OK)
        status = variables_allocate(&moved, plan->units, sizeof *moved, raw->path, err);
    if (status == LFADS_OK)
        status = *end == 0 && (every || strchr(text, '.'))
                     ? mark_number(out, plan, number, every, (uint32_t)config->seed, text,
                                   raw->path, err)
                     : mark_rows(out, plan, raw, text, err);
    config->used->seed = config->used->seed || (*end == 0 && !every && strchr(text, '.'));
    for (int pass = 0; pass < 2 && status == LFADS_OK; pass++)
        for (size_t i = 0; i < plan->units; i++)
            if (out[i] == (pass == 1)) {
                moved[at++] = plan->unit[i];
                plan->heldout += (size_t)pass;
            }
    if (status == LFADS_OK) {
        memcpy(plan->unit, moved, plan->units * sizeof *moved);
        if (plan->heldout == 0 || plan->heldout == plan->units)
            status =
                lfads_fail(err, LFADS_USAGE,
                           "--heldout=%s holds out %zu of %zu units: some must be held out, and "
                           "some not",
                           text, plan->heldout, plan->units);
    }
    free(moved);
    free(out);
    return status;
}
