/* integration.c - the integration-to-bound set: states of an integrating network, mixed into
 * channels (synth.md 5). The first run trains the network and saves it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "synth/integrator.h"
#include "synth/recording.h"
#include "synth/spikes.h"
#include "synth/synth.h"

static const double error_limit = 0.004; /* the original's network reaches 0.0046 */

struct integration {
    const struct lfads_synth_config *config;
    const struct lfads_callbacks *callbacks;
    struct lfads_error *err;
    size_t bins, conditions, replications, units;
    struct numpy_random random;
    struct integrator network;
    double *projection;             /* [N,N] */
    double *input;                  /* [C,T] */
    double *truth;                  /* [T,N] of a condition */
    int64_t *counts;                /* [T,N] of a trial */
    real *single, *states, *output; /* [T] [T,N] [T] of a condition */
    struct recording recording;
};

static void report_line(const struct integration *g, const char *what, const char *path,
                        double error)
{
    char text[FILE_PATH + 100];

    if (error < HUGE_VAL)
        snprintf(text, sizeof text, "%s %s, mean squared error %.4f", what, path, error);
    else
        snprintf(text, sizeof text, "%s %s", what, path);
    if (g->callbacks && g->callbacks->line)
        g->callbacks->line(g->callbacks->payload, text);
}

/* Checks that the weights can be written at PATH, before a minute of training. */
static enum lfads_status prepare_path(const char *path, struct lfads_error *err)
{
    char directory[FILE_PATH];
    const char *slash = strrchr(path, '/');

    if (!slash || slash == path)
        return LFADS_OK;
    snprintf(directory, sizeof directory, "%.*s", (int)(slash - path), path);
    return file_make_directory(directory, err);
}

/* Reads the network from its file, or from a TensorFlow checkpoint, which --checkpoint_path names
 * or which lies beside the data; trains and writes it if there is none. */
static enum lfads_status get_network(struct integration *g)
{
    const struct lfads_synth_config *c = g->config;
    char name[64], path[FILE_PATH];
    double error;
    enum lfads_status status = integrator_create(&g->network, g->units, g->err);

    snprintf(name, sizeof name, "integrator_N%" PRId64 ".h5", c->N);
    if (status == LFADS_OK)
        status = *c->checkpoint_path ? file_join(path, "", c->checkpoint_path, g->err)
                                     : file_join(path, c->save_dir, name, g->err);
    if (status != LFADS_OK)
        return status;
    if (integrator_exists(path)) {
        report_line(g, "Using the integrator", path, HUGE_VAL);
        return integrator_read(&g->network, path, g->err);
    }
    status = prepare_path(path, g->err);
    if (status != LFADS_OK)
        return status;
    status = integrator_train(&g->network, &error, g->bins, c->u_std, error_limit,
                              (uint64_t)c->synth_data_seed, g->callbacks, g->err);
    if (status == LFADS_OK)
        status = integrator_write(&g->network, path, g->err);
    if (status == LFADS_OK)
        report_line(g, "Trained the integrator", path, error);
    return status;
}

static enum lfads_status allocate(struct integration *g)
{
    size_t size = g->bins * g->units;

    g->projection = calloc(g->units * g->units, sizeof *g->projection);
    g->input = calloc(g->conditions * g->bins, sizeof *g->input);
    g->truth = calloc(size, sizeof *g->truth);
    g->counts = calloc(size, sizeof *g->counts);
    g->single = calloc(g->bins, sizeof *g->single);
    g->states = calloc(size, sizeof *g->states);
    g->output = calloc(g->bins, sizeof *g->output);
    if (g->projection && g->input && g->truth && g->counts && g->single && g->states && g->output)
        return LFADS_OK;
    return lfads_fail(g->err, LFADS_NO_MEMORY, "no memory for %zu conditions", g->conditions);
}

/* Draws the mixture and, from a separate generator, the inputs. */
static void draw(struct integration *g)
{
    struct numpy_random input_random;

    numpy_random_seed(&g->random, (uint32_t)g->config->synth_data_seed);
    for (size_t i = 0; i < g->units * g->units; i++)
        g->projection[i] = numpy_random_normal(&g->random) / sqrt((double)g->units);
    numpy_random_seed(&input_random, (uint32_t)g->config->synth_data_seed + 1);
    for (size_t i = 0; i < g->conditions * g->bins; i++)
        g->input[i] = numpy_random_normal(&input_random) * g->config->u_std;
}

