/* test_batches.c - tests the division of trials into batches, and compares the jitter of spikes
 * with the original's (golden/training/jitter.h5). SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/batches.h"
#include "data/jitter.h"
#include "h5/h5.h"

enum { TRIALS = 3, BINS = 10, CHANNELS = 4, COUNT = TRIALS * BINS * CHANNELS };

/* The original's order: for each level, every bin with at least that many spikes moves one by the
 * next shift. */
static void move_all(double *moved, const double *data, const int64_t *shifts)
{
    memset(moved, 0, COUNT * sizeof *moved);
    for (int level = 1; level < 100; level++)
        for (size_t i = 0; i < COUNT; i++) {
            size_t trial = i / (BINS * CHANNELS), bin = i / CHANNELS % BINS;

            if (data[i] >= level)
                moved[(trial * BINS + jitter_bin(bin, *shifts++, BINS)) * CHANNELS +
                      i % CHANNELS]++;
        }
}

static void test_golden_jitter(void **state)
{
    static const int widths[] = {1, 2, 4};
    struct h5_file file;
    double data[COUNT], expected[COUNT], moved[COUNT];

    (void)state;
    assert_int_equal(h5_open(&file, LFADS_TEST_DATA "/golden/training/jitter.h5", NULL), LFADS_OK);
    assert_int_equal(h5_read(data, H5_FLOAT64, &file, "data", COUNT, NULL), LFADS_OK);
    for (int i = 0; i < 3; i++) {
        char name[40];
        struct h5_shape shape;
        int64_t *shifts;

        snprintf(name, sizeof name, "w%d/shift_of_each_spike", widths[i]);
        assert_int_equal(h5_shape(&shape, &file, name, NULL), LFADS_OK);
        shifts = calloc(shape.count, sizeof *shifts);
        assert_int_equal(h5_read(shifts, H5_INT64, &file, name, shape.count, NULL), LFADS_OK);
        snprintf(name, sizeof name, "w%d/jittered", widths[i]);
        assert_int_equal(h5_read(expected, H5_FLOAT64, &file, name, COUNT, NULL), LFADS_OK);
        move_all(moved, data, shifts);
        assert_memory_equal(moved, expected, sizeof moved);
        free(shifts);
    }
    h5_close(&file, NULL);
}

enum { WIDTH = 2, LONG = 60, STEPS = 4000, SHIFTS = 2 * WIDTH + 1 };

/* Moves three spikes of bin 30 in each of STEPS steps, and counts their shifts. */
static void count_shifts(size_t found[SHIFTS], const struct jitter *jitter)
{
    float counts[LONG * 2], scratch[LONG * 2];

    memset(found, 0, SHIFTS * sizeof *found);
    for (uint32_t step = 0; step < STEPS; step++) {
        struct philox_address from = {.seed = 5, .step = step, .trial = 7};

        memset(counts, 0, sizeof counts);
        counts[30 * 2 + 1] = 3;
        jitter_trial(counts, 2, scratch, LONG, 2, jitter, &from);
        for (int t = 0; t < LONG; t++) {
            assert_true(counts[t * 2] == 0.0f);
            if (counts[t * 2 + 1] == 0)
                continue;
            assert_in_range(t, 30 - WIDTH, 30 + WIDTH);
            found[t - 30 + WIDTH] += (size_t)counts[t * 2 + 1];
        }
    }
}

/* Every spike stays on its channel; the shifts are uniform: with 4 degrees of freedom chi-square
 * exceeds 23.5 once in 10000, and the numbers are the same each time. */
static void test_jitter(void **state)
{
    (void)state;
    for (int symmetric = 0; symmetric < 2; symmetric++)
        for (int stream = 0; stream < 2; stream++) {
            struct jitter jitter = {WIDTH, symmetric != 0, (enum jitter_stream)stream};
            size_t found[SHIFTS], values = SHIFTS - 1 + (size_t)symmetric;
            double expected = 3.0 * STEPS / (double)values, chi = 0;

            count_shifts(found, &jitter);
            for (size_t i = 0; i < values; i++)
                chi += pow((double)found[i] - expected, 2) / expected;
            assert_true(chi < 23.5);
            assert_true(symmetric || found[SHIFTS - 1] == 0);
        }
}

