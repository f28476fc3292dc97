/* labeled.c - two chaotic networks. One of them makes each trial; its number is the trial's
 * external input (synth.md 4).
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "synth/network.h"
#include "synth/recording.h"
#include "synth/spikes.h"
#include "synth/synth.h"

enum { NETWORKS = 2 };

struct labeled {
    const struct lfads_synth_config *config;
    const struct lfads_callbacks *callbacks;
    struct lfads_error *err;
    double began; /* clock_seconds() at the beginning */
    size_t bins, conditions, replications, trials, units;
    struct numpy_random random;
    struct network network[NETWORKS];
    size_t *label;           /* [trials]: the network of each */
    double *start;           /* [C,N] */
    double *projection;      /* [N,N] */
    double *truth[NETWORKS]; /* [C,T,N] per network */
    uint8_t *counts;         /* [trials,T,N]; a larger count is refused */
    struct recording recording;
};

static enum lfads_status allocate(struct labeled *l)
{
    size_t rates = l->conditions * l->bins * l->units;

    l->label = calloc(l->trials, sizeof *l->label);
    l->start = calloc(l->conditions * l->units, sizeof *l->start);
    l->projection = calloc(l->units * l->units, sizeof *l->projection);
    l->truth[0] = calloc(rates, sizeof(double));
    l->truth[1] = calloc(rates, sizeof(double));
    l->counts = calloc(l->trials * l->bins, l->units);
    if (l->label && l->start && l->projection && l->truth[0] && l->truth[1] && l->counts)
        return LFADS_OK;
    return lfads_fail(l->err, LFADS_NO_MEMORY, "no memory for %zu trials of %zu units", l->trials,
                      l->units);
}

/* Draws in the original's order: labels, first states, the mixture. Each network has a separate
 * generator. */
static enum lfads_status draw(struct labeled *l)
{
    const struct lfads_synth_config *c = l->config;

    for (size_t i = 0; i < l->trials; i++)
        l->label[i] = numpy_random_below(&l->random, NETWORKS);
    for (size_t i = 0; i < l->conditions * l->units; i++)
        l->start[i] = c->x0_std * numpy_random_normal(&l->random);
    for (size_t i = 0; i < l->units * l->units; i++)
        l->projection[i] = numpy_random_normal(&l->random) / sqrt((double)l->units);
    for (uint32_t n = 0; n < NETWORKS; n++) {
        struct numpy_random network_random;
        enum lfads_status status;

        numpy_random_seed(&network_random, (uint32_t)c->synth_data_seed + 1 + n);
        status = network_draw(&l->network[n], &network_random, l->units, l->bins, c->g, c->dt,
                              c->tau, l->err);
        if (status != LFADS_OK)
            return status;
    }
    return LFADS_OK;
}

/* Mixes one condition's rates [T,N,1] into channels [T,N] and scales them. */
static void mix(double *truth, const struct labeled *l, const double *rates)
{
    size_t n = l->units;

    for (size_t t = 0; t < l->bins; t++)
        for (size_t i = 0; i < n; i++) {
            double sum = 0;

            for (size_t j = 0; j < n; j++)
                sum += l->projection[i * n + j] * rates[t * n + j];
            truth[t * n + i] = sum;
        }
    spikes_scale(truth, l->bins, n);
}

static enum lfads_status run_networks(struct labeled *l)
{
    size_t size = l->bins * l->units;
    double *rates = calloc(size, sizeof *rates);
    double *scratch = calloc(3 * l->units, sizeof *scratch);

    for (int n = 0; n < NETWORKS && rates && scratch; n++)
        for (size_t c = 0; c < l->conditions; c++) {
            network_run(rates, &l->network[n], l->start + c * l->units, NULL, 0, 1, scratch);
            mix(l->truth[n] + c * size, l, rates);
        }
    free(rates);
    free(scratch);
    return rates && scratch ? LFADS_OK
                            : lfads_fail(l->err, LFADS_NO_MEMORY, "no memory to run a network");
}

/* Reports progress. There are NETWORKS + 1 rounds over all trials: counts are drawn from each
 * network, then written. */
static enum lfads_status report(const struct labeled *l, size_t round, size_t trial)
{
    size_t done = round * l->trials + trial + 1, total = (NETWORKS + 1) * l->trials;
    struct lfads_progress progress = {.what = "trials",
                                      .share = (double)done / (double)total,
                                      .seconds = clock_seconds() - l->began};

    if (progress_report(l->callbacks, &progress))
        return lfads_fail(l->err, LFADS_INTERRUPTED, "stopped before the labeled set was written");
    return LFADS_OK;
}

/* Draws every trial's counts from the first network, then from the second, as the original does,
 * and keeps those of the trial's network. */
