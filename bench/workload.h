/* workload.h - models of the sizes that the benchmarks measure, on random data.
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
    /* on a device; NULL on the processor */
    uint8_t *data;    /* [batch,T,N] */
    uint32_t *trials; /* [batch]: 0, 1, … */
    uint64_t seed;
    uint32_t step;
};

/* Creates the workload that OPTIONS names: "W1" (the README's first example), "W2" (its second,
 * with a controller) or "W3" (the size of a Neural Latents Benchmark model). The sizes and flags in
 * OPTIONS override it. Prints an error and returns false on failure. */
bool workload_create(struct workload *w, const struct options *options, const struct backend *be,
                     size_t threads);
void workload_free(struct workload *w);
/* Selects the backend of the options' device and precision; backend_release frees it. Prints an
 * error and returns false if there is none. */
bool workload_backend(struct backend_choice *choice, const struct options *options);
/* Fills a shard of this model with trials of the batch, from trial FIRST. */
void workload_fill(const struct workload *w, struct shard *s, size_t first);
/* Draws the shard's noise and masks; on a device also gathers the trials. */
void workload_draw(const struct workload *w, struct shard *s, size_t first);
/* Runs one training step; waits for a device after every DEVICE_STEPS steps. */
void workload_step(struct workload *w);
/* Floating-point operations of the step's matrix products; a multiplication and an addition count
 * as two. They are three times those of the forward pass, but twice for products with the data,
 * whose gradient is not computed. */
double workload_operations(const struct workload *w);
/* The same for a trial with SAMPLES samples. Encoders, and the encoders' part of the controller's
 * input, count ONCE times. */
double workload_sampling_operations(const struct workload *w, double samples, double once);
#endif
