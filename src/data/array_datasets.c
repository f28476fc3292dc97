/* array_datasets.c - counts who uses which data set of arrays in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/array_datasets.h"

#include <pthread.h>
#include <stdlib.h>

struct array_dataset {
    struct dataset *dataset;
    size_t users;
    struct session_wants wants; /* without pointers and limits */
    struct array_reading reading;
    struct array_dataset *next;
};

struct array_datasets {
    pthread_mutex_t mutex; /* held while a data set is read, so that it is read once */
    struct array_dataset *first;
};

struct array_datasets *array_datasets_create(void)
{
    struct array_datasets *shared = calloc(1, sizeof *shared);

    if (shared && pthread_mutex_init(&shared->mutex, NULL) != 0) {
        free(shared);
        return NULL;
    }
    return shared;
}

void array_datasets_free(struct array_datasets *shared)
{
    if (!shared)
        return;
    pthread_mutex_destroy(&shared->mutex);
    free(shared);
}

static bool are_equal(const struct session_wants *a, const struct session_wants *b)
{
    return a->range.data == b->range.data && a->range.above == b->range.above &&
           a->missing == b->missing && a->heldout == b->heldout && a->forward == b->forward &&
           a->heldout_of_file == b->heldout_of_file &&
           a->ext_inputs_of_file == b->ext_inputs_of_file &&
           a->factors_of_file == b->factors_of_file && a->sv_rate == b->sv_rate &&
           a->test == b->test && a->prints == b->prints && a->model_bins == b->model_bins &&
           a->model_channels == b->model_channels && a->model_heldout == b->model_heldout &&
           a->either_set == b->either_set && a->ext_inputs == b->ext_inputs &&
           a->factors == b->factors;
}

static struct array_dataset *find(const struct array_datasets *shared,
                                  const struct session_wants *wants,
                                  const struct array_reading *reading)
{
    for (struct array_dataset *s = shared->first; s; s = s->next)
        if (are_equal(&s->wants, wants) && s->reading.sv_seed == reading->sv_seed &&
            s->reading.in_memory == reading->in_memory && s->reading.in_file == reading->in_file)
            return s;
    return NULL;
}

/* Reads a data set and puts it into the list. */
static enum lfads_status add(struct array_dataset **out, struct array_datasets *shared,
                             const struct session_files *files, const struct session_wants *wants,
                             const struct array_reading *reading, struct lfads_error *err)
{
    struct array_dataset *new = calloc(1, sizeof *new);
    enum lfads_status status;

    if (!new)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a data set");
    status = dataset_open(&new->dataset, files, wants, err);
    if (status != LFADS_OK) {
        free(new);
        return status;
    }
    new->wants = *wants;
    new->wants.sv_random = NULL;
    new->wants.limits = (struct storage_limits){.memory = 0};
    new->reading = *reading;
    new->next = shared->first;
    shared->first = new;
    *out = new;
    return LFADS_OK;
}

enum lfads_status array_dataset_open(struct dataset **out, struct array_datasets *shared,
                                     const struct session_files *files,
                                     const struct session_wants *wants,
                                     const struct array_reading *reading, struct lfads_error *err)
{
    struct array_dataset *found;
    enum lfads_status status = LFADS_OK;

    *out = NULL;
    pthread_mutex_lock(&shared->mutex);
    found = find(shared, wants, reading);
    if (!found)
        status = add(&found, shared, files, wants, reading, err);
    if (status == LFADS_OK) {
        found->users++;
        *out = found->dataset;
    }
    pthread_mutex_unlock(&shared->mutex);
    return status;
}

void array_dataset_close(struct array_datasets *shared, struct dataset *dataset)
{
    pthread_mutex_lock(&shared->mutex);
    for (struct array_dataset **at = &shared->first; *at; at = &(*at)->next) {
        struct array_dataset *s = *at;

        if (s->dataset != dataset)
            continue;
        if (--s->users == 0) {
            *at = s->next;
            dataset_close(dataset);
            free(s);
        }
        break;
    }
    pthread_mutex_unlock(&shared->mutex);
}
