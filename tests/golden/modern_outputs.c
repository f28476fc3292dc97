/* modern_outputs.c - maps each of lfads-torch's outputs to an array of the shard.
 * SPDX-License-Identifier: Apache-2.0 */
#include "modern_outputs.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden_shard.h"
#include "model/parts.h"
#include "modern_pass.h"

static bool is_known(const struct pass *pass, const char *name)
{
    for (size_t i = 0; i < pass->n_known; i++)
        if (strcmp(name, pass->known[i]) == 0)
            return true;
    return false;
}

void pass_keep_rows(const struct pass *pass, struct array *array)
{
    size_t trials = pass->c->data[pass->session].observed.shape[0], n;

    if (!array->values || array->rank < 2) /* a number */
        return;
    if (array->shape[0] != pass->c->trials)
        modern_stop(pass->c, "has an array of another number of trials");
    n = array->count / array->shape[0];
    memmove(array->values, array->values + pass->c->first[pass->session] * n,
            trials * n * sizeof *array->values);
    array->shape[0] = trials;
    array->count = trials * n;
}

struct array pass_golden(struct pass *pass, const char *format)
{
    struct array golden;

    snprintf(pass->name, sizeof pass->name, format, pass->c->session[pass->session]);
    golden = golden_read(pass->c->file, "outputs/%s", pass->name);
    assert(pass->n_known < KNOWN);
    if (golden.values && !is_known(pass, pass->name))
        memcpy(pass->known[pass->n_known++], pass->name, sizeof pass->name);
    if (!strchr(format, '%'))
        pass_keep_rows(pass, &golden);
    return golden;
}

void pass_compare(struct pass *pass, const char *format, const double *ours, size_t count)
{
    struct array golden = pass_golden(pass, format);

    if (golden.values)
        golden_compare_all(pass->verdict, pass->name, ours, count, &golden, 0,
                           pass->tolerances->output);
    golden_release(&golden);
}

void pass_compare_number(struct pass *pass, const char *format, double ours,
                         struct tolerance tolerance, double scale)
{
    struct array golden = pass_golden(pass, format);

    if (golden.values)
        golden_compare_all(pass->verdict, pass->name, &ours, 1, &golden, scale, tolerance);
    golden_release(&golden);
}

/* Multiplies the last dimension's first elements of ARRAY [B,T,n] by those of MASK [B,T',m]. */
static void mask_golden(struct array *array, const struct array *mask)
{
    size_t bins = array->rank > 2 ? array->shape[1] : 1, n = array->shape[array->rank - 1];
    size_t mask_bins = mask->rank > 2 ? mask->shape[1] : 1, m = mask->shape[mask->rank - 1];

    for (size_t i = 0; i < array->count; i++) {
        size_t trial = i / n / bins, bin = i / n % bins;

        array->values[i] *= mask->values[(trial * mask_bins + bin) * m + i % n];
    }
}

/* Compares OURS [bins,B,n], with row stride LD, with the file's array times MASK, which may have no
 * values. */
static void compare_masked(struct pass *pass, const char *format, const real *ours, size_t ld,
                           size_t bins, size_t n, const struct array *mask)
{
    struct array golden = pass_golden(pass, format);
    double *values = golden_trial_major(pass->s, ours, ld, bins, n);

    if (golden.values) {
        if (mask && mask->values)
            mask_golden(&golden, mask);
        golden_compare_all(pass->verdict, pass->name, values, pass->s->trials * bins * n, &golden,
                           0, pass->tolerances->output);
    }
    free(values);
    golden_release(&golden);
}

static void compare_array(struct pass *pass, const char *format, const real *ours, size_t ld,
                          size_t bins, size_t n)
{
    compare_masked(pass, format, ours, ld, bins, n, NULL);
}

/* Compares standard deviations with LOGVAR [bins,B,n]. */
static void compare_std(struct pass *pass, const char *name, const real *logvar, size_t bins,
                        size_t n)
{
    double *values = golden_trial_major(pass->s, logvar, n, bins, n);

    for (size_t i = 0; i < bins * pass->s->trials * n; i++)
        values[i] = exp(values[i] / 2);
    pass_compare(pass, name, values, pass->s->trials * bins * n);
    free(values);
}

