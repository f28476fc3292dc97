/* test_figure.c - figures have titles, keys and labelled axes.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cairo.h>
#include <cmocka.h>

#include "report/example.h"
#include "report/figure.h"
#include "report/panel.h"

enum { T = 40, N = 3 };

/* A part of a picture, in pixels. */
struct part {
    int x, y, width, height;
};
/* Parts of figure.c's layout for N channels and inputs. */
static const struct part title = {90, 10, 800, 60}, scores = {820, 44, 294, 24},
                         key = {90, 80, 900, 30}, channel = {20, 120, 26, 170},
                         rate = {1150, 120, 40, 170}, rate_marks = {1112, 120, 30, 180},
                         time = {400, 330, 400, 26}, time_marks = {100, 300, 1000, 24},
                         input = {16, 400, 22, 130};

static double values[T * N], inputs[T];

static struct figure_trial example_trial(void)
{
    for (size_t i = 0; i < T * N; i++)
        values[i] = 1 + sin(0.1 * (double)i);
    for (size_t t = 0; t < T; t++)
        inputs[t] = cos(0.3 * (double)t);
    return (struct figure_trial){.file = "folder/recording",
                                 .set = "valid",
                                 .trial = 7,
                                 .scores = "all 9 trials, bits per spike 0.5",
                                 .rates = {.bins = T,
                                           .channels = N,
                                           .means = values,
                                           .data = values,
                                           .truth = values,
                                           .conversion = 1},
                                 .inputs = inputs,
                                 .n_inputs = 1};
}

static cairo_surface_t *draw(const struct figure_trial *trial)
{
    struct lfads_error err;
    cairo_surface_t *surface;

    assert_int_equal(figure_write("figure.png", trial, &err), LFADS_OK);
    surface = cairo_image_surface_create_from_png("figure.png");
    assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    remove("figure.png");
    return surface;
}

static uint32_t pixel(cairo_surface_t *surface, int x, int y)
{
    const unsigned char *row = cairo_image_surface_get_data(surface) +
                               (size_t)y * (size_t)cairo_image_surface_get_stride(surface);
    uint32_t value;

    memcpy(&value, row + 4 * (size_t)x, sizeof value);
    return value & 0xffffff;
}

/* Returns the number of pixels of PART that differ from OTHER's, or, if OTHER is NULL, from white.
 */
static size_t count_pixels(cairo_surface_t *surface, cairo_surface_t *other, struct part part)
{
    size_t count = 0;

    for (int y = part.y; y < part.y + part.height; y++)
        for (int x = part.x; x < part.x + part.width; x++)
            count += pixel(surface, x, y) != (other ? pixel(other, x, y) : 0xffffff);
    return count;
}

/* Returns the number of pixels of PART in which the figures of two trials differ. */
static size_t difference(const struct figure_trial *a, const struct figure_trial *b,
                         struct part part)
{
    cairo_surface_t *first = draw(a), *second = draw(b);
    size_t count = count_pixels(first, second, part);

    cairo_surface_destroy(first);
    cairo_surface_destroy(second);
    return count;
}

static void test_names(void **state)
{
    const struct part parts[] = {title,      scores, key,        channel, rate,
                                 rate_marks, time,   time_marks, input};
    struct figure_trial trial = example_trial();
    cairo_surface_t *surface = draw(&trial);

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (count_pixels(surface, NULL, parts[i]) < 40)
            fail_msg("nothing is written in part %zu", i);
    cairo_surface_destroy(surface);
}

static void test_title(void **state)
{
    struct figure_trial trial = example_trial(), other = trial;

    (void)state;
    assert_int_equal(difference(&trial, &other, title), 0);
    other.file = "elsewhere/recording";
    assert_int_equal(difference(&trial, &other, title), 0);
    other.file = "folder/another";
    assert_true(difference(&trial, &other, title) > 0);
    other = trial;
    other.set = "train";
    assert_true(difference(&trial, &other, title) > 0);
    other = trial;
    other.trial = 8;
    assert_true(difference(&trial, &other, title) > 0);
    other = trial;
    other.scores = "all 9 trials, bits per spike 0.6";
    assert_true(difference(&trial, &other, scores) > 0);
}

/* If the width of a bin is known, time is in seconds and rates are in spikes per second: labels
 * change and curves do not. A truth in another unit with its conversion changes nothing. */
static void test_units(void **state)
{
    struct figure_trial trial = example_trial(), other = trial;
    double truth[T * N];

    (void)state;
    other.rates.bin_s = 0.01;
    assert_true(difference(&trial, &other, time) > 40);
    assert_true(difference(&trial, &other, time_marks) > 40);
    assert_true(difference(&trial, &other, rate) > 40);
    assert_true(difference(&trial, &other, rate_marks) > 40);
    assert_int_equal(difference(&trial, &other, (struct part){92, 118, 1000, 178}), 0);
    other = trial;
    for (size_t i = 0; i < T * N; i++)
        truth[i] = 4 * values[i];
    other.rates.truth = truth;
    other.rates.conversion = 4;
    assert_int_equal(difference(&trial, &other, (struct part){0, 0, 1200, 500}), 0);
}

