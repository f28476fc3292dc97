/* test_population_figure.c - the figure of a population marks the best member's ancestors, and no
 * others.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cairo.h>
#include <cmocka.h>

#include "report/population_figure.h"

enum { GENERATIONS = 4, MEMBERS = 3, COLUMNS = 3 };

/* The left upper panel's axes, in pixels (population_figure.c). */
enum { LEFT = 90, TOP = 90, WIDE = 430, HIGH = 190 };

/* Member m has the value m in the first column, and something in the others. */
static void draw(const size_t *parents, size_t best, double last)
{
    static const char *const names[] = {"score", "rate", "missing"};
    static const bool logs[] = {false, true, false};
    double values[GENERATIONS * MEMBERS * COLUMNS];
    struct population_figure figure = {.title = "title",
                                       .generations = GENERATIONS,
                                       .members = MEMBERS,
                                       .columns = COLUMNS,
                                       .scores = 1,
                                       .names = names,
                                       .logs = logs,
                                       .values = values,
                                       .parents = parents,
                                       .best = best};

    for (size_t i = 0; i < GENERATIONS * MEMBERS; i++) {
        values[i * COLUMNS] = (double)(i % MEMBERS);
        values[i * COLUMNS + 1] = pow(10, (double)i);
        values[i * COLUMNS + 2] = last;
    }
    assert_int_equal(population_figure_write("population.png", &figure, NULL), LFADS_OK);
}

/* Whether there is red at VALUE of generation G in the first panel. */
static bool is_red(size_t g, size_t value)
{
    cairo_surface_t *surface = cairo_image_surface_create_from_png("population.png");
    /* panel_fit leaves a twentieth of the range on either side */
    double share = (2.1 - (double)value) / 2.2;
    size_t x = LEFT + (size_t)((double)WIDE * ((double)g + 0.5) / GENERATIONS);
    size_t y = TOP + (size_t)(HIGH * share);
    const unsigned char *row;
    uint32_t pixel;

    assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    row =
        cairo_image_surface_get_data(surface) + y * (size_t)cairo_image_surface_get_stride(surface);
    memcpy(&pixel, row + 4 * x, sizeof pixel);
    cairo_surface_destroy(surface);
    return (pixel >> 16 & 0xff) > 180 && (pixel >> 8 & 0xff) < 80;
}

static void ancestors(void **state)
{
    /* member 0 of the last generation comes from 2, that from 2, that from 1 */
    static const size_t parents[] = {0, 1, 2, 0, 1, 1, 0, 0, 2, 2, 2, 2};
    static const size_t line[] = {1, 2, 2, 0};

    (void)state;
    draw(parents, 0, 1);
    for (size_t g = 0; g < GENERATIONS; g++)
        for (size_t m = 0; m < MEMBERS; m++)
            assert_int_equal(is_red(g, m), m == line[g]);
    remove("population.png");
}

/* Equal and missing values have a panel, too. */
static void missing(void **state)
{
    static const size_t parents[GENERATIONS * MEMBERS] = {0};

    (void)state;
    draw(parents, 1, (double)NAN);
    assert_true(is_red(0, 0) && is_red(GENERATIONS - 1, 1));
    remove("population.png");
}

static void no_place(void **state)
{
    static const size_t parents[1] = {0};
    static const char *const names[] = {"score"};
    static const bool logs[] = {false};
    const double value = 1;
    struct population_figure figure = {.title = "title",
                                       .generations = 1,
                                       .members = 1,
                                       .columns = 1,
                                       .scores = 1,
                                       .names = names,
                                       .logs = logs,
                                       .values = &value,
                                       .parents = parents,
                                       .best = 0};

    (void)state;
    assert_int_equal(population_figure_write("no/folder/population.png", &figure, NULL), LFADS_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ancestors), cmocka_unit_test(missing),
                                       cmocka_unit_test(no_place)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
