/* golden_outputs.c - maps each of the original's outputs to an array of the shard.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden_outputs.h"
#include "golden_shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/parts.h"

/* A pass whose arrays are compared. */
struct pass {
    struct verdict *verdict;
    const struct golden_case *c;
    const char *group; /* path in the file */
    struct shard *s;
    const struct tolerances *tolerances;
    size_t known; /* arrays compared */
};

/* Compares OURS [T,B,n], with row stride LD, with the file's [B,T,n]; for BINS 1: [B,n]. */
static void compare_array(struct pass *pass, const char *name, const real *ours, size_t ld,
                          size_t bins, size_t n)
{
    struct array golden = golden_read(pass->c->file, "%s/%s", pass->group, name);
    double *trial_major = golden_trial_major(pass->s, ours, ld, bins, n);

    if (golden.values) {
        pass->known++;
        golden_compare_all(pass->verdict, name, trial_major, pass->s->trials * bins * n, &golden, 0,
                           pass->tolerances->output);
    }
    free(trial_major);
    golden_release(&golden);
}

/* Compares OURS [n] with every row of the file's array. */
static void compare_row(struct pass *pass, const char *name, const real *ours, size_t n,
                        struct tolerance tolerance)
{
    struct array golden = golden_read(pass->c->file, "%s/%s", pass->group, name);
    double *values = calloc(golden.count + 1, sizeof *values);
    real *host = golden_fetch(pass->s, ours, n, sizeof *host);

    if (golden.values) {
        pass->known++;
        for (size_t i = 0; i < golden.count; i++)
            values[i] = (double)host[i % n];
        golden_compare(pass->verdict, name, values, &golden, 0, tolerance);
    }
    free(values);
    free(host);
    golden_release(&golden);
}

/* Compares costs per trial, times WEIGHT. */
static void compare_costs(struct pass *pass, const char *name, const acc *ours, double weight)
{
    struct array golden = golden_read(pass->c->file, "%s/%s", pass->group, name);
    double *values = calloc(golden.count + 1, sizeof *values);
    acc *host = golden_fetch(pass->s, ours, pass->s->trials, sizeof *host);

    if (golden.values) {
        pass->known++;
        for (size_t b = 0; b < pass->s->trials; b++)
            values[b] = weight * host[b];
        golden_compare(pass->verdict, name, values, &golden, 0, pass->tolerances->output);
    }
    free(values);
    free(host);
    golden_release(&golden);
}

static void check_encoders(struct pass *pass)
{
    const struct shard *s = pass->s;
    const struct model *m = s->model;
    size_t ic = m->ic_enc, ci = m->ci_enc, rows = s->trials;

    compare_array(pass, "ic_enc_fwd",
                  s->encoder[IC_FORWARD].h ? s->encoder[IC_FORWARD].h + rows * ic : NULL, ic,
                  m->ic_bins, ic);
    compare_array(pass, "ic_enc_rev", s->encoder[IC_BACKWARD].h, ic, m->ic_bins, ic);
    compare_array(pass, "ci_enc_fwd",
                  s->encoder[CI_FORWARD].h ? s->encoder[CI_FORWARD].h + rows * ci : NULL, ci,
                  m->bins, ci);
    compare_array(pass, "ci_enc_rev", s->encoder[CI_BACKWARD].h, ci, m->bins, ci);
    compare_array(pass, "post_g0_mean", s->ic_mean, m->ic_dim, 1, m->ic_dim);
    compare_array(pass, "post_g0_logvar", s->ic_logvar, m->ic_dim, 1, m->ic_dim);
}

