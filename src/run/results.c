/* results.c - shapes and memory of the arrays of results.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/results.h"

#include <stdlib.h>

#include "base/sizes.h"
#include "model/priors.h"

void results_shape(struct results *results, const struct model *model, size_t session, bool more)
{
    /* numbers per bin, or per trial for results without bins */
    const size_t inner[RESULTS] = {
        [RESULT_PRIOR_G0_MEAN] = priors_moments(model),
        [RESULT_PRIOR_G0_LOGVAR] = priors_moments(model),
        [RESULT_POST_G0_MEAN] = model->ic_dim,
        [RESULT_POST_G0_LOGVAR] = model->ic_dim,
        [RESULT_GEN_ICS] = model->gen_units,
        [RESULT_INPUTS] = model->co_dim,
        [RESULT_GEN_STATES] = model->gen_units,
        [RESULT_FACTORS] = model->factors,
        [RESULT_CO_MEAN] = more ? model->co_dim : 0,
        [RESULT_CO_STD] = more ? model->co_dim : 0,
        [RESULT_CON_STATES] = more && model->co_dim ? model->con_units : 0,
        [RESULT_GEN_INPUTS] = more ? model_generator_inputs(model) : 0,
        [RESULT_OUTPUT] = model_outputs(model, session),
        [RESULT_COST] = 1,
        [RESULT_NLL_VAE] = 1,
        [RESULT_NLL_IWAE] = 1,
        [RESULT_STEP] = 1,
    };

    *results = (struct results){.distribution = model->output,
                                .heldout = model_heldout(model, session),
                                .first = model->first,
                                .forward = model->bins - model_read_bins(model)};
    for (int i = 0; i < RESULTS; i++) {
        results->bins[i] = i >= RESULT_INPUTS && i <= RESULT_OUTPUT ? model->bins : 0;
        results->width[i] = inner[i] * (results->bins[i] ? results->bins[i] : 1);
    }
}

enum lfads_status results_create(struct results *results, const struct model *model, size_t session,
                                 size_t trials, bool more, struct lfads_error *err)
{
    results_shape(results, model, session, more);
    for (int i = 0; i < RESULTS; i++) {
        if (!results->width[i])
            continue;
        results->values[i] = calloc(trials * results->width[i], sizeof(double));
        if (!results->values[i]) {
            results_free(results);
            return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the results of %zu trials",
                              trials);
        }
    }
    return LFADS_OK;
}

void results_free(struct results *results)
{
    for (int i = 0; i < RESULTS; i++) {
        free(results->values[i]);
        results->values[i] = NULL;
    }
}

void results_widest(size_t *output, size_t *result, const struct model *model)
{
    *output = *result = 0;
    for (size_t s = 0; s < model->n_sessions; s++) {
        struct results r;

        results_shape(&r, model, s, true);
        *output = size_max(*output, r.width[RESULT_OUTPUT]);
        for (int i = 0; i < RESULTS; i++)
            *result = size_max(*result, r.width[i]);
    }
}

size_t results_bytes(const struct model *model, size_t session, size_t trials, bool more)
{
    struct results r;
    size_t numbers = 0;

    results_shape(&r, model, session, more);
    for (int i = 0; i < RESULTS; i++)
        numbers += r.width[i];
    return trials * numbers * sizeof(double);
}
