/* cost_table.c - the tables of costs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/cost_table.h"

#include "model/latent_prior.h"

static double kl_ic_weight(const struct model *m) { return m->kl_ic_weight; }
static double kl_co_weight(const struct model *m)
{
    bool mean = m->co_dim && m->co_prior->mean_of_bins;

    return mean ? m->kl_co_weight / (double)m->bins : m->kl_co_weight;
}
static double corr_scale(const struct model *m) { return m->corr_scale; }

/* The number of pairs of inferred inputs; 1 if there is none, because it is a divisor. */
static double input_pairs(const struct model *m, size_t session)
{
    (void)session;
    return m->co_dim > 1 ? (double)(m->co_dim * (m->co_dim - 1)) / 2 : 1;
}

/* modern.md (3.1). */
static double recon_entries(const struct model *m, size_t session)
{
    return m->mean_recon ? (double)(m->bins * model_channels(m, session)) : 1;
}

static const struct cost_term_row terms[] = {
    [TERM_LOGLIK] = {.cost = COST_RECON, .sign = -1},
    [TERM_KL_CO] = {.cost = COST_KL, .sign = 1, .weight = kl_co_weight},
    [TERM_CORR] = {.cost = COST_CORR, .sign = 1},
    [TERM_KL_IC] = {.cost = COST_KL, .sign = 1, .weight = kl_ic_weight, .of_trial = true},
    [TERM_HELDOUT] = {.cost = COSTS},
    [TERM_FORWARD] = {.cost = COSTS},
    [TERM_UNMASKED] = {.cost = COSTS},
};
_Static_assert(sizeof terms / sizeof terms[0] == COST_TERMS, "a term has no row");

static const struct cost_row costs[] = {
    [COST_RECON] = {.name = "recon",
                    .words = "reconstruction cost",
                    .tag = "LFADS/Reconstruction_cost",
                    .in_bound = true,
                    .original = true,
                    .slot = 1,
                    .divisor = recon_entries},
    [COST_KL] = {.name = "kl",
                 .words = "KL cost",
                 .tag = "LFADS/KL_cost",
                 .ramp = RAMP_KL,
                 .in_bound = true,
                 .original = true,
                 .slot = 2},
    [COST_L2] = {.name = "l2",
                 .words = "L2 cost",
                 .tag = "LFADS/L2_cost",
                 .ramp = RAMP_L2,
                 .of_parameters = true,
                 .original = true,
                 .slot = 3},
    [COST_CORR] = {.name = "corr",
                   .words = "cost of correlated inputs",
                   .tag = "LFADS/Corr_cost",
                   .slot = 4,
                   .scale = corr_scale,
                   .divisor = input_pairs},
};
_Static_assert(sizeof costs / sizeof costs[0] == COSTS, "a cost has no row");

static const struct cost_ramp_row ramps[] = {
    [RAMP_KL] = {.name = "kl", .tag = "LFADS/KL_weight", .slot = 5},
    [RAMP_L2] = {.name = "l2", .tag = "LFADS/L2_weight", .slot = 6},
};
_Static_assert(sizeof ramps / sizeof ramps[0] == COST_RAMPS, "a ramp has no row");

const struct cost_term_row *cost_term_row(enum cost_term term) { return &terms[term]; }
const struct cost_row *cost_row(enum cost cost) { return &costs[cost]; }
const struct cost_ramp_row *cost_ramp_row(enum cost_ramp ramp) { return &ramps[ramp]; }

static size_t term_count(int term, size_t rows, size_t trials)
{
    return terms[term].of_trial ? trials : rows;
}

size_t cost_terms_count(size_t rows, size_t trials)
{
    size_t count = 0;

    for (int term = 0; term < COST_TERMS; term++)
        count += term_count(term, rows, trials);
    return count;
}

void cost_terms_place(acc *at[COST_TERMS], acc *memory, size_t rows, size_t trials)
{
    for (int term = 0; term < COST_TERMS; term++) {
        at[term] = memory;
        if (memory)
            memory += term_count(term, rows, trials);
    }
}
