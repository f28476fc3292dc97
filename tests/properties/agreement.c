/* agreement.c - for random configurations: a backend's costs and gradient equal the reference's
 * within rounding, and the gradient is the slope of the total; on the CPU they have the same bits
 * for any number of threads.
 * With products in bfloat16 costs and gradient are those of single precision within the rounding of
 * operands.
 *
 *   agreement [gpu:N [STEP]|bf16]   the CPU, a device, or the CPU with products in bfloat16; one
 *                                   configuration in STEP
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "device/test_device.h"
#include "random_model.h"

enum { CONFIGURATIONS = 60, TRIALS = 67, SLOPES = 3, NOT_RUN = 77 };

static const struct cost_ramps ramps = {.kl = 0.6, .l2 = 0.7};

static struct batch_costs run(struct random_model *r, uint64_t seed, const struct backend *be,
                              size_t threads)
{
    struct batch_costs costs;

    random_model_create(r, seed, be, TRIALS, threads);
    struct batch_source source = random_model_batch(r);
    learner_differentiate(r->learner, &source, &ramps);
    learner_collect(r->learner, &costs, NULL);
    return costs;
}

/* Returns a copy of the gradient in the host's memory; the caller frees it. */
static real *fetch_gradient(const struct random_model *r)
{
    const struct learner *l = r->learner;
    real *gradient = calloc(r->model->size, sizeof *gradient);

    l->be->download(l->be, gradient, l->gradient, r->model->size * sizeof *gradient);
    return gradient;
}

/* Returns the tolerance of each element of the gradient; the caller frees it. It is three times the
 * largest deviation when every parameter and every number of the data is perturbed by up to 32 u
 * (u = 2^-24), the rounding error of a sum of a thousand products: so small differences of large
 * sums get the error of these sums.
 * Changes R's gradient. */
static double *perturbed_allowances(struct random_model *r)
{
    enum { RUNS = 12, DEVIATIONS = 3 };
    size_t size = r->model->size;
    struct param_vectors vectors = learner_download(r->learner);
    struct batch_source source = random_model_batch(r);
    struct batch_costs costs;
    real *start = malloc(size * sizeof *start), *unperturbed = fetch_gradient(r);
    double *allowed = calloc(size, sizeof *allowed);

    memcpy(start, vectors.parameters, size * sizeof *start);
    for (uint32_t time = 0; time < RUNS; time++) {
        for (size_t i = 0; i < size; i++)
            vectors.parameters[i] =
                (real)((double)start[i] * (1 + ldexp(random_model_uniform(r, time, i), -19)));
        r->perturbation = time + 1;
        learner_upload(r->learner);
        learner_differentiate(r->learner, &source, &ramps);
        learner_collect(r->learner, &costs, NULL);
        for (size_t i = 0; i < size; i++)
            allowed[i] = fmax(allowed[i], DEVIATIONS * fabs((double)r->learner->gradient[i] -
                                                            (double)unperturbed[i]));
    }
    r->perturbation = 0;
    memcpy(vectors.parameters, start, size * sizeof *start);
    free(start);
    free(unperturbed);
    return allowed;
}

/* A backend's results equal the reference's, within the tolerances above plus 33 u of each number.
 */
static int check_backends(uint64_t seed, const struct backend *be)
{
    struct random_model ours, theirs;
    struct batch_costs a = run(&ours, seed, be, 2);
    struct batch_costs b = run(&theirs, seed, backend_reference(), 2);
    real *gradient = fetch_gradient(&ours), *expected = fetch_gradient(&theirs);
    double *allowed = perturbed_allowances(&theirs);
    struct comparison total = {.count = 0};
    bool passes;

    compare_number(&total, a.total, b.total, 2e-6 * (fabs(b.total) + 1));
    passes = compare_passes(&total, "total");
    for (size_t i = 0; i < ours.model->n_params; i++) {
        const struct param *p = &ours.model->params[i];
        struct allowance allowance = {.relative = 2e-6, .each = allowed + p->offset};
        struct comparison c = compare_reals(gradient + p->offset, expected + p->offset,
                                            p->rows * p->cols, &allowance);

        passes &= compare_passes(&c, p->name);
    }
    if (!passes)
        printf("seed %llu:\n %s\n", (unsigned long long)seed, ours.text);
    free(gradient);
    free(expected);
    free(allowed);
    random_model_free(&ours);
    random_model_free(&theirs);
    return !passes;
}

/* Returns the batch's total at the parameters START + STEP * DIRECTION. */
static double total_along(struct random_model *r, const real *start, const real *direction,
                          double step)
{
    struct param_vectors vectors = learner_download(r->learner);
    struct batch_source source = random_model_batch(r);
    struct batch_costs costs;

    for (size_t i = 0; i < r->model->size; i++)
        vectors.parameters[i] = start[i] + (real)step * direction[i];
    learner_upload(r->learner);
    learner_evaluate(r->learner, &source, &ramps);
    learner_collect(r->learner, &costs, NULL);
    return costs.total;
}

