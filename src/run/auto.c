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
    double spikes;              /* a bin and channel; of counts */
    size_t missing;             /* numbers that were not recorded */
    size_t heldout, ext_inputs; /* of a session, the most */
    size_t alike;               /* sessions that hold out as many channels as the first one says */
    size_t aligned;             /* factors that the sessions are aligned to; 0: they are not */
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
        f.heldout = size_max(f.heldout, s->channels - s->encoded_channels);
        f.alike += !s->has_encoded && !s->from_tensors &&
                   s->channels - s->encoded_channels ==
                       dataset->sessions[0]->channels - dataset->sessions[0]->encoded_channels;
        f.ext_inputs = size_max(f.ext_inputs, s->ext_inputs);
        f.aligned = s->alignment_matrix ? s->alignment_columns : f.aligned;
        sum += train->sum;
        f.missing += s->missing;
        numbers += (double)(train->count * s->bins * s->channels - session_trials_missing(train));
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

/* A choice in progress. */
struct choice {
    struct lfads_config *config;
    struct auto_report *report;
    struct lfads_error *err;
    enum lfads_status status; /* after a failure set does nothing */
};

__attribute__((format(printf, 2, 3))) static void say(const struct choice *c, const char *format,
                                                      ...)
{
    struct auto_report *report = c->report;
    va_list words;

    va_start(words, format);
    vsnprintf(report->line[report->count], sizeof report->line[0], format, words);
    va_end(words);
    report->count++;
}

__attribute__((format(printf, 3, 4))) static void set(struct choice *c, const char *name,
                                                      const char *format, ...)
{
    char text[64];
    va_list words;

    va_start(words, format);
    vsnprintf(text, sizeof text, format, words);
    va_end(words);
    if (c->status == LFADS_OK)
        c->status = preset_set(c->config, name, text, c->err);
}

/* Spikes in a bin of all channels. */
static double in_a_bin(const struct facts *f) { return f->spikes * (double)f->channels; }

static bool has_data(const struct choice *c, enum observed_data data)
{
    return distribution_find(c->config->output_dist)->data == data;
}

/* How much there is to learn from, which regularisation and length follow. */
enum kind {
    SPARSE,    /* few spikes in a bin */
    SCARCE,    /* few trials, or amplitudes, for which nothing was tried */
    FEW_REALS, /* trials of real numbers, among which dropout's zeros are like others */
    REALS,
    MIDDLE,
    RICH, /* many spikes in a bin, or many trials: they hold a larger model by themselves */
};

enum { MANY_TRIALS = 2000 };

static const struct {
    const char *cd_rate, *keep_prob, *l2;
    size_t generator, factors, batch; /* batch: the most trials in one */
    size_t updates, patience;         /* patience: epochs until the learning rate falls */
} values[] = {
    [SPARSE] = {"0.3", "0.7", "0.3", 100, 20, 128, 4500, 6},
    [SCARCE] = {"0.5", "0.9", "1", 100, 20, 128, 4500, 6},
    [FEW_REALS] = {"0", "0.9", "1", 100, 20, 128, 4500, 6},
    [REALS] = {"0", "0.95", "0.3", 200, 40, 64, 5000, 3},
    [MIDDLE] = {"0.3", "0.95", "0.3", 100, 20, 128, 3000, 3},
    [RICH] = {"0.3", "0.95", "0.3", 200, 40, 64, 5000, 3},
};

static enum kind kind_of(const struct choice *c, const struct facts *f)
{
    double spikes = in_a_bin(f);
    bool counts = has_data(c, DATA_COUNTS);

    if (counts && spikes < 1.5)
        return SPARSE;
    if (has_data(c, DATA_REALS))
        return f->trials < MANY_TRIALS ? FEW_REALS : REALS;
    if (!counts || f->trials < 300)
        return SCARCE;
    return spikes >= 5 || f->trials >= MANY_TRIALS ? RICH : MIDDLE;
}

/* Few trials get a small model: sizes follow the numbers that there are to learn from. */
static void choose_sizes(struct choice *c, const struct facts *f)
{
    bool small = f->trials < 150;
    enum kind kind = kind_of(c, f);
    size_t gen = small ? 64 : values[kind].generator, encoder = 64;
    size_t factors = f->aligned ? f->aligned : small ? 8 : values[kind].factors;

    set(c, "gen_dim", "%zu", gen);
    set(c, "ic_enc_dim", "%zu", encoder);
    set(c, "ic_dim", "%zu", encoder);
    set(c, "factors_dim", "%zu", factors);
    set(c, "co_dim", "0");
    say(c,
        "  generator of %lld units, %lld factors, initial condition of %lld dimensions, %lld "
        "inferred inputs: for %zu trials of %zu channels",
        (long long)c->config->gen_dim, (long long)c->config->factors_dim,
        (long long)c->config->ic_dim, (long long)c->config->co_dim, f->trials, f->channels);
}

/* Twenty updates an epoch or more, and as many epochs as a given number of updates takes, or 60 if
 * these take less than twice the number; the penalties rise in the first part of them. */
