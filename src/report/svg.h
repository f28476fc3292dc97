/* svg.h - draws small charts as SVG within HTML. Colours come from the page's style sheet by class:
 * s0 to s7 are series, as in the legend.
 *
 * An <svg class="chart"> carries in data-... how its lines' points become values, so that the
 * page's script can show those under the pointer.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_SVG_H
#define LFADS_REPORT_SVG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { SVG_SERIES = 8 };

/* A chart: its values' ranges and its place, which svg_begin sets. */
struct svg {
    FILE *out;
    const char *title, *x_name, *y_name; /* escaped when written; "" : none */
    const char *about;                   /* seen on pointing at the title, escaped; NULL: none */
    double x0, x1, y0, y1;               /* values at the edges */
    bool log_y;                          /* y0 and y1 above 0 */
    bool bare;                           /* without numbers at the axes: their unit means nothing */
    double left, top, width, height;     /* of the frame, in the picture's units */
};

/* Values of a line or of points; a NaN interrupts a line. */
struct svg_values {
    const double *x, *y; /* x NULL: first_x + i * step_x */
    double first_x, step_x;
    size_t count, x_stride, y_stride; /* strides of x and y in numbers */
};

/* Widens LOW to HIGH by the finite numbers among COUNT VALUES; begin with +inf and -inf. */
void svg_range(double *low, double *high, const double *values, size_t count, size_t stride);
/* Adds a margin, and makes a range of what is none. */
void svg_margin(double *low, double *high);

/* Writes a figure with a title and the frame, ticks and names of the axes. */
void svg_begin(struct svg *chart);
/* Draws a line of class CLASSES, called NAME where the pointer is on it. */
void svg_line(const struct svg *chart, const char *classes, const char *name,
              const struct svg_values *values);
/* Fills between LOW and HIGH, which have the same x. */
void svg_band(const struct svg *chart, const char *classes, const struct svg_values *low,
              const struct svg_values *high);
/* Draws a point; ABOUT is shown where the pointer is on it. */
void svg_point(const struct svg *chart, const char *classes, double x, double y, const char *about);
/* Draws a bar from the bottom, X to X + WIDTH. */
void svg_bar(const struct svg *chart, const char *classes, double x, double width, double y,
             const char *about);
/* Writes a point of a path's d after LETTER, "M" or "L". */
void svg_put(const struct svg *chart, char letter, double x, double y);
/* Draws a straight line between two points. */
void svg_rule(const struct svg *chart, const char *classes, double x0, double y0, double x1,
              double y1);
void svg_end(const struct svg *chart);
/* Writes a legend's entry. Between <p class="legend"> and </p>. */
void svg_key(FILE *out, const char *classes, const char *text);
#endif
