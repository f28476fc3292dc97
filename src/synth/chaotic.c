/* chaotic.c - the chaotic sets: one session, or several that record different units (synth.md 1).
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "data/alignment.h"
#include "synth/network.h"
#include "synth/recording.h"
#include "synth/spikes.h"
#include "synth/synth.h"

enum { CONDITIONS_AT_ONCE = 16 };

/* The generator's state between sessions. */
struct chaotic {
    const struct lfads_synth_config *config;
    const struct lfads_callbacks *callbacks;
    struct lfads_error *err;
    double began; /* clock_seconds() at the beginning */
    size_t bins, conditions, replications, units, channels, sessions; /* channels: S */
    struct numpy_random random, noise;
    struct network network;
    double *start;                /* [C,N] */
    size_t *pulses;               /* [C*replications]; NULL without input */
    struct recording *recordings; /* one per session */
    double *means;                /* [C*T, sessions*S]: condition means of training counts */
    /* buffers for a block of conditions */
    double *rates, *scratch, *starts;
    double *truth; /* [T,S] of a trial */
    void *data;    /* [T,S] of 8-byte numbers */
    double *input; /* [T]: zeros except the trial's pulse */
};

/* Runs of the network for one condition: its replications are the same run unless they have pulses.
 */
static size_t runs_of_condition(const struct chaotic *c) { return c->pulses ? c->replications : 1; }

static enum lfads_status allocate(struct chaotic *c)
{
    size_t runs = CONDITIONS_AT_ONCE * runs_of_condition(c), trial = c->bins * c->channels;

    c->rates = calloc(c->bins * c->units * runs, sizeof *c->rates);
    c->scratch = calloc(3 * c->units * runs, sizeof *c->scratch);
    c->starts = calloc(c->units * runs, sizeof *c->starts);
    c->truth = calloc(trial, sizeof *c->truth);
    c->data = calloc(trial, sizeof(int64_t));
    c->input = calloc(c->bins, sizeof *c->input);
    c->recordings = calloc(c->sessions, sizeof *c->recordings);
    if (c->sessions > 1)
        c->means = calloc(c->conditions * c->bins * c->units, sizeof *c->means);
    if (c->rates && c->scratch && c->starts && c->truth && c->data && c->input && c->recordings &&
        (c->means || c->sessions == 1))
        return LFADS_OK;
    return lfads_fail(c->err, LFADS_NO_MEMORY, "no memory for %zu conditions of %zu bins",
                      c->conditions, c->bins);
}

/* Copies the trial's true rates [T,S] and scales them. */
static void copy_rates(struct chaotic *c, size_t first_unit, size_t run, size_t runs)
{
    for (size_t t = 0; t < c->bins; t++)
        for (size_t j = 0; j < c->channels; j++)
            c->truth[t * c->channels + j] = c->rates[(t * c->units + first_unit + j) * runs + run];
    spikes_scale(c->truth, c->bins, c->channels);
}

static bool is_counted(const struct chaotic *c)
{
    return strcmp(c->config->noise_type, "poisson") == 0;
}

/* Sets a trial of reals: rates plus normal noise, channel by channel. */
static void add_noise(struct chaotic *c)
{
    double max_rate = c->config->max_firing_rate, deviation = 5 * max_rate * sqrt(c->config->dt);
    double *real = c->data;

    for (size_t j = 0; j < c->channels; j++)
        for (size_t t = 0; t < c->bins; t++) {
            size_t i = t * c->channels + j;

            real[i] = c->truth[i] * max_rate + numpy_random_normal(&c->noise) * deviation;
        }
}

static void observe(struct chaotic *c)
{
    if (is_counted(c))
        spikes_count(c->data, c->truth, c->bins, c->channels, c->config->max_firing_rate,
                     c->config->dt, &c->random);
    else
        add_noise(c);
}

/* Adds a training trial's counts to its condition's mean. */
static void add_mean(struct chaotic *c, size_t condition, size_t session)
{
    size_t train = recording_train_trials(c->config);
    const int64_t *count = c->data;
    const double *real = c->data;
    bool counts = is_counted(c);

    for (size_t t = 0; t < c->bins; t++)
        for (size_t j = 0; j < c->channels; j++) {
            size_t i = t * c->channels + j;

            c->means[(condition * c->bins + t) * c->units + session * c->channels + j] +=
                (counts ? (double)count[i] : real[i]) / (double)train;
        }
}

