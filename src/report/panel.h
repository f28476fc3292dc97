/* panel.h - one set of axes on a sheet: draws its frame, labels, curves, bars and images.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_PANEL_H
#define LFADS_REPORT_PANEL_H
#include <cairo.h>
#include <stddef.h>

struct colour {
    double red, green, blue;
};

extern const struct colour panel_red, panel_black, panel_cyan, panel_gray, panel_light;
/* Returns colour NUMBER modulo eight. */
struct colour panel_colour(size_t number);
/* Returns the shade of a bin with COUNT spikes; 4 and more have the same. */
struct colour panel_shade(double count);

struct panel {
    cairo_t *cairo;
    double left, top, width, height; /* of the axes, in pixels; labels lie outside */
    size_t bins;                     /* across */
    double bin_s;       /* width of a bin in seconds; 0: unknown, the axis counts bins */
    const char *across; /* name of the axis below; NULL: time */
    double low, high;   /* values at the bottom and at the top; low may be above high */
};

/* Numbers over bins: values[t*stride], drawn at offset + factor * value. With variances, SIDE
 * standard deviations are added to the value. */
struct series {
    const double *values, *variances;
    size_t stride;
    double factor, offset, side;
};

/* Sets font and size of the text that follows. */
void panel_font(cairo_t *cairo, double size);
/* Writes TEXT in black at x, y; ALIGN 0: begins there, 0.5: is centred, 1: ends there. */
void panel_text(cairo_t *cairo, double x, double y, double align, const char *text);
/* Draws an entry of a legend at x, y: a sample LINE pixels high and its text. Returns where the
 * next entry begins. */
double panel_key(cairo_t *cairo, double x, double y, struct colour colour, double line,
                 const char *text);
/* Draws the frame, and below it the axis of time with its marks and its name. */
void panel_frame(const struct panel *panel);
/* Writes TEXT above the frame. */
void panel_title(const struct panel *panel, const char *text);
/* Writes the name of the vertical axis, turned, DISTANCE pixels left of the frame; below 0: right
 * of its right edge. */
void panel_name(const struct panel *panel, double distance, const char *name);
/* Draws marks of round numbers on the vertical axis, and a line where zero is. */
void panel_marks(const struct panel *panel);
/* Returns a round step (1, 2 or 5 times a power of ten) that divides RANGE into at most N. */
double panel_step(double range, double n);
/* Draws a line through the middles of the bins. */
void panel_curve(const struct panel *panel, const struct series *series, struct colour colour,
                 double line);
/* Draws a line from a value in one bin's middle to a value in another's; nothing unless both are
 * finite. */
void panel_segment(const struct panel *panel, size_t from, double value, size_t to, double next,
                   struct colour colour, double line);
/* Fills between two lines through the middles of the bins, pale. */
void panel_band(const struct panel *panel, const struct series *low, const struct series *high,
                struct colour colour);
/* Returns what COLOUR is on white as a band. */
struct colour panel_pale(struct colour colour);
/* Sets low and high to the range of the first SHOWN of N curves, values[t*n + curve]. */
void panel_fit(struct panel *panel, const double *values, size_t n, size_t shown);
/* Draws these curves in the colours of panel_colour. */
void panel_curves(const struct panel *panel, const double *values, size_t n, size_t shown);
/* Draws a bar in each bin that is above zero, from the offset up by HEIGHT, in panel_shade. */
void panel_counts(const struct panel *panel, const struct series *series, double height);
/* Draws the first ROWS of VALUES [bins,width] as an image, a row a stripe, the first on top: LOW
 * white, HIGH black. */
void panel_image(const struct panel *panel, const double *values, size_t width, size_t rows);
#endif
