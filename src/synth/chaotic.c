/* chaotic.c - the chaotic sets: one session, or several that see different units (synth.md).
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/workers.h"
#include "synth/alignment.h"
#include "synth/network.h"
#include "synth/recording.h"
#include "synth/synth.h"

enum { CONDITIONS_AT_ONCE = 16 };

/* The generator's state between sessions. */
struct chaotic {
    const struct lfads_synth_config *config;
    const struct lfads_callbacks *callbacks;
    struct lfads_error *err;
    size_t bins, conditions, replications, units, own, sessions;
    struct numpy_random random, noise;
    struct network network;
    double *start;                /* [C,N] */
    size_t *pulses;               /* [C*replications], or NULL without input */
    struct recording *recordings; /* one a session */
    double *means;                /* [C*T, sessions*S]: condition means of training counts */
    /* of a block of conditions */
    double *rates, *scratch, *starts;
    double *truth; /* [T,S] of one trial */
    void *data;    /* [T,S] of 8-byte numbers */
};

/* Runs of the network for one condition: its replications differ only by their pulses. */
static size_t runs_of_condition(const struct chaotic *c) { return c->pulses ? c->replications : 1; }

static enum lfads_status allocate(struct chaotic *c)
{
    size_t runs = CONDITIONS_AT_ONCE * runs_of_condition(c), trial = c->bins * c->own;

    c->rates = calloc(c->bins * c->units * runs, sizeof *c->rates);
    c->scratch = calloc(3 * c->units * runs, sizeof *c->scratch);
    c->starts = calloc(c->units * runs, sizeof *c->starts);
    c->truth = calloc(trial, sizeof *c->truth);
    c->data = calloc(trial, sizeof(int64_t));
    c->recordings = calloc(c->sessions, sizeof *c->recordings);
    if (c->sessions > 1)
        c->means = calloc(c->conditions * c->bins * c->units, sizeof *c->means);
    if (c->rates && c->scratch && c->starts && c->truth && c->data && c->recordings &&
        (c->means || c->sessions == 1))
        return LFADS_OK;
    return lfads_fail(c->err, LFADS_NO_MEMORY, "no memory for %zu conditions of %zu bins",
                      c->conditions, c->bins);
}

/* The trial's true rates [T,S]: each channel scaled to [0,1] by its own least and greatest. */
static void scale_rates(double *truth, const struct chaotic *c, size_t first_unit, size_t run,
                        size_t runs)
{
    for (size_t j = 0; j < c->own; j++) {
        const double *rate = c->rates + (first_unit + j) * runs + run;
        double least = rate[0], most = rate[0];

        for (size_t t = 0; t < c->bins; t++) {
            least = fmin(least, rate[t * c->units * runs]);
            most = fmax(most, rate[t * c->units * runs]);
        }
        for (size_t t = 0; t < c->bins; t++)
            truth[t * c->own + j] = (rate[t * c->units * runs] - least) / (most - least);
    }
}

/* Counts or reals of one trial, channel by channel as the original draws them. */
static void observe(struct chaotic *c)
{
    const struct lfads_synth_config *config = c->config;
    bool counts = strcmp(config->noise_type, "poisson") == 0;
    double spread = 5 * config->max_firing_rate * sqrt(config->dt);
    int64_t *count = c->data;
    double *real = c->data;

    for (size_t j = 0; j < c->own; j++)
        for (size_t t = 0; t < c->bins; t++) {
            size_t at = t * c->own + j;
            double rate = c->truth[at] * config->max_firing_rate;

            if (counts)
                count[at] = numpy_random_poisson(&c->random, rate * config->dt);
            else
                real[at] = rate + numpy_random_normal(&c->noise) * spread;
        }
}

/* Adds a training trial's counts to its condition's mean. */
static void add_mean(struct chaotic *c, size_t condition, size_t session)
{
    size_t train = recording_train_share(c->config);
    const int64_t *count = c->data;
    const double *real = c->data;
    bool counts = strcmp(c->config->noise_type, "poisson") == 0;

    for (size_t t = 0; t < c->bins; t++)
        for (size_t j = 0; j < c->own; j++) {
            size_t at = t * c->own + j;

            c->means[(condition * c->bins + t) * c->units + session * c->own + j] +=
                (counts ? (double)count[at] : real[at]) / (double)train;
        }
}

