/* integrator.h - a recurrent network that integrates its input to a bound, and its training
 * (synth.md (5.1)): h' = tanh(h W + u B + b), z = h w + c, trained so that z follows the running
 * sum of u, limited to [-1,1]. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_INTEGRATOR_H
#define LFADS_SYNTH_INTEGRATOR_H
#include "base/error.h"
#include "base/real.h"

struct integrator {
    size_t units, size;                   /* N; numbers in weights */
    real *weights;                        /* all of the following, one after the other */
    real *w, *in, *bias, *out, *out_bias; /* [N,N] [N] [N] [N] [1] */
};

/* Weights all zero; freed by integrator_release. */
enum lfads_status integrator_create(struct integrator *integrator, size_t units,
                                    struct lfads_error *err);
void integrator_release(struct integrator *integrator);

/* Runs COUNT trials from state zero: input [T,COUNT]; sets states [T,COUNT,N] and output [T,COUNT].
 */
void integrator_run(const struct integrator *integrator, real *states, real *output,
                    const real *input, size_t bins, size_t count);
/* Trains on normal inputs of standard deviation SPREAD until the mean squared error on fresh ones
 * is below LIMIT; sets *ERROR to it. Progress goes to CALLBACKS. */
enum lfads_status integrator_train(struct integrator *integrator, double *error, size_t bins,
                                   double spread, double limit, uint64_t seed,
                                   const struct lfads_callbacks *callbacks,
                                   struct lfads_error *err);
/* The weights in an HDF5 file. */
enum lfads_status integrator_write(const struct integrator *integrator, const char *path,
                                   struct lfads_error *err);
enum lfads_status integrator_read(struct integrator *integrator, const char *path,
                                  struct lfads_error *err);
#endif
