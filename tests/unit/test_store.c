/* test_store.c - records come back as they were added, wherever they are kept and however wide they
 * had to become; portions are the trials of their batches.
 * SPDX-License-Identifier: Apache-2.0 */
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
#include "data/portion.h"

enum { RECORDS = 40, NUMBERS = 6, BATCH = 7 };

static const struct store_place in_memory = {.memory = SIZE_MAX}, on_disk = {.directory = "."};

static float value_of(size_t record, size_t i) { return (float)((record * 31 + i * 7) % 256); }

/* Adds records from FIRST on; LARGE takes the place of the last one's first number. */
static void add(struct store *store, size_t first, size_t count, float large, enum store_kind kind)
{
    float values[RECORDS * NUMBERS];

    for (size_t i = 0; i < count * NUMBERS; i++)
        values[i] = value_of(first + i / NUMBERS, i % NUMBERS);
    values[(count - 1) * NUMBERS] = large;
    assert_int_equal(store_add(store, values, count, kind, NULL), LFADS_OK);
}

static void check_record(const struct store *store, size_t record, float first)
{
    char bytes[NUMBERS * sizeof(float)];
    float values[NUMBERS];

    assert_int_equal(store_read(bytes, store, record, NULL), LFADS_OK);
    store_unpack(values, bytes, store->kind, NUMBERS);
    assert_true(values[0] == first);
    for (size_t i = 1; i < NUMBERS; i++)
        assert_true(values[i] == value_of(record, i));
}

static void widening(const struct store_place *place, bool stays)
{
    struct store store;

    assert_int_equal(store_begin(&store, RECORDS, NUMBERS, STORE_BYTES, place, NULL), LFADS_OK);
    add(&store, 0, 10, 255, STORE_BYTES);
    assert_int_equal(store.kind, STORE_BYTES);
    add(&store, 10, 10, 65535, STORE_WORDS);
    assert_int_equal(store.kind, STORE_WORDS);
    add(&store, 20, 10, 1e6f, STORE_REALS);
    assert_int_equal(store.kind, STORE_REALS);
    add(&store, 30, 10, 3, STORE_BYTES); /* does not become narrower */
    assert_int_equal(store.kind, STORE_REALS);
    assert_int_equal(store.count, RECORDS);
    check_record(&store, 9, 255);
    check_record(&store, 19, 65535);
    check_record(&store, 29, 1e6f);
    check_record(&store, 39, 3);
    check_record(&store, 5, value_of(5, 0));
    check_record(&store, 25, value_of(25, 0));
    assert_int_equal(store.memory != NULL, stays);
    assert_int_equal(store_memory(&store), stays ? RECORDS * NUMBERS * sizeof(float) : 0);
    store_end(&store);
}

static void test_widening(void **state)
{
    /* room for bytes or words, not for reals: moves to the disk when it becomes wide */
    struct store_place some = {.memory = RECORDS * NUMBERS * 2, .directory = "."};

    (void)state;
    widening(&in_memory, true);
    widening(&on_disk, false);
    widening(&some, false);
}

static void test_no_room(void **state)
{
    struct store_place nowhere = {.memory = 100}, no_directory = {.directory = "absent/none"};
    struct lfads_error err;
    struct store store;

    (void)state;
    assert_int_equal(store_begin(&store, RECORDS, NUMBERS, STORE_BYTES, &nowhere, &err),
                     LFADS_NO_MEMORY);
    assert_non_null(strstr(err.text, "--data_in_memory=false"));
    store_end(&store);
    assert_int_equal(store_begin(&store, RECORDS, NUMBERS, STORE_BYTES, &no_directory, &err),
                     LFADS_IO);
    assert_non_null(strstr(err.text, "absent/none"));
    store_end(&store);
    assert_int_equal(store_begin(&store, SIZE_MAX / 2, 5, STORE_BYTES, &on_disk, &err),
                     LFADS_NO_MEMORY);
    store_end(&store);
    /* more than any disk holds is refused before anything is written */
    assert_int_equal(store_begin(&store, (size_t)1 << 58, 1, STORE_BYTES, &on_disk, &err),
                     LFADS_IO);
    assert_non_null(strstr(err.text, "MiB on disk"));
    store_end(&store);
}

