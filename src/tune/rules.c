/* rules.c - who copies whom, how copied values change, when the search ends.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tune/rules.h"

#include <math.h>

/* Added to the seed, for purposes of numbers are all in use by trainings: "tune". */
static const uint64_t key = UINT64_C(0x74756e6500000000);

struct stream stream_begin(uint64_t seed, enum stream_use use, size_t generation, size_t member)
{
    return (struct stream){.address = {.seed = seed ^ key,
                                       .purpose = PHILOX_INITIAL_VALUES,
                                       .step = (uint32_t)generation,
                                       .trial = (uint32_t)member,
                                       .sample = (uint32_t)use},
                           .used = 0};
}

double stream_uniform(struct stream *stream)
{
    uint32_t word[4];

    stream->address.time = stream->used >> 16;
    philox_block(word, &stream->address, stream->used & 0xffff);
    stream->used++;
    return ((double)(word[0] >> 5) * 67108864 + (double)(word[1] >> 6) + 0.5) / 9007199254740992;
}

uint64_t stream_seed(uint64_t seed, size_t member)
{
    struct stream stream = stream_begin(seed, STREAM_SEED, 0, member);
    uint32_t word[4];

    philox_block(word, &stream.address, 0);
    return ((uint64_t)word[0] << 32 | word[1]) >> 1;
}

/* Whether A is a better score than B. */
static bool is_better(double a, double b) { return a < b || (isnan(b) && !isnan(a)); }

size_t best_member(const double *score, size_t n)
{
    size_t best = n;

    for (size_t i = 0; i < n; i++)
        if (!isnan(score[i]) && (best == n || score[i] < score[best]))
            best = i;
    return best;
}

static size_t draw_below(struct stream *stream, size_t n)
{
    return (size_t)(stream_uniform(stream) * (double)n);
}

/* Members without a score that keep their own weights take the best ones. */
static void replace_lost(size_t *parent, const double *score, size_t n)
{
    size_t best = best_member(score, n);

    for (size_t i = 0; i < n; i++)
        if (isnan(score[i]) && parent[i] == i)
            parent[i] = best;
}

size_t rank_members(size_t *order, const double *score, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        size_t place = count;

        if (isnan(score[i]))
            continue;
        for (; place > 0 && score[i] < score[order[place - 1]]; place--)
            order[place] = order[place - 1];
        order[place] = i;
        count++;
    }
    return count;
}

void exploit_pairs(size_t *parent, const double *score, size_t n, struct stream *stream)
{
    size_t order[MEMBERS_MAX] = {0};

    for (size_t i = 0; i < n; i++) { /* inside-out shuffle */
        size_t j = draw_below(stream, i + 1);

        parent[i] = i;
        order[i] = order[j];
        order[j] = i;
    }
    for (size_t i = 0; i + 1 < n; i += 2) {
        size_t a = order[i], b = order[i + 1];

        if (is_better(score[a], score[b]))
            parent[b] = a;
        else if (is_better(score[b], score[a]))
            parent[a] = b;
    }
    replace_lost(parent, score, n);
}

void exploit_rivals(size_t *parent, const double *score, size_t n, struct stream *stream)
{
    for (size_t i = 0; i < n; i++) {
        size_t others = 0, met;

        parent[i] = i;
        for (size_t j = 0; j < n; j++)
            others += j != i && !isnan(score[j]);
        met = draw_below(stream, others);
        for (size_t j = 0; others && j < n; j++)
            if (j != i && !isnan(score[j]) && met-- == 0) {
                if (is_better(score[j], score[i]))
                    parent[i] = j;
                break;
            }
    }
}

size_t members_at_once(size_t members, size_t threads, size_t bytes, size_t available)
{
    size_t fit = bytes ? available / bytes : members;
    size_t most = threads < members ? threads : members;

    if (fit < most)
        most = fit;
    return most > 0 ? most : 1;
}

double explore_value(double value, double low, double high, explore_factor *next, void *payload)
{
    const int tries = 99;
    double changed = value;

    for (int i = 0; i < tries; i++) {
        changed = value * next(payload);
        if (changed >= low && changed <= high)
            return changed;
    }
    return fmin(fmax(changed, low), high);
}

static double between(const struct explorer *explorer, double low, double high)
{
    return low + (high - low) * stream_uniform(explorer->stream);
}

static double sign(const struct explorer *explorer)
{
    return stream_uniform(explorer->stream) < 0.5 ? -1 : 1;
}

static const double least = 0.002; /* share of the weight */

double explore_linear(void *payload)
{
    const struct explorer *explorer = payload;
    double size = between(explorer, least * explorer->weight, explorer->weight);

    return 1 + sign(explorer) * size;
}

double explore_log(void *payload)
{
    const struct explorer *explorer = payload;
    double size = between(explorer, log1p(least * explorer->weight), log1p(explorer->weight));

    return exp(sign(explorer) * size);
}

bool search_is_over(const double *best, size_t n, size_t patience, double ratio)
{
    double least_score, mean = 0;

    if (patience == 0 || n < patience)
        return false;
    best += n - patience;
    least_score = best[0];
    for (size_t i = 0; i < patience; i++) {
        least_score = fmin(least_score, best[i]);
        mean += fabs(best[i]) / (double)patience;
    }
    return best[0] - least_score <= ratio * mean;
}
