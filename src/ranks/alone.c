/* alone.c - the operations of a process that works alone.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ranks/ranks.h"

static enum lfads_status broadcast(struct lfads_ranks *self, void *data, size_t bytes, size_t from,
                                   struct lfads_error *err)
{
    (void)self, (void)data, (void)bytes, (void)err;
    assert(from == 0);
    return LFADS_OK;
}

static enum lfads_status gather(struct lfads_ranks *self, void *data, const size_t *offsets,
                                struct lfads_error *err)
{
    (void)self, (void)data, (void)offsets, (void)err;
    return LFADS_OK;
}

static enum lfads_status maxima(struct lfads_ranks *self, uint64_t *values, size_t count,
                                struct lfads_error *err)
{
    (void)self, (void)values, (void)count, (void)err;
    return LFADS_OK;
}

static enum lfads_status refuse(struct lfads_error *err)
{
    return lfads_fail(err, LFADS_USAGE, "a process alone has no other to exchange bytes with");
}

static enum lfads_status send(struct lfads_ranks *self, size_t to, const void *data, size_t bytes,
                              struct lfads_error *err)
{
    (void)self, (void)to, (void)data, (void)bytes;
    return refuse(err);
}

static enum lfads_status receive(struct lfads_ranks *self, size_t from, void *data, size_t bytes,
                                 struct lfads_error *err)
{
    (void)self, (void)from, (void)data, (void)bytes;
    return refuse(err);
}

static enum lfads_status poll(struct lfads_ranks *self, bool *came, size_t *from, void *data,
                              size_t bytes, struct lfads_error *err)
{
    (void)self, (void)from, (void)data, (void)bytes, (void)err;
    *came = false;
    return LFADS_OK;
}

static void leave(struct lfads_ranks *self) { (void)self; }

struct lfads_ranks *ranks_alone(void)
{
    static const struct lfads_ranks alone = {.number = 0,
                                             .count = 1,
                                             .beside = 1,
                                             .first = 0,
                                             .broadcast = broadcast,
                                             .gather = gather,
                                             .maxima = maxima,
                                             .send = send,
                                             .receive = receive,
                                             .post = send,
                                             .poll = poll,
                                             .leave = leave};

    return (struct lfads_ranks *)&alone; /* its operations change nothing */
}