/* The trials of COUNT conditions from FIRST on. */
static enum lfads_status record_block(struct chaotic *c, size_t session, size_t first, size_t count)
{
    size_t each = runs_of_condition(c), runs = count * each;
    const size_t *pulses = c->pulses ? c->pulses + first * each : NULL;

    for (size_t r = 0; r < runs; r++)
        memcpy(c->starts + r * c->units, c->start + (first + r / each) * c->units,
               c->units * sizeof *c->starts);
    network_run(c->rates, &c->network, c->starts, pulses, c->config->input_magnitude, runs,
                c->scratch);
    for (size_t i = 0; i < count * c->replications; i++) {
        size_t condition = i / c->replications, replication = i % c->replications;
        enum lfads_status status;

        if (replication == 0 || c->pulses)
            scale_rates(c->truth, c, session * c->own, c->pulses ? i : condition, runs);
        observe(c);
        if (c->means && replication < recording_train_share(c->config))
            add_mean(c, first + condition, session);
        status = recording_add(&c->recordings[session], replication, c->truth, c->data,
                               pulses ? pulses[i] : c->bins, c->err);
        if (status != LFADS_OK)
            return status;
    }
    return LFADS_OK;
}

static enum lfads_status report(const struct chaotic *c, size_t session, size_t done)
{
    double all = (double)(c->sessions * c->conditions);
    struct lfads_progress progress = {.what = "trials",
                                      .share = (double)(session * c->conditions + done) / all};

    if (c->callbacks && c->callbacks->progress)
        c->callbacks->progress(c->callbacks->payload, &progress);
    if (c->callbacks && c->callbacks->stop && c->callbacks->stop(c->callbacks->payload))
        return lfads_fail(c->err, LFADS_INTERRUPTED, "stopped before %s was written",
                          c->recordings[session].path);
    return LFADS_OK;
}

/* One session's trials, in the original's order of draws: pulses, then counts. */
static enum lfads_status record_session(struct chaotic *c, size_t session)
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; c->pulses && i < c->conditions * c->replications; i++)
        c->pulses[i] = numpy_random_below(&c->random, (uint32_t)(c->bins / 2)) + (c->bins / 4);
    for (size_t first = 0; first < c->conditions && status == LFADS_OK;
         first += CONDITIONS_AT_ONCE) {
        size_t left = c->conditions - first;
        size_t count = left < CONDITIONS_AT_ONCE ? left : CONDITIONS_AT_ONCE;

        status = record_block(c, session, first, count);
        if (status == LFADS_OK)
            status = report(c, session, first + count);
    }
    if (status == LFADS_OK)
        status = recording_describe(&c->recordings[session], c->pulses, session * c->own, c->err);
    return status;
}

static enum lfads_status create_file(struct chaotic *c, size_t session)
{
    const struct lfads_synth_config *config = c->config;
    char name[FILE_PATH], path[FILE_PATH], number[32] = "";
    enum lfads_status status;

    if (c->sessions > 1)
        snprintf(number, sizeof number, "_n%zu", session + 1);
    snprintf(name, sizeof name, "%.1000s_dataset_N%" PRId64 "_S%" PRId64 "%s",
             config->datafile_name, config->N, config->S, number);
    status = file_join(path, config->save_dir, name, c->err);
    if (status == LFADS_OK)
        status = recording_create(&c->recordings[session], path, config, c->bins,
                                  workers_available(), c->err);
    return status;
}

static enum lfads_status align_sessions(struct chaotic *c)
{
    size_t components = (size_t)c->config->npcs;
    double *matrix = calloc(c->units * components, sizeof *matrix);
    double *bias = calloc(c->units, sizeof *bias);
    enum lfads_status status = LFADS_OK;

