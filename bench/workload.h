/* workload.h - models of the sizes that speed is measured at, on random data.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BENCH_WORKLOAD_H
#define LFADS_BENCH_WORKLOAD_H
#include "backend/select.h"
#include "bench.h"
#include "config/config.h"
#include "learn/learner.h"

enum { DEVICE_STEPS = 16 };

struct workload {
    struct lfads_config *config;
    struct model *model;
    struct learner *learner;
    size_t batch;
    float *counts; /* [T,batch,N] */
    /* on a device, NULL on the processor */
    uint8_t *data;    /* [batch,T,N] */
    uint32_t *trials; /* [batch]: 0, 1, … */
    uint64_t seed;
    uint32_t step;
};

/* The workload that OPTIONS name: "W1" (the README's first example), "W2" (its second, with a
 * controller) or "W3" (the size of a Neural Latents Benchmark model), with the options' own sizes
 * and flags over it. Prints and returns false for what can't be. */
bool workload_create(struct workload *w, const struct options *options, const struct backend *be,
                     size_t threads);
void workload_free(struct workload *w);
/* The backend of the options' device and precision, released by backend_release. Prints and returns
 * false where there is none. */
bool workload_backend(struct backend_choice *choice, const struct options *options);
/* Fills a shard of this model with the batch's trials from FIRST on. */
void workload_fill(const struct workload *w, struct shard *s, size_t first);
/* Draws its noise and masks; on a device it gathers the trials too. */
void workload_draw(const struct workload *w, struct shard *s, size_t first);
/* One whole training step; a device is waited for after DEVICE_STEPS of them. */
void workload_step(struct workload *w);
/* Floating-point operations of the step's matrix products, multiplication and addition counted
 * apart: three times those of the forward pass, but only twice for the products of the data,
 * whose own gradient nobody needs. */
double workload_operations(const struct workload *w);
/* The same of a trial with SAMPLES samples, encoders and the encoders' part of the controller's
 * input counted ONCE times. */
double workload_sampling_operations(const struct workload *w, double samples, double once);
#endif
