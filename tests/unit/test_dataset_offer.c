/* test_dataset_offer.c - another process that attaches to a data set reads what its owner does, in
 * memory that both share or from the owner's unnamed file, and goes on when the owner has closed
 * it; what can't be shared is refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/numpy_random.h"
#include "data/dataset_offer.h"
#include "h5/h5.h"

enum { TRIALS = 20, BINS = 6, CHANNELS = 5, INPUTS = 2, FACTORS = 3 };

static const char *const names[] = {"test_shared_a.h5", "test_shared_b.h5"};

/* Session NUMBER: with one count that needs more than a byte, with NaN where it is the second. */
static void write_file(int number)
{
    size_t data[] = {TRIALS, BINS, CHANNELS}, ext[] = {TRIALS, BINS, INPUTS};
    size_t matrix[] = {CHANNELS, FACTORS};
    double values[TRIALS * BINS * CHANNELS];
    struct h5_file file;

    for (size_t i = 0; i < TRIALS * BINS * CHANNELS; i++)
        values[i] = (double)((i * 7 + (size_t)number) % 11);
    values[100] = 300;
    if (number)
        values[400] = (double)NAN; /* behind the external inputs */
    assert_int_equal(h5_begin(&file, names[number], NULL), LFADS_OK);
    h5_write(&file, "train_data", H5_FLOAT64, 3, data, values, NULL, NULL);
    h5_write(&file, "train_truth", H5_FLOAT64, 3, data, values, NULL, NULL);
    data[0] = 1; /* fits a byte */
    h5_write(&file, "valid_data", H5_FLOAT64, 3, data, values, NULL, NULL);
    h5_write(&file, "train_ext_input", H5_FLOAT64, 3, ext, values, NULL, NULL);
    ext[0] = 1;
    h5_write(&file, "valid_ext_input", H5_FLOAT64, 3, ext, values, NULL, NULL);
    h5_write(&file, "alignment_matrix_cxf", H5_FLOAT64, 2, matrix, values, NULL, NULL);
    h5_write(&file, "alignment_bias_c", H5_FLOAT64, 1, matrix, values, NULL, NULL);
    assert_int_equal(h5_finish(&file, LFADS_OK, NULL), LFADS_OK);
}

/* Both sessions; MEMORY: bytes that may be in memory. */
static struct dataset *open_dataset(struct shared_memory *shared, size_t memory)
{
    struct numpy_random random;
    const struct session_wants wants = {.range.data = DATA_COUNTS,
                                        .prints = true,
                                        .missing = true,
                                        .sv_rate = 0.3,
                                        .sv_random = &random,
                                        .heldout = 2,
                                        .ext_inputs = INPUTS,
                                        .factors = FACTORS,
                                        .limits = {memory, ".", shared}};
    struct session_known known = {.stem = ""};
    struct session_files files;
    struct dataset *dataset;
    struct lfads_error err;

    numpy_random_seed(&random, 1);
    for (int i = 0; i < 2; i++)
        write_file(i);
    assert_int_equal(session_files_take(&files, "test_shared_a.h5,test_shared_b.h5", &known, NULL),
                     LFADS_OK);
    if (dataset_open(&dataset, &files, &wants, &err) != LFADS_OK)
        fail_msg("%s", err.text);
    session_files_release(&files);
    for (int i = 0; i < 2; i++)
        unlink(names[i]);
    return dataset;
}

static bool same_bytes(const void *a, const void *b, size_t bytes)
{
    return !a == !b && (!a || memcmp(a, b, bytes) == 0);
}

static bool same_store(const struct trial_store *a, const struct trial_store *b)
{
    char one[BINS * CHANNELS * sizeof(float)], other[BINS * CHANNELS * sizeof(float)];
    bool same = a->count == b->count && a->records == b->records && a->numbers == b->numbers &&
                a->type == b->type && !a->memory == !b->memory;

    for (size_t i = 0; i < a->count && same; i++)
        same = trial_store_read(one, a, i, NULL) == LFADS_OK &&
               trial_store_read(other, b, i, NULL) == LFADS_OK &&
               memcmp(one, other, trial_store_length(a)) == 0;
    return same;
}

static bool same_set(const struct session_trials *a, const struct session_trials *b)
{
    bool same = a->count == b->count && a->sum == b->sum && a->checksum == b->checksum &&
                a->has_truth == b->has_truth &&
                same_bytes(a->missing, b->missing, a->count * sizeof *a->missing);

    for (int array = 0; array < TRIAL_ARRAYS && same; array++)
        same = same_store(&a->array[array], &b->array[array]);
    return same;
}

