/* recording.c - writing a synthetic session.
 * SPDX-License-Identifier: Apache-2.0 */
#include "synth/recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDING_BLOCK = 256, NUMBER = 8, GZIP_LEVEL = 1 };

static const char *const sets[2] = {"train", "valid"};

size_t recording_train_share(const struct lfads_synth_config *config)
{
    return (size_t)((double)config->nreplications * config->train_percentage);
}

static enum lfads_status create_key(struct recording *r, enum recording_keys which,
                                    const char *format, enum h5_type type, size_t channels,
                                    struct lfads_error *err)
{
    struct recording_key *key = &r->key[which];
    struct h5_storage storage = {.gzip = GZIP_LEVEL, .threads = r->threads};

    key->row = r->bins * channels;
    for (int set = 0; set < 2; set++) {
        size_t share = set == 0 ? r->train : r->replications - r->train;
        size_t dims[3] = {share * (size_t)r->config->C, r->bins, channels};
        char name[40];
        enum lfads_status status;

        snprintf(name, sizeof name, format, sets[set]);
        key->block[set] = calloc(RECORDING_BLOCK * key->row, NUMBER);
        if (!key->block[set])
            return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", r->path);
        status = h5_rows_create(&key->rows[set], &r->file, name, type, 3, dims, &storage, err);
        if (status != LFADS_OK)
            return status;
    }
    return LFADS_OK;
}

enum lfads_status recording_create(struct recording *recording, const char *path,
                                   const struct lfads_synth_config *config, size_t bins,
                                   size_t threads, struct lfads_error *err)
{
    struct recording *r = recording;
    size_t channels = (size_t)config->S;
    bool counts = strcmp(config->noise_type, "poisson") == 0;
    enum lfads_status status;

    *r = (struct recording){.config = config,
                            .bins = bins,
                            .channels = channels,
                            .train = recording_train_share(config),
                            .replications = (size_t)config->nreplications,
                            .threads = threads};
    status = file_join(r->path, "", path, err);
    if (status == LFADS_OK)
        status = file_stage(r->temp, path, err);
    if (status == LFADS_OK)
        status = h5_create(&r->file, r->temp, 0, err);
    if (status == LFADS_OK)
        status = create_key(r, RECORDING_TRUTH, "%s_truth", H5_FLOAT64, channels, err);
    if (status == LFADS_OK)
        status =
            create_key(r, RECORDING_DATA, "%s_data", counts ? H5_INT64 : H5_FLOAT64, channels, err);
    if (status == LFADS_OK)
        status = create_key(r, RECORDING_INPUT, "input_%s_truth", H5_FLOAT64, 1, err);
    if (status != LFADS_OK)
        recording_discard(r);
    return status;
}

static enum lfads_status flush(struct recording_key *key, int set, struct lfads_error *err)
{
    enum lfads_status status =
        h5_rows_write(&key->rows[set], key->done[set], key->held[set], key->block[set], err);

    key->done[set] += key->held[set];
    key->held[set] = 0;
    return status;
}

static enum lfads_status add_row(struct recording_key *key, int set, const void *row,
                                 struct lfads_error *err)
{
    memcpy(key->block[set] + key->held[set] * key->row * NUMBER, row, key->row * NUMBER);
    key->held[set]++;
    return key->held[set] == RECORDING_BLOCK ? flush(key, set, err) : LFADS_OK;
}

/* The input's row is written where it goes: zeros but for the pulse. */
static enum lfads_status add_input(struct recording *r, int set, size_t pulse,
                                   struct lfads_error *err)
{
    struct recording_key *key = &r->key[RECORDING_INPUT];
    double *row = (double *)(void *)key->block[set] + key->held[set] * key->row;

    memset(row, 0, key->row * NUMBER);
    if (pulse < r->bins)
        row[pulse] = r->config->input_magnitude;
    key->held[set]++;
    return key->held[set] == RECORDING_BLOCK ? flush(key, set, err) : LFADS_OK;
}

enum lfads_status recording_add(struct recording *recording, size_t replication,
                                const double *truth, const void *data, size_t pulse,
                                struct lfads_error *err)
{
    int set = replication < recording->train ? 0 : 1;
    enum lfads_status status = add_row(&recording->key[RECORDING_TRUTH], set, truth, err);

    if (status == LFADS_OK)
        status = add_row(&recording->key[RECORDING_DATA], set, data, err);
    if (status == LFADS_OK)
        status = add_input(recording, set, pulse, err);
    return status;
}

