/* test_tune_rules.c - explore and stop rules give the numbers of lfads-torch's (golden/modern/
 * schedule.json); who copies whom has the properties that its rule demands.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tune/population.h"

static const double nan_ = (double)NAN;

static json_t *load(void)
{
    json_error_t error;
    json_t *golden = json_load_file(LFADS_TEST_DATA "/golden/modern/schedule.json", 0, &error);

    assert_non_null(golden);
    return golden;
}

static double number_of(const json_t *object, const char *name, double missing)
{
    const json_t *value = json_object_get(object, name);

    return json_is_number(value) ? json_number_value(value) : missing;
}

/* The perturbations of a golden case, one after the other. */
struct drawn {
    const json_t *list;
    size_t used;
};

static double next_drawn(void *payload)
{
    struct drawn *drawn = payload;

    assert_true(drawn->used < json_array_size(drawn->list));
    return 1 + json_number_value(json_array_get(drawn->list, drawn->used++));
}

static void golden_explore(void **state)
{
    json_t *golden = load(), *cases = json_object_get(golden, "pbt_explore");

    (void)state;
    assert_int_equal(json_array_size(cases), 5);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        struct drawn drawn = {json_object_get(c, "perturbations_drawn"), 0};
        double value =
            explore_value(number_of(c, "value", nan_), number_of(c, "min_bound", nan_),
                          number_of(c, "max_bound", (double)INFINITY), next_drawn, &drawn);

        assert_true(value == number_of(c, "new_value", nan_));
        assert_int_equal(drawn.used, json_array_size(drawn.list)); /* no more, no fewer draws */
    }
    json_decref(golden);
}

/* Feeds the generations' best scores one by one; returns the epoch in which the rule stops. */
static size_t stops_in(const json_t *c)
{
    const json_t *scores = json_object_get(c, "scores_by_epoch");
    size_t interval = (size_t)number_of(c, "perturbation_interval", 0), n = 0;
    double best[32];

    for (size_t e = (size_t)number_of(c, "burn_in_period", 0) - 1; e < json_array_size(scores);
         e += interval) {
        double score[3];

        for (size_t m = 0; m < 3; m++)
            score[m] = json_number_value(json_array_get(json_array_get(scores, e), m));
        best[n++] = score[best_member(score, 3)];
        if (search_is_over(best, n, (size_t)number_of(c, "patience", 0),
                           number_of(c, "min_improvement_ratio", nan_)))
            return e;
    }
    return SIZE_MAX;
}

static void golden_stop(void **state)
{
    json_t *golden = load(), *cases = json_object_get(golden, "pbt_stop");

    (void)state;
    assert_int_equal(json_array_size(cases), 3);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);

        assert_int_equal(stops_in(c), (size_t)number_of(c, "stopped_in_epoch", 0));
    }
    json_decref(golden);
}

/* Costs may be below zero: what counts is the size of the mean. */
static void stop_of_negative_scores(void **state)
{
    const double falls[] = {-1, -1.1, -1.2, -1.3}, stays[] = {-1, -0.9, -0.8, -1.0001};

    (void)state;
    assert_false(search_is_over(falls, 4, 4, 5e-4));
    assert_true(search_is_over(stays, 4, 4, 5e-4));
    assert_false(search_is_over(stays, 4, 0, 5e-4));
    assert_false(search_is_over(stays, 3, 4, 5e-4));
}

static void clamps(void **state)
{
    struct stream stream = stream_begin(1, STREAM_EXPLORE, 0, 0);
    struct explorer explorer = {.stream = &stream, .weight = 0.3};

    (void)state;
    /* bounds that no factor reaches: 99 tries, two numbers each, then the nearer bound */
    assert_true(explore_value(1, 5, 6, explore_linear, &explorer) == 5);
    assert_int_equal(stream.used, 2 * 99);
    assert_true(explore_value(1, 0.1, 0.2, explore_log, &explorer) == 0.2);
}

/* The factors' ranges, for weights of the built-in spaces; both halves are met. */
static void factors(void **state)
{
    const double weights[] = {0.3, 0.8};

    (void)state;
    for (size_t w = 0; w < 2; w++) {
        struct stream stream = stream_begin(5, STREAM_EXPLORE, 3, 1);
        struct explorer explorer = {.stream = &stream, .weight = weights[w]};
        double least = 2, most = 0, log_least = 2, log_most = 0;

        for (int i = 0; i < 2000; i++) {
            double linear = explore_linear(&explorer), log_ = explore_log(&explorer);

            assert_true(fabs(linear - 1) >= 0.002 * weights[w] * (1 - 1e-9) &&
                        fabs(linear - 1) <= weights[w]);
            assert_true(fabs(log(log_)) >= log1p(0.002 * weights[w]) * (1 - 1e-9) &&
                        fabs(log(log_)) <= log1p(weights[w]) * (1 + 1e-12));
            least = fmin(least, linear);
            most = fmax(most, linear);
            log_least = fmin(log_least, log_);
            log_most = fmax(log_most, log_);
        }
        /* 2000 uniform numbers leave a hundredth of the range empty at an end with e^-10 */
        assert_true(least < 1 - 0.98 * weights[w] && most > 1 + 0.98 * weights[w]);
        assert_true(log_least < 1.02 / (1 + weights[w]) && log_most > 0.98 * (1 + weights[w]));
    }
}

