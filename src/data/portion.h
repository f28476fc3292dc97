/* portion.h - trials that are worked on together, a batch or a block to sample: at hand where their
 * session is in memory; otherwise read from its file by a thread of its own while the portion
 * before is worked on. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_PORTION_H
#define LFADS_DATA_PORTION_H
#include "data/batches.h"

/* One portion. Its records are those of its trials in order or, where these are NULL, the session's
 * in memory, at the trials' places. */
struct portion {
    const struct session *session;
    enum session_set set;
    const struct batch *batch;
    const void *data, *ext;
};

/* Sets x [T,count,N] to the numbers of COUNT of the portion's trials from its FIRST-th on, and ext
 * [T,count,E] to their external inputs, where the session has any. */
void portion_copy(float *x, float *ext, const struct portion *portion, size_t first, size_t count);

/* Hands out portions of a data set one after the other. */
struct portions;

/* For portions of MOST trials at most. *OUT is freed by portions_free; DATASET must live as long.
 */
enum lfads_status portions_create(struct portions **out, const struct dataset *dataset, size_t most,
                                  struct lfads_error *err);
/* Waits for a reading in progress. Takes NULL. */
void portions_free(struct portions *portions);
/* Bytes that such take: none where all sessions are in memory. */
size_t portions_bytes(const struct dataset *dataset, size_t most);

/* Begins a list of COUNT batches of SET, which must live until the last is taken or the
 * list is dropped, by portions_end or another. */
void portions_begin(struct portions *portions, enum session_set set, const struct batch *batch,
                    size_t count);
/* Drops what is left of the list, which need not live any longer. */
void portions_end(struct portions *portions);
/* Sets *PORTION to the list's next, which is good until the next call, and has the one after it
 * read meanwhile. Fails where the file can't be read. */
enum lfads_status portions_next(struct portion *portion, struct portions *portions,
                                struct lfads_error *err);
#endif
