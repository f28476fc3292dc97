/* svg.c - charts as text.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/svg.h"

#include <math.h>

#include "report/html.h"
#include "report/panel.h"

static const double picture_width = 420, picture_height = 260;

static double x_of(const struct svg *c, double x)
{
    return c->left + c->width * (x - c->x0) / (c->x1 - c->x0);
}

static double y_of(const struct svg *c, double y)
{
    double share = c->log_y ? log(y / c->y0) / log(c->y1 / c->y0) : (y - c->y0) / (c->y1 - c->y0);

    return c->top + c->height * (1 - share);
}

void svg_range(double *low, double *high, const double *values, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++)
        if (isfinite(values[i * stride])) {
            *low = fmin(*low, values[i * stride]);
            *high = fmax(*high, values[i * stride]);
        }
}

void svg_margin(double *low, double *high)
{
    double margin;

    if (!isfinite(*low) || !isfinite(*high)) {
        *low = 0;
        *high = 1;
    }
    margin = *high > *low ? 0.05 * (*high - *low) : 0.5 * fmax(fabs(*low), 1e-9);
    *low -= margin;
    *high += margin;
}

static void words_at(const struct svg *c, double x, double y, const char *more, const char *words)
{
    fprintf(c->out, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, more);
    html_text(c->out, words);
    fputs("</text>", c->out);
}

static void tick_y(const struct svg *c, double value)
{
    char label[32];

    snprintf(label, sizeof label, "%g", fabs(value) < 1e-12 * fabs(c->y1 - c->y0) ? 0 : value);
    fprintf(c->out, "<path class=\"grid\" d=\"M%.1f %.1fh%.1f\"/>", c->left, y_of(c, value),
            c->width);
    words_at(c, c->left - 6, y_of(c, value) + 4, "text-anchor=\"end\"", label);
}

static void ticks(const struct svg *c)
{
    double step = panel_step(c->x1 - c->x0, 6), first = ceil(c->x0 / step - 1e-9);
    char label[32];

    for (int i = 0; i < 9 && (first + i) * step <= c->x1 + 1e-9 * step; i++) {
        double value = (first + i) * step;

        snprintf(label, sizeof label, "%g", fabs(value) < 1e-9 * step ? 0 : value);
        words_at(c, x_of(c, value), c->top + c->height + 16, "text-anchor=\"middle\"", label);
    }
    if (c->log_y) {
        first = ceil(log10(c->y0) - 1e-9);
        for (int i = 0; i < 40 && pow(10, first + i) <= c->y1 * 1.0001; i++)
            tick_y(c, pow(10, first + i));
        return;
    }
    step = panel_step(c->y1 - c->y0, 5);
    first = ceil(c->y0 / step - 1e-9);
    for (int i = 0; i < 9 && (first + i) * step <= c->y1 + 1e-9 * step; i++)
        tick_y(c, (first + i) * step);
}

void svg_begin(struct svg *chart)
{
    struct svg *c = chart;

    c->left = c->bare ? 26 : 70;
    c->top = 12;
    c->width = picture_width - c->left - 18;
    c->height = picture_height - c->top - (c->bare ? 28 : 42);
    fputs("<figure><figcaption", c->out);
    if (c->about) {
        fputs(" title=\"", c->out);
        html_text(c->out, c->about);
        fputc('"', c->out);
    }
    fputc('>', c->out);
    html_text(c->out, c->title);
    fprintf(c->out,
            "</figcaption><svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
            "%g %g\" role=\"img\" data-x0=\"%.9g\" data-x1=\"%.9g\" data-y0=\"%.9g\" "
            "data-y1=\"%.9g\" data-log=\"%d\" data-bare=\"%d\" data-frame=\"%g %g %g %g\" "
            "data-x=\"",
            picture_width, picture_height, c->x0, c->x1, c->y0, c->y1, c->log_y, c->bare, c->left,
            c->top, c->width, c->height);
    html_text(c->out, c->x_name);
    fputs("\" aria-label=\"", c->out);
    html_text(c->out, c->title);
    fputs("\">", c->out);
    if (!c->bare)
        ticks(c);
    fprintf(c->out, "<path class=\"frame\" d=\"M%g %gv%gh%g\"/>", c->left, c->top, c->height,
            c->width);
    words_at(c, c->left + c->width / 2, picture_height - 6, "class=\"name\" text-anchor=\"middle\"",
             c->x_name);
    fprintf(c->out, "<g transform=\"translate(11,%.1f) rotate(-90)\">", c->top + c->height / 2);
    words_at(c, 0, 0, "class=\"name\" text-anchor=\"middle\"", c->y_name);
    fputs("</g>", c->out);
}

void svg_put(const struct svg *chart, char letter, double x, double y)
{
    double height = fmin(fmax(y_of(chart, y), chart->top), chart->top + chart->height);

    fprintf(chart->out, "%c%.1f %.1f", letter, x_of(chart, x), height);
}

static double value_x(const struct svg_values *v, size_t i)
{
    return v->x ? v->x[i * v->x_stride] : v->first_x + (double)i * v->step_x;
}

/* Writes the point I of V after LETTER; false if it is none. */
static bool put_point(const struct svg *c, const struct svg_values *v, size_t i, char letter)
{
    double x = value_x(v, i), y = v->y[i * v->y_stride];

    if (!isfinite(x) || !isfinite(y) || (c->log_y && y <= 0))
        return false;
    svg_put(c, letter, x, y);
    return true;
}