static void check_dynamics(struct pass *pass)
{
    const struct shard *s = pass->s;
    const struct model *m = s->model;
    size_t rows = s->trials, g = m->gen_units, f = m->factors, c = m->con_units, u = m->co_dim;

    compare_row(pass, "prior_g0_mean", s->w.prior_mean, m->ic_dim, pass->tolerances->output);
    compare_row(pass, "prior_g0_logvar", s->prior_logvar, m->ic_dim, pass->tolerances->output);
    compare_array(pass, "g0", s->g0, m->ic_dim, 1, m->ic_dim);
    compare_array(pass, "gen_ics", s->gen.h, g, 1, g);
    compare_array(pass, "gen_states", s->gen.h + rows * g, g, m->bins, g);
    compare_array(pass, "factors", s->factors + rows * f, f, m->bins, f);
    factors_forward(pass->s, 0, 1);
    compare_array(pass, "factors_at_minus_1", s->factors, f, 1, f);
    compare_array(pass, "con_ics", s->con.h, c, 1, c);
    compare_array(pass, "con_states", s->con.h ? s->con.h + rows * c : NULL, c, m->bins, c);
    compare_array(pass, "controller_outputs", s->gen_in, model_generator_inputs(m), m->bins, u);
    compare_array(pass, "prior_zs_ar_con", s->gen_in, model_generator_inputs(m), m->bins, u);
    compare_array(pass, "post_co_mean", s->co_mean, u, m->bins, u);
    compare_array(pass, "post_co_logvar", s->co_logvar, u, m->bins, u);
    if (u) {
        real *phi = s->be->memory_create(s->be, 2 * u * sizeof *phi), *logvar = phi + u;

        s->be->ar1_stationary(s->be, phi, logvar, s->w.ar_logatau, s->w.ar_logevar, u);
        compare_row(pass, "prior_co_phis", phi, u, pass->tolerances->output);
        compare_row(pass, "prior_co_logpvars", logvar, u, pass->tolerances->prior_logvar);
        s->be->memory_free(s->be, phi);
    }
}

/* Sets *SUM, in the backend's memory, to the log-likelihood of channels FIRST to FIRST+N-1 in bin T
 * of trial B, by the same operation on parts of the arrays. */
static void loglik_of(const struct shard *s, acc *sum, size_t t, size_t b, size_t first, size_t n)
{
    size_t channels = model_channels(s->model, s->session);
    size_t offset = (t * s->trials + b) * channels + first;
    struct observed o = {.constants = shard_constants(s),
                         .x = s->data[TRIAL_OBSERVED] + offset,
                         .bins = 1,
                         .trials = 1,
                         .samples = 1,
                         .channels = n};

    for (size_t i = 0; i < s->model->output->n_params; i++)
        o.params[i] = s->out_params[i] + s->trials * channels + offset;
    s->model->observation->forward(s->be, sum, &o);
}

/* Compares the log-likelihoods of all bins and trials, summed over WIDTH channels each. */
static void compare_logliks(struct pass *pass, const char *name, size_t width)
{
    const struct shard *s = pass->s;
    size_t n = model_channels(s->model, s->session), n_sums = n / width, bins = s->model->bins;
    size_t count = bins * s->trials * n_sums;
    acc *sums = s->be->memory_create(s->be, count * sizeof *sums), *host;
    real *single = calloc(count, sizeof *single), *back;

    for (size_t i = 0; i < count; i++)
        loglik_of(s, sums + i, i / n_sums / s->trials, i / n_sums % s->trials, i % n_sums * width,
                  width);
    host = golden_fetch(s, sums, count, sizeof *host);
    for (size_t i = 0; i < count; i++)
        single[i] = (real)host[i];
    back = s->be->memory_create(s->be, count * sizeof *back);
    s->be->upload(s->be, back, single, count * sizeof *back);
    compare_array(pass, name, back, n_sums, bins, n_sums);
    s->be->memory_free(s->be, sums);
    s->be->memory_free(s->be, back);
    free(single);
    free(host);
}

static void check_observations(struct pass *pass)
{
    const struct shard *s = pass->s;
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session), width = model_outputs(m, s->session);
    real *out = s->be->memory_create(s->be, m->bins * s->trials * width * sizeof *out);

    shard_output(s, out);
    compare_array(pass, "output_dist_params", out, width, m->bins, width);
    if (s->latents != PRIOR_SAMPLE) {
        compare_logliks(pass, "loglik", 1);
        compare_logliks(pass, "loglik_t", n);
        compare_costs(pass, "loglik_b", s->cost[TERM_LOGLIK], 1);
        compare_costs(pass, "kl_g0_b", s->cost[TERM_KL_IC], m->kl_ic_weight);
        compare_costs(pass, "kl_co_b", s->cost[TERM_KL_CO], m->kl_co_weight);
    }
    s->be->memory_free(s->be, out);
}