/* A session of one set whose data lie at one place and whose external inputs at another. */
static void make_session(struct session *s, const struct store_place *data,
                         const struct store_place *ext)
{
    struct session_trials *trials = &s->set[SESSION_TRAIN];

    *s = (struct session){.bins = 3, .channels = 2, .ext_inputs = ext ? 2 : 0};
    trials->count = RECORDS;
    store_begin(&trials->data, RECORDS, NUMBERS, STORE_BYTES, data, NULL);
    add(&trials->data, 0, RECORDS, 0, STORE_BYTES);
    if (!ext)
        return;
    store_begin(&trials->ext, RECORDS, NUMBERS, STORE_REALS, ext, NULL);
    add(&trials->ext, 0, RECORDS, 0.5f, STORE_REALS);
}

static void check_portion(const struct portion *portion, const struct session *sessions)
{
    const struct batch *batch = portion->batch;
    float values[3 * BATCH * 2], ext[3 * BATCH * 2] = {0};

    assert_ptr_equal(portion->session, &sessions[batch->session]);
    portion_copy(values, ext, portion, 0, 1);
    for (size_t j = 1; j < NUMBERS; j++)
        assert_true(values[j] == value_of(batch->trials[0], j));
    portion_copy(values, ext, portion, 0, batch->count);
    for (size_t i = 0; i < batch->count; i++)
        for (size_t j = 1; j < NUMBERS; j++) {
            size_t at = (j / 2 * batch->count + i) * 2 + j % 2;

            assert_true(values[at] == value_of(batch->trials[i], j));
            assert_true(!portion->session->ext_inputs || ext[at] == value_of(batch->trials[i], j));
        }
}

static void test_portions(void **state)
{
    struct session sessions[4], *list[] = {&sessions[0], &sessions[1], &sessions[2], &sessions[3]};
    struct dataset dataset = {.sessions = list, .count = 4, .bins = 3};
    struct batches *batches;
    struct portions *portions;
    struct portion portion;

    (void)state;
    make_session(&sessions[0], &in_memory, NULL);
    make_session(&sessions[1], &on_disk, &on_disk);
    make_session(&sessions[2], &in_memory, &on_disk);
    make_session(&sessions[3], &on_disk, &in_memory);
    assert_int_equal(batches_create(&batches, &dataset, SESSION_TRAIN, BATCH, NULL), LFADS_OK);
    assert_int_equal(portions_create(&portions, &dataset, BATCH, NULL), LFADS_OK);
    /* records of 6 bytes and of 24; lengths are rounded up to 64 */
    assert_int_equal(portions_bytes(&dataset, BATCH), 2 * BATCH * (64 + 24));
    for (uint32_t epoch = 0; epoch < 20; epoch++) {
        batches_deal(batches, &dataset, SESSION_TRAIN, 1, epoch);
        portions_begin(portions, SESSION_TRAIN, batches->batch, batches->count);
        for (size_t b = 0; b < (epoch % 5 ? batches->count : 3); b++) {
            assert_int_equal(portions_next(&portion, portions, NULL), LFADS_OK);
            assert_ptr_equal(portion.batch, &batches->batch[b]);
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); /* the next one is read */
            check_portion(&portion, sessions);
        }
        portions_end(portions);
    }
    portions_free(portions);
    batches_free(batches);
    for (size_t i = 0; i < 4; i++) {
        store_end(&sessions[i].set[SESSION_TRAIN].data);
        store_end(&sessions[i].set[SESSION_TRAIN].ext);
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

/* A file that became shorter than what was kept in it. */
static void test_lost(void **state)
{
    struct session session, *list[] = {&session};
    struct dataset dataset = {.sessions = list, .count = 1, .bins = 3};
    struct portions *portions;
    struct batches *batches;
    struct portion portion;
    struct lfads_error err;

    (void)state;
    make_session(&session, &on_disk, NULL);
    close(session.set[SESSION_TRAIN].data.file);
    assert_int_equal(file_unnamed(&session.set[SESSION_TRAIN].data.file, ".", 0, NULL), LFADS_OK);
    assert_int_equal(batches_in_order(&batches, 0, RECORDS, BATCH, NULL), LFADS_OK);
    assert_int_equal(portions_create(&portions, &dataset, BATCH, NULL), LFADS_OK);
    portions_begin(portions, SESSION_TRAIN, batches->batch, batches->count);
    assert_int_equal(portions_next(&portion, portions, &err), LFADS_IO);
    assert_non_null(strstr(err.text, "can't read the data that are kept in "));
    portions_free(portions);
    batches_free(batches);
    store_end(&session.set[SESSION_TRAIN].data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widening), cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_portions), cmocka_unit_test(test_in_order),
        cmocka_unit_test(test_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