/* The entry, if the file has it, is ones: what the program then does without an array. */
static void compare_ones(struct pass *pass, const char *format)
{
    struct array golden = pass_golden(pass, format);
    double *ones = calloc(golden.count + 1, sizeof *ones);

    for (size_t i = 0; i < golden.count; i++)
        ones[i] = 1;
    if (golden.values)
        golden_compare(pass->verdict, pass->name, ones, &golden, 0, pass->tolerances->output);
    free(ones);
    golden_release(&golden);
}

/* The shard keeps the data after all dropout, the file after coordinated dropout. */
static void check_data(struct pass *pass)
{
    const struct shard *s = pass->s;
    const struct model *m = s->model;
    size_t n = model_encoded_channels(m, s->session), channels = model_channels(m, s->session);
    bool masked = s->data_mask && m->identity_readin;
    struct array mask = golden_read(pass->c->file, masked ? "noise/mask_data" : "none");
    struct array recon =
        golden_read(pass->c->file, "inputs/%s/recon_data", pass->c->session[pass->session]);
    struct array golden = pass_golden(pass, "%s/recon_data_augmented");
    double *ours = golden_trial_major(s, s->data[TRIAL_OBSERVED], channels, m->bins, channels);

    pass_keep_rows(pass, &mask);
    compare_masked(pass, "%s/encod_data_augmented", s->encoded, n, m->encoded_bins, n, &mask);
    for (size_t i = 0; i < recon.count && golden.values; i++)
        if (isnan(recon.values[i])) /* the file has a placeholder there */
            ours[i] = golden.values[i];
    if (golden.values)
        golden_compare_all(pass->verdict, "recon_data_augmented", ours, recon.count, &golden, 0,
                           pass->tolerances->output);
    free(ours);
    golden_release(&golden);
    golden_release(&recon);
    golden_release(&mask);
}

static void check_coordinated(struct pass *pass)
{
    const struct shard *s = pass->s;
    const struct model *m = s->model;

    if (s->gradient_weight)
        compare_masked(pass, "%s/cd_grad_mask", s->gradient_weight, model_channels(m, s->session),
                       model_cd_bins(m), model_cd_channels(m, s->session),
                       &pass->c->data[pass->session].weight);
    else
        compare_ones(pass, "%s/cd_grad_mask");
}

/* The last states of both encoders, side by side. */
static void check_encoders(struct pass *pass)
{
    const struct shard *s = pass->s;
    const struct model *m = s->model;
    size_t n = m->ic_enc, b = s->trials;
    double *fwd = golden_trial_major(s, s->encoder[IC_FORWARD].h + m->ic_bins * b * n, n, 1, n);
    double *rev = golden_trial_major(s, s->encoder[IC_BACKWARD].h, n, 1, n);
    double *both = calloc(2 * b * n + 1, sizeof *both);

    for (size_t i = 0; i < b * n; i++) {
        both[i / n * 2 * n + i % n] = fwd[i];
        both[i / n * 2 * n + n + i % n] = rev[i];
    }
    pass_compare(pass, "ic_enc_last", both, 2 * b * n);
    free(fwd);
    free(rev);
    free(both);
    compare_array(pass, "post_g0_mean", s->ic_mean, m->ic_dim, 1, m->ic_dim);
    compare_std(pass, "post_g0_std", s->ic_logvar, 1, m->ic_dim);
}

static void check_controller(struct pass *pass)
{
    const struct shard *s = pass->s;
    const struct model *m = s->model;
    size_t u = m->co_dim, c = m->con_units, width = model_ci_width(m);
    struct array mask = golden_read(pass->c->file, s->con_mask ? "noise/mask_con_in" : "none");

    pass_keep_rows(pass, &mask);
    if (u) {
        compare_masked(pass, "con_ci", s->ci_in.data, s->ci_in.ld, m->bins, width, &mask);
        compare_array(pass, "con_states", s->con.h + s->trials * c, c, m->bins, c);
        compare_array(pass, "post_co_mean", s->co_mean, u, m->bins, u);
        compare_std(pass, "post_co_std", s->co_logvar, m->bins, u);
    }
    golden_release(&mask);
}

