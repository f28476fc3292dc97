/* run.c - opens a run: flags, checkpoint, data, model, in this order.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/run_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/limits.h"
#include "base/path.h"
#include "config/hyperparams.h"
#include "config/preset.h"
#include "config/unused.h"
#include "data/array_datasets.h"
#include "model/params.h"
#include "run/auto.h"
#include "save/index.h"

static void say(void (*callback)(void *payload, const char *text), void *payload,
                const char *format, va_list words)
{
    char text[1024];

    if (!callback)
        return;
    vsnprintf(text, sizeof text, format, words);
    callback(payload, text);
}

void run_line(const struct run *run, const char *format, ...)
{
    const struct lfads_callbacks *callbacks = run->callbacks;
    va_list words;

    va_start(words, format);
    if (callbacks)
        say(callbacks->line, callbacks->payload, format, words);
    va_end(words);
}

void run_warn(const struct run *run, const char *format, ...)
{
    const struct lfads_callbacks *callbacks = run->callbacks;
    va_list words;

    va_start(words, format);
    if (callbacks)
        say(callbacks->warn, callbacks->payload, format, words);
    va_end(words);
}

static bool has_alignment(const struct dataset *dataset)
{
    for (size_t i = 0; i < dataset->count; i++)
        if (dataset->sessions[i]->alignment_matrix)
            return true;
    return false;
}

/* Shares data set and backend of FIRST. Fails if a flag that shapes them differs. */
static enum lfads_status borrow(struct run *p, const struct run *first, struct lfads_error *err)
{
    static const char *const names[] = {
        "data_dir",     "data_filename_stem", "data_files",    "output_dist",
        "zig_loc",      "ext_input_dim",      "device",        "precision",
        "missing_data", "heldout_dim",        "forward_steps", "sv_rate",
        "sv_seed",      "factors_dim" /* last: matters with alignments only */};
    const size_t count = sizeof names / sizeof names[0] - !has_alignment(first->dataset);

    for (size_t i = 0; i < count; i++) {
        const struct flag *flag = &config_table()->flags[flag_find(config_table(), names[i])];
        char ours[512], theirs[512];

        if (flag_equal(p->config, first->config, flag))
            continue;
        flag_text(ours, sizeof ours, p->config, flag);
        flag_text(theirs, sizeof theirs, first->config, flag);
        return lfads_fail(err, LFADS_USAGE,
                          "--%s=%s can't share data and device with a run of --%s=%s: give all "
                          "runs the same value",
                          names[i], ours, names[i], theirs);
    }
    p->dataset = first->dataset;
    p->be = first->be;
    return LFADS_OK;
}

enum lfads_status run_check_jitter(const struct run *run, struct lfads_error *err)
{
    const struct run *p = run;

    if (strcmp(p->config->spike_jitter, "symmetric") == 0 &&
        p->config->temporal_spike_jitter_width == 0)
        return lfads_fail(err, LFADS_USAGE,
                          "--spike_jitter=symmetric says how --temporal_spike_jitter_width moves "
                          "spikes: give that a width, or leave the flag out");
    if (p->config->temporal_spike_jitter_width < (int64_t)p->dataset->bins)
        return LFADS_OK;
    return lfads_fail(err, LFADS_USAGE,
                      "--temporal_spike_jitter_width=%lld must be below the %zu bins of a trial",
                      (long long)p->config->temporal_spike_jitter_width, p->dataset->bins);
}

/* Sets the seed: the checkpoint's, the given one, or a random one from the system. */
static enum lfads_status choose_seed(struct run *p, bool training, struct lfads_error *err)
{
    int64_t given = p->config->seed;

    if (*p->checkpoint_path && !p->checkpoint.tensorflow && (training || given < 0)) {
        p->seed = p->checkpoint.seed;
        if (given >= 0 && (uint64_t)given != p->seed)
            run_warn(p, "--seed=%lld is not used: the run that is continued has seed %llu",
                     (long long)given, (unsigned long long)p->seed);
    } else if (given >= 0) {
        p->seed = (uint64_t)given;
    } else {
        if (getrandom(&p->seed, sizeof p->seed, 0) != (ssize_t)sizeof p->seed)
            return lfads_fail(err, LFADS_IO, "the system gives no random seed: set --seed");
        p->seed >>= 1; /* fits the range of --seed */
    }
    p->config->seed = (int64_t)p->seed;
    return LFADS_OK;
}

