/* passes.h - trials through the trained model: encoded together, decoded with the samples of each,
 * averaged over the samples, into arrays. Posterior sampling, means, samples of the priors, the
 * denoiser and the picture of an example trial are all passes.
 *
 * A pass is passes_begin, the caller's data into the shard that it returns, passes_encode, then for
 * all its trials passes_decode and passes_keep. A trial's number addresses its noise, so which
 * trials share a pass changes results by rounding only.
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
};

/* The run's part in the costs of a trial. */
struct pass_costs {
    double l2; /* of the parameters, unweighted */
    struct cost_ramps ramps;
};

/* One pass. */
struct pass {
    size_t session, trials;
    real *parameters; /* the backend's */
    uint64_t seed;
    uint32_t step, trial;           /* address the noise; trial: the number of the first one */
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
    struct pass pass;
};

/* Fails for lack of memory; passes_release frees what there is. */
enum lfads_status passes_create(struct passes *passes, const struct backend *be,
                                const struct model *model, const struct pass_plan *plan,
                                struct lfads_error *err);
/* Takes passes that are all zero, or were not created whole. */
void passes_release(struct passes *passes);
/* Bytes of BE's memory that they take. */
size_t passes_bytes(const struct backend *be, const struct model *model,
                    const struct pass_plan *plan);

/* Begins PASS, of which a copy is kept, and returns the shard whose host_x [T,trials,N] and
 * host_ext [T,trials,E] the caller sets; of the priors host_ext only. */
struct shard *passes_begin(struct passes *passes, const struct pass *pass);
/* Encodes all trials of the pass, once. */
void passes_encode(struct passes *passes);
/* Decodes trials from number FIRST of the pass on, with all their samples; returns how many. */
size_t passes_decode(struct passes *passes, size_t first);
/* Writes the means over samples of the trials just decoded into the arrays of RESULTS that are not
 * NULL, from trial AT of the arrays on; also their costs, where the pass computes them. RESULT_STEP
 * is left alone. Can be called again for other arrays. A device's errors show at the backend's
 * finish. */
void passes_keep(const struct passes *passes, const struct results *results, size_t at);

/* Gives DECODER, a shard of one trial, what decoding trial TRIAL of ENCODER needs: its data and
 * what the encoders made of it. ENCODER has no samples. */
void passes_take(struct shard *decoder, const struct shard *encoder, size_t trial);
#endif
