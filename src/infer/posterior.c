/* posterior.c - runs the trained model on each trial: averages samples of its posterior, or uses
 * the posterior's means (training.md, "Kinds"). The entry points are lfads_posterior_sample and
 * lfads_posterior_mean of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/posterior.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/progress.h"
#include "base/sizes.h"
#include "infer/kept_arrays.h"
#include "infer/sampler.h"

static bool is_scored(const struct sampler *p)
{
    return p->plan.latents == POSTERIOR_SAMPLE && p->set != SESSION_TEST;
}

/* Prints the original's lines for each trial of the block. */
static void report_block(const struct sampler *p)
{
    for (size_t i = 0; is_scored(p) && i < p->count; i++) {
        run_line(p->run, "Running %zu of %zu.", p->first + i + 1, p->trials);
        run_line(p->run, "bound nll(vae): %.3f, bound nll(iwae): %.3f",
                 p->results.values[RESULT_NLL_VAE][i], p->results.values[RESULT_NLL_IWAE][i]);
    }
}

/* Writes a block into PAYLOAD, a file of results. */
static enum lfads_status write_rows(struct sampler *p, void *payload)
{
    enum lfads_status status = results_file_write(payload, &p->results, p->first, p->count, p->err);

    if (status == LFADS_OK)
        report_block(p);
    return status;
}

/* Writes a block into the sampler's torch file. */
static enum lfads_status write_torch_rows(struct sampler *p, void *payload)
{
    enum lfads_status status = torch_file_write(payload, &p->results, p->first, p->count, p->err);

    if (status == LFADS_OK)
        report_block(p);
    return status;
}

/* Returns the number of trials of a set to sample. */
static size_t trials_of(const struct run *p, size_t session, int set)
{
    size_t trials = p->dataset->sessions[session]->set[set].count;
    int64_t limit = p->config->ps_nexamples_to_process;

    return (int64_t)trials > limit ? (size_t)limit : trials;
}

/* Whether the checksum of the set is that of the data which a score compares the results with. */
static bool has_checksum(const struct session *s, enum session_set set, size_t trials)
{
    return trials == s->set[set].count && !s->has_encoded && !s->from_tensors && s->missing == 0;
}

/* Samples the set in progress into its own file, of the original's form. */
static enum lfads_status write_results(struct sampler *p, const char *kind)
{
    const struct session *session = p->run->dataset->sessions[p->session];
    char path[FILE_PATH];
    struct results_file file = {.of = OF_POSTERIORS};
    enum lfads_status status = run_results_path(path, p->run->config, session->label,
                                                session_set_name(p->set), kind, p->err);

    if (status == LFADS_OK)
        status = run_make_directory_of(path, p->run->config, p->err);
    if (status == LFADS_OK)
        status = results_file_create(&file, path, OF_POSTERIORS, &p->results, p->trials,
                                     p->run->threads, p->err);
    if (status == LFADS_OK && p->run->config->ensemble)
        status = results_file_number(&file, RESULTS_ENSEMBLE, p->ensemble.others + 1, p->err);
    if (status == LFADS_OK && has_checksum(session, p->set, p->trials))
        status = results_file_number(&file, RESULTS_DATA, session->set[p->set].checksum, p->err);
    if (status == LFADS_OK)
        status = kept_arrays_copy(&file.file, p->run, session, p->set, p->trials, p->err);
    if (status == LFADS_OK)
        status = sampler_run(p, &(struct block_writer){write_rows, &file, file.file.path});
    if (status == LFADS_OK)
        status = results_file_commit(&file, p->err);
    results_file_discard(&file);
    return status;
}

/* Samples the set in progress into the session's file, of lfads-torch's form. */
static enum lfads_status write_torch(struct sampler *p)
{
    enum lfads_status status =
        torch_file_create_set(p->torch, session_set_name(p->set), &p->results, p->trials, p->err);

    if (status == LFADS_OK)
        status =
            sampler_run(p, &(struct block_writer){write_torch_rows, p->torch, p->torch->file.path});
    return status == LFADS_OK ? torch_file_end_set(p->torch, p->err) : status;
}

/* Samples one set of one session and writes its results. */
static enum lfads_status run_set(struct sampler *p, const char *kind)
{
    const struct session *session = p->run->dataset->sessions[p->session];
    enum lfads_status status;
    size_t kept;

    p->trials = trials_of(p->run, p->session, p->set);
    if (p->trials == 0)
        return LFADS_OK;
    kept = size_min(p->trials, p->block);
    run_line(p->run, "Writing data for %s data and kind %s.", session->name,
             session_set_name(p->set));
    status = results_create(&p->results, p->run->model, p->session, kept, p->plan.more, p->err);
    if (p->set == SESSION_TEST) /* nothing is known that costs could be of */
        for (int i = RESULT_COST; i <= RESULT_NLL_IWAE; i++)
            p->results.width[i] = 0;
    if (status == LFADS_OK && spread_is_wanted(&p->wants)) {
        p->results.spread = &p->spread;
        status = spread_create(&p->spread, &p->wants, &p->results, kept, p->err);
    }
    if (status == LFADS_OK)
        status = p->torch ? write_torch(p) : write_results(p, kind);
    results_free(&p->results);
    spread_free(&p->spread);
    if (status == LFADS_OK)
        run_line(p->run, "Done.");
    return status;
}

/* Samples all sets of a session. */
static enum lfads_status run_session(struct sampler *p, const char *kind)
{
    struct torch_file torch = {.rows = {{.set = 0}}};
    enum lfads_status status = LFADS_OK;

