/* passes.c - runs trials through the trained model and writes the results into arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/passes.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sizes.h"
#include "run/sample_statistics.h"
#include "run/spread.h"

/* The number of trials that are decoded at once. */
static size_t decoded_trials(const struct pass_plan *plan)
{
    return plan->one_by_one ? 1 : plan->trials;
}

/* Bytes of the host's memory to compute the spread over samples in; of a device's samples, a bin of
 * them. */
static size_t samples_bytes(const struct model *model, const struct pass_plan *plan)
{
    size_t output, result, widest;

    results_widest(&output, &result, model);
    widest = size_max(size_max(model->gen_units, model->factors),
                      size_max(model_generator_inputs(model), output / model->bins));
    return decoded_trials(plan) * plan->samples * widest * sizeof(real);
}

/* Whether the host needs a bin's samples that lie in a device's memory. */
static bool takes_samples(const struct backend *be, const struct pass_plan *plan)
{
    return !be->host_memory && (plan->spread || plan->more);
}

size_t passes_host_bytes(const struct backend *be, const struct model *model,
                         const struct pass_plan *plan)
{
    return (plan->spread ? samples_scratch(plan->samples) : 0) +
           (takes_samples(be, plan) ? samples_bytes(model, plan) : 0);
}

size_t passes_bytes(const struct backend *be, const struct model *model,
                    const struct pass_plan *plan)
{
    size_t trials = decoded_trials(plan), output, result;

    results_widest(&output, &result, model);
    return shard_bytes(be, model, trials, plan->samples, false) +
           (plan->one_by_one ? shard_bytes(be, model, plan->trials, 1, false) : 0) +
           trials * plan->samples * output * sizeof(real) +
           (be->host_memory ? 0 : trials * result * sizeof(acc));
}

enum lfads_status passes_create(struct passes *passes, const struct backend *be,
                                const struct model *model, const struct pass_plan *plan,
                                struct lfads_error *err)
{
    struct passes *p = passes;
    size_t trials = decoded_trials(plan), rows = trials * plan->samples, output, result;
    enum lfads_status status;

    *p = (struct passes){.be = be, .model = model, .plan = *plan};
    status = shard_create(&p->decoder, be, model, trials, plan->samples, false, err);
    p->encoder = p->decoder;
    if (status == LFADS_OK && plan->one_by_one)
        status = shard_create(&p->encoder, be, model, plan->trials, 1, false, err);
    if (status != LFADS_OK)
        return status;
    results_widest(&output, &result, model);
    p->output = be->memory_create(be, rows * output * sizeof *p->output);
    p->means = be->host_memory ? NULL : be->memory_create(be, trials * result * sizeof *p->means);
    p->costs = be->host_create(be, cost_terms_count(rows, trials) * sizeof *p->costs);
    if (plan->spread)
        p->scratch = malloc(samples_scratch(plan->samples));
    if (takes_samples(be, plan))
        p->samples = malloc(samples_bytes(model, plan));
    return p->output && p->costs && (p->means || be->host_memory) &&
                   (p->scratch || !plan->spread) && (p->samples || !takes_samples(be, plan))
               ? LFADS_OK
               : lfads_fail(err, LFADS_NO_MEMORY,
                            "no memory for %zu rows of output: lower --batch_size or --threads",
                            rows);
}

void passes_release(struct passes *passes)
{
    struct passes *p = passes;

    if (!p->be)
        return;
    if (p->encoder != p->decoder)
        shard_free(p->encoder);
    shard_free(p->decoder);
    p->be->memory_free(p->be, p->output);
    p->be->memory_free(p->be, p->means);
    p->be->host_free(p->be, p->costs);
    free(p->scratch);
    free(p->samples);
    *p = (struct passes){.be = NULL};
}

static void begin_shard(const struct passes *p, struct shard *s, size_t trials, size_t samples)
{
    shard_begin(s, p->pass.session, trials, samples, p->plan.latents, false, p->pass.parameters,
                NULL, NULL);
}

struct shard *passes_begin(struct passes *passes, const struct pass *pass)
{
    struct passes *p = passes;

    assert(pass->trials <= p->plan.trials);
    p->pass = *pass;
    begin_shard(p, p->encoder, pass->trials, p->plan.one_by_one ? 1 : p->plan.samples);
    return p->encoder;
}

void passes_encode(struct passes *passes)
{
    shard_upload(passes->encoder);
    shard_set_scales(passes->encoder, 1);
    if (passes->plan.latents != PRIOR_SAMPLE)
        shard_encode(passes->encoder);
}

/* Copies row TRIAL of every bin, from src [T,B,n] to dst [T,n]. */
static void take_rows(const struct shard *s, real *dst, const real *src, size_t bins, size_t trials,
                      size_t trial, size_t n)
{
    if (n)
        s->be->copy_masked(s->be, dst, n, src + trial * n, trials * n, NULL, 0, bins, n);
}

