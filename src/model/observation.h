/* observation.h - the output distributions: likelihood of the data and mean, with their gradients
 * (model.md 7). config/distributions.def has what the rest of the program knows about them.
 *
 * R rows of a bin, N channels; a distribution has P parameters a channel, in P arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_OBSERVATION_H
#define LFADS_MODEL_OBSERVATION_H
#include "backend/backend.h"
#include "config/distribution.h"

/* What a session's distributions have in common. */
struct observation_constants {
    bool stirling;   /* Stirling's formula in the Poisson likelihood */
    real min_logvar; /* gaussian */
    double zig_loc;
    const real *zig_scale[2]; /* [N]: of alphas, of betas */
};

/* The observations of a pass and the parameters of their distribution. */
struct observed {
    struct observation_constants constants;
    real *dzig_scale[2];      /* [N]: gradients, to which backward adds */
    real *params[OUT_PARAMS]; /* [T,R,N] each, R = B*S */
    const real *x;            /* [T,B,N] */
    const real *weight;       /* [T,B,N]: of the entries' terms, NULL: ones; where it is 0, x may be
                                 any number or NaN */
    size_t bins, trials, samples, channels;
};

/* The gradient of means that were multiplied by a mask. */
struct mean_gradient {
    const real *dmean; /* [R,N]: of the product */
    const real *mean;  /* [R,N]: the product */
    const real *mask;  /* [R,N], rows LDM apart, or NULL: ones */
    size_t ldm;
};

struct observation {
    /* Sets loglik [R]. */
    void (*forward)(const struct backend *be, acc *loglik, const struct observed *o);
    /* In place, for S = 1: the parameters become the gradients of -SCALE*loglik. */
    void (*backward)(const struct backend *be, const struct observed *o, real scale);

    /* Sets MEAN, rows LDM apart, from PARAMS [rows,n]. */
    void (*mean)(const struct backend *be, real *mean, size_t ldm, real *const *params,
                 const struct observation_constants *k, size_t rows, size_t n);
    /* Adds to DPARAMS [rows,n]; NULL: means cannot be fed back. */
    void (*mean_backward)(const struct backend *be, real *const *dparams,
                          const struct mean_gradient *from, size_t rows, size_t n);

    /* Sets what results have after the mean, rows LD apart; NULL if the mean is all. */
    void (*rest)(const struct backend *be, real *out, size_t ld, real *const *params,
                 const struct observation_constants *k, size_t rows, size_t n);
};

const struct observation *observation_of(const struct distribution *distribution);
#endif