static enum lfads_status draw_counts(struct labeled *l)
{
    size_t size = l->bins * l->units;
    int64_t *counts = calloc(size, sizeof *counts);
    enum lfads_status status = LFADS_OK;

    if (!counts)
        return lfads_fail(l->err, LFADS_NO_MEMORY, "no memory for a trial's counts");
    for (size_t n = 0; n < NETWORKS; n++)
        for (size_t trial = 0; trial < l->trials && status == LFADS_OK; trial++) {
            spikes_count(counts, l->truth[n] + trial / l->replications * size, l->bins, l->units,
                         l->config->max_firing_rate, l->config->dt, &l->random);
            for (size_t i = 0; i < size && l->label[trial] == n; i++) {
                l->counts[trial * size + i] = (uint8_t)counts[i];
                if (counts[i] > UINT8_MAX)
                    status = lfads_fail(l->err, LFADS_USAGE,
                                        "--max_firing_rate=%g makes more than %d spikes a bin",
                                        l->config->max_firing_rate, UINT8_MAX);
            }
            if (status == LFADS_OK)
                status = report(l, n, trial);
        }
    free(counts);
    return status;
}

static enum lfads_status add_trials(struct labeled *l)
{
    size_t size = l->bins * l->units;
    int64_t *counts = calloc(size, sizeof *counts), *label = calloc(l->bins, sizeof *label);
    enum lfads_status status = LFADS_OK;

    if (!counts || !label)
        status = lfads_fail(l->err, LFADS_NO_MEMORY, "no memory for a trial's counts");
    for (size_t trial = 0; trial < l->trials && status == LFADS_OK; trial++) {
        const double *truth = l->truth[l->label[trial]] + trial / l->replications * size;
        const void *const rows[] = {truth, counts, label};

        for (size_t i = 0; i < size; i++)
            counts[i] = l->counts[trial * size + i];
        for (size_t t = 0; t < l->bins; t++)
            label[t] = (int64_t)l->label[trial];
        status = recording_add(&l->recording, trial % l->replications, rows, l->err);
        if (status == LFADS_OK)
            status = report(l, NETWORKS, trial);
    }
    free(counts);
    free(label);
    return status;
}

static enum lfads_status write_file(struct labeled *l)
{
    const struct lfads_synth_config *config = l->config;
    const struct recording_key keys[] = {{"%s_truth", H5_FLOAT64, l->units},
                                         {"%s_data", H5_INT64, l->units},
                                         {"%s_ext_input", H5_INT64, 1}};
    size_t dims[2] = {l->units, l->units};
    char name[FILE_PATH], path[FILE_PATH];
    enum lfads_status status = file_make_directory(config->save_dir, l->err);

    snprintf(name, sizeof name, "%.1000s_dataset_N%" PRId64,
             synth_stem(config, "chaotic_rnns_labeled"), config->N);
    if (status == LFADS_OK)
        status = file_join(path, config->save_dir, name, l->err);
    if (status == LFADS_OK)
        status = recording_create(&l->recording, path, config, l->bins, keys,
                                  sizeof keys / sizeof keys[0], l->err);
    if (status != LFADS_OK)
        return status;
    status = add_trials(l);
    if (status == LFADS_OK)
        status =
            h5_write(&l->recording.file, "P_sxn", H5_FLOAT64, 2, dims, l->projection, NULL, l->err);
    if (status == LFADS_OK)
        status = recording_write_integers(&l->recording, "condition_labels_%s", NULL, l->err);
    if (status == LFADS_OK)
        status = recording_write_scalars(&l->recording, config,
                                         1 / (config->max_firing_rate * config->dt), l->err);
    if (status == LFADS_OK)
        return recording_commit(&l->recording, l->callbacks, l->err);
    recording_discard(&l->recording);
    return status;
}

static void release(struct labeled *l)
{
    for (int n = 0; n < NETWORKS; n++) {
        network_release(&l->network[n]);
        free(l->truth[n]);
    }
    free(l->label);
    free(l->start);
    free(l->projection);
    free(l->counts);
}

enum lfads_status labeled_generate(const struct lfads_synth_config *config,
                                   const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct labeled l = {.config = config,
                        .callbacks = callbacks,
                        .err = err,
                        .began = clock_seconds(),
                        .bins = (size_t)(config->T / config->dt),
                        .conditions = (size_t)config->C,
                        .replications = (size_t)config->nreplications,
                        .trials = (size_t)(config->C * config->nreplications),
                        .units = (size_t)config->N};
    enum lfads_status status = allocate(&l);

    numpy_random_seed(&l.random, (uint32_t)config->synth_data_seed);
    if (status == LFADS_OK)
        status = draw(&l);
    if (status == LFADS_OK)
        status = run_networks(&l);
    if (status == LFADS_OK)
        status = draw_counts(&l);
    if (status == LFADS_OK)
        status = write_file(&l);
    release(&l);
    return status;
}
