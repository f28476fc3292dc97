/* dataset_offer.c - describes a data set in shared memory and makes one of the description, by the
 * same functions in both directions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/dataset_offer.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum direction { MEASURES, PACKS, UNPACKS };

/* A description in progress. */
struct transfer {
    enum direction direction;
    char *bytes;       /* the description; while it is measured NULL */
    size_t at;         /* bytes of it so far */
    int memory;        /* the shared memory, while it is unpacked */
    bool lacks_memory; /* for what is unpacked */
    struct lfads_error *err;
};

/* Copies DATA into the description, or out of it. */
static void move(struct transfer *t, void *data, size_t bytes)
{
    if (t->direction == PACKS)
        memcpy(t->bytes + t->at, data, bytes);
    if (t->direction == UNPACKS)
        memcpy(data, t->bytes + t->at, bytes);
    t->at += bytes;
}

/* Moves an array of BYTES. SENT: the sender's address of it, NULL if it has none. Returns the
 * receiver's, which it frees. */
static void *move_array(struct transfer *t, void *sent, size_t bytes)
{
    void *array = sent && t->direction == UNPACKS ? malloc(bytes + 1) : sent;

    t->lacks_memory = t->lacks_memory || (sent && !array);
    if (sent && !t->lacks_memory)
        move(t, array, bytes);
    return array;
}

static char *move_text(struct transfer *t, char *sent)
{
    size_t bytes = sent && t->direction != UNPACKS ? strlen(sent) + 1 : 0;

    move(t, &bytes, sizeof bytes);
    return move_array(t, sent, bytes);
}

/* STORE: the sender's; becomes the receiver's. */
static enum lfads_status move_store(struct transfer *t, struct trial_store *store)
{
    struct shared_file file = {.process = 0};

    if (t->direction != UNPACKS && trial_store_streams(store))
        file = shared_file_of(store->file);
    move(t, &file, sizeof file);
    return t->direction == UNPACKS ? trial_store_attach(store, t->memory, &file, t->err) : LFADS_OK;
}

static enum lfads_status move_set(struct transfer *t, struct session_trials *to,
                                  struct session_trials sent)
{
    enum lfads_status status = LFADS_OK;

    to->missing = move_array(t, sent.missing, sent.count * sizeof *sent.missing);
    to->print = move_array(t, sent.print, sent.count * sizeof *sent.print);
    for (int array = 0; array < TRIAL_ARRAYS && status == LFADS_OK && !t->lacks_memory; array++) {
        struct trial_store store = sent.array[array];

        status = move_store(t, &store);
        to->array[array] = store;
    }
    return status;
}

/* Leaves S, a copy of another process's session, without its pointers and files. */
static void forget_owner(struct session *s)
{
    s->name = s->path = s->label = NULL;
    s->arrays = NULL;
    s->alignment_matrix = s->alignment_bias = NULL;
    s->keys = (struct session_keys){.used = NULL};
    for (int set = 0; set < SESSION_ALL_SETS; set++) {
        s->set[set].missing = NULL;
        s->set[set].print = NULL;
        s->set[set].kept = (struct key_list){.count = 0};
        for (int array = 0; array < TRIAL_ARRAYS; array++)
            s->set[set].array[array] = (struct trial_store){.file = -1};
    }
}

static enum lfads_status move_session(struct transfer *t, struct session *s)
{
    struct session sent = *s;
    enum lfads_status status = LFADS_OK;

    move(t, &sent, sizeof sent);
    if (t->direction == UNPACKS) {
        *s = sent;
        forget_owner(s);
    }
    s->name = move_text(t, sent.name);
    s->path = move_text(t, sent.path);
    s->label = move_text(t, sent.label);
    s->alignment_matrix = move_array(t, sent.alignment_matrix,
                                     sent.channels * sent.alignment_columns * sizeof(double));
    s->alignment_bias = move_array(t, sent.alignment_bias, sent.channels * sizeof(double));
    for (int set = 0; set < SESSION_ALL_SETS && status == LFADS_OK && !t->lacks_memory; set++)
        status = move_set(t, &s->set[set], sent.set[set]);
    return status == LFADS_OK && t->lacks_memory
               ? lfads_fail(t->err, LFADS_NO_MEMORY, "a process has no memory for the data set")
               : status;
}

