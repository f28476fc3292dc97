/* recording.c - writes the file of a synthetic session.
 * SPDX-License-Identifier: Apache-2.0 */
#include "synth/recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/workers.h"

enum { BLOCK = 256, GZIP_LEVEL = 1 };

static const char *const sets[2] = {"train", "valid"};

size_t recording_train_trials(const struct lfads_synth_config *config)
{
    return (size_t)((double)config->nreplications * config->train_percentage);
}

/* Trials of a set per condition. */
static size_t trials_per_condition(const struct recording *r, int set)
{
    return set == 0 ? r->train : r->replications - r->train;
}

static enum lfads_status create_rows(struct recording *r, struct recording_rows *rows,
                                     const struct recording_key *key, size_t bins,
                                     struct lfads_error *err)
{
    struct h5_storage storage = {.gzip = GZIP_LEVEL, .threads = workers_available()};
    size_t numbers = bins * (key->channels ? key->channels : 1);

    rows->bytes = numbers * (key->type == H5_FLOAT32 ? 4 : 8);
    for (int set = 0; set < 2; set++) {
        size_t dims[3] = {trials_per_condition(r, set) * r->conditions, bins, key->channels};
        char name[40];
        enum lfads_status status;

        snprintf(name, sizeof name, key->format, sets[set]);
        rows->block[set] = calloc(BLOCK, rows->bytes);
        if (!rows->block[set])
            return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", r->file.path);
        status = h5_rows_create(&rows->rows[set], &r->file, name, key->type, key->channels ? 3 : 2,
                                dims, &storage, err);
        if (status != LFADS_OK)
            return status;
    }
    return LFADS_OK;
}

enum lfads_status recording_create(struct recording *recording, const char *path,
                                   const struct lfads_synth_config *config, size_t bins,
                                   const struct recording_key *keys, size_t n_keys,
                                   struct lfads_error *err)
{
    struct recording *r = recording;
    enum lfads_status status;

    assert(n_keys <= RECORDING_MAX_KEYS);
    *r = (struct recording){.conditions = (size_t)config->C,
                            .replications = (size_t)config->nreplications,
                            .train = recording_train_trials(config)};
    status = h5_begin(&r->file, path, err);
    for (; r->keys < n_keys && status == LFADS_OK; r->keys++)
        status = create_rows(r, &r->key[r->keys], &keys[r->keys], bins, err);
    if (status != LFADS_OK)
        recording_discard(r);
    return status;
}

static enum lfads_status flush(struct recording_rows *rows, int set, struct lfads_error *err)
{
    enum lfads_status status = h5_rows_write(&rows->rows[set], rows->written[set],
                                             rows->buffered[set], rows->block[set], err);

    rows->written[set] += rows->buffered[set];
    rows->buffered[set] = 0;
    return status;
}

enum lfads_status recording_add(struct recording *recording, size_t replication,
                                const void *const *rows, struct lfads_error *err)
{
    int set = replication < recording->train ? 0 : 1;
    enum lfads_status status = LFADS_OK;

    for (size_t k = 0; k < recording->keys && status == LFADS_OK; k++) {
        struct recording_rows *key = &recording->key[k];

        memcpy(key->block[set] + key->buffered[set] * key->bytes, rows[k], key->bytes);
        if (++key->buffered[set] == BLOCK)
            status = flush(key, set, err);
    }
    return status;
}

static enum lfads_status write_set(struct recording *r, const char *format, int set,
                                   const size_t *values, struct lfads_error *err)
{
    size_t each = trials_per_condition(r, set), dims = each * r->conditions, count = 0;
    int64_t *numbers = calloc(dims + 1, sizeof *numbers);
    char name[40];
    enum lfads_status status;

    if (!numbers)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", r->file.path);
    for (size_t c = 0; c < r->conditions; c++)
        for (size_t k = 0; k < each; k++) {
            size_t trial = c * r->replications + (set == 0 ? k : r->train + k);

            numbers[count++] = (int64_t)(values ? values[trial] : c);
        }
    snprintf(name, sizeof name, format, sets[set]);
    status = h5_write(&r->file, name, H5_INT64, 1, &dims, numbers, NULL, err);
    free(numbers);
    return status;
}

enum lfads_status recording_write_integers(struct recording *recording, const char *format,
                                           const size_t *values, struct lfads_error *err)
{
    enum lfads_status status = write_set(recording, format, 0, values, err);

    return status == LFADS_OK ? write_set(recording, format, 1, values, err) : status;
}

enum lfads_status recording_write_scalars(struct recording *recording,
                                          const struct lfads_synth_config *config,
                                          double conversion, struct lfads_error *err)
{
    struct h5_file *file = &recording->file;
    enum lfads_status status = h5_write(file, "train_percentage", H5_FLOAT64, 0, NULL,
                                        &config->train_percentage, NULL, err);

    if (status == LFADS_OK)
        status = h5_write(file, "dt", H5_FLOAT64, 0, NULL, &config->dt, NULL, err);
    if (status == LFADS_OK)
        status =
            h5_write(file, "nreplications", H5_INT64, 0, NULL, &config->nreplications, NULL, err);
    if (status == LFADS_OK)
        status = h5_write(file, "conversion_factor", H5_FLOAT64, 0, NULL, &conversion, NULL, err);
    return status;
}

/* Writes the buffered rows if KEEP, and closes the data sets. */
static enum lfads_status close_rows(struct recording *r, bool keep, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK, closed;

    for (size_t k = 0; k < RECORDING_MAX_KEYS; k++)
        for (int set = 0; set < 2; set++) {
            struct recording_rows *rows = &r->key[k];

            if (!rows->rows[set].set)
                continue;
            if (status == LFADS_OK && keep)
                status = flush(rows, set, err);
            closed = h5_rows_close(&rows->rows[set], status == LFADS_OK ? err : NULL);
            status = status == LFADS_OK ? closed : status;
        }
    return status;
}

enum lfads_status recording_commit(struct recording *recording,
                                   const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    enum lfads_status status = close_rows(recording, true, err);
    char text[FILE_PATH + 40];

    status = h5_finish(&recording->file, status, err);
    snprintf(text, sizeof text, "Wrote %s", recording->file.path);
    if (status == LFADS_OK && callbacks && callbacks->line)
        callbacks->line(callbacks->payload, text);
    recording_discard(recording);
    return status;
}

void recording_discard(struct recording *recording)
{
    close_rows(recording, false, NULL);
    h5_finish(&recording->file, LFADS_IO, NULL);
    for (size_t k = 0; k < RECORDING_MAX_KEYS; k++)
        for (int set = 0; set < 2; set++) {
            free(recording->key[k].block[set]);
            recording->key[k].block[set] = NULL;
        }
}
