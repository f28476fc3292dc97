/* integrator.h - a recurrent network that integrates its input to a bound, and its training
 * (synth.md (5.1)): h' = tanh(h W + u B + b), z = h w + c, trained so that z follows the running
 * sum of u, limited to [-1,1]. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_INTEGRATOR_H
#define LFADS_SYNTH_INTEGRATOR_H
#include "base/error.h"
#include "base/real.h"

struct integrator {
    size_t units, size;                   /* N; count of weights */
    real *weights;                        /* all arrays below, one after the other */
    real *w, *in, *bias, *out, *out_bias; /* [N,N] [N] [N] [N] [1] */
};

/* Allocates weights of zero; integrator_release frees them. */
enum lfads_status integrator_create(struct integrator *integrator, size_t units,
                                    struct lfads_error *err);
void integrator_release(struct integrator *integrator);

/* Runs COUNT trials from state zero. INPUT is [T,COUNT]; sets STATES [T,COUNT,N] and OUTPUT
 * [T,COUNT]. */
void integrator_run(const struct integrator *integrator, real *states, real *output,
                    const real *input, size_t bins, size_t count);
/* Trains on normal inputs of standard deviation DEVIATION until the mean squared error on new
 * inputs is below LIMIT; sets *ERROR to that error. Reports progress to CALLBACKS. */
enum lfads_status integrator_train(struct integrator *integrator, double *error, size_t bins,
                                   double deviation, double limit, uint64_t seed,
                                   const struct lfads_callbacks *callbacks,
                                   struct lfads_error *err);

/* ---- integrator_file.c ---- */

/* Writes the weights as an HDF5 file. */
enum lfads_status integrator_write(const struct integrator *integrator, const char *path,
                                   struct lfads_error *err);
/* Whether PATH is that of weights: a file, or a TensorFlow checkpoint, whose files are PATH.index
 * and the like. */
bool integrator_exists(const char *path);
/* Reads the weights. Fails if they are those of another number of units, or not finite. */
enum lfads_status integrator_read(struct integrator *integrator, const char *path,
                                  struct lfads_error *err);
#endif
