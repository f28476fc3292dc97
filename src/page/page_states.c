/* page_states.c - the part with factors and initial conditions in their leading principal
 * components.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "page/page.h"
#include "report/components.h"
#include "report/html.h"
#include "report/svg.h"

enum { MOST_POINTS = 600 };

/* Writes "name k (share of the variance)". */
static void name_axis(char text[60], const struct components *c, size_t k)
{
    snprintf(text, 60, "PC %zu (%.0f %%)", k + 1, 100 * c->share[k]);
}

/* Begins a chart of components K and L of ROWS scores. */
static void begin(struct svg *chart, char names[2][60], FILE *out, const char *title,
                  const struct components *c, size_t rows, size_t k, size_t l)
{
    name_axis(names[0], c, k);
    name_axis(names[1], c, l);
    *chart = (struct svg){.out = out,
                          .title = title,
                          .x_name = names[0],
                          .y_name = names[1],
                          .bare = true,
                          .x0 = (double)INFINITY,
                          .x1 = -(double)INFINITY,
                          .y0 = (double)INFINITY,
                          .y1 = -(double)INFINITY};
    svg_range(&chart->x0, &chart->x1, c->scores + k, rows, COMPONENTS);
    svg_range(&chart->y0, &chart->y1, c->scores + l, rows, COMPONENTS);
    svg_margin(&chart->x0, &chart->x1);
    svg_margin(&chart->y0, &chart->y1);
    svg_begin(chart);
}

static void name_trial(char text[100], const struct page_session *p, size_t trial)
{
    char condition[40] = "";

    if (p->condition)
        page_condition(condition, p, p->condition[trial]);
    snprintf(text, 100, "trial %zu%s%s", trial, *condition ? ", " : "", condition);
}

/* The shown trials' paths through components K and L, a dot where each begins. */
static void draw_paths(FILE *out, const struct page_session *p, const struct components *c,
                       size_t k, size_t l)
{
    char names[2][60];
    struct svg chart;

    begin(&chart, names, out, "Factors of single trials", c, p->s.trials * p->s.bins, k, l);
    for (size_t i = 0; i < p->trials; i++) {
        const double *scores = c->scores + p->trial[i] * p->s.bins * COMPONENTS;
        char name[100], class[8], classes[40];

        name_trial(name, p, p->trial[i]);
        page_colour(class, p, p->condition ? p->condition[p->trial[i]] : 0);
        snprintf(classes, sizeof classes, "thin %s t%zu", class, p->trial[i]);
        svg_line(&chart, classes, name,
                 &(struct svg_values){.x = scores + k,
                                      .x_stride = COMPONENTS,
                                      .y = scores + l,
                                      .y_stride = COMPONENTS,
                                      .count = p->s.bins});
        svg_point(&chart, class, scores[k], scores[l], name);
    }
    svg_end(&chart);
}

static void draw_points(FILE *out, const struct page_session *p, const struct components *c)
{
    size_t shown = p->s.trials < MOST_POINTS ? p->s.trials : MOST_POINTS;
    char names[2][60];
    struct svg chart;

    begin(&chart, names, out,
          p->states_are_g0 ? "Initial conditions (posterior means)"
                           : "Initial states of the generator",
          c, p->s.trials, 0, 1);
    for (size_t i = 0; i < shown; i++) {
        size_t e = i * p->s.trials / shown;
        char name[100], class[8];

        name_trial(name, p, e);
        page_colour(class, p, p->condition ? p->condition[e] : 0);
        svg_point(&chart, class, c->scores[e * COMPONENTS], c->scores[e * COMPONENTS + 1], name);
    }
    svg_end(&chart);
}

/* The colours of up to eight conditions; of more, that they are in order. */
static void put_legend(FILE *out, const struct page_session *p)
{
    if (!p->condition) {
        fputs("<p class=\"quiet\">The data file names no conditions (train_condition, "
              "valid_condition; "
              "lfads prepare --condition=COLUMN writes them), so all trials have one colour.</p>\n",
              out);
        return;
    }
    fputs("<p class=\"legend\">", out);
    for (size_t c = 0; c < p->labels.count && p->labels.count <= SVG_SERIES; c++) {
        char text[40], class[8];

        page_condition(text, p, c);
        page_colour(class, p, c);
        svg_key(out, class, text);
    }
    if (p->labels.count > SVG_SERIES)
        html_format(out, "%zu conditions, colours in the order of their numbers", p->labels.count);
    fputs("</p>\n", out);
}

enum lfads_status page_states(struct page *page, const struct page_session *session)
{
    const struct page_session *p = session;
    struct components factors = {.count = 0}, states = {.count = 0};
    enum lfads_status status = LFADS_OK;

    if (!p->factors.values && !p->states.values)
        return LFADS_OK;
    if (p->factors.values)
        status = components_find(&factors, p->factors.values, p->s.trials * p->s.bins,
                                 p->factors.dims[2], page->err);
    if (status == LFADS_OK && p->states.values)
        status =
            components_find(&states, p->states.values, p->s.trials, p->states.dims[1], page->err);
    if (status == LFADS_OK) {
        fputs("<h3>Factors and initial conditions</h3>\n<div class=\"charts states\">\n",
              page->out);
        if (factors.count > 1)
            draw_paths(page->out, p, &factors, 0, 1);
        if (factors.count > 2)
            draw_paths(page->out, p, &factors, 0, 2);
        if (states.count > 1)
            draw_points(page->out, p, &states);
        fputs("</div>\n", page->out);
        put_legend(page->out, p);
    }
    components_free(&factors);
    components_free(&states);
    return status;
}
