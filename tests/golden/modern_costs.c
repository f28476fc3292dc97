/* modern_costs.c - compares costs: of entries, of the batch, and the scores that follow from them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden_shard.h"
#include "model/parts.h"
#include "modern_pass.h"

/* The part of an entry's cost that lfads-torch leaves out: of the Gaussian, half of ln 2 pi. */
static double left_out(const struct pass *pass)
{
    return strcmp(pass->c->config->output_dist, "gaussian") == 0 ? log(2 * acos(-1)) / 2 : 0;
}

/* The same of the session's reconstruction cost. */
static double left_out_of_session(const struct pass *pass)
{
    const struct array *y = &pass->c->data[pass->session].observed,
                       *weight = &pass->c->data[pass->session].weight;
    double weights = 0;

    for (size_t i = 0; i < y->count; i++)
        weights += weight->values ? weight->values[i] : 1;
    return left_out(pass) * weights / (double)(pass->s->model->mean_recon ? y->count : y->shape[0]);
}

/* Returns lfads-torch's cost of each entry [B,T,N], WEIGHTED or not, by the model's operation on
 * parts of the arrays. */
static double *entry_costs(const struct pass *pass, bool weighted)
{
    const struct shard *s = pass->s;
    const double *weights = weighted ? pass->c->data[pass->session].weight.values : NULL;
    size_t n = model_channels(s->model, s->session), bins = s->model->bins;
    size_t count = bins * s->trials * n;
    acc *sums = s->be->memory_create(s->be, count * sizeof *sums), *host;
    double *costs = calloc(count, sizeof *costs);

    for (size_t i = 0; i < count; i++) {
        size_t at = (i / n % bins * s->trials + i / n / bins) * n + i % n;
        struct observed o = {.x = s->data[TRIAL_OBSERVED] + at,
                             .weight = weighted && s->weight ? s->weight + at : NULL,
                             .constants = shard_constants(s),
                             .bins = 1,
                             .trials = 1,
                             .samples = 1,
                             .channels = 1};

        for (int k = 0; k < 2 && s->w.gamma_scale; k++)
            o.constants.zig_scale[k] += i % n;
        for (size_t p = 0; p < s->model->output->n_params; p++)
            o.params[p] = s->out_params[p] + s->trials * n + at;
        s->model->observation->forward(s->be, sums + i, &o);
    }
    host = golden_fetch(s, sums, count, sizeof *host);
    for (size_t i = 0; i < count; i++)
        costs[i] = -host[i] - left_out(pass) * (weights ? weights[i] : 1);
    s->be->memory_free(s->be, sums);
    free(host);
    return costs;
}

/* Where data is missing the file scores a placeholder, so those entries are not compared. */
static void check_entries(struct pass *pass, const double *costs)
{
    const char *session = pass->c->session[pass->session];
    struct array recon = golden_read(pass->c->file, "inputs/%s/recon_data", session);
    struct array golden = pass_golden(pass, "%s/nll");
    double *ours = calloc(recon.count, sizeof *ours), *weighted = entry_costs(pass, true);

    for (size_t i = 0; i < recon.count; i++) {
        ours[i] = costs[i];
        if (isnan(recon.values[i]))
            ours[i] = golden.values[i] = 0;
    }
    golden_compare_all(pass->verdict, "nll", ours, recon.count, &golden, 0,
                       pass->tolerances->output);
    pass_compare(pass, "%s/nll_weighted", weighted, recon.count);
    free(ours);
    free(weighted);
    golden_release(&golden);
    golden_release(&recon);
}

/* Channels and bins, from the first to before the end. */
struct region {
    size_t channel, channels_end, bin, bins_end;
};

static bool contains(const struct region *r, const struct array *y, size_t i)
{
    size_t channel = i % y->shape[2], bin = i / y->shape[2] % y->shape[1];

    return channel >= r->channel && channel < r->channels_end && bin >= r->bin && bin < r->bins_end;
}

static double stirling(double k) { return k > 1 ? k * log(k) - k + log(2 * acos(-1) * k) / 2 : 0; }