void passes_take(struct shard *decoder, const struct shard *encoder, size_t trial)
{
    const struct model *m = decoder->model;
    size_t b = encoder->trials;

    assert(decoder->trials == 1 && encoder->samples == 1);
    for (enum trial_array array = 0; array < TRIAL_ARRAYS; array++)
        take_rows(decoder, decoder->data[array], encoder->data[array], model_trial_bins(m, array),
                  b, trial, model_trial_width(m, decoder->session, array));
    if (encoder->missing_weight)
        take_rows(decoder, decoder->missing_weight, encoder->missing_weight, m->data_bins, b, trial,
                  model_channels(m, decoder->session));
    take_rows(decoder, decoder->ic_mean, encoder->ic_mean, 1, b, trial, m->ic_dim);
    take_rows(decoder, decoder->ic_logvar, encoder->ic_logvar, 1, b, trial, m->ic_dim);
    take_rows(decoder, decoder->ci_in.data, encoder->ci_in.data, m->bins, b, trial,
              m->co_dim ? decoder->ci_in.ld : 0);
}

static void draw_noise(const struct passes *p, size_t first)
{
    struct philox_address from = {.seed = p->pass.seed};

    shard_address_noise(p->decoder, p->pass.step, p->pass.trial + (uint32_t)first);
    shard_draw_noise(p->decoder, &from);
}

size_t passes_decode(struct passes *passes, size_t first)
{
    const struct passes *p = passes;
    struct shard *s = p->decoder;

    assert(first < p->pass.trials && (p->plan.one_by_one || first == 0));
    if (p->plan.one_by_one) {
        begin_shard(p, s, 1, p->plan.samples);
        passes_take(s, p->encoder, first);
    }
    if (p->pass.costs || p->plan.latents != POSTERIOR_MEAN) /* means need noise for costs only */
        draw_noise(p, first);
    if (p->pass.costs)
        shard_decode(s);
    else
        shard_generate(s);
    return s->trials;
}

/* Writes means over a trial's SAMPLES of SOURCE [T,R,ld], or [R,ld] for a result without bins. */
static void keep_means(const struct passes *p, const struct results *r, enum result which,
                       size_t offset, const real *source, size_t ld, size_t samples)
{
    const struct shard *s = p->decoder;
    size_t bins = r->bins[which] ? r->bins[which] : 1, n = r->width[which] / bins;
    double *dst;

    if (!r->values[which])
        return;
    dst = r->values[which] + offset * r->width[which];
    s->be->average_samples(s->be, p->means ? p->means : dst, source, ld, bins, s->trials, samples,
                           n);
    if (p->means)
        s->be->download(s->be, dst, p->means, s->trials * r->width[which] * sizeof *dst);
}

/* The samples of a result that is a mean over them: [T,R,ld], or [R,ld] for a result without bins.
 */
struct sampled {
    const real *rows;
    size_t ld;
};

static struct sampled sampled_of(const struct passes *p, enum result which)
{
    const struct shard *s = p->decoder;
    const struct model *m = s->model;
    const struct sampled all[RESULTS] = {
        [RESULT_GEN_ICS] = {s->gen.h, m->gen_units},
        [RESULT_INPUTS] = {s->gen_in, model_generator_inputs(m)},
        [RESULT_GEN_STATES] = {s->gen.h + s->rows * m->gen_units, m->gen_units},
        [RESULT_FACTORS] = {s->factors + s->rows * m->factors, m->factors},
        [RESULT_CO_MEAN] = {s->co_mean, m->co_dim},
        [RESULT_CO_STD] = {s->co_logvar, m->co_dim},
        [RESULT_CON_STATES] = {s->con.h + s->rows * m->con_units, m->con_units},
        [RESULT_GEN_INPUTS] = {s->gen_in, model_generator_inputs(m)},
        [RESULT_OUTPUT] = {p->output, model_outputs(m, s->session)}};

    return all[which];
}

/* A bin's samples [R,ld] in the host's memory, until the next call. */
static const real *rows_of_bin(const struct passes *p, const struct sampled *sampled, size_t bin)
{
    const struct shard *s = p->decoder;
    const real *rows = sampled->rows + bin * s->rows * sampled->ld;

    if (!p->samples)
        return rows;
    s->be->download(s->be, p->samples, rows, s->rows * sampled->ld * sizeof *rows);
    return p->samples;
}

/* Writes the means over samples of the standard deviations that rows of log variances are of. */
static void keep_deviations(const struct passes *p, const struct results *r, enum result which,
                            size_t offset)
{
    const struct shard *s = p->decoder;
    const struct sampled sampled = sampled_of(p, which);
    size_t n = sampled.ld, bins = r->bins[which];

    for (size_t t = 0; r->values[which] && t < bins; t++) {
        const real *rows = rows_of_bin(p, &sampled, t);

        for (size_t b = 0; b < s->trials; b++)
            for (size_t j = 0; j < n; j++) {
                double sum = 0;

                for (size_t k = 0; k < s->samples; k++)
                    sum += exp((double)rows[(b * s->samples + k) * n + j] / 2);
                r->values[which][((offset + b) * bins + t) * n + j] = sum / (double)s->samples;
            }
    }
}

