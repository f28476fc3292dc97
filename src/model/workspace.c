/* workspace.c - makes a shard with memory for the largest pass, and sets it up for a pass.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/workspace.h"

#include <stdlib.h>

static void set_sizes(struct shard *s, size_t session, size_t trials, size_t samples)
{
    s->session = session;
    s->trials = trials;
    s->samples = samples;
    s->rows = trials * samples;
}

/* A shard of the greatest size, without memory. */
static struct shard blank(const struct backend *be, const struct model *model, size_t trials,
                          size_t samples, bool trained)
{
    struct shard s = {.be = be, .model = model, .trained = trained, .max_trials = trials};

    set_sizes(&s, 0, trials, samples);
    return s;
}

size_t shard_bytes(const struct backend *be, const struct model *model, size_t trials,
                   size_t samples, bool trained)
{
    struct shard s = blank(be, model, trials, samples, trained);

    return shard_place(&s).memory;
}

enum lfads_status shard_create(struct shard **out, const struct backend *be,
                               const struct model *model, size_t trials, size_t samples,
                               bool trained, struct lfads_error *err)
{
    struct shard *s = malloc(sizeof *s);
    struct shard_bytes bytes;

    *out = NULL;
    if (!s)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a shard");
    *s = blank(be, model, trials, samples, trained);
    bytes = shard_place(s);
    s->memory = be->memory_create(be, bytes.memory);
    s->host = bytes.host ? be->host_create(be, bytes.host) : NULL;
    if (!s->memory || (bytes.host && !s->host)) {
        enum lfads_status status = be->finish(be, err); /* a device gives the reason */

        shard_free(s);
        return status != LFADS_OK
                   ? status
                   : lfads_fail(err, LFADS_NO_MEMORY,
                                "no memory for %zu MiB of activations: lower --batch_size or "
                                "--threads",
                                bytes.memory >> 20);
    }
    shard_place(s);
    *out = s;
    return LFADS_OK;
}

void shard_free(struct shard *shard)
{
    if (!shard)
        return;
    shard->be->memory_free(shard->be, shard->memory);
    shard->be->host_free(shard->be, shard->host);
    free(shard);
}

/* Whether the encoders read some channels of the observed array only. */
static bool reads_part(const struct model *m, size_t session)
{
    return m->encodes_observed && model_heldout(m, session) > 0;
}

/* Without dropout masks are NULL, and an array after dropout is the array before it. */
static void set_dropout(struct shard *s, bool dropout)
{
    static const struct dropout_arrays none = {.data_mask = NULL};
    const struct dropout_arrays *arrays =
        dropout && s->model->keep_prob < 1 ? &s->with_dropout : &none;
    const struct dropout_arrays *cd = dropout && s->model->cd_rate > 0 ? &s->with_dropout : &none;

    s->dropout = dropout;
    s->cd_mask = cd->cd_mask;
    s->cd_pass = cd->cd_pass;
    s->gradient_weight = cd->gradient_weight;
    s->data_mask = arrays->data_mask;
    s->ext_mask = arrays->ext_mask;
    s->ic_enc_mask = arrays->ic_enc_mask;
    s->con_mask = arrays->con_mask;
    s->gen_ic_mask = arrays->gen_ic_mask;
    s->gen_mask = arrays->gen_mask;
    s->encoded = s->data_mask || s->cd_mask || reads_part(s->model, s->session) || s->sv_mask
                     ? s->encoded_copy
                     : s->data[TRIAL_ENCODED];
    s->gen_out = arrays->gen_out ? arrays->gen_out : s->gen.h;
    if (shard_input_is_encoded(s->model))
        s->enc_in = s->encoded;
}

void shard_begin(struct shard *shard, size_t session, size_t trials, size_t samples,
                 enum latents latents, bool dropout, real *parameters, real *transposed,
                 real *gradient)
{
    assert(trials <= shard->max_trials && samples == shard->samples);
    assert(!dropout || shard->trained);
    set_sizes(shard, session, trials, samples);
    if (shard->model->encodes_observed) { /* shard_read_apart may have changed it */
        shard->data[TRIAL_ENCODED] = shard->data[TRIAL_OBSERVED];
        shard->host_data[TRIAL_ENCODED] = shard->host_data[TRIAL_OBSERVED];
    }
    shard->latents = latents;
    set_dropout(shard, dropout);
    shard->weight = shard->entry_weight;
    shard->measured = shard->trained && !gradient;
    cost_terms_place(shard->cost, shard->cost[0], shard->rows, trials);
    params_view(&shard->w, shard->model, parameters, session);
    params_view(&shard->wt, shard->model, transposed, session);
    params_view(&shard->dw, shard->model, gradient, session);
}
