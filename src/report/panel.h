/* panel.h - one set of axes on a sheet: its frame, and what can be drawn in it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_PANEL_H
#define LFADS_REPORT_PANEL_H
#include <cairo.h>
#include <stddef.h>

struct colour {
    double red, green, blue;
};

extern const struct colour panel_red, panel_black, panel_cyan, panel_gray;
/* One of eight that are told apart, by turns. */
struct colour panel_colour(size_t number);

struct panel {
    cairo_t *cairo;
    double left, top, width, height; /* of the axes, in pixels, without what is written beside */
    size_t bins;                     /* across */
    double low, high;                /* values at the bottom and at the top */
};

/* Numbers over bins: values[t*stride], drawn at offset + factor * value. With variances, SIDE
 * standard deviations are added to the value. */
struct series {
    const double *values, *variances;
    size_t stride;
    double factor, offset, side;
};

/* A white sheet's font and size. */
void panel_font(cairo_t *cairo, double size);
/* Writes TEXT at x, y; ALIGN 0: begins there, 0.5: is centred, 1: ends there. */
void panel_text(cairo_t *cairo, double x, double y, double align, const char *text);
/* Frame, title above, bins counted below. */
void panel_frame(const struct panel *panel, const char *title);
/* A line through the middle of the bins. */
void panel_curve(const struct panel *panel, const struct series *series, struct colour colour,
                 double line);
/* Sets low and high to the range of the first SHOWN of N curves, values[t*n + curve]. */
void panel_fit(struct panel *panel, const double *values, size_t n, size_t shown);
/* Draws these curves, in colours by turns. */
void panel_curves(const struct panel *panel, const double *values, size_t n, size_t shown);
/* A bar for each bin that is above zero, from the offset up by HEIGHT, darker for more. */
void panel_counts(const struct panel *panel, const struct series *series, double height);
/* The first ROWS of VALUES [bins,width] as an image, a row a stripe, the first on top: LOW white,
 * HIGH black. */
void panel_image(const struct panel *panel, const double *values, size_t width, size_t rows);
#endif
