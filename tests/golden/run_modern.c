/* run_modern.c - runs model and optimizer on every golden model of lfads-torch in the given folders
 * and in $LFADS_GOLDEN, and compares outputs, costs, gradients and updated parameters.
 *
 *   run_modern [reference|cpu|isolated|gpu:N] FOLDER…
 *
 * A file describes its case completely: adding a file adds a case.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden_run.h"
#include "golden_vectors.h"
#include "modern_outputs.h"

/* In double as in run_model.c, but for elements that are small within their array: they may differ
 * by 1e-13 of its size, because two programs of this model differ by up to 3e-14. In float ten
 * times such a program's errors in float; the Gaussian likelihood divides by variances down to
 * 1e-6, which makes errors larger. */
#ifdef LFADS_REAL_DOUBLE
static const struct modern_tolerances usual = {.output = {1e-12, 0.1, NULL},
                                               .cost = {1e-12, 0, NULL},
                                               .gradient = {1e-12, 0.1, NULL},
                                               .norm = {1e-12, 0, NULL},
                                               .parameter = {1e-11, 0.01, NULL}};
#define gaussian usual
#else
static const struct modern_tolerances usual = {.output = {6e-6, 1, NULL},
                                               .cost = {6e-6, 0, NULL},
                                               .gradient = {6e-5, 1, NULL},
                                               .norm = {3e-6, 0, NULL},
                                               .parameter = {4e-6, 1, NULL}};
static const struct modern_tolerances gaussian = {.output = {2e-5, 1, NULL},
                                                  .cost = {2e-5, 0, NULL},
                                                  .gradient = {3e-4, 1, NULL},
                                                  .norm = {2e-4, 0, NULL},
                                                  .parameter = {4e-6, 1, NULL}};
#endif

static const struct modern_tolerances *tolerances_of(const struct modern_case *c)
{
    return strcmp(c->config->output_dist, "gaussian") == 0 ? &gaussian : &usual;
}

/* Whether NAME is a word of the list, which commas separate. */
static bool lists(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ',') && (at[length] == ',' || !at[length]))
            return true;
    return false;
}

static herr_t count_set(hid_t group, const char *name, const H5O_info_t *info, void *payload)
{
    size_t *count = payload;

    (void)group;
    (void)name;
    *count += info->type == H5O_TYPE_DATASET;
    return 0;
}

/* The parameters, and those of them that are trained, are the file's. */
static void check_parameters(const struct modern_case *c, struct verdict *verdict)
{
    char untrained[8192];
    size_t count = 0;
    hid_t group = H5Gopen2(c->file, "params", H5P_DEFAULT);

    H5Ovisit(group, H5_INDEX_NAME, H5_ITER_INC, count_set, &count);
    H5Gclose(group);
    if (count != c->model->n_params) {
        verdict->failed++;
        printf("  %s: the file has %zu parameters, the model %zu\n", c->name, count,
               c->model->n_params);
    }
    golden_attribute(c->file, "untrained", untrained, sizeof untrained);
    for (size_t i = 0; i < c->model->n_params; i++) {
        const struct param *p = &c->model->params[i];

        verdict->compared++;
        if (p->trained != lists(untrained, p->name))
            continue;
        verdict->failed++;
        printf("  %s: %s is %strained\n", c->name, p->name, p->trained ? "" : "not ");
    }
}

static void check_pass(const struct modern_case *c, struct verdict *verdict)
{
    const struct modern_tolerances *tolerances = tolerances_of(c);
    struct modern_batch batch;
    struct cost_ramps ramps = costs_ramps(c->config, 0, (int64_t)modern_number(c, "epoch"));
    struct batch_costs costs;
    real *gradient = calloc(c->model->size, sizeof *gradient);

    modern_batch_set(&batch, c, "noise");
    learner_differentiate(c->learner, batch.sources, &ramps);
    learner_collect(c->learner, &costs, NULL);
    c->be->download(c->be, gradient, c->learner->gradient, c->model->size * sizeof *gradient);
    modern_check_outputs(verdict, c, &costs, &ramps, tolerances);
    for (size_t i = 0; i < c->model->n_params; i++) /* of a fixed one the file has no gradient */
        if (!c->model->params[i].trained)
            memset(gradient + c->model->params[i].offset, 0,
                   c->model->params[i].rows * c->model->params[i].cols * sizeof *gradient);
    golden_check_vector(c->file, verdict, c->model, "grads", gradient, tolerances->gradient, true);
    free(gradient);
}