/* The two streams are independent: of pairs of shifts each occurs as often as any other. */
static void test_streams(void **state)
{
    enum { PAIRS = SHIFTS * SHIFTS, TRIALS_EACH = 10000 };
    size_t found[PAIRS] = {0};
    double chi = 0;

    (void)state;
    for (uint32_t step = 0; step < TRIALS_EACH; step++) {
        size_t shift[2] = {0};

        for (int stream = 0; stream < 2; stream++) {
            struct philox_address from = {.seed = 5, .step = step};
            struct jitter jitter = {WIDTH, true, (enum jitter_stream)stream};
            float counts[SHIFTS] = {0}, scratch[SHIFTS];

            counts[WIDTH] = 1;
            jitter_trial(counts, 1, scratch, SHIFTS, 1, &jitter, &from);
            while (counts[shift[stream]] == 0)
                shift[stream]++;
        }
        found[shift[0] * SHIFTS + shift[1]]++;
    }
    for (int i = 0; i < PAIRS; i++)
        chi += pow((double)found[i] - (double)TRIALS_EACH / PAIRS, 2) * PAIRS / TRIALS_EACH;
    assert_true(chi < 60); /* 24 degrees of freedom: exceeded once in 15000 */
}

/* At the ends spikes are reflected, so none is lost; a missing number stays, and no spike comes
 * there. */
static void test_jitter_keeps(void **state)
{
    (void)state;
    for (uint32_t step = 0; step < 200; step++) {
        struct philox_address from = {.seed = 5, .step = step};
        struct jitter jitter = {3, true, JITTER_ENCODED};
        float counts[4 * 3] = {9, 0, 2, 0, NAN, 0, 1, 5, 0, 4, 1, 1}, scratch[4 * 2];
        float sums[2] = {0};

        jitter_trial(counts, 3, scratch, 4, 2, &jitter, &from);
        assert_true(isnan(counts[4]));
        counts[4] = 0;
        for (int i = 0; i < 4 * 3; i++)
            if (i % 3 < 2)
                sums[i % 3] += counts[i];
        assert_true(sums[0] == 14 && sums[1] == 6);
        assert_true(counts[2] == 2 && counts[8] == 0 && counts[11] == 1); /* outside [T,N] */
    }
}

/* Two sessions of 130 and 7 trials. */
static struct session sessions[2] = {{.set = {{.count = 130}, {.count = 0}}},
                                     {.set = {{.count = 7}, {.count = 3}}}};
static struct session *const list[2] = {&sessions[0], &sessions[1]};
static const struct dataset dataset = {.sessions = (struct session **)list, .count = 2, .bins = 5};

static const struct batch_rules rules = {.batch_size = 32};

static void test_deal(void **state)
{
    struct batches *batches;
    size_t seen[2][130] = {{0}}, of_session[2] = {0};

    (void)state;
    assert_int_equal(batches_create(&batches, &dataset, SESSION_TRAIN, &rules, NULL), LFADS_OK);
    batches_shuffle(batches, &dataset, SESSION_TRAIN, 1, 0);
    assert_int_equal(batches->count, 5 + 1);
    for (size_t b = 0; b < batches->count; b++) {
        const struct batch *batch = &batches->batch[b];

        of_session[batch->session]++;
        for (size_t i = 0; i < 32; i++) {
            assert_true(batch->trials[i] < sessions[batch->session].set[0].count);
            seen[batch->session][batch->trials[i]]++;
        }
    }
    assert_int_equal(of_session[0], 5);
    assert_int_equal(of_session[1], 1);
    for (size_t i = 0; i < 130; i++) /* each once, and 30 of them twice */
        assert_in_range(seen[0][i], 1, 2);
    for (size_t i = 0; i < 7; i++) /* 32 draws of 7 trials */
        assert_in_range(seen[1][i], 4, 5);
    batches_free(batches);
}

