/* page_scores.c - the part with the scores of a session beside those of baselines.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "infer/results_file.h"
#include "page/page.h"
#include "report/html.h"
#include "report/svg.h"

static const char *title_of(const char *baseline)
{
    return strcmp(baseline, "mean_rates") == 0 ? "mean rates"
           : strcmp(baseline, "psth") == 0     ? "PSTH"
                                               : "smoothing";
}

static void put_cell(FILE *out, double value, double error, bool best)
{
    fprintf(out, "<td%s>", best ? " class=\"best\"" : "");
    if (isfinite(value))
        fprintf(out, "%.4f", value);
    else
        fputs("–", out);
    if (isfinite(value) && isfinite(error) && error > 0)
        fprintf(out, " <small>± %.4f</small>", error);
    fputs("</td>", out);
}

/* A row of the table: a member of struct lfads_score and its error's (0: none). */
struct row {
    const char *name;
    bool has;
    size_t value, error;
};

double page_score_member(const struct lfads_score *score, size_t offset)
{
    double value;

    memcpy(&value, (const char *)score + offset, sizeof value);
    return value;
}

static void put_row(FILE *out, const struct page_session *p, const struct row *row)
{
    double best = page_score_member(&p->score, row->value);

    if (!row->has)
        return;
    for (size_t i = 0; i < p->baselines.count; i++)
        best = fmax(best, page_score_member(p->baselines.of[i]->score, row->value));
    fputs("<tr><th>", out);
    html_text(out, row->name);
    fputs("</th>", out);
    for (size_t i = 0; i <= p->baselines.count; i++) {
        const struct lfads_score *score = i ? p->baselines.of[i - 1]->score : &p->score;
        double value = page_score_member(score, row->value);

        put_cell(out, value, row->error ? page_score_member(score, row->error) : (double)NAN,
                 value == best);
    }
    fputs("</tr>\n", out);
}

#define AT(name) offsetof(struct lfads_score, name)

static void put_table(FILE *out, const struct page_session *p)
{
    const struct lfads_score *s = &p->score;
    const struct row rows[] = {
        {"bits per spike, held-out channels (co-smoothing)", s->heldout > 0, AT(co_bps),
         AT(co_bps_se)},
        {"bits per spike, forward bins", s->forward > 0, AT(fp_bps), AT(fp_bps_se)},
        {"bits per spike, all", s->has_bits_per_spike, AT(bits_per_spike), AT(bits_per_spike_se)},
        {"R² to the true rates", s->has_truth, AT(r2), 0},
        {"R² to the conditions’ PSTHs", s->has_psth, AT(psth_r2), 0}};

    fputs("<div class=\"scroll\"><table class=\"scores\"><tr><th></th><th>model</th>", out);
    for (size_t i = 0; i < p->baselines.count; i++)
        fprintf(out, "<th>%s</th>", title_of(p->baselines.of[i]->name));
    fputs("</tr>\n", out);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        put_row(out, p, &rows[i]);
    fputs("</table></div>\n<ul class=\"quiet\">", out);
    for (size_t i = 0; i < p->baselines.count; i++) {
        fprintf(out, "<li><b>%s</b>: ", title_of(p->baselines.of[i]->name));
        html_text(out, p->baselines.of[i]->about);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

/* Says of how many models' rates these are the mean, if that is more than one. */
static enum lfads_status put_ensemble(FILE *out, const struct page_session *p,
                                      struct lfads_error *err)
{
    char text[H5_ATTRIBUTE_SIZE];
    enum lfads_status status = h5_read_attribute(text, &p->s.run, RESULTS_ENSEMBLE, err);

    if (status == LFADS_OK && *text)
        html_format(out,
                    "The rates are means over %s models; factors, initial conditions and inferred "
                    "inputs are those of the best of them. ",
                    text);
    return status;
}

static void put_rest(FILE *out, const struct page_session *p)
{
    const struct lfads_score *s = &p->score;

    if (s->has_coverage)
        html_format(
            out,
            "The band that %.4g %% of the posterior's samples make holds %.1f %% of the true "
            "rates; %.4g %% would be right. ",
            100 * s->coverage_nominal, 100 * s->coverage, 100 * s->coverage_nominal);
    if (s->has_behaviour)
        html_format(out, "R² of behaviour decoded from the rates: %.4f. ", s->behaviour_r2);
    if (isfinite(s->nll))
        html_format(out, "Negative log-likelihood a trial: %.3f nats. ", s->nll);
    if (s->has_bounds)
        html_format(out, "Bounds a trial: %.3f (VAE), %.3f (IWAE). ", s->nll_vae, s->nll_iwae);
    if (isfinite(p->kl))
        html_format(out, "Initial conditions carry %.2f nats a trial. ", p->kl);
    fputs(
        "Bits per spike are over each unit’s mean in the scored trials; 0 is no better than that. "
        "Smoothing does not see the spikes that it is scored on.</p>\n",
        out);
}

/* The units' bits per spike, of the model over those of the best other baseline. */
static void draw_units(FILE *out, const struct page_session *p)
{
    const double *model = p->score.channel_bits_per_spike, *other;
    const struct lfads_baseline *best = NULL;
    struct svg chart = {.out = out,
                        .title = "Each unit: model over baseline",
                        .y_name = "bits per spike, model",
                        .x0 = (double)INFINITY,
                        .x1 = -(double)INFINITY};
    double low, high;
    char name[80];

    for (size_t i = 0; i < p->baselines.count; i++)
        if (!best || p->baselines.of[i]->score->bits_per_spike > best->score->bits_per_spike)
            best = p->baselines.of[i];
    if (!model || !best || !best->score->channel_bits_per_spike)
        return;
    other = best->score->channel_bits_per_spike;
    snprintf(name, sizeof name, "bits per spike, %s", title_of(best->name));
    chart.x_name = name;
    svg_range(&chart.x0, &chart.x1, model, p->s.channels, 1);
    svg_range(&chart.x0, &chart.x1, other, p->s.channels, 1);
    svg_margin(&chart.x0, &chart.x1);
    chart.y0 = low = chart.x0;
    chart.y1 = high = chart.x1;
    fputs("<div class=\"charts\">", out);
    svg_begin(&chart);
    svg_rule(&chart, "dashed", low, low, high, high);
    for (size_t j = 0; j < p->s.channels; j++) {
        bool held = j >= p->s.channels - p->s.heldout;
        char unit[PAGE_ABOUT_UNIT], about[PAGE_ABOUT_UNIT + 80];

        page_about_unit(unit, p, j);
        snprintf(about, sizeof about, "%s: model %.3f, %s %.3f", unit, model[j],
                 title_of(best->name), other[j]);
        svg_point(&chart, held ? "s1" : "s0", other[j], model[j], about);
    }
    svg_end(&chart);
    fputs("</div><p class=\"legend\">", out);
    svg_key(out, "s0", "units that the encoders read");
    if (p->s.heldout)
        svg_key(out, "s1", "held-out units");
    fputs("</p>\n", out);
}

enum lfads_status page_scores(struct page *page, const struct page_session *session)
{
    enum lfads_status status;

    fputs("<h3>Scores</h3>\n", page->out);
    put_table(page->out, session);
    fputs("<p class=\"quiet\">", page->out);
    status = put_ensemble(page->out, session, page->err);
    put_rest(page->out, session);
    draw_units(page->out, session);
    return status;
}
