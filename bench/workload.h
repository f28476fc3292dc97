/* workload.h - models of the sizes that speed is measured at, on random data.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BENCH_WORKLOAD_H
#define LFADS_BENCH_WORKLOAD_H
#include "config/config.h"
#include "train/learner.h"

struct workload {
    struct lfads_config *config;
    struct model *model;
    struct learner *learner;
    size_t batch;
    float *counts; /* [T,batch,N] */
    uint64_t seed;
    uint32_t step;
};

/* NAME: "W1" (the README's first example), "W2" (its second, with a controller) or "W3" (the size
 * of a Neural Latents Benchmark model). Prints and returns false for any other. */
bool workload_create(struct workload *w, const char *name, const struct backend *be,
                     size_t threads);
void workload_free(struct workload *w);
/* One whole training step. */
void workload_step(struct workload *w);
/* Floating-point operations of the step's matrix products, multiplication and addition counted
 * apart: three times those of the forward pass, but only twice for the products of the data,
 * whose own gradient nobody needs. */
double workload_operations(const struct workload *w);
#endif
