/* learner_private.h - one pass over a batch, shared by the files that run it: on threads, on a
 * device.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_LEARN_LEARNER_PRIVATE_H
#define LFADS_LEARN_LEARNER_PRIVATE_H
#include "learn/learner.h"

enum pass_kind { EVALUATE, DIFFERENTIATE, STEP };

/* The accumulators of a batch that a process runs: FIRST to LAST - 1. Its own number 0 is FIRST. */
struct share {
    size_t first, last;
};

/* A pass in progress. */
struct pass {
    struct learner *learner;
    const struct batch_source *source; /* the first part */
    size_t trials, parts;              /* of the whole batch */
    enum pass_kind kind;
    struct pending *pending;
    struct share share; /* of this process; not used on a device */
};

/* Sets shard_trials, n_accumulators, own_accumulators and options.threads from backend, model and
 * options. On a device the batch is one shard. */
void pass_lay_out(struct learner *learner);
/* The number of shards of a batch. */
size_t pass_shard_count(const struct pass *pass);

/* A shard's place: TRIALS of PART from FIRST on; ROW is the first one's place in the batch. */
struct piece {
    const struct batch_source *part;
    size_t first, trials, row;
};
/* Returns the place of shard INDEX. */
struct piece pass_piece(const struct pass *pass, size_t index);

/* The steps of one shard: sets up and loads it; clears the accumulator, which is counted from the
 * process's first one; computes costs and
 * gradient; downloads the costs. The operations between pass_begin_shard and pass_keep_costs may be
 * recorded.
 */
void pass_begin_shard(const struct pass *pass, struct shard *shard, size_t accumulator,
                      const struct piece *piece);
void pass_clear_accumulator(const struct pass *pass, size_t accumulator);
void pass_run_shard(const struct pass *pass, struct shard *shard, const struct piece *piece);
void pass_keep_costs(const struct pass *pass, const struct shard *shard, const struct piece *piece);

/* The whole pass: on threads, shard by shard (pass_host.c); as one shard (pass_device.c). */
void pass_on_host(struct pass *pass);
void pass_on_device(struct pass *pass);

/* Adds this process's accumulators, in their order, to COUNT numbers of the gradient from FIRST on;
 * AFRESH: these begin from zero. */
void pass_add_accumulators(const struct pass *pass, size_t first, size_t count, bool afresh);

/* ---- pass_ranks.c: several processes ---- */

/* Returns the accumulators of PROCESS. */
struct share pass_share(const struct pass *pass, size_t process);
/* Collective: joins the costs of all processes; sums their accumulators, so that all have the
 * gradient. A failure is the learner's, too. */
enum lfads_status pass_join_costs(struct pass *pass);
enum lfads_status pass_sum_ranks(struct pass *pass);

/* Ends a pass after the shards' gradients are summed: adds the L2 cost and its gradient, computes
 * the norm over the trained parameters, and updates (update.c). */
void pass_finish(const struct pass *pass);
/* Refreshes what is derived from the parameters: packed and transposed copies (update.c). */
void learner_refresh(struct learner *learner);
#endif
