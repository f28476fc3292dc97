/* shard_arrays.c - lays out a shard's arrays. One function measures and places them, for the
 * largest number of trials and the most channels; a smaller pass uses the beginning of each array.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/workspace.h"

#include <string.h>

#include "base/poison.h"
#include "base/sizes.h"
#include "model/latent_prior.h"

enum { ALIGNMENT = 64 };

/* The next array begins USED bytes after BASE. BASE NULL: arrays are measured only. */
struct cursor {
    char *base;
    size_t used;
    bool touchable; /* host memory: gaps can be poisoned */
};

static void *take(struct cursor *cursor, size_t count, size_t size)
{
    size_t at = cursor->used, bytes = count * size;

    if (!count)
        return NULL;
    cursor->used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + POISON_GAP;
    if (cursor->base && cursor->touchable)
        poison_after(cursor->base + at, bytes, cursor->used - at - bytes);
    return cursor->base ? cursor->base + at : NULL;
}

static real *reals(struct cursor *cursor, size_t count)
{
    return take(cursor, count, sizeof(real));
}

/* An operand (operations.def) of ROWS rows. */
static struct matrix operands(struct cursor *p, const struct backend *be, size_t rows, size_t n)
{
    return operand_array(be, reals(p, rows * operand_array(be, NULL, n).ld), n);
}

/* Of BINS bins. ONE_BIN: all arrays but the states hold only the current bin. */
static struct gru_tape tape(struct cursor *p, const struct backend *be, size_t bins, size_t rows,
                            size_t units, bool one_bin)
{
    const size_t kept = one_bin ? rows : bins * rows;
    const size_t pre = size_min(kept, size_max(rows, GRU_GROUP_ROWS));
    struct gru_tape t = {.ru = operands(p, be, kept, 2 * units),
                         .rh = operands(p, be, kept, units),
                         .c = operands(p, be, kept, units),
                         .h = reals(p, (bins + 1) * rows * units),
                         .one_bin = one_bin,
                         .pre_in_group = be->rounds_operands && !one_bin};

    assert(!be->rounds_operands || be->host_memory);
    t.pre_ru = be->rounds_operands ? reals(p, pre * 2 * units) : t.ru.data;
    t.pre_c = be->rounds_operands ? reals(p, pre * units) : t.c.data;
    return t;
}

bool shard_input_is_encoded(const struct model *m)
{
    return m->identity_readin && (!m->ext_inputs || m->ext_to_generator);
}

/* The largest size OF among the sessions. */
static size_t most(const struct model *m, size_t (*of)(const struct model *m, size_t session))
{
    size_t largest = 0;

    for (size_t session = 0; session < m->n_sessions; session++)
        largest = size_max(largest, of(m, session));
    return largest;
}

static size_t most_trial_numbers(const struct model *m, enum trial_array array)
{
    size_t largest = 0;

    for (size_t session = 0; session < m->n_sessions; session++)
        largest = size_max(largest, model_trial_width(m, session, array));
    return largest * model_trial_bins(m, array);
}

static void place_data(real *data[TRIAL_ARRAYS], const struct shard *s, struct cursor *p)
{
    for (enum trial_array array = 0; array < TRIAL_ARRAYS; array++)
        data[array] = reals(p, s->trials * most_trial_numbers(s->model, array));
    if (s->model->encodes_observed)
        data[TRIAL_ENCODED] = data[TRIAL_OBSERVED];
}

/* Numbers of a copy of the observed array for the encoders. */
static size_t apart_numbers(const struct shard *s)
{
    bool apart = s->trained && s->model->jitters_apart && s->model->encodes_observed;

    return apart ? s->trials * most_trial_numbers(s->model, TRIAL_OBSERVED) : 0;
}

static void place_weights(struct shard *s, struct cursor *p)
{
    const struct model *m = s->model;
    bool sv = s->trained && m->sv_rate > 0;
    size_t count = m->data_bins * s->trials * most(m, model_channels);

    s->scales = reals(p, SCALES);
    s->missing_weight = reals(p, sv || m->missing ? count : 0);
    s->entry_weight = sv ? reals(p, count) : s->missing_weight;
    s->sv_mask = reals(p, sv ? m->encoded_bins * s->trials * most(m, model_encoded_channels) : 0);
    s->weight = s->entry_weight;
}

