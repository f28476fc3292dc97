/* run_model.c - runs model and optimizer on every golden model of the given folders and of
 * $LFADS_GOLDEN, and compares outputs, costs, gradients, parameters and moments.
 *
 *   run_model [reference|cpu|isolated|gpu:N] FOLDER…
 *
 * A file describes its case completely: adding a file adds a case.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden_case.h"
#include "golden_outputs.h"
#include "golden_run.h"
#include "golden_vectors.h"
#include "model/model_create.h"

/* Tolerances of each kind for rounding, with the unit roundoff u of real (2^-53, 2^-24). An output
 * results from about a thousand operations in sequence, through states that amplify errors over the
 * bins; a gradient from twice as many. An element that is small within its array is a difference of
 * numbers of the array's size and has their rounding error: 9 u of this size in double; in float 8
 * u for outputs, which sum about 60 products, and 34 u for gradients, which sum up to a thousand
 * bins of trials (the square roots of these). Costs are scalars: their spread is 0. */
#ifdef LFADS_REAL_DOUBLE
static const struct tolerances tolerances = {.output = {1e-12, 1e-3, NULL},
                                             .prior_logvar = {1e-12, 1e-3, NULL},
                                             .cost = {1e-12, 0, NULL},
                                             .gradient = {1e-12, 1e-3, NULL},
                                             .square = {2e-12, 1e-3, NULL}, /* of a gradient */
                                             .norm = {1e-12, 0, NULL},
                                             .parameter = {1e-11, 1e-3, NULL},
                                             .change = {1e-9, 1e-3, NULL},
                                             .path = {1e-12, 0, NULL}};
#else
static const struct tolerances tolerances = {.output = {5e-6, 0.1, NULL},
                                             .prior_logvar = {2e-5, 0.1, NULL},
                                             .cost = {2e-6, 0, NULL},
                                             .gradient = {2e-5, 0.1, NULL},
                                             .square = {4e-5, 0.1, NULL},
                                             .norm = {2e-6, 0, NULL},
                                             .parameter = {2e-5, 0.05, NULL},
                                             .change = {3e-4, 0.05, NULL},
                                             .path = {1e-5, 0, NULL}};
#endif

static struct cost_ramps ramps_at(const struct golden_case *c, int64_t step)
{
    return costs_ramps(c->config, step, 0);
}

/* The trained parameters are the original's, in its order. */
static void check_trained(const struct golden_case *c, struct verdict *verdict)
{
    static char names[16384], ours[16384];
    size_t used = 0;

    golden_attribute(c->file, "trained_variables", names, sizeof names);
    for (size_t i = 0; i < c->model->n_params; i++)
        if (c->model->params[i].trained)
            used += (size_t)snprintf(ours + used, sizeof ours - used, "%s%s", used ? "," : "",
                                     c->model->params[i].name);
    verdict->compared++;
    if (strcmp(names, ours) == 0)
        return;
    verdict->failed++;
    printf("  %s: trained variables differ\n   golden %s\n   ours   %s\n", c->name, names, ours);
}

static void check_starts(const struct golden_case *c, struct verdict *verdict)
{
    real *vector = calloc(c->model->size, sizeof *vector);

    model_initialise(c->model, vector, 1);
    for (size_t i = 0; i < c->model->n_params; i++) {
        const struct param *p = &c->model->params[i];
        struct array start = golden_read(c->file, "init/%s", p->name);
        double *ours = calloc(p->rows * p->cols, sizeof *ours);
        /* in the original a session without alignment bias starts from the last session's, which
         * model.md does not copy */
        bool leaked = c->sessions > 1 && p->alignment == ALIGNED_READOUT_B && !p->given;

        for (size_t j = 0; j < p->rows * p->cols; j++)
            ours[j] = (double)vector[p->offset + j];
        if (start.values && !leaked)
            golden_compare(verdict, p->name, ours, &start, 0, tolerances.output);
        free(ours);
        golden_release(&start);
    }
    free(vector);
}

static void check_gradients(const struct golden_case *c, struct verdict *verdict, size_t session)
{
    struct golden_batch batch = {.c = c, .session = session, .noise = "post"};
    struct batch_source source = golden_source(&batch);
    struct cost_ramps ramps = ramps_at(c, c->step);
    struct batch_costs costs;
    real *gradient = calloc(c->model->size, sizeof *gradient);
    char group[100];

    learner_differentiate(c->learner, &source, &ramps);
    learner_collect(c->learner, &costs, NULL);
    outputs_check_costs(verdict, c, session, &costs, &ramps, &tolerances);
    snprintf(group, sizeof group, "%sgrads", c->prefix[session]);
    c->be->download(c->be, gradient, c->learner->gradient, c->model->size * sizeof *gradient);
    golden_check_vector(c->file, verdict, c->model, group, gradient, tolerances.gradient, true);
    free(gradient);
}

