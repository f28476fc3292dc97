/* batches.h - an epoch as a list of batches (training.md, "An epoch").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_BATCHES_H
#define LFADS_DATA_BATCHES_H
#include "data/dataset.h"

struct batch {
    size_t session, count;
    const size_t *trials; /* [count] indices of trials in the session's set; owned by the list */
};

/* How an epoch's trials become batches. */
struct batch_rules {
    size_t batch_size;
    bool drop;     /* batches are not filled up */
    bool together; /* a step takes trials of all sessions */
};

struct batches {
    struct batch *batch;
    size_t count, batch_size; /* batch_size: greatest count of a batch */
    size_t per_step;          /* batches that a step takes: 1, or one of each session */
    size_t *trials;           /* the trials of all batches, one batch after the other */
    size_t max_batches;       /* allocated */
    struct batch_rules rules;
};

/* Allocates the list for an epoch of SET. batches_free frees *OUT. */
enum lfads_status batches_create(struct batches **out, const struct dataset *dataset,
                                 enum session_set set, const struct batch_rules *rules,
                                 struct lfads_error *err);
void batches_free(struct batches *batches);
/* Lists the first TRIALS trials of SESSION in order, in batches of at most BATCH_SIZE. batches_free
 * frees *OUT. */
enum lfads_status batches_in_order(struct batches **out, size_t session, size_t trials,
                                   size_t batch_size, struct lfads_error *err);
/* Sets the batches of epoch EPOCH. Each session's trials come in random order, followed by distinct
 * trials of the session up to a multiple of the batch size (repeated if it has fewer). Then
 * shuffles the batches of all sessions. A session without trials in SET has no batch.
 * With drop nothing fills a batch up: trials that do not fill one are left out of the epoch, unless
 * the session has no others; a last batch of the validation set may be small.
 * Together: a step takes as many trials of each session with trials in SET, batch_size of all; the
 * epoch ends with the largest session, and smaller ones begin again. */
void batches_shuffle(struct batches *batches, const struct dataset *dataset, enum session_set set,
                     uint64_t seed, uint32_t epoch);
#endif