static void choose_length(struct choice *c, const struct facts *f)
{
    const struct lfads_config *config = c->config;
    enum kind kind = kind_of(c, f);
    size_t batch = power_between(f->trials / 20, 8, values[kind].batch);
    size_t epochs, part, steps, updates = values[kind].updates;

    set(c, "batch_size", "%zu", batch);
    steps = size_max(f->trials / (size_t)config->batch_size, 1);
    epochs = size_max((updates + steps / 2) / steps, size_min(60, 2 * updates / steps));
    set(c, "max_epochs", "%zu", epochs);
    set(c, "learning_rate_n_to_compare", "%zu", values[kind].patience);
    epochs = config->max_epochs > 0 ? (size_t)config->max_epochs : epochs;
    part = size_max(epochs / 7, 1);
    set(c, "kl_increase_steps", "%zu", part);
    set(c, "l2_increase_steps", "%zu", part);
    set(c, "early_stop_patience", "%zu", size_max(epochs / 4, 10));
    say(c,
        "  batches of %lld trials, at most %lld epochs; the penalties rise in the first %lld; "
        "training ends %lld epochs after the validation cost was lowest",
        (long long)config->batch_size, (long long)config->max_epochs,
        (long long)config->kl_increase_steps, (long long)config->early_stop_patience);
}

/* The KL divergences. Real numbers are noisy and no dropout hides them from the encoders, so that
 * they get their weight in the bound of a trial's likelihood, of which the cost is the mean. */
static void choose_penalties(struct choice *c, const struct facts *f)
{
    double bound = 1 / ((double)f->bins * (double)f->channels);
    double weight = has_data(c, DATA_REALS) ? bound : 1e-6;

    set(c, "kl_ic_weight", "%.3g", weight);
    set(c, "kl_co_weight", "%.3g", weight);
}

static void choose_regularisation(struct choice *c, const struct facts *f)
{
    enum kind kind = kind_of(c, f);

    set(c, "cd_rate", "%s", values[kind].cd_rate);
    set(c, "keep_prob", "%s", values[kind].keep_prob);
    set(c, "l2_gen_scale", "%s", values[kind].l2);
    set(c, "l2_con_scale", "%s", values[kind].l2);
    choose_penalties(c, f);
    if (has_data(c, DATA_COUNTS))
        say(c,
            "  coordinated dropout %g, dropout %g: for %zu trials with %.3g spikes in a bin of all "
            "channels",
            c->config->cd_rate, 1 - c->config->keep_prob, f->trials, in_a_bin(f));
    else
        say(c, "  coordinated dropout %g, dropout %g", c->config->cd_rate,
            1 - c->config->keep_prob);
}

/* NaN are what was not recorded, in trials that are shorter than others above all. */
static void choose_missing(struct choice *c, const struct facts *f)
{
    if (f->missing == 0)
        return;
    set(c, "missing_data", "skip");
    say(c, "  --missing_data=skip: %zu numbers are NaN, which count as not recorded", f->missing);
}

/* What the files say of held-out channels and external inputs. */
static void choose_roles(struct choice *c, const struct facts *f)
{
    if (f->heldout > 0 && c->config->heldout_dim == 0) {
        say(c, "  %zu channels are held out, as the data say", f->heldout);
        if (f->alike == f->sessions)
            set(c, "heldout_dim", "%zu", f->heldout);
    }
    if (f->aligned > 0 && strcmp(c->config->output_dist, "poisson") == 0) {
        set(c, "readout_init", "log");
        say(c, "  --readout_init=%s: read-outs begin at the sessions' alignment to %zu factors",
            c->config->readout_init, f->aligned);
    }
    if (f->ext_inputs == 0 || c->config->ext_input_dim > 0)
        return;
    set(c, "ext_input_dim", "%zu", f->ext_inputs);
    set(c, "inject_ext_input_to_gen", "true");
    say(c, "  --ext_input_dim=%zu: the external inputs of the data, which the generator reads",
        f->ext_inputs);
}

bool auto_reads_factors(const struct lfads_config *config)
{
    return strcmp(config->preset, PRESET_AUTO) == 0 && config->readin_dim == 0 &&
           !config->given[flag_find(config_table(), "factors_dim")];
}

bool auto_reads_ext_inputs(const struct lfads_config *config)
{
    return strcmp(config->preset, PRESET_AUTO) == 0 &&
           !config->given[flag_find(config_table(), "ext_input_dim")];
}

bool auto_reads_missing(const struct lfads_config *config)
{
    return strcmp(config->preset, PRESET_AUTO) == 0 &&
           !config->given[flag_find(config_table(), "missing_data")];
}

enum lfads_status auto_choose(struct auto_report *report, struct lfads_config *config,
                              const struct dataset *dataset, struct lfads_error *err)
{
    struct choice choice = {.config = config, .report = report, .err = err, .status = LFADS_OK};
    struct facts facts;

    report->count = 0;
    if (strcmp(config->preset, PRESET_AUTO) != 0)
        return LFADS_OK;
    facts = facts_of(dataset);
    say(&choice, "--preset=auto chooses what no flag says (--preset=original: the original's "
                 "values):");
    choose_sizes(&choice, &facts);
    choose_length(&choice, &facts);
    choose_regularisation(&choice, &facts);
    choose_missing(&choice, &facts);
    choose_roles(&choice, &facts);
    return choice.status;
}
