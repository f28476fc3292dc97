/* page_training.c - the part with the curves of training.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "page/page.h"
#include "report/html.h"
#include "report/svg.h"

enum { POINTS = 800, TWO = 2 };

/* A curve of the table of costs. */
struct curve {
    const char *name, *classes;
    const double *values;
};

/* Marks the epoch of the checkpoint that the results are of. */
static void mark_results(const struct svg *chart, const struct page *p)
{
    double epoch = (double)NAN;

    for (size_t i = 0; i < p->costs.rows && p->count; i++)
        if (p->costs.step[i] <= p->sessions[0].step)
            epoch = p->costs.epoch[i];
    if (isfinite(epoch) && epoch >= chart->x0 && epoch <= chart->x1)
        svg_rule(chart, "dashed", epoch, chart->y0, epoch, chart->y1);
}

/* Draws up to TWO curves over epochs; the first rows, where costs fall from where they began, do
 * not widen the range. */
static void draw(const struct page *p, const char *title, const char *unit, bool from_zero,
                 const struct curve curves[TWO])
{
    const struct costs_table *t = &p->costs;
    size_t each = t->rows / POINTS + 1, skip = t->rows > 20 ? t->rows / 20 : 0;
    struct svg chart = {.out = p->out,
                        .title = title,
                        .x_name = "epoch",
                        .y_name = unit,
                        .x0 = t->epoch[0],
                        .x1 = fmax(t->epoch[t->rows - 1], t->epoch[0] + 1),
                        .y0 = (double)INFINITY,
                        .y1 = -(double)INFINITY};

    for (size_t i = 0; i < TWO && curves[i].values; i++)
        svg_range(&chart.y0, &chart.y1, curves[i].values + skip, t->rows - skip, 1);
    if (!isfinite(chart.y0))
        return;
    svg_margin(&chart.y0, &chart.y1);
    chart.y0 = from_zero ? 0 : chart.y0;
    svg_begin(&chart);
    mark_results(&chart, p);
    for (size_t i = 0; i < TWO && curves[i].values; i++)
        svg_line(&chart, curves[i].classes, curves[i].name,
                 &(struct svg_values){.x = t->epoch,
                                      .x_stride = each,
                                      .y = curves[i].values,
                                      .y_stride = each,
                                      .count = (t->rows + each - 1) / each});
    svg_end(&chart);
}

static void draw_costs(const struct page *p, const char *name, const char *title, const char *unit)
{
    const struct costs_column *c = costs_table_find(&p->costs, name);

    if (c)
        draw(p, title, unit, false,
             (const struct curve[TWO]){{"training", "s0", c->train},
                                       {"validation", "s1", c->valid}});
}

static void draw_ramps(const struct page *p)
{
    const struct costs_column *kl = costs_table_find(&p->costs, "klweight");
    const struct costs_column *l2 = costs_table_find(&p->costs, "l2weight");

    if (kl && l2)
        draw(p, "Ramps: KL and L2", "weight", true,
             (const struct curve[TWO]){{"KL", "s2", kl->train}, {"L2", "s4", l2->train}});
}

static void draw_rate(const struct page *p)
{
    const struct events_scalar *rate = &p->learning_rate;
    const struct costs_table *t = &p->costs;
    struct svg chart = {.out = p->out,
                        .title = "Learning rate",
                        .x_name = "update",
                        .y_name = "rate",
                        .log_y = true,
                        .y0 = (double)INFINITY,
                        .y1 = 0};
    size_t each = rate->count / POINTS + 1;

    if (rate->count == 0)
        return;
    svg_range(&chart.y0, &chart.y1, rate->value, rate->count, 1);
    if (!(chart.y0 > 0) || !isfinite(chart.y0))
        return;
    chart.y0 = pow(10, floor(log10(chart.y0) - 0.01));
    chart.y1 = pow(10, ceil(log10(chart.y1) + 0.01));
    chart.x1 = fmax((double)rate->step[rate->count - 1], t->step[t->rows - 1]);
    svg_begin(&chart);
    fputs("<path class=\"line s3\" data-name=\"learning rate\" d=\"", p->out);
    for (size_t i = 0; i < rate->count; i += each)
        svg_put(&chart, i ? 'L' : 'M', (double)rate->step[i], rate->value[i]);
    fputs("\"/>", p->out);
    svg_end(&chart);
}

/* Columns after the original's: scores of the validation trials. */
static void draw_scores(const struct page *p)
{
    static const char *const known[] = {"total", "recon", "kl", "l2", "klweight", "l2weight"};

    for (size_t i = 0; i < p->costs.count; i++) {
        const struct costs_column *c = &p->costs.column[i];
        bool is_known = false;

        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
            is_known = is_known || strcmp(c->name, known[k]) == 0;
        if (!is_known)
            draw(p,
                 strcmp(c->name, "co_bps") == 0   ? "Co-smoothing of validation trials"
                 : strcmp(c->name, "fp_bps") == 0 ? "Forward prediction of validation trials"
                                                  : c->name,
                 strstr(c->name, "bps") ? "bits per spike" : c->name, false,
                 (const struct curve[TWO]){{c->name, "s1", c->train}, {NULL, NULL, NULL}});
    }
}

void page_training(struct page *page)
{
    if (page->costs.rows == 0)
        return;
    fputs("<section id=\"training\"><h2>Training</h2>\n<p class=\"legend\">", page->out);
    svg_key(page->out, "s0", "training trials");
    svg_key(page->out, "s1", "validation trials");
    svg_key(page->out, "dashed", "the results' checkpoint");
    fputs("</p>\n<div class=\"charts\">\n", page->out);
    draw_costs(page, "recon", "Reconstruction cost", "cost");
    draw_scores(page);
    draw_costs(page, "kl", "KL divergence, without its weight", "cost");
    draw_costs(page, "total", "Total cost", "cost");
    draw_ramps(page);
    draw_rate(page);
    fputs("</div>\n", page->out);
    if (page->learning_rate.count == 0)
        fputs("<p class=\"quiet\">There are no event files in lfads_log, so the learning rate is "
              "not known.</p>\n",
              page->out);
    fputs("</section>\n", page->out);
}
