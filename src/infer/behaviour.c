/* behaviour.c - gathers the bins that a decoder of behaviour is fitted on and scored on.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/behaviour.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "report/score_decoding.h"

/* Rows, and the memory of their pointers. */
struct gathered {
    struct decoding_rows rows;
    const double **x, **y;
};

static bool is_known(const double *behaviour, size_t components)
{
    for (size_t k = 0; k < components; k++)
        if (isnan(behaviour[k]))
            return false;
    return true;
}

/* Gathers the bins of decoder MASK's trials whose behaviour is known. */
static enum lfads_status gather(struct gathered *g, const struct behaviour_trials *t, size_t mask,
                                const struct behaviour_decoders *decoders, struct lfads_error *err)
{
    size_t count = 0;

    g->x = calloc(t->trials * t->bins + 1, sizeof *g->x);
    g->y = calloc(t->trials * t->bins + 1, sizeof *g->y);
    if (!g->x || !g->y)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to decode %zu trials", t->trials);
    for (size_t e = 0; e < t->trials; e++)
        for (size_t i = 0; i < t->bins; i++) {
            const double *behaviour =
                t->behaviour + (e * t->behaviour_bins + i) * decoders->components;

            if ((t->mask && t->mask[e * decoders->masks + mask] == 0) ||
                !is_known(behaviour, decoders->components))
                continue;
            g->x[count] = t->rates + e * t->trial_stride + i * t->bin_stride;
            g->y[count++] = behaviour;
        }
    g->rows = (struct decoding_rows){count, g->x, g->y};
    return LFADS_OK;
}

static void release(struct gathered *g)
{
    free(g->x);
    free(g->y);
}

static enum lfads_status score_mask(struct decoded *found, size_t mask,
                                    const struct behaviour_decoders *decoders,
                                    const struct behaviour_trials *train,
                                    const struct behaviour_trials *eval, struct lfads_error *err)
{
    struct gathered fitted = {.x = NULL}, scored = {.x = NULL};
    enum lfads_status status = gather(&fitted, train, mask, decoders, err);

    if (status == LFADS_OK)
        status = gather(&scored, eval, mask, decoders, err);
    if (status == LFADS_OK)
        status = score_decoding(found,
                                &(struct decoding){.features = decoders->channels,
                                                   .outputs = decoders->components,
                                                   .train = fitted.rows,
                                                   .eval = scored.rows,
                                                   .penalty = decoders->penalty},
                                err);
    release(&fitted);
    release(&scored);
    return status;
}

enum lfads_status behaviour_score(double *r2, double *penalty,
                                  const struct behaviour_decoders *decoders,
                                  const struct behaviour_trials *train,
                                  const struct behaviour_trials *eval, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    *r2 = 0;
    for (size_t mask = 0; mask < decoders->masks && status == LFADS_OK; mask++) {
        struct decoded found = {0};

        status = score_mask(&found, mask, decoders, train, eval, err);
        *r2 += found.r2 / (double)decoders->masks;
        if (mask == 0)
            *penalty = found.penalty;
    }
    return status;
}
