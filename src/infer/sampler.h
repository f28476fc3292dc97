/* sampler.h - what runs the trained model over the trials of a run, and its sizes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_SAMPLER_H
#define LFADS_INFER_SAMPLER_H
#include <stdatomic.h>

#include "data/prefetch.h"
#include "infer/results.h"
#include "model/costs.h"
#include "run/run.h"

/* What one thread works with. */
struct worker {
    struct shard *encoder; /* of a group, where it is decoded trial by trial; else NULL */
    struct shard *decoder;
    real *output; /* the backend's: output distribution of the decoder's rows */
    acc *means; /* the backend's: room for any result of the decoder's trials; NULL with host_memory
                 */
    acc *costs; /* the host's: as the decoder's shard has them */
};

/* A run over the trials of a run. */
struct sampler {
    struct run *run;
    real *parameters;        /* the backend's */
    struct cost_ramps ramps; /* at the checkpoint's step */
    double l2;
    enum latents latents;
    size_t samples; /* of each trial; 1 for means */
    size_t group;   /* trials encoded at once */
    size_t block;   /* trials between two writes */
    size_t threads;
    struct worker *workers; /* one a thread */
    /* the set in progress */
    size_t session, trials, first, count; /* first, count: the block */
    enum session_set set;
    struct prefetcher *prefetcher; /* the blocks' trials */
    struct prefetched prefetched;  /* the block's */
    struct results results;
    double began;
    atomic_size_t done;  /* of the set's trials */
    atomic_bool stopped; /* the caller wants no more */
    struct lfads_error *err;
};

/* Chooses the sizes and makes the workers of a sampler whose run, latents and samples are set, all
 * else zero. Fails where they take more memory than can be had, saying which flags lower it. */
enum lfads_status sampler_create(struct sampler *sampler);
/* Frees all that is the sampler's, its run too; takes one that was not created whole. */
void sampler_release(struct sampler *sampler);
#endif