/* Records the trials of COUNT conditions, from condition FIRST. */
static enum lfads_status record_block(struct chaotic *c, size_t session, size_t first, size_t count)
{
    size_t each = runs_of_condition(c), runs = count * each;
    const size_t *pulses = c->pulses ? c->pulses + first * each : NULL;
    const void *const rows[] = {c->truth, c->data, c->input};

    for (size_t r = 0; r < runs; r++)
        memcpy(c->starts + r * c->units, c->start + (first + r / each) * c->units,
               c->units * sizeof *c->starts);
    network_run(c->rates, &c->network, c->starts, pulses, c->config->input_magnitude, runs,
                c->scratch);
    for (size_t i = 0; i < count * c->replications; i++) {
        size_t condition = i / c->replications, replication = i % c->replications;
        enum lfads_status status;

        if (replication == 0 || c->pulses)
            copy_rates(c, session * c->channels, c->pulses ? i : condition, runs);
        observe(c);
        if (c->means && replication < recording_train_trials(c->config))
            add_mean(c, first + condition, session);
        if (pulses)
            c->input[pulses[i]] = c->config->input_magnitude;
        status = recording_add(&c->recordings[session], replication, rows, c->err);
        if (pulses)
            c->input[pulses[i]] = 0;
        if (status != LFADS_OK)
            return status;
    }
    return LFADS_OK;
}

static enum lfads_status report(const struct chaotic *c, size_t session, size_t done)
{
    double total = (double)(c->sessions * c->conditions);
    struct lfads_progress progress = {.what = "trials",
                                      .share = (double)(session * c->conditions + done) / total,
                                      .seconds = clock_seconds() - c->began};

    if (progress_report(c->callbacks, &progress))
        return lfads_fail(c->err, LFADS_INTERRUPTED, "stopped before %s was written",
                          c->recordings[session].file.path);
    return LFADS_OK;
}

/* Writes P [S,N]: 1 if a channel records a unit. */
static enum lfads_status write_units(const struct chaotic *c, size_t session)
{
    size_t dims[2] = {c->channels, c->units};
    double *p = calloc(c->channels * c->units, sizeof *p);
    enum lfads_status status;

    if (!p)
        return lfads_fail(c->err, LFADS_NO_MEMORY, "no memory for %zu units", c->units);
    for (size_t i = 0; i < c->channels; i++)
        p[i * c->units + session * c->channels + i] = 1;
    status = h5_write(&c->recordings[session].file, "P_sxn", H5_FLOAT64, 2, dims, p, NULL, c->err);
    free(p);
    return status;
}

/* Without pulses the original writes empty lists, which NumPy stores as reals. */
static enum lfads_status write_pulses(const struct chaotic *c, struct recording *r)
{
    size_t zero = 0;
    enum lfads_status status;

    if (c->pulses)
        return recording_write_integers(r, "input_times_%s", c->pulses, c->err);
    status = h5_write(&r->file, "input_times_train", H5_FLOAT64, 1, &zero, NULL, NULL, c->err);
    if (status == LFADS_OK)
        status = h5_write(&r->file, "input_times_valid", H5_FLOAT64, 1, &zero, NULL, NULL, c->err);
    return status;
}

/* Writes what does not belong to trials. */
static enum lfads_status write_metadata(const struct chaotic *c, size_t session)
{
    const struct lfads_synth_config *config = c->config;
    struct recording *r = &c->recordings[session];
    enum lfads_status status = write_units(c, session);

    if (status == LFADS_OK)
        status = recording_write_integers(r, "condition_labels_%s", NULL, c->err);
    if (status == LFADS_OK)
        status = write_pulses(c, r);
    if (status == LFADS_OK)
        status = h5_write(&r->file, "input_magnitude", H5_FLOAT64, 0, NULL,
                          &config->input_magnitude, NULL, c->err);
    if (status == LFADS_OK)
        status =
            recording_write_scalars(r, config, 1 / (config->max_firing_rate * config->dt), c->err);
    return status;
}

