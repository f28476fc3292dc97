/* golden_case.c - builds a model from a golden file, and batches from its data and noise.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden_case.h"
#include "golden_shard.h"
#include "golden_vectors.h"
#include "model/model_create.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stop(const struct golden_case *c, const char *what)
{
    printf("  %s: %s\n", c->name, what);
    exit(1);
}

static herr_t set_flag(hid_t file, const char *name, const H5A_info_t *info, void *payload)
{
    static const char *const strings[] = {"output_dist", "feedback_factors_or_rates"};
    struct golden_case *c = payload;
    char text[8192];
    bool is_string = false;

    (void)info;
    golden_attribute(file, name, text, sizeof text);
    for (size_t i = 0; i < 2; i++)
        is_string |= strcmp(name, strings[i]) == 0;
    if (!is_string && strspn(text, "0123456789.+-e") != strlen(text))
        return 0;
    if (lfads_config_set(c->config, name, text, NULL) != LFADS_OK)
        return 0; /* not a flag of this program (case, note, data_dim_…) */
    return 0;
}

static void read_sessions(struct golden_case *c)
{
    char names[256], *rest = names;

    golden_attribute(c->file, "dataset_names", names, sizeof names);
    for (char *name; (name = strsep(&rest, ",")) && c->sessions < MAX_SESSIONS; c->sessions++)
        snprintf(c->session[c->sessions], sizeof c->session[0], "%s", name);
    for (size_t s = 0; c->sessions > 1 && s < c->sessions; s++)
        snprintf(c->prefix[s], sizeof c->prefix[s], "batch_%s/", c->session[s]);
}

static void make_model(struct golden_case *c)
{
    struct model_session sessions[MAX_SESSIONS];
    struct array matrix[MAX_SESSIONS], bias[MAX_SESSIONS];
    struct lfads_error err;
    char text[64];
    size_t bins;

    golden_attribute(c->file, "num_steps", text, sizeof text);
    bins = (size_t)strtoull(text, NULL, 10);
    for (size_t s = 0; s < c->sessions; s++) {
        struct array data = golden_read(c->file, "%sinputs/data", c->prefix[s]);

        matrix[s] = golden_read(c->file, "%sinputs/alignment_matrix_cxf", c->prefix[s]);
        bias[s] = golden_read(c->file, "%sinputs/alignment_bias_c", c->prefix[s]);
        sessions[s] = (struct model_session){.shape.channels = data.shape[2],
                                             .alignment_matrix = matrix[s].values,
                                             .alignment_bias = bias[s].values};
        snprintf(sessions[s].shape.name, sizeof sessions[s].shape.name, "%s", c->session[s]);
        c->trials = data.shape[0];
        golden_release(&data);
    }
    if (model_create(&c->model, c->config, bins, sessions, c->sessions, &err) != LFADS_OK)
        stop(c, err.text);
    for (size_t s = 0; s < c->sessions; s++) {
        golden_release(&matrix[s]);
        golden_release(&bias[s]);
    }
}

void golden_case_open(struct golden_case *c, const char *path, const struct backend *be)
{
    struct learner_options options = {.threads = 2, .max_pending = 1, .trained = true};
    struct lfads_error err;
    char text[64];

    memset(c, 0, sizeof *c);
    snprintf(c->name, sizeof c->name, "%s", strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
    c->be = be;
    c->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (c->file < 0 || lfads_config_create(&c->config, &err) != LFADS_OK)
        stop(c, "cannot be opened");
    H5Aiterate2(c->file, H5_INDEX_NAME, H5_ITER_INC, NULL, set_flag, c);
    read_sessions(c);
    make_model(c);
    golden_attribute(c->file, "train_step", text, sizeof text);
    c->step = strtoll(text, NULL, 10);
    options.batch_size = c->trials;
    options.optimizer = optimizer_of(c->config);
    if (learner_create(&c->learner, be, c->model, &options, &err) != LFADS_OK)
        stop(c, err.text);
    golden_case_reset(c);
}

void golden_case_reset(struct golden_case *c)
{
    if (!golden_load_parameters(c->file, c->learner))
        stop(c, "a parameter is missing from the file, or has another shape");
}

void golden_case_close(struct golden_case *c)
{
    learner_free(c->learner);
    model_free(c->model);
    lfads_config_free(c->config);
    H5Fclose(c->file);
}

static void copy_in(const struct golden_batch *batch, const struct shard *s, real *dst,
                    const char *format, const char *word, size_t first, size_t bins, size_t n,
                    double neutral)
{
    char path[160];
    struct array array;

    snprintf(path, sizeof path, format, word);
    array = golden_read(batch->c->file, "%s%s", batch->c->prefix[batch->session], path);
    golden_upload(s, dst, &array, first, bins, n, neutral);
    golden_release(&array);
}

static void load(void *payload, struct shard *s, size_t first)
{
    const struct golden_batch *batch = payload;
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session);
    size_t con_in = model_ci_width(m) + model_fed_width(m, s->session);

#pragma omp critical
    {
        copy_in(batch, s, s->data[TRIAL_OBSERVED], "inputs/%s", "data", first, m->bins, n, 0);
        copy_in(batch, s, s->data[TRIAL_EXT], "inputs/%s", "ext_input", first, m->bins,
                m->ext_inputs, 0);
        copy_in(batch, s, s->ic_noise, "noise/%s_g0", batch->noise, first, 1, m->ic_dim, 0);
        copy_in(batch, s, s->co_noise, "noise/%s_co", batch->noise, first, m->bins, m->co_dim, 0);
        copy_in(batch, s, s->data_mask, "noise/%s", "mask_data", first, m->bins, n, 1);
        copy_in(batch, s, s->ext_mask, "noise/%s", "mask_ext_input", first, m->bins, m->ext_inputs,
                1);
        copy_in(batch, s, s->ic_enc_mask, "noise/%s", "mask_ic_enc", first, 1, 2 * m->ic_enc, 1);
        copy_in(batch, s, s->con_mask, "noise/%s", "mask_con_in", first, m->bins, con_in, 1);
        copy_in(batch, s, s->gen_mask, "noise/%s", "mask_gen_out", first, m->bins, m->gen_units, 1);
    }
}

struct batch_source golden_source(const struct golden_batch *batch)
{
    return (struct batch_source){.session = batch->session,
                                 .trials = batch->c->trials,
                                 .dropout = batch->c->model->keep_prob < 1,
                                 .load = load,
                                 .payload = (void *)batch};
}
