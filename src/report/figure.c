/* figure.c - rates, truth, data and inferred inputs of one trial as a PNG.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/figure.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "report/panel.h"

/* The sheet, in pixels. */
static const double width = 1200, left = 90, right = 30, top = 70, gap = 70, stripe = 64;

static void draw_key(cairo_t *cairo, const struct rates *rates)
{
    const struct {
        const char *text;
        struct colour colour;
        double height;
    } parts[] = {{"rates by LFADS", panel_red, 4},
                 {"true rates", panel_black, 4},
                 {rates->variances ? "data" : "spikes", panel_gray, 14}};
    double x = left;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (i == 1 && !rates->truth)
            continue;
        cairo_set_source_rgb(cairo, parts[i].colour.red, parts[i].colour.green,
                             parts[i].colour.blue);
        cairo_rectangle(cairo, x, 24, 26, parts[i].height);
        cairo_fill(cairo);
        panel_text(cairo, x + 34, 36, 0, parts[i].text);
        x += 220;
    }
}

static double inputs_height(const struct figure_trial *trial)
{
    return trial->inputs ? stripe * 2.5 : 0;
}

/* True inputs have a unit of their own: they fill the panel as the inferred ones do. */
static void draw_inputs(struct panel *panel, const struct figure_trial *trial)
{
    struct panel truth = *panel;
    size_t n = trial->n_true_inputs;

    panel_fit(panel, trial->inputs, trial->n_inputs, trial->n_inputs);
    panel_frame(panel, trial->true_inputs ? "inferred inputs, true inputs (gray, scaled)"
                                          : "inferred inputs");
    if (trial->true_inputs)
        panel_fit(&truth, trial->true_inputs, n, n);
    for (size_t i = 0; i < n; i++) {
        struct series series = {.values = trial->true_inputs + i, .stride = n, .factor = 1};

        panel_curve(&truth, &series, panel_gray, 2);
    }
    panel_curves(panel, trial->inputs, trial->n_inputs, trial->n_inputs);
}

static void draw_sheet(cairo_t *cairo, const struct figure_trial *trial,
                       const struct rates_shown *shown)
{
    struct panel panel = {.cairo = cairo,
                          .left = left,
                          .top = top,
                          .width = width - left - right,
                          .height = stripe * (double)shown->count,
                          .bins = trial->rates.bins,
                          .high = (double)shown->count};

    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    panel_font(cairo, 17);
    draw_key(cairo, &trial->rates);
    panel_frame(&panel, "");
    rates_draw(&panel, &trial->rates, shown, true);
    if (!trial->inputs)
        return;
    panel.top += panel.height + gap;
    panel.height = inputs_height(trial);
    draw_inputs(&panel, trial);
}

enum lfads_status figure_write(const char *path, const struct figure_trial *trial,
                               struct lfads_error *err)
{
    struct rates_shown shown;
    char temp[FILE_PATH];
    cairo_surface_t *surface;
    cairo_t *cairo;
    cairo_status_t drawn;
    const char *reason;
    double height;
    enum lfads_status status = file_stage(temp, path, err);

    if (status != LFADS_OK)
        return status;
    rates_choose(&shown, &trial->rates);
    height = top + stripe * (double)shown.count + gap + inputs_height(trial) * 1.3;
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    cairo = cairo_create(surface);
    draw_sheet(cairo, trial, &shown);
    errno = 0;
    drawn = cairo_surface_write_to_png(surface, temp);
    reason = drawn == CAIRO_STATUS_WRITE_ERROR && errno ? strerror(errno)
                                                        : cairo_status_to_string(drawn);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    if (drawn == CAIRO_STATUS_SUCCESS)
        return file_commit(temp, path, err);
    file_discard(temp);
    return lfads_fail(err, LFADS_IO, "can't write %s: %s", path, reason);
}