static void place_inputs(struct shard *s, struct cursor *p)
{
    const struct model *m = s->model;

    s->step_trial = take(p, 2, sizeof *s->step_trial);
    place_data(s->data, s, p);
    s->apart = reals(p, apart_numbers(s));
    place_weights(s, p);
    s->encoded_copy = reals(p, s->trained || most(m, model_heldout) > 0
                                   ? m->encoded_bins * s->trials * most(m, model_encoded_channels)
                                   : 0);
    s->ic_noise = reals(p, s->rows * m->ic_dim);
    s->co_noise = reals(p, m->bins * s->rows * m->co_dim);
    s->ic_kl_noise = reals(p, m->ic_prior->of_sample ? s->trials * m->ic_dim : 0);
    s->co_kl_noise = reals(p, m->fresh_co_kl ? m->bins * s->rows * m->co_dim : 0);
    if (!shard_input_is_encoded(m))
        s->enc_in = reals(p, m->encoded_bins * s->trials * most(m, model_encoder_inputs));
}

static void place_dropout(struct shard *s, struct cursor *p)
{
    const struct model *m = s->model;
    size_t encoded = m->encoded_bins * s->trials * most(m, model_data_mask_width);
    size_t trial_bins = m->bins * s->trials, data_bins = m->data_bins * s->trials,
           n = most(m, model_channels);
    size_t cd = m->cd_rate > 0 ? model_cd_bins(m) * s->trials * most(m, model_cd_channels) : 0;
    size_t con_in = model_ci_width(m) + most(m, model_fed_width);

    s->with_dropout = (struct dropout_arrays){
        .data_mask = reals(p, encoded),
        .ext_mask = reals(p, data_bins * m->ext_inputs),
        .ic_enc_mask = reals(p, m->ic_dim ? s->trials * 2 * m->ic_enc : 0),
        .gen_ic_mask = reals(p, model_masks_first_state(m) ? s->trials * m->gen_units : 0),
        .con_mask = reals(p, m->co_dim ? trial_bins * con_in : 0),
        .gen_mask = reals(p, trial_bins * m->gen_units),
        .gen_out = reals(p, (m->bins + 1) * s->rows * m->gen_units),
        .cd_mask = reals(p, cd),
        .cd_pass = reals(p, m->cd_pass_rate > 0 && m->cd_pass_rate < 1 ? cd : 0),
        .gradient_weight = reals(p, cd && m->cd_pass_rate < 1 ? data_bins * n : 0),
    };
}

/* The arrays that the host fills. */
static void place_host(struct shard *s, struct cursor *arrays, struct cursor *host)
{
    size_t numbers = s->model->data_bins * most(s->model, model_channels);
    bool shared = s->be->host_memory;

    if (shared)
        memcpy(s->host_data, s->data, sizeof s->host_data);
    else
        place_data(s->host_data, s, host);
    s->host_apart = shared ? s->apart : reals(host, apart_numbers(s));
    s->scratch = take(shared ? arrays : host, s->trained ? numbers : 0, sizeof *s->scratch);
}

static void place_encoders(struct shard *s, struct cursor *p)
{
    const struct model *m = s->model;
    size_t b = s->trials;

    for (enum encoder e = 0; e < ENCODERS; e++) {
        size_t units = model_has_encoder(m, e) ? model_encoder_units(m, e) : 0;

        s->encoder[e] = tape(p, s->be, model_encoder_bins(m, e), b, units, false);
    }
    s->ic_enc = reals(p, m->ic_dim ? b * 2 * m->ic_enc : 0);
    s->ic_mean = reals(p, b * m->ic_dim);
    s->ic_logvar = reals(p, b * m->ic_dim);
    s->prior_logvar = reals(p, m->ic_dim);
    s->ic_kl_sample = reals(p, m->ic_prior->of_sample ? b * m->ic_dim : 0);
}

static void place_controller(struct shard *s, struct cursor *p)
{
    const struct model *m = s->model;
    size_t c = m->co_dim ? m->con_units : 0, row_bins = m->bins * s->rows;
    size_t shared = s->samples > 1 ? m->bins * s->trials * c : 0;

    s->ci_in = operands(p, s->be, m->co_dim ? m->bins * s->trials : 0, model_ci_width(m));
    s->con_shared = (struct gru_tape){.pre_ru = reals(p, 2 * shared), .pre_c = reals(p, shared)};
    s->fed = reals(p, m->co_dim ? row_bins * most(m, model_fed_width) : 0);
    s->con = tape(p, s->be, m->bins, s->rows, c, s->samples > 1);
    s->co_mean = reals(p, row_bins * m->co_dim);
    s->co_logvar = reals(p, row_bins * m->co_dim);
    s->co_sample = reals(p, row_bins * m->co_dim);
    s->co_kl_sample = m->fresh_co_kl ? reals(p, row_bins * m->co_dim) : s->co_sample;
}

