/* prefetch.c - hands out batches in memory, and reads others into buffers: while the caller works
 * on some, a thread fills the next.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/prefetch.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/sizes.h"

struct prefetcher {
    const struct dataset *dataset;
    char **buffer;               /* [buffers]: one is being read, the caller uses the others */
    size_t buffers;              /* 0: no session streams */
    size_t offset[TRIAL_ARRAYS]; /* of an array's records in a buffer */
    enum session_set set;
    const struct batch *batch;     /* the batches not handed out yet */
    size_t remaining, next_buffer; /* their number; the buffer of the next one */
    /* the reader of the next batch */
    pthread_t thread;
    bool running, read; /* a thread runs; the batch is read or being read */
    enum lfads_status status;
    struct lfads_error error;
};

/* Bytes of an array's longest record among the sessions that are read from files, rounded up to
 * cache lines. */
static size_t max_record_bytes(const struct dataset *dataset, enum trial_array array)
{
    size_t length = 0;

    for (size_t i = 0; i < dataset->count; i++)
        for (int set = 0; set < SESSION_ALL_SETS; set++) {
            const struct trial_store *store = &dataset->sessions[i]->set[set].array[array];

            if (trial_store_streams(store))
                length = size_max(length, trial_store_length(store));
        }
    return (length + 63) / 64 * 64;
}

/* Sets the offsets of the arrays in a buffer for MAX_TRIALS trials; returns the buffer's bytes. */
static size_t set_offsets(size_t offset[TRIAL_ARRAYS], const struct dataset *dataset,
                          size_t max_trials)
{
    size_t bytes = 0;

    for (int array = 0; array < TRIAL_ARRAYS; array++) {
        offset[array] = bytes;
        bytes += max_trials * max_record_bytes(dataset, (enum trial_array)array);
    }
    return bytes;
}

size_t prefetcher_bytes(const struct dataset *dataset, size_t max_trials, size_t held)
{
    size_t offset[TRIAL_ARRAYS];

    return (held + 1) * set_offsets(offset, dataset, max_trials);
}

enum lfads_status prefetcher_create(struct prefetcher **out, const struct dataset *dataset,
                                    size_t max_trials, size_t held, struct lfads_error *err)
{
    struct prefetcher *p = *out = calloc(1, sizeof *p);
    size_t bytes = 0;

    if (p) {
        p->dataset = dataset;
        bytes = set_offsets(p->offset, dataset, max_trials);
    }
    if (p && bytes > 0) {
        p->buffer = calloc(held + 1, sizeof *p->buffer);
        p->buffers = p->buffer ? held + 1 : 0;
    }
    for (size_t i = 0; p && bytes > 0 && i < held + 1; i++)
        if (!p->buffer || !(p->buffer[i] = malloc(bytes))) {
            prefetcher_free(p);
            p = *out = NULL;
        }
    return p ? LFADS_OK
             : lfads_fail(err, LFADS_NO_MEMORY, "no memory for batches of %zu trials", max_trials);
}

static void join_reader(struct prefetcher *p)
{
    if (p->running)
        pthread_join(p->thread, NULL);
    p->running = false;
}

void prefetcher_free(struct prefetcher *prefetcher)
{
    if (!prefetcher)
        return;
    join_reader(prefetcher);
    for (size_t i = 0; i < prefetcher->buffers; i++)
        free(prefetcher->buffer[i]);
    free(prefetcher->buffer);
    free(prefetcher);
}

/* Reads the records of the batch's trials. Announces all of them first, so that the system can read
 * them together. */
static enum lfads_status read_records(char *bytes, const struct trial_store *store,
                                      const struct batch *batch, struct lfads_error *err)
{
    size_t length = trial_store_length(store);
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < batch->count; i++)
        trial_store_prefetch(store, batch->trials[i]);
    for (size_t i = 0; i < batch->count && status == LFADS_OK; i++)
        status = trial_store_read(bytes + i * length, store, batch->trials[i], err);
    return status;
}

static const struct session_trials *trials_of(const struct prefetcher *p)
{
    return &p->dataset->sessions[p->batch->session]->set[p->set];
}

