/* rates.c - draws one trial's rates, truth and data.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/rates.h"

#include <math.h>
#include <stdio.h>

#include "report/panel.h"

static const double filled = 0.82; /* part of a stripe's height that curves use */

/* Returns the spikes of a channel, or the variance of its means if the data are not counts. */
static double weight_of(const struct rates *r, size_t channel)
{
    double sum = 0, squares = 0, mean;

    for (size_t t = 0; t < r->bins; t++) {
        double rate = r->means[t * r->outputs + channel];

        sum += r->reals || !r->data ? rate : r->data[t * r->channels + channel];
        squares += rate * rate;
    }
    if (!r->reals)
        return sum;
    mean = sum / (double)r->bins;
    return squares / (double)r->bins - mean * mean;
}

static void widen(double *low, double *high, double value)
{
    if (isfinite(value)) {
        *low = fmin(*low, value);
        *high = fmax(*high, value);
    }
}

/* Sets the range of all stripes together, so that they can be compared. */
static void fit(struct rates_shown *shown, const struct rates *r)
{
    shown->low = shown->high = 0;
    for (size_t k = 0; k < shown->count; k++)
        for (size_t t = 0; t < r->bins; t++) {
            size_t channel = shown->channel[k];

            widen(&shown->low, &shown->high, r->means[t * r->outputs + channel]);
            if (r->band.low) {
                widen(&shown->low, &shown->high, r->band.low[t * r->outputs + channel]);
                widen(&shown->low, &shown->high, r->band.high[t * r->outputs + channel]);
            }
            if (r->truth)
                widen(&shown->low, &shown->high,
                      r->truth[t * r->channels + channel] / r->conversion);
        }
    shown->factor = filled / fmax(shown->high - shown->low, 1e-12);
}

void rates_choose(struct rates_shown *shown, const struct rates *rates)
{
    double weights[RATES_CHANNELS];

    shown->count = 0;
    for (size_t j = 0; j < rates->channels; j++) {
        double weight = weight_of(rates, j);
        size_t rank = shown->count < RATES_CHANNELS ? shown->count++ : RATES_CHANNELS;

        for (; rank > 0 && weight > weights[rank - 1]; rank--)
            if (rank < RATES_CHANNELS) {
                weights[rank] = weights[rank - 1];
                shown->channel[rank] = shown->channel[rank - 1];
            }
        if (rank < RATES_CHANNELS) {
            weights[rank] = weight;
            shown->channel[rank] = j;
        }
    }
    fit(shown, rates);
}

const char *rates_unit(const struct rates *rates)
{
    if (rates->reals)
        return "data's unit";
    return rates->bin_s > 0 ? "spikes/s" : "spikes/bin";
}

/* Returns the bottom of stripe K, in the panel's values. */
static double base_of(const struct rates_shown *shown, size_t k)
{
    return (double)(shown->count - 1 - k);
}

/* Returns VALUES [T,width] of the channel in stripe K, divided by SCALE, as a series. */
static struct series in_stripe(const struct rates_shown *shown, size_t k, const double *values,
                               size_t width, double scale)
{
    return (struct series){.values = values + shown->channel[k],
                           .stride = width,
                           .factor = shown->factor / scale,
                           .offset = base_of(shown, k) - shown->low * shown->factor};
}

/* Draws one standard deviation on either side of the means. */
static void draw_deviation(const struct panel *panel, const struct rates *r,
                           const struct rates_shown *shown, size_t k)
{
    struct series series = in_stripe(shown, k, r->means, r->outputs, 1);

    series.variances = r->variances + shown->channel[k];
    for (series.side = -1; series.side <= 1; series.side += 2)
        panel_curve(panel, &series, panel_cyan, 1);
}

static void draw_data(const struct panel *panel, const struct rates *r,
                      const struct rates_shown *shown, size_t k)
{
    struct series series = in_stripe(shown, k, r->data, r->channels, 1);

    if (r->reals) {
        panel_curve(panel, &series, panel_gray, 1);
        return;
    }
    series.factor = 1;
    series.offset = base_of(shown, k);
    panel_counts(panel, &series, filled);
}

