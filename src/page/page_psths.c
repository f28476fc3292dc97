/* page_psths.c - the part with peri-stimulus time histograms of data and model.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "page/page.h"
#include "report/html.h"
#include "report/score_conditions.h"
#include "report/svg.h"

enum { MOST_UNITS = 8, MOST_CONDITIONS = 4 };

/* Means over the trials of some conditions. */
struct psths {
    const struct page_session *p;
    size_t condition[MOST_CONDITIONS], count;
    double *data[MOST_CONDITIONS], *model[MOST_CONDITIONS]; /* [T]; of the unit in work */
    double *raw;                                            /* [T] */
    double unit;                                            /* that rates are multiplied by */
};

/* Sets the means of unit J and condition number C. */
static void average(struct psths *h, size_t c, size_t j)
{
    const struct page_session *p = h->p;
    const struct evaluation *s = &p->s;

    for (size_t t = 0; t < s->bins; t++) {
        double sum = 0, known = 0, rates = 0, trials = 0;

        for (size_t e = 0; e < s->trials; e++) {
            double count = s->counts[(e * s->bins + t) * s->channels + j];

            if (p->condition && p->condition[e] != h->condition[c])
                continue;
            rates += s->output[(e * s->bins + t) * s->outputs + j];
            trials++;
            sum += isnan(count) ? 0 : count;
            known += !isnan(count);
        }
        h->raw[t] = h->unit * sum / known;
        h->model[c][t] = h->unit * rates / trials;
    }
    score_smooth(h->data[c], h->raw, s->bins, 1, p->psth_sd);
}

static void draw_unit(FILE *out, struct psths *h, size_t j)
{
    const struct page_session *p = h->p;
    bool counts = p->s.distribution->data == DATA_COUNTS;
    double step = p->bin_s > 0 ? p->bin_s : 1;
    char title[PAGE_ABOUT_UNIT], name_of_unit[UNIT_NAME], about[PAGE_ABOUT_UNIT];
    struct svg chart = {.out = out,
                        .title = title,
                        .about = p->score.units ? about : NULL,
                        .x_name = p->bin_s > 0 ? "time (s)" : "bin",
                        .y_name = !counts        ? "mean"
                                  : p->bin_s > 0 ? "spikes/s"
                                                 : "spikes/bin",
                        .x1 = step * (double)p->s.bins,
                        .y0 = (double)INFINITY,
                        .y1 = -(double)INFINITY};

    page_unit(name_of_unit, p, j);
    page_about_unit(about, p, j);
    snprintf(title, sizeof title, "Unit %s%s", name_of_unit,
             j >= p->s.channels - p->s.heldout ? " (held out)" : "");
    for (size_t c = 0; c < h->count; c++) {
        average(h, c, j);
        svg_range(&chart.y0, &chart.y1, h->data[c], p->s.bins, 1);
        svg_range(&chart.y0, &chart.y1, h->model[c], p->s.bins, 1);
    }
    svg_margin(&chart.y0, &chart.y1);
    if (counts)
        chart.y0 = fmax(chart.y0, 0);
    svg_begin(&chart);
    for (size_t c = 0; c < h->count; c++) {
        struct svg_values values = {
            .first_x = step / 2, .step_x = step, .count = p->s.bins, .y_stride = 1};
        char name[60], class[8], classes[20], text[100];

        page_condition(name, p, h->condition[c]);
        page_colour_of_few(class, p, h->condition[c], c);
        snprintf(classes, sizeof classes, "faint %s", class);
        snprintf(text, sizeof text, "data%s%s", *name ? ", " : "", name);
        values.y = h->data[c];
        svg_line(&chart, classes, text, &values);
        snprintf(text, sizeof text, "model%s%s", *name ? ", " : "", name);
        values.y = h->model[c];
        svg_line(&chart, class, text, &values);
    }
    svg_end(&chart);
}

static void put_legend(FILE *out, const struct psths *h)
{
    const struct page_session *p = h->p;
    double sd = p->psth_sd;

    fputs("<p class=\"legend\">", out);
    for (size_t c = 0; c < h->count; c++) {
        char name[60], class[8];

        page_condition(name, p, h->condition[c]);
        page_colour_of_few(class, p, h->condition[c], c);
        svg_key(out, class, *name ? name : "all trials");
    }
    fputs("</p><p class=\"quiet\">Thick: the model’s rates, thin: the data", out);
    if (sd > 0)
        html_format(out, ", smoothed by a Gaussian with a standard deviation of %.3g bins", sd);
    if (p->condition && p->labels.count > h->count)
        html_format(out, "; the %zu of %zu conditions with most trials", h->count, p->labels.count);
    fputs(".</p>\n", out);
}

enum lfads_status page_psths(struct page *page, const struct page_session *session)
{
    const struct page_session *p = session;
    size_t shown = p->units < MOST_UNITS ? p->units : MOST_UNITS;
    bool counts = p->s.distribution->data == DATA_COUNTS;
    struct psths h = {.p = p,
                      .raw = calloc(p->s.bins + 1, sizeof *h.raw),
                      .unit = counts && p->bin_s > 0 ? 1 / p->bin_s : 1};
    bool fine = h.raw != NULL;

    h.count = page_conditions(h.condition, MOST_CONDITIONS, p);
    for (size_t c = 0; c < h.count; c++) {
        h.data[c] = calloc(p->s.bins + 1, sizeof *h.raw);
        h.model[c] = calloc(p->s.bins + 1, sizeof *h.raw);
        fine = fine && h.data[c] && h.model[c];
    }
    if (fine) {
        fputs("<h3>PSTHs of data and model</h3>\n<div class=\"charts\">\n", page->out);
        for (size_t i = 0; i < shown; i++)
            draw_unit(page->out, &h, p->unit[i * p->units / shown]);
        fputs("</div>\n", page->out);
        put_legend(page->out, &h);
    }
    free(h.raw);
    for (size_t c = 0; c < h.count; c++) {
        free(h.data[c]);
        free(h.model[c]);
    }
    return fine ? LFADS_OK : lfads_fail(page->err, LFADS_NO_MEMORY, "no memory for PSTHs");
}