/* Writes the spread of a result over samples, bin by bin. */
static void keep_spread(const struct passes *p, const struct results *r, enum result which,
                        size_t offset)
{
    const struct shard *s = p->decoder;
    const struct sampled sampled = sampled_of(p, which);
    size_t bins = r->bins[which] ? r->bins[which] : 1, n = r->width[which] / bins, k = s->samples;
    float *deviation = r->spread->deviation[which], *quantile = r->spread->quantile[which];
    const struct quantiles *q = &r->spread->wants.quantiles;

    if (!deviation && !quantile)
        return;
    for (size_t t = 0; t < bins; t++) {
        const real *rows = rows_of_bin(p, &sampled, t);

        for (size_t b = 0; b < s->trials; b++) {
            const real *x = rows + b * k * sampled.ld;
            size_t place = ((offset + b) * bins + t) * n;

            if (deviation)
                samples_deviations(deviation + place, x, sampled.ld, k, n);
            if (quantile)
                samples_quantiles(quantile + place * q->count, q, x, sampled.ld, k, n, p->scratch);
        }
    }
}

void passes_copy_samples(const struct passes *passes, real *samples, size_t first, size_t total)
{
    const struct shard *s = passes->decoder;
    const struct sampled sampled = sampled_of(passes, RESULT_OUTPUT);
    size_t bins = s->model->bins, n = sampled.ld, k = s->samples;

    for (size_t t = 0; t < bins; t++) {
        const real *rows = rows_of_bin(passes, &sampled, t);

        for (size_t b = 0; b < s->trials; b++)
            memcpy(samples + ((b * bins + t) * total + first) * n, rows + b * k * n,
                   k * n * sizeof *rows);
    }
}

/* Writes a row that all trials share. */
static void keep_row(const struct passes *p, const struct results *r, enum result which,
                     size_t offset, const real *row)
{
    const struct shard *s = p->decoder;
    size_t n = r->width[which];
    double *dst;

    if (!r->values[which])
        return;
    dst = r->values[which] + offset * n;
    s->be->average_samples(s->be, p->means ? p->means : dst, row, n, 1, 1, 1, n);
    if (p->means)
        s->be->download(s->be, dst, p->means, n * sizeof *dst);
    for (size_t b = 1; b < s->trials; b++)
        memcpy(dst + b * n, dst, n * sizeof *dst);
}

static void keep_number(const struct results *r, enum result which, size_t offset, double value)
{
    if (r->values[which])
        r->values[which][offset] = value;
}

/* Writes the costs and bounds of each trial, from its samples' costs. */
static void keep_costs(const struct passes *p, const struct results *r, size_t offset)
{
    const struct shard *s = p->decoder;

    s->be->download(s->be, p->costs, s->cost[0],
                    cost_terms_count(s->rows, s->trials) * sizeof *p->costs);
    for (size_t b = 0; b < s->trials; b++) {
        struct row_costs trial = costs_of_trial(p->costs, s->rows, s->trials, b);
        struct batch_costs costs;

        trial.session = s->session;
        costs_sum(&costs, s->model, &trial, p->pass.costs->l2, &p->pass.costs->ramps);
        keep_number(r, RESULT_COST, offset + b, costs.total);
        keep_number(r, RESULT_NLL_VAE, offset + b, costs.nll_vae);
        keep_number(r, RESULT_NLL_IWAE, offset + b, costs.nll_iwae);
    }
}

void passes_keep(const struct passes *passes, const struct results *results, size_t offset)
{
    const struct passes *p = passes;
    const struct results *r = results;
    const struct shard *s = p->decoder;
    const struct model *m = s->model;
    size_t ic = m->ic_dim;

    if (r->values[RESULT_OUTPUT])
        shard_output(s, p->output);
    if (p->pass.costs)
        keep_costs(p, r, offset);
    keep_row(p, r, RESULT_PRIOR_G0_MEAN, offset, s->w.prior_mean);
    keep_row(p, r, RESULT_PRIOR_G0_LOGVAR, offset, s->prior_logvar);
    keep_means(p, r, RESULT_POST_G0_MEAN, offset, s->ic_mean, ic, 1);
    keep_means(p, r, RESULT_POST_G0_LOGVAR, offset, s->ic_logvar, ic, 1);
    for (enum result which = RESULT_GEN_ICS; which <= RESULT_OUTPUT; which++) {
        const struct sampled sampled = sampled_of(p, which);

        if (which == RESULT_CO_STD)
            keep_deviations(p, r, which, offset);
        else
            keep_means(p, r, which, offset, sampled.rows, sampled.ld, s->samples);
        if (r->spread)
            keep_spread(p, r, which, offset);
    }
}
