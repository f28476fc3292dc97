/* page_inputs.c - the part with the inferred inputs and their timing.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "page/page.h"
#include "report/html.h"
#include "report/svg.h"

enum { MOST_INPUTS = 6, MOST_CONDITIONS = 4, MOST_BARS = 50 };

/* What an input's charts need; C conditions. */
struct summary {
    const struct page_session *p;
    size_t condition[MOST_CONDITIONS], count;
    double *mean[MOST_CONDITIONS], *low[MOST_CONDITIONS], *high[MOST_CONDITIONS]; /* [T] */
    double *peaks;                                                                /* [T] */
};

static void average(struct summary *u, size_t c, size_t k)
{
    const struct page_session *p = u->p;
    size_t n = p->inputs.dims[2];

    for (size_t t = 0; t < p->s.bins; t++) {
        double sum = 0, squares = 0, trials = 0, mean, deviation;

        for (size_t e = 0; e < p->s.trials; e++) {
            double value = p->inputs.values[(e * p->s.bins + t) * n + k];

            if (p->condition && p->condition[e] != u->condition[c])
                continue;
            sum += value;
            squares += value * value;
            trials++;
        }
        mean = sum / trials;
        deviation = sqrt(fmax(squares / trials - mean * mean, 0));
        u->mean[c][t] = mean;
        u->low[c][t] = mean - deviation;
        u->high[c][t] = mean + deviation;
    }
}

static struct svg_values over_time(const struct page_session *p, const double *values)
{
    double step = p->bin_s > 0 ? p->bin_s : 1;

    return (struct svg_values){
        .first_x = step / 2, .step_x = step, .y = values, .y_stride = 1, .count = p->s.bins};
}

static struct svg chart_of(const struct page_session *p, FILE *out, const char *title,
                           const char *unit)
{
    return (struct svg){.out = out,
                        .title = title,
                        .x_name = p->bin_s > 0 ? "time (s)" : "bin",
                        .y_name = unit,
                        .x1 = (p->bin_s > 0 ? p->bin_s : 1) * (double)p->s.bins,
                        .y0 = (double)INFINITY,
                        .y1 = -(double)INFINITY};
}

/* Means over trials with a standard deviation on either side. */
static void draw_means(FILE *out, struct summary *u, size_t k)
{
    const struct page_session *p = u->p;
    char title[60];
    struct svg chart;

    snprintf(title, sizeof title, "Inferred input %zu: mean over trials", k);
    chart = chart_of(p, out, title, "input (a.u.)");
    for (size_t c = 0; c < u->count; c++) {
        average(u, c, k);
        svg_range(&chart.y0, &chart.y1, u->low[c], p->s.bins, 1);
        svg_range(&chart.y0, &chart.y1, u->high[c], p->s.bins, 1);
    }
    svg_margin(&chart.y0, &chart.y1);
    svg_begin(&chart);
    for (size_t c = 0; c < u->count; c++) {
        struct svg_values low = over_time(p, u->low[c]), high = over_time(p, u->high[c]);
        struct svg_values mean = over_time(p, u->mean[c]);
        char name[40], class[8];

        page_condition(name, p, u->condition[c]);
        page_colour_of_few(class, p, u->condition[c], c);
        svg_band(&chart, class, &low, &high);
        svg_line(&chart, class, *name ? name : "mean", &mean);
    }
    svg_end(&chart);
}

/* Counts the bins in which each trial's input K is farthest from its mean over the trial. */
static void find_peaks(double *peaks, const struct page_session *p, const struct array *inputs,
                       size_t k)
{
    size_t n = inputs->dims[2];

    for (size_t t = 0; t < p->s.bins; t++)
        peaks[t] = 0;
    for (size_t e = 0; e < p->s.trials; e++) {
        const double *value = inputs->values + e * p->s.bins * n + k;
        double mean = 0, farthest = -1;
        size_t peak = 0;

        for (size_t t = 0; t < p->s.bins; t++)
            mean += value[t * n] / (double)p->s.bins;
        for (size_t t = 0; t < p->s.bins; t++)
            if (fabs(value[t * n] - mean) > farthest) {
                farthest = fabs(value[t * n] - mean);
                peak = t;
            }
        peaks[peak]++;
    }
}

