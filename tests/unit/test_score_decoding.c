/* test_score_decoding.c - ridge regression and its choice of the penalty equal NumPy's.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "report/score_decoding.h"

enum { ROWS = 23, EVALUATED = 7 };

struct example {
    double x[ROWS][2], y[ROWS][2], other_x[EVALUATED][2], other_y[EVALUATED][2];
    const double *xs[ROWS], *ys[ROWS], *other_xs[EVALUATED], *other_ys[EVALUATED];
    struct decoding decoding;
};

/* Two rates with noisy behaviour; scaled so that neither the least nor the largest penalty is best.
 */
static void make(struct example *s)
{
    for (int i = 0; i < ROWS; i++) {
        double a = (i * 7 % 5 - 2) / 4.0, b = (i * 5 % 11 - 5) / 8.0;

        s->x[i][0] = a / 16;
        s->x[i][1] = b / 16;
        s->y[i][0] = a + (i * 5 % 7 - 3) / 2.0;
        s->y[i][1] = 2 * b + (i * 3 % 13 - 6) / 4.0;
        s->xs[i] = s->x[i];
        s->ys[i] = s->y[i];
    }
    for (int i = 0; i < EVALUATED; i++) {
        for (int j = 0; j < 2; j++) {
            s->other_x[i][j] = s->x[i][j] * .75;
            s->other_y[i][j] = s->y[i][j] + .25;
        }
        s->other_xs[i] = s->other_x[i];
        s->other_ys[i] = s->other_y[i];
    }
    s->decoding = (struct decoding){.features = 2,
                                    .outputs = 2,
                                    .train = {ROWS, s->xs, s->ys},
                                    .eval = {EVALUATED, s->other_xs, s->other_ys}};
}

/* The normal equations are well conditioned; a residual has some hundred operations. */
static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) <= 1e-12))
        fail_msg("%.17g, expected %.17g", actual, expected);
}

static void test_penalty(void **state)
{
    struct example s;
    struct decoded found;

    (void)state;
    make(&s);
    assert_int_equal(score_decoding(&found, &s.decoding, NULL), LFADS_OK);
    assert_near(found.penalty, 0.03162277660168379);
    assert_near(found.r2, 0.1762690444314392);
    s.decoding.penalty = .01;
    assert_int_equal(score_decoding(&found, &s.decoding, NULL), LFADS_OK);
    assert_near(found.penalty, .01);
    assert_near(found.r2, 0.3186926271039992);
}

/* Behaviour that the rates say exactly, far from 0; too few bins. */
static void test_limits(void **state)
{
    struct example s;
    struct decoded found;
    struct lfads_error err;

    (void)state;
    make(&s);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < 2; j++)
            s.y[i][j] = 1e6 + 1e5 * s.x[i][j];
    for (int i = 0; i < EVALUATED; i++)
        for (int j = 0; j < 2; j++)
            s.other_y[i][j] = 1e6 + 1e5 * s.other_x[i][j];
    assert_int_equal(score_decoding(&found, &s.decoding, NULL), LFADS_OK);
    assert_near(found.penalty, 1e-4);
    assert_true(found.r2 > .999);
    s.decoding.train.count = 4;
    assert_int_equal(score_decoding(&found, &s.decoding, &err), LFADS_BAD_DATA);
    s.decoding.train.count = 5;
    s.decoding.eval.count = 0;
    assert_int_equal(score_decoding(&found, &s.decoding, &err), LFADS_BAD_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_penalty),
                                       cmocka_unit_test(test_limits)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
