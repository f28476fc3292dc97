/* sampler.h - the state of posterior sampling: sizes, memory, and the set in progress.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_SAMPLER_H
#define LFADS_INFER_SAMPLER_H
#include <stdatomic.h>

#include "infer/ensemble.h"
#include "infer/results_file.h"
#include "infer/torch_file.h"
#include "run/passes.h"
#include "run/run.h"
#include "run/spread.h"

struct sampler {
    struct run *run;
    real *parameters;          /* the backend's */
    struct pass_costs costs;   /* at the checkpoint's step */
    struct pass_plan plan;     /* plan.trials is the size of a group */
    struct spread_wants wants; /* of the spread over samples */
    size_t block;              /* trials between two writes */
    size_t threads;
    struct workers *workers;
    struct passes *passes; /* one per thread */
    struct ensemble ensemble;
    /* the set in progress */
    size_t session, trials, first, count; /* first, count: of the block */
    enum session_set set;
    struct prefetcher *prefetcher; /* of the blocks' trials */
    struct prefetched prefetched;  /* the trials of the block in progress */
    struct results results;
    struct spread spread;     /* results.spread, if wanted */
    struct torch_file *torch; /* of the session; NULL: results are files of the original's form */
    double began;
    atomic_size_t done;  /* of the set's trials */
    atomic_bool stopped; /* the caller asked to stop */
    struct lfads_error *err;
};

/* Chooses sizes and creates passes for a sampler whose run, plan.latents, plan.samples,
 * plan.spread, wants and, if there is one, ensemble are set and whose other members are zero. If
 * memory does not suffice, fails and names the flags that lower it. */
enum lfads_status sampler_create(struct sampler *sampler);
/* What takes the results of a block, of p->count trials from p->first on. */
struct block_writer {
    enum lfads_status (*write)(struct sampler *p, void *payload);
    void *payload;
    const char *what; /* is not written if the caller stops */
};
/* Runs the model on the TRIALS trials of SET of SESSION, which are set, as are parameters, costs
 * and results, of as many trials as a block. */
enum lfads_status sampler_run(struct sampler *sampler, const struct block_writer *writer);
/* Frees the sampler's memory and its run; accepts a sampler whose creation failed. */
void sampler_release(struct sampler *sampler);
#endif
