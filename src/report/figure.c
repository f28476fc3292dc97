/* figure.c - draws rates, truth, data and inferred inputs of one trial as a PNG.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/figure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/panel.h"
#include "report/sheet.h"

/* The sheet, in pixels. */
static const double width = 1200, left = 90, right = 90, top = 116, stripe = 60;
static const double gap =
    96; /* between panels, for the upper one's axis and the lower one's legend */
static const double foot = 56; /* below the last panel, for its axis */

static void draw_title(cairo_t *cairo, const struct figure_trial *trial,
                       const struct rates_shown *shown)
{
    const struct rates *r = &trial->rates;
    const char *slash = strrchr(trial->file, '/');
    char text[400];

    snprintf(text, sizeof text, "%s trial %zu of %.300s",
             strcmp(trial->set, "train") == 0 ? "Training" : "Validation", trial->trial,
             slash ? slash + 1 : trial->file);
    panel_font(cairo, 20);
    panel_text(cairo, left, 34, 0, text);
    panel_font(cairo, 15);
    if (shown->count < r->channels) {
        snprintf(text, sizeof text, "%zu of %zu channels: those %s", shown->count, r->channels,
                 r->reals ? "whose means vary most" : "with most spikes");
        panel_text(cairo, left, 60, 0, text);
    }
    if (trial->scores)
        panel_text(cairo, width - right, 60, 1, trial->scores);
}

static void draw_key(cairo_t *cairo, const struct rates *rates)
{
    static const char *const counts[] = {"1", "2", "3", "4 or more spikes in a bin"};
    double x = panel_key(cairo, left, top - 18, panel_red, 3,
                         rates->reals ? "means by LFADS" : "rates by LFADS");

    if (rates->truth)
        x = panel_key(cairo, x, top - 18, panel_black, 3, "true rates");
    if (rates->band.low)
        x = panel_key(cairo, x, top - 18, panel_pale(panel_red), 14, rates->band.name);
    if (rates->reals) {
        panel_key(cairo, x, top - 18, panel_gray, 2, "data");
        return;
    }
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        x = panel_key(cairo, x, top - 18, panel_shade((double)i + 1), 14, counts[i]);
}

static double inputs_height(const struct figure_trial *trial)
{
    return trial->inputs ? stripe * 2.5 : 0;
}

static void draw_inputs_key(const struct panel *panel, const struct figure_trial *trial)
{
    double x = panel->left, y = panel->top - 14;

    for (size_t i = 0; i < trial->n_inputs && i < 5; i++) { /* more do not fit */
        char text[40];

        snprintf(text, sizeof text, trial->n_inputs > 1 ? "inferred input %zu" : "inferred input",
                 i);
        x = panel_key(panel->cairo, x, y, panel_colour(i), 3, text);
    }
    if (trial->true_inputs)
        panel_key(panel->cairo, x, y, panel_gray, 3, "true inputs, scaled to the panel");
}

/* Sets the range to that of the inferred inputs and their band. */
static void fit_inputs(struct panel *panel, const struct figure_trial *trial)
{
    const double *const arrays[] = {trial->inputs_low, trial->inputs_high};
    size_t n = trial->n_inputs;

    panel_fit(panel, trial->inputs, n, n);
    for (size_t i = 0; i < 2 && arrays[i]; i++) {
        struct panel band = *panel;

        panel_fit(&band, arrays[i], n, n);
        panel->low = fmin(panel->low, band.low);
        panel->high = fmax(panel->high, band.high);
    }
}

/* True inputs have another unit than inferred ones, so both are scaled to the panel. */
static void draw_inputs(struct panel *panel, const struct figure_trial *trial)
{
    struct panel truth = *panel;
    size_t n = trial->n_true_inputs;

    fit_inputs(panel, trial);
    panel_frame(panel);
    panel_marks(panel);
    panel_name(panel, 58, "input (a.u.)");
    draw_inputs_key(panel, trial);
    if (trial->true_inputs)
        panel_fit(&truth, trial->true_inputs, n, n);
    for (size_t i = 0; i < n; i++) {
        struct series series = {.values = trial->true_inputs + i, .stride = n, .factor = 1};

        panel_curve(&truth, &series, panel_gray, 2);
    }
    for (size_t i = 0; trial->inputs_low && i < trial->n_inputs; i++) {
        struct series low = {
            .values = trial->inputs_low + i, .stride = trial->n_inputs, .factor = 1};
        struct series high = low;

        high.values = trial->inputs_high + i;
        panel_band(panel, &low, &high, panel_colour(i));
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
                          .bin_s = trial->rates.bin_s,
                          .high = (double)shown->count};

    draw_title(cairo, trial, shown);
    draw_key(cairo, &trial->rates);
    panel_frame(&panel);
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
    cairo_t *sheet;
    double height;

    rates_choose(&shown, &trial->rates);
    height = top + stripe * (double)shown.count + foot;
    if (trial->inputs)
        height += gap + inputs_height(trial);
    sheet = sheet_create(width, height);
    draw_sheet(sheet, trial, &shown);
    return sheet_write(sheet, path, err);
}