/* Sets EACH, one number for each of the vector, to what rounding makes of UPDATES updates. Adam
 * divides an entry's gradient by its size, so that its update has the gradient's relative error:
 * 8 u of the array's largest, as for outputs (run_model.c), of an entry that is small in it. */
static void allow_rounding(double *each, const struct modern_case *c, double updates)
{
    const double rounding = ldexp(8, sizeof(real) == 4 ? -24 : -53);
    const double rate = c->config->learning_rate_init, epsilon = c->config->adam_epsilon;

    for (size_t i = 0; i < c->model->n_params; i++) {
        const struct param *p = &c->model->params[i];
        struct array gradient = golden_read(c->file, "grads/%s", p->name);
        double error = rounding * (gradient.values ? golden_largest(&gradient) : 0);

        for (size_t j = 0; gradient.values && j < gradient.count; j++)
            if (gradient.values[j] != 0)
                each[p->offset + j] = updates * rate * error / (fabs(gradient.values[j]) + epsilon);
        golden_release(&gradient);
    }
}

static void check_updated(const struct modern_case *c, struct verdict *verdict, const char *group,
                          const real *parameters, double updates)
{
    struct tolerance tolerance = tolerances_of(c)->parameter;
    double *each = calloc(c->model->size, sizeof *each);

    allow_rounding(each, c, updates);
    tolerance.each = each;
    golden_check_vector(c->file, verdict, c->model, group, parameters, tolerance, false);
    free(each);
}

static void check_step(const struct modern_case *c, struct verdict *verdict, const char *name,
                       size_t update, double ours)
{
    const struct modern_tolerances *tolerances = tolerances_of(c);
    struct array all = golden_read(c->file, "steps/%s", name);

    if (all.values) {
        struct array one = {.values = all.values + update, .count = 1};

        /* the parameters of the later updates have rounding errors of their own */
        golden_compare(verdict, name, &ours, &one, 0,
                       update ? tolerances->parameter : tolerances->norm);
    }
    golden_release(&all);
}

static void check_updates(const struct modern_case *c, struct verdict *verdict)
{
    static const char *const noise[] = {"noise", "noise/step1", "noise/step2"};

    for (size_t update = 0; update < 3 && golden_has(c->file, noise[update]); update++) {
        struct modern_batch batch;
        int64_t epoch = (int64_t)modern_number(c, "epoch") + (int64_t)update;
        struct cost_ramps ramps = costs_ramps(c->config, 0, epoch);
        struct batch_costs costs;
        struct param_vectors after;

        modern_batch_set(&batch, c, noise[update]);
        learner_step(c->learner, batch.sources, &ramps, c->config->learning_rate_init,
                     (int64_t)update + 1);
        learner_collect(c->learner, &costs, NULL);
        after = learner_download(c->learner);
        check_step(c, verdict, "loss", update, costs.total);
        check_step(c, verdict, "grad_global_norm", update, costs.gradient_norm);
        if (update == 0)
            check_updated(c, verdict, "params_after_1", after.parameters, 1);
        if (update == 2)
            check_updated(c, verdict, "params_after_3", after.parameters, 3);
    }
}

/* *ONE_ARRAY becomes whether the case was run and the encoders read the observed array. */
static bool run_arrays(const char *path, const struct backend *be, bool separate, bool *one_array)
{
    struct modern_case c;
    struct verdict verdict = {0};

    modern_case_open(&c, path, be, separate);
    verdict.case_name = c.name;
    *one_array = c.one_array && !c.needs[0];
    if (c.needs[0]) {
        printf("%-28s not run: needs %s\n", c.name, c.needs);
        modern_case_close(&c);
        return true;
    }
    check_parameters(&c, &verdict);
    check_pass(&c, &verdict);
    check_updates(&c, &verdict);
    printf("%-28s %s  %4zu arrays, worst %.2f of its tolerance (%s)%s\n", c.name,
           verdict.failed ? "FAILED" : "ok", verdict.compared, verdict.worst, verdict.worst_name,
           separate ? ", encoded data apart" : "");
    modern_case_close(&c);
    return verdict.failed == 0;
}

/* Where the encoders can read the observed array, they also read a copy in a second run. */
static bool run_case(const char *path, const struct backend *be)
{
    bool one_array, passed = run_arrays(path, be, false, &one_array);

    return one_array ? run_arrays(path, be, true, &one_array) && passed : passed;
}

int main(int argc, char **argv)
{
    static const struct golden_kind kind = {"hyperparameters", run_case};

    return golden_run(argc, argv, &kind);
}
