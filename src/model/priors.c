/* priors.c - the priors of g0 and of u, and the KL divergences of the posteriors (model.md 4, 5 and
 * 7, modern.md 8). SPDX-License-Identifier: Apache-2.0 */
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
                       s->prior_logvar, 1, s->trials, s->model->ic_dim);
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
    s->be->kl_ar1_backward(s->be, s->dco_kl_sample, s->dco_logvar, s->dw.ar_logatau,
                           s->dw.ar_logevar, weight, s->co_kl_sample, s->w.ar_logatau,
                           s->w.ar_logevar, s->model->bins, s->rows, s->model->co_dim);
}

/* ---- u, normal: the same mean and log variance in all bins; the variance is fixed ---- */

static double co_logvar_first(const struct lfads_config *config)
{
    return log(config->co_prior_var_scale);
}

static bool never(const struct lfads_config *config)
{
    (void)config;
    return false;
}

static void co_normal_draw(struct shard *s)
{
    const struct backend *be = s->be;
    size_t rows = s->model->bins * s->rows, n = s->model->co_dim;

    be->set_rows(be, s->co_mean, n, s->w.co_prior[0], rows, n);
    be->set_rows(be, s->co_logvar, n, s->w.co_prior[1], rows, n);
    be->sample(be, s->co_sample, n, s->co_mean, s->co_logvar, s->co_noise, rows, n);
}

/* modern.md (8.1). */
static void co_normal_kl_forward(struct shard *s)
{
    s->be->kl_gaussian(s->be, s->cost[TERM_KL_CO], s->co_mean, s->co_logvar, s->w.co_prior[0],
                       s->w.co_prior[1], s->model->bins, s->rows, s->model->co_dim);
}

static void co_normal_kl_backward(struct shard *s, const real *weight)
{
    size_t rows = s->model->bins * s->rows, n = s->model->co_dim;

    s->be->clear(s->be, s->du, rows * n);
    s->be->kl_gaussian_backward(s->be, s->dco_mean, s->dco_logvar, s->dw.co_prior[0],
                                s->dw.co_prior[1], weight, s->co_mean, s->co_logvar,
                                s->w.co_prior[0], s->w.co_prior[1], rows, n);
}

/* ---- Student's t: location and log scale a dimension ---- */

static double ic_logscale_first(const struct lfads_config *config)
{
    return log(config->ic_prior_scale);
}

static double co_logscale_first(const struct lfads_config *config)
{
    return log(config->co_prior_scale);
}

/* A log variance is twice a log scale. A row stride of 0 repeats the row. */
static void ic_student_draw(struct shard *s)
{
    const struct backend *be = s->be;
    size_t rows = s->rows, n = s->model->ic_dim;

    be->set_rows(be, s->row_mean, n, s->w.ic_prior[0], rows, n);
    be->set_rows(be, s->row_logvar, n, s->w.ic_prior[1], rows, n);
    be->add_masked(be, s->row_logvar, n, s->w.ic_prior[1], 0, NULL, 0, rows, n);
    be->sample(be, s->g0, n, s->row_mean, s->row_logvar, s->ic_noise, rows, n);
}

static void co_student_draw(struct shard *s)
{
    const struct backend *be = s->be;
    size_t rows = s->model->bins * s->rows, n = s->model->co_dim;

    be->set_rows(be, s->co_mean, n, s->w.co_prior[0], rows, n);
    be->set_rows(be, s->co_logvar, n, s->w.co_prior[1], rows, n);
    be->add_masked(be, s->co_logvar, n, s->w.co_prior[1], 0, NULL, 0, rows, n);
    be->sample(be, s->co_sample, n, s->co_mean, s->co_logvar, s->co_noise, rows, n);
}

/* modern.md (8.4), at a sample of its own. */
static void ic_student_kl_forward(struct shard *s)
{
    const struct model *m = s->model;
    size_t rows = s->trials, n = m->ic_dim;

    s->be->sample(s->be, s->ic_kl_sample, n, s->ic_mean, s->ic_logvar, s->ic_kl_noise, rows, n);
    s->be->kl_student(s->be, s->cost[TERM_KL_IC], s->ic_kl_sample, s->ic_logvar, s->ic_kl_noise,
                      s->w.ic_prior[0], s->w.ic_prior[1], (real)m->prior_df, 1, rows, n);
}

