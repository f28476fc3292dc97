/* page_verdict.c - the part that says whether to believe the model.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "page/page.h"
#include "report/components.h"
#include "report/html.h"
#include "report/judgement.h"

enum { NOTE, WARNING, BAD };
enum { SMOOTHED = 5, NAMED = 12, UNITS_TEXT = (NAMED + 1) * (UNIT_NAME + 20) };
/* Share of the largest factor's standard deviation, of the prior's of an input, of the rates'
 * variance, below which there is nothing. */
static const double dead_factor = 0.01, dead_input = 0.02, dead_rates = 1e-3;

static const char *const classes[] = {"note", "warn", "bad"};

/* Findings of a page by their weight, kept until the heading above them is known. */
struct findings {
    FILE *out[3];
    char *list[3];
    size_t size[3], count[3];
};

static void found(struct findings *f, int how, const struct page_session *session,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));

static void found(struct findings *f, int how, const struct page_session *session,
                  const char *format, ...)
{
    char text[1200];
    va_list words;

    va_start(words, format);
    vsnprintf(text, sizeof text, format, words);
    va_end(words);
    f->count[how]++;
    fprintf(f->out[how], "<li class=\"%s\">", classes[how]);
    if (session) {
        fputs("<b>", f->out[how]);
        html_text(f->out[how], session->name);
        fputs("</b>: ", f->out[how]);
    }
    html_prose(f->out[how], text);
    fputs(".</li>\n", f->out[how]);
}

/* Mean of SMOOTHED rows from ROW on. */
static double mean_of(const double *values, size_t row)
{
    double sum = 0;

    for (size_t i = row; i < row + SMOOTHED; i++)
        sum += values[i] / SMOOTHED;
    return sum;
}

/* Compares the last rows' validation cost with the lowest of successive rows. */
static void judge_overfitting(struct findings *f, const struct page *p)
{
    const struct costs_column *recon = costs_table_find(&p->costs, "recon");
    size_t rows = p->costs.rows, lowest = 0;
    double low, last, first;
    char text[JUDGEMENT_SIZE];

    if (!recon || rows < 2 * SMOOTHED)
        return;
    for (size_t i = 1; i + SMOOTHED <= rows; i++)
        if (mean_of(recon->valid, i) < mean_of(recon->valid, lowest))
            lowest = i;
    low = mean_of(recon->valid, lowest);
    last = mean_of(recon->valid, rows - SMOOTHED);
    first = recon->valid[0];
    if (!judgement_overfitted(text, first - low, low, last))
        return;
    for (size_t i = 0; i < p->count; i++)
        if (!(p->sessions[i].step <= p->costs.step[lowest + SMOOTHED - 1])) {
            found(f, WARNING, NULL, "%s", text);
            return;
        }
    found(f, NOTE, NULL,
          "training went on until the model was over-fitted, but the results are of step %.0f, "
          "before that",
          p->sessions[0].step);
}

static void judge_training(struct findings *f, const struct page *p)
{
    const struct costs_table *t = &p->costs;
    const struct costs_column *recon = costs_table_find(t, "recon");
    const struct costs_column *kl = costs_table_find(t, "klweight");
    const struct costs_column *l2 = costs_table_find(t, "l2weight");
    char text[JUDGEMENT_SIZE];

    if (t->rows == 0) {
        found(f, NOTE, NULL, "there is no %s.csv, so nothing shows how training went",
              p->config->csv_log);
        return;
    }
    if (kl && l2 && (kl->train[t->rows - 1] < 0.995 || l2->train[t->rows - 1] < 0.995)) {
        judgement_ramps(text, kl->train[t->rows - 1], l2->train[t->rows - 1]);
        found(f, WARNING, NULL, "%s", text);
    }
    if (recon && isnan(recon->valid[t->rows - 1])) {
        judgement_unvalidated(text);
        found(f, WARNING, NULL, "%s", text);
    } else {
        judge_overfitting(f, p);
    }
}

/* Compares one score with the baselines'. OFFSET: where it is in struct lfads_score. */
static void judge_score(struct findings *f, const struct page_session *p, const char *of,
                        size_t offset)
{
    double model = page_score_member(&p->score, offset), best = -(double)INFINITY;
    const char *name = NULL;

    for (size_t i = 0; i < p->baselines.count; i++) {
        double score = page_score_member(p->baselines.of[i]->score, offset);

        if (strcmp(p->baselines.of[i]->name, "mean_rates") == 0 && !(model > score)) {
            found(f, BAD, p,
                  "the model is no better than mean rates: %.4f bits per spike of %s, and mean "
                  "rates have %.4f. It found nothing that holds for these trials",
                  model, of, score);
            return;
        }
        if (score > best) {
            best = score;
            name = p->baselines.of[i]->name;
        }
    }
    if (name && !(model > best))
        found(f, WARNING, p,
              "a simple estimate is as good as the model, or better: %s has %.4f bits per spike of "
              "%s, the "
              "model %.4f. Train longer, or with other penalties (--preset=auto chooses them)",
              strcmp(name, "psth") == 0 ? "the PSTH" : "smoothing", best, of, model);
}

