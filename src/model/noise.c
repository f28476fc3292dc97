/* noise.c - a shard's noise and masks, and the copy of its data to the backend.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/noise.h"

#include "model/latent_prior.h"

/* The shape of an array of noise, and its distribution. */
struct noise_shape {
    size_t bins, rows, samples, n;
    bool student;
};

static void draw_mask(struct shard *s, real *mask, struct philox_address from,
                      enum philox_purpose purpose, double keep, size_t bins, size_t n)
{
    from.purpose = purpose;
    if (n)
        s->be->dropout_mask(s->be, mask, &from, s->step_trial, (real)keep, bins, s->trials, n);
}

/* The masks of coordinated dropout: modern.md (1.1). */
static void draw_coordinated(struct shard *s, struct philox_address from)
{
    const struct model *m = s->model;
    size_t bins = model_cd_bins(m), channels = model_cd_channels(m, s->session);

    draw_mask(s, s->cd_mask, from, PHILOX_CD_MASK, 1 - m->cd_rate, bins, channels);
    if (s->cd_pass)
        draw_mask(s, s->cd_pass, from, PHILOX_CD_PASS, m->cd_pass_rate, bins, channels);
}

/* Sets NOISE [bins,rows,n] to normal numbers, or to numbers of Student's t; to zeros if means drive
 * the model. */
static void draw_noise(struct shard *s, real *noise, struct philox_address from,
                       enum philox_purpose purpose, const struct noise_shape *shape)
{
    const struct backend *be = s->be;
    size_t bins = shape->bins, rows = shape->rows, samples = shape->samples, n = shape->n;

    from.purpose = purpose;
    if (!s->model->samples && s->latents != PRIOR_SAMPLE) {
        be->clear(be, noise, bins * rows * n);
        return;
    }
    be->normals(be, noise, &from, s->step_trial, bins, rows, samples, n);
    if (shape->student)
        be->student_noise(be, noise, &from, s->step_trial, s->model->prior_df, bins, rows, samples,
                          n);
}

static void draw_latents(struct shard *s, struct philox_address from)
{
    const struct model *m = s->model;
    const struct noise_shape ic = {1, s->rows, s->samples, m->ic_dim, m->ic_prior->student};
    const struct noise_shape of_trial = {1, s->trials, 1, m->ic_dim, m->ic_prior->student};
    const struct noise_shape co = {m->bins, s->rows, s->samples, m->co_dim, m->co_prior->student};

    if (m->ic_dim)
        draw_noise(s, s->ic_noise, from, PHILOX_IC_NOISE, &ic);
    if (s->ic_kl_noise)
        draw_noise(s, s->ic_kl_noise, from, PHILOX_IC_KL_NOISE, &of_trial);
    if (m->co_dim)
        draw_noise(s, s->co_noise, from, PHILOX_CO_NOISE, &co);
    if (s->co_kl_noise)
        draw_noise(s, s->co_kl_noise, from, PHILOX_CO_KL_NOISE, &co);
}

void shard_read_apart(struct shard *shard)
{
    const real *observed = shard->data[TRIAL_OBSERVED];

    shard->data[TRIAL_ENCODED] = shard->apart;
    shard->host_data[TRIAL_ENCODED] = shard->host_apart;
    if (shard->encoded == observed)
        shard->encoded = shard->apart;
    if (shard->enc_in == observed)
        shard->enc_in = shard->apart;
}

void shard_upload(struct shard *shard)
{
    const struct model *m = shard->model;
    bool apart = shard->data[TRIAL_ENCODED] == shard->apart;

    if (shard->be->host_memory)
        return;
    for (enum trial_array array = 0; array < TRIAL_ARRAYS; array++)
        shard->be->upload(shard->be, shard->data[array], shard->host_data[array],
                          model_trial_bins(m, array) * shard->trials *
                              model_trial_width(m, shard->session, array) * sizeof(real));
    if (apart)
        shard->be->upload(shard->be, shard->apart, shard->host_apart,
                          m->data_bins * shard->trials * model_channels(m, shard->session) *
                              sizeof(real));
}

void shard_address_noise(struct shard *shard, uint32_t step, uint32_t trial)
{
    const uint32_t step_trial[2] = {step, trial};

    shard->be->upload(shard->be, shard->step_trial, step_trial, sizeof step_trial);
}

void shard_set_scales(struct shard *shard, double entries)
{
    const struct model *m = shard->model;
    const real scales[SCALES] = {
        [SCALE_ENTRIES] = (real)entries, [SCALE_SV] = (real)(1 / (1 - m->sv_rate))};

    if (m->missing || m->sv_rate > 0)
        shard->be->upload(shard->be, shard->scales, scales, sizeof scales);
}

void shard_draw_noise(struct shard *shard, const struct philox_address *from)
{
    const struct model *m = shard->model;
    struct philox_address address = *from;
    size_t session = shard->session;

    address.session = (uint32_t)session;
    draw_latents(shard, address);
    if (shard->cd_mask)
        draw_coordinated(shard, address);
    if (!shard->dropout || m->keep_prob == 1)
        return;
    draw_mask(shard, shard->data_mask, address, PHILOX_DATA_MASK, m->keep_prob, m->encoded_bins,
              model_data_mask_width(m, session));
    draw_mask(shard, shard->ext_mask, address, PHILOX_EXT_INPUT_MASK, m->keep_prob, m->data_bins,
              m->ext_inputs);
    if (m->ic_dim)
        draw_mask(shard, shard->ic_enc_mask, address, PHILOX_IC_ENC_MASK, m->keep_prob, 1,
                  2 * m->ic_enc);
    if (m->co_dim)
        draw_mask(shard, shard->con_mask, address, PHILOX_CON_INPUT_MASK, m->keep_prob, m->bins,
                  model_ci_width(m) + model_fed_width(m, session));
    draw_mask(shard, shard->gen_mask, address, PHILOX_GEN_OUTPUT_MASK, m->keep_prob, m->bins,
              m->gen_units);
    address.time = (uint32_t)m->bins; /* no bin of gen_mask */
    if (shard->gen_ic_mask)
        draw_mask(shard, shard->gen_ic_mask, address, PHILOX_GEN_OUTPUT_MASK, m->keep_prob, 1,
                  m->gen_units);
}
