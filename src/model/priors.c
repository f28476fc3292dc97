/* priors.c - the priors of g0 and of u, and the KL divergences of the posteriors (model.md 4, 5 and
 * 7). SPDX-License-Identifier: Apache-2.0 */
#include "model/priors.h"

#include <string.h>

#include "config/config.h"
#include "model/parts.h"

/* ---- g0, normal: mean and log variance a dimension; the variance may be bounded ---- */

static double mean_first(const struct lfads_config *config)
{
    (void)config;
    return 0;
}

static double logvar_first(const struct lfads_config *config)
{
    return log(config->ic_prior_var_scale);
}

static bool logvar_is_trained(const struct lfads_config *config)
{
    return config->ic_prior_var_max > config->ic_prior_var_min;
}

static void set_logvar(struct shard *s)
{
    const struct model *m = s->model;

    s->be->prior_logvar(s->be, s->prior_logvar, s->w.prior_logvar, m->ic_prior_var_min,
                        m->ic_prior_var_max, m->ic_dim);
}

/* model.md (4.5). */
static void normal_draw(struct shard *s)
{
    const struct backend *be = s->be;
    size_t n = s->model->ic_dim;

    set_logvar(s);
    be->set_rows(be, s->row_mean, n, s->w.prior_mean, s->rows, n);
    be->set_rows(be, s->row_logvar, n, s->prior_logvar, s->rows, n);
    be->sample(be, s->g0, n, s->row_mean, s->row_logvar, s->ic_noise, s->rows, n);
}

/* model.md (7.3). */
static void normal_kl_forward(struct shard *s)
{
    set_logvar(s);
    s->be->kl_gaussian(s->be, s->cost[TERM_KL_IC], s->ic_mean, s->ic_logvar, s->w.prior_mean,
                       s->prior_logvar, s->trials, s->model->ic_dim);
}

static void normal_kl_backward(struct shard *s, const real *weight)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    size_t n = m->ic_dim;

    be->clear(be, s->dprior_logvar, n);
    be->kl_gaussian_backward(be, s->dic_mean, s->dic_logvar, s->dw.prior_mean, s->dprior_logvar,
                             weight, s->ic_mean, s->ic_logvar, s->w.prior_mean, s->prior_logvar,
                             s->rows, n);
    if (m->ic_prior_var_max > m->ic_prior_var_min)
        be->prior_logvar_backward(be, s->dw.prior_logvar, s->dprior_logvar, s->w.prior_logvar,
                                  m->ic_prior_var_min, m->ic_prior_var_max, n);
}

/* ---- u, ar1: log time constant and log variance of the innovations a dimension ---- */

static double logevar_first(const struct lfads_config *config)
{
    return log(config->prior_ar_nvar);
}

static bool logevar_is_trained(const struct lfads_config *config)
{
    return config->do_train_prior_ar_nvar;
}

static double logatau_first(const struct lfads_config *config)
{
    return log(config->prior_ar_atau);
}

static bool logatau_is_trained(const struct lfads_config *config)
{
    return config->do_train_prior_ar_atau;
}

static const real *co_kl_noise(const struct shard *s)
{
    return s->co_kl_noise ? s->co_kl_noise : s->co_noise;
}

static void ar1_draw(struct shard *s)
{
    s->be->ar1_draw(s->be, s->co_sample, s->co_noise, s->w.ar_logatau, s->w.ar_logevar,
                    s->model->bins, s->rows, s->model->co_dim);
}

/* model.md (7.5). */
static void ar1_kl_forward(struct shard *s)
{
    s->be->kl_ar1(s->be, s->cost[TERM_KL_CO], s->co_kl_sample, s->co_logvar, co_kl_noise(s),
                  s->w.ar_logatau, s->w.ar_logevar, s->model->bins, s->rows, s->model->co_dim);
}

static void ar1_kl_backward(struct shard *s, const real *weight)
{
    s->be->kl_ar1_backward(s->be, s->dco_kl_sample, s->dco_logvar, s->dw.ar_logatau, s->dw.ar_logevar, weight,
                           s->co_kl_sample, s->w.ar_logatau, s->w.ar_logevar, s->model->bins, s->rows,
                           s->model->co_dim);
}

/* ---- the rows ---- */

static const struct latent_prior ic_priors[] = {
    {"normal",
     true,
     {{"LFADS/z/prior_g0/mean", mean_first, NULL},
      {"LFADS/z/prior_g0/logvar", logvar_first, logvar_is_trained}},
     normal_draw,
     normal_kl_forward,
     normal_kl_backward},
};

static const struct latent_prior co_priors[] = {
    {"ar1",
     false,
     {{"LFADS/z/u_prior_ar1/logevars", logevar_first, logevar_is_trained},
      {"LFADS/z/u_prior_ar1/logatau", logatau_first, logatau_is_trained}},
     ar1_draw,
     ar1_kl_forward,
     ar1_kl_backward},
};

static const struct latent_prior *find(const struct latent_prior *rows, size_t count,
                                       const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

const struct latent_prior *priors_find_ic(const char *name)
{
    return find(ic_priors, sizeof ic_priors / sizeof ic_priors[0], name);
}

const struct latent_prior *priors_find_co(const char *name)
{
    return find(co_priors, sizeof co_priors / sizeof co_priors[0], name);
}

size_t priors_moments(const struct model *model)
{
    return model->ic_prior->has_moments ? model->ic_dim : 0;
}

/* ---- the parts ---- */

void ic_kl_forward(struct shard *s)
{
    s->be->clear_sums(s->be, s->cost[TERM_KL_IC], s->trials);
    if (s->model->ic_dim)
        s->model->ic_prior->kl_forward(s);
}

void ic_kl_backward(struct shard *s, const real *weight)
{
    if (s->model->ic_dim)
        s->model->ic_prior->kl_backward(s, weight);
}

void co_kl_forward(struct shard *s)
{
    size_t rows = s->model->bins * s->rows, n = s->model->co_dim;

    s->be->clear_sums(s->be, s->cost[TERM_KL_CO], s->rows);
    if (!n)
        return;
    if (s->co_kl_noise)
        s->be->sample(s->be, s->co_kl_sample, n, s->co_mean, s->co_logvar, s->co_kl_noise, rows, n);
    s->model->co_prior->kl_forward(s);
}

void co_kl_backward(struct shard *s, const real *weight)
{
    size_t count = s->model->bins * s->rows * s->model->co_dim;

    if (!count)
        return;
    s->be->clear(s->be, s->dco_mean, count);
    s->be->clear(s->be, s->dco_logvar, count);
    s->model->co_prior->kl_backward(s, weight);
    if (!s->co_kl_noise)
        return;
    s->be->sample_backward(s->be, s->dco_mean, s->dco_logvar, s->dco_kl_sample, s->model->co_dim,
                           s->co_logvar, s->co_kl_noise, s->model->bins * s->rows,
                           s->model->co_dim);
    s->be->clear(s->be, s->du, count);
}

/* model.md (7.9). */
void correlation_forward(struct shard *s)
{
    const struct model *m = s->model;

    s->be->clear_sums(s->be, s->cost[TERM_CORR], s->rows);
    if (m->corr_scale > 0)
        s->be->correlation(s->be, s->cost[TERM_CORR], s->co_mean, m->bins, s->rows, m->co_dim);
}

void correlation_backward(struct shard *s, real weight)
{
    const struct model *m = s->model;

    if (m->corr_scale > 0)
        s->be->correlation_backward(s->be, s->dco_mean, weight, s->co_mean, m->bins, s->rows,
                                    m->co_dim);
}