void svg_line(const struct svg *chart, const char *classes, const char *name,
              const struct svg_values *values)
{
    bool drawn = false;

    fprintf(chart->out, "<path class=\"line %s\" data-name=\"", classes);
    html_text(chart->out, name);
    fputs("\" d=\"", chart->out);
    for (size_t i = 0; i < values->count; i++)
        drawn = put_point(chart, values, i, drawn ? 'L' : 'M');
    if (drawn && values->count == 1) /* a line to itself is a dot */
        put_point(chart, values, 0, 'L');
    fputs("\"/>", chart->out);
}

void svg_band(const struct svg *chart, const char *classes, const struct svg_values *low,
              const struct svg_values *high)
{
    bool drawn = false;

    fprintf(chart->out, "<path class=\"band %s\" d=\"", classes);
    for (size_t i = 0; i < high->count; i++)
        drawn = put_point(chart, high, i, drawn ? 'L' : 'M') || drawn;
    for (size_t i = low->count; i-- > 0;)
        drawn = put_point(chart, low, i, drawn ? 'L' : 'M') || drawn;
    fputs("\"/>", chart->out);
}

void svg_point(const struct svg *chart, const char *classes, double x, double y, const char *about)
{
    if (!isfinite(x) || !isfinite(y))
        return;
    fprintf(chart->out, "<circle class=\"point %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.2\" data-t=\"",
            classes, x_of(chart, x), y_of(chart, y));
    html_text(chart->out, about);
    fputs("\"/>", chart->out);
}

void svg_bar(const struct svg *chart, const char *classes, double x, double width, double y,
             const char *about)
{
    double bottom = chart->top + chart->height;

    fprintf(chart->out,
            "<rect class=\"bar %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" data-t=\"",
            classes, x_of(chart, x), y_of(chart, y),
            fmax(x_of(chart, x + width) - x_of(chart, x) - 0.5, 0.5), bottom - y_of(chart, y));
    html_text(chart->out, about);
    fputs("\"/>", chart->out);
}

void svg_rule(const struct svg *chart, const char *classes, double x0, double y0, double x1,
              double y1)
{
    fprintf(chart->out, "<path class=\"rule %s\" d=\"M%.1f %.1fL%.1f %.1f\"/>", classes,
            x_of(chart, x0), y_of(chart, y0), x_of(chart, x1), y_of(chart, y1));
}

void svg_end(const struct svg *chart) { fputs("</svg></figure>\n", chart->out); }

void svg_key(FILE *out, const char *classes, const char *text)
{
    fprintf(out,
            "<span><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"22\" height=\"10\" "
            "aria-hidden=\"true\"><path class=\"line %s\" d=\"M1 5h20\"/></svg> ",
            classes);
    html_text(out, text);
    fputs("</span> ", out);
}
