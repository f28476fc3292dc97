/* example.c - draws TensorBoard's picture row by row.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/example.h"

#include <math.h>
#include <stdio.h>

#include "report/panel.h"
#include "report/png.h"
#include "report/sheet.h"

enum { ROWS = 7, MAX_CURVES = 64 };

static const double left = 76, right = 78, head = 50, foot = 46;

static struct panel panel_at(cairo_t *cairo, const struct example_column *c, size_t column,
                             size_t row)
{
    double height = (EXAMPLE_HEIGHT - head) / (double)ROWS;

    return (struct panel){.cairo = cairo,
                          .left = left + (double)column * EXAMPLE_WIDTH / 2,
                          .top = head + (double)row * height + 16,
                          .width = EXAMPLE_WIDTH / 2.0 - left - right,
                          .height = height - foot - 26,
                          .bins = c->rates.bins,
                          .bin_s = c->rates.bin_s,
                          .high = 1};
}

/* Draws the legend of a panel of rates, and says which channels it shows. */
static void draw_key(const struct panel *p, const struct rates *r, size_t shown, bool with_data)
{
    double x = p->left, y = p->top - 8;
    char text[128];

    x = panel_key(p->cairo, x, y, panel_red, 3, r->reals ? "means" : "rates");
    if (r->truth)
        x = panel_key(p->cairo, x, y, panel_black, 3, "true rates");
    if (r->variances && !with_data)
        x = panel_key(p->cairo, x, y, panel_cyan, 2, "one standard deviation");
    if (with_data && r->reals)
        x = panel_key(p->cairo, x, y, panel_gray, 2, "data");
    else if (with_data)
        x = panel_key(p->cairo, x, y, panel_shade(1), 12, "spikes");
    if (shown < r->channels) {
        snprintf(text, sizeof text, "(%zu of %zu channels: those %s)", shown, r->channels,
                 r->reals ? "whose means vary most" : "with most spikes");
        panel_text(p->cairo, x, y, 0, text);
    }
}

static void draw_rates(struct panel panel, const struct example_column *c, bool with_data)
{
    struct rates_shown shown;
    struct rates rates = c->rates;

    rates_choose(&shown, &rates);
    panel.high = (double)shown.count;
    if (with_data)
        rates.truth = NULL;
    panel_frame(&panel);
    draw_key(&panel, &rates, shown.count, with_data);
    rates_draw(&panel, &rates, &shown, with_data);
}

static void draw_axes(const struct panel *panel, const char *title, const char *name)
{
    panel_frame(panel);
    panel_title(panel, title);
    panel_marks(panel);
    panel_name(panel, 56, name);
}

/* WHAT names the curves, in the plural. */
static void draw_curves(struct panel panel, const double *values, size_t n, const char *what)
{
    size_t shown = n < MAX_CURVES ? n : MAX_CURVES;
    char title[100];

    snprintf(title, sizeof title, shown < n ? "%s, the first %zu of %zu" : "%s", what, shown, n);
    panel_fit(&panel, values, n, shown);
    draw_axes(&panel, title, "a.u.");
    panel_curves(&panel, values, n, shown);
}

/* Draws inferred inputs solid and external ones dashed. */
static void draw_inputs(struct panel panel, const struct example_column *c)
{
    static const double dash[] = {6, 4};
    struct panel ext = panel;

    if (!c->n_inputs && !c->n_ext) {
        panel_frame(&panel);
        panel_title(&panel, "inputs: the model has none");
        return;
    }
    if (c->n_inputs)
        panel_fit(&panel, c->inputs, c->n_inputs, c->n_inputs);
    if (c->n_ext)
        panel_fit(&ext, c->ext, c->n_ext, c->n_ext);
    if (!c->n_inputs)
        panel = ext;
    panel.low = c->n_ext ? fmin(panel.low, ext.low) : panel.low;
    panel.high = c->n_ext ? fmax(panel.high, ext.high) : panel.high;
    draw_axes(&panel,
              !c->n_ext      ? "inferred inputs"
              : !c->n_inputs ? "external inputs (dashed)"
                             : "inferred inputs, external inputs (dashed)",
              "a.u.");
    if (c->n_inputs)
        panel_curves(&panel, c->inputs, c->n_inputs, c->n_inputs);
    if (c->n_ext) {
        cairo_set_dash(panel.cairo, dash, 2, 0);
        panel_curves(&panel, c->ext, c->n_ext, c->n_ext);
        cairo_set_dash(panel.cairo, NULL, 0, 0);
    }
}

/* Draws the first CHANNELS of VALUES [T,width] as shades of gray; WHAT and UNIT are for the title.
 */
static void draw_image(struct panel panel, const double *values, size_t width, size_t channels,
                       const char *what, const char *unit)
{
    struct panel axis = panel;
    char title[120];

    panel.low = panel.high = values[0];
    for (size_t t = 0; t < panel.bins; t++)
        for (size_t j = 0; j < channels; j++) {
            panel.low = fmin(panel.low, values[t * width + j]);
            panel.high = fmax(panel.high, values[t * width + j]);
        }
    snprintf(title, sizeof title, "%s of all channels: white %.3g, black %.3g %s", what, panel.low,
             panel.high, unit);
    if (!(panel.high > panel.low))
        panel.high = panel.low + 1;
    panel_image(&panel, values, width, channels);
    axis.low = (double)channels; /* channel 0 is on top */
    axis.high = 0;
    panel_frame(&axis);
    panel_title(&axis, title);
    panel_marks(&axis);
    panel_name(&axis, 56, "channel");
}

static void draw_column(cairo_t *cairo, const struct example_column *c, size_t column)
{
    const struct rates *r = &c->rates;

    panel_font(cairo, 19);
    panel_text(cairo, (0.5 + (double)column) * EXAMPLE_WIDTH / 2, 26, 0.5, c->title);
    panel_font(cairo, 14);
    if (!r->bins)
        return;
    draw_rates(panel_at(cairo, c, column, 0), c, false);
    draw_inputs(panel_at(cairo, c, column, 1), c);
    draw_rates(panel_at(cairo, c, column, 2), c, true);
    draw_curves(panel_at(cairo, c, column, 3), c->factors, c->n_factors, "factors");
    draw_curves(panel_at(cairo, c, column, 4), c->states, c->n_states, "generator states");
    draw_image(panel_at(cairo, c, column, 5), r->data, r->channels, r->channels,
               r->reals ? "data" : "spikes", r->reals ? "(data's unit)" : "in a bin");
    draw_image(panel_at(cairo, c, column, 6), r->means, r->outputs, r->channels,
               r->reals ? "means" : "rates", r->reals ? "(data's unit)" : "spikes/bin");
}

enum lfads_status example_draw(unsigned char **png, size_t *length,
                               const struct example_column columns[2], struct lfads_error *err)
{
    cairo_t *sheet = sheet_create(EXAMPLE_WIDTH, EXAMPLE_HEIGHT);
    enum lfads_status status;

    for (size_t i = 0; i < 2; i++)
        draw_column(sheet, &columns[i], i);
    status = png_encode(png, length, cairo_get_target(sheet), "the example", err);
    cairo_destroy(sheet);
    return status;
}
