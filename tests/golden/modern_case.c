/* modern_case.c - builds a model from a golden file of lfads-torch, and batches from its data and
 * noise.
 * SPDX-License-Identifier: Apache-2.0 */
#include "modern_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden_shard.h"
#include "golden_vectors.h"
#include "model/model_create.h"

void modern_stop(const struct modern_case *c, const char *what)
{
    printf("  %s: %s\n", c->name, what);
    exit(1);
}

double modern_number(const struct modern_case *c, const char *name)
{
    const json_t *value = json_object_get(c->hyper, name);

    if (!json_is_number(value))
        modern_stop(c, name);
    return json_number_value(value);
}

static void read_attributes(struct modern_case *c)
{
    char text[8192], *rest = text;

    golden_attribute(c->file, "hyperparameters", text, sizeof text);
    c->hyper = json_loads(text, 0, NULL);
    if (!c->hyper)
        modern_stop(c, "has no hyperparameters");
    golden_attribute(c->file, "session_names", text, sizeof text);
    for (char *name; (name = strsep(&rest, ",")) && c->sessions < MODERN_SESSIONS; c->sessions++)
        snprintf(c->session[c->sessions], sizeof c->session[0], "%s", name);
}

/* A session that has a read-in begins with some alignment, in whose place come the file's values.
 * Of a single session the flag says how many channels the encoders do not read.
 */
static void describe_session(struct modern_case *c, struct model_session *session, size_t s)
{
    struct array w = golden_read(c->file, "params/LFADS/x_2_infac_%s/W", c->session[s]);
    size_t channels = c->data[s].observed.shape[2], read = c->data[s].encoded.shape[2];

    *session = (struct model_session){.shape.channels = channels,
                                      .shape.heldout = c->sessions > 1 ? channels - read : 0,
                                      .alignment_matrix = w.values};
    snprintf(session->shape.name, sizeof session->shape.name, "%s", c->session[s]);
}

static void make_model(struct modern_case *c)
{
    struct model_session sessions[MODERN_SESSIONS];
    struct lfads_error err;

    for (size_t s = 0; s < c->sessions; s++)
        describe_session(c, &sessions[s], s);
    if (model_create(&c->model, c->config, c->data[0].observed.shape[1], sessions, c->sessions,
                     &err) != LFADS_OK)
        modern_stop(c, err.text);
    c->model->encodes_observed = c->one_array;
    for (size_t s = 0; s < c->sessions; s++)
        free((double *)sessions[s].alignment_matrix);
}

static void load_parameters(struct modern_case *c)
{
    if (!golden_load_parameters(c->file, c->learner))
        modern_stop(c, "a parameter is missing from the file, or has another shape");
}

static void make_learner(struct modern_case *c)
{
    struct learner_options options = {.threads = 2,
                                      .max_pending = 1,
                                      .trained = true,
                                      .parts = c->sessions,
                                      .batch_size = c->trials,
                                      .optimizer = optimizer_of(c->config)};
    struct lfads_error err;

    if (learner_create(&c->learner, c->be, c->model, &options, &err) != LFADS_OK)
        modern_stop(c, err.text);
    load_parameters(c);
}

/* Reads the data of all sessions and lays out the rows of the batch. */
static void read_sessions(struct modern_case *c, bool separate)
{
    c->one_array = !separate;
    for (size_t s = 0; s < c->sessions; s++) {
        modern_data_read(&c->data[s], c, s);
        if (c->data[s].observed.shape[1] != c->data[0].observed.shape[1] ||
            c->data[s].encoded.shape[1] != c->data[0].encoded.shape[1])
            modern_stop(c, "has sessions of different lengths");
        c->one_array = c->one_array && modern_data_is_one(&c->data[s]);
        c->first[s] = c->trials;
        c->trials += c->data[s].observed.shape[0];
    }
}

