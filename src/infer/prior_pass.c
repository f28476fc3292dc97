/* prior_pass.c - runs samples of the priors through the generator.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/host_memory.h"
#include "base/memory.h"
#include "base/workers.h"
#include "h5/h5.h"
#include "infer/prior.h"
#include "model/latent_prior.h"

/* Called by workers_run, which keeps matrix products on one thread. */
static void compute(void *payload, size_t item, size_t thread)
{
    struct prior *p = payload;

    (void)item, (void)thread;
    passes_encode(&p->passes);
    passes_decode(&p->passes, 0);
}

/* All samples share a pass; their largest result is allocated beside it. */
static enum lfads_status check_memory(const struct prior *p)
{
    const struct backend *be = p->run->be;
    const struct model *m = p->run->model;
    size_t threads = p->run->threads, samples = p->plan.trials, output, row, computing;

    results_widest(&output, &row, m);
    row *= sizeof(acc);
    computing = m->size * sizeof(real) + passes_bytes(be, m, &p->plan);
    if (!be->host_memory) {
        enum lfads_status status =
            backend_check_memory(be, computing, "prior sampling", "--batch_size", p->err);

        if (status != LFADS_OK)
            return status;
    }
    return memory_check(memory_of_libraries(threads) + memory_of_threads(threads) +
                            (be->host_memory ? computing : 0) + samples * row +
                            h5_packing_bytes(samples, row, threads),
                        "prior sampling", "--batch_size", p->err);
}

static enum lfads_status check_priors(const struct prior *p)
{
    const struct model *m = p->run->model;

    if ((!m->ic_dim || m->ic_prior->draw) && (!m->co_dim || m->co_prior->draw))
        return LFADS_OK;
    return lfads_fail(p->err, LFADS_USAGE,
                      "--%s_prior=none leaves nothing to sample: train with another prior",
                      m->ic_dim && !m->ic_prior->draw ? "ic" : "co");
}

enum lfads_status prior_begin(struct prior *prior, size_t samples)
{
    struct prior *p = prior;
    enum lfads_status status;

    p->plan = (struct pass_plan){.latents = PRIOR_SAMPLE, .samples = 1, .trials = samples};
    status = check_priors(p);
    if (status == LFADS_OK)
        status = check_memory(p);
    if (status == LFADS_OK)
        status = run_parameters(&p->parameters, p->run, p->err);
    return status == LFADS_OK
               ? passes_create(&p->passes, p->run->be, p->run->model, &p->plan, p->err)
               : status;
}

void prior_end(struct prior *prior)
{
    passes_release(&prior->passes);
    prior->run->be->memory_free(prior->run->be, prior->parameters);
}

real *prior_begin_pass(struct prior *prior, size_t session)
{
    struct prior *p = prior;
    struct pass pass = {.session = session,
                        .trials = p->plan.trials,
                        .parameters = p->parameters,
                        .seed = p->run->seed,
                        .step = (uint32_t)p->run->checkpoint.step};

    return passes_begin(&p->passes, &pass)->host_data[TRIAL_EXT];
}

void prior_compute(struct prior *prior) { workers_run(NULL, 1, compute, prior); }

enum lfads_status prior_cost(double *cost, const struct prior *prior)
{
    const struct run *run = prior->run;
    enum lfads_status status =
        costs_l2_value(cost, run->be, run->model, prior->parameters, prior->err);

    if (status == LFADS_OK)
        *cost *= costs_ramps(run->config, run->checkpoint.step, run->checkpoint.epoch).l2;
    return status;
}
