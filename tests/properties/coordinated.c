/* coordinated.c - for random configurations with coordinated dropout: what the encoders see of an
 * entry is not learned from, and what is kept from them is (modern.md 1). It looks at what the
 * encoders read and at the weights in the gradient, not at the masks.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "random_model.h"

enum { CONFIGURATIONS = 400, TRIALS = 3 };

/* Entries of each kind: seen and not learned from, hidden and learned from, of the segment, never
 * the encoders'. */
struct counts {
    size_t seen, hidden, segment, unread, wrong;
};

/* An entry's channel and bin, what the encoders read of it, its weight in the cost and in the
 * gradient. */
struct entry {
    size_t bin, channel;
    bool is_read;
    real data, encoded, weight, gradient_weight;
};

static struct entry entry_of(const struct shard *s, size_t row, size_t channel)
{
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session), read = model_encoded_channels(m, s->session);
    size_t i = row * n + channel, ld = m->encodes_observed ? n : read;
    struct entry e = {.bin = row / s->trials, .channel = channel};

    e.is_read = e.bin < m->encoded_bins && channel < read;
    if (e.is_read) {
        e.data = s->data[TRIAL_ENCODED][row * ld + channel];
        e.encoded = s->encoded[row * read + channel];
    }
    e.weight = s->entry_weight ? s->entry_weight[i] : 1;
    e.gradient_weight = s->gradient_weight[i];
    return e;
}

static void check_entry(struct counts *counts, const struct model *m, const struct entry *e)
{
    const real blocked = m->cd_pass_rate > 0 ? e->weight : 0;
    bool is_right = true;

    if (e->weight == 0)
        is_right = e->gradient_weight == 0; /* missing, or kept for sample validation */
    else if (e->bin < m->segment) {
        counts->segment++;
        is_right = e->gradient_weight == e->weight &&
                   (!e->is_read || m->sv_rate > 0 || m->keep_prob < 1 || e->encoded == e->data);
    } else if (!e->is_read) {
        counts->unread++;
        is_right =
            e->gradient_weight == e->weight || (m->cd_blocks_heldout && e->gradient_weight == 0);
    } else if (e->encoded != 0) {
        counts->seen++;
        is_right = e->gradient_weight == 0 || e->gradient_weight == blocked;
    } else if (e->data != 0 && m->keep_prob == 1) {
        counts->hidden++;
        is_right = e->gradient_weight == e->weight;
    }
    counts->wrong += !is_right;
}

static void check(struct counts *counts, uint64_t seed)
{
    struct random_model r;
    struct shard *s;
    struct counts before = *counts;

    random_model_create(&r, seed, backend_reference(), TRIALS, 1);
    struct batch_source source = random_model_batch(&r);
    s = random_model_shard(&r, TRIALS, 1, true);
    shard_begin(s, r.session, TRIALS, 1, POSTERIOR_SAMPLE, source.dropout, r.learner->parameters,
                NULL, NULL);
    if (s->gradient_weight) {
        source.load(source.payload, s, 0);
        source.enqueue_noise(source.payload, s, 0);
        shard_forward(s);
        for (size_t row = 0; row < r.model->data_bins * TRIALS; row++)
            for (size_t n = 0; n < model_channels(r.model, r.session); n++) {
                const struct entry e = entry_of(s, row, n);

                check_entry(counts, r.model, &e);
            }
    }
    if (counts->wrong > before.wrong)
        printf("seed %llu: %zu entries are wrong\n %s\n", (unsigned long long)seed,
               counts->wrong - before.wrong, r.text);
    shard_free(s);
    random_model_free(&r);
}

int main(void)
{
    struct counts counts = {0};

    for (uint64_t seed = 1; seed <= CONFIGURATIONS; seed++)
        check(&counts, seed);
    printf("%zu entries seen, %zu hidden, %zu of segments, %zu not read, %zu wrong\n", counts.seen,
           counts.hidden, counts.segment, counts.unread, counts.wrong);
    return counts.wrong != 0 || !counts.seen || !counts.hidden || !counts.segment || !counts.unread;
}
