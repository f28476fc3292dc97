/* workspace.c - the layout of a shard's arrays. One function both measures and places them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/workspace.h"

#include <stdlib.h>

#include "base/sizes.h"

enum { ALIGNMENT = 64 };

/* Where the next array goes; with no base, only measures. */
struct place {
    char *base;
    size_t used;
};

static void *take(struct place *place, size_t count, size_t size)
{
    size_t at = place->used;

    place->used += (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return place->base && count ? place->base + at : NULL;
}

static real *reals(struct place *place, size_t count) { return take(place, count, sizeof(real)); }
static acc *accs(struct place *place, size_t count) { return take(place, count, sizeof(acc)); }

/* ONE_BIN: of all but the states only the bin in progress is kept. */
static struct gru_tape tape(struct place *place, size_t bins, size_t rows, size_t units,
                            bool one_bin)
{
    size_t count = one_bin ? rows * units : bins * rows * units;

    return (struct gru_tape){.ru = reals(place, 2 * count),
                             .rh = reals(place, count),
                             .c = reals(place, count),
                             .h = reals(place, (bins + 1) * rows * units),
                             .one_bin = one_bin};
}

static void place_inputs(struct shard *s, struct place *p)
{
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session), in = model_encoder_inputs(m, s->session);
    size_t trial_bins = m->bins * s->trials, row_bins = m->bins * s->rows;
    bool plain_input = m->identity_readin && (!m->ext_inputs || m->ext_to_generator);

    s->when = take(p, 2, sizeof *s->when);
    s->x = reals(p, trial_bins * n);
    s->ext = reals(p, trial_bins * m->ext_inputs);
    s->weight = NULL;
    s->ic_noise = reals(p, s->rows * m->ic_dim);
    s->co_noise = reals(p, row_bins * m->co_dim);
    s->data_mask = s->ext_mask = s->ic_enc_mask = s->con_mask = s->gen_mask = NULL;
    if (s->dropout) {
        size_t con_in = model_ci_width(m) + model_fed_width(m, s->session);

        s->data_mask = reals(p, trial_bins * n);
        s->ext_mask = reals(p, trial_bins * m->ext_inputs);
        s->ic_enc_mask = m->ic_dim ? reals(p, s->trials * 2 * m->ic_enc) : NULL;
        s->con_mask = m->co_dim ? reals(p, trial_bins * con_in) : NULL;
        s->gen_mask = reals(p, trial_bins * m->gen_units);
    }
    s->data_seen = s->dropout ? reals(p, trial_bins * n) : s->x;
    s->enc_in = plain_input ? s->data_seen : reals(p, trial_bins * in);
}

/* What the host fills, in memory of its own. */
static void place_host(struct shard *s, struct place *arrays, struct place *own)
{
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session), trial_bins = m->bins * s->trials;
    bool shared = s->be->host_memory;

    s->host_x = shared ? s->x : reals(own, trial_bins * n);
    s->host_ext = shared ? s->ext : reals(own, trial_bins * m->ext_inputs);
    s->scratch = take(shared ? arrays : own, s->trained ? m->bins * n : 0, sizeof *s->scratch);
}

static void place_encoders(struct shard *s, struct place *p)
{
    const struct model *m = s->model;
    size_t b = s->trials, ic = m->ic_dim ? m->ic_enc : 0, ci = m->co_dim ? m->ci_enc : 0;

    s->ic_fwd = tape(p, m->ic_bins, b, ic, false);
    s->ic_rev = tape(p, m->ic_bins, b, ic, false);
    s->ci_fwd = tape(p, m->bins, b, ci, false);
    s->ci_rev = tape(p, m->bins, b, m->causal ? 0 : ci, false);
    s->ic_enc = reals(p, b * 2 * ic);
    s->ic_mean = reals(p, b * m->ic_dim);
    s->ic_logvar = reals(p, b * m->ic_dim);
    s->prior_logvar = reals(p, m->ic_dim);
}

static void place_controller(struct shard *s, struct place *p)
{
    const struct model *m = s->model;
    size_t c = m->co_dim ? m->con_units : 0, row_bins = m->bins * s->rows;
    size_t shared = s->samples > 1 ? m->bins * s->trials * c : 0;

    s->ci_in = reals(p, m->co_dim ? m->bins * s->trials * model_ci_width(m) : 0);
    s->con_shared = (struct gru_tape){.ru = reals(p, 2 * shared), .c = reals(p, shared)};
    s->fed = reals(p, m->co_dim ? row_bins * model_fed_width(m, s->session) : 0);
    s->con = tape(p, m->bins, s->rows, c, s->samples > 1);
    s->co_mean = reals(p, row_bins * m->co_dim);
    s->co_logvar = reals(p, row_bins * m->co_dim);
    s->co_sample = reals(p, row_bins * m->co_dim);
}

