/* workload.c - the models that the benchmarks run.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workload.h"
#include "model/model_create.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct size {
    const char *name;
    size_t batch, bins, channels;
    const char *flags[12]; /* name=value */
};

static const struct size sizes[] = {
    {"W1", 128, 100, 50, {"factors_dim=20", "co_dim=0"}},
    {"W2", 128, 100, 50, {"factors_dim=20", "co_dim=1"}},
    {"W3",
     256,
     140,
     182,
     {"factors_dim=40", "co_dim=4", "gen_dim=100", "con_dim=80", "ci_enc_dim=80", "ic_enc_dim=100",
      "ic_dim=100"}},
};

static bool set_flags(struct lfads_config *config, const char *const *flags, size_t count)
{
    struct lfads_error err;
    char name[64];

    for (size_t i = 0; i < count && flags[i]; i++) {
        const char *equals = strchr(flags[i], '=');

        snprintf(name, sizeof name, "%.*s", (int)(equals - flags[i]), flags[i]);
        if (lfads_config_set(config, name, equals + 1, &err) != LFADS_OK) {
            fprintf(stderr, "%s\n", err.text);
            return false;
        }
    }
    return true;
}

/* The batch size is a flag of the program; if it is given again, the last value counts. */
static bool configure(struct workload *w, const struct options *options, const struct size *size)
{
    char batch[40];

    snprintf(batch, sizeof batch, "%zu", size->batch);
    return lfads_config_set(w->config, "batch_size", batch, NULL) == LFADS_OK &&
           set_flags(w->config, size->flags, 12) &&
           set_flags(w->config, options->flags, options->n_flags);
}

/* Makes counts with a mean of 0.2 per bin from addressed random numbers. */
static bool make_counts(struct workload *w)
{
    struct philox_address address = {.seed = 1, .purpose = PHILOX_SHUFFLE};
    size_t rows = w->model->bins * w->batch, channels = w->model->sessions[0].channels;
    uint32_t *words = calloc(channels, sizeof *words);

    w->counts = calloc(rows * channels, sizeof *w->counts);
    for (size_t row = 0; words && w->counts && row < rows; row++) {
        address.trial = (uint32_t)row;
        philox_words(words, &address, (uint32_t)channels);
        for (size_t j = 0; j < channels; j++)
            w->counts[row * channels + j] =
                (float)((words[j] < 0x2a000000u) + (words[j] < 0x04000000u));
    }
    free(words);
    return w->counts != NULL;
}

/* Copies the counts to a device's memory, trials first. */
static bool upload_counts(struct workload *w)
{
    const struct backend *be = w->learner->be;
    size_t bins = w->model->bins, n = w->model->sessions[0].channels, count = w->batch * bins * n;
    uint8_t *data;
    uint32_t *trials;

    if (be->host_memory)
        return true;
    data = calloc(count, 1);
    trials = calloc(w->batch, sizeof *trials);
    if (data && trials) {
        w->data = be->memory_create(be, count);
        w->trials = be->memory_create(be, w->batch * sizeof *trials);
        for (size_t b = 0; b < w->batch; b++) {
            trials[b] = (uint32_t)b;
            for (size_t i = 0; i < bins * n; i++)
                data[b * bins * n + i] = (uint8_t)w->counts[(i / n * w->batch + b) * n + i % n];
        }
        if (w->data && w->trials) {
            be->upload(be, w->data, data, count);
            be->upload(be, w->trials, trials, w->batch * sizeof *trials);
        }
    }
    free(data);
    free(trials);
    return w->data && w->trials;
}

bool workload_create(struct workload *w, const struct options *options, const struct backend *be,
                     size_t threads)
{
    const struct size *size = NULL;
    struct learner_options learner_options = {
        .threads = threads, .max_pending = be->host_memory ? 1 : DEVICE_STEPS, .trained = true};
    struct model_session session = {.shape = {.name = "bench"}};
    struct lfads_error err = {.text = "no memory"};

    memset(w, 0, sizeof *w);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (strcmp(sizes[i].name, options->workload) == 0)
            size = &sizes[i];
    if (!size) {
        fprintf(stderr, "no workload %s: W1, W2 or W3\n", options->workload);
        return false;
    }
    w->seed = 1;
    session.shape.channels = options->channels ? options->channels : size->channels;
    if (lfads_config_create(&w->config, &err) == LFADS_OK && configure(w, options, size)) {
        w->batch = learner_options.batch_size = (size_t)w->config->batch_size;
        learner_options.optimizer = optimizer_of(w->config);
    }
    if (!w->batch ||
        model_create(&w->model, w->config, options->bins ? options->bins : size->bins, &session, 1,
                     &err) != LFADS_OK ||
        learner_create(&w->learner, be, w->model, &learner_options, &err) != LFADS_OK ||
        !make_counts(w) || !upload_counts(w)) {
        fprintf(stderr, "%s\n", err.text);
        workload_free(w);
        return false;
    }
    model_initialise(w->model, learner_download(w->learner).parameters, w->seed);
    learner_upload(w->learner);
    return true;
}