/* Records one session's trials. Draws in the original's order: pulses, then counts. */
static enum lfads_status record_session(struct chaotic *c, size_t session)
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; c->pulses && i < c->conditions * c->replications; i++)
        c->pulses[i] = numpy_random_below(&c->random, (uint32_t)(c->bins / 2)) + (c->bins / 4);
    for (size_t first = 0; first < c->conditions && status == LFADS_OK;
         first += CONDITIONS_AT_ONCE) {
        size_t remaining = c->conditions - first;
        size_t count = remaining < CONDITIONS_AT_ONCE ? remaining : CONDITIONS_AT_ONCE;

        status = record_block(c, session, first, count);
        if (status == LFADS_OK)
            status = report(c, session, first + count);
    }
    if (status == LFADS_OK)
        status = write_metadata(c, session);
    return status;
}

static enum lfads_status create_file(struct chaotic *c, size_t session)
{
    const struct lfads_synth_config *config = c->config;
    const struct recording_key keys[] = {
        {"%s_truth", H5_FLOAT64, c->channels},
        {"%s_data", is_counted(c) ? H5_INT64 : H5_FLOAT64, c->channels},
        {"input_%s_truth", H5_FLOAT64, 1},
    };
    char name[FILE_PATH], path[FILE_PATH], number[32] = "";
    enum lfads_status status;

    if (c->sessions > 1)
        snprintf(number, sizeof number, "_n%zu", session + 1);
    snprintf(name, sizeof name, "%.1000s_dataset_N%" PRId64 "_S%" PRId64 "%s",
             synth_stem(config, "chaotic_rnn_no_inputs"), config->N, config->S, number);
    status = file_join(path, config->save_dir, name, c->err);
    if (status == LFADS_OK)
        status = recording_create(&c->recordings[session], path, config, c->bins, keys,
                                  sizeof keys / sizeof keys[0], c->err);
    return status;
}

static enum lfads_status align_sessions(struct chaotic *c)
{
    size_t components = (size_t)c->config->npcs;
    double *matrix = calloc(c->units * components, sizeof *matrix);
    double *bias = calloc(c->units, sizeof *bias);
    size_t *widths = calloc(c->sessions, sizeof *widths);
    enum lfads_status status = LFADS_OK;

    for (size_t n = 0; widths && n < c->sessions; n++)
        widths[n] = c->channels;
    if (!matrix || !bias || !widths)
        status = lfads_fail(c->err, LFADS_NO_MEMORY, "no memory to align the sessions");
    if (status == LFADS_OK)
        status = alignment_fit(matrix, bias, c->means, c->conditions * c->bins, widths, c->sessions,
                               components, c->err);
    for (size_t n = 0; n < c->sessions && status == LFADS_OK; n++) {
        size_t dims[2] = {c->channels, components};
        struct h5_file *file = &c->recordings[n].file;

        status = h5_write(file, "alignment_matrix_cxf", H5_FLOAT64, 2, dims,
                          matrix + n * c->channels * components, NULL, c->err);
        if (status == LFADS_OK)
            status = h5_write(file, "alignment_bias_c", H5_FLOAT64, 1, dims, bias + n * c->channels,
                              NULL, c->err);
    }
    free(widths);
    free(matrix);
    free(bias);
    return status;
}

/* Renames the files only when all are complete. */
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
    for (size_t n = 0; n < c->sessions && status == LFADS_OK; n++)
        status = recording_commit(&c->recordings[n], c->callbacks, c->err);
    for (size_t n = 0; n < c->sessions; n++)
        recording_discard(&c->recordings[n]);
    return status;
}

/* Draws what comes before the first session: the network and the conditions' first states. */
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

enum lfads_status chaotic_generate_next(const struct lfads_synth_config *config,
                                        const struct lfads_callbacks *callbacks, double *next,
                                        struct lfads_error *err)
{
    struct chaotic c = {.config = config,
                        .callbacks = callbacks,
                        .err = err,
                        .began = clock_seconds(),
                        .bins = (size_t)(config->T / config->dt),
                        .conditions = (size_t)config->C,
                        .replications = (size_t)config->nreplications,
                        .units = (size_t)config->N,
                        .channels = (size_t)config->S,
                        .sessions = (size_t)(config->N / config->S)};
    enum lfads_status status;

    numpy_random_seed(&c.random, (uint32_t)config->synth_data_seed);
    /* the original does not seed the noise of reals; ours has any other seed */
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
    free(c.input);
    return status;
}

enum lfads_status chaotic_generate(const struct lfads_synth_config *config,
                                   const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    return chaotic_generate_next(config, callbacks, NULL, err);
}
