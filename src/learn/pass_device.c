/* pass_device.c - a pass on a device: each session's part of the batch as one shard, recorded and
 * replayed. SPDX-License-Identifier: Apache-2.0 */
#include "learn/learner_private.h"

/* Two passes with the same key call the same operations; only the contents of the backend's memory
 * differ. */
static uint64_t key_of(const struct pass *pass, const struct batch_source *s)
{
    uint64_t later = s != pass->source, more = s->next != NULL;

    assert(s->trials < 1u << 30 && s->session < 1u << 24 && s->variant < 1u << 4);
    return later << 63 | more << 62 | (uint64_t)s->trials << 32 | s->session << 8 |
           s->variant << 4 | (unsigned)s->dropout << 2 | pass->kind;
}

/* A backend that records replays a pass with the same key. */
static void run_part(struct pass *pass, const struct piece *piece)
{
    const struct learner *l = pass->learner;
    const struct backend *be = l->be;
    struct shard *shard = l->shards[0];
    uint64_t key = key_of(pass, piece->part);
    bool done;

    pass_begin_shard(pass, shard, 0, piece);
    done = be->replay && be->replay(be, l, key);
    while (!done) {
        if (be->record)
            be->record(be, l, key);
        if (piece->part == pass->source)
            pass_clear_accumulator(pass, 0);
        pass_run_shard(pass, shard, piece);
        if (!piece->part->next)
            pass_finish(pass);
        done = !be->recorded || be->recorded(be, l, key);
    }
    pass_keep_costs(pass, shard, piece);
}

void pass_on_device(struct pass *pass)
{
    for (size_t i = 0; i < pass_shard_count(pass); i++) {
        const struct piece piece = pass_piece(pass, i);

        run_part(pass, &piece);
    }
}