/* Runs the network on one condition's input; mixes and scales its states. */
static void run_condition(struct integration *g, const double *input)
{
    size_t n = g->units;

    for (size_t t = 0; t < g->bins; t++)
        g->single[t] = (real)input[t];
    integrator_run(&g->network, g->states, g->output, g->single, g->bins, 1);
    for (size_t t = 0; t < g->bins; t++)
        for (size_t i = 0; i < n; i++) {
            double sum = 0;

            for (size_t j = 0; j < n; j++)
                sum += g->projection[i * n + j] * (double)g->states[t * n + j];
            g->truth[t * n + i] = sum;
        }
    spikes_scale(g->truth, g->bins, n);
}

static enum lfads_status report(const struct integration *g, double began, size_t done)
{
    struct lfads_progress progress = {.what = "trials",
                                      .share = (double)done / (double)g->conditions,
                                      .seconds = clock_seconds() - began};

    if (progress_report(g->callbacks, &progress))
        return lfads_fail(g->err, LFADS_INTERRUPTED, "stopped before %s was written",
                          g->recording.file.path);
    return LFADS_OK;
}

static enum lfads_status add_trials(struct integration *g)
{
    double began = clock_seconds();
    const struct lfads_synth_config *config = g->config;
    enum lfads_status status = LFADS_OK;

    for (size_t c = 0; c < g->conditions && status == LFADS_OK; c++) {
        const double *input = g->input + c * g->bins;
        const void *const rows[] = {g->truth, g->counts, input, g->output};

        run_condition(g, input);
        for (size_t k = 0; k < g->replications && status == LFADS_OK; k++) {
            spikes_count(g->counts, g->truth, g->bins, g->units, config->max_firing_rate,
                         config->dt, &g->random);
            status = recording_add(&g->recording, k, rows, g->err);
        }
        if (status == LFADS_OK)
            status = report(g, began, c + 1);
    }
    return status;
}

static enum lfads_status write_file(struct integration *g)
{
    const struct lfads_synth_config *config = g->config;
    const struct recording_key keys[] = {{"%s_truth", H5_FLOAT64, g->units},
                                         {"%s_data", H5_INT64, g->units},
                                         {"%s_inputs_u", H5_FLOAT64, 1},
                                         {"%s_outputs_u", H5_FLOAT32, 0}};
    char name[FILE_PATH], path[FILE_PATH];
    enum lfads_status status;

    snprintf(name, sizeof name, "%.1000s_dataset_N%" PRId64, synth_stem(config, "itb_rnn"),
             config->N);
    status = file_join(path, config->save_dir, name, g->err);
    if (status == LFADS_OK)
        status = recording_create(&g->recording, path, config, g->bins, keys,
                                  sizeof keys / sizeof keys[0], g->err);
    if (status != LFADS_OK)
        return status;
    status = add_trials(g);
    if (status == LFADS_OK) /* in the original, the inverse of the other sets' factor */
        status = recording_write_scalars(&g->recording, config,
                                         config->max_firing_rate * config->dt, g->err);
    if (status == LFADS_OK)
        status = h5_write(&g->recording.file, "u_std", H5_FLOAT64, 0, NULL, &config->u_std, NULL,
                          g->err);
    if (status == LFADS_OK)
        status = h5_write(&g->recording.file, "max_firing_rate", H5_FLOAT64, 0, NULL,
                          &config->max_firing_rate, NULL, g->err);
    if (status == LFADS_OK)
        return recording_commit(&g->recording, g->callbacks, g->err);
    recording_discard(&g->recording);
    return status;
}

static void release(struct integration *g)
{
    integrator_release(&g->network);
    free(g->projection);
    free(g->input);
    free(g->truth);
    free(g->counts);
    free(g->single);
    free(g->states);
    free(g->output);
}

enum lfads_status integration_generate(const struct lfads_synth_config *config,
                                       const struct lfads_callbacks *callbacks,
                                       struct lfads_error *err)
{
    struct integration g = {.config = config,
                            .callbacks = callbacks,
                            .err = err,
                            .bins = (size_t)(config->T / config->dt),
                            .conditions = (size_t)config->C,
                            .replications = (size_t)config->nreplications,
                            .units = (size_t)config->N};
    enum lfads_status status = allocate(&g);

    if (status == LFADS_OK)
        status = get_network(&g);
    if (status == LFADS_OK)
        status = file_make_directory(config->save_dir, err);
    if (status == LFADS_OK) {
        draw(&g);
        status = write_file(&g);
    }
    release(&g);
    return status;
}
