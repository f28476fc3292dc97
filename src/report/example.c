/* example.c - the rows of TensorBoard's picture.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/example.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/panel.h"

enum { ROWS = 7, MOST_CURVES = 64 };

static const double margin = 60, head = 50, foot = 46;

static struct panel panel_at(cairo_t *cairo, const struct example_column *c, size_t column,
                             size_t row)
{
    double height = (EXAMPLE_HEIGHT - head) / (double)ROWS;

    return (struct panel){.cairo = cairo,
                          .left = margin + (double)column * EXAMPLE_WIDTH / 2,
                          .top = head + (double)row * height + 10,
                          .width = EXAMPLE_WIDTH / 2.0 - margin - 20,
                          .height = height - foot - 10,
                          .bins = c->rates.bins,
                          .high = 1};
}

static void draw_rates(struct panel panel, const struct example_column *c, bool with_data)
{
    struct rates_shown shown;
    struct rates rates = c->rates;

    rates_choose(&shown, &rates);
    panel.high = (double)shown.count;
    panel_frame(&panel, with_data     ? (rates.variances ? "means (red) over the data"
                                                         : "rates (red) over the spikes")
                        : rates.truth ? "rates (red), true rates (black)"
                                      : "rates (red)");
    if (with_data)
        rates.truth = NULL;
    rates_draw(&panel, &rates, &shown, with_data);
}

static void draw_curves(struct panel panel, const double *values, size_t n, const char *what)
{
    size_t shown = n < MOST_CURVES ? n : MOST_CURVES;
    char title[100];

    snprintf(title, sizeof title, shown < n ? "%s, %zu of %zu" : "%s", what, shown, n);
    panel_fit(&panel, values, n, shown);
    panel_frame(&panel, title);
    panel_curves(&panel, values, n, shown);
}

/* Inferred inputs in colours, external ones gray and dashed. */
static void draw_inputs(struct panel panel, const struct example_column *c)
{
    static const double dash[] = {6, 4};
    struct panel ext = panel;

    if (!c->n_inputs && !c->n_ext) {
        panel_frame(&panel, "no inputs");
        return;
    }
    if (c->n_inputs)
        panel_fit(&panel, c->inputs, c->n_inputs, c->n_inputs);
    if (c->n_ext)
        panel_fit(&ext, c->ext, c->n_ext, c->n_ext);
    if (c->n_inputs && c->n_ext) {
        ext.low = panel.low = fmin(panel.low, ext.low);
        ext.high = panel.high = fmax(panel.high, ext.high);
    }
    panel_frame(&panel, !c->n_ext      ? "inferred inputs"
                        : !c->n_inputs ? "external inputs"
                                       : "inferred inputs, external inputs (dashed)");
    if (c->n_inputs)
        panel_curves(&panel, c->inputs, c->n_inputs, c->n_inputs);
    if (c->n_ext) {
        cairo_set_dash(panel.cairo, dash, 2, 0);
        panel_curves(&ext, c->ext, c->n_ext, c->n_ext);
        cairo_set_dash(panel.cairo, NULL, 0, 0);
    }
}

/* The first CHANNELS of VALUES [T,width]. */
static void draw_image(struct panel panel, const double *values, size_t width, size_t channels,
                       const char *title)
{
    panel.low = panel.high = values[0];
    for (size_t t = 0; t < panel.bins; t++)
        for (size_t j = 0; j < channels; j++) {
            panel.low = fmin(panel.low, values[t * width + j]);
            panel.high = fmax(panel.high, values[t * width + j]);
        }
    if (!(panel.high > panel.low))
        panel.high = panel.low + 1;
    panel_image(&panel, values, width, channels);
    panel_frame(&panel, title);
}

static void draw_column(cairo_t *cairo, const struct example_column *c, size_t column)
{
    const struct rates *r = &c->rates;

    panel_font(cairo, 19);
    cairo_set_source_rgb(cairo, 0, 0, 0);
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
               r->variances ? "data, all channels" : "spikes, all channels");
    draw_image(panel_at(cairo, c, column, 6), r->means, r->outputs, r->channels,
               r->variances ? "means, all channels" : "rates, all channels");
}

/* A growing PNG. */
struct bytes {
    unsigned char *bytes;
    size_t length, room;
};

static cairo_status_t keep_bytes(void *payload, const unsigned char *data, unsigned length)
{
    struct bytes *b = payload;

    if (b->length + length > b->room) {
        size_t room = 2 * (b->length + length);
        unsigned char *more = realloc(b->bytes, room);

        if (!more)
            return CAIRO_STATUS_NO_MEMORY;
        b->bytes = more;
        b->room = room;
    }
    memcpy(b->bytes + b->length, data, length);
    b->length += length;
    return CAIRO_STATUS_SUCCESS;
}

enum lfads_status example_draw(unsigned char **png, size_t *length,
                               const struct example_column columns[2], struct lfads_error *err)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, EXAMPLE_WIDTH, EXAMPLE_HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    struct bytes bytes = {.bytes = NULL};
    cairo_status_t status;

    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    for (size_t i = 0; i < 2; i++)
        draw_column(cairo, &columns[i], i);
    status = cairo_surface_write_to_png_stream(surface, keep_bytes, &bytes);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    *png = bytes.bytes;
    *length = bytes.length;
    if (status == CAIRO_STATUS_SUCCESS)
        return LFADS_OK;
    free(bytes.bytes);
    *png = NULL;
    return lfads_fail(err, LFADS_NO_MEMORY, "can't draw the example: %s",
                      cairo_status_to_string(status));
}
