/* rules.h - the decisions of population-based training as pure functions of scores and a stream of
 * random numbers (modern.md 8). A score is a cost: less is better; NaN is worst.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TUNE_RULES_H
#define LFADS_TUNE_RULES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/philox.h"

enum { MEMBERS_MAX = 4096 };

/* What a stream's numbers are for. Results depend on the values: append, never reorder. */
enum stream_use { STREAM_FIRST_VALUES, STREAM_EXPLOIT, STREAM_EXPLORE, STREAM_SEED };

/* A stream of random numbers of one member (or 0) in one generation. */
struct stream {
    struct philox_address address;
    uint32_t used;
};

struct stream stream_begin(uint64_t seed, enum stream_use use, size_t generation, size_t member);
/* Returns the next number, uniform in (0, 1). */
double stream_uniform(struct stream *stream);
/* Returns the seed of MEMBER's training: not negative as an int64_t. */
uint64_t stream_seed(uint64_t seed, size_t member);

/* Set parent[i] to the member that member i copies, or to i. Members are compared by SCORE [n], n
 * <= MEMBERS_MAX, as it is before anyone copies. PAIRS: members are shuffled and paired off, an odd
 * one rests; the worse of a pair copies the better. RIVALS: each member meets one other, whose
 * score is finite, and copies it if it is better. In both a member whose score is NaN copies in any
 * case, the best one if it meets nobody. At least one score must be finite. */
void exploit_pairs(size_t *parent, const double *score, size_t n, struct stream *stream);
void exploit_rivals(size_t *parent, const double *score, size_t n, struct stream *stream);
/* Sets ORDER to the members whose score is not NaN, the best first, of equal ones the first;
 * returns how many they are. */
size_t rank_members(size_t *order, const double *score, size_t n);
/* Returns the member of least score; N if all are NaN. */
size_t best_member(const double *score, size_t n);

/* Returns how many of MEMBERS are trained at a time: a thread each, and with BYTES of memory each
 * as many as AVAILABLE bytes hold; at least one. */
size_t members_at_once(size_t members, size_t threads, size_t bytes, size_t available);

/* Returns the next random factor. */
typedef double explore_factor(void *payload);
/* Returns VALUE times a factor that leaves it from LOW to HIGH: of 99 factors the first that does,
 * else the last one's product, clamped. */
double explore_value(double value, double low, double high, explore_factor *next, void *payload);
/* The factors of --explore: 1 +- u, u uniform in [0.002 w, w]; or exp(+-u), u uniform in [ln(1 +
 * 0.002 w), ln(1 + w)]. */
struct explorer {
    struct stream *stream;
    double weight; /* w */
};
explore_factor explore_linear, explore_log; /* PAYLOAD: a struct explorer */

/* Whether the search is over, given the best score of each of N generations: the first of the last
 * PATIENCE exceeds the least of them by at most RATIO times the mean of their sizes. PATIENCE 0: it
 * never is. */
bool search_is_over(const double *best, size_t n, size_t patience, double ratio);
#endif