static void place_generator(struct shard *s, struct place *p)
{
    const struct model *m = s->model;
    size_t r = s->rows, slots = (m->bins + 1) * r, n = model_channels(m, s->session);

    s->row_mean = s->samples > 1 ? reals(p, r * m->ic_dim) : s->ic_mean;
    s->row_logvar = s->samples > 1 ? reals(p, r * m->ic_dim) : s->ic_logvar;
    s->g0 = reals(p, r * m->ic_dim);
    s->gen_in = reals(p, m->bins * r * model_generator_inputs(m));
    s->gen = tape(p, m->bins, r, m->gen_units, s->samples > 1);
    s->gen_out = s->dropout ? reals(p, slots * m->gen_units) : s->gen.h;
    s->gen_ext = reals(p, s->samples > 1 ? m->bins * r * m->ext_inputs : 0);
    s->fac_w = reals(p, m->gen_units * m->factors);
    s->fac_wt = reals(p, m->gen_units * m->factors);
    s->factors = reals(p, slots * m->factors);
    for (size_t i = 0; i < m->output->n_params; i++)
        s->dout_params[i] = s->out_params[i] = reals(p, slots * n);
    s->loglik = accs(p, shard_n_costs(r, s->trials));
    s->kl_co = s->loglik ? s->loglik + r : NULL;
    s->corr = s->loglik ? s->kl_co + r : NULL;
    s->kl_ic = s->loglik ? s->corr + r : NULL;
}

size_t shard_n_costs(size_t rows, size_t trials) { return 3 * rows + trials; }

static void place_gradients(struct shard *s, struct place *p)
{
    const struct model *m = s->model;
    size_t r = s->rows, bins = m->bins, ci = m->co_dim ? m->ci_enc : 0;
    size_t c = m->co_dim ? m->con_units : 0;
    size_t units = size_max(size_max(m->gen_units, c), size_max(ci, m->ic_enc));

    s->dfactors = reals(p, (bins + 1) * r * m->factors);
    s->dgen_out = reals(p, bins * r * m->gen_units);
    s->dgen_h = reals(p, r * m->gen_units);
    s->du = reals(p, bins * r * m->co_dim);
    s->dco_mean = reals(p, bins * r * m->co_dim);
    s->dco_logvar = reals(p, bins * r * m->co_dim);
    s->dcon_h = reals(p, r * c);
    s->dci_in = reals(p, m->co_dim ? bins * r * model_ci_width(m) : 0);
    s->dfed = reals(p, m->co_dim ? r * model_fed_width(m, s->session) : 0);
    s->dg0 = reals(p, r * m->ic_dim);
    s->dic_mean = reals(p, r * m->ic_dim);
    s->dic_logvar = reals(p, r * m->ic_dim);
    s->dprior_logvar = reals(p, m->ic_dim);
    s->dfac_w = reals(p, m->gen_units * m->factors);
    s->dic_enc = reals(p, m->ic_dim ? r * 2 * m->ic_enc : 0);
    s->dci_fwd = reals(p, bins * r * ci);
    s->dci_rev = reals(p, m->causal ? 0 : bins * r * ci);
    for (int i = 0; i < ENCODERS; i++) {
        bool own = i == 0 || s->be->fork;

        s->dh[i] = own ? reals(p, r * units) : s->dh[0];
        s->drh[i] = own ? reals(p, r * units) : s->drh[0];
    }
    s->dreadin = reals(p, m->identity_readin ? 0 : bins * r * m->factors);
}

struct bytes {
    size_t memory, host;
};

/* Places every array (no memory yet: measures only); returns the bytes they take. */
static struct bytes place_all(struct shard *s)
{
    struct place p = {.base = s->memory}, host = {.base = s->host};

    place_inputs(s, &p);
    place_host(s, &p, &host);
    place_encoders(s, &p);
    place_controller(s, &p);
    place_generator(s, &p);
    if (s->trained)
        place_gradients(s, &p);
    return (struct bytes){.memory = p.used, .host = host.used};
}

static void set_sizes(struct shard *s, size_t session, size_t trials, size_t samples)
{
    assert(trials <= s->most_trials && samples <= s->most_samples);
    s->session = session;
    s->trials = trials;
    s->samples = samples;
    s->rows = trials * samples;
}

