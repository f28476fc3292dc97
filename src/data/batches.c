/* batches.c - dealing trials to batches, and moving spikes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/batches.h"

#include <stdlib.h>
#include <string.h>

#include "base/philox.h"

/* Random choices of one purpose, in order. */
struct dealer {
    struct philox_address at;
    uint32_t next;
};

/* A whole number below RANGE (not 0), all equally likely: 32 bits are too few to be biased
 * visibly, but words that would are passed over all the same. */
static size_t choose(struct dealer *dealer, size_t range)
{
    uint64_t limit = ((uint64_t)1 << 32) / range * range;
    uint32_t word[4];

    do {
        dealer->at.time = dealer->next % PHILOX_MAX_TIME;
        dealer->at.trial = dealer->next / PHILOX_MAX_TIME;
        dealer->next++;
        philox_block(word, &dealer->at, 0);
    } while (word[0] >= limit);
    return word[0] % range;
}

/* Puts COUNT random ones of the LENGTH numbers first, in random order. */
static void shuffle(struct dealer *dealer, size_t *numbers, size_t count, size_t length)
{
    for (size_t i = 0; i < count && i + 1 < length; i++) {
        size_t j = i + choose(dealer, length - i), kept = numbers[i];

        numbers[i] = numbers[j];
        numbers[j] = kept;
    }
}

static size_t batches_of(size_t trials, size_t batch_size)
{
    return (trials + batch_size - 1) / batch_size;
}

/* Room for MOST batches. */
static enum lfads_status create(struct batches **out, size_t most, size_t batch_size,
                                struct lfads_error *err)
{
    struct batches *b = calloc(1, sizeof *b);

    *out = NULL;
    if (b) {
        b->batch_size = batch_size;
        b->most_batches = most;
        b->batch = calloc(most + 1, sizeof *b->batch);
        b->trials = calloc((most + 1) * batch_size, sizeof *b->trials);
    }
    if (!b || !b->batch || !b->trials) {
        batches_free(b);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the list of batches");
    }
    *out = b;
    return LFADS_OK;
}

enum lfads_status batches_create(struct batches **out, const struct dataset *dataset,
                                 enum session_set set, size_t batch_size, struct lfads_error *err)
{
    size_t most = 0;

    for (size_t s = 0; s < dataset->count; s++)
        most += batches_of(dataset->sessions[s]->set[set].count, batch_size);
    return create(out, most, batch_size, err);
}

enum lfads_status batches_in_order(struct batches **out, size_t session, size_t trials,
                                   size_t batch_size, struct lfads_error *err)
{
    enum lfads_status status = create(out, batches_of(trials, batch_size), batch_size, err);

    if (status != LFADS_OK)
        return status;
    for (size_t i = 0; i < trials; i++)
        (*out)->trials[i] = i;
    for (size_t i = 0; i < trials; i += batch_size)
        (*out)->batch[(*out)->count++] =
            (struct batch){.session = session,
                           .count = trials - i < batch_size ? trials - i : batch_size,
                           .trials = (*out)->trials + i};
    return LFADS_OK;
}

void batches_free(struct batches *batches)
{
    if (!batches)
        return;
    free(batches->batch);
    free(batches->trials);
    free(batches);
}

/* One session's trials in random order, then as many distinct ones again as fill the last batch;
 * more than the session has are needed where it is smaller than a batch. */
static void deal_session(size_t *trials, size_t count, size_t places, struct dealer *dealer)
{
    for (size_t i = 0; i < count; i++)
        trials[i] = i;
    shuffle(dealer, trials, count, count);
    for (size_t filled = count; filled < places;) {
        size_t some = places - filled < count ? places - filled : count;

        /* a fresh choice among all: the first trials, shuffled within themselves, would repeat */
        for (size_t i = 0; i < some; i++) {
            size_t pick;
            bool taken;

            do {
                pick = choose(dealer, count);
                taken = false;
                for (size_t j = 0; j < i; j++)
                    taken |= trials[filled + j] == pick;
            } while (taken);
            trials[filled + i] = pick;
        }
        filled += some;
    }
}

void batches_deal(struct batches *batches, const struct dataset *dataset, enum session_set set,
                  uint64_t seed, uint32_t epoch)
{
    size_t *next = batches->trials;
    /* sample tells the sets apart, and the order of batches from that of trials */
    struct dealer all = {.at = {.seed = seed,
                                .purpose = PHILOX_SHUFFLE,
                                .step = epoch,
                                .sample = SESSION_SETS + (uint32_t)set}};

    batches->count = 0;
    for (size_t s = 0; s < dataset->count; s++) {
        size_t count = dataset->sessions[s]->set[set].count;
        size_t places = batches_of(count, batches->batch_size) * batches->batch_size;
        struct dealer dealer = {.at = {.seed = seed,
                                       .purpose = PHILOX_SHUFFLE,
                                       .step = epoch,
                                       .session = (uint32_t)s,
                                       .sample = (uint32_t)set}};

        deal_session(next, count, places, &dealer);
        for (size_t i = 0; i < places; i += batches->batch_size)
            batches->batch[batches->count++] =
                (struct batch){.session = s, .count = batches->batch_size, .trials = next + i};
        next += places;
    }
    for (size_t i = 0; i + 1 < batches->count; i++) {
        size_t j = i + choose(&all, batches->count - i);
        struct batch kept = batches->batch[i];

        batches->batch[i] = batches->batch[j];
        batches->batch[j] = kept;
    }
}

size_t jitter_bin(size_t bin, int64_t shift, size_t bins)
{
    int64_t moved = (int64_t)bin + shift, last = (int64_t)bins - 1;

    if (moved < 0)
        moved = -moved;
    if (moved > last)
        moved = 2 * last - moved;
    return (size_t)moved;
}

void jitter_trial(float *counts, size_t stride, float *scratch, size_t bins, size_t channels,
                  size_t width, uint64_t seed, uint32_t step, uint32_t session, uint32_t position)
{
    struct philox_address at = {.seed = seed,
                                .purpose = PHILOX_JITTER,
                                .step = step,
                                .session = session,
                                .trial = position};

    memset(scratch, 0, bins * channels * sizeof *scratch);
    for (size_t t = 0; t < bins; t++)
        for (size_t j = 0; j < channels; j++) {
            size_t spikes = (size_t)counts[t * stride + j];

            at.time = (uint32_t)t;
            for (size_t i = 0; i < spikes; i++) {
                uint32_t word[4];
                size_t to;

                at.sample = (uint32_t)(i % PHILOX_MAX_SAMPLE);
                philox_block(word, &at, (uint32_t)j);
                to = jitter_bin(t, (int64_t)(word[0] % (2 * width)) - (int64_t)width, bins);
                scratch[to * channels + j]++;
            }
        }
    for (size_t t = 0; t < bins; t++)
        memcpy(counts + t * stride, scratch + t * channels, channels * sizeof *counts);
}
