/* scores.c - prints scores, as text or as one JSON object.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "cli/cli.h"

/* Prints a channel's score, and of which unit it is as the data file names units. */
static void print_channel(const struct lfads_score *s, const double *scores, size_t j)
{
    const char *held = j >= s->channels - s->heldout ? "held-out " : "";

    if (s->units)
        printf("%.4f of %sunit %s", scores[j], held, s->units[j]);
    else
        printf("%.4f of %schannel %zu", scores[j], held, j);
}

/* Prints the range of single channels' scores and ends the line. Scores that are NaN are counted.
 */
static void print_range(const struct lfads_score *s, const double *scores)
{
    size_t min = s->channels, max = s->channels, undefined = 0;

    for (size_t j = 0; j < s->channels; j++) {
        if (isnan(scores[j])) {
            undefined++;
            continue;
        }
        min = min == s->channels || scores[j] < scores[min] ? j : min;
        max = max == s->channels || scores[j] > scores[max] ? j : max;
    }
    if (min == s->channels) {
        printf("\n");
        return;
    }
    printf(" (single channels ");
    print_channel(s, scores, min);
    printf(" to ");
    print_channel(s, scores, max);
    if (undefined)
        printf(", %zu not defined", undefined);
    printf(")\n");
}

static void print_bits(const char *what, const char *who, double bits, double error)
{
    if (isnan(bits)) {
        printf("%s: not defined, for %s no spikes", what, who);
        return;
    }
    printf("%s: %.4f", what, bits);
    if (isfinite(error))
        printf(", standard error %.4f", error);
}

static void print_spikes(const struct lfads_score *s)
{
    print_bits("bits per spike over each channel's mean rate", "there are", s->bits_per_spike,
               s->bits_per_spike_se);
    print_range(s, s->channel_bits_per_spike);
    if (s->heldout) {
        printf("of the %zu held-out channels (co-smoothing)", s->heldout);
        print_bits("", "they have", s->co_bps, s->co_bps_se);
        printf("\n");
    }
    if (s->forward) {
        printf("of the %zu forward bins", s->forward);
        print_bits("", "they have", s->fp_bps, s->fp_bps_se);
        printf("\n");
    }
}

/* Prints an R2, or that WHAT, which it is of, does not vary. */
static void print_r2(double r2, const char *what)
{
    if (isfinite(r2))
        printf(": %.4f", r2);
    else
        printf(": not defined, for the known %s do not vary", what);
}

static void print_conditions(const struct lfads_score *s)
{
    printf("R2 of the rates to the PSTHs of %zu condition%s", s->conditions,
           s->conditions == 1 ? "" : "s");
    if (s->psth_sd > 0)
        printf(" (smoothed, standard deviation %.3g bins)", s->psth_sd);
    print_r2(s->psth_r2, "PSTHs");
    printf("\n");
}

static void print_behaviour(const struct lfads_score *s)
{
    printf("R2 of behaviour, %zu components, decoded by ridge regression", s->behaviour_components);
    print_r2(s->behaviour_r2, "numbers of behaviour");
    if (isfinite(s->behaviour_r2))
        printf(" (penalty %.3g)", s->decoding_penalty);
    printf("\n");
}

/* Says how many numbers of WHAT no score is made of. */
static void print_missing(const char *indent, size_t count, const char *what)
{
    if (count > 0)
        printf("%sleft out, for they are NaN or infinite: %zu %s\n", indent, count, what);
}

static void print_all_missing(const struct lfads_score *s)
{
    print_missing("", s->missing_data, "numbers of the data");
    print_missing("", s->missing_truth,
                  s->has_truth ? "numbers of the true rates" : "numbers of the true rates, all");
    print_missing("", s->missing_psth, s->has_psth ? "bins of PSTHs" : "bins of PSTHs, all");
    print_missing("", s->missing_behaviour,
                  s->has_behaviour ? "numbers of behaviour"
                                   : "numbers of behaviour: too many to decode");
    if (s->missing_conditions > 0)
        printf("without a condition, and so without PSTHs: %zu trials\n", s->missing_conditions);
}

static const char *plural(size_t count) { return count == 1 ? "" : "s"; }

