/* pass_ranks.c - a pass in several processes. Each runs some of a batch's accumulators, and their
 * sum has the bits that one process gives it: it goes from process to process, each adds its own in
 * their order, and the last gives it to all. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/sizes.h"
#include "learn/learner_private.h"

enum { PIECE = 1 << 16 }; /* numbers that a process sends at a time, while others add */

struct share pass_share(const struct pass *pass, size_t process)
{
    const struct learner *l = pass->learner;
    size_t count = size_min(l->n_accumulators, pass_shard_count(pass));
    size_t processes = l->options.ranks->count;

    return (struct share){.first = process * count / processes,
                          .last = (process + 1) * count / processes};
}

static bool is_empty(const struct pass *pass, size_t process)
{
    const struct share share = pass_share(pass, process);

    return share.first == share.last;
}

static enum lfads_status fail(struct learner *l, enum lfads_status status)
{
    return l->failure.status = status;
}

/* The numbers FIRST to FIRST + COUNT of the sum, from the process BEFORE to the process AFTER; the
 * number of this one stands for none. */
static enum lfads_status pass_on(struct pass *pass, size_t first, size_t count, size_t before,
                                 size_t after)
{
    struct learner *l = pass->learner;
    struct lfads_ranks *ranks = l->options.ranks;
    real *sum = l->gradient + first;
    enum lfads_status status = LFADS_OK;

    if (before != ranks->number)
        status = ranks->receive(ranks, before, sum, count * sizeof *sum, &l->failure);
    if (status == LFADS_OK)
        pass_add_accumulators(pass, first, count, before == ranks->number);
    if (status == LFADS_OK && after != ranks->number)
        status = ranks->send(ranks, after, sum, count * sizeof *sum, &l->failure);
    return fail(l, status);
}

enum lfads_status pass_sum_ranks(struct pass *pass)
{
    struct learner *l = pass->learner;
    struct lfads_ranks *ranks = l->options.ranks;
    size_t size = l->model->size, last = ranks->count - 1; /* has accumulators of any batch */
    size_t before = ranks->number, after = size_min(ranks->number + 1, last);

    while (before > 0 && is_empty(pass, before - 1))
        before--;
    before = before > 0 ? before - 1 : ranks->number;
    while (after < last && is_empty(pass, after))
        after++;
    for (size_t at = 0; at < size && l->n_accumulators > 1 && !is_empty(pass, ranks->number);
         at += PIECE)
        if (pass_on(pass, at, size_min(PIECE, size - at), before, after) != LFADS_OK)
            return l->failure.status;
    return fail(
        l, ranks->broadcast(ranks, l->gradient, size * sizeof *l->gradient, last, &l->failure));
}

enum copying { COPY_NOTHING, COPY_THERE, COPY_BACK };

/* Copies the costs of accumulators SHARE to or from JOINED, where they lie one accumulator after
 * the other. Returns the next free place there. */
static acc *copy_costs(const struct pass *pass, const struct share *share, acc *joined,
                       enum copying how)
{
    const struct learner *l = pass->learner;
    size_t shards = pass_shard_count(pass);

    for (size_t accumulator = share->first; accumulator < share->last; accumulator++)
        for (size_t i = accumulator; i < shards; i += l->n_accumulators) {
            const struct piece piece = pass_piece(pass, i);
            const size_t bytes = piece.trials * sizeof *joined;

            for (int term = 0; term < COST_TERMS; term++, joined += piece.trials) {
                acc *costs = pass->pending->cost[term] + piece.row;

                if (how == COPY_THERE)
                    memcpy(joined, costs, bytes);
                else if (how == COPY_BACK)
                    memcpy(costs, joined, bytes);
            }
        }
    return joined;
}

enum lfads_status pass_join_costs(struct pass *pass)
{
    struct learner *l = pass->learner;
    struct lfads_ranks *ranks = l->options.ranks;
    const struct share all = {0, size_min(l->n_accumulators, pass_shard_count(pass))};
    acc *at = l->joined_costs;

    for (size_t i = 0; i < ranks->count; i++) {
        const struct share share = pass_share(pass, i);

        l->cost_offsets[i] = (size_t)((char *)at - (char *)l->joined_costs);
        at = copy_costs(pass, &share, at, i == ranks->number ? COPY_THERE : COPY_NOTHING);
    }
    l->cost_offsets[ranks->count] = (size_t)((char *)at - (char *)l->joined_costs);
    if (fail(l, ranks->gather(ranks, l->joined_costs, l->cost_offsets, &l->failure)) != LFADS_OK)
        return l->failure.status;
    copy_costs(pass, &all, l->joined_costs, COPY_BACK);
    return LFADS_OK;
}
