/* agreement.c - for random configurations: the CPU backend's costs and gradient are the
 * reference's, to rounding; and they have the same bits for any number of threads.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random_model.h"

enum { CONFIGURATIONS = 60, TRIALS = 67 };

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

/* Rounding grows over bins and through differences of sums: the golden cases' tolerances. */
static int check_backends(uint64_t seed)
{
    struct random_model ours, theirs;
    struct batch_costs a = run(&ours, seed, backend_cpu(), 2);
    struct batch_costs b = run(&theirs, seed, backend_reference(), 2);
    double most = 0, largest = 0, total = fabs(a.total - b.total) / (fabs(b.total) + 1);

    for (size_t i = 0; i < ours.model->size; i++) {
        double x = (double)ours.learner->gradient[i], y = (double)theirs.learner->gradient[i];

        if (!(fabs(x - y) <= most))
            most = fabs(x - y);
        largest = fmax(largest, fabs(y));
    }
    bool fine = most <= 2e-5 * largest && total <= 2e-6;
    if (!fine)
        printf("seed %llu: gradient off by %.3g, total by %.3g\n %s\n", (unsigned long long)seed,
               most / largest, total, ours.text);
    random_model_free(&ours);
    random_model_free(&theirs);
    return !fine;
}

static int check_threads(uint64_t seed)
{
    static const size_t threads[] = {2, 3, 8};
    struct random_model one, many;
    struct batch_costs a = run(&one, seed, backend_cpu(), 1);
    int failed = 0;

    for (int i = 0; i < 3; i++) {
        struct batch_costs b = run(&many, seed, backend_cpu(), threads[i]);

        if (memcmp(one.learner->gradient, many.learner->gradient, one.model->size * sizeof(real)) !=
                0 ||
            memcmp(&a.total, &b.total, sizeof a.total) != 0) {
            printf("seed %llu: %zu threads give other bits than one\n %s\n",
                   (unsigned long long)seed, threads[i], one.text);
            failed = 1;
        }
        random_model_free(&many);
    }
    random_model_free(&one);
    return failed;
}

int main(void)
{
    int failed = 0;

    for (uint64_t seed = 1; seed <= CONFIGURATIONS; seed++)
        failed += check_backends(seed) + check_threads(seed);
    printf("%d configurations, %d failed\n", CONFIGURATIONS, failed);
    return failed != 0;
}
