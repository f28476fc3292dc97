/* spread.c - shapes and memory of the arrays of spread.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/spread.h"

#include <stdlib.h>

#include "base/sizes.h"

bool spread_is_wanted(const struct spread_wants *wants)
{
    return wants->deviations || wants->quantiles.count;
}

bool spread_has(enum result result)
{
    return result == RESULT_GEN_ICS || result == RESULT_INPUTS || result == RESULT_FACTORS ||
           result == RESULT_OUTPUT;
}

/* Sets *OUT to COUNT zeros; leaves it NULL if that is none. */
static bool allocate(float **out, size_t count)
{
    *out = count ? calloc(count, sizeof **out) : NULL;
    return *out || !count;
}

enum lfads_status spread_create(struct spread *spread, const struct spread_wants *wants,
                                const struct results *results, size_t trials,
                                struct lfads_error *err)
{
    bool complete = true;

    *spread = (struct spread){.wants = *wants};
    for (int i = 0; i < RESULTS; i++) {
        size_t numbers = spread_has((enum result)i) ? trials * results->width[i] : 0;

        complete &= allocate(&spread->deviation[i], wants->deviations ? numbers : 0);
        complete &= allocate(&spread->quantile[i], numbers * wants->quantiles.count);
    }
    return complete
               ? LFADS_OK
               : lfads_fail(err, LFADS_NO_MEMORY, "no memory for the spread of %zu trials", trials);
}

void spread_free(struct spread *spread)
{
    for (int i = 0; i < RESULTS; i++) {
        free(spread->deviation[i]);
        free(spread->quantile[i]);
        spread->deviation[i] = spread->quantile[i] = NULL;
    }
}

size_t spread_bytes(const struct spread_wants *wants, const struct model *model, size_t session,
                    size_t trials)
{
    struct results r;
    size_t numbers = 0;

    results_shape(&r, model, session, false);
    for (int i = 0; i < RESULTS; i++)
        numbers += spread_has((enum result)i) ? r.width[i] : 0;
    return trials * numbers * (wants->deviations + wants->quantiles.count) * sizeof(float);
}

size_t spread_widest(const struct spread_wants *wants, const struct model *model)
{
    size_t arrays = size_max(wants->deviations, wants->quantiles.count), result = 0;

    for (size_t s = 0; s < model->n_sessions; s++) {
        struct results r;

        results_shape(&r, model, s, false);
        for (int i = 0; i < RESULTS; i++)
            result = size_max(result, spread_has((enum result)i) ? r.width[i] : 0);
    }
    return result * arrays * sizeof(float);
}
