/* test_trial_store.c - records are read as they were added, in memory and on disk, for every type
 * of numbers; prefetched batches have the right trials. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "data/prefetch.h"

enum { RECORDS = 40, NUMBERS = 6, BATCH = 7 };

static const struct storage_limits in_memory = {.memory = SIZE_MAX}, on_disk = {.directory = "."};

static float value_of(size_t record, size_t i) { return (float)((record * 31 + i * 7) % 256); }

/* Adds COUNT records from FIRST on; LARGE, the first number of the last one, requires TYPE. */
static void add(struct trial_store *store, size_t first, size_t count, float large,
                enum number_type type)
{
    float values[RECORDS * NUMBERS];

    for (size_t i = 0; i < count * NUMBERS; i++)
        values[i] = value_of(first + i / NUMBERS, i % NUMBERS);
    values[(count - 1) * NUMBERS] = large;
    assert_int_equal(trial_store_add(store, values, count, type, NULL), LFADS_OK);
}

static void check_record(const struct trial_store *store, size_t record, float first)
{
    char bytes[NUMBERS * sizeof(float)];
    float values[NUMBERS];

    assert_int_equal(trial_store_read(bytes, store, record, NULL), LFADS_OK);
    trial_store_unpack(values, bytes, store->type, NUMBERS);
    assert_true(values[0] == first);
    for (size_t i = 1; i < NUMBERS; i++)
        assert_true(values[i] == value_of(record, i));
}

static void widening(const struct storage_limits *limits, bool stays)
{
    struct trial_store store;

    assert_int_equal(trial_store_begin(&store, RECORDS, NUMBERS, NUMBER_UINT8, limits, NULL),
                     LFADS_OK);
    add(&store, 0, 10, 255, NUMBER_UINT8);
    assert_int_equal(store.type, NUMBER_UINT8);
    add(&store, 10, 10, 65535, NUMBER_UINT16);
    assert_int_equal(store.type, NUMBER_UINT16);
    add(&store, 20, 10, 1e6f, NUMBER_FLOAT);
    assert_int_equal(store.type, NUMBER_FLOAT);
    add(&store, 30, 10, 3, NUMBER_UINT8); /* the type never becomes narrower */
    assert_int_equal(store.type, NUMBER_FLOAT);
    assert_int_equal(store.count, RECORDS);
    check_record(&store, 9, 255);
    check_record(&store, 19, 65535);
    check_record(&store, 29, 1e6f);
    check_record(&store, 39, 3);
    check_record(&store, 5, value_of(5, 0));
    check_record(&store, 25, value_of(25, 0));
    assert_int_equal(store.memory != NULL, stays);
    assert_int_equal(trial_store_memory(&store), stays ? RECORDS * NUMBERS * sizeof(float) : 0);
    trial_store_end(&store);
}

static void test_widening(void **state)
{
    /* memory for bytes or words, but not for floats: moves to disk when the type widens to float */
    struct storage_limits limited = {.memory = RECORDS * NUMBERS * 2, .directory = "."};

    (void)state;
    widening(&in_memory, true);
    widening(&on_disk, false);
    widening(&limited, false);
}

static void test_no_space(void **state)
{
    struct storage_limits nowhere = {.memory = 100}, no_directory = {.directory = "absent/none"};
    struct lfads_error err;
    struct trial_store store;

    (void)state;
    assert_int_equal(trial_store_begin(&store, RECORDS, NUMBERS, NUMBER_UINT8, &nowhere, &err),
                     LFADS_NO_MEMORY);
    assert_non_null(strstr(err.text, "--data_in_memory=false"));
    trial_store_end(&store);
    assert_int_equal(trial_store_begin(&store, RECORDS, NUMBERS, NUMBER_UINT8, &no_directory, &err),
                     LFADS_IO);
    assert_non_null(strstr(err.text, "absent/none"));
    trial_store_end(&store);
    assert_int_equal(trial_store_begin(&store, SIZE_MAX / 2, 5, NUMBER_UINT8, &on_disk, &err),
                     LFADS_NO_MEMORY);
    trial_store_end(&store);
    /* a size beyond any disk is refused before writing */
    assert_int_equal(trial_store_begin(&store, (size_t)1 << 58, 1, NUMBER_UINT8, &on_disk, &err),
                     LFADS_IO);
    assert_non_null(strstr(err.text, "MiB on disk"));
    trial_store_end(&store);
}

/* Creates a session of one set, with DATA as the limits of its data and EXT of its external inputs.
 */
static void make_session(struct session *s, const struct storage_limits *data,
                         const struct storage_limits *ext)
{
    struct session_trials *trials = &s->set[SESSION_TRAIN];

    *s = (struct session){.bins = 3, .channels = 2, .ext_inputs = ext ? 2 : 0};
    trials->count = RECORDS;
    trial_store_begin(&trials->array[TRIAL_OBSERVED], RECORDS, NUMBERS, NUMBER_UINT8, data, NULL);
    add(&trials->array[TRIAL_OBSERVED], 0, RECORDS, 0, NUMBER_UINT8);
    if (!ext)
        return;
    trial_store_begin(&trials->array[TRIAL_EXT], RECORDS, NUMBERS, NUMBER_FLOAT, ext, NULL);
    add(&trials->array[TRIAL_EXT], 0, RECORDS, 0.5f, NUMBER_FLOAT);
}

