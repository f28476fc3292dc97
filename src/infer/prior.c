/* prior.c - runs samples of the priors through the generator (training.md, "Kinds"). The entry
 * point is lfads_prior_sample of the public header. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/progress.h"
#include "config/kinds.h"
#include "infer/prior.h"
#include "infer/results_file.h"

/* Finds the session that provides the read-out. */
static enum lfads_status choose_session(size_t *session, const struct prior *p)
{
    const char *name = p->run->config->dataset_name;
    const struct model *m = p->run->model;
    char sessions[400] = "";
    size_t length = 0;

    for (*session = 0; *name && *session < m->n_sessions; ++*session)
        if (strcmp(m->sessions[*session].name, name) == 0)
            return LFADS_OK;
    for (size_t i = 0; *name && i < m->n_sessions && length < sizeof sessions; i++)
        length += (size_t)snprintf(sessions + length, sizeof sessions - length, "%s%s",
                                   i ? ", " : "", m->sessions[i].name);
    return *name ? lfads_fail(p->err, LFADS_USAGE,
                              "--dataset_name=%s is none of the sessions of the model: %s", name,
                              sessions)
                 : LFADS_OK;
}

/* Copies the external input of a trial of SESSION to all samples, DST [T,samples,E]. */
static enum lfads_status copy_ext(real *dst, const struct prior *p, const struct session *session,
                                  enum session_set set, size_t trial)
{
    size_t e = session->ext_inputs, samples = p->plan.trials;
    float *ext = calloc(session->bins * e, sizeof *ext);
    enum lfads_status status =
        ext ? session_read_trial(ext, session, set, TRIAL_EXT, trial, p->err)
            : lfads_fail(p->err, LFADS_NO_MEMORY, "no memory for external inputs");

    for (size_t t = 0; t < session->bins && status == LFADS_OK; t++)
        for (size_t r = 0; r < samples; r++)
            memcpy(dst + (t * samples + r) * e, ext + t * e, e * sizeof *ext);
    free(ext);
    return status;
}

/* Sets external input DST [T,samples,E]: the requested trial's for all samples, or zeros. */
static enum lfads_status fill_ext(real *dst, const struct prior *p, size_t session)
{
    const char *from = p->run->config->ext_input_from;
    const struct session *s;
    size_t e = p->run->model->ext_inputs;
    enum session_set set = strncmp(from, "valid:", 6) == 0 ? SESSION_VALID : SESSION_TRAIN;
    unsigned long long trial;
    char *end;

    if (!e)
        return *from ? lfads_fail(p->err, LFADS_USAGE,
                                  "--ext_input_from=%s: the model has no external inputs", from)
                     : LFADS_OK;
    memset(dst, 0, p->run->model->data_bins * p->plan.trials * e * sizeof *dst);
    if (!*from)
        return LFADS_OK;
    s = p->run->dataset->sessions[session];
    trial = strtoull(from + 6, &end, 10);
    if ((set == SESSION_TRAIN && strncmp(from, "train:", 6) != 0) || end == from + 6 || *end ||
        trial >= s->set[set].count)
        return lfads_fail(p->err, LFADS_USAGE,
                          "--ext_input_from=%s is not allowed: it takes train:K or valid:K, K a "
                          "trial of session %s from 0 on",
                          from, s->name);
    return copy_ext(dst, p, s, set, trial);
}

/* Writes one result of all samples; a result can take as much memory as the pass. */
static enum lfads_status write_result(struct results_file *file, struct results *results, int which,
                                      const struct prior *p)
{
    size_t samples = p->plan.trials;
    double *values = calloc(samples * results->width[which], sizeof *values);
    enum lfads_status status;

    if (!values)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory to write %s",
                          results_key(OF_PRIORS, (enum result)which));
    results->values[which] = values;
    passes_keep(&p->passes, results, 0);
    status = p->run->be->finish(p->run->be, p->err);
    if (status == LFADS_OK)
        status = results_file_write(file, results, 0, samples, p->err);
    results->values[which] = NULL;
    free(values);
    return status;
}

static enum lfads_status write_file(const struct prior *p, size_t session)
{
    const struct lfads_config *config = p->run->config;
    char name[FILE_PATH], path[FILE_PATH];
    struct results_file file = {.of = OF_PRIORS};
    struct results results;
    double cost;
    enum lfads_status status;

    snprintf(name, sizeof name, "%.3000smodel_runs_prior_sample", config->output_filename_stem);
    results_shape(&results, p->run->model, session, false);
    status = run_output_path(path, config, name, p->err);
    if (status == LFADS_OK)
        status = run_make_directory_of(path, config, p->err);
    if (status == LFADS_OK)
        status = results_file_create(&file, path, OF_PRIORS, &results, p->plan.trials,
                                     p->run->threads, p->err);
    for (int i = 0; i < RESULT_COST && status == LFADS_OK; i++)
        if (results.width[i] && results_key(OF_PRIORS, (enum result)i))
            status = write_result(&file, &results, i, p);
    if (status == LFADS_OK)
        status = prior_cost(&cost, p);
    if (status == LFADS_OK) {
        results.values[RESULT_COST] = &cost;
        status = results_file_write(&file, &results, 0, p->plan.trials, p->err);
    }
    if (status == LFADS_OK)
        status = results_file_commit(&file, p->err);
    results_file_discard(&file);
    if (status == LFADS_OK)
        run_line(p->run, "Wrote %s", path);
    return status;
}

static enum lfads_status sample(struct prior *p)
{
    size_t session;
    enum lfads_status status = choose_session(&session, p);

    if (status == LFADS_OK)
        status = fill_ext(prior_begin_pass(p, session), p, session);
    if (status != LFADS_OK)
        return status;
    prior_compute(p);
    status = run_write_hyperparams(p->run, "prior_sample", p->err);
    return status == LFADS_OK ? write_file(p, session) : status;
}

enum lfads_status lfads_prior_sample(const struct lfads_config *config,
                                     const struct lfads_callbacks *callbacks,
                                     struct lfads_error *err)
{
    struct prior p = {.err = err};
    /* trials are needed for their external inputs only */
    const enum run_use use = config && *config->ext_input_from ? RUN_TRIALS : RUN_MODEL;
    struct lfads_callbacks own;
    enum lfads_status status = callbacks_take(&own, &callbacks, "lfads_prior_sample", err);

    if (status == LFADS_OK)
        status = run_open(&p.run, config, use, callbacks, err);
    if (status != LFADS_OK)
        return status;
    run_report_unused(p.run, KIND_PRIOR_SAMPLE);
    status = prior_begin(&p, (size_t)p.run->config->batch_size);
    if (status == LFADS_OK)
        status = sample(&p);
    prior_end(&p);
    run_close(p.run);
    return status;
}