enum { MANY = 41 };

/* Draws scores, some of them NaN, at least one not. */
static void draw_scores(double *score, size_t n, size_t round)
{
    struct stream stream = stream_begin(round, STREAM_FIRST_VALUES, round, 0);

    for (size_t i = 0; i < n; i++)
        score[i] = stream_uniform(&stream) < 0.2 ? nan_ : floor(20 * stream_uniform(&stream));
    score[round % n] = 7;
}

/* What holds for both rules: who copies, copies a better one; NaN always copies a finite one. */
static void check_parents(const size_t *parent, const double *score, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_true(parent[i] < n);
        if (parent[i] != i)
            assert_true(score[parent[i]] < score[i] || isnan(score[i]));
        assert_false(isnan(score[parent[i]]));
    }
}

static void pairs(void **state)
{
    size_t met[MANY] = {0};

    (void)state;
    for (size_t round = 0; round < 300; round++) {
        struct stream stream = stream_begin(round, STREAM_EXPLOIT, 1, 0);
        size_t parent[MANY], n = 2 + round % (MANY - 1), copied[MANY] = {0}, copies = 0;
        double score[MANY];

        draw_scores(score, n, round);
        exploit_pairs(parent, score, n, &stream);
        check_parents(parent, score, n);
        for (size_t i = 0; i < n; i++)
            if (parent[i] != i && !isnan(score[i])) {
                copies++;
                copied[parent[i]]++;
                assert_true(parent[parent[i]] == parent[i]); /* the better one keeps itself */
            }
        assert_true(copies <= n / 2);
        for (size_t i = 0; i < n; i++)
            assert_true(copied[i] <= 1); /* it is in one pair only */
    }
    /* without ties and failures half are replaced, and everyone meets everyone */
    for (size_t round = 0; round < 2000; round++) {
        struct stream stream = stream_begin(7, STREAM_EXPLOIT, round, 0);
        size_t parent[MANY], copies = 0;
        double score[MANY];

        for (size_t i = 0; i < MANY; i++)
            score[i] = (double)i;
        exploit_pairs(parent, score, MANY, &stream);
        for (size_t i = 0; i < MANY; i++)
            copies += parent[i] != i;
        assert_int_equal(copies, MANY / 2);
        met[parent[MANY - 1]]++;
    }
    for (size_t i = 0; i < MANY; i++) /* 2000/41 on average, 7 standard deviations around it */
        assert_true(met[i] > 5 && met[i] < 98);
}

static void rivals(void **state)
{
    size_t met[MANY] = {0};

    (void)state;
    for (size_t round = 0; round < 300; round++) {
        struct stream stream = stream_begin(round, STREAM_EXPLOIT, 1, 0);
        size_t parent[MANY], n = 2 + round % (MANY - 1);
        double score[MANY];

        draw_scores(score, n, round);
        exploit_rivals(parent, score, n, &stream);
        check_parents(parent, score, n);
    }
    for (size_t round = 0; round < 2000; round++) {
        struct stream stream = stream_begin(7, STREAM_EXPLOIT, round, 0);
        size_t parent[MANY];
        double score[MANY];

        for (size_t i = 0; i < MANY; i++)
            score[i] = (double)i;
        exploit_rivals(parent, score, MANY, &stream);
        assert_int_equal(parent[0], 0); /* the best */
        met[parent[MANY - 1]]++;        /* the worst copies whomever it meets */
    }
    assert_int_equal(met[MANY - 1], 0);
    for (size_t i = 0; i + 1 < MANY; i++)
        assert_true(met[i] > 5 && met[i] < 98);
}

/* One that can't be replaced by its pair takes the best. */
static void lost_members(void **state)
{
    const double score[] = {nan_, nan_, 3, nan_, nan_};
    struct stream stream = stream_begin(1, STREAM_EXPLOIT, 1, 0);
    size_t parent[5];

    (void)state;
    exploit_pairs(parent, score, 5, &stream);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(parent[i], 2);
    exploit_rivals(parent, score, 5, &stream);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(parent[i], 2);
    assert_int_equal(best_member((const double[]){nan_, nan_}, 2), 2);
}

static void streams(void **state)
{
    double sum = 0, squares = 0;
    struct stream stream = stream_begin(3, STREAM_EXPLORE, 2, 1), again = stream;
    struct stream other = stream_begin(3, STREAM_EXPLORE, 2, 2);

    (void)state;
    assert_true(stream_uniform(&again) != stream_uniform(&other));
    assert_true(stream_seed(3, 0) != stream_seed(3, 1) && stream_seed(3, 0) != stream_seed(4, 0));
    assert_true(stream_seed(3, 0) <= INT64_MAX);
    again = stream;
    for (int i = 0; i < 10000; i++) {
        double u = stream_uniform(&stream);

        assert_true(u > 0 && u < 1 && u == stream_uniform(&again));
        sum += u;
        squares += u * u;
    }
    /* five standard deviations of the means of u and u^2 */
    assert_true(fabs(sum / 1e4 - 0.5) < 0.0145 && fabs(squares / 1e4 - 1.0 / 3) < 0.015);
}