bool workload_backend(struct backend_choice *choice, const struct options *options)
{
    struct backend_request request = {.device = options->device ? options->device : "cpu",
                                      .precision = options->precision};
    struct lfads_error err;
    char reason[512];

    if (backend_select(choice, &request, reason, sizeof reason, &err) != LFADS_OK)
        fprintf(stderr, "%s\n", err.text);
    else if (options->device && !choice->device)
        fprintf(stderr, "--device=%s: %s\n", options->device,
                *reason ? reason : "this is no device");
    else
        return true;
    backend_release(choice);
    return false;
}

void workload_free(struct workload *w)
{
    const struct backend *be = w->learner ? w->learner->be : NULL;

    if (be) {
        be->memory_free(be, w->data);
        be->memory_free(be, w->trials);
    }
    learner_free(w->learner);
    model_free(w->model);
    lfads_config_free(w->config);
    free(w->counts);
}

void workload_fill(const struct workload *w, struct shard *s, size_t first)
{
    size_t n = model_channels(s->model, s->session);

    for (size_t t = 0; t < s->model->bins && !w->data; t++)
        memcpy(s->host_data[TRIAL_OBSERVED] + t * s->trials * n,
               w->counts + (t * w->batch + first) * n,
               s->trials * n * sizeof *s->host_data[TRIAL_OBSERVED]);
    if (!w->data)
        shard_upload(s);
    shard_address_noise(s, w->step, (uint32_t)first);
}

void workload_draw(const struct workload *w, struct shard *s, size_t first)
{
    struct philox_address from = {.seed = w->seed};

    if (w->data)
        s->be->gather_trials(s->be, s->data[TRIAL_OBSERVED], w->data, true, w->trials + first,
                             s->model->bins, s->trials, model_channels(s->model, s->session));

    shard_draw_noise(s, &from);
}

static void fill(void *payload, struct shard *s, size_t first) { workload_fill(payload, s, first); }

static void draw(void *payload, struct shard *s, size_t first) { workload_draw(payload, s, first); }

void workload_step(struct workload *w)
{
    struct batch_source source = {.trials = w->batch,
                                  .dropout = w->model->keep_prob < 1 || w->model->cd_rate > 0,
                                  .load = fill,
                                  .enqueue_noise = draw,
                                  .payload = w};
    struct cost_ramps ramps = {.kl = 0.5, .l2 = 0.5};
    struct batch_costs costs[DEVICE_STEPS];

    learner_step(w->learner, &source, &ramps, 0.001, w->step + 1);
    w->step++;
    if (w->learner->n_pending == w->learner->options.max_pending)
        learner_collect(w->learner, costs, NULL);
}

double workload_operations(const struct workload *w)
{
    const struct model *m = w->model;
    double rows = (double)(w->batch * m->bins), trials = (double)w->batch;
    double inputs = (double)model_encoder_inputs(m, 0), ic = (double)m->ic_enc;
    double ci = m->co_dim ? (double)m->ci_enc : 0, c = m->co_dim ? (double)m->con_units : 0;
    double g = (double)m->gen_units, f = (double)m->factors, u = (double)m->co_dim;
    double n = (double)model_channels(m, 0), z = (double)m->ic_dim;
    double in = rows * 2 * (2 * inputs * 3 * ic + 2 * inputs * 3 * ci);
    double recurrent = 3 * (2 * ic * ic + 2 * ci * ci + c * c + g * g);
    double con_in = c > 0 ? (double)(model_ci_width(m) + model_fed_width(m, 0)) : 0;
    double rest = rows * 2 * (recurrent + 3 * con_in * c + 2 * c * u + 3 * u * g + g * f + f * n) +
                  trials * 2 * (2 * 2 * ic * z + z * g);

    return 3 * rest + 2 * in;
}

double workload_sampling_operations(const struct workload *w, double samples, double once)
{
    const struct model *m = w->model;
    double rows = (double)m->bins, g = (double)m->gen_units, f = (double)m->factors;
    double u = (double)m->co_dim, c = u > 0 ? (double)m->con_units : 0;
    double ci = u > 0 ? (double)m->ci_enc : 0, ic = (double)m->ic_enc,
           n = (double)m->sessions[0].channels;
    double inputs = (double)model_encoder_inputs(m, 0), z = (double)m->ic_dim;
    double fed = u > 0 ? (double)model_fed_width(m, 0) : 0;
    double shared = c > 0 ? (double)model_ci_width(m) * 3 * c : 0;
    double encoders = 3 * 2 * (ic * (inputs + ic) + ci * (inputs + ci));
    double decoder = 3 * (c * (c + fed) + g * (g + u)) + 2 * c * u + g * f + f * n;

    return 2 * (rows * (once * (encoders + shared) + samples * decoder) + samples * z * g +
                once * 2 * 2 * ic * z);
}