/* One whole number a trial: a label for each condition, or the trial's entry of VALUES. */
static enum lfads_status write_trials(struct recording *r, const char *format, int set,
                                      const size_t *values, struct lfads_error *err)
{
    size_t share = set == 0 ? r->train : r->replications - r->train, count = 0;
    size_t conditions = (size_t)r->config->C, dims = share * conditions;
    int64_t *numbers = calloc(dims + 1, sizeof *numbers);
    char name[40];
    enum lfads_status status;

    if (!numbers)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", r->path);
    for (size_t c = 0; c < conditions; c++)
        for (size_t k = 0; k < share; k++) {
            size_t trial = c * r->replications + (set == 0 ? k : r->train + k);

            numbers[count++] = (int64_t)(values ? values[trial] : c);
        }
    snprintf(name, sizeof name, format, sets[set]);
    status = h5_write(&r->file, name, H5_INT64, 1, &dims, numbers, NULL, err);
    free(numbers);
    return status;
}

/* Without pulses the original wrote an empty list, which NumPy takes for reals. */
static enum lfads_status write_pulses(struct recording *r, int set, const size_t *pulses,
                                      struct lfads_error *err)
{
    size_t none = 0;
    char name[40];

    if (pulses)
        return write_trials(r, "input_times_%s", set, pulses, err);
    snprintf(name, sizeof name, "input_times_%s", sets[set]);
    return h5_write(&r->file, name, H5_FLOAT64, 1, &none, NULL, NULL, err);
}

/* P [S,N]: 1 where a channel records a unit. */
static enum lfads_status write_units(struct recording *r, size_t first, struct lfads_error *err)
{
    size_t dims[2] = {r->channels, (size_t)r->config->N};
    double *p = calloc(dims[0] * dims[1], sizeof *p);
    enum lfads_status status;

    if (!p)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", r->path);
    for (size_t i = 0; i < dims[0]; i++)
        p[i * dims[1] + first + i] = 1;
    status = h5_write(&r->file, "P_sxn", H5_FLOAT64, 2, dims, p, NULL, err);
    free(p);
    return status;
}

enum lfads_status recording_describe(struct recording *recording, const size_t *pulses,
                                     size_t first_unit, struct lfads_error *err)
{
    struct recording *r = recording;
    const struct lfads_synth_config *c = r->config;
    const struct {
        const char *name;
        double value;
    } reals[] = {{"train_percentage", c->train_percentage},
                 {"dt", c->dt},
                 {"input_magnitude", c->input_magnitude},
                 {"conversion_factor", 1 / (c->max_firing_rate * c->dt)}};
    enum lfads_status status = write_units(r, first_unit, err);

    for (int set = 0; set < 2 && status == LFADS_OK; set++) {
        status = write_trials(r, "condition_labels_%s", set, NULL, err);
        if (status == LFADS_OK)
            status = write_pulses(r, set, pulses, err);
    }
    for (size_t i = 0; i < sizeof reals / sizeof reals[0] && status == LFADS_OK; i++)
        status = h5_write(&r->file, reals[i].name, H5_FLOAT64, 0, NULL, &reals[i].value, NULL, err);
    if (status == LFADS_OK)
        status =
            h5_write(&r->file, "nreplications", H5_INT64, 0, NULL, &c->nreplications, NULL, err);
    return status;
}

static enum lfads_status close_all(struct recording *r, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK, closed;

    for (int k = 0; k < RECORDING_KEYS; k++)
        for (int set = 0; set < 2; set++) {
            struct recording_key *key = &r->key[k];

            if (!key->rows[set].set)
                continue;
            if (status == LFADS_OK && err)
                status = flush(key, set, err);
            closed = h5_rows_close(&key->rows[set], status == LFADS_OK ? err : NULL);
            status = status == LFADS_OK ? closed : status;
        }
    closed = h5_close(&r->file, status == LFADS_OK ? err : NULL);
    return status == LFADS_OK ? closed : status;
}

static void release(struct recording *r)
{
    for (int k = 0; k < RECORDING_KEYS; k++)
        for (int set = 0; set < 2; set++) {
            free(r->key[k].block[set]);
            r->key[k].block[set] = NULL;
        }
}

enum lfads_status recording_commit(struct recording *recording, struct lfads_error *err)
{
    struct lfads_error own;
    enum lfads_status status = close_all(recording, err ? err : &own);

    if (status == LFADS_OK) {
        status = file_commit(recording->temp, recording->path, err);
        recording->temp[0] = 0;
    }
    recording_discard(recording);
    return status;
}

void recording_discard(struct recording *recording)
{
    close_all(recording, NULL);
    if (recording->temp[0])
        file_discard(recording->temp);
    recording->temp[0] = 0;
    release(recording);
}