/* Full batches only, but at least one of each session; the validation set keeps its rest. */
static void test_drop(void **state)
{
    static const struct batch_rules drop = {.batch_size = 32, .drop = true};
    struct batches *batches;
    size_t seen[2][130] = {{0}};

    (void)state;
    assert_int_equal(batches_create(&batches, &dataset, SESSION_TRAIN, &drop, NULL), LFADS_OK);
    batches_shuffle(batches, &dataset, SESSION_TRAIN, 1, 0);
    assert_int_equal(batches->count, 4 + 1);
    for (size_t b = 0; b < batches->count; b++) {
        const struct batch *batch = &batches->batch[b];

        assert_int_equal(batch->count, batch->session ? 7 : 32);
        for (size_t i = 0; i < batch->count; i++)
            assert_int_equal(seen[batch->session][batch->trials[i]]++, 0);
    }
    batches_free(batches);
    assert_int_equal(batches_create(&batches, &dataset, SESSION_VALID, &drop, NULL), LFADS_OK);
    batches_shuffle(batches, &dataset, SESSION_VALID, 1, 0);
    assert_int_equal(batches->count, 1);
    assert_int_equal(batches->batch[0].count, 3);
    batches_free(batches);
}

/* A step has 16 trials of each session; the small one begins again. */
static void test_together(void **state)
{
    static const struct batch_rules together = {.batch_size = 32, .together = true};
    struct batches *batches;
    size_t seen[2][130] = {{0}};

    (void)state;
    assert_int_equal(batches_create(&batches, &dataset, SESSION_TRAIN, &together, NULL), LFADS_OK);
    assert_int_equal(batches->per_step, 2);
    batches_shuffle(batches, &dataset, SESSION_TRAIN, 1, 0);
    assert_int_equal(batches->count, 2 * 9);
    for (size_t b = 0; b < batches->count; b++) {
        const struct batch *batch = &batches->batch[b];

        assert_int_equal(batch->session, b % 2);
        assert_int_equal(batch->count, 16);
        for (size_t i = 0; i < batch->count; i++) {
            assert_true(batch->trials[i] < sessions[batch->session].set[0].count);
            seen[batch->session][batch->trials[i]]++;
        }
    }
    for (size_t i = 0; i < 130; i++) /* 144 places */
        assert_in_range(seen[0][i], 1, 2);
    for (size_t i = 0; i < 7; i++)
        assert_in_range(seen[1][i], 20, 21);
    batches_free(batches);
}

static void test_order(void **state)
{
    struct batches *a, *b;
    size_t bytes = 6 * 32 * sizeof(size_t);

    (void)state;
    assert_int_equal(batches_create(&a, &dataset, SESSION_TRAIN, &rules, NULL), LFADS_OK);
    assert_int_equal(batches_create(&b, &dataset, SESSION_TRAIN, &rules, NULL), LFADS_OK);
    batches_shuffle(a, &dataset, SESSION_TRAIN, 1, 4);
    batches_shuffle(b, &dataset, SESSION_TRAIN, 1, 4);
    assert_memory_equal(a->trials, b->trials, bytes);
    batches_shuffle(b, &dataset, SESSION_TRAIN, 1, 5);
    assert_memory_not_equal(a->trials, b->trials, bytes);
    batches_shuffle(b, &dataset, SESSION_TRAIN, 2, 4);
    assert_memory_not_equal(a->trials, b->trials, bytes);
    batches_free(a);
    batches_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_jitter), cmocka_unit_test(test_jitter),
        cmocka_unit_test(test_streams),       cmocka_unit_test(test_jitter_keeps),
        cmocka_unit_test(test_deal),          cmocka_unit_test(test_drop),
        cmocka_unit_test(test_together),      cmocka_unit_test(test_order)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