    if (!matrix || !bias)
        status = lfads_fail(c->err, LFADS_NO_MEMORY, "no memory to align the sessions");
    if (status == LFADS_OK)
        status = alignment_fit(matrix, bias, c->means, c->conditions * c->bins, c->units,
                               c->sessions, components, c->err);
    for (size_t n = 0; n < c->sessions && status == LFADS_OK; n++) {
        size_t dims[2] = {c->own, components};
        struct h5_file *file = &c->recordings[n].file;

        status = h5_write(file, "alignment_matrix_cxf", H5_FLOAT64, 2, dims,
                          matrix + n * c->own * components, NULL, c->err);
        if (status == LFADS_OK)
            status = h5_write(file, "alignment_bias_c", H5_FLOAT64, 1, dims, bias + n * c->own,
                              NULL, c->err);
    }
    free(matrix);
    free(bias);
    return status;
}

/* All files are whole before the first gets its name. */
static enum lfads_status record(struct chaotic *c)
{
    enum lfads_status status = file_make_directory(c->config->save_dir, c->err);

    for (size_t n = 0; n < c->sessions && status == LFADS_OK; n++) {
        status = create_file(c, n);
        if (status == LFADS_OK)
            status = record_session(c, n);
    }
    if (status == LFADS_OK && c->sessions > 1)
        status = align_sessions(c);
    for (size_t n = 0; n < c->sessions && status == LFADS_OK; n++) {
        char text[FILE_PATH + 40];

        status = recording_commit(&c->recordings[n], c->err);
        snprintf(text, sizeof text, "Wrote %s", c->recordings[n].path);
        if (status == LFADS_OK && c->callbacks && c->callbacks->line)
            c->callbacks->line(c->callbacks->payload, text);
    }
    for (size_t n = 0; n < c->sessions; n++)
        recording_discard(&c->recordings[n]);
    return status;
}

/* What is drawn before the first session: network, conditions' first states. */
static enum lfads_status draw_network(struct chaotic *c)
{
    const struct lfads_synth_config *config = c->config;
    enum lfads_status status = network_draw(&c->network, &c->random, c->units, c->bins, config->g,
                                            config->dt, config->tau, c->err);

    if (status != LFADS_OK)
        return status;
    c->start = calloc(c->conditions * c->units, sizeof *c->start);
    if (config->input_magnitude > 0)
        c->pulses = calloc(c->conditions * c->replications, sizeof *c->pulses);
    if (!c->start || (config->input_magnitude > 0 && !c->pulses))
        return lfads_fail(c->err, LFADS_NO_MEMORY, "no memory for %zu conditions", c->conditions);
    for (size_t i = 0; i < c->conditions * c->units; i++)
        c->start[i] = config->x0_std * numpy_random_normal(&c->random);
    return LFADS_OK;
}

enum lfads_status chaotic_generate(const struct lfads_synth_config *config,
                                   const struct lfads_callbacks *callbacks, double *next,
                                   struct lfads_error *err)
{
    struct chaotic c = {.config = config,
                        .callbacks = callbacks,
                        .err = err,
                        .bins = (size_t)(config->T / config->dt),
                        .conditions = (size_t)config->C,
                        .replications = (size_t)config->nreplications,
                        .units = (size_t)config->N,
                        .own = (size_t)config->S,
                        .sessions = (size_t)(config->N / config->S)};
    enum lfads_status status;

    numpy_random_seed(&c.random, (uint32_t)config->synth_data_seed);
    /* the original leaves the noise of reals unseeded; this seed is any other number */
    numpy_random_seed(&c.noise, ~(uint32_t)config->synth_data_seed);
    status = draw_network(&c);
    if (status == LFADS_OK)
        status = allocate(&c);
    if (status == LFADS_OK)
        status = record(&c);
    if (status == LFADS_OK && next)
        *next = numpy_random_uniform(&c.random);
    network_release(&c.network);
    free(c.start);
    free(c.pulses);
    free(c.recordings);
    free(c.means);
    free(c.rates);
    free(c.scratch);
    free(c.starts);
    free(c.truth);
    free(c.data);
    return status;
}