void modern_case_open(struct modern_case *c, const char *path, const struct backend *be,
                      bool separate)
{
    struct lfads_error err;

    memset(c, 0, sizeof *c);
    snprintf(c->name, sizeof c->name, "%s", strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
    c->be = be;
    c->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (c->file < 0 || lfads_config_create(&c->config, &err) != LFADS_OK)
        modern_stop(c, "cannot be opened");
    read_attributes(c);
    read_sessions(c, separate);
    modern_set_flags(c);
    if (c->needs[0])
        return;
    make_model(c);
    make_learner(c);
}

void modern_case_close(struct modern_case *c)
{
    for (size_t s = 0; s < c->sessions; s++)
        modern_data_release(&c->data[s]);
    learner_free(c->learner);
    model_free(c->model);
    lfads_config_free(c->config);
    json_decref(c->hyper);
    H5Fclose(c->file);
}

static void load_from(const struct modern_part *part, const struct shard *s, real *dst,
                      const char *name, size_t first, size_t bins, size_t n)
{
    struct array array = golden_read(part->c->file, "%s/%s", part->noise, name);

    if (dst && !array.values)
        modern_stop(part->c, name);
    golden_upload(s, dst, &array, first, bins, n, 0);
    golden_release(&array);
}

/* The samples' noise; without samples the file has none, and it is 0. */
static void load_noise(const struct modern_part *part, const struct shard *s, real *dst,
                       const char *name, size_t first, size_t bins, size_t n)
{
    hid_t file = part->c->file;
    struct array normal, chi2;

    if (!dst)
        return;
    if (!s->model->samples) {
        s->be->clear(s->be, dst, bins * s->trials * n);
        return;
    }
    normal = golden_read(file, "%s/%s", part->noise, name);
    chi2 = golden_read(file, "%s/%s_chi2", part->noise, name);
    if (!normal.values)
        modern_stop(part->c, name);
    for (size_t i = 0; i < chi2.count && chi2.values; i++)
        normal.values[i] *= sqrt((double)s->model->prior_df / chi2.values[i]);
    golden_upload(s, dst, &normal, first, bins, n, 0);
    golden_release(&normal);
    golden_release(&chi2);
}

/* Masks of coordinated dropout are 0 or 1 in the file. */
static void load_coordinated(const struct modern_part *part, const struct shard *s, real *dst,
                             const char *name, double scale, size_t first)
{
    const struct model *m = s->model;
    struct array array;

    if (!dst)
        return;
    array = golden_read(part->c->file, "noise/%s/%s", part->c->session[part->session], name);
    if (!array.values)
        modern_stop(part->c, name);
    for (size_t i = 0; i < array.count; i++)
        array.values[i] *= scale;
    golden_upload(s, dst, &array, first, model_cd_bins(m), model_cd_channels(m, s->session), 0);
    golden_release(&array);
}

static void load_data(const struct modern_part *part, struct shard *s, size_t first)
{
    const struct modern_case *c = part->c;
    const struct modern_data *data = &c->data[s->session];
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session);
    struct array ext = golden_read(c->file, "inputs/%s/ext_input", c->session[s->session]);

    golden_upload(s, s->data[TRIAL_OBSERVED], &data->observed, first, m->bins, n, 0);
    if (!m->encodes_observed)
        golden_upload(s, s->data[TRIAL_ENCODED], &data->encoded, first, m->encoded_bins,
                      model_encoded_channels(m, s->session), 0);
    golden_upload(s, s->data[TRIAL_EXT], &ext, first, m->bins, m->ext_inputs, 0);
    golden_release(&ext);
    if (model_trial_width(m, s->session, TRIAL_SV))
        golden_upload(s, s->data[TRIAL_SV], &data->kept, first, m->encoded_bins,
                      model_trial_width(m, s->session, TRIAL_SV), 0);
    shard_set_scales(s, data->entries);
}

/* ROW: of the shard's first trial in arrays of all trials. */
static void load_masks(const struct modern_part *part, struct shard *s, size_t row)
{
    const struct model *m = s->model;
    size_t con_in = model_ci_width(m) + model_fed_width(m, s->session);

    load_from(part, s, s->data_mask, "mask_data", row, m->encoded_bins,
              model_data_mask_width(m, s->session));
    load_from(part, s, s->ext_mask, "mask_ext_input", row, m->bins, m->ext_inputs);
    load_from(part, s, s->ic_enc_mask, "mask_ic_enc", row, 1, 2 * m->ic_enc);
    load_from(part, s, s->gen_ic_mask, "mask_gen_ic", row, 1, m->gen_units);
    load_from(part, s, s->con_mask, "mask_con_in", row, m->bins, con_in);
    load_from(part, s, s->gen_mask, "mask_gen_out", row, m->bins, m->gen_units);
}

static void load(void *payload, struct shard *s, size_t first)
{
    const struct modern_part *part = payload;
    const struct model *m = s->model;
    size_t row = part->c->first[part->session] + first;

#pragma omp critical
    {
        load_data(part, s, first);
        load_coordinated(part, s, s->cd_mask, "cd_mask", 1 / (1 - m->cd_rate), first);
        load_coordinated(part, s, s->cd_pass, "cd_pass", 1, first);
        load_masks(part, s, row);
        load_noise(part, s, s->ic_noise, "post_g0", row, 1, m->ic_dim);
        load_noise(part, s, s->ic_kl_noise, "kl_g0", row, 1, m->ic_dim);
        load_noise(part, s, s->co_noise, "post_co", row, m->bins, m->co_dim);
        load_noise(part, s, s->co_kl_noise, "kl_co", row, m->bins, m->co_dim);
    }
}

void modern_batch_set(struct modern_batch *batch, const struct modern_case *c, const char *noise)
{
    const struct model *m = c->model;

    for (size_t s = 0; s < c->sessions; s++) {
        batch->parts[s] = (struct modern_part){.c = c, .noise = noise, .session = s};
        batch->sources[s] =
            (struct batch_source){.session = s,
                                  .trials = c->data[s].observed.shape[0],
                                  .dropout = m->keep_prob < 1 || m->cd_rate > 0,
                                  .load = load,
                                  .payload = &batch->parts[s],
                                  .next = s + 1 < c->sessions ? &batch->sources[s + 1] : NULL};
    }
}