static enum lfads_status move_dataset(struct transfer *t, struct dataset *dataset)
{
    size_t count = dataset->count;
    enum lfads_status status = LFADS_OK;

    move(t, &count, sizeof count);
    move(t, &dataset->bins, sizeof dataset->bins);
    if (t->direction == UNPACKS &&
        !(dataset->sessions = calloc(count + 1, sizeof(struct session *))))
        return lfads_fail(t->err, LFADS_NO_MEMORY, "a process has no memory for the data set");
    for (size_t i = 0; i < count && status == LFADS_OK; i++) {
        struct session *s = t->direction == UNPACKS ? calloc(1, sizeof *s) : dataset->sessions[i];

        if (!s)
            return lfads_fail(t->err, LFADS_NO_MEMORY, "a process has no memory for the data set");
        if (t->direction == UNPACKS) {
            dataset->sessions[i] = s;
            dataset->count = i + 1;
        }
        status = move_session(t, s);
    }
    return status;
}

/* Descriptions are in the memory layout of the program. */
static uint64_t sum_of_program(void)
{
    uint32_t sum = libdeflate_crc32(0, lfads_version(), strlen(lfads_version()));

    return sum + sizeof(struct session) + 1;
}

static enum lfads_status refused(const struct shared_memory *memory, struct lfads_error *err)
{
    return lfads_fail(err, LFADS_IO, "the system refuses shared memory: %s",
                      strerror(memory->refused));
}

enum lfads_status dataset_offer(struct dataset_offer *offer, const struct dataset *dataset,
                                struct shared_memory *memory, struct lfads_error *err)
{
    struct dataset sender = *dataset; /* stays as it is */
    struct transfer t = {.direction = MEASURES, .err = err};
    size_t offset, bytes;

    *offer = (struct dataset_offer){.program = 0};
    if (memory->refused)
        return refused(memory, err);
    move_dataset(&t, &sender);
    bytes = t.at;
    t = (struct transfer){.direction = PACKS, .err = err};
    t.bytes = shared_memory_take(memory, &offset, bytes);
    if (!t.bytes)
        return refused(memory, err);
    move_dataset(&t, &sender);
    shared_memory_unmap(t.bytes, bytes);
    *offer = (struct dataset_offer){sum_of_program(), shared_file_of(memory->file), offset, bytes};
    return LFADS_OK;
}

/* Makes *OUT of the description that T has mapped. */
static enum lfads_status unpack(struct dataset **out, struct transfer *t)
{
    enum lfads_status status;

    *out = calloc(1, sizeof **out);
    if (!*out)
        return lfads_fail(t->err, LFADS_NO_MEMORY, "a process has no memory for the data set");
    status = move_dataset(t, *out);
    if (status != LFADS_OK) {
        dataset_close(*out);
        *out = NULL;
    }
    return status;
}

enum lfads_status dataset_attach(struct dataset **out, const struct dataset_offer *offer,
                                 struct lfads_error *err)
{
    struct transfer t = {.direction = UNPACKS, .err = err};
    void *description = NULL;
    enum lfads_status status;

    *out = NULL;
    if (offer->program != sum_of_program())
        return lfads_fail(err, LFADS_USAGE, "they are of different versions of the program");
    status = shared_file_open(&t.memory, &offer->memory, err);
    if (status != LFADS_OK)
        return status;
    status = shared_memory_attach(&description, t.memory, (size_t)offer->offset,
                                  (size_t)offer->bytes, err);
    t.bytes = description;
    if (status == LFADS_OK)
        status = unpack(out, &t);
    shared_memory_unmap(description, (size_t)offer->bytes);
    close(t.memory);
    return status;
}
