/* gradient.c - compares the gradient of the total cost with fourth-order central differences in
 * double, for random configurations, at two elements of each parameter.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "random_model.h"

enum { CONFIGURATIONS = 120, ELEMENTS = 2 };

static const struct cost_ramps ramps = {.kl = 0.6, .l2 = 0.7};

static double total(const struct random_model *r)
{
    struct batch_source source = random_model_batch(r);
    struct batch_costs costs;

    learner_evaluate(r->learner, &source, &ramps);
    learner_collect(r->learner, &costs, NULL);
    return costs.total;
}

/* Returns d total / d parameters[index], by differences of step H. */
static double difference(const struct random_model *r, size_t index, double h)
{
    real *p = &r->learner->parameters[index], saved = *p;
    double cost[4];
    static const double steps[] = {-2, -1, 1, 2};

    for (int i = 0; i < 4; i++) {
        *p = saved + (real)(steps[i] * h);
        cost[i] = total(r);
    }
    *p = saved;
    return (cost[0] - 8 * cost[1] + 8 * cost[2] - cost[3]) / (12 * h);
}

static bool is_close(double a, double b, double scale)
{
    return fabs(a - b) <= 2e-6 * fmax(fmax(fabs(a), fabs(b)), scale);
}

/* If a step moves a state across its limit, the difference is not the derivative; then a smaller
 * step decides. */
static bool agrees(const struct random_model *r, size_t index, double gradient, double scale)
{
    static const double steps[] = {1e-3, 1e-4, 1e-5, 1e-6};

    for (int i = 0; i < 4; i++)
        if (is_close(difference(r, index, steps[i]), gradient, scale))
            return true;
    return false;
}

static int check(uint64_t seed, size_t trials)
{
    struct random_model r;
    struct batch_costs costs;
    double *gradient, largest = 0;
    int failed = 0;

    random_model_create(&r, seed, backend_reference(), trials, 1);
    struct batch_source source = random_model_batch(&r);
    learner_differentiate(r.learner, &source, &ramps);
    learner_collect(r.learner, &costs, NULL);
    gradient = r.learner->gradient;
    for (size_t i = 0; i < r.model->size; i++)
        largest = fmax(largest, fabs((double)gradient[i]));
    for (size_t i = 0; i < r.model->n_params; i++) {
        const struct param *p = &r.model->params[i];
        size_t count = p->rows * p->cols;

        for (size_t k = 0; k < ELEMENTS && p->trained; k++) {
            size_t index = p->offset + (k * 7919 + seed) % count;

            if (agrees(&r, index, (double)gradient[index], 1e-3 * largest))
                continue;
            printf("seed %llu: %s[%zu] is %.10g, differences say %.10g\n %s\n",
                   (unsigned long long)seed, p->name, index - p->offset, (double)gradient[index],
                   difference(&r, index, 1e-4), r.text);
            failed = 1;
        }
    }
    random_model_free(&r);
    return failed;
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    int failed = random_model_missing();

    for (uint64_t seed = first; seed < first + CONFIGURATIONS; seed++)
        failed += check(seed, seed % 10 == 0 ? 19 : 3); /* 19: more than one shard */
    printf("%d configurations, %d failed\n", CONFIGURATIONS, failed);
    return failed != 0;
}