/* Draws of the built-in spaces lie in their ranges, as their scale says; later values in theirs. */
static void built_in_spaces(void **state)
{
    static const char *const names[] = {"autolfads", "lfads_torch", "lfads_torch_multi"};

    (void)state;
    for (size_t n = 0; n < 3; n++) {
        struct space space, again;
        size_t below[SPACE_VALUES] = {0};
        char *text;

        assert_int_equal(space_read(&space, names[n], false, NULL), LFADS_OK);
        assert_int_equal(space.count, 7);
        for (size_t m = 0; m < 400; m++) {
            struct stream stream = stream_begin(2, STREAM_FIRST_VALUES, 0, m);
            double values[SPACE_VALUES];

            space_draw(values, &space, &stream);
            for (size_t i = 0; i < space.count; i++) {
                const struct space_value *v = &space.value[i];
                double middle = v->log ? sqrt(v->low * v->high) : (v->low + v->high) / 2;

                assert_true(values[i] >= v->low && values[i] <= v->high);
                assert_true(isnan(v->first) || values[i] == v->first);
                below[i] += values[i] < middle;
            }
            for (int g = 0; g < 20; g++)
                space_explore(values, &space, m % 2, &stream);
            for (size_t i = 0; i < space.count; i++)
                assert_true(values[i] >= (space.value[i].limits ? space.value[i].low : 0) &&
                            (!space.value[i].limits || values[i] <= space.value[i].high));
        }
        for (size_t i = 0; i < space.count; i++) /* five standard deviations around a half */
            assert_true(!isnan(space.value[i].first) || (below[i] > 150 && below[i] < 250));
        assert_int_equal(space_text(&text, &space, NULL), LFADS_OK);
        assert_non_null(strstr(text, "\ndropout_rate 0.0 0.6 drawn 0.3 linear yes\n"));
        free(text);
        again = space;
        space_remove(&again, 0);
        assert_int_equal(again.count, 6);
        assert_string_equal(again.value[0].name, space.value[1].name);
    }
}

/* dropout_rate is what keep_prob leaves, whole numbers stay whole. */
static void applied(void **state)
{
    struct space space = {.value = {{.name = "dropout_rate", .low = 0, .high = 0.5, .weight = 0.3},
                                    {.name = "batch_size", .low = 3, .high = 9, .weight = 0.9}},
                          .count = 2};
    struct lfads_config *config;
    double values[] = {0.3, 5};

    (void)state;
    space.value[0].flag = (size_t)flag_find(config_table(), "keep_prob");
    space.value[1].flag = (size_t)flag_find(config_table(), "batch_size");
    assert_int_equal(lfads_config_create(&config, NULL), LFADS_OK);
    assert_int_equal(space_apply(config, &space, values, NULL), LFADS_OK);
    assert_true(config->keep_prob == 1 - 0.3 && config->batch_size == 5);
    for (size_t m = 0; m < 50; m++) {
        struct stream stream = stream_begin(2, STREAM_EXPLORE, 0, m);

        space_explore(values, &space, false, &stream);
        assert_true(values[1] == floor(values[1]) && values[1] >= 1);
    }
    lfads_config_free(config);
}

/* The best first; of equal ones the first; those without a score are left out. */
static void ranks(void **state)
{
    const double score[] = {0.5, nan_, -1, 0.5, 2, -1};
    const size_t wanted[] = {2, 5, 0, 3, 4};
    size_t order[6] = {0};

    (void)state;
    assert_int_equal(rank_members(order, score, 6), 5);
    assert_memory_equal(order, wanted, sizeof wanted);
    assert_int_equal(rank_members(order, (const double[]){nan_, nan_}, 2), 0);
}

/* Threads, members and the memory of all of them together are limits. */
static void at_once(void **state)
{
    (void)state;
    assert_int_equal(members_at_once(8, 4, 100, 1000), 4);
    assert_int_equal(members_at_once(3, 4, 100, 1000), 3);
    assert_int_equal(members_at_once(8, 4, 100, 399), 3);
    assert_int_equal(members_at_once(8, 4, 100, 99), 1); /* which then says what it lacks */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_explore),
        cmocka_unit_test(golden_stop),
        cmocka_unit_test(stop_of_negative_scores),
        cmocka_unit_test(clamps),
        cmocka_unit_test(factors),
        cmocka_unit_test(pairs),
        cmocka_unit_test(rivals),
        cmocka_unit_test(lost_members),
        cmocka_unit_test(ranks),
        cmocka_unit_test(at_once),
        cmocka_unit_test(streams),
        cmocka_unit_test(built_in_spaces),
        cmocka_unit_test(applied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
