/* test_fitlog.c - the rows of the table of costs that a resumed run keeps.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "train/fitlog.h"

/* Rows of epochs 0 to EPOCHS-1, of four updates each. */
static char *rows(int epochs)
{
    static char text[4000];
    size_t length = 0;

    text[0] = 0;
    for (int i = 0; i < epochs; i++) {
        struct fitlog_row row = {.epoch = i, .step = 4 * (i + 1), .has_valid = true};

        fitlog_csv(text + length, sizeof text - length, &row);
        length += strlen(text + length);
    }
    return text;
}

/* A run that resumes at STEP of EPOCH keeps KEPT of the table TEXT and moves the rest to another
 * file. */
static void check(const char *text, int64_t epoch, int64_t step, const char *kept)
{
    char folder[] = "/tmp/fitlog_XXXXXX", path[64], aside[100], *found;
    struct lfads_error err;

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/fitlog.csv", folder);
    snprintf(aside, sizeof aside, "%s.%lld", path, (long long)step);
    assert_int_equal(file_write_text(path, text, &err), LFADS_OK);
    assert_int_equal(fitlog_trim(path, epoch, step, &err), LFADS_OK);
    assert_int_equal(file_read_text(&found, path, &err), LFADS_OK);
    assert_string_equal(found, kept);
    free(found);
    if (strcmp(text, kept) != 0) {
        assert_int_equal(file_read_text(&found, aside, &err), LFADS_OK);
        assert_string_equal(found, text + strlen(kept));
        free(found);
    } else {
        assert_false(file_exists(aside));
    }
    unlink(path);
    unlink(aside);
    rmdir(folder);
}

static void whole_epochs(void **state)
{
    char kept[4000];

    (void)state;
    snprintf(kept, sizeof kept, "%s", rows(2));
    check(kept, 2, 8, kept);
    check(rows(3), 2, 8, kept);  /* killed before the checkpoint of epoch 2 */
    check(rows(5), 2, 10, kept); /* resumes from an older checkpoint, within an epoch */
    check(rows(2), 0, 0, "");    /* killed before the first checkpoint */
}

/* An interruption after an epoch's last update saves the same step as the epoch's row. */
static void row_of_the_epoch_in_progress(void **state)
{
    char kept[4000];

    (void)state;
    snprintf(kept, sizeof kept, "%s", rows(2));
    check(rows(3), 2, 12, kept);
}

/* On a full disk a row may be truncated. */
static void row_cut_short(void **state)
{
    char text[4000], kept[4000];

    (void)state;
    snprintf(kept, sizeof kept, "%s", rows(2));
    for (size_t cut = 1; cut < 20; cut++) {
        snprintf(text, sizeof text, "%s", rows(3));
        text[strlen(kept) + cut] = 0;
        check(text, 2, 8, kept);
    }
}

/* The bytes equal the original's, blanks included, without the costs that the original lacks. */
static void original_form(void **state)
{
    struct fitlog_row row = {
        .epoch = 3,
        .step = 80,
        .train = {.total = 101.239,
                  .of = {[COST_RECON] = 90, [COST_KL] = 11.5, [COST_L2] = 0.25, [COST_CORR] = 7},
                  .ramps = {.kl = 0.5, .l2 = 1}},
        .valid = {.total = 102, .of = {[COST_RECON] = 91, [COST_KL] = 12, [COST_L2] = 0.5}}};
    char text[600];

    (void)state;
    fitlog_line(text, sizeof text, &row);
    assert_string_equal(text, "Epoch:3, step:80 TRAIN: total: 101.24     recon: 90.00, kl: 11.50, "
                              "     l2: 0.25000,    kl weight: 0.50, l2 weight: 1.00");
    fitlog_csv(text, sizeof text, &row);
    assert_string_equal(text, "epoch,3, step,80, total,101.24, recon,90.00, kl,11.50,       "
                              "l2,0.25000, klweight,0.50, l2weight,1.00\n");
    row.has_valid = true;
    fitlog_line(text, sizeof text, &row);
    assert_string_equal(text, "Epoch:3, step:80 (TRAIN, VALID): total: 101.24, 102.00      "
                              "recon: 90.00, 91.00,     kl: 11.50, 12.00,     l2: 0.25000,      "
                              "kl weight: 0.50, l2 weight: 1.00");
    fitlog_csv(text, sizeof text, &row);
    assert_string_equal(text, "epoch,3, step,80, total,101.24,102.00,       recon,90.00,91.00, "
                              "kl,11.50,12.00, l2,0.25000,       klweight,0.50, l2weight,1.00\n");
    fitlog_csv(text, 20, &row); /* truncates the row */
    assert_string_equal(text, "epoch,3, step,80, t");
}

/* Rows as the original wrote them, and as this program does. */
static void test_validation(void **state)
{
    struct fitlog_row row = {.epoch = 3, .step = 16, .has_valid = true, .valid.total = 12.25};
    struct fitlog_valid valid;
    char text[400];

    (void)state;
    assert_true(fitlog_read_valid(
        &valid, "epoch,10, step,66, total,120.49,105.21,       recon,106.14,90.95, kl,13.84,13.76, "
                "l2,0.50189,       klweight,1.00, l2weight,0.50"));
    assert_int_equal(valid.epoch, 10);
    assert_int_equal(valid.step, 66);
    assert_true(valid.total == 105.21 && valid.kl_weight == 1 && valid.l2_weight == 0.5);
    fitlog_csv(text, sizeof text, &row);
    assert_true(fitlog_read_valid(&valid, text));
    assert_true(valid.epoch == 3 && valid.step == 16 && valid.total == 12.25);
    row.has_valid = false;
    fitlog_csv(text, sizeof text, &row);
    assert_false(fitlog_read_valid(&valid, text));
    assert_false(fitlog_read_valid(&valid, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validation), cmocka_unit_test(original_form),
        cmocka_unit_test(whole_epochs),    cmocka_unit_test(row_of_the_epoch_in_progress),
        cmocka_unit_test(row_cut_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
