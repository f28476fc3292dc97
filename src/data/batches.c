/* batches.c - puts trials into batches.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/batches.h"

#include <stdlib.h>
#include <string.h>

#include "base/philox.h"
#include "base/sizes.h"

/* A sequence of random words of one purpose. */
struct sequence {
    struct philox_address address;
    uint32_t next;
};

/* A number below RANGE (not 0), all equally likely. Skips the words at the end of the 32-bit range
 * that would make small numbers more likely. */
static size_t random_below(struct sequence *sequence, size_t range)
{
    uint64_t limit = ((uint64_t)1 << 32) / range * range;
    uint32_t word[4];

    do {
        sequence->address.time = sequence->next % PHILOX_MAX_TIME;
        sequence->address.trial = sequence->next / PHILOX_MAX_TIME;
        sequence->next++;
        philox_block(word, &sequence->address, 0);
    } while (word[0] >= limit);
    return word[0] % range;
}

/* Moves COUNT randomly chosen ones of the LENGTH numbers to the front, in random order. */
static void shuffle(struct sequence *sequence, size_t *numbers, size_t count, size_t length)
{
    for (size_t i = 0; i < count && i + 1 < length; i++) {
        size_t j = i + random_below(sequence, length - i), temp = numbers[i];

        numbers[i] = numbers[j];
        numbers[j] = temp;
    }
}

static size_t batches_of(size_t trials, size_t batch_size)
{
    return (trials + batch_size - 1) / batch_size;
}

/* A session's trials in all its batches: with DROP only full batches, but at least one batch. */
static size_t batched_trials(size_t trials, size_t batch_size, bool drop)
{
    if (!drop)
        return batches_of(trials, batch_size) * batch_size;
    return trials < batch_size ? trials : trials / batch_size * batch_size;
}

/* Allocates space for MAX_BATCHES batches. */
static enum lfads_status create(struct batches **out, size_t max_batches, size_t batch_size,
                                struct lfads_error *err)
{
    struct batches *b = calloc(1, sizeof *b);

    *out = NULL;
    if (b) {
        b->batch_size = batch_size;
        b->max_batches = max_batches;
        b->per_step = 1;
        b->batch = calloc(max_batches + 1, sizeof *b->batch);
        b->trials = calloc((max_batches + 1) * batch_size, sizeof *b->trials);
    }
    if (!b || !b->batch || !b->trials) {
        batches_free(b);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the list of batches");
    }
    *out = b;
    return LFADS_OK;
}

static size_t sessions_with(const struct dataset *dataset, enum session_set set)
{
    size_t count = 0;

    for (size_t s = 0; s < dataset->count; s++)
        count += dataset->sessions[s]->set[set].count > 0;
    return count;
}

static size_t largest_session(const struct dataset *dataset, enum session_set set)
{
    size_t largest = 0;

    for (size_t s = 0; s < dataset->count; s++)
        largest = size_max(largest, dataset->sessions[s]->set[set].count);
    return largest;
}

enum lfads_status batches_create(struct batches **out, const struct dataset *dataset,
                                 enum session_set set, const struct batch_rules *rules,
                                 struct lfads_error *err)
{
    size_t max_batches = 0, sessions = sessions_with(dataset, set);
    size_t batch_size = rules->together ? size_max(rules->batch_size / size_max(sessions, 1), 1)
                                        : rules->batch_size;
    enum lfads_status status;