/* Numbers that the learner sums; outputs_check_costs checks them, and check_mean_costs those of the
 * means' pass. */
static const char *const summed[] = {
    "recon_cost",    "kl_cost",        "kl_weight",     "l2_cost",       "l2_weight",
    "corr_cost",     "cost",           "timed_kl_cost", "timed_l2_cost", "weight_corr_cost",
    "nll_bound_vae", "nll_bound_iwae", "train_step",
};

static void compare_value(struct verdict *verdict, const struct golden_case *c, const char *group,
                          const char *name, double ours, struct tolerance tolerance)
{
    struct array golden = golden_read(c->file, "%s/%s", group, name);

    if (golden.values)
        golden_compare(verdict, name, &ours, &golden, 0, tolerance);
    golden_release(&golden);
}

static herr_t count_entry(hid_t group, const char *name, const H5L_info_t *info, void *payload)
{
    size_t *count = payload;

    (void)group;
    (void)info;
    (void)name;
    ++*count;
    return 0;
}

/* Fails unless every entry of the group was compared, here or by outputs_check_costs. */
static void check_all_known(struct pass *pass)
{
    size_t count = 0, sums = 0;
    hid_t group = H5Gopen2(pass->c->file, pass->group, H5P_DEFAULT);

    H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, count_entry, &count);
    for (size_t i = 0; i < sizeof summed / sizeof summed[0]; i++)
        sums += H5Lexists(group, summed[i], H5P_DEFAULT) > 0;
    sums += H5Lexists(group, "costs", H5P_DEFAULT) > 0;
    H5Gclose(group);
    if (count == pass->known + sums)
        return;
    pass->verdict->failed++;
    printf("  %s: %s has %zu entries, but only %zu are compared\n", pass->c->name, pass->group,
           count, pass->known + sums);
}

static void check_costs(struct verdict *verdict, const struct golden_case *c, const char *group,
                        const struct batch_costs *costs, const struct cost_ramps *ramps,
                        const struct tolerances *tolerances)
{
    double scale = c->model->corr_scale;
    struct tolerance tolerance = tolerances->cost;

    compare_value(verdict, c, group, "recon_cost", costs->of[COST_RECON], tolerance);
    compare_value(verdict, c, group, "kl_cost", costs->of[COST_KL], tolerance);
    compare_value(verdict, c, group, "kl_weight", ramps->kl, tolerance);
    compare_value(verdict, c, group, "l2_cost", costs->of[COST_L2], tolerance);
    compare_value(verdict, c, group, "l2_weight", ramps->l2, tolerance);
    compare_value(verdict, c, group, "corr_cost", scale > 0 ? costs->of[COST_CORR] / scale : 0,
                  tolerance);
    compare_value(verdict, c, group, "weight_corr_cost", costs->of[COST_CORR], tolerance);
    compare_value(verdict, c, group, "timed_kl_cost", ramps->kl * costs->of[COST_KL], tolerance);
    compare_value(verdict, c, group, "timed_l2_cost", ramps->l2 * costs->of[COST_L2], tolerance);
    compare_value(verdict, c, group, "cost", costs->total, tolerance);
    compare_value(verdict, c, group, "nll_bound_vae", costs->nll_vae, tolerance);
    compare_value(verdict, c, group, "nll_bound_iwae", costs->nll_iwae, tolerance);
    compare_value(verdict, c, group, "train_step", (double)c->step, tolerance);
}

void outputs_check_costs(struct verdict *verdict, const struct golden_case *c, size_t session,
                         const struct batch_costs *costs, const struct cost_ramps *ramps,
                         const struct tolerances *tolerances)
{
    char group[120];

    snprintf(group, sizeof group, "%soutputs", c->prefix[session]);
    check_costs(verdict, c, group, costs, ramps, tolerances);
    if (golden_has(c->file, "kinds/prior_sample/costs"))
        compare_value(verdict, c, "kinds/prior_sample", "costs", ramps->l2 * costs->of[COST_L2],
                      tolerances->cost);
}