/* A band is drawn about the curves, and named; without one a figure is what it was. */
static void test_bands(void **state)
{
    static const struct part rates = {92, 118, 1000, 178}, inputs_panel = {92, 396, 1000, 140};
    struct figure_trial trial = example_trial(), other = trial;
    double low[T * N], high[T * N];

    (void)state;
    for (size_t i = 0; i < T * N; i++) { /* within the range of the rates */
        low[i] = values[i] / 2;
        high[i] = 1 + values[i] / 2;
    }
    other.rates.band = (struct rates_band){low, high, "5 to 95 % of samples"};
    assert_true(difference(&trial, &other, rates) > 10000);
    assert_true(difference(&trial, &other, key) > 400);
    assert_int_equal(difference(&trial, &other, inputs_panel), 0);
    trial = other;
    other.rates.band.name = "1 to 99 % of samples";
    assert_true(difference(&trial, &other, key) > 10);
    for (size_t t = 0; t < T; t++) {
        low[t] = inputs[t] / 2 - 0.5;
        high[t] = inputs[t] / 2 + 0.5;
    }
    trial = other = example_trial();
    other.inputs_low = low;
    other.inputs_high = high;
    assert_true(difference(&trial, &other, inputs_panel) > 10000);
    assert_int_equal(difference(&trial, &other, rates), 0);
    high[3] = HUGE_VAL;
    low[4] = (double)NAN;
    cairo_surface_destroy(draw(&other));
}

/* Values that an axis cannot show do not crash it. */
static void test_extremes(void **state)
{
    static const double extremes[] = {0, 1e300, -1e300, 1e-300, HUGE_VAL, (double)NAN};
    struct figure_trial trial = example_trial();

    (void)state;
    for (size_t i = 0; i < sizeof extremes / sizeof extremes[0]; i++) {
        values[3] = inputs[3] = extremes[i];
        cairo_surface_destroy(draw(&trial));
        for (size_t k = 0; k < T; k++)
            values[k * N] = values[k * N + 1] = values[k * N + 2] = inputs[k] = extremes[i];
        cairo_surface_destroy(draw(&trial));
        inputs[3] = nextafter(extremes[i], HUGE_VAL); /* the smallest possible range */
        cairo_surface_destroy(draw(&trial));
    }
}

static void test_steps(void **state)
{
    static const double ranges[] = {1e-9, 0.3, 1, 7, 10, 11, 99, 100, 2.5e8};

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        double step = panel_step(ranges[i], 5), digit = step / pow(10, floor(log10(step) + 1e-9));

        assert_true(ranges[i] / step <= 5 && ranges[i] / step >= 1.9);
        assert_true(fabs(digit - 1) < 1e-9 || fabs(digit - 2) < 1e-9 || fabs(digit - 5) < 1e-9);
    }
}

/* A picture in memory. */
struct reader {
    const unsigned char *bytes;
    size_t left;
};

static cairo_status_t read_bytes(void *payload, unsigned char *data, unsigned length)
{
    struct reader *reader = payload;

    if (length > reader->left)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(data, reader->bytes, length);
    reader->bytes += length;
    reader->left -= length;
    return CAIRO_STATUS_SUCCESS;
}

/* The axes of all seven rows of both columns have labels. */
static void test_example(void **state)
{
    struct figure_trial trial = example_trial();
    struct example_column columns[2] = {{.title = "a trial",
                                         .rates = trial.rates,
                                         .inputs = inputs,
                                         .factors = inputs,
                                         .states = inputs,
                                         .n_inputs = 1,
                                         .n_factors = 1,
                                         .n_states = 1}};
    struct reader reader;
    unsigned char *png;
    cairo_surface_t *surface;
    struct lfads_error err;
    double row = (EXAMPLE_HEIGHT - 50) / 7.0;

    (void)state;
    columns[1] = columns[0];
    assert_int_equal(example_draw(&png, &reader.left, columns, &err), LFADS_OK);
    reader.bytes = png;
    surface = cairo_image_surface_create_from_png_stream(read_bytes, &reader);
    assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    for (int i = 0; i < 14; i++) {
        int x = i / 7 * EXAMPLE_WIDTH / 2, y = (int)(50 + row * (i % 7));

        if (count_pixels(surface, NULL, (struct part){x, y + 20, 24, (int)row - 80}) < 20)
            fail_msg("row %d of column %d: no vertical name", i % 7, i / 7);
        if (count_pixels(surface, NULL, (struct part){x + 300, y + (int)row - 24, 300, 20}) < 20)
            fail_msg("row %d of column %d: no name of time", i % 7, i / 7);
    }
    cairo_surface_destroy(surface);
    free(png);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),    cmocka_unit_test(test_title),
        cmocka_unit_test(test_units),    cmocka_unit_test(test_bands),
        cmocka_unit_test(test_extremes), cmocka_unit_test(test_steps),
        cmocka_unit_test(test_example)};

    return cmocka_run_group_tests_name("figure", tests, NULL, NULL);
}