static void print_text(const struct lfads_score *s)
{
    printf("%zu trial%s of %s_data, %zu bin%s, %zu channel%s\n", s->trials, plural(s->trials),
           s->set, s->bins, plural(s->bins), s->channels, plural(s->channels));
    if (s->has_truth) {
        printf("R2 of the rates with the truth");
        print_r2(s->r2, "true rates");
        print_range(s, s->channel_r2);
    }
    if (s->has_coverage) {
        printf("share of true rates in the %.4g %% band of samples: %.4f",
               100 * s->coverage_nominal, s->coverage);
        print_range(s, s->channel_coverage);
    }
    if (s->has_bits_per_spike)
        print_spikes(s);
    if (s->has_psth)
        print_conditions(s);
    if (s->has_behaviour)
        print_behaviour(s);
    if (s->lacks_train_run)
        printf("behaviour is not decoded: that needs the results of the training trials "
               "(--train_run)\n");
    if (isnan(s->nll))
        printf("negative log-likelihood a trial: not known, results have means only\n");
    else
        printf("negative log-likelihood a trial: %.3f\n", s->nll);
    if (s->has_bounds)
        printf("bounds a trial: %.3f (VAE), %.3f (IWAE)\n", s->nll_vae, s->nll_iwae);
    print_all_missing(s);
    if (s->other_data)
        fprintf(stderr,
                "lfads: warning: %s_data of the data file is not what the results are of: sample "
                "the model anew\n",
                s->set);
}

/* Prints one of a baseline's scores and its standard error (NaN: none), unless it is not defined.
 */
static void print_part(bool has, const char *name, double value, double error)
{
    if (has && isfinite(value))
        printf(", %s %.4f", name, value);
    if (has && isfinite(value) && isfinite(error))
        printf(" (standard error %.4f)", error);
}

static void print_baselines(const struct lfads_baselines *baselines)
{
    for (size_t i = 0; i < baselines->count; i++) {
        const struct lfads_baseline *b = baselines->of[i];
        const struct lfads_score *s = b->score;

        printf("baseline %s", b->name);
        print_part(s->has_bits_per_spike, "bits per spike", s->bits_per_spike,
                   s->bits_per_spike_se);
        print_part(s->heldout > 0, "co-smoothing", s->co_bps, s->co_bps_se);
        print_part(s->forward > 0, "forward bins", s->fp_bps, (double)NAN);
        print_part(s->has_truth, "R2 with the truth", s->r2, (double)NAN);
        print_part(s->has_psth, "R2 to PSTHs", s->psth_r2, (double)NAN);
        printf(": %s\n", b->about);
    }
}

/* JSON lacks NaN, the R2 of a constant truth: null stands for it. */
static void print_number(const char *before, double value)
{
    if (isfinite(value))
        printf("%s%.15g", before, value);
    else
        printf("%snull", before);
}

void cli_print_json_text(const char *text)
{
    putchar('"');
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < ' ')
            printf("\\u%04x", (unsigned)*text);
        else
            putchar(*text);
    putchar('"');
}

static void print_numbers(const char *key, const double *values, size_t count)
{
    printf(", \"%s\": [", key);
    for (size_t j = 0; j < count; j++)
        print_number(j ? ", " : "", values[j]);
    printf("]");
}

static void print_json_spikes(const struct lfads_score *s)
{
    print_number(", \"bits_per_spike\": ", s->bits_per_spike);
    print_number(", \"bits_per_spike_se\": ", s->bits_per_spike_se);
    print_numbers("channel_bits_per_spike", s->channel_bits_per_spike, s->channels);
    if (s->heldout) {
        print_number(", \"co_bps\": ", s->co_bps);
        print_number(", \"co_bps_se\": ", s->co_bps_se);
    }
    if (s->forward) {
        print_number(", \"fp_bps\": ", s->fp_bps);
        print_number(", \"fp_bps_se\": ", s->fp_bps_se);
    }
}

/* Prints what rates alone decide, which baselines have too. */
static void print_json_rates(const struct lfads_score *s)
{
    if (s->has_truth) {
        print_number(", \"r2\": ", s->r2);
        print_numbers("channel_r2", s->channel_r2, s->channels);
    }
    if (s->has_coverage) {
        print_number(", \"coverage\": ", s->coverage);
        print_number(", \"coverage_nominal\": ", s->coverage_nominal);
        print_numbers("channel_coverage", s->channel_coverage, s->channels);
    }
    if (s->has_bits_per_spike)
        print_json_spikes(s);
    if (s->has_psth) {
        print_number(", \"psth_r2\": ", s->psth_r2);
        print_number(", \"psth_sd\": ", s->psth_sd);
        printf(", \"conditions\": %zu", s->conditions);
    }
}

static void print_json_baselines(const struct lfads_baselines *baselines)
{
    printf(", \"baselines\": {");
    for (size_t i = 0; i < baselines->count; i++) {
        printf("%s\"%s\": {\"about\": \"%s\"", i ? ", " : "", baselines->of[i]->name,
               baselines->of[i]->about);
        print_json_rates(baselines->of[i]->score);
        printf("}");
    }
    printf("}");
}

/* Prints what the channels are, of which the last are held out. */
static void print_json_units(const struct lfads_score *s)
{
    printf(", \"units\": [");
    for (size_t j = 0; j < s->channels; j++) {
        printf(j ? ", " : "");
        cli_print_json_text(s->units[j]);
    }
    printf("]");
}

