/* parts.c - for random configurations: the likelihood of held-out channels, and that of forward
 * bins, are those parts of the whole likelihood. Where only observations of a part change, it
 * changes as the whole does, and the other part does not. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "random_model.h"

enum { CONFIGURATIONS = 400, TRIALS = 3 };

struct likelihoods {
    double whole[TRIALS], heldout[TRIALS], forward[TRIALS];
};

/* An observation that the model takes, and another one. */
static real other(const struct model *m, real x)
{
    if (m->output->data == DATA_COUNTS)
        return x + 2;
    return x == 0 ? x : x * (real)1.25; /* of zig, zeros are a case of their own */
}

static bool is_of(const struct model *m, enum cost_term part, size_t session, size_t bin,
                  size_t channel)
{
    size_t read = model_read_bins(m) + m->first;

    if (part == TERM_HELDOUT)
        return bin >= m->first && bin < read &&
               channel >= model_channels(m, session) - model_heldout(m, session);
    return part == TERM_FORWARD && bin >= read;
}

/* Computes the likelihoods of random trials, in which the observations of PART are others. */
static void compute(struct likelihoods *found, const struct random_model *r, struct shard *s,
                    enum cost_term part)
{
    const struct model *m = r->model;
    struct batch_source source = random_model_batch(r);
    size_t n = model_channels(m, r->session);

    shard_begin(s, r->session, TRIALS, 1, POSTERIOR_SAMPLE, false, r->learner->parameters, NULL,
                NULL);
    source.load(source.payload, s, 0);
    for (size_t i = 0; i < m->data_bins * TRIALS * n; i++)
        if (is_of(m, part, r->session, i / n / TRIALS, i % n))
            s->data[TRIAL_OBSERVED][i] = other(m, s->data[TRIAL_OBSERVED][i]);
    source.enqueue_noise(source.payload, s, 0);
    shard_forward(s);
    for (size_t b = 0; b < TRIALS; b++) {
        found->whole[b] = (double)s->cost[TERM_LOGLIK][b];
        found->heldout[b] = (double)s->cost[TERM_HELDOUT][b];
        found->forward[b] = (double)s->cost[TERM_FORWARD][b];
    }
}

/* Both are sums over a trial of up to 1e4 terms in double: 1e-16 of the largest sum for each. */
static bool is_close(double a, double b, double scale) { return fabs(a - b) <= 1e-12 * scale; }

/* Returns how many trials' likelihoods changed; FAILED counts those that changed wrongly. */
static size_t check(int *failed, const struct random_model *r, struct shard *s, enum cost_term part)
{
    struct likelihoods before, after;
    size_t changed = 0;

    compute(&before, r, s, COST_TERMS);
    compute(&after, r, s, part);
    for (size_t b = 0; b < TRIALS; b++) {
        double whole = after.whole[b] - before.whole[b];
        double heldout = after.heldout[b] - before.heldout[b],
               forward = after.forward[b] - before.forward[b];
        double scale = fabs(after.whole[b]) + fabs(before.whole[b]);

        changed += fabs(whole) > 1e-6 * scale;
        if (is_close(heldout, part == TERM_HELDOUT ? whole : 0, scale) &&
            is_close(forward, part == TERM_FORWARD ? whole : 0, scale))
            continue;
        printf("seed %llu, trial %zu: the whole changes by %.9g, held-out channels by %.9g, "
               "forward bins by %.9g\n %s\n",
               (unsigned long long)r->seed, b, whole, heldout, forward, r->text);
        ++*failed;
    }
    return changed;
}

int main(void)
{
    size_t heldout = 0, forward = 0;
    int failed = 0;

    for (uint64_t seed = 1; seed <= CONFIGURATIONS; seed++) {
        struct random_model r;
        struct shard *s;

        random_model_create(&r, seed, backend_reference(), TRIALS, 1);
        s = random_model_shard(&r, TRIALS, 1, true);
        heldout += check(&failed, &r, s, TERM_HELDOUT);
        forward += check(&failed, &r, s, TERM_FORWARD);
        shard_free(s);
        random_model_free(&r);
    }
    printf("held-out channels changed in %zu trials, forward bins in %zu; %d failed\n", heldout,
           forward, failed);
    return failed != 0 || !heldout || !forward;
}