    for (size_t s = 0; s < dataset->count; s++)
        max_batches += batches_of(rules->together ? largest_session(dataset, set)
                                                  : dataset->sessions[s]->set[set].count,
                                  batch_size);
    status = create(out, max_batches, batch_size, err);
    if (status != LFADS_OK)
        return status;
    (*out)->rules = *rules;
    (*out)->per_step = rules->together ? size_max(sessions, 1) : 1;
    return LFADS_OK;
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

/* Writes a session's trials in random order, then distinct random trials to fill the last batch up
 * to PADDED trials. A session smaller than a batch repeats its trials. */
static void shuffle_session(size_t *trials, size_t count, size_t padded, struct sequence *sequence)
{
    for (size_t i = 0; i < count; i++)
        trials[i] = i;
    shuffle(sequence, trials, count, count);
    for (size_t filled = count; filled < padded;) {
        size_t n = padded - filled < count ? padded - filled : count;

        /* draws from all trials: the first ones, shuffled again, would repeat */
        for (size_t i = 0; i < n; i++) {
            size_t trial;
            bool repeated;

            do {
                trial = random_below(sequence, count);
                repeated = false;
                for (size_t j = 0; j < i; j++)
                    repeated |= trials[filled + j] == trial;
            } while (repeated);
            trials[filled + i] = trial;
        }
        filled += n;
    }
}

/* The random numbers that order a session's trials; those of the validation set differ by sample.
 */
static struct sequence trials_sequence(uint64_t seed, uint32_t epoch, size_t session,
                                       enum session_set set)
{
    return (struct sequence){.address = {.seed = seed,
                                         .purpose = PHILOX_SHUFFLE,
                                         .step = epoch,
                                         .session = (uint32_t)session,
                                         .sample = (uint32_t)set}};
}

/* Shuffles the batches; the sample separates these numbers from those of trials. */
static void shuffle_batches(struct batches *batches, enum session_set set, uint64_t seed,
                            uint32_t epoch)
{
    struct sequence order = {.address = {.seed = seed,
                                         .purpose = PHILOX_SHUFFLE,
                                         .step = epoch,
                                         .sample = SESSION_SETS + (uint32_t)set}};

    for (size_t i = 0; i + 1 < batches->count; i++) {
        size_t j = i + random_below(&order, batches->count - i);
        struct batch temp = batches->batch[i];

        batches->batch[i] = batches->batch[j];
        batches->batch[j] = temp;
    }
}

static void list_apart(struct batches *batches, const struct dataset *dataset, enum session_set set,
                       uint64_t seed, uint32_t epoch)
{
    size_t *next = batches->trials;

    for (size_t s = 0; s < dataset->count; s++) {
        size_t count = dataset->sessions[s]->set[set].count;
        bool whole = batches->rules.drop && set == SESSION_VALID;
        size_t padded =
            whole ? count : batched_trials(count, batches->batch_size, batches->rules.drop);
        struct sequence sequence = trials_sequence(seed, epoch, s, set);

        shuffle_session(next, count, padded, &sequence);
        for (size_t i = 0; i < padded; i += batches->batch_size)
            batches->batch[batches->count++] =
                (struct batch){.session = s,
                               .count = size_min(padded - i, batches->batch_size),
                               .trials = next + i};
        next += size_max(count, padded);
    }
    shuffle_batches(batches, set, seed, epoch);
}

/* Step by step, a batch of each session. */
static void list_together(struct batches *batches, const struct dataset *dataset,
                          enum session_set set, uint64_t seed, uint32_t epoch)
{
    size_t size = batches->batch_size, largest = largest_session(dataset, set), place = 0;
    size_t total = batches->rules.drop && set == SESSION_TRAIN ? batched_trials(largest, size, true)
                                                               : batches_of(largest, size) * size;
    size_t steps = batches_of(total, size);

    for (size_t s = 0; s < dataset->count; s++) {
        struct sequence sequence = trials_sequence(seed, epoch, s, set);
        size_t available = dataset->sessions[s]->set[set].count;

        if (!available)
            continue;
        /* may write a part of the next session's place, which is filled afterwards */
        shuffle_session(batches->trials + place * steps * size, available, total, &sequence);
        for (size_t i = 0; i < steps; i++)
            batches->batch[i * batches->per_step + place] =
                (struct batch){.session = s,
                               .count = size_min(total - i * size, size),
                               .trials = batches->trials + (place * steps + i) * size};
        place++;
    }
    batches->count = steps * batches->per_step;
}

void batches_shuffle(struct batches *batches, const struct dataset *dataset, enum session_set set,
                     uint64_t seed, uint32_t epoch)
{
    batches->count = 0;
    if (!largest_session(dataset, set))
        return;
    if (batches->rules.together)
        list_together(batches, dataset, set, seed, epoch);
    else
        list_apart(batches, dataset, set, seed, epoch);
}