/* Compares the bits per spike of the region, which lfads-torch does not log below -1. */
static void check_bps(struct pass *pass, const char *name, const double *costs,
                      const struct region *region)
{
    const struct array *y = &pass->c->data[pass->session].observed;
    double cost = 0, null = 0, spikes = 0;
    double bins = (double)(y->shape[0] * (region->bins_end - region->bin));

    for (size_t j = region->channel; j < region->channels_end; j++) {
        double rate = 0;

        for (size_t i = j; i < y->count; i += y->shape[2])
            rate += contains(region, y, i) ? y->values[i] / bins : 0;
        for (size_t i = j; i < y->count; i += y->shape[2])
            if (contains(region, y, i)) {
                cost += costs[i];
                null += rate - y->values[i] * log(rate + 1e-8) + stirling(y->values[i]);
                spikes += y->values[i];
            }
    }
    pass_compare_number(pass, name, fmax((null - cost) / (spikes * log(2)), -1),
                        pass->tolerances->output, null / (spikes * log(2)));
}

static void check_scores(struct pass *pass, const double *costs)
{
    const struct model *m = pass->s->model;
    size_t n = model_channels(m, pass->session);
    size_t read = model_encoded_channels(m, pass->session);

    check_bps(pass, "bps", costs, &(struct region){0, read, 0, m->encoded_bins});
    check_bps(pass, "co_bps", costs, &(struct region){read, n, 0, m->encoded_bins});
    check_bps(pass, "fp_bps", costs, &(struct region){0, n, m->encoded_bins, m->bins});
}

/* Compares the cost of the entries that sample validation leaves out. */
static void check_left_out(struct pass *pass, const double *costs)
{
    const struct modern_data *data = &pass->c->data[pass->session];
    const struct array *x = &data->encoded, *y = &data->observed;
    double sum = 0;

    for (size_t i = 0; i < x->count && data->kept.values; i++) {
        size_t n = x->shape[2], bin = i / n % x->shape[1], trial = i / n / x->shape[1];

        sum += (1 - data->kept.values[i]) / data->sv_rate *
               costs[(trial * y->shape[1] + bin) * y->shape[2] + i % n];
    }
    pass_compare_number(pass, "recon_sv",
                        sum / (double)(pass->s->model->mean_recon ? x->count : x->shape[0]),
                        pass->tolerances->cost, 0);
}

/* The sum of a term over the session's trials. */
static double sum_of_term(const struct pass *pass, enum cost_term term)
{
    acc *costs = golden_fetch(pass->s, pass->s->cost[term], pass->s->trials, sizeof *costs);
    double sum = 0;

    for (size_t b = 0; b < pass->s->trials; b++)
        sum += costs[b];
    free(costs);
    return sum;
}

void modern_check_entries(struct pass *pass, const struct batch_costs *costs)
{
    double *entries = entry_costs(pass, false), more = left_out_of_session(pass);

    check_entries(pass, entries);
    check_scores(pass, entries);
    check_left_out(pass, entries);
    free(entries);
    pass_compare_number(pass, "%s/recon", costs->of[COST_RECON] - more, pass->tolerances->cost, 0);
    pass->kl_ic += sum_of_term(pass, TERM_KL_IC);
    pass->kl_co += sum_of_term(pass, TERM_KL_CO);
    pass->left_out += more;
}

void modern_check_costs(struct pass *pass, const struct batch_costs *costs,
                        const struct cost_ramps *ramps)
{
    const struct model *m = pass->s->model;
    struct tolerance tolerance = pass->tolerances->cost;
    double trials = (double)pass->c->trials;
    double kl_ic = m->kl_ic_weight * pass->kl_ic / trials;
    double kl_co = cost_term_row(TERM_KL_CO)->weight(m) * pass->kl_co / trials;
    double more = pass->left_out / (double)pass->c->sessions; /* the cost is the sessions' mean */

    pass_compare_number(pass, "recon", costs->of[COST_RECON] - more, tolerance, 0);
    pass_compare_number(pass, "kl_ic", kl_ic, tolerance, 0);
    pass_compare_number(pass, "kl_co", kl_co, tolerance, 0);
    pass_compare_number(pass, "l2", costs->of[COST_L2], tolerance, 0);
    pass_compare_number(pass, "kl_ramp", ramps->kl, tolerance, 0);
    pass_compare_number(pass, "l2_ramp", ramps->l2, tolerance, 0);
    pass_compare_number(pass, "loss", costs->total - m->loss_scale * more, tolerance, 0);
    pass_compare_number(pass, "grad_global_norm", costs->gradient_norm, pass->tolerances->norm, 0);
    if (fabs(costs->of[COST_KL] - kl_ic - kl_co) > 1e-12 * fabs(kl_ic + kl_co)) {
        pass->verdict->failed++;
        printf("  %s: the KL cost is not the sum of its parts\n", pass->c->name);
    }
}
