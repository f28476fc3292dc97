/* auto.c - sizes, batches, regularisation and length of a training, from the data's shape.
 * docs/presets.md has the experiments that the numbers come from.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/auto.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/sizes.h"
#include "config/preset.h"

/* What the choices depend on. */
struct facts {
    size_t trials, valid; /* of all sessions */
    size_t bins, channels, sessions;
    double spikes; /* a bin and channel; of counts */
};

static struct facts facts_of(const struct dataset *dataset)
{
    struct facts f = {.bins = dataset->bins, .sessions = dataset->count};
    double sum = 0, numbers = 0;

    for (size_t i = 0; i < dataset->count; i++) {
        const struct session *s = dataset->sessions[i];
        const struct session_trials *train = &s->set[SESSION_TRAIN];

        f.trials += train->count;
        f.valid += s->set[SESSION_VALID].count;
        f.channels = size_max(f.channels, s->channels);
        sum += train->sum;
        numbers += (double)(train->count * s->bins * s->channels);
    }
    f.spikes = sum / numbers;
    return f;
}

/* The largest power of two that is at most VALUE, from LEAST to MOST. */
static size_t power_between(size_t value, size_t least, size_t most)
{
    size_t power = least;

    while (2 * power <= value && 2 * power <= most)
        power *= 2;
    return power;
}

__attribute__((format(printf, 4, 5))) static enum lfads_status
set(struct run *p, const char *name, struct lfads_error *err, const char *format, ...)
{
    char text[64];
    va_list words;

    va_start(words, format);
    vsnprintf(text, sizeof text, format, words);
    va_end(words);
    return preset_set(p->config, name, text, err);
}

/* Few trials get a small model: sizes follow the numbers that there are to learn from. */
static enum lfads_status choose_sizes(struct run *p, const struct facts *f, struct lfads_error *err)
{
    bool small = f->trials < 150;
    size_t gen = small ? 64 : 100, encoder = 64;
    size_t factors = size_max(small ? 8 : 20, 1);
    enum lfads_status status = set(p, "gen_dim", err, "%zu", gen);

    if (status == LFADS_OK)
        status = set(p, "ic_enc_dim", err, "%zu", encoder);
    if (status == LFADS_OK)
        status = set(p, "ic_dim", err, "%zu", encoder);
    if (status == LFADS_OK)
        status = set(p, "factors_dim", err, "%zu", factors);
    if (status == LFADS_OK)
        status = set(p, "co_dim", err, "0");
    run_line(p,
             "  generator of %lld units, %lld factors, initial condition of %lld dimensions, %lld "
             "inferred inputs: for %zu trials of %zu channels",
             (long long)p->config->gen_dim, (long long)p->config->factors_dim,
             (long long)p->config->ic_dim, (long long)p->config->co_dim, f->trials, f->channels);
    return status;
}

/* At least a dozen updates an epoch, and enough epochs for a fixed number of updates. */
static enum lfads_status choose_length(struct run *p, const struct facts *f,
                                       struct lfads_error *err)
{
    size_t batch = power_between(f->trials / 12, 8, 64), updates = 4000;
    size_t per_epoch = size_max(f->trials / batch, 1);
    size_t epochs = size_max(updates / per_epoch, 60), ramp = size_max(epochs / 5, 1);
    enum lfads_status status = set(p, "batch_size", err, "%zu", batch);

    if (status == LFADS_OK)
        status = set(p, "max_epochs", err, "%zu", epochs);
    if (status == LFADS_OK)
        status = set(p, "kl_increase_steps", err, "%zu", ramp);
    if (status == LFADS_OK)
        status = set(p, "l2_increase_steps", err, "%zu", ramp);
    if (status == LFADS_OK)
        status = set(p, "early_stop_patience", err, "%zu", size_max(epochs / 4, 10));
    if (status == LFADS_OK)
        status = set(p, "learning_rate_init", err, "4e-3");
    if (status == LFADS_OK)
        status = set(p, "learning_rate_n_to_compare", err, "6");
    if (status == LFADS_OK)
        status = set(p, "learning_rate_decay_factor", err, "0.8");
    run_line(p,
             "  batches of %lld trials, at most %lld epochs; penalties rise in %lld epochs; training "
             "ends %lld epochs after the validation cost was lowest",
             (long long)p->config->batch_size, (long long)p->config->max_epochs,
             (long long)p->config->kl_increase_steps, (long long)p->config->early_stop_patience);
    return status;
}

static enum lfads_status choose_regularisation(struct run *p, const struct facts *f,
                                               struct lfads_error *err)
{
    bool counts = distribution_find(p->config->output_dist)->data == DATA_COUNTS;
    enum lfads_status status = set(p, "cd_rate", err, "%s", f->channels > 1 ? "0.5" : "0.3");

    if (status == LFADS_OK)
        status = set(p, "keep_prob", err, "0.8");
    if (status == LFADS_OK)
        status = set(p, "l2_gen_scale", err, "1");
    if (status == LFADS_OK)
        status = set(p, "l2_con_scale", err, "1");
    if (status == LFADS_OK)
        status = set(p, "kl_ic_weight", err, "1e-6");
    if (status == LFADS_OK)
        status = set(p, "kl_co_weight", err, "1e-5");
    run_line(p,
             "  coordinated dropout %g, dropout %g: for %.3g %s a bin and channel",
             p->config->cd_rate, 1 - p->config->keep_prob, f->spikes, counts ? "spikes" : "on average");
    return status;
}

enum lfads_status auto_choose(struct run *run, struct lfads_error *err)
{
    struct facts facts;
    enum lfads_status status;

    if (strcmp(run->config->preset, PRESET_AUTO) != 0)
        return LFADS_OK;
    facts = facts_of(run->dataset);
    run_line(run, "--preset=auto chooses what no flag says (--preset=original: the original's "
                  "values):");
    status = choose_sizes(run, &facts, err);
    if (status == LFADS_OK)
        status = choose_length(run, &facts, err);
    if (status == LFADS_OK)
        status = choose_regularisation(run, &facts, err);
    return status;
}
