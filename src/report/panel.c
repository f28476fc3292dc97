/* panel.c - draws axes, curves, bars and images with cairo.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/panel.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

const struct colour panel_red = {0.85, 0.1, 0.1}, panel_black = {0, 0, 0},
                    panel_cyan = {0.2, 0.75, 0.8}, panel_gray = {0.6, 0.6, 0.6},
                    panel_light = {0.87, 0.87, 0.87};

struct colour panel_colour(size_t number)
{
    static const struct colour colours[] = {
        {0.12, 0.38, 0.70}, {0.89, 0.48, 0.11}, {0.18, 0.57, 0.24}, {0.75, 0.17, 0.21},
        {0.50, 0.33, 0.66}, {0.47, 0.33, 0.28}, {0.80, 0.42, 0.68}, {0.10, 0.62, 0.67}};

    return colours[number % (sizeof colours / sizeof colours[0])];
}

struct colour panel_shade(double count)
{
    double shade = 0.86 - 0.14 * fmin(count, 4);

    return (struct colour){shade, shade, shade};
}

static void use(cairo_t *cairo, struct colour colour)
{
    cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
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

/* Writes at the origin of the current transformation. */
static void put_text(cairo_t *cairo, double align, const char *text)
{
    cairo_text_extents_t extents;

    use(cairo, panel_black);
    cairo_text_extents(cairo, text, &extents);
    cairo_move_to(cairo, -align * extents.x_advance, 0);
    cairo_show_text(cairo, text);
    cairo_new_path(cairo); /* cairo_show_text leaves a current point */
}

void panel_text(cairo_t *cairo, double x, double y, double align, const char *text)
{
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    put_text(cairo, align, text);
    cairo_restore(cairo);
}

double panel_key(cairo_t *cairo, double x, double y, struct colour colour, double line,
                 const char *text)
{
    static const double sample = 24, space = 8, between = 26;
    cairo_text_extents_t extents;

    use(cairo, colour);
    cairo_rectangle(cairo, x, y - 5 - line / 2, sample, line);
    cairo_fill(cairo);
    panel_text(cairo, x + sample + space, y, 0, text);
    cairo_text_extents(cairo, text, &extents);
    return x + sample + space + extents.x_advance + between;
}

double panel_step(double range, double n)
{
    double step = pow(10, floor(log10(range / n)));

    if (range / step <= n)
        return step;
    if (range / (2 * step) <= n)
        return 2 * step;
    return range / (5 * step) <= n ? 5 * step : 10 * step;
}

static void line(cairo_t *cairo, double x1, double y1, double x2, double y2)
{
    cairo_move_to(cairo, x1, y1);
    cairo_line_to(cairo, x2, y2);
    cairo_stroke(cairo);
}

/* Draws the axis of time, in seconds, or in bins if their width is unknown. */
static void draw_time(const struct panel *p)
{
    double unit = p->bin_s > 0 ? p->bin_s : 1, end = (double)p->bins * unit;
    double step = panel_step(end, 10), bottom = p->top + p->height;

    if (!(p->bin_s > 0))
        step = fmax(step, 1);
    for (size_t i = 0; (double)i * step <= end * (1 + 1e-9); i++) {
        double x = x_of(p, (double)i * step / unit);
        char label[24];

        line(p->cairo, x, bottom, x, bottom + 5);
        snprintf(label, sizeof label, "%g", (double)i * step);
        panel_text(p->cairo, x, bottom + 20, 0.5, label);
    }
    panel_text(p->cairo, p->left + p->width / 2, bottom + 38, 0.5,
               p->across      ? p->across
               : p->bin_s > 0 ? "time (s)"
                              : "time (bins)");
}

void panel_frame(const struct panel *panel)
{
    use(panel->cairo, panel_gray);
    cairo_set_line_width(panel->cairo, 1);
    cairo_rectangle(panel->cairo, panel->left + 0.5, panel->top + 0.5, panel->width, panel->height);
    cairo_stroke(panel->cairo);
    use(panel->cairo, panel_black);
    draw_time(panel);
}

void panel_title(const struct panel *panel, const char *text)
{
    panel_text(panel->cairo, panel->left, panel->top - 8, 0, text);
}

void panel_name(const struct panel *panel, double distance, const char *name)
{
    double x = panel->left - distance + (distance < 0 ? panel->width : 0);

    cairo_save(panel->cairo);
    cairo_translate(panel->cairo, x, panel->top + panel->height / 2);
    cairo_rotate(panel->cairo, -M_PI / 2);
    put_text(panel->cairo, 0.5, name);
    cairo_restore(panel->cairo);
}

