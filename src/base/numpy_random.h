/* numpy_random.h - NumPy's legacy RandomState, with the same numbers in the same order (synth.md
 * 7): MT19937, 53-bit uniforms, polar-method normals, masked bounded integers, Poisson counts.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_NUMPY_RANDOM_H
#define LFADS_BASE_NUMPY_RANDOM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct numpy_random {
    uint32_t state[624];
    size_t next;    /* the next word of the state */
    bool has_spare; /* spare holds the second normal number of the last pair */
    double spare;
};

/* RandomState(seed). */
void numpy_random_seed(struct numpy_random *random, uint32_t seed);
/* random_sample(): uniform in [0,1). */
double numpy_random_uniform(struct numpy_random *random);
/* The next 32-bit word. */
uint32_t numpy_random_word(struct numpy_random *random);
/* randn(). */
double numpy_random_normal(struct numpy_random *random);
/* randint(range) or choice(range): an integer below RANGE, which is at least 1. */
uint32_t numpy_random_below(struct numpy_random *random, uint32_t range);
/* poisson(mean); MEAN is at least 0. */
int64_t numpy_random_poisson(struct numpy_random *random, double mean);
#endif
