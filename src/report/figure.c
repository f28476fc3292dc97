/* figure.c - rates, truth and spikes of one trial as a PNG.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/figure.h"

#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

enum { MOST_CHANNELS = 10 };

/* The sheet, in pixels. */
static const double width = 1200, left = 90, right = 30, top = 60, bottom = 70, row = 64;

struct sheet {
    cairo_t *cairo;
    const struct figure_trial *trial;
    size_t shown[MOST_CHANNELS], count; /* channels, top to bottom */
    double height, scale;               /* pixels a unit of the truth */
};

static double spikes_of(const struct figure_trial *trial, size_t channel)
{
    double sum = 0;

    for (size_t t = 0; t < trial->bins; t++)
        sum += trial->counts[t * trial->channels + channel];
    return sum;
}

/* The channels with the most spikes, most first. */
static void choose_channels(struct sheet *s)
{
    const struct figure_trial *trial = s->trial;

    for (size_t j = 0; j < trial->channels; j++) {
        double spikes = spikes_of(trial, j);
        size_t at = s->count < MOST_CHANNELS ? s->count++ : MOST_CHANNELS;

        while (at > 0 && spikes > spikes_of(trial, s->shown[at - 1])) {
            if (at < MOST_CHANNELS)
                s->shown[at] = s->shown[at - 1];
            at--;
        }
        if (at < MOST_CHANNELS)
            s->shown[at] = j;
    }
}

static double largest_shown(const struct sheet *s)
{
    const struct figure_trial *trial = s->trial;
    double largest = 1e-12;

    for (size_t k = 0; k < s->count; k++)
        for (size_t t = 0; t < trial->bins; t++) {
            size_t at = t * trial->channels + s->shown[k];

            largest = fmax(largest, trial->conversion * trial->rates[at]);
            if (trial->truth)
                largest = fmax(largest, trial->truth[at]);
        }
    return largest;
}

static double x_of(const struct sheet *s, double bin)
{
    return left + (width - left - right) * bin / (double)s->trial->bins;
}

static double base_of(size_t place) { return top + row * (double)(place + 1); }

static void draw_text(const struct sheet *s, double x, double y, double align, const char *text)
{
    cairo_text_extents_t extents;

    cairo_text_extents(s->cairo, text, &extents);
    cairo_move_to(s->cairo, x - align * extents.width, y);
    cairo_show_text(s->cairo, text);
}

/* A tick a bin with spikes, darker for more. */
static void draw_spikes(const struct sheet *s, size_t place)
{
    const struct figure_trial *trial = s->trial;

    for (size_t t = 0; t < trial->bins; t++) {
        double count = trial->counts[t * trial->channels + s->shown[place]];
        double shade = 0.78 - 0.16 * fmin(count, 4);

        if (!(count > 0))
            continue;
        cairo_set_source_rgb(s->cairo, shade, shade, shade);
        cairo_rectangle(s->cairo, x_of(s, (double)t), base_of(place) - row * 0.82,
                        fmax(x_of(s, 1) - left - 1, 1), row * 0.82);
        cairo_fill(s->cairo);
    }
}

static void draw_curve(const struct sheet *s, size_t place, const double *values, double factor,
                       double line)
{
    const struct figure_trial *trial = s->trial;

    cairo_new_path(s->cairo); /* text leaves a point behind */
    for (size_t t = 0; t < trial->bins; t++) {
        double value = factor * values[t * trial->channels + s->shown[place]];

        cairo_line_to(s->cairo, x_of(s, (double)t + 0.5), base_of(place) - value * s->scale);
    }
    cairo_set_line_width(s->cairo, line);
    cairo_stroke(s->cairo);
}

static void draw_channel(const struct sheet *s, size_t place)
{
    char label[40];

    draw_spikes(s, place);
    cairo_set_source_rgb(s->cairo, 0.85, 0.85, 0.85);
    cairo_set_line_width(s->cairo, 1);
    cairo_move_to(s->cairo, left, base_of(place));
    cairo_line_to(s->cairo, width - right, base_of(place));
    cairo_stroke(s->cairo);
    cairo_set_source_rgb(s->cairo, 0, 0, 0);
    if (s->trial->truth)
        draw_curve(s, place, s->trial->truth, 1, 2);
    snprintf(label, sizeof label, "%zu", s->shown[place]);
    draw_text(s, left - 12, base_of(place) - row * 0.3, 1, label);
    cairo_set_source_rgb(s->cairo, 0.85, 0.1, 0.1);
    draw_curve(s, place, s->trial->rates, s->trial->conversion, 2);
}

static void draw_axis(const struct sheet *s)
{
    double y = base_of(s->count - 1) + 8;
    size_t step = s->trial->bins <= 20 ? 5 : s->trial->bins / 50 * 10;

    step = step ? step : 10;
    cairo_set_source_rgb(s->cairo, 0, 0, 0);
    cairo_set_line_width(s->cairo, 1);
    for (size_t t = 0; t <= s->trial->bins; t += step) {
        char label[24];

        cairo_move_to(s->cairo, x_of(s, (double)t), y);
        cairo_line_to(s->cairo, x_of(s, (double)t), y + 6);
        cairo_stroke(s->cairo);
        snprintf(label, sizeof label, "%zu", t);
        draw_text(s, x_of(s, (double)t), y + 24, 0.5, label);
    }
    draw_text(s, (left + width - right) / 2, y + 46, 0.5, "bin");
}

static void draw_title(const struct sheet *s)
{
    const struct {
        const char *text;
        double r, g, b;
    } parts[] = {
        {"rates by LFADS", 0.85, 0.1, 0.1}, {"true rates", 0, 0, 0}, {"spikes", .5, .5, .5}};
    double x = left;

    cairo_set_source_rgb(s->cairo, 0, 0, 0);
    draw_text(s, left - 12, top - 24, 1, "channel");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (i == 1 && !s->trial->truth)
            continue;
        cairo_set_source_rgb(s->cairo, parts[i].r, parts[i].g, parts[i].b);
        cairo_rectangle(s->cairo, x, top - 36, 26, i == 2 ? 14 : 4);
        cairo_fill(s->cairo);
        draw_text(s, x + 34, top - 24, 0, parts[i].text);
        x += 220;
    }
}

static void draw_sheet(struct sheet *s)
{
    cairo_set_source_rgb(s->cairo, 1, 1, 1);
    cairo_paint(s->cairo);
    cairo_select_font_face(s->cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(s->cairo, 17);
    s->scale = row * 0.82 / largest_shown(s);
    for (size_t k = 0; k < s->count; k++)
        draw_channel(s, k);
    draw_axis(s);
    draw_title(s);
}

enum lfads_status figure_write(const char *path, const struct figure_trial *trial,
                               struct lfads_error *err)
{
    struct sheet s = {.trial = trial};
    char temp[FILE_PATH];
    cairo_surface_t *surface;
    cairo_status_t drawn;
    enum lfads_status status = file_stage(temp, path, err);

    if (status != LFADS_OK)
        return status;
    choose_channels(&s);
    s.height = top + row * (double)s.count + bottom;
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)s.height);
    s.cairo = cairo_create(surface);
    draw_sheet(&s);
    drawn = cairo_surface_write_to_png(surface, temp);
    cairo_destroy(s.cairo);
    cairo_surface_destroy(surface);
    if (drawn == CAIRO_STATUS_SUCCESS)
        return file_commit(temp, path, err);
    file_discard(temp);
    return lfads_fail(err, LFADS_IO, "can't write %s: %s", path, cairo_status_to_string(drawn));
}