static void mark(const struct panel *p, double value)
{
    double y = y_of(p, value);
    char label[24];

    use(p->cairo, panel_black);
    cairo_set_line_width(p->cairo, 1);
    line(p->cairo, p->left - 5, y, p->left, y);
    snprintf(label, sizeof label, "%g", value == 0 ? 0 : value); /* no -0 */
    panel_text(p->cairo, p->left - 9, y + 5, 1, label);
}

void panel_marks(const struct panel *panel)
{
    enum { MARKS = 5 };
    double low = fmin(panel->low, panel->high), high = fmax(panel->low, panel->high);
    double step = panel_step(high - low, MARKS), first = ceil(low / step);

    for (int i = 0; i <= MARKS && (first + i) * step <= high; i++) {
        double y = y_of(panel, 0);

        if (first + i == 0 && y > panel->top + 1 && y < panel->top + panel->height - 1) {
            use(panel->cairo, panel_light);
            cairo_set_line_width(panel->cairo, 1);
            line(panel->cairo, panel->left + 1, y, panel->left + panel->width, y);
        }
        mark(panel, (first + i) * step);
    }
}

/* Keeps values beyond low and high from drawing over other panels. */
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

/* Adds a point of a line to the path. */
static void add_point(const struct panel *panel, const struct series *series, size_t bin)
{
    double value = height_of(series, bin);

    if (isfinite(value))
        cairo_line_to(panel->cairo, x_of(panel, (double)bin + 0.5), y_of(panel, value));
}

void panel_curve(const struct panel *panel, const struct series *series, struct colour colour,
                 double line)
{
    clip(panel);
    for (size_t t = 0; t < panel->bins; t++)
        add_point(panel, series, t);
    use(panel->cairo, colour);
    cairo_set_line_width(panel->cairo, line);
    cairo_stroke(panel->cairo);
    cairo_restore(panel->cairo);
}

void panel_segment(const struct panel *panel, size_t from, double value, size_t to, double next,
                   struct colour colour, double line)
{
    if (!isfinite(value) || !isfinite(next))
        return;
    clip(panel);
    cairo_move_to(panel->cairo, x_of(panel, (double)from + 0.5), y_of(panel, value));
    cairo_line_to(panel->cairo, x_of(panel, (double)to + 0.5), y_of(panel, next));
    use(panel->cairo, colour);
    cairo_set_line_width(panel->cairo, line);
    cairo_stroke(panel->cairo);
    cairo_restore(panel->cairo);
}

static const double opacity = 0.25;

void panel_band(const struct panel *panel, const struct series *low, const struct series *high,
                struct colour colour)
{
    clip(panel);
    for (size_t t = 0; t < panel->bins; t++)
        add_point(panel, low, t);
    for (size_t t = panel->bins; t-- > 0;)
        add_point(panel, high, t);
    cairo_set_source_rgba(panel->cairo, colour.red, colour.green, colour.blue, opacity);
    cairo_fill(panel->cairo);
    cairo_restore(panel->cairo);
}

struct colour panel_pale(struct colour colour)
{
    double white = 1 - opacity;

    return (struct colour){white + opacity * colour.red, white + opacity * colour.green,
                           white + opacity * colour.blue};
}

void panel_fit(struct panel *panel, const double *values, size_t n, size_t shown)
{
    double low = HUGE_VAL, high = -HUGE_VAL, margin;

    for (size_t t = 0; t < panel->bins; t++)
        for (size_t i = 0; i < shown; i++)
            if (isfinite(values[t * n + i])) {
                low = fmin(low, values[t * n + i]);
                high = fmax(high, values[t * n + i]);
            }
    if (!(high > low)) { /* all values are equal, or none is finite */
        low = isfinite(low) ? low - 0.5 : 0;
        high = low + 1;
    }
    margin = 0.05 * (high - low);
    panel->low = low - margin;
    panel->high = high + margin;
}

void panel_curves(const struct panel *panel, const double *values, size_t n, size_t shown)
{
    for (size_t i = 0; i < shown; i++) {
        struct series series = {.values = values + i, .stride = n, .factor = 1};

        panel_curve(panel, &series, panel_colour(i), shown > 20 ? 1 : 2);
    }
}

void panel_counts(const struct panel *panel, const struct series *series, double height)
{
    double bottom = y_of(panel, series->offset), top = y_of(panel, series->offset + height);

    for (size_t t = 0; t < panel->bins; t++) {
        double count = series->factor * series->values[t * series->stride];

        if (!(count > 0))
            continue;
        use(panel->cairo, panel_shade(count));
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