    p->torch = p->plan.more ? &torch : NULL;
    if (p->torch)
        status = torch_file_begin(&torch, p->run, p->run->dataset->sessions[p->session], p->err);
    for (int set = 0; set < SESSION_ALL_SETS && status == LFADS_OK; set++) {
        p->set = (enum session_set)set;
        status = run_set(p, kind);
    }
    if (p->torch)
        status = torch_file_finish(&torch, status, p->err);
    p->torch = NULL;
    return status;
}

static enum lfads_status check_disk(const struct sampler *p)
{
    const struct run *run = p->run;
    char results[FILE_PATH], directory[FILE_PATH];
    size_t bytes = 0;

    for (size_t s = 0; s < run->dataset->count; s++)
        for (int set = 0; set < SESSION_ALL_SETS; set++)
            bytes += results_disk_bytes(run->model, s, trials_of(run, s, set)) +
                     spread_disk_bytes(&p->wants, run->model, s, trials_of(run, s, set));
    run_output_directory(results, run->config);
    file_nearest(directory, results);
    return limits_check_disk(bytes, directory, "sampling", "lower --ps_nexamples_to_process",
                             p->err);
}

static bool is_given(const struct lfads_config *config, const char *name)
{
    return config->given[flag_find(config_table(), name)];
}

/* Samples of each trial. The original has no flag for it but --batch_size, which counts where it is
 * given and the other is what training has saved. */
static size_t samples_of(const struct lfads_config *config)
{
    bool batch = is_given(config, "batch_size") && !is_given(config, "ps_samples");

    return (size_t)(config->ps_samples && !batch ? config->ps_samples : config->batch_size);
}

/* Sets what of the spread over samples is wanted; fails if there is none. */
static enum lfads_status choose_spread(struct sampler *p)
{
    const struct lfads_config *config = p->run->config;
    const char *flag = config->save_spread ? "save_spread" : "spread_quantiles";
    enum lfads_status status;

    if (p->plan.latents != POSTERIOR_SAMPLE)
        return LFADS_OK; /* run_report_unused has said so */
    status = quantiles_parse(&p->wants.quantiles, config->spread_quantiles, p->err);
    p->wants.deviations = config->save_spread;
    p->plan.spread = spread_is_wanted(&p->wants);
    if (status != LFADS_OK || !p->plan.spread)
        return status;
    if (p->plan.more)
        return lfads_fail(p->err, LFADS_USAGE,
                          "--output_format=lfads_torch has no place for what --%s asks for: leave "
                          "one of them out",
                          flag);
    if (!p->run->model->samples)
        return lfads_fail(p->err, LFADS_USAGE,
                          "--%s needs a model that samples, and this one was trained with "
                          "--sample_posteriors=false: leave the flag out",
                          flag);
    if (p->plan.samples < 2)
        return lfads_fail(p->err, LFADS_USAGE,
                          "--%s needs two samples of a trial or more, and there is %zu: raise "
                          "--ps_samples",
                          flag, p->plan.samples);
    return LFADS_OK;
}

static enum lfads_status run(const struct lfads_config *config, const struct lfads_data *data,
                             const struct lfads_callbacks *callbacks, enum latents latents,
                             const char *kind, struct lfads_error *err)
{
    struct sampler p = {.plan = {.latents = latents, .samples = 1}, .err = err};
    struct run_request request = {.config = config, .use = RUN_TRIALS, .data = data};
    struct lfads_callbacks own;
    enum lfads_status status = callbacks_take(
        &own, &callbacks,
        latents == POSTERIOR_SAMPLE ? "lfads_posterior_sample" : "lfads_posterior_mean", err);

    request.callbacks = callbacks;
    if (status == LFADS_OK)
        status = run_open_request(&p.run, &request, err);
    if (status != LFADS_OK)
        return status;
    run_report_unused(p.run, kind);
    if (latents == POSTERIOR_SAMPLE)
        p.plan.samples = samples_of(p.run->config);
    p.plan.more = strcmp(p.run->config->output_format, "lfads_torch") == 0;
    status = choose_spread(&p);
    if (status == LFADS_OK && p.run->config->ensemble)
        status = ensemble_open(&p.ensemble, p.run, config, (size_t)p.run->config->ensemble, err);
    if (status == LFADS_OK)
        status = check_disk(&p);
    if (status == LFADS_OK)
        status = sampler_create(&p);
    if (status == LFADS_OK)
        status = run_parameters(&p.parameters, p.run, err);
    if (status == LFADS_OK)
        status = costs_l2_value(&p.costs.l2, p.run->be, p.run->model, p.parameters, err);
    if (status == LFADS_OK) {
        p.costs.ramps = costs_ramps(p.run->config, p.run->checkpoint.step, p.run->checkpoint.epoch);
        status = run_write_hyperparams(p.run, kind, err);
    }
    for (p.session = 0; p.session < p.run->dataset->count && status == LFADS_OK; p.session++)
        status = run_session(&p, kind);
    sampler_release(&p);
    return status;
}

enum lfads_status lfads_posterior_sample(const struct lfads_config *config,
                                         const struct lfads_callbacks *callbacks,
                                         struct lfads_error *err)
{
    return run(config, NULL, callbacks, POSTERIOR_SAMPLE, "posterior_sample_and_average", err);
}

enum lfads_status posterior_mean(const struct lfads_config *config, const struct lfads_data *data,
                                 const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    return run(config, data, callbacks, POSTERIOR_MEAN, "posterior_push_mean", err);
}

enum lfads_status lfads_posterior_mean(const struct lfads_config *config,
                                       const struct lfads_callbacks *callbacks,
                                       struct lfads_error *err)
{
    return posterior_mean(config, NULL, callbacks, err);
}