/* Compares the change of the parameters over three updates. A parameter is rounded at the start and
 * by each update, so its tolerance has another 8 u of it. */
static void check_change(const struct golden_case *c, struct verdict *verdict)
{
    const real *parameters = learner_download(c->learner).parameters;

    for (size_t i = 0; i < c->model->n_params; i++) {
        const struct param *p = &c->model->params[i];
        struct array before = golden_read(c->file, "params/%s", p->name);
        struct array after = golden_read(c->file, "params_after_3/%s", p->name);
        double *ours = calloc(before.count, sizeof *ours);
        double *rounding = calloc(before.count, sizeof *rounding);
        struct tolerance tolerance = tolerances.change;

        for (size_t j = 0; j < before.count; j++) {
            after.values[j] -= before.values[j];
            ours[j] = (double)parameters[p->offset + j] - (double)(real)before.values[j];
            rounding[j] = ldexp(fabs(before.values[j]), sizeof(real) == 4 ? -21 : -50);
        }
        tolerance.each = rounding;
        golden_compare(verdict, "change over 3 updates", ours, &after, 0, tolerance);
        free(rounding);
        free(ours);
        golden_release(&before);
        golden_release(&after);
    }
}

static size_t session_of_update(const struct golden_case *c, int update)
{
    char names[256], *rest = names, *name;

    golden_attribute(c->file, "step_sessions", names, sizeof names);
    for (int i = 0; (name = strsep(&rest, ",")) && i < update; i++)
        ;
    for (size_t s = 0; s < c->sessions; s++)
        if (name && strcmp(name, c->session[s]) == 0)
            return s;
    return 0;
}

static void check_updates(const struct golden_case *c, struct verdict *verdict)
{
    for (int update = 0; update < 4; update++) {
        struct golden_batch batch = {
            .c = c, .session = session_of_update(c, update), .noise = "post"};
        struct batch_source source = golden_source(&batch);
        struct cost_ramps ramps = ramps_at(c, c->step + update);
        struct batch_costs costs;
        struct param_vectors after;

        learner_step(c->learner, &source, &ramps, c->config->learning_rate_init, update + 1);
        learner_collect(c->learner, &costs, NULL);
        after = learner_download(c->learner);
        outputs_check_step(verdict, c, update, &costs, &ramps, &tolerances);
        if (update == 0)
            golden_check_vector(c->file, verdict, c->model, "params_after_1", after.parameters,
                                tolerances.parameter, false);
        if (update != 2)
            continue;
        golden_check_vector(c->file, verdict, c->model, "params_after_3", after.parameters,
                            tolerances.parameter, false);
        check_change(c, verdict);
        golden_check_vector(c->file, verdict, c->model, "adam_after_3/m", after.slots[ADAM_M],
                            tolerances.gradient, false);
        golden_check_vector(c->file, verdict, c->model, "adam_after_3/v", after.slots[ADAM_V],
                            tolerances.square, false);
    }
}

static bool run_case(const char *path, const struct backend *be)
{
    struct golden_case c;
    struct verdict verdict = {0};

    golden_case_open(&c, path, be);
    verdict.case_name = c.name;
    check_trained(&c, &verdict);
    check_starts(&c, &verdict);
    for (size_t s = 0; s < c.sessions; s++) {
        outputs_check(&verdict, &c, s, "outputs", POSTERIOR_SAMPLE, &tolerances);
        check_gradients(&c, &verdict, s);
    }
    outputs_check(&verdict, &c, 0, "kinds/posterior_push_mean", POSTERIOR_MEAN, &tolerances);
    outputs_check(&verdict, &c, 0, "kinds/prior_sample", PRIOR_SAMPLE, &tolerances);
    check_updates(&c, &verdict);
    printf("%-28s %s  %4zu arrays, worst %.2f of its tolerance (%s)\n", c.name,
           verdict.failed ? "FAILED" : "ok", verdict.compared, verdict.worst, verdict.worst_name);
    golden_case_close(&c);
    return verdict.failed == 0;
}

int main(int argc, char **argv)
{
    static const struct golden_kind kind = {"dataset_names", run_case};

    return golden_run(argc, argv, &kind);
}
