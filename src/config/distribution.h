/* distribution.h - what is known of each distribution of the observations (distributions.def).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_DISTRIBUTION_H
#define LFADS_CONFIG_DISTRIBUTION_H
#include <stddef.h>

/* The attribute of result files that names their distribution. */
#define DISTRIBUTION_ATTRIBUTE "output_dist"

enum { OUT_PARAMS = 3 }; /* parameters a channel, at most */

enum distribution_id {
#define DISTRIBUTION(name, data, written, ...) DISTRIBUTION_##name,
#include "config/distributions.def"
#undef DISTRIBUTION
    DISTRIBUTIONS
};

enum observed_data { DATA_COUNTS, DATA_REALS, DATA_POSITIVE, DATA_INFLATED };

/* A number a channel of the distribution, affine in the factors. */
struct out_param {
    const char *name;
    double scale, first; /* of the first values of W, 0: zeros; of b */
};

struct distribution {
    enum distribution_id id;
    const char *name; /* as --output_dist has it */
    enum observed_data data;
    size_t written;  /* numbers a channel in results: mean, variance, … */
    size_t n_params; /* numbers a channel */
    struct out_param params[OUT_PARAMS];
};

/* The names, each with a | before it. */
extern const char distribution_names[];
#define DISTRIBUTION_CHOICES (distribution_names + 1) /* a|b */

/* NULL if there is no distribution NAME. */
const struct distribution *distribution_find(const char *name);
const struct distribution *distribution_of(enum distribution_id id);
#endif