static struct bytes measure(const struct backend *be, const struct model *model, size_t trials,
                            size_t samples, bool trained)
{
    struct shard s = {.be = be,
                      .model = model,
                      .trained = trained,
                      .dropout = trained,
                      .most_trials = trials,
                      .most_samples = samples};
    struct bytes bytes = {0};

    for (size_t session = 0; session < model->n_sessions; session++) {
        set_sizes(&s, session, trials, samples);
        struct bytes own = place_all(&s);
        bytes.memory = size_max(bytes.memory, own.memory);
        bytes.host = size_max(bytes.host, own.host);
    }
    return bytes;
}

size_t shard_bytes(const struct backend *be, const struct model *model, size_t trials,
                   size_t samples, bool trained)
{
    return measure(be, model, trials, samples, trained).memory;
}

enum lfads_status shard_create(struct shard **out, const struct backend *be,
                               const struct model *model, size_t trials, size_t samples,
                               bool trained, struct lfads_error *err)
{
    struct shard *s = calloc(1, sizeof *s);
    struct bytes bytes = measure(be, model, trials, samples, trained);

    *out = NULL;
    if (!s)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a shard");
    s->be = be;
    s->model = model;
    s->trained = s->dropout = trained;
    s->most_trials = trials;
    s->most_samples = samples;
    s->memory = be->memory_create(be, bytes.memory);
    s->host = bytes.host ? be->host_create(be, bytes.host) : NULL;
    if (!s->memory || (bytes.host && !s->host)) {
        enum lfads_status status = be->finish(be, err); /* a device knows more of it */

        shard_free(s);
        return status != LFADS_OK
                   ? status
                   : lfads_fail(err, LFADS_NO_MEMORY,
                                "no memory for %zu MiB of activations: lower --batch_size or "
                                "--threads",
                                bytes.memory >> 20);
    }
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

void shard_begin(struct shard *shard, size_t session, size_t trials, size_t samples,
                 enum latents latents, bool dropout, real *parameters, real *transposed,
                 real *gradient)
{
    assert(!dropout || shard->trained);
    set_sizes(shard, session, trials, samples);
    shard->latents = latents;
    shard->dropout = dropout;
    place_all(shard);
    params_view(&shard->w, shard->model, parameters, session);
    params_view(&shard->wt, shard->model, transposed, session);
    params_view(&shard->dw, shard->model, gradient, session);
}

static void draw_mask(struct shard *s, real *mask, struct philox_address from,
                      enum philox_purpose purpose, size_t bins, size_t n)
{
    from.purpose = purpose;
    if (n)
        s->be->dropout_mask(s->be, mask, &from, s->when, (real)s->model->keep_prob, bins, s->trials,
                            n);
}

void shard_upload(struct shard *shard)
{
    const struct model *m = shard->model;
    size_t bins = m->bins * shard->trials, n = model_channels(m, shard->session);

    if (shard->be->host_memory)
        return;
    shard->be->upload(shard->be, shard->x, shard->host_x, bins * n * sizeof *shard->x);
    shard->be->upload(shard->be, shard->ext, shard->host_ext,
                      bins * m->ext_inputs * sizeof *shard->ext);
}

void shard_address_noise(struct shard *shard, uint32_t step, uint32_t trial)
{
    const uint32_t when[2] = {step, trial};

    shard->be->upload(shard->be, shard->when, when, sizeof when);
}

void shard_draw_noise(struct shard *shard, const struct philox_address *from)
{
    const struct model *m = shard->model;
    struct philox_address at = *from;
    size_t session = shard->session;

    at.session = (uint32_t)session;
    if (m->ic_dim) {
        at.purpose = PHILOX_IC_NOISE;
        shard->be->normals(shard->be, shard->ic_noise, &at, shard->when, 1, shard->rows,
                           shard->samples, m->ic_dim);
    }
    if (m->co_dim) {
        at.purpose = PHILOX_CO_NOISE;
        shard->be->normals(shard->be, shard->co_noise, &at, shard->when, m->bins, shard->rows,
                           shard->samples, m->co_dim);
    }
    if (!shard->dropout)
        return;
    draw_mask(shard, shard->data_mask, at, PHILOX_DATA_MASK, m->bins, model_channels(m, session));
    draw_mask(shard, shard->ext_mask, at, PHILOX_EXT_INPUT_MASK, m->bins, m->ext_inputs);
    if (m->ic_dim)
        draw_mask(shard, shard->ic_enc_mask, at, PHILOX_IC_ENC_MASK, 1, 2 * m->ic_enc);
    if (m->co_dim)
        draw_mask(shard, shard->con_mask, at, PHILOX_CON_INPUT_MASK, m->bins,
                  model_ci_width(m) + model_fed_width(m, session));
    draw_mask(shard, shard->gen_mask, at, PHILOX_GEN_OUTPUT_MASK, m->bins, m->gen_units);
}