static void print_json(const struct lfads_score *s, const struct lfads_baselines *baselines)
{
    printf("{\"set\": \"%s\", \"trials\": %zu, \"bins\": %zu, \"channels\": %zu", s->set, s->trials,
           s->bins, s->channels);
    printf(", \"heldout_dim\": %zu, \"forward_steps\": %zu", s->heldout, s->forward);
    if (s->units)
        print_json_units(s);
    printf(", \"missing_data\": %zu, \"missing_truth\": %zu, \"missing_psth\": %zu, "
           "\"missing_behaviour\": %zu, \"missing_conditions\": %zu",
           s->missing_data, s->missing_truth, s->missing_psth, s->missing_behaviour,
           s->missing_conditions);
    print_json_rates(s);
    if (s->has_behaviour) {
        print_number(", \"behaviour_r2\": ", s->behaviour_r2);
        print_number(", \"decoding_penalty\": ", s->decoding_penalty);
        printf(", \"behaviour_components\": %zu", s->behaviour_components);
    }
    if (s->has_bounds) {
        print_number(", \"nll_bound_vae\": ", s->nll_vae);
        print_number(", \"nll_bound_iwae\": ", s->nll_iwae);
    }
    print_number(", \"nll\": ", s->nll);
    printf(", \"other_data\": %s", s->other_data ? "true" : "false");
    if (baselines)
        print_json_baselines(baselines);
    printf("}\n");
}

void cli_print_score(const struct lfads_score *score, const struct lfads_baselines *baselines,
                     bool json)
{
    if (json) {
        print_json(score, baselines);
        return;
    }
    print_text(score);
    if (baselines)
        print_baselines(baselines);
}

/* A score by the benchmark's name. */
struct named {
    const char *name;
    double value, error; /* error: NaN if there is none */
};
enum { NLB_VELOCITY = 1, NLB_SCORES = 5 };

static void name_scores(struct named out[NLB_SCORES], const struct lfads_nlb_score *s)
{
    const double none = (double)NAN;

    out[0] = (struct named){"co-bps", s->co_bps, s->co_bps_se};
    out[NLB_VELOCITY] = (struct named){"vel R2", s->velocity_r2, none};
    out[2] = (struct named){"tp corr", s->time_correlation, none};
    out[3] = (struct named){"psth R2", s->psth_r2, none};
    out[4] = (struct named){"fp-bps", s->fp_bps, s->fp_bps_se};
}

static void print_nlb_text(const struct lfads_nlb_score *s)
{
    struct named named[NLB_SCORES];

    name_scores(named, s);
    printf("%s\n", s->set);
    for (size_t i = 0; i < NLB_SCORES; i++) {
        if (isnan(named[i].value))
            continue;
        printf("  %s%-8s %.4f", s->prefix, named[i].name, named[i].value);
        if (isfinite(named[i].error))
            printf(", standard error %.4f", named[i].error);
        if (i == NLB_VELOCITY)
            printf(", penalty %.3g", s->decoding_penalty);
        printf("\n");
    }
    print_missing("  ", s->missing_spikes, "counts");
    print_missing("  ", s->missing_psth, "bins of PSTHs");
    print_missing("  ", s->missing_behaviour, "numbers of behaviour");
}

static void print_missing_json(size_t count, const char *what, bool *first)
{
    if (count > 0)
        printf("%s\"missing %s\": %zu", *first ? "" : ", ", what, count);
    *first = *first && count == 0;
}

static void print_nlb_json(const struct lfads_nlb_score *s)
{
    struct named named[NLB_SCORES];
    bool first = true;

    name_scores(named, s);
    printf("\"%s\": {", s->set);
    for (size_t i = 0; i < NLB_SCORES; i++) {
        if (isnan(named[i].value))
            continue;
        printf("%s\"%s%s\": ", first ? "" : ", ", s->prefix, named[i].name);
        print_number("", named[i].value);
        first = false;
        if (!isfinite(named[i].error))
            continue;
        printf(", \"%s%s standard error\": ", s->prefix, named[i].name);
        print_number("", named[i].error);
    }
    print_missing_json(s->missing_spikes, "counts", &first);
    print_missing_json(s->missing_psth, "bins of PSTHs", &first);
    print_missing_json(s->missing_behaviour, "numbers of behaviour", &first);
    printf("}");
}

void cli_print_nlb(const struct lfads_nlb_scores *scores, bool json)
{
    for (size_t i = 0; i < scores->count; i++) {
        if (json)
            printf("%s", i ? ", " : "{");
        (json ? print_nlb_json : print_nlb_text)(scores->sets[i]);
    }
    if (json)
        printf("}\n");
}
