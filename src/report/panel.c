/* panel.c - axes, curves, bars and images by cairo.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/panel.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

const struct colour panel_red = {0.85, 0.1, 0.1}, panel_black = {0, 0, 0},
                    panel_cyan = {0.2, 0.75, 0.8}, panel_gray = {0.6, 0.6, 0.6};

struct colour panel_colour(size_t number)
{
    static const struct colour colours[] = {
        {0.12, 0.38, 0.70}, {0.89, 0.48, 0.11}, {0.18, 0.57, 0.24}, {0.75, 0.17, 0.21},
        {0.50, 0.33, 0.66}, {0.47, 0.33, 0.28}, {0.80, 0.42, 0.68}, {0.10, 0.62, 0.67}};

    return colours[number % (sizeof colours / sizeof colours[0])];
}

static void use(const struct panel *p, struct colour colour)
{
    cairo_set_source_rgb(p->cairo, colour.red, colour.green, colour.blue);
}

static double x_of(const struct panel *p, double bin)
{
    return p->left + p->width * bin / (double)p->bins;
}

static double y_of(const struct panel *p, double value)
{
    return p->top + p->height * (p->high - value) / (p->high - p->low);
}

void panel_font(cairo_t *cairo, double size)
{
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, size);
}

void panel_text(cairo_t *cairo, double x, double y, double align, const char *text)
{
    cairo_text_extents_t extents;

    cairo_text_extents(cairo, text, &extents);
    cairo_move_to(cairo, x - align * extents.width, y);
    cairo_show_text(cairo, text);
    cairo_new_path(cairo); /* text leaves a point behind */
}

/* A round number of bins from one mark to the next, five to ten of them. */
static size_t marks_apart(size_t bins)
{
    size_t step = 1;

    while (step * 100 <= bins)
        step *= 10;
    return step * 10 > bins ? step : step * 20 > bins ? step * 2 : step * 5;
}

void panel_frame(const struct panel *panel, const char *title)
{
    double bottom = panel->top + panel->height;

    use(panel, panel_gray);
    cairo_set_line_width(panel->cairo, 1);
    cairo_rectangle(panel->cairo, panel->left + 0.5, panel->top + 0.5, panel->width, panel->height);
    cairo_stroke(panel->cairo);
    use(panel, panel_black);
    for (size_t t = 0; t <= panel->bins; t += marks_apart(panel->bins)) {
        char label[24];

        cairo_move_to(panel->cairo, x_of(panel, (double)t), bottom);
        cairo_line_to(panel->cairo, x_of(panel, (double)t), bottom + 5);
        cairo_stroke(panel->cairo);
        snprintf(label, sizeof label, "%zu", t);
        panel_text(panel->cairo, x_of(panel, (double)t), bottom + 20, 0.5, label);
    }
    panel_text(panel->cairo, panel->left, panel->top - 8, 0, title);
}

/* A few long numbers must not draw over other panels. */
static void clip(const struct panel *panel)
{
    cairo_save(panel->cairo);
    cairo_rectangle(panel->cairo, panel->left, panel->top, panel->width, panel->height);
    cairo_clip(panel->cairo);
}

static double height_of(const struct series *series, size_t bin)
{
    double value = series->values[bin * series->stride];

    if (series->variances)
        value += series->side * sqrt(series->variances[bin * series->stride]);
    return series->offset + series->factor * value;
}

void panel_curve(const struct panel *panel, const struct series *series, struct colour colour,
                 double line)
{
    clip(panel);
    for (size_t t = 0; t < panel->bins; t++) {
        double value = height_of(series, t);

        if (isfinite(value))
            cairo_line_to(panel->cairo, x_of(panel, (double)t + 0.5), y_of(panel, value));
    }
    use(panel, colour);
    cairo_set_line_width(panel->cairo, line);
    cairo_stroke(panel->cairo);
    cairo_restore(panel->cairo);
}

void panel_fit(struct panel *panel, const double *values, size_t n, size_t shown)
{
    double low = values[0], high = values[0], margin;

    for (size_t t = 0; t < panel->bins; t++)
        for (size_t i = 0; i < shown; i++) {
            low = fmin(low, values[t * n + i]);
            high = fmax(high, values[t * n + i]);
        }
    if (!(high > low)) { /* nothing, or the same everywhere */
        low = isfinite(low) ? low - 0.5 : 0;
        high = low + 1;
    }
    margin = 0.05 * (high - low);
    panel->low = low - margin;
    panel->high = high + margin;
}

void panel_curves(const struct panel *panel, const double *values, size_t n, size_t shown)
{
    char label[24];

    for (size_t i = 0; i < shown; i++) {
        struct series series = {.values = values + i, .stride = n, .factor = 1};

        panel_curve(panel, &series, panel_colour(i), shown > 20 ? 1 : 2);
    }
    use(panel, panel_black);
    snprintf(label, sizeof label, "%.2g", panel->high);
    panel_text(panel->cairo, panel->left - 8, panel->top + 14, 1, label);
    snprintf(label, sizeof label, "%.2g", panel->low);
    panel_text(panel->cairo, panel->left - 8, panel->top + panel->height, 1, label);
}

void panel_counts(const struct panel *panel, const struct series *series, double height)
{
    double bottom = y_of(panel, series->offset), top = y_of(panel, series->offset + height);

    for (size_t t = 0; t < panel->bins; t++) {
        double count = series->factor * series->values[t * series->stride];
        double shade = 0.78 - 0.16 * fmin(count, 4);

        if (!(count > 0))
            continue;
        use(panel, (struct colour){shade, shade, shade});
        cairo_rectangle(panel->cairo, x_of(panel, (double)t), top,
                        fmax(x_of(panel, 1) - panel->left - 1, 1), bottom - top);
        cairo_fill(panel->cairo);
    }
}

void panel_image(const struct panel *panel, const double *values, size_t width, size_t rows)
{
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)panel->bins, (int)rows);
    unsigned char *bytes = cairo_image_surface_get_data(image);
    int stride = cairo_image_surface_get_stride(image);

    if (bytes) {
        for (size_t r = 0; r < rows; r++)
            for (size_t t = 0; t < panel->bins; t++) {
                double share = (values[t * width + r] - panel->low) / (panel->high - panel->low);
                uint32_t gray = (uint32_t)(255 * (1 - fmax(0, fmin(1, share))));

                ((uint32_t *)(void *)(bytes + r * (size_t)stride))[t] = gray * 0x10101u;
            }
        cairo_surface_mark_dirty(image);
    }
    cairo_save(panel->cairo);
    cairo_translate(panel->cairo, panel->left, panel->top);
    cairo_scale(panel->cairo, panel->width / (double)panel->bins, panel->height / (double)rows);
    cairo_set_source_surface(panel->cairo, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(panel->cairo), CAIRO_FILTER_NEAREST);
    cairo_rectangle(panel->cairo, 0, 0, (double)panel->bins, (double)rows);
    cairo_fill(panel->cairo);
    cairo_restore(panel->cairo);
    cairo_surface_destroy(image);
}
