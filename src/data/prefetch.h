/* prefetch.h - the trials of a batch, or of a block to sample. They are in memory, or a thread
 * reads them from the session's file while the caller works on the previous batch.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_PREFETCH_H
#define LFADS_DATA_PREFETCH_H
#include "data/batches.h"

/* The trials of one batch. record[ARRAY] holds their records in order. If it is NULL, the session
 * has them in memory, at the trials' indices. */
struct prefetched {
    const struct session *session;
    enum session_set set;
    const struct batch *batch;
    const void *record[TRIAL_ARRAYS];
};

/* Copies COUNT trials of the batch, from trial FIRST, to DST[ARRAY] [T,count,width], for each array
 * that the session has and whose DST is not NULL. */
void prefetched_copy(float *const dst[TRIAL_ARRAYS], const struct prefetched *prefetched,
                     size_t first, size_t count);

/* Hands out the batches of a list, one after the other. */
struct prefetcher;

/* Creates a prefetcher for batches of at most MAX_TRIALS trials, of which the caller uses HELD at a
 * time. prefetcher_free frees *OUT; DATASET must outlive it. */
enum lfads_status prefetcher_create(struct prefetcher **out, const struct dataset *dataset,
                                    size_t max_trials, size_t held, struct lfads_error *err);
/* Waits for a read in progress. Accepts NULL. */
void prefetcher_free(struct prefetcher *prefetcher);
/* Bytes that a prefetcher allocates: 0 if all sessions are in memory. */
size_t prefetcher_bytes(const struct dataset *dataset, size_t max_trials, size_t held);

/* Begins a list of COUNT batches of SET. The list must live until its last batch is taken or
 * prefetcher_begin or prefetcher_end drops it. */
void prefetcher_begin(struct prefetcher *prefetcher, enum session_set set,
                      const struct batch *batch, size_t count);
/* Drops the rest of the list. */
void prefetcher_end(struct prefetcher *prefetcher);
/* Sets *PREFETCHED to the next batch of the list, valid until HELD more calls, and starts to read
 * the batch after it. Fails if the file can't be read. */
enum lfads_status prefetcher_next(struct prefetched *prefetched, struct prefetcher *prefetcher,
                                  struct lfads_error *err);
#endif