/* Without a controller the program needs no factors of the first state, and no mask of it. */
static void compute_first_factors(struct pass *pass)
{
    struct shard *s = pass->s;
    size_t g = s->model->gen_units;
    struct array mask = golden_read(pass->c->file, "noise/mask_gen_ic");
    real *numbers = s->be->memory_create(s->be, s->trials * g * sizeof *numbers);

    golden_upload(s, numbers, &mask, pass->c->first[pass->session], 1, g, 1);
    if (s->gen_out != s->gen.h)
        s->be->copy_masked(s->be, s->gen_out, g, s->gen.h, g, numbers, g, s->trials, g);
    factors_forward(s, 0, 1);
    s->be->memory_free(s->be, numbers);
    golden_release(&mask);
}

static void check_generator(struct pass *pass)
{
    struct shard *s = pass->s;
    const struct model *m = s->model;
    size_t g = m->gen_units, f = m->factors, in = model_generator_inputs(m);

    compare_array(pass, "gen_ics", s->gen.h, g, 1, g);
    compare_array(pass, "gen_states", s->gen.h + s->trials * g, g, m->bins, g);
    compare_array(pass, "gen_inputs", s->gen_in, in, m->bins, in);
    compare_array(pass, "factors", s->factors + s->trials * f, f, m->bins, f);
    if (m->feedback == FEED_NOTHING)
        compute_first_factors(pass);
    compare_array(pass, "factors_at_minus_1", s->factors, f, 1, f);
}

/* The numbers of an entry follow each other in the file. */
static void check_observation(struct pass *pass)
{
    const struct shard *s = pass->s;
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session), width = model_outputs(m, s->session);
    size_t p = m->output->n_params, count = s->trials * m->bins * n;
    double *all = calloc(count * p, sizeof *all);
    real *out = s->be->memory_create(s->be, m->bins * s->trials * width * sizeof *out);

    for (size_t i = 0; i < p; i++) {
        double *one = golden_trial_major(s, s->out_params[i] + s->trials * n, n, m->bins, n);

        for (size_t j = 0; j < count; j++)
            all[j * p + i] = one[j];
        free(one);
    }
    pass_compare(pass, "%s/output_params", all, count * p);
    shard_output(s, out);
    compare_array(pass, "%s/output_means", out, width, m->bins, n);
    s->be->memory_free(s->be, out);
    free(all);
}

static herr_t check_known(hid_t group, const char *name, const H5O_info_t *info, void *payload)
{
    struct pass *pass = payload;

    (void)group;
    if (info->type == H5O_TYPE_DATASET && !is_known(pass, name)) {
        pass->verdict->failed++;
        printf("  %s: outputs/%s is not compared\n", pass->c->name, name);
    }
    return 0;
}

/* Runs the trials of PART alone, and compares what is theirs. */
static void check_part(struct pass *pass, const struct batch_source *part,
                       const struct cost_ramps *ramps)
{
    const struct modern_case *c = pass->c;
    struct batch_source alone = *part;
    struct batch_costs costs;

    alone.next = NULL;
    learner_evaluate(c->learner, &alone, ramps);
    learner_collect(c->learner, &costs, NULL);
    pass->session = part->session;
    shard_begin(pass->s, part->session, part->trials, 1, POSTERIOR_SAMPLE, part->dropout,
                c->learner->parameters, NULL, NULL);
    part->load(part->payload, pass->s, 0);
    shard_forward(pass->s);
    check_data(pass);
    check_coordinated(pass);
    check_encoders(pass);
    check_controller(pass);
    check_generator(pass);
    check_observation(pass);
    modern_check_entries(pass, &costs);
}

void modern_check_outputs(struct verdict *verdict, const struct modern_case *c,
                          const struct batch_costs *costs, const struct cost_ramps *ramps,
                          const struct modern_tolerances *tolerances)
{
    struct modern_batch batch;
    struct pass pass = {.verdict = verdict, .c = c, .tolerances = tolerances};
    hid_t group = H5Gopen2(c->file, "outputs", H5P_DEFAULT);

    modern_batch_set(&batch, c, "noise");
    if (shard_create(&pass.s, c->be, c->model, c->trials, 1, true, NULL) != LFADS_OK)
        modern_stop(c, "has no memory");
    for (size_t s = 0; s < c->sessions; s++)
        check_part(&pass, &batch.sources[s], ramps);
    modern_check_costs(&pass, costs, ramps);
    H5Ovisit(group, H5_INDEX_NAME, H5_ITER_INC, check_known, &pass);
    H5Gclose(group);
    shard_free(pass.s);
}
