/* test_bundle.c - TensorFlow's checkpoints: the numbers that TensorFlow wrote; compressed indices;
 * any damage is refused or changes nothing; tables that lie within their checksums.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <snappy-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "table_writer.h"
#include "tensorflow/bundle_private.h"
#include "tensorflow/string_table.h"

static const char golden[] = LFADS_TEST_DATA "/golden/tensorflow/original/lfads_vae.ckpt-66";
enum { VARIABLES = 170, NUMBERS = 7086, STRIDE = 61, TRAILER = 5, FOOTER = 48 };

/* A copy of the golden checkpoint in a directory of its own. */
struct fixture {
    char directory[40], path[60], index[80], data[100];
    unsigned char *index_bytes, *data_bytes;
    size_t index_length, data_length;
    double *numbers; /* [NUMBERS] of the undamaged one */
};

static void write_bytes(const char *path, const unsigned char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* Reads every number of the bundle, in the order of names, into NUMBERS. */
static enum lfads_status read_all(double *numbers, const char *path, struct lfads_error *err)
{
    struct bundle *bundle;
    enum lfads_status status = bundle_open(&bundle, path, err);
    size_t used = 0;

    for (size_t i = 0; status == LFADS_OK && i < bundle->count; i++) {
        const struct bundle_variable *v = &bundle->variables[i];
        real values[512];
        int64_t whole;

        assert_true(v->count <= sizeof values / sizeof *values && used + v->count <= NUMBERS);
        if (v->type == BUNDLE_INT64) {
            status = bundle_read_integer(&whole, bundle, v->name, err);
            values[0] = (real)whole;
        } else {
            status = bundle_read_reals(values, bundle, v, err);
        }
        for (size_t k = 0; k < v->count && status == LFADS_OK; k++)
            numbers[used++] = (double)values[k];
    }
    if (status == LFADS_OK)
        assert_int_equal(used, NUMBERS);
    bundle_close(bundle);
    return status;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char path[FILE_PATH];

    /* thousands of files: in memory where the system has such a place */
    strcpy(f->directory, access("/dev/shm", W_OK) == 0 ? "/dev/shm/lfads_bundle_XXXXXX"
                                                       : "/tmp/lfads_bundle_XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    snprintf(f->path, sizeof f->path, "%s/m.ckpt-66", f->directory);
    snprintf(f->index, sizeof f->index, "%s.index", f->path);
    snprintf(f->data, sizeof f->data, "%s.data-00000-of-00001", f->path);
    snprintf(path, sizeof path, "%s.index", golden);
    assert_int_equal(file_read_bytes(&f->index_bytes, &f->index_length, 1 << 20, path, NULL),
                     LFADS_OK);
    snprintf(path, sizeof path, "%s.data-00000-of-00001", golden);
    assert_int_equal(file_read_bytes(&f->data_bytes, &f->data_length, 1 << 20, path, NULL),
                     LFADS_OK);
    f->numbers = calloc(NUMBERS, sizeof *f->numbers);
    assert_int_equal(read_all(f->numbers, golden, NULL), LFADS_OK);
    write_bytes(f->index, f->index_bytes, f->index_length);
    write_bytes(f->data, f->data_bytes, f->data_length);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    char command[80];

    snprintf(command, sizeof command, "rm -r %s", f->directory);
    assert_int_equal(system(command), 0);
    free(f->index_bytes);
    free(f->data_bytes);
    free(f->numbers);
    free(f);
    return 0;
}

/* readers/tensorflow_checkpoints compares all numbers with those that TensorFlow reads. */
static void test_variables(void **state)
{
    const struct fixture *f = *state;
    struct bundle *bundle;
    const struct bundle_variable *factors;
    struct lfads_error err;
    int64_t step = 0;
    double rate = 0;

    assert_true(bundle_exists(f->path));
    assert_false(bundle_exists(f->index));
    assert_int_equal(bundle_open(&bundle, f->path, &err), LFADS_OK);
    assert_int_equal(bundle->count, VARIABLES);
    assert_int_equal(bundle_read_integer(&step, bundle, "LFADS/global_step", &err), LFADS_OK);
    assert_int_equal(step, 66);
    assert_int_equal(bundle_read_real(&rate, bundle, "LFADS/learning_rate", &err), LFADS_OK);
    assert_true(rate == (double)0.01f);
    factors = bundle_find(bundle, "LFADS/gen/gen_2_fac/W");
    assert_true(factors && bundle_is_matrix(factors, 9, 4) && !bundle_is_matrix(factors, 4, 9));
    assert_null(bundle_find(bundle, "LFADS/gen/gen_2_fac"));
    assert_null(bundle_find(bundle, ""));
    assert_int_equal(bundle_read_real(&rate, bundle, "LFADS/global_step", &err), LFADS_BAD_DATA);
    assert_int_equal(bundle_read_integer(&step, bundle, "LFADS/con/c0", &err), LFADS_BAD_DATA);
    assert_int_equal(bundle_read_integer(&step, bundle, "none", &err), LFADS_BAD_DATA);
    assert_non_null(strstr(err.text, "has no variable none"));
    bundle_close(bundle);
}

/* Whether the files, as they are now, are refused with a sentence. What is read must be right. */
static bool is_refused(const struct fixture *f)
{
    double *numbers = calloc(NUMBERS, sizeof *numbers);
    struct lfads_error err = {.text = ""};
    enum lfads_status status = read_all(numbers, f->path, &err);

    if (status == LFADS_OK)
        assert_memory_equal(numbers, f->numbers, NUMBERS * sizeof *numbers);
    else
        assert_true(status == LFADS_BAD_DATA && strlen(err.text) > 20 && err.status == status);
    free(numbers);
    return status != LFADS_OK;
}

static void test_damaged_index(void **state)
{
    struct fixture *f = *state;
    size_t read_right = 0;

    for (size_t i = 0; i < f->index_length; i++) {
        unsigned char change = (unsigned char)(1 + (i * 37 + i / 255) % 255);

        f->index_bytes[i] ^= change;
        write_bytes(f->index, f->index_bytes, f->index_length);
        read_right += !is_refused(f);
        f->index_bytes[i] ^= change;
    }
    /* the footer's padding, and the place and content of the block of statistics, which is not read
     */
    assert_true(read_right > 0 && read_right <= FOOTER + 8 + TRAILER);
    for (size_t length = 0; length < f->index_length; length++) {
        write_bytes(f->index, f->index_bytes, length);
        assert_true(is_refused(f));
    }
}

static void test_damaged_data(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < f->data_length; i += STRIDE) {
        f->data_bytes[i] ^= (unsigned char)(1 << i % 8);
        write_bytes(f->data, f->data_bytes, f->data_length);
        assert_true(is_refused(f));
        f->data_bytes[i] ^= (unsigned char)(1 << i % 8);
    }
    for (size_t length = 0; length < f->data_length; length += STRIDE) {
        write_bytes(f->data, f->data_bytes, length);
        assert_true(is_refused(f));
    }
    write_bytes(f->data, f->data_bytes, f->data_length - 1);
    assert_true(is_refused(f));
    assert_int_equal(remove(f->data), 0);
    assert_true(is_refused(f));
    write_bytes(f->data, f->data_bytes, f->data_length);
    assert_false(is_refused(f));
}

/* Writes the table that WRITER has, and frees it. */
static void put_index(const struct fixture *f, struct table_writer *writer)
{
    table_writer_finish(writer);
    write_bytes(f->index, writer->bytes, writer->length);
    table_writer_release(writer);
}

/* Returns where the first block's content ends: where its checksum fits. */
static size_t first_block(const struct fixture *f)
{
    struct table_block block;
    size_t length = 1;

    while (table_block_open(&block, f->index_bytes, length, "index", NULL) != LFADS_OK) {
        table_block_close(&block);
        length++;
        assert_true(length + TRAILER < f->index_length);
    }
    table_block_close(&block);
    return length;
}

/* Reads the golden index by its only block of entries, compressed by Snappy. */
static void test_compressed(void **state)
{
    const struct fixture *f = *state;
    struct table_writer writer = {.length = 0};
    size_t length = first_block(f), compressed = snappy_max_compressed_length(length);
    char *bytes = malloc(compressed);

    assert_int_equal(snappy_compress((const char *)f->index_bytes, length, bytes, &compressed),
                     SNAPPY_OK);
    assert_true(compressed < length);
    table_writer_add(&writer, (const uint8_t *)bytes, compressed, 1);
    put_index(f, &writer);
    assert_false(is_refused(f));
    /* as plain, as cut short, as an unknown compression */
    table_writer_add(&writer, (const uint8_t *)bytes, compressed, 0);
    put_index(f, &writer);
    assert_true(is_refused(f));
    table_writer_add(&writer, (const uint8_t *)bytes, compressed - 1, 1);
    put_index(f, &writer);
    assert_true(is_refused(f));
    table_writer_add(&writer, f->index_bytes, length, 2);
    put_index(f, &writer);
    assert_true(is_refused(f));
    free(bytes);
}

/* Whether a table of one block is refused. */
static bool refuses_block(const struct fixture *f, const char *content, size_t length,
                          uint8_t compression)
{
    struct table_writer writer = {.length = 0};

    table_writer_add(&writer, (const uint8_t *)content, length, compression);
    put_index(f, &writer);
    return is_refused(f);
}

/* Tables that lie: their checksums are right. */
static void test_lies(void **state)
{
    static const struct {
        const char *content;
        size_t length;
        uint8_t compression;
    } lies[] = {
        {"", 0, 0},
        {"\0\0\0\0", 4, 0},                                 /* no entries */
        {"\377\377\377\377", 4, 0},                         /* more offsets than bytes */
        {"\0\0\0\0\1\0\0\0", 8, 0},                         /* no header */
        {"\0\1\0a\0\0\0\0\1\0\0\0", 12, 0},                 /* a variable before the header */
        {"\1\0\0\0\0\0\0\1\0\0\0", 11, 0},                  /* shares more than there was */
        {"\0\0\177\0\0\0\0\1\0\0\0", 11, 0},                /* a value beyond the block */
        {"\0\377\377\377\377\17\0\0\0\0\0\1\0\0\0", 15, 0}, /* an endless key */
        {"\200\200\200\200\200\200\200\200\200\200\1\0\0\0\0\1\0\0\0", 19, 0},
        {"\0\0\2\10\0\0\0\0\0\1\0\0\0", 13, 0},                       /* no files */
        {"\0\0\4\10\1\20\1\0\0\0\0\1\0\0\0", 15, 0},                  /* big-endian */
        {"\0\0\6\10\1\32\2\20\2\0\0\0\0\1\0\0\0", 17, 0},             /* a later version */
        {"\0\0\4\10\240\215\6\0\0\0\0\1\0\0\0", 15, 0},               /* 100000 files */
        {"\0\0\2\10\1\0\0\0\0\0\0\0\1\0\0\0", 16, 0},                 /* a name that is empty */
        {"\0\0\2\10\1\0\1\2a\10\377\0\0\0\0\1\0\0\0", 19, 0},         /* no message */
        {"\0\0\2\10\1\0\1\2a\30\2\0\0\0\0\1\0\0\0", 19, 0},           /* in a third file */
        {"\0\0\2\10\1\0\1\4a\10\1\50\3\0\0\0\0\1\0\0\0", 21, 0},      /* 3 bytes of float32 */
        {"\0\0\2\10\1\0\1\6a\10\1\50\4\72\0\0\0\0\0\1\0\0\0", 23, 0}, /* in parts */
        {"\377\377\377\377\17", 5, 1},                                /* 4 GiB from 5 bytes */
        {"\4\14\0\0\0", 5, 1},
    };
    const struct fixture *f = *state;

    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
        if (!refuses_block(f, lies[i].content, lies[i].length, lies[i].compression))
            fail_msg("lie %zu was believed", i);
}

/* Blocks that lie outside, or that are listed twice. */
static void test_places(void **state)
{
    static const uint64_t places[][2] = {
        {0, UINT64_MAX}, {UINT64_MAX, 1}, {UINT64_MAX - 3, UINT64_MAX}, {1 << 20, 4}, {4, 0}};
    const struct fixture *f = *state;
    struct table_writer writer = {.length = 0};
    size_t length = first_block(f);

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        table_writer_list(&writer, places[i][0], places[i][1]);
        put_index(f, &writer);
        assert_true(is_refused(f));
    }
    table_writer_add(&writer, f->index_bytes, length, 0);
    put_index(f, &writer);
    assert_false(is_refused(f));
    for (int again = 0; again < 2; again++) {
        table_writer_add(&writer, f->index_bytes, length, 0);
        table_writer_add(&writer, (const uint8_t *)"\0\0\0\0", 4, 0); /* no entries */
        if (again)
            table_writer_list(&writer, length + TRAILER, 4);
        put_index(f, &writer);
        assert_true(is_refused(f) == again);
    }
    table_writer_add(&writer, f->index_bytes, length, 0);
    table_writer_add(&writer, f->index_bytes, length, 0);
    put_index(f, &writer); /* every name twice */
    assert_true(is_refused(f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_variables, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_index, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_data, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_compressed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
