/* passes.h - runs trials through the trained model: encodes them together, decodes each with its
 * samples, and writes means over samples into arrays. Posterior sampling, means, samples of the
 * priors, the denoiser and the example picture use passes.
 *
 * A pass is: passes_begin; the caller fills the shard that it returns; passes_encode; passes_decode
 * and passes_keep until all trials are decoded. A trial's number addresses its noise, so the choice
 * of trials that share a pass changes results by rounding only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_PASSES_H
#define LFADS_RUN_PASSES_H
#include "model/costs.h"
#include "run/results.h"

/* The properties that passes share. */
struct pass_plan {
    enum latents latents; /* PRIOR_SAMPLE: nothing is encoded */
    size_t trials;        /* of a pass, at most */
    size_t samples;       /* of each trial; 1 for means and for the priors */
    bool one_by_one;      /* decodes each trial in a shard of its own, which stays in cache */
    bool spread;          /* results have the spread over samples, too */
    bool more;            /* results have what they have only where it is asked for */
};

/* The part of a trial's costs that all trials share. */
struct pass_costs {
    double l2; /* of the parameters, unweighted */
    struct cost_ramps ramps;
};

/* One pass. */
struct pass {
    size_t session, trials;
    real *parameters; /* the backend's */
    uint64_t seed;
    uint32_t step, trial;           /* address of the noise; trial: number of the first trial */
    const struct pass_costs *costs; /* NULL: no costs are computed */
};

/* The memory of one thread's passes, and the pass in progress. */
struct passes {
    const struct backend *be;
    const struct model *model;
    struct pass_plan plan;
    struct shard *encoder, *decoder; /* the same unless one_by_one */
    real *output;                    /* the backend's: output distribution of the decoder's rows */
    acc *means; /* the backend's: any result of the decoder's trials; NULL with host_memory */
    acc *costs; /* the host's: the decoder's costs, as shard_n_costs counts them */
    /* the host's, NULL unless plan.spread: memory to sort samples in; a bin of any result's
     * samples, NULL with host_memory */
    real *scratch, *samples;
    struct pass pass;
};

/* Fails if memory is short; call passes_release then, too. */
enum lfads_status passes_create(struct passes *passes, const struct backend *be,
                                const struct model *model, const struct pass_plan *plan,
                                struct lfads_error *err);
/* Accepts passes that are all zero, and those whose creation failed. */
void passes_release(struct passes *passes);
/* Bytes of the host's memory that such passes need for the spread over samples. */
size_t passes_host_bytes(const struct backend *be, const struct model *model,
                         const struct pass_plan *plan);
/* Bytes of BE's memory that such passes need. */
size_t passes_bytes(const struct backend *be, const struct model *model,
                    const struct pass_plan *plan);

/* Begins PASS, which is copied. Returns the shard; the caller fills its host_data, or
 * only the external inputs if the pass samples the priors. */
struct shard *passes_begin(struct passes *passes, const struct pass *pass);
/* Encodes all trials of the pass, once. */
void passes_encode(struct passes *passes);
/* Decodes trials of the pass, from trial FIRST on, with all their samples; returns how many. */
size_t passes_decode(struct passes *passes, size_t first);
/* Writes means over samples of the trials just decoded, their costs if the pass computes them, and
 * the spread over samples, into the arrays of RESULTS that are not NULL, from trial OFFSET of the
 * arrays on. RESULT_STEP is unchanged. May be called again for other arrays. The backend's finish
 * reports a device's errors.
 */
void passes_keep(const struct passes *passes, const struct results *results, size_t offset);
/* Copies the samples of the output, which passes_keep has computed, of the trials just decoded to
 * SAMPLES [trials,T,TOTAL,O]: there they are samples FIRST, FIRST + 1, ... of TOTAL. The plan has
 * spread. */
void passes_copy_samples(const struct passes *passes, real *samples, size_t first, size_t total);

/* Copies to DECODER, a shard of one trial, the data of trial TRIAL of ENCODER and its encoders'
 * results. ENCODER has one sample per trial. */
void passes_take(struct shard *decoder, const struct shard *encoder, size_t trial);
#endif
