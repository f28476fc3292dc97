/* denoiser_bins.c - denoises a trial bin by bin: lfads_denoise_bin of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/sized.h"
#include "base/workers.h"
#include "infer/denoiser.h"
#include "model/causal.h"

static void begin(void *payload, size_t item, size_t thread)
{
    struct lfads_denoiser *d = payload;
    struct pass pass = {.session = d->session, .trials = 1, .parameters = d->parameters};
    struct shard *s = passes_begin(&d->passes, &pass);

    (void)item, (void)thread;
    shard_set_scales(s, 1);
    causal_begin(s);
}

enum lfads_status lfads_denoiser_begin(struct lfads_denoiser *denoiser, struct lfads_error *err)
{
    const struct model *m;

    if (!denoiser)
        return lfads_fail_null(err, "lfads_denoiser_begin", "denoiser");
    m = denoiser->model;
    if (!causal_is_possible(m))
        return lfads_fail(err, LFADS_USAGE,
                          "the model's inferred inputs depend on later bins: only one that was "
                          "trained with --do_causal_controller=true can take a bin at a time");
    if (causal_first_bins(m) >= m->bins)
        return lfads_fail(err, LFADS_USAGE,
                          "the model's initial condition depends on all %zu bins of a trial: only "
                          "one that was trained with a lower --num_steps_for_gen_ic can take a bin "
                          "at a time",
                          m->bins);
    workers_run(NULL, 1, begin, denoiser);
    denoiser->has_begun = true;
    denoiser->taken = denoiser->ready = 0;
    return LFADS_OK;
}

static void run(void *payload, size_t item, size_t thread)
{
    struct lfads_denoiser *d = payload;
    const struct model *m = d->model;
    const struct shard *s = d->passes.encoder;
    size_t n = model_channels(m, d->session), ready;

    (void)item, (void)thread;
    memcpy(s->host_data[TRIAL_OBSERVED] + d->taken * n, d->data, n * sizeof *d->data);
    if (m->ext_inputs)
        memcpy(s->host_data[TRIAL_EXT] + d->taken * m->ext_inputs, d->ext,
               m->ext_inputs * sizeof *d->ext);
    causal_bin(d->passes.encoder, d->taken, &ready);
    if (ready > d->ready)
        denoiser_keep(d, &(struct denoiser_bins){d->ready, ready - d->ready});
    d->ready = ready;
    d->taken++;
}

enum lfads_status lfads_denoise_bin(struct lfads_denoiser *denoiser, const float *data,
                                    const float *ext, const struct lfads_denoised *denoised,
                                    size_t *ready, struct lfads_error *err)
{
    struct lfads_denoiser *d = denoiser;
    enum lfads_status status;

    if (!d || !denoised || !ready)
        return lfads_fail_null(err, "lfads_denoise_bin",
                               !d          ? "denoiser"
                               : !denoised ? "denoised"
                                           : "ready");
    if (!d->has_begun || d->taken == d->model->bins)
        return lfads_fail(err, LFADS_USAGE,
                          "lfads_denoise_bin: %s: begin %s with lfads_denoiser_begin",
                          d->has_begun ? "the trial has all its bins" : "there is no trial",
                          d->has_begun ? "the next" : "one");
    status = sized_take(&d->denoised, denoised, sizeof d->denoised, "lfads_denoise_bin", err);
    if (status == LFADS_OK)
        status = denoiser_check(d, data, ext, &(struct denoiser_bins){d->taken, 1}, err);
    if (status != LFADS_OK)
        return status;
    d->data = data;
    d->ext = ext;
    workers_run(NULL, 1, run, d);
    *ready = d->ready;
    return LFADS_OK;
}
