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

/* Twenty updates an epoch or more, and as many epochs as a given number of updates takes; the penalties
 * rise in the first part of them. */
static enum lfads_status choose_length(struct run *p, const struct facts *f,
                                       struct lfads_error *err)
{
    const size_t updates = 4500, least = 60;
    const struct lfads_config *config = p->config;
    size_t batch = power_between(f->trials / 20, 8, 128);
    size_t epochs, part;
    enum lfads_status status = set(p, "batch_size", err, "%zu", batch);

    epochs = size_max(updates / size_max(f->trials / (size_t)config->batch_size, 1), least);
    if (status == LFADS_OK)
        status = set(p, "max_epochs", err, "%zu", epochs);
    epochs = config->max_epochs > 0 ? (size_t)config->max_epochs : epochs;
    part = size_max(epochs / 7, 1);
    if (status == LFADS_OK)
        status = set(p, "kl_increase_steps", err, "%zu", part);
    if (status == LFADS_OK)
        status = set(p, "l2_increase_steps", err, "%zu", part);
    if (status == LFADS_OK)
        status = set(p, "early_stop_patience", err, "%zu", size_max(epochs / 4, 10));
    run_line(p,
             "  batches of %lld trials, at most %lld epochs; the penalties rise in the first %lld; "
             "training ends %lld epochs after the validation cost was lowest",
             (long long)config->batch_size, (long long)config->max_epochs,
             (long long)config->kl_increase_steps, (long long)config->early_stop_patience);
    return status;
}

/* Coordinated dropout hides more where the population has many spikes in a bin. */
static enum lfads_status choose_regularisation(struct run *p, const struct facts *f,
                                               struct lfads_error *err)
{
    const double many = 1.5;
    bool counts = distribution_find(p->config->output_dist)->data == DATA_COUNTS;
    double in_a_bin = f->spikes * (double)f->channels;
    enum lfads_status status =
        set(p, "cd_rate", err, "%s", !counts || in_a_bin > many ? "0.5" : "0.3");

    if (status == LFADS_OK)
        status = set(p, "keep_prob", err, "0.7");
    if (status == LFADS_OK)
        status = set(p, "l2_gen_scale", err, "0.3");
    if (status == LFADS_OK)
        status = set(p, "l2_con_scale", err, "0.3");
    if (status == LFADS_OK)
        status = set(p, "kl_ic_weight", err, "1e-6");
    if (status == LFADS_OK)
        status = set(p, "kl_co_weight", err, "1e-5");
    if (counts)
        run_line(p, "  coordinated dropout %g, dropout %g: for %.3g spikes in a bin of all channels",
                 p->config->cd_rate, 1 - p->config->keep_prob, in_a_bin);
    else
        run_line(p, "  coordinated dropout %g, dropout %g", p->config->cd_rate,
                 1 - p->config->keep_prob);
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