/* dg0 is no longer needed. */
static void ic_student_kl_backward(struct shard *s, const real *weight)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    size_t rows = s->trials, n = m->ic_dim;

    be->kl_student_backward(be, s->dg0, s->dic_logvar, s->dw.ic_prior[0], s->dw.ic_prior[1], weight,
                            s->ic_kl_sample, s->w.ic_prior[0], s->w.ic_prior[1], (real)m->prior_df,
                            rows, n);
    be->sample_backward(be, s->dic_mean, s->dic_logvar, s->dg0, n, s->ic_logvar, s->ic_kl_noise,
                        rows, n);
}

static void co_student_kl_forward(struct shard *s)
{
    s->be->kl_student(s->be, s->cost[TERM_KL_CO], s->co_kl_sample, s->co_logvar, co_kl_noise(s),
                      s->w.co_prior[0], s->w.co_prior[1], (real)s->model->prior_df, s->model->bins,
                      s->rows, s->model->co_dim);
}

static void co_student_kl_backward(struct shard *s, const real *weight)
{
    s->be->kl_student_backward(s->be, s->dco_kl_sample, s->dco_logvar, s->dw.co_prior[0],
                               s->dw.co_prior[1], weight, s->co_kl_sample, s->w.co_prior[0],
                               s->w.co_prior[1], (real)s->model->prior_df, s->model->bins * s->rows,
                               s->model->co_dim);
}

/* ---- u, none ---- */

static void co_none_kl_backward(struct shard *s, const real *weight)
{
    (void)weight;
    s->be->clear(s->be, s->du, s->model->bins * s->rows * s->model->co_dim);
}

/* ---- the rows ---- */

static const struct latent_prior ic_priors[] = {
    {.name = "normal",
     .has_moments = true,
     .params = {{"LFADS/z/prior_g0/mean", mean_first, NULL},
                {"LFADS/z/prior_g0/logvar", logvar_first, logvar_is_trained}},
     .draw = normal_draw,
     .kl_forward = normal_kl_forward,
     .kl_backward = normal_kl_backward},
    {.name = "student_t",
     .student = true,
     .of_sample = true,
     .params = {{"LFADS/z/prior_g0/loc", mean_first, NULL},
                {"LFADS/z/prior_g0/logscale", ic_logscale_first, NULL}},
     .draw = ic_student_draw,
     .kl_forward = ic_student_kl_forward,
     .kl_backward = ic_student_kl_backward},
    {.name = "none"},
};

static const struct latent_prior co_priors[] = {
    {.name = "ar1",
     .of_sample = true,
     .params = {{"LFADS/z/u_prior_ar1/logevars", logevar_first, logevar_is_trained},
                {"LFADS/z/u_prior_ar1/logatau", logatau_first, logatau_is_trained}},
     .draw = ar1_draw,
     .kl_forward = ar1_kl_forward,
     .kl_backward = ar1_kl_backward},
    {.name = "normal",
     .mean_of_bins = true,
     .params = {{"LFADS/z/prior_co/mean", mean_first, NULL},
                {"LFADS/z/prior_co/logvar", co_logvar_first, never}},
     .draw = co_normal_draw,
     .kl_forward = co_normal_kl_forward,
     .kl_backward = co_normal_kl_backward},
    {.name = "student_t",
     .student = true,
     .of_sample = true,
     .mean_of_bins = true,
     .params = {{"LFADS/z/prior_co/loc", mean_first, NULL},
                {"LFADS/z/prior_co/logscale", co_logscale_first, NULL}},
     .draw = co_student_draw,
     .kl_forward = co_student_kl_forward,
     .kl_backward = co_student_kl_backward},
    {.name = "none", .kl_backward = co_none_kl_backward},
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
    if (s->model->ic_dim && s->model->ic_prior->kl_forward)
        s->model->ic_prior->kl_forward(s);
}

void ic_kl_backward(struct shard *s, const real *weight)
{
    if (s->model->ic_dim && s->model->ic_prior->kl_backward)
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
    if (s->model->co_prior->kl_forward)
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