static void judge_scores(struct findings *f, const struct page_session *p)
{
    if (p->score.other_data)
        found(f, BAD, p,
              "%s_data of the data file is not what the results are of: sample the model anew",
              p->s.set);
    if (strcmp(p->s.set, "train") == 0)
        found(f, WARNING, p,
              "the results are of training trials, whose scores say nothing about new trials");
    if (!p->score.has_bits_per_spike)
        return;
    if (p->score.heldout)
        judge_score(f, p, "held-out channels", offsetof(struct lfads_score, co_bps));
    else
        judge_score(f, p, "all channels", offsetof(struct lfads_score, bits_per_spike));
    if (p->score.forward)
        judge_score(f, p, "forward bins", offsetof(struct lfads_score, fp_bps));
}

/* Appends a name to a list of at most NAMED. */
static void add_name(char *text, size_t size, size_t count, const char *name)
{
    size_t length = strlen(text);

    if (count < NAMED)
        snprintf(text + length, size - length, "%s%s", count ? ", " : "", name);
    else if (count == NAMED)
        snprintf(text + length, size - length, ", …");
}

static void add_unit(char text[UNITS_TEXT], size_t count, const struct page_session *p, size_t j)
{
    char name[UNIT_NAME + 20];

    page_unit(name, p, j);
    if (j >= p->s.channels - p->s.heldout)
        strcat(name, " (held out)");
    add_name(text, UNITS_TEXT, count, name);
}

static void judge_units(struct findings *f, const struct page_session *p)
{
    const double *bits = p->score.channel_bits_per_spike;
    size_t failed = 0, silent = 0;
    char fails[UNITS_TEXT] = "", silents[UNITS_TEXT] = "";

    for (size_t j = 0; bits && j < p->s.channels; j++)
        if (isnan(bits[j]))
            add_unit(silents, silent++, p, j);
        else if (bits[j] <= 0)
            add_unit(fails, failed++, p, j);
    if (failed)
        found(f, failed * 4 > p->s.channels ? WARNING : NOTE, p,
              "for %zu of %zu units the rates are no better than the unit's mean: %s. Leave them "
              "out of what is concluded",
              failed, p->s.channels, fails);
    if (silent)
        found(f, NOTE, p, "%zu %s no spike in these trials: %s", silent,
              silent == 1 ? "unit has" : "units have", silents);
}

/* The share of the rates' variance that is between trials. */
static double variance_of_trials(const struct page_session *p)
{
    const struct evaluation *s = &p->s;
    double within = 0, total = 0;

    for (size_t j = 0; j < s->channels; j++)
        for (size_t t = 0; t < s->bins; t++) {
            double sum = 0, squares = 0;

            for (size_t e = 0; e < s->trials; e++) {
                double rate = s->output[(e * s->bins + t) * s->outputs + j];

                sum += rate / (double)s->trials;
                squares += rate * rate / (double)s->trials;
            }
            within += squares - sum * sum;
            total += squares;
        }
    return total > 0 ? within / total : 0;
}

static void judge_latents(struct findings *f, const struct page *page, const struct page_session *p)
{
    char text[JUDGEMENT_SIZE];

    if (isfinite(p->kl) && page->config->co_dim == 0 &&
        judgement_posterior(text, p->kl, page->config->kl_ic_weight))
        found(f, BAD, p, "%s", text);
    else if (p->s.trials > 1 && variance_of_trials(p) < dead_rates)
        found(f, BAD, p,
              "all trials get the same rates: what the encoders read does not reach the generator. "
              "Lower --kl_ic_weight (and --kl_co_weight), or train longer");
    for (size_t i = 0; p->inputs.values && i < p->inputs.dims[2]; i++) {
        size_t rows = p->s.trials * p->s.bins, n = p->inputs.dims[2];
        double squares = 0;

        for (size_t r = 0; r < rows; r++)
            squares += p->inputs.values[r * n + i] * p->inputs.values[r * n + i] / (double)rows;
        if (squares < dead_input * dead_input)
            found(f, WARNING, p,
                  "inferred input %zu is silent (root mean square %.2g): the model does without "
                  "it. Fewer inputs (--co_dim) or a lower --kl_co_weight",
                  i, sqrt(squares));
    }
}