static void draw_channel(const struct panel *panel, const struct rates *r,
                         const struct rates_shown *shown, size_t k, bool with_data)
{
    struct series series;

    if (r->band.low) {
        struct series high = in_stripe(shown, k, r->band.high, r->outputs, 1);

        series = in_stripe(shown, k, r->band.low, r->outputs, 1);
        panel_band(panel, &series, &high, panel_red);
    }
    if (r->truth) {
        series = in_stripe(shown, k, r->truth, r->channels, r->conversion);
        panel_curve(panel, &series, panel_black, 2);
    }
    if (r->variances && !with_data)
        draw_deviation(panel, r, shown, k);
    series = in_stripe(shown, k, r->means, r->outputs, 1);
    panel_curve(panel, &series, panel_red, 2);
}

/* Returns the y coordinate of VALUE, in the means' unit, in stripe K. */
static double y_of(const struct panel *p, const struct rates_shown *shown, size_t k, double value)
{
    double stripe = p->height / (double)shown->count;

    return p->top + stripe * ((double)(k + 1) - shown->factor * (value - shown->low));
}

static void draw_zero(const struct panel *p, const struct rates_shown *shown, size_t k)
{
    double y = y_of(p, shown, k, 0);

    cairo_set_source_rgb(p->cairo, panel_light.red, panel_light.green, panel_light.blue);
    cairo_set_line_width(p->cairo, 1);
    cairo_move_to(p->cairo, p->left + 1, y);
    cairo_line_to(p->cairo, p->left + p->width, y);
    cairo_stroke(p->cairo);
}

static void draw_mark(const struct panel *p, double y, double value)
{
    double x = p->left + p->width;
    char label[24];

    cairo_set_source_rgb(p->cairo, 0, 0, 0);
    cairo_set_line_width(p->cairo, 1);
    cairo_move_to(p->cairo, x, y);
    cairo_line_to(p->cairo, x + 5, y);
    cairo_stroke(p->cairo);
    snprintf(label, sizeof label, "%g", value);
    panel_text(p->cairo, x + 9, y + 5, 0, label);
}

/* Draws the channel number of stripe K on the left; on the right a round value and, if it fits
 * between that and the next stripe's, zero. */
static void draw_labels(const struct panel *p, const struct rates *r,
                        const struct rates_shown *shown, size_t k)
{
    static const double spacing = 16; /* of labels, in pixels */
    double unit = !r->reals && r->bin_s > 0 ? 1 / r->bin_s : 1;
    double round_value = panel_step(shown->high * unit, 1.99);
    double zero = y_of(p, shown, k, 0), y = y_of(p, shown, k, round_value / unit);
    double next = k + 1 < shown->count ? y + p->height / (double)shown->count : HUGE_VAL;
    char label[24];

    snprintf(label, sizeof label, "%zu", shown->channel[k]);
    panel_text(p->cairo, p->left - 9,
               p->top + p->height * ((double)(k + 1) - filled / 2) / (double)shown->count + 5, 1,
               label);
    if (shown->high > 0)
        draw_mark(p, y, round_value);
    if (!(shown->high > 0) || (zero - y >= spacing && next - zero >= spacing))
        draw_mark(p, zero, 0);
}

void rates_draw(const struct panel *panel, const struct rates *rates,
                const struct rates_shown *shown, bool with_data)
{
    char name[60];

    for (size_t k = 0; k < shown->count;
         k++) { /* before all curves: data may cross into other stripes */
        draw_zero(panel, shown, k);
        if (with_data)
            draw_data(panel, rates, shown, k);
    }
    for (size_t k = 0; k < shown->count; k++) {
        draw_channel(panel, rates, shown, k, with_data);
        draw_labels(panel, rates, shown, k);
    }
    panel_name(panel, 48, "channel");
    snprintf(name, sizeof name, "%s (%s)", rates->reals ? "mean" : "rate", rates_unit(rates));
    panel_name(panel, -58, name);
}
