/* denoiser.c - denoises single trials with a trained model; all memory is allocated at creation.
 * The entry points are lfads_denoiser_create and lfads_denoise of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sized.h"
#include "base/workers.h"
#include "config/hyperparams.h"
#include "infer/denoiser.h"
#include "model/model_create.h"
#include "run/run.h"
#include "save/checkpoint.h"
#include "save/index.h"

/* Sizes come from the file, so they are checked before anything is allocated from them. */
static enum lfads_status check_memory(double bytes, const char *path, struct lfads_error *err)
{
    size_t available = memory_available();

    return bytes <= (double)available
               ? LFADS_OK
               : lfads_fail(err, LFADS_NO_MEMORY,
                            "the model of %s needs %.0f MiB of memory, and %zu MiB can be had: the "
                            "file is damaged, or made for a larger machine",
                            path, bytes / (1 << 20), available >> 20);
}

static enum lfads_status make_model(struct lfads_denoiser *d, const struct lfads_config *config,
                                    const struct hyperparams_data *known, const char *path,
                                    struct lfads_error *err)
{
    struct model_session *sessions = calloc(known->count, sizeof *sessions);
    double weights = 0;
    enum lfads_status status;

    if (!sessions)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a model");
    for (size_t i = 0; i < known->count; i++) /* at most 2^20 sessions, each 2^20 by 2^16 */
        weights +=
            (double)known->sessions[i].channels * (double)config->factors_dim * 4 * sizeof(real);
    status = check_memory(weights, path, err);
    for (size_t i = 0; i < known->count; i++)
        sessions[i] = (struct model_session){.shape = known->sessions[i],
                                             .encoded_bins = known->encoded_bins};
    if (status == LFADS_OK)
        status = run_find_readin(&sessions[0].readin, known, NULL, path, err);
    if (status == LFADS_OK)
        status = model_create(&d->model, config, known->bins, sessions, known->count, err);
    if (status == LFADS_OK && d->model->first)
        status = lfads_fail(err, LFADS_USAGE,
                            "the model of %s has no rates of the first %zu bins "
                            "(--ic_enc_reconstruct=false): a denoiser needs those of whole trials",
                            path, d->model->first);
    free(sessions);
    return status;
}

static enum lfads_status find_session(struct lfads_denoiser *d, const char *session,
                                      const char *path, struct lfads_error *err)
{
    for (d->session = 0; session && d->session < d->model->n_sessions; d->session++)
        if (strcmp(d->model->sessions[d->session].name, session) == 0)
            return LFADS_OK;
    return session
               ? lfads_fail(err, LFADS_USAGE, "%s was not trained on a session %s", path, session)
               : LFADS_OK;
}

/* One trial, with posterior means instead of samples. */
static const struct pass_plan plan = {.latents = POSTERIOR_MEAN, .trials = 1, .samples = 1};

static enum lfads_status allocate(struct lfads_denoiser *d, const char *path,
                                  struct lfads_error *err)
{
    const struct model *m = d->model;
    enum lfads_status status = check_memory((double)m->size * sizeof(real) +
                                                (double)passes_bytes(backend_cpu(), m, &plan) +
                                                (double)results_bytes(m, d->session, 1, false),
                                            path, err);

    if (status != LFADS_OK)
        return status;
    d->parameters = memory_create(m->size * sizeof(real));
    if (!d->parameters)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a model of %zu parameters",
                          model_parameters(m));
    status = results_create(&d->results, m, d->session, 1, false, err);
    return status == LFADS_OK ? passes_create(&d->passes, backend_cpu(), m, &plan, err) : status;
}

/* Loads the checkpoint at PATH. */
static enum lfads_status load(struct lfads_denoiser *d, const char *path, const char *session,
                              struct lfads_error *err)
{
    struct hyperparams_data known = {.count = 0};
    struct lfads_config *config = NULL;
    struct checkpoint checkpoint;
    enum lfads_status status = checkpoint_read(&checkpoint, path, err);

    if (status == LFADS_OK)
        status = lfads_config_create(&config, err);
    if (status == LFADS_OK)
        status = hyperparams_read(config, checkpoint.hyperparameters, path, err);
    if (status == LFADS_OK)
        status = hyperparams_read_data(&known, checkpoint.hyperparameters, path, err);
    if (status == LFADS_OK)
        status = make_model(d, config, &known, path, err);
    if (status == LFADS_OK)
        status = find_session(d, session, path, err);
    if (status == LFADS_OK)
        status = allocate(d, path, err);
    if (status == LFADS_OK)
        status = checkpoint_read_parameters(&(struct param_vectors){.parameters = d->parameters},
                                            path, d->model, NULL, err);
    hyperparams_release_data(&known);
    lfads_config_free(config);
    checkpoint_release(&checkpoint);
    return status;
}

enum lfads_status lfads_denoiser_create(struct lfads_denoiser **out, const char *save_dir,
                                        const char *index, const char *session,
                                        struct lfads_error *err)
{
    struct lfads_denoiser *d;
    char path[FILE_PATH];
    enum lfads_status status;

    if (out)
        *out = NULL;
    if (!out || !save_dir || !index)
        return lfads_fail_null(err, "lfads_denoiser_create",
                               !out        ? "out"
                               : !save_dir ? "save_dir"
                                           : "index");
    d = calloc(1, sizeof *d);
    if (!d)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a model");
    status = index_latest(path, save_dir, index, err);
    if (status == LFADS_OK && !*path)
        status = lfads_fail(err, LFADS_BAD_DATA, "there is no checkpoint: %s has no file %s",
                            save_dir, index);
    if (status == LFADS_OK)
        status = load(d, path, session, err);
    if (status != LFADS_OK) {
        lfads_denoiser_free(d);
        return status;
    }
    *out = d;
    return LFADS_OK;
}