/* Selects the backend. Warns when a requested GPU is unavailable. */
static enum lfads_status choose_backend(struct run *p, struct lfads_error *err)
{
    struct backend_request request = {.device = p->config->device,
                                      .precision = p->config->precision};
    char reason[512];
    enum lfads_status status = backend_select(&p->device, &request, reason, sizeof reason, err);

    if (status == LFADS_OK && *reason)
        run_warn(p,
                 "--device=%s: there is no GPU that this program can use (%s); computing on "
                 "the CPU",
                 p->config->device, reason);
    p->be = p->device.be;
    return status;
}

static enum lfads_status choose_flags(struct run *p, struct lfads_error *err)
{
    struct auto_report report;
    enum lfads_status status = auto_choose(&report, p->config, p->dataset, err);

    for (size_t i = 0; i < report.count; i++)
        run_line(p, "%s", report.line[i]);
    return status;
}

static void pass_line(void *payload, const char *line)
{
    const struct run *p = payload;

    run_line(p, "%s", line);
}

void run_report_unused(struct run *run, const char *kind)
{
    struct flag_situation situation = {
        .kind = kind,
        .saved = run->saved,
        .bins = run->model->data_bins,
        .has_alignment = !run->dataset || has_alignment(run->dataset),
    };

    unused_report(run->config, &situation, pass_line, run);
}

/* Fails if flags name files beside arrays in memory. */
static enum lfads_status take_arrays(struct run *p, struct lfads_error *err)
{
    static const char *const names[] = {"data_files", "data_dir", "data_filename_stem"};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < sizeof names / sizeof names[0] && status == LFADS_OK; i++) {
        size_t flag = (size_t)flag_find(config_table(), names[i]);

        if (p->config->given[flag] && p->use == RUN_TRAINING)
            return lfads_fail(err, LFADS_USAGE,
                              "the data are arrays in memory, and --%s names files: leave it out",
                              names[i]);
        p->config->given[flag] = false;
        status = flag_set(p->config, config_table(), flag,
                          strcmp(names[i], "data_dir") == 0 ? RUN_MEMORY : "", err);
    }
    return status;
}

/* Sets the name that sentences give to a model that is in no directory. */
static enum lfads_status name_model(struct run *p, struct lfads_error *err)
{
    size_t flag = (size_t)flag_find(config_table(), "lfads_save_dir");
    bool elsewhere = p->request.trained && p->config->given[flag];

    return (p->request.in_memory || p->request.trained) && !elsewhere
               ? flag_set(p->config, config_table(), flag, RUN_MEMORY, err)
               : LFADS_OK;
}

static enum lfads_status open_data(struct run *p, struct lfads_error *err)
{
    const struct run *beside = p->request.beside;
    enum lfads_status status;

    if (*p->config->session && !p->new_trials)
        return lfads_fail(
            err, LFADS_USAGE,
            "--session=%s says which session new trials go through: give their "
            "--data_files, or leave it out%s",
            p->config->session,
            p->use == RUN_MODEL ? " (--dataset_name says whose read-out prior samples use)" : "");
    if (p->use == RUN_MODEL)
        return LFADS_OK;
    status = beside ? borrow(p, beside, err) : run_open_data_together(p, err);
    return status == LFADS_OK && *p->checkpoint_path ? run_check_data(p, err) : status;
}

/* Completes the flags and reads the checkpoint and the data. */
static enum lfads_status open_inputs(struct run *p, struct lfads_error *err)
{
    const bool training = p->use == RUN_TRAINING;
    enum lfads_status status = name_model(p, err);

    if (status == LFADS_OK)
        status = config_check(p->config, err);
    if (status == LFADS_OK && training && *p->config->output_dir)
        status =
            lfads_fail(err, LFADS_USAGE,
                       "--output_dir=%s is where results of a trained model go: training writes "
                       "into --lfads_save_dir",
                       p->config->output_dir);
    if (status == LFADS_OK && p->request.data)
        status = take_arrays(p, err);
    if (status == LFADS_OK)
        status = limits_check_descriptors(err);
    if (status == LFADS_OK)
        status = run_open_checkpoint(p, err);
    if (status == LFADS_OK)
        status = config_check(p->config, err);
    status = ranks_agree(p->ranks, status, NULL, err);
    if (status == LFADS_OK)
        status = open_data(p, err);
    if (status == LFADS_OK && training && !*p->checkpoint_path)
        status = choose_flags(p, err);
    return status == LFADS_OK && training ? run_check_jitter(p, err) : status;
}

