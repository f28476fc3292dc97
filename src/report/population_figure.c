/* population_figure.c - a sheet of panels, one a column of a population, over generations.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/population_figure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/panel.h"
#include "report/sheet.h"

enum { ACROSS = 2 }; /* panels beside each other */
static const double wide = 430, high = 190, left = 90, top = 90, between = 110, below = 90;

/* Returns the values [generations,members] of a column as they are drawn; NULL without memory. */
static double *column_of(const struct population_figure *f, size_t column)
{
    size_t count = f->generations * f->members;
    double *values = calloc(count, sizeof *values);

    for (size_t i = 0; values && i < count; i++) {
        double value = f->values[i * f->columns + column];

        values[i] = f->logs[column] ? log10(value) : value; /* of 0: not finite, not drawn */
    }
    return values;
}

/* Sets marked[g,m] for the best member and its ancestors. */
static void mark_ancestors(bool *marked, const struct population_figure *f)
{
    size_t member = f->best;

    for (size_t g = f->generations; g-- > 0;) {
        marked[g * f->members + member] = true;
        member = f->parents[g * f->members + member];
    }
}

/* Joins the members of each generation to their parents, those that are MARKED or the others. */
static void draw_members(const struct panel *panel, const struct population_figure *f,
                         const double *values, const bool *marked, bool want)
{
    struct colour colour = want ? panel_red : panel_gray;

    for (size_t g = 0; g < f->generations; g++)
        for (size_t m = 0; m < f->members; m++) {
            size_t here = g * f->members + m;

            if (marked[here] != want)
                continue;
            panel_segment(panel, g, values[here], g, values[here], colour,
                          want ? 6 : 4); /* a dot */
            if (g > 0)
                panel_segment(panel, g - 1, values[here - m - f->members + f->parents[here]], g,
                              values[here], colour, want ? 2 : 1);
        }
}

static bool draw_column(cairo_t *sheet, const struct population_figure *f, size_t column,
                        const bool *marked)
{
    const size_t row = column / ACROSS;
    struct panel panel = {
        .cairo = sheet,
        .left = left + (double)(column % ACROSS) * (wide + between),
        .top = top + (double)row * (high + between),
        .width = wide,
        .height = high,
        .bins = f->generations,
        .across = "generation",
    };
    double *values = column_of(f, column);
    /* scores of the first generations are far from all later ones */
    size_t skipped = column < f->scores ? f->generations / 4 : 0;
    char title[100];

    if (!values)
        return false;
    snprintf(title, sizeof title, "%s%s", f->logs[column] ? "log10 " : "", f->names[column]);
    panel.bins = f->generations - skipped;
    panel_fit(&panel, values + skipped * f->members, f->members, f->members);
    panel.bins = f->generations;
    panel_frame(&panel);
    panel_title(&panel, title);
    panel_marks(&panel);
    draw_members(&panel, f, values, marked, false);
    draw_members(&panel, f, values, marked, true);
    free(values);
    return true;
}

enum lfads_status population_figure_write(const char *path, const struct population_figure *figure,
                                          struct lfads_error *err)
{
    const struct population_figure *f = figure;
    size_t down = (f->columns + ACROSS - 1) / ACROSS;
    bool *marked = calloc(f->generations * f->members, sizeof *marked), drawn = marked;
    cairo_t *sheet = sheet_create(left + ACROSS * (wide + between),
                                  top + (double)down * (high + between) - between + below);
    double x;

    if (marked)
        mark_ancestors(marked, f);
    cairo_set_line_cap(sheet, CAIRO_LINE_CAP_ROUND);
    panel_font(sheet, 17);
    panel_text(sheet, left, 30, 0, f->title);
    panel_font(sheet, 14);
    x = panel_key(sheet, left, 56, panel_red, 3, "best member and its ancestors");
    panel_key(sheet, x, 56, panel_gray, 2, "other members");
    for (size_t c = 0; c < f->columns && drawn; c++)
        drawn = draw_column(sheet, f, c, marked);
    free(marked);
    if (drawn)
        return sheet_write(sheet, path, err);
    cairo_destroy(sheet);
    return lfads_fail(err, LFADS_NO_MEMORY, "no memory to draw %s", path);
}