static void place_generator(struct shard *s, struct cursor *p)
{
    const struct model *m = s->model;
    size_t r = s->rows, slots = (m->bins + 1) * r, n = most(m, model_channels);

    s->row_mean = s->samples > 1 ? reals(p, r * m->ic_dim) : s->ic_mean;
    s->row_logvar = s->samples > 1 ? reals(p, r * m->ic_dim) : s->ic_logvar;
    s->g0 = reals(p, r * m->ic_dim);
    s->gen_in = reals(p, m->bins * r * model_generator_inputs(m));
    s->gen = tape(p, s->be, m->bins, r, m->gen_units, s->samples > 1);
    s->gen_ext = reals(p, s->samples > 1 ? m->bins * r * m->ext_inputs : 0);
    s->fac_w = reals(p, m->gen_units * m->factors);
    s->fac_wt = reals(p, m->gen_units * m->factors);
    s->factors = reals(p, slots * m->factors);
    for (size_t i = 0; i < m->output->n_params; i++)
        s->dout_params[i] = s->out_params[i] = reals(p, slots * n);
    cost_terms_place(s->cost, take(p, cost_terms_count(r, s->trials), sizeof(acc)), r, s->trials);
}

static void place_heldout(struct shard *s, struct cursor *p)
{
    const struct model *m = s->model;
    size_t count = m->encoded_bins * s->trials * most(m, model_heldout);

    s->heldout = reals(p, count);
    s->heldout_weight = reals(p, count);
    for (size_t i = 0; i < m->output->n_params; i++)
        s->heldout_params[i] = reals(p, count);
}

static void place_gradients(struct shard *s, struct cursor *p)
{
    const struct model *m = s->model;
    size_t r = s->rows, bins = m->bins, ci = m->co_dim ? m->ci_enc : 0;
    size_t c = m->co_dim ? m->con_units : 0;
    size_t units = size_max(size_max(m->gen_units, c), size_max(ci, m->ic_enc));

    s->dfactors = reals(p, (bins + 1) * r * m->factors);
    s->dgen_out = reals(p, (m->feedback == FEED_NOTHING ? bins : 1) * r * m->gen_units);
    s->dgen_h = reals(p, r * m->gen_units);
    s->du = reals(p, bins * r * m->co_dim);
    s->dco_kl_sample = m->fresh_co_kl ? reals(p, bins * r * m->co_dim) : s->du;
    s->dco_mean = reals(p, bins * r * m->co_dim);
    s->dco_logvar = reals(p, bins * r * m->co_dim);
    s->dcon_h = reals(p, r * c);
    s->dci_in = reals(p, m->co_dim ? bins * r * model_ci_width(m) : 0);
    s->dfed = reals(p, m->co_dim ? r * most(m, model_fed_width) : 0);
    s->dg0 = reals(p, r * m->ic_dim);
    s->dic_mean = reals(p, r * m->ic_dim);
    s->dic_logvar = reals(p, r * m->ic_dim);
    s->dprior_logvar = reals(p, m->ic_dim);
    s->dfac_w = reals(p, m->gen_units * m->factors);
    s->dic_enc = reals(p, m->ic_dim ? r * 2 * m->ic_enc : 0);
    for (int i = 0; i < ENCODERS; i++) {
        bool separate = i == 0 || s->be->fork;

        s->dh[i] = separate ? reals(p, r * units) : s->dh[0];
        s->drh[i] = separate ? reals(p, r * units) : s->drh[0];
    }
    s->dreadin = reals(p, m->identity_readin ? 0 : m->encoded_bins * r * m->readin);
}

struct shard_bytes shard_place(struct shard *s)
{
    struct cursor p = {.base = s->memory, .touchable = s->be->host_memory};
    struct cursor host = {.base = s->host};

    place_inputs(s, &p);
    place_host(s, &p, &host);
    place_encoders(s, &p);
    place_controller(s, &p);
    place_generator(s, &p);
    if (s->trained) {
        place_heldout(s, &p);
        place_dropout(s, &p);
        place_gradients(s, &p);
    }
    return (struct shard_bytes){.memory = p.used, .host = host.used};
}