enum lfads_status run_open_request(struct run **out, const struct run_request *request,
                                   struct lfads_error *err)
{
    const struct lfads_config *config = request->config;
    struct run *p;
    enum lfads_status status;

    *out = NULL;
    if (!config)
        return lfads_fail(err, LFADS_USAGE, "a run needs a configuration, and config is NULL");
    p = calloc(1, sizeof *p);
    if (p)
        p->config = config_copy(config);
    if (!p || !p->config) {
        run_close(p);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a run");
    }
    p->callbacks = request->callbacks;
    p->request = *request;
    p->request.config = NULL;
    p->use = request->use;
    p->new_trials =
        p->use == RUN_TRIALS && (request->beside ? request->beside->new_trials
                                                 : *config->data_files || request->new_trials);
    p->be = request->be;
    p->ranks = request->ranks ? request->ranks : ranks_alone();
    status = open_inputs(p, err);
    if (status == LFADS_OK)
        status = run_make_model(p, err);
    if (status == LFADS_OK)
        status = choose_seed(p, p->use == RUN_TRAINING, err);
    if (status == LFADS_OK && !p->be)
        status = choose_backend(p, err);
    status = run_open_together(p, status, err);
    if (status != LFADS_OK) {
        run_close(p);
        return status;
    }
    p->threads = run_threads(p);
    *out = p;
    return LFADS_OK;
}

enum lfads_status run_open(struct run **out, const struct lfads_config *config, enum run_use use,
                           const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    bool together = config && use == RUN_TRAINING;

    return run_open_request(out,
                            &(struct run_request){.config = config,
                                                  .use = use,
                                                  .callbacks = callbacks,
                                                  .ranks = together ? config->ranks : NULL},
                            err);
}

enum lfads_status run_open_beside(struct run **out, const struct run *first,
                                  const struct lfads_config *config,
                                  const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    return run_open_request(
        out,
        &(struct run_request){
            .config = config, .use = RUN_TRAINING, .callbacks = callbacks, .beside = first},
        err);
}

void run_release(struct run *run)
{
    checkpoint_release(&run->checkpoint);
    hyperparams_release_data(&run->known);
    free(run->known_stem);
    lfads_config_free(run->saved);
    lfads_config_free(run->config);
}

void run_close(struct run *run)
{
    if (!run)
        return;
    model_free(run->model);
    backend_release(&run->device);
    if (run->shared)
        array_dataset_close(run->shared, run->dataset);
    else if (!run->request.beside)
        dataset_close(run->dataset);
    run_release(run);
    free(run);
}

enum lfads_status run_read_parameters(const struct run *run, const struct param_vectors *vectors,
                                      struct lfads_error *err)
{
    if (run->request.trained)
        return trained_read(vectors->parameters, run->model, run->request.trained, err);
    run_line(run, "Reading model parameters from %s%s",
             run->checkpoint.tensorflow ? "the TensorFlow checkpoint " : "", run->checkpoint_path);
    return checkpoint_read_parameters(vectors, run->checkpoint_path, run->model, NULL, err);
}

enum lfads_status run_parameters(real **out, const struct run *run, struct lfads_error *err)
{
    const struct backend *be = run->be;
    size_t bytes = run->model->size * sizeof(real);
    real *host;
    enum lfads_status status;

    *out = be->memory_create(be, bytes);
    host = be->host_memory ? *out : calloc(1, bytes);
    if (!*out || !host) {
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu parameters",
                            model_parameters(run->model));
    } else {
        status = run_read_parameters(run, &(struct param_vectors){.parameters = host}, err);
        if (!be->host_memory && status == LFADS_OK)
            be->upload(be, *out, host, bytes);
        if (status == LFADS_OK)
            params_pack(be, run->model, *out, false);
    }
    if (host != *out)
        free(host);
    if (status != LFADS_OK) {
        be->memory_free(be, *out);
        *out = NULL;
    }
    return status;
}

enum lfads_status run_hyperparams(char **text, const struct run *run, struct lfads_error *err)
{
    struct hyperparams_data data = {.sessions = run->model->sessions,
                                    .count = run->model->n_sessions,
                                    .bins = run->model->data_bins,
                                    .encoded_bins = run->model->encoded_bins};

    if (run->request.data || *run->config->data_files ||
        !path_of_directory(data.data_path, run->config->data_dir))
        data.data_path[0] = 0;
    if (run->request.in_memory || !path_of_directory(data.save_path, run->config->lfads_save_dir))
        data.save_path[0] = 0;
    return hyperparams_text(text, run->config, &data, err);
}