static void check_prefetched(const struct prefetched *prefetched, const struct session *sessions)
{
    const struct batch *batch = prefetched->batch;
    float values[3 * BATCH * 2] = {0}, ext[3 * BATCH * 2] = {0};
    float *const dst[TRIAL_ARRAYS] = {[TRIAL_OBSERVED] = values, [TRIAL_EXT] = ext};

    assert_ptr_equal(prefetched->session, &sessions[batch->session]);
    prefetched_copy(dst, prefetched, 0, 1);
    for (size_t j = 1; j < NUMBERS; j++)
        assert_true(values[j] == value_of(batch->trials[0], j));
    prefetched_copy(dst, prefetched, 0, batch->count);
    for (size_t i = 0; i < batch->count; i++)
        for (size_t j = 1; j < NUMBERS; j++) {
            size_t index = (j / 2 * batch->count + i) * 2 + j % 2;

            assert_true(values[index] == value_of(batch->trials[i], j));
            assert_true(!prefetched->session->ext_inputs ||
                        ext[index] == value_of(batch->trials[i], j));
        }
}

static const struct batch_rules rules = {.batch_size = BATCH};

static void test_prefetched(void **state)
{
    struct session sessions[4], *list[] = {&sessions[0], &sessions[1], &sessions[2], &sessions[3]};
    struct dataset dataset = {.sessions = list, .count = 4, .bins = 3};
    struct batches *batches;
    struct prefetcher *prefetcher;
    struct prefetched prefetched;

    (void)state;
    make_session(&sessions[0], &in_memory, NULL);
    make_session(&sessions[1], &on_disk, &on_disk);
    make_session(&sessions[2], &in_memory, &on_disk);
    make_session(&sessions[3], &on_disk, &in_memory);
    assert_int_equal(batches_create(&batches, &dataset, SESSION_TRAIN, &rules, NULL), LFADS_OK);
    assert_int_equal(prefetcher_create(&prefetcher, &dataset, BATCH, 1, NULL), LFADS_OK);
    /* records of 6 and 24 bytes, rounded up to 64 */
    assert_int_equal(prefetcher_bytes(&dataset, BATCH, 1), 2 * BATCH * (64 + 64));
    for (uint32_t epoch = 0; epoch < 20; epoch++) {
        batches_shuffle(batches, &dataset, SESSION_TRAIN, 1, epoch);
        prefetcher_begin(prefetcher, SESSION_TRAIN, batches->batch, batches->count);
        for (size_t b = 0; b < (epoch % 5 ? batches->count : 3); b++) {
            assert_int_equal(prefetcher_next(&prefetched, prefetcher, NULL), LFADS_OK);
            assert_ptr_equal(prefetched.batch, &batches->batch[b]);
            nanosleep(&(struct timespec){.tv_nsec = 1000000},
                      NULL); /* lets the thread read the next one */
            check_prefetched(&prefetched, sessions);
        }
        prefetcher_end(prefetcher);
    }
    prefetcher_free(prefetcher);
    batches_free(batches);
    for (size_t i = 0; i < 4; i++) {
        trial_store_end(&sessions[i].set[SESSION_TRAIN].array[TRIAL_OBSERVED]);
        trial_store_end(&sessions[i].set[SESSION_TRAIN].array[TRIAL_EXT]);
    }
}

static void test_in_order(void **state)
{
    struct batches *batches;

    (void)state;
    assert_int_equal(batches_in_order(&batches, 3, 2 * BATCH + 2, BATCH, NULL), LFADS_OK);
    assert_int_equal(batches->count, 3);
    for (size_t i = 0; i < 2 * BATCH + 2; i++)
        assert_int_equal(batches->batch[i / BATCH].trials[i % BATCH], i);
    assert_int_equal(batches->batch[2].count, 2);
    assert_int_equal(batches->batch[2].session, 3);
    batches_free(batches);
}

/* A file that has become shorter than its contents. */
static void test_lost(void **state)
{
    struct session session, *list[] = {&session};
    struct dataset dataset = {.sessions = list, .count = 1, .bins = 3};
    struct prefetcher *prefetcher;
    struct batches *batches;
    struct prefetched prefetched;
    struct lfads_error err;

    (void)state;
    make_session(&session, &on_disk, NULL);
    close(session.set[SESSION_TRAIN].array[TRIAL_OBSERVED].file);
    assert_int_equal(
        file_unnamed(&session.set[SESSION_TRAIN].array[TRIAL_OBSERVED].file, ".", 0, NULL),
        LFADS_OK);
    assert_int_equal(batches_in_order(&batches, 0, RECORDS, BATCH, NULL), LFADS_OK);
    assert_int_equal(prefetcher_create(&prefetcher, &dataset, BATCH, 1, NULL), LFADS_OK);
    prefetcher_begin(prefetcher, SESSION_TRAIN, batches->batch, batches->count);
    assert_int_equal(prefetcher_next(&prefetched, prefetcher, &err), LFADS_IO);
    assert_non_null(strstr(err.text, "can't read the data that are kept in "));
    prefetcher_free(prefetcher);
    batches_free(batches);
    trial_store_end(&session.set[SESSION_TRAIN].array[TRIAL_OBSERVED]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widening),   cmocka_unit_test(test_no_space),
        cmocka_unit_test(test_prefetched), cmocka_unit_test(test_in_order),
        cmocka_unit_test(test_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