static enum lfads_status judge_factors(struct findings *f, const struct page *page,
                                       const struct page_session *p)
{
    struct components found_components;
    double largest = 0;
    size_t dead = 0, n = p->factors.dims[2];
    char text[200] = "", number[24];
    enum lfads_status status;

    if (!p->factors.values)
        return LFADS_OK;
    status = components_find(&found_components, p->factors.values, p->s.trials * p->s.bins, n,
                             page->err);
    for (size_t i = 0; i < n && status == LFADS_OK; i++)
        largest = fmax(largest, found_components.deviation[i]);
    for (size_t i = 0; i < n && status == LFADS_OK; i++)
        if (!(found_components.deviation[i] > dead_factor * largest)) {
            snprintf(number, sizeof number, "%zu", i);
            add_name(text, sizeof text, dead++, number);
        }
    if (dead)
        found(f, NOTE, p, "%zu of %zu factors hardly change: %s. Fewer would do (--factors_dim)",
              dead, n, text);
    components_free(&found_components);
    return status;
}

static void write_heading(struct page *p, const struct findings *f)
{
    fputs("<section id=\"verdict\"><h2>Verdict</h2>\n<p class=\"verdict ", p->out);
    if (f->count[BAD])
        fputs("bad\">Do not believe this model yet.", p->out);
    else if (f->count[WARNING])
        fputs("warn\">Read what follows before you believe this model.", p->out);
    else
        fputs("fine\">Nothing was found that speaks against this model.", p->out);
    fputs("</p>\n", p->out);
}

/* A sentence on the score that counts. */
static void write_score(struct page *page, const struct page_session *p)
{
    bool held = p->score.heldout > 0;

    if (!p->score.has_bits_per_spike)
        return;
    fputs("<p>", page->out);
    html_format(page->out, "%s: %.3f", p->name, held ? p->score.co_bps : p->score.bits_per_spike);
    if (isfinite(p->score.bits_per_spike_se))
        html_format(page->out, " ± %.3f", held ? p->score.co_bps_se : p->score.bits_per_spike_se);
    html_format(page->out, " bits per spike of %s, %zu %s trials;",
                held ? "held-out channels" : "all channels", p->s.trials,
                strcmp(p->s.set, "train") == 0 ? "training" : "validation");
    for (size_t i = 0; i < p->baselines.count; i++) {
        const struct lfads_baseline *b = p->baselines.of[i];

        html_format(page->out, "%s %s %.3f", i ? "," : "",
                    strcmp(b->name, "mean_rates") == 0 ? "mean rates"
                    : strcmp(b->name, "psth") == 0     ? "PSTH"
                                                       : "smoothing",
                    held ? b->score->co_bps : b->score->bits_per_spike);
    }
    fputs(".</p>\n", page->out);
}

/* Notes that concern all sessions. */
static void judge_all(struct findings *f, const struct page *p)
{
    bool unfair = false;

    for (size_t i = 0; i < p->count; i++)
        unfair = unfair ||
                 (p->sessions[i].score.has_bits_per_spike && p->sessions[i].score.heldout == 0);
    if (unfair)
        found(f, NOTE, NULL,
              "no channels were held out, so the model has seen the spikes that it is scored on: "
              "training with --heldout_dim gives a fair score");
    if (*p->missing)
        found(f, NOTE, NULL, "there are no results of: %s", p->missing);
}

static enum lfads_status judge(struct findings *f, const struct page *page)
{
    enum lfads_status status = LFADS_OK;

    judge_training(f, page);
    for (size_t i = 0; i < page->count && status == LFADS_OK; i++) {
        judge_scores(f, &page->sessions[i]);
        judge_latents(f, page, &page->sessions[i]);
        judge_units(f, &page->sessions[i]);
        status = judge_factors(f, page, &page->sessions[i]);
    }
    judge_all(f, page);
    return status;
}

enum lfads_status page_verdict(struct page *page)
{
    struct findings f = {.count = {0}};
    bool fine = true;
    enum lfads_status status;

    for (int how = NOTE; how <= BAD; how++) {
        f.out[how] = open_memstream(&f.list[how], &f.size[how]);
        fine = fine && f.out[how];
    }
    status =
        fine ? judge(&f, page) : lfads_fail(page->err, LFADS_NO_MEMORY, "no memory for the report");
    for (int how = NOTE; how <= BAD; how++)
        if (f.out[how])
            fclose(f.out[how]);
    if (fine) {
        write_heading(page, &f);
        for (size_t i = 0; i < page->count; i++)
            write_score(page, &page->sessions[i]);
        if (f.count[NOTE] + f.count[WARNING] + f.count[BAD])
            fprintf(page->out, "<ul class=\"findings\">\n%s%s%s</ul>\n", f.list[BAD],
                    f.list[WARNING], f.list[NOTE]);
        fputs("</section>\n", page->out);
    }
    for (int how = NOTE; how <= BAD; how++)
        free(f.list[how]);
    return status;
}