/* Along the gradient of the trained parameters the slope of the total is the gradient's norm. 2 %
 * cover float's rounding, the finite step, and states that the step moves across their limit. */
static int check_slope(uint64_t seed, const struct backend *be)
{
    struct random_model r;
    struct batch_costs costs = run(&r, seed, be, 1);
    size_t bytes = r.model->size * sizeof(real);
    real *direction = fetch_gradient(&r), *start = malloc(bytes);
    double norm = costs.gradient_norm, h = 1e-3, slope;

    memcpy(start, learner_download(r.learner).parameters, bytes);
    for (size_t i = 0; i < r.model->n_params; i++)
        for (size_t j = 0; j < r.model->params[i].rows * r.model->params[i].cols; j++) {
            real *d = &direction[r.model->params[i].offset + j];

            *d = r.model->params[i].trained ? (real)((double)*d / norm) : 0;
        }
    slope =
        (total_along(&r, start, direction, h) - total_along(&r, start, direction, -h)) / (2 * h);
    bool passes = fabs(slope - norm) <= 0.02 * norm;
    if (!passes)
        printf("seed %llu: the total rises by %.6g, its gradient says %.6g\n %s\n",
               (unsigned long long)seed, slope, norm, r.text);
    free(direction);
    free(start);
    random_model_free(&r);
    return !passes;
}

static double norm(const real *x, const real *y, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        double d = (double)x[i] - (y ? (double)y[i] : 0);

        sum += d * d;
    }
    return sqrt(sum);
}

/* A gradient with respect to a parameter may be off by a twentieth of its norm and a hundredth of
 * the whole gradient's: sums of large terms that cancel each other lose most. The total by a
 * hundredth. */
static int check_precision(uint64_t seed, const struct backend *be)
{
    struct random_model ours, theirs;
    struct batch_costs a = run(&ours, seed, be, 2), b = run(&theirs, seed, backend_cpu(), 2);
    const real *ds = ours.learner->gradient, *expected = theirs.learner->gradient;
    double whole = norm(expected, NULL, theirs.model->size);
    int failed = !(fabs(a.total - b.total) <= 0.01 * fabs(b.total));

    if (failed)
        printf("the total is %.6g instead of %.6g\n", a.total, b.total);
    for (size_t i = 0; i < ours.model->n_params; i++) {
        const struct param *p = &ours.model->params[i];
        size_t n = p->rows * p->cols;
        double off = norm(ds + p->offset, expected + p->offset, n);
        double allowed = 0.05 * norm(expected + p->offset, NULL, n) + 0.01 * whole;

        if (off <= allowed)
            continue;
        printf("%s: the gradient is off by %.3g, %.3g is allowed\n", p->name, off, allowed);
        failed = 1;
    }
    if (failed)
        printf("seed %llu:\n %s\n", (unsigned long long)seed, ours.text);
    random_model_free(&ours);
    random_model_free(&theirs);
    return failed;
}

static int check_threads(uint64_t seed, const struct backend *be)
{
    static const size_t threads[] = {2, 3, 8};
    struct random_model one, many;
    struct batch_costs a = run(&one, seed, be, 1);
    int failed = 0;

    for (int i = 0; i < 3; i++) {
        struct batch_costs b = run(&many, seed, be, threads[i]);

        if (memcmp(one.learner->gradient, many.learner->gradient, one.model->size * sizeof(real)) !=
                0 ||
            memcmp(&a.total, &b.total, sizeof a.total) != 0) {
            printf("seed %llu: the bits of %zu threads differ from those of one\n %s\n",
                   (unsigned long long)seed, threads[i], one.text);
            failed = 1;
        }
        random_model_free(&many);
    }
    random_model_free(&one);
    return failed;
}

static int check_bf16(void)
{
    struct backend *be;
    struct lfads_error err;
    int failed = 0;

    if (backend_cpu_bf16_create(&be, &err) != LFADS_OK) {
        printf("not run: %s\n", err.text);
        return NOT_RUN;
    }
    for (uint64_t seed = 1; seed <= CONFIGURATIONS; seed++)
        failed += check_precision(seed, be) + check_threads(seed, be);
    printf("%d configurations, %d failed\n", CONFIGURATIONS, failed);
    backend_cpu_bf16_free(be);
    return failed != 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "bf16") == 0)
        return check_bf16();
    const struct backend *device = argc > 1 ? test_device(argv[1]) : NULL;
    uint64_t step = argc > 2 ? strtoull(argv[2], NULL, 10) : 1, count = 0;
    int failed = 0;

    for (uint64_t seed = 1; seed <= CONFIGURATIONS; seed += step, count++)
        /* the slopes of one configuration in SLOPES: a device's gradient is the reference's */
        failed += device ? check_backends(seed, device) +
                               (seed % SLOPES == 0 ? check_slope(seed, device) : 0)
                         : check_backends(seed, backend_cpu()) + check_slope(seed, backend_cpu()) +
                               check_threads(seed, backend_cpu());
    printf("%d configurations, %d failed\n", (int)count, failed);
    return failed != 0;
}
