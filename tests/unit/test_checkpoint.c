/* test_checkpoint.c - a checkpoint preserves every bit and damage is refused; the index keeps the
 * latest checkpoints.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "config/config.h"
#include "model/model_create.h"
#include "save/checkpoint.h"
#include "save/index.h"
#include "save/quoted.h"

/* A small model, its vectors, and a temporary directory. */
struct fixture {
    char directory[40];
    struct lfads_config *config;
    struct model *model;
    real *vectors; /* parameters, m, v */
};

static int set_up(void **state)
{
    static const char *const flags[][2] = {
        {"gen_dim", "6"}, {"factors_dim", "3"}, {"ic_enc_dim", "4"}, {"co_dim", "0"}};
    struct model_session session = {.shape = {.name = "s", .channels = 5}};
    struct fixture *f = calloc(1, sizeof *f);

    strcpy(f->directory, "/tmp/lfads_ckpt_XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    assert_int_equal(lfads_config_create(&f->config, NULL), LFADS_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(lfads_config_set(f->config, flags[i][0], flags[i][1], NULL), LFADS_OK);
    assert_int_equal(model_create(&f->model, f->config, 8, &session, 1, NULL), LFADS_OK);
    f->vectors = calloc(3 * f->model->size, sizeof *f->vectors);
    for (size_t i = 0; i < 3; i++)
        model_initialise(f->model, f->vectors + i * f->model->size, i + 1);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    char command[80];

    snprintf(command, sizeof command, "rm -r %s", f->directory);
    assert_int_equal(system(command), 0);
    free(f->vectors);
    model_free(f->model);
    lfads_config_free(f->config);
    free(f);
    return 0;
}

static enum lfads_status write_one(const struct fixture *f, const char *path)
{
    double costs[3] = {1.5, (double)INFINITY, -2};
    struct checkpoint c = {.step = 75,
                           .epoch = 3,
                           .batches = 4,
                           .seed = UINT64_C(0x7123456789abcdef),
                           .learning_rate = 0.0095,
                           .lowest_valid = (double)INFINITY,
                           .sums = {[0] = 0.1, [15] = 7},
                           .costs = costs,
                           .n_costs = 3,
                           .recorded = 9,
                           .hyperparameters = (char *)"{\"a\": 1}"};
    struct param_vectors vectors = param_vectors_in(f->vectors, f->model->size);

    return checkpoint_write(path, f->model, &c, &vectors, NULL);
}

static void test_round_trip(void **state)
{
    const struct fixture *f = *state;
    size_t size = f->model->size;
    real *read = calloc(3 * size, sizeof *read);
    struct param_vectors vectors = param_vectors_in(read, size);
    struct checkpoint c;
    char path[100];

    snprintf(path, sizeof path, "%s/a.ckpt-75", f->directory);
    assert_int_equal(write_one(f, path), LFADS_OK);
    assert_int_equal(checkpoint_read(&c, path, NULL), LFADS_OK);
    assert_int_equal(c.step, 75);
    assert_int_equal(c.epoch, 3);
    assert_int_equal(c.batches, 4);
    assert_true(c.seed == UINT64_C(0x7123456789abcdef));
    assert_true(c.learning_rate == 0.0095 && isinf(c.lowest_valid));
    assert_true(c.sums[0] == 0.1 && c.sums[15] == 7);
    assert_int_equal(c.n_costs, 3);
    assert_true(c.costs[0] == 1.5 && isinf(c.costs[1]) && c.costs[2] == -2);
    assert_int_equal(c.recorded, 9);
    assert_string_equal(c.hyperparameters, "{\"a\": 1}");
    assert_int_equal(checkpoint_read_parameters(&vectors, path, f->model, NULL, NULL), LFADS_OK);
    assert_memory_equal(read, f->vectors, 3 * size * sizeof *read);
    checkpoint_release(&c);
    free(read);
}

/* Reads a checkpoint completely. */
static enum lfads_status read_all(const struct fixture *f, const char *path, real *read)
{
    struct param_vectors vectors = param_vectors_in(read, f->model->size);
    struct checkpoint c;
    enum lfads_status status = checkpoint_read(&c, path, NULL);

    checkpoint_release(&c);
    if (status == LFADS_OK)
        status = checkpoint_read_parameters(&vectors, path, f->model, NULL, NULL);
    return status;
}

static char *load(const char *path, long *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes;

    fseek(file, 0, SEEK_END);
    *length = ftell(file);
    rewind(file);
    bytes = malloc((size_t)*length);
    assert_int_equal(fread(bytes, 1, (size_t)*length, file), *length);
    fclose(file);
    return bytes;
}

static void store(const char *path, const char *bytes, long length)
{
    FILE *file = fopen(path, "wb");

    assert_int_equal(fwrite(bytes, 1, (size_t)length, file), length);
    fclose(file);
}

/* A file with one changed byte is refused, or all numbers are still right (the byte is in an unused
 * part of the checksum's header). A truncated file is refused. */
static void test_damage(void **state)
{
    const struct fixture *f = *state;
    size_t count = 3 * f->model->size;
    real *read = calloc(count, sizeof *read);
    char path[100], *bytes;
    long length, refused = 0, tried = 0;

    snprintf(path, sizeof path, "%s/b.ckpt-1", f->directory);
    assert_int_equal(write_one(f, path), LFADS_OK);
    bytes = load(path, &length);
    for (long offset = 0; offset < length; offset += 97, tried++) {
        bytes[offset] = (char)(bytes[offset] ^ 0x20);
        store(path, bytes, length);
        bytes[offset] = (char)(bytes[offset] ^ 0x20);
        if (read_all(f, path, read) != LFADS_OK)
            refused++;
        else
            assert_memory_equal(read, f->vectors, count * sizeof *read);
    }
    assert_true(refused > tried - 6);
    for (long cut = length - 1; cut > 0; cut -= 1024) {
        store(path, bytes, cut);
        assert_int_not_equal(read_all(f, path, read), LFADS_OK);
    }
    free(bytes);
    free(read);
}

static void test_index(void **state)
{
    const struct fixture *f = *state;
    char path[100], latest[FILE_PATH];

    for (int i = 1; i <= 4; i++) {
        snprintf(path, sizeof path, "%s/m.ckpt-%d", f->directory, i);
        assert_int_equal(write_one(f, path), LFADS_OK);
        assert_int_equal(index_add(f->directory, "checkpoint", path, 2, NULL), LFADS_OK);
    }
    assert_int_equal(index_latest(latest, f->directory, "checkpoint", NULL), LFADS_OK);
    assert_string_equal(latest, path);
    assert_int_equal(index_step(latest), 4);
    for (int i = 1; i <= 4; i++) {
        snprintf(path, sizeof path, "%s/m.ckpt-%d", f->directory, i);
        assert_int_equal(file_exists(path), i > 2);
    }
    assert_int_equal(index_latest(latest, f->directory, "checkpoint_lve", NULL), LFADS_OK);
    assert_string_equal(latest, "");
}

/* Strings as Python's google.protobuf.text_format writes and takes them. */
static void test_quoted(void **state)
{
    static const struct {
        const char *text, *written;
    } rows[] = {{"a/m.ckpt-1", "\"a/m.ckpt-1\""},
                {"12\" probe's", "\"12\\\" probe\\'s\""},
                {"a\\b\nc\rd\te", "\"a\\\\b\\nc\\rd\\te\""},
                {"\x01\x7f", "\"\\001\\177\""},
                {"\xc3\xa9", "\"\\303\\251\""}};
    static const struct {
        const char *token, *text; /* NULL: refused */
    } others[] = {{"'a\"b' # c", "a\"b"},
                  {"\"\xc3\xa9\"", "\xc3\xa9"},
                  {"\"\\xe9\\X41\\x4g\"", "\xe9"
                                          "A\x04g"},
                  {"\"\\1234\"", "S4"},
                  {"\"\\a\\v\\?\"", "\a\v?"},
                  {"\"a", NULL},
                  {"a\"", NULL},
                  {"\"\\\"", NULL},
                  {"\"\\q\"", NULL},
                  {"\"\\0\"", NULL},
                  {"\"\\400\"", NULL},
                  {"\"\\x\"", NULL},
                  {"\"123456789012\"", NULL}};
    char text[12];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char written[80] = "";
        FILE *out = fmemopen(written, sizeof written, "w");

        assert_non_null(out);
        quoted_write(out, rows[i].text);
        assert_int_equal(fclose(out), 0);
        assert_string_equal(written, rows[i].written);
        assert_non_null(quoted_read(text, sizeof text, written));
        assert_string_equal(text, rows[i].text);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const char *rest = quoted_read(text, sizeof text, others[i].token);

        if (!others[i].text)
            assert_null(rest);
        else
            assert_string_equal(text, others[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
                                       cmocka_unit_test(test_damage), cmocka_unit_test(test_index),
                                       cmocka_unit_test(test_quoted)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
