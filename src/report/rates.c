/* rates.c - one trial's rates, truth and data.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/rates.h"

#include <math.h>
#include <stdio.h>

#include "report/panel.h"

static const double filled = 0.82; /* of a stripe's height */

/* Spikes of a channel, or the variance of its means where the data are no counts. */
static double weight_of(const struct rates *r, size_t channel)
{
    double sum = 0, squares = 0, mean;

    for (size_t t = 0; t < r->bins; t++) {
        double rate = r->means[t * r->outputs + channel];

        sum += r->variances || !r->data ? rate : r->data[t * r->channels + channel];
        squares += rate * rate;
    }
    if (!r->variances)
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

/* The range of all that is shown, so that stripes can be compared. */
static void fit(struct rates_shown *shown, const struct rates *r)
{
    double high = shown->low = 0;

    for (size_t k = 0; k < shown->count; k++)
        for (size_t t = 0; t < r->bins; t++) {
            size_t channel = shown->channel[k];

            widen(&shown->low, &high, r->conversion * r->means[t * r->outputs + channel]);
            if (r->truth)
                widen(&shown->low, &high, r->truth[t * r->channels + channel]);
        }
    shown->factor = filled / fmax(high - shown->low, 1e-12);
}

void rates_choose(struct rates_shown *shown, const struct rates *rates)
{
    double weights[RATES_CHANNELS];

    shown->count = 0;
    for (size_t j = 0; j < rates->channels; j++) {
        double weight = weight_of(rates, j);
        size_t at = shown->count < RATES_CHANNELS ? shown->count++ : RATES_CHANNELS;

        for (; at > 0 && weight > weights[at - 1]; at--)
            if (at < RATES_CHANNELS) {
                weights[at] = weights[at - 1];
                shown->channel[at] = shown->channel[at - 1];
            }
        if (at < RATES_CHANNELS) {
            weights[at] = weight;
            shown->channel[at] = j;
        }
    }
    fit(shown, rates);
}

/* VALUES [T,width] of the channel at PLACE, times SCALE, in its stripe. */
static struct series in_stripe(const struct rates_shown *shown, size_t place, const double *values,
                               size_t width, double scale)
{
    double base = (double)(shown->count - 1 - place);

    return (struct series){.values = values + shown->channel[place],
                           .stride = width,
                           .factor = scale * shown->factor,
                           .offset = base - shown->low * shown->factor};
}

/* A standard deviation on either side of the means. */
static void draw_deviation(const struct panel *panel, const struct rates *r,
                           const struct rates_shown *shown, size_t place)
{
    struct series series = in_stripe(shown, place, r->means, r->outputs, r->conversion);

    series.variances = r->variances + shown->channel[place];
    for (series.side = -1; series.side <= 1; series.side += 2)
        panel_curve(panel, &series, panel_cyan, 1);
}

static void draw_channel(const struct panel *panel, const struct rates *r,
                         const struct rates_shown *shown, size_t place, bool with_data)
{
    struct series series;
    char label[24];

    if (with_data && r->variances) {
        series = in_stripe(shown, place, r->data, r->channels, r->conversion);
        panel_curve(panel, &series, panel_gray, 1);
    } else if (with_data) {
        series = in_stripe(shown, place, r->data, r->channels, 1);
        series.factor = 1;
        series.offset = (double)(shown->count - 1 - place);
        panel_counts(panel, &series, filled);
    }
    if (r->truth) {
        series = in_stripe(shown, place, r->truth, r->channels, 1);
        panel_curve(panel, &series, panel_black, 2);
    }
    if (r->variances && !with_data)
        draw_deviation(panel, r, shown, place);
    series = in_stripe(shown, place, r->means, r->outputs, r->conversion);
    panel_curve(panel, &series, panel_red, 2);
    snprintf(label, sizeof label, "%zu", shown->channel[place]);
    cairo_set_source_rgb(panel->cairo, 0, 0, 0);
    panel_text(panel->cairo, panel->left - 8,
               panel->top + panel->height * ((double)place + 0.7) / (double)shown->count, 1, label);
}

void rates_draw(const struct panel *panel, const struct rates *rates,
                const struct rates_shown *shown, bool with_data)
{
    for (size_t place = 0; place < shown->count; place++)
        draw_channel(panel, rates, shown, place, with_data);
}