/* Reads the next batch into its buffer. */
static void *read_batch(void *payload)
{
    struct prefetcher *p = payload;
    const struct session_trials *trials = trials_of(p);
    char *buffer = p->buffers ? p->buffer[p->next_buffer] : NULL;

    p->status = LFADS_OK;
    for (int array = 0; array < TRIAL_ARRAYS && p->status == LFADS_OK; array++)
        if (trial_store_streams(&trials->array[array]))
            p->status =
                read_records(buffer + p->offset[array], &trials->array[array], p->batch, &p->error);
    return NULL;
}

static bool any_streams(const struct session_trials *trials)
{
    bool any = false;

    for (int array = 0; array < TRIAL_ARRAYS; array++)
        any = any || trial_store_streams(&trials->array[array]);
    return any;
}

/* Starts a thread that reads the next batch. If no thread can start, prefetcher_next reads the
 * batch. */
static void start_reader(struct prefetcher *p)
{
    p->read = false;
    if (p->remaining == 0 || !any_streams(trials_of(p)))
        return;
    p->running = p->read = pthread_create(&p->thread, NULL, read_batch, p) == 0;
}

void prefetcher_begin(struct prefetcher *prefetcher, enum session_set set,
                      const struct batch *batch, size_t count)
{
    join_reader(prefetcher);
    prefetcher->set = set;
    prefetcher->batch = batch;
    prefetcher->remaining = count;
    start_reader(prefetcher);
}

void prefetcher_end(struct prefetcher *prefetcher)
{
    join_reader(prefetcher);
    prefetcher->remaining = 0;
}

enum lfads_status prefetcher_next(struct prefetched *prefetched, struct prefetcher *prefetcher,
                                  struct lfads_error *err)
{
    struct prefetcher *p = prefetcher;
    const struct session_trials *trials;
    const char *buffer = p->buffers ? p->buffer[p->next_buffer] : NULL;

    assert(p->remaining > 0);
    join_reader(p);
    if (!p->read)
        read_batch(p);
    if (p->status != LFADS_OK)
        return lfads_fail(err, p->status, "%s", p->error.text);
    trials = trials_of(p);
    *prefetched = (struct prefetched){
        .session = p->dataset->sessions[p->batch->session], .set = p->set, .batch = p->batch};
    for (int array = 0; array < TRIAL_ARRAYS; array++)
        if (trial_store_streams(&trials->array[array]))
            prefetched->record[array] = buffer + p->offset[array];
    p->batch++;
    p->remaining--;
    p->next_buffer = p->buffers ? (p->next_buffer + 1) % p->buffers : 0;
    start_reader(p);
    return LFADS_OK;
}

/* Returns the record of trial I of the batch: in READ, or in the store's memory if READ is NULL. */
static const char *record_of(const struct trial_store *store, const void *read,
                             const struct prefetched *prefetched, size_t i)
{
    size_t length = trial_store_length(store);

    return read ? (const char *)read + i * length
                : (const char *)store->memory + prefetched->batch->trials[i] * length;
}

/* Unpacks a record as rows of WIDTH numbers, one per bin. */
static void copy_rows(float *dst, size_t stride, const char *record,
                      const struct trial_store *store, size_t width)
{
    size_t bytes = width * trial_store_bytes(store->type);

    for (size_t i = 0; i < store->numbers; i += width, dst += stride, record += bytes)
        trial_store_unpack(dst, record, store->type, width);
}

void prefetched_copy(float *const dst[TRIAL_ARRAYS], const struct prefetched *prefetched,
                     size_t first, size_t count)
{
    const struct session_trials *trials = &prefetched->session->set[prefetched->set];

    for (int array = 0; array < TRIAL_ARRAYS; array++) {
        const struct trial_store *store = &trials->array[array];
        size_t width = session_width(prefetched->session, (enum trial_array)array);

        for (size_t b = 0; b < count && width && dst[array]; b++)
            copy_rows(dst[array] + b * width, count * width,
                      record_of(store, prefetched->record[array], prefetched, first + b), store,
                      width);
    }
}
