/* results.c - blocks of results and their file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/results.h"

#include <stdlib.h>

#include "model/priors.h"

enum { GZIP_LEVEL = 4 }; /* the original's */

static const char *const keys[RESULTS] = {
    [RESULT_PRIOR_G0_MEAN] = "prior_g0_mean",
    [RESULT_PRIOR_G0_LOGVAR] = "prior_g0_logvar",
    [RESULT_POST_G0_MEAN] = "post_g0_mean",
    [RESULT_POST_G0_LOGVAR] = "post_g0_logvar",
    [RESULT_GEN_ICS] = "gen_ics",
    [RESULT_CONTROLLER] = "controller_outputs",
    [RESULT_GEN_STATES] = "gen_states",
    [RESULT_FACTORS] = "factors",
    [RESULT_OUTPUT] = "output_dist_params",
    [RESULT_COST] = "costs",
    [RESULT_NLL_VAE] = "nll_bound_vaes",
    [RESULT_NLL_IWAE] = "nll_bound_iwaes",
    [RESULT_STEP] = "train_steps",
};

/* Numbers a bin (or a trial, where there are no bins) of each result; 0: the model has it not. */
static void set_widths(struct results *r, const struct model *m, size_t session)
{
    const size_t inner[RESULTS] = {
        [RESULT_PRIOR_G0_MEAN] = priors_moments(m),
        [RESULT_PRIOR_G0_LOGVAR] = priors_moments(m),
        [RESULT_POST_G0_MEAN] = m->ic_dim,
        [RESULT_POST_G0_LOGVAR] = m->ic_dim,
        [RESULT_GEN_ICS] = m->gen_units,
        [RESULT_CONTROLLER] = m->co_dim,
        [RESULT_GEN_STATES] = m->gen_units,
        [RESULT_FACTORS] = m->factors,
        [RESULT_OUTPUT] = model_outputs(m, session),
        [RESULT_COST] = 1,
        [RESULT_NLL_VAE] = 1,
        [RESULT_NLL_IWAE] = 1,
        [RESULT_STEP] = 1,
    };

    for (int i = 0; i < RESULTS; i++) {
        r->bins[i] = i >= RESULT_CONTROLLER && i <= RESULT_OUTPUT ? m->bins : 0;
        r->width[i] = inner[i] * (r->bins[i] ? r->bins[i] : 1);
    }
}

void results_widest(size_t *output, size_t *result, const struct model *model)
{
    *output = *result = 0;
    for (size_t s = 0; s < model->n_sessions; s++) {
        struct results r;

        set_widths(&r, model, s);
        if (r.width[RESULT_OUTPUT] > *output)
            *output = r.width[RESULT_OUTPUT];
        for (int i = 0; i < RESULTS; i++)
            if (r.width[i] > *result)
                *result = r.width[i];
    }
}

enum lfads_status results_create(struct results *results, const struct model *model, size_t session,
                                 size_t trials, struct lfads_error *err)
{
    *results = (struct results){.distribution = model->output};
    set_widths(results, model, session);
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

size_t results_bytes(const struct model *model, size_t session, size_t trials)
{
    struct results results = {0};
    size_t numbers = 0;

    set_widths(&results, model, session);
    for (int i = 0; i < RESULTS; i++)
        numbers += results.width[i];
    return trials * numbers * sizeof(double);
}

size_t results_disk_bytes(const struct model *model, size_t session, size_t trials)
{
    return results_bytes(model, session, trials) / 8 * 3; /* about 4 of 8 bytes are found */
}

void results_free(struct results *results)
{
    for (int i = 0; i < RESULTS; i++) {
        free(results->values[i]);
        results->values[i] = NULL;
    }
}

enum lfads_status results_file_create(struct results_file *file, const char *path,
                                      const struct results *results, size_t trials, size_t threads,
                                      struct lfads_error *err)
{
    struct h5_storage storage = {.gzip = GZIP_LEVEL, .threads = threads};
    enum lfads_status status;

    *file = (struct results_file){.file = {.id = 0}};
    status = h5_begin(&file->file, path, err);
    if (status == LFADS_OK)
        status = h5_write_attribute(&file->file, DISTRIBUTION_ATTRIBUTE,
                                    results->distribution->name, err);
    for (int i = 0; i < RESULTS && status == LFADS_OK; i++) {
        size_t width = results->width[i], bins = results->bins[i];
        size_t dims[3] = {trials, bins ? bins : width, bins ? width / bins : 0};
        size_t rank = i >= RESULT_COST ? 1 : bins ? 3 : 2;

        if (width)
            status = h5_rows_create(&file->rows[i], &file->file, keys[i], H5_FLOAT64, rank, dims,
                                    &storage, err);
    }
    return status;
}

enum lfads_status results_file_write(struct results_file *file, const struct results *results,
                                     size_t first, size_t trials, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (int i = 0; i < RESULTS && status == LFADS_OK; i++)
        if (results->values[i])
            status = h5_rows_write(&file->rows[i], first, trials, results->values[i], err);
    return status;
}

static enum lfads_status close_rows(struct results_file *file, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK, closed;

    for (int i = 0; i < RESULTS; i++)
        if (file->rows[i].set) {
            closed = h5_rows_close(&file->rows[i], status == LFADS_OK ? err : NULL);
            status = status == LFADS_OK ? closed : status;
        }
    return status;
}

enum lfads_status results_file_commit(struct results_file *file, struct lfads_error *err)
{
    return h5_finish(&file->file, close_rows(file, err), err);
}

void results_file_discard(struct results_file *file)
{
    close_rows(file, NULL);
    h5_finish(&file->file, LFADS_IO, NULL);
}