void outputs_check_step(struct verdict *verdict, const struct golden_case *c, int update,
                        const struct batch_costs *costs, const struct cost_ramps *ramps,
                        const struct tolerances *tolerances)
{
    const struct {
        const char *name;
        double ours;
        struct tolerance tolerance;
    } numbers[] = {
        {"cost", costs->total, tolerances->path},
        {"recon_cost", costs->of[COST_RECON], tolerances->path},
        {"kl_cost", costs->of[COST_KL], tolerances->path},
        {"l2_cost", costs->of[COST_L2], tolerances->path},
        {"kl_weight", ramps->kl, tolerances->path},
        {"l2_weight", ramps->l2, tolerances->path},
        {"weight_corr_cost", costs->of[COST_CORR], tolerances->path},
        {"nll_bound_vae", costs->nll_vae, tolerances->path},
        {"nll_bound_iwae", costs->nll_iwae, tolerances->path},
        {"grad_global_norm", costs->gradient_norm, update ? tolerances->path : tolerances->norm},
        {"train_step", (double)(c->step + update), tolerances->cost},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct array all = golden_read(c->file, "steps/%s", numbers[i].name);
        char name[100];

        snprintf(name, sizeof name, "steps/%s[%d]", numbers[i].name, update);
        if (all.values) {
            struct array one = {.values = all.values + update, .count = 1};

            golden_compare(verdict, name, &numbers[i].ours, &one, 0, numbers[i].tolerance);
        }
        golden_release(&all);
    }
}

/* Sums the costs of a pass with means, because the learner sums only those of samples. */
static void check_mean_costs(struct pass *pass)
{
    const struct shard *s = pass->s;
    const struct model *m = s->model;
    double recon = 0, kl = 0, n = (double)s->trials;
    acc *loglik = golden_fetch(s, s->cost[TERM_LOGLIK], s->trials, sizeof *loglik);
    acc *kl_ic = golden_fetch(s, s->cost[TERM_KL_IC], s->trials, sizeof *kl_ic);
    acc *kl_co = golden_fetch(s, s->cost[TERM_KL_CO], s->trials, sizeof *kl_co);

    for (size_t b = 0; b < s->trials; b++) {
        recon -= loglik[b] / n;
        kl += (m->kl_ic_weight * kl_ic[b] + m->kl_co_weight * kl_co[b]) / n;
    }
    free(loglik);
    free(kl_ic);
    free(kl_co);
    compare_value(pass->verdict, pass->c, pass->group, "recon_cost", recon, pass->tolerances->cost);
    compare_value(pass->verdict, pass->c, pass->group, "kl_cost", kl, pass->tolerances->cost);
    compare_value(pass->verdict, pass->c, pass->group, "nll_bound_vae", recon + kl,
                  pass->tolerances->cost);
}

void outputs_check(struct verdict *verdict, const struct golden_case *c, size_t session,
                   const char *group, enum latents latents, const struct tolerances *tolerances)
{
    struct golden_batch batch = {
        .c = c, .session = session, .noise = latents == PRIOR_SAMPLE ? "prior" : "post"};
    struct batch_source source = golden_source(&batch);
    char path[160];
    struct pass pass = {.verdict = verdict, .c = c, .group = path, .tolerances = tolerances};

    snprintf(path, sizeof path, "%s%s", c->prefix[session], group);
    if (!golden_has(c->file, path))
        return;
    if (shard_create(&pass.s, c->be, c->model, c->trials, 1, true, NULL) != LFADS_OK)
        exit(1);
    shard_begin(pass.s, session, c->trials, 1, latents,
                source.dropout && latents == POSTERIOR_SAMPLE, c->learner->parameters, NULL, NULL);
    source.load(source.payload, pass.s, 0);
    if (latents == PRIOR_SAMPLE) {
        shard_decode(pass.s);
    } else {
        shard_forward(pass.s);
        check_encoders(&pass);
    }
    check_dynamics(&pass);
    check_observations(&pass);
    if (latents == POSTERIOR_MEAN)
        check_mean_costs(&pass);
    check_all_known(&pass);
    shard_free(pass.s);
}