/* Joins bins until there are at most MOST_BARS bars; returns how many make a bar. */
static size_t join(double *peaks, size_t bins)
{
    size_t each = (bins + MOST_BARS - 1) / MOST_BARS;

    for (size_t t = 0; t < bins; t++) {
        double count = peaks[t];

        peaks[t] = 0;
        peaks[t / each] += count;
    }
    return each;
}

/* When inputs are strongest. */
static void draw_peaks(FILE *out, struct summary *u, const struct array *inputs, size_t k,
                       const char *what, const char *class)
{
    const struct page_session *p = u->p;
    double step = p->bin_s > 0 ? p->bin_s : 1;
    char title[80];
    struct svg chart;
    size_t each;

    snprintf(title, sizeof title, "%s %zu: time of its peak", what, k);
    chart = chart_of(p, out, title, "trials");
    find_peaks(u->peaks, p, inputs, k);
    each = join(u->peaks, p->s.bins);
    chart.y0 = 0;
    svg_range(&chart.y0, &chart.y1, u->peaks, p->s.bins, 1);
    chart.y1 *= 1.05;
    svg_begin(&chart);
    for (size_t i = 0; i * each < p->s.bins; i++) {
        char about[100];

        snprintf(about, sizeof about, "%.4g to %.4g: %.0f trials", (double)(i * each) * step,
                 fmin((double)((i + 1) * each), (double)p->s.bins) * step, u->peaks[i]);
        if (u->peaks[i] > 0)
            svg_bar(&chart, class, (double)(i * each) * step, (double)each * step, u->peaks[i],
                    about);
    }
    svg_end(&chart);
}

static bool create(struct summary *u)
{
    size_t bins = u->p->s.bins + 1;
    bool fine;

    u->count = page_conditions(u->condition, MOST_CONDITIONS, u->p);
    u->peaks = calloc(bins, sizeof *u->peaks);
    fine = u->peaks != NULL;
    for (size_t c = 0; c < u->count; c++) {
        u->mean[c] = calloc(bins, sizeof *u->peaks);
        u->low[c] = calloc(bins, sizeof *u->peaks);
        u->high[c] = calloc(bins, sizeof *u->peaks);
        fine = fine && u->mean[c] && u->low[c] && u->high[c];
    }
    return fine;
}

static void release(struct summary *u)
{
    free(u->peaks);
    for (size_t c = 0; c < u->count; c++) {
        free(u->mean[c]);
        free(u->low[c]);
        free(u->high[c]);
    }
}

enum lfads_status page_inputs(struct page *page, const struct page_session *session)
{
    const struct page_session *p = session;
    struct summary u = {.p = p};
    size_t n = p->inputs.dims[2], truths = p->true_inputs.dims[2];
    bool fine;

    if (!p->inputs.values || n == 0)
        return LFADS_OK;
    fine = create(&u);
    if (fine) {
        fputs(
            "<h3>Inferred inputs</h3>\n<p class=\"quiet\">Their sign and size mean nothing; their "
            "timing does. Bands are one standard deviation over trials.",
            page->out);
        if (n > MOST_INPUTS)
            html_format(page->out, " The first %d of %zu.", MOST_INPUTS, n);
        fputs("</p>\n<div class=\"charts\">\n", page->out);
        for (size_t k = 0; k < n && k < MOST_INPUTS; k++) {
            draw_means(page->out, &u, k);
            draw_peaks(page->out, &u, &p->inputs, k, "Inferred input", "s0");
        }
        for (size_t k = 0; p->true_inputs.values && k < truths && k < 2; k++)
            draw_peaks(page->out, &u, &p->true_inputs, k, "True input", "s5");
        fputs("</div>\n", page->out);
    }
    release(&u);
    return fine ? LFADS_OK : lfads_fail(page->err, LFADS_NO_MEMORY, "no memory for inputs");
}
