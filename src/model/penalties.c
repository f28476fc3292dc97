/* penalties.c - the costs of g0 and of the inferred inputs (model.md 7), row by row, without the
 * weights that the batch gives them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

/* model.md (7.3), (7.5), (7.9). */
void divergences_forward(struct shard *s)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;

    be->clear_sums(be, s->cost[TERM_KL_CO], s->rows);
    be->clear_sums(be, s->cost[TERM_CORR], s->rows);
    be->clear_sums(be, s->cost[TERM_KL_IC], s->trials);
    if (m->ic_dim)
        be->kl_gaussian(be, s->cost[TERM_KL_IC], s->ic_mean, s->ic_logvar, s->w.prior_mean,
                        s->prior_logvar, s->trials, m->ic_dim);
    if (!m->co_dim)
        return;
    be->kl_ar1(be, s->cost[TERM_KL_CO], s->co_sample, s->co_logvar, s->co_noise, s->w.ar_logatau,
               s->w.ar_logevar, m->bins, s->rows, m->co_dim);
    if (m->corr_scale > 0)
        be->correlation(be, s->cost[TERM_CORR], s->co_mean, m->bins, s->rows, m->co_dim);
}