static bool same_session(const struct session *a, const struct session *b)
{
    bool same = strcmp(a->name, b->name) == 0 && strcmp(a->path, b->path) == 0 &&
                strcmp(a->label, b->label) == 0 && a->bins == b->bins &&
                a->channels == b->channels && a->ext_inputs == b->ext_inputs &&
                a->has_encoded == b->has_encoded && a->encoded_bins == b->encoded_bins &&
                a->encoded_channels == b->encoded_channels && a->has_sv == b->has_sv &&
                a->alignment_columns == b->alignment_columns && a->missing == b->missing &&
                a->conversion == b->conversion;

    same = same && same_bytes(a->alignment_matrix, b->alignment_matrix,
                              CHANNELS * FACTORS * sizeof(double));
    same = same && same_bytes(a->alignment_bias, b->alignment_bias, CHANNELS * sizeof(double));
    for (int set = 0; set < SESSION_ALL_SETS && same; set++)
        same = same_set(&a->set[set], &b->set[set]);
    return same;
}

/* Ends a child: 0 if it reads the same as its parent's DATASET, which the parent closes between the
 * bytes from GO. */
static void attach(const struct dataset_offer *offer, const struct dataset *dataset, int attached,
                   int go)
{
    struct dataset *ours;
    char byte = 0;
    bool same = dataset_attach(&ours, offer, NULL) == LFADS_OK && ours->count == 2 &&
                ours->bins == dataset->bins;

    for (size_t i = 0; i < 2 && same; i++)
        same = same_session(ours->sessions[i], dataset->sessions[i]);
    same = write(attached, &byte, 1) == 1 && read(go, &byte, 1) == 1 && same;
    for (size_t i = 0; i < 2 && same; i++)
        same = same_session(ours->sessions[i], dataset->sessions[i]);
    if (same)
        dataset_close(ours);
    _exit(!same);
}

static void round_trip(size_t bytes_in_memory)
{
    struct shared_memory memory;
    struct dataset_offer offer;
    struct dataset *dataset, *reference;
    int attached[2], go[2], status;
    char byte = 0;
    pid_t child;

    shared_memory_begin(&memory);
    dataset = open_dataset(&memory, bytes_in_memory);
    reference = open_dataset(NULL, bytes_in_memory);
    assert_int_equal(session_streams(dataset->sessions[1]), bytes_in_memory != SIZE_MAX);
    assert_int_equal(dataset_offer(&offer, dataset, &memory, NULL), LFADS_OK);
    assert_int_equal(pipe(attached) | pipe(go), 0);
    child = fork();
    if (child == 0)
        attach(&offer, reference, attached[1], go[0]);
    assert_int_equal(read(attached[0], &byte, 1), 1);
    shared_memory_end(&memory);
    dataset_close(dataset);
    assert_int_equal(write(go[1], &byte, 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    dataset_close(reference);
    for (int i = 0; i < 2; i++) {
        close(attached[i]);
        close(go[i]);
    }
}

static void test_attached(void **state)
{
    (void)state;
    round_trip(SIZE_MAX);
    round_trip(6000); /* the first session and a part of the second are in memory */
    round_trip(0);
}

static void test_strangers(void **state)
{
    struct shared_memory memory;
    struct dataset_offer offer, wrong;
    struct dataset *dataset, *ours;
    struct lfads_error err;

    (void)state;
    shared_memory_begin(&memory);
    dataset = open_dataset(&memory, SIZE_MAX);
    assert_int_equal(dataset_offer(&offer, dataset, &memory, NULL), LFADS_OK);
    wrong = offer;
    wrong.program++;
    assert_int_equal(dataset_attach(&ours, &wrong, &err), LFADS_USAGE);
    assert_non_null(strstr(err.text, "different versions"));
    wrong = offer;
    wrong.memory.inode++; /* what a process of another container has under the number */
    assert_int_equal(dataset_attach(&ours, &wrong, &err), LFADS_IO);
    assert_non_null(strstr(err.text, "sees another file as /proc/"));
    shared_memory_end(&memory);
    assert_int_equal(dataset_attach(&ours, &offer, &err), LFADS_IO);
    assert_null(ours);
    dataset_close(dataset);
}

/* The data set is whole although the machine refuses to share it, at its limit on files. */
static void test_refused(void **state)
{
    struct rlimit before, limit;
    struct shared_memory memory;
    struct dataset_offer offer;
    struct dataset *dataset, *reference = open_dataset(NULL, SIZE_MAX);
    struct lfads_error err;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 1 << 15; /* more than a data file, less than all stores' pages */
    shared_memory_begin(&memory);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    dataset = open_dataset(&memory, SIZE_MAX);
    assert_int_equal(dataset_offer(&offer, dataset, &memory, &err), LFADS_IO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_non_null(strstr(err.text, "the system refuses shared memory"));
    assert_int_equal(offer.program, 0);
    assert_true(memory.bytes > 0);
    for (size_t i = 0; i < 2; i++)
        assert_true(same_session(dataset->sessions[i], reference->sessions[i]));
    shared_memory_end(&memory);
    dataset_close(dataset);
    dataset_close(reference);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attached),
        cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_refused),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
