/* test_workers.c - every item of a work is done once, by a thread of the team, before workers_run
 * returns. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/workers.h"

enum { THREADS = 3, ITEMS = 50, WORKS = 4000 };

struct tally {
    size_t
        done[ITEMS]; /* each is one thread's: ThreadSanitizer sees whether the caller may read it */
    size_t by[THREADS];
    atomic_int libraries; /* threads that a library would start in the work */
    pthread_t first;      /* who did item 0 */
};

static void note(void *payload, size_t item, size_t thread)
{
    struct tally *tally = payload;

    tally->done[item]++;
    tally->by[thread]++;
    if (omp_get_max_threads() != 1)
        tally->libraries = omp_get_max_threads();
    if (item == 0)
        tally->first = pthread_self();
}

static void check(const struct tally *tally, size_t works, size_t items, size_t threads)
{
    size_t sum = 0;

    for (size_t i = 0; i < ITEMS; i++)
        assert_int_equal(tally->done[i], i < items ? works : 0);
    for (size_t i = 0; i < THREADS; i++) {
        sum += tally->by[i];
        assert_true(i < threads || tally->by[i] == 0);
    }
    assert_int_equal(sum, works * items);
    assert_int_equal(tally->libraries, 0);
}

/* One team does works of all sizes, one after the other. */
static void test_works(void **state)
{
    struct workers *workers = workers_create(THREADS);

    (void)state;
    assert_non_null(workers);
    for (size_t items = 0; items <= ITEMS; items++) {
        struct tally tally = {.libraries = 0};

        for (size_t i = 0; i < WORKS / ITEMS; i++)
            workers_run(workers, items, note, &tally);
        check(&tally, WORKS / ITEMS, items, THREADS);
    }
    workers_free(workers);
}

/* A work of one item, and every work without a team, is the caller's. */
static void test_alone(void **state)
{
    struct workers *workers = workers_create(THREADS);
    struct tally one = {.libraries = 0}, many = {.libraries = 0};

    (void)state;
    workers_run(workers, 1, note, &one);
    check(&one, 1, 1, 1);
    assert_true(pthread_equal(one.first, pthread_self()));
    assert_null(workers_create(0));
    assert_null(workers_create(1));
    workers_run(NULL, ITEMS, note, &many);
    check(&many, 1, ITEMS, 1);
    workers_free(workers);
    workers_free(NULL);
}

static void test_once(void **state)
{
    struct tally tally = {.libraries = 0};

    (void)state;
    workers_run_once(THREADS, ITEMS, note, &tally);
    check(&tally, 1, ITEMS, THREADS);
}

/* Libraries have their threads back after a work. */
static void test_libraries(void **state)
{
    struct tally tally = {.libraries = 0};

    (void)state;
    omp_set_num_threads(5);
    workers_run(NULL, ITEMS, note, &tally);
    check(&tally, 1, ITEMS, 1);
    assert_int_equal(omp_get_max_threads(), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_works), cmocka_unit_test(test_alone),
                                       cmocka_unit_test(test_once),
                                       cmocka_unit_test(test_libraries)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