void lfads_denoiser_free(struct lfads_denoiser *denoiser)
{
    if (!denoiser)
        return;
    passes_release(&denoiser->passes);
    results_free(&denoiser->results);
    model_free(denoiser->model);
    free(denoiser->parameters);
    free(denoiser);
}

enum lfads_status lfads_denoiser_get_shape(const struct lfads_denoiser *denoiser,
                                           struct lfads_denoiser_shape *shape,
                                           struct lfads_error *err)
{
    static const char call[] = "lfads_denoiser_get_shape";
    struct lfads_denoiser_shape full;
    const struct model *m;

    if (!denoiser || !shape)
        return lfads_fail_null(err, call, denoiser ? "shape" : "denoiser");
    m = denoiser->model;
    full = (struct lfads_denoiser_shape){.bins = m->bins,
                                         .channels = model_channels(m, denoiser->session),
                                         .ext_inputs = m->ext_inputs,
                                         .outputs = model_outputs(m, denoiser->session),
                                         .factors = m->factors,
                                         .inputs = m->co_dim};
    return sized_fill(shape, &full, sizeof full, call, err);
}

static enum lfads_status check(const float *numbers, const struct denoiser_bins *bins, size_t width,
                               const struct data_range *range, const char *what,
                               struct lfads_error *err)
{
    char text[DATA_RANGE_TEXT];

    data_range_text(text, range);
    for (size_t i = 0; i < bins->count * width; i++)
        if (!data_range_has(range, (double)numbers[i]))
            return lfads_fail(err, LFADS_BAD_DATA, "%s is %g in bin %zu, channel %zu: it takes %s",
                              what, (double)numbers[i], bins->first + i / width, i % width, text);
    return LFADS_OK;
}

enum lfads_status denoiser_check(const struct lfads_denoiser *d, const float *data,
                                 const float *ext, const struct denoiser_bins *bins,
                                 struct lfads_error *err)
{
    const struct data_range reals = {.data = DATA_REALS};
    const struct model *m = d->model;
    struct data_range observed = {m->output->data, m->zig_loc};
    enum lfads_status status;

    if (!data || (m->ext_inputs && !ext))
        return lfads_fail(err, LFADS_USAGE, "a %s needs data%s",
                          bins->count == m->bins ? "trial" : "bin",
                          m->ext_inputs ? " and external inputs" : "");
    status = check(data, bins, model_channels(m, d->session), &observed, "data", err);
    return status == LFADS_OK && m->ext_inputs
               ? check(ext, bins, m->ext_inputs, &reals, "external input", err)
               : status;
}

/* Sets ARRAYS to the caller's arrays, by result; NULL: not requested. */
static void requested_arrays(float *arrays[RESULTS], const struct lfads_denoised *denoised)
{
    for (int i = 0; i < RESULTS; i++)
        arrays[i] = NULL;
    arrays[RESULT_OUTPUT] = denoised->output;
    arrays[RESULT_FACTORS] = denoised->factors;
    arrays[RESULT_INPUTS] = denoised->inputs;
}

void denoiser_keep(struct lfads_denoiser *d, const struct denoiser_bins *bins)
{
    struct results results = d->results;
    float *requested[RESULTS];

    requested_arrays(requested, &d->denoised);
    for (int i = 0; i < RESULTS; i++)
        results.values[i] = requested[i] ? results.values[i] : NULL;
    passes_keep(&d->passes, &results, 0);
    for (int i = 0; i < RESULTS; i++) {
        size_t width = results.values[i] ? results.width[i] / d->model->bins : 0;
        size_t end = (bins->first + bins->count) * width;

        for (size_t j = bins->first * width; j < end; j++)
            requested[i][j] = (float)results.values[i][j];
    }
}

static void denoise(void *payload, size_t item, size_t thread)
{
    struct lfads_denoiser *d = payload;
    const struct model *m = d->model;
    struct pass pass = {.session = d->session, .trials = 1, .parameters = d->parameters};
    const struct shard *s = passes_begin(&d->passes, &pass);

    (void)item, (void)thread;
    memcpy(s->host_data[TRIAL_OBSERVED], d->data,
           m->bins * model_channels(m, d->session) * sizeof *d->data);
    if (m->ext_inputs)
        memcpy(s->host_data[TRIAL_EXT], d->ext, m->bins * m->ext_inputs * sizeof *d->ext);
    passes_encode(&d->passes);
    passes_decode(&d->passes, 0);
    denoiser_keep(d, &(struct denoiser_bins){0, m->bins});
}

enum lfads_status lfads_denoise(struct lfads_denoiser *denoiser, const float *data,
                                const float *ext, const struct lfads_denoised *denoised,
                                struct lfads_error *err)
{
    enum lfads_status status;

    if (!denoiser || !denoised)
        return lfads_fail_null(err, "lfads_denoise", denoiser ? "denoised" : "denoiser");
    status =
        sized_take(&denoiser->denoised, denoised, sizeof denoiser->denoised, "lfads_denoise", err);
    if (status == LFADS_OK)
        status = denoiser_check(denoiser, data, ext,
                                &(struct denoiser_bins){0, denoiser->model->bins}, err);
    if (status != LFADS_OK)
        return status;
    denoiser->has_begun = false;
    denoiser->data = data;
    denoiser->ext = ext;
    workers_run(NULL, 1, denoise, denoiser);
    return LFADS_OK;
}
