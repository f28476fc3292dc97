/* test_log_events.c - the numbers that an epoch writes for TensorBoard under each tag.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"
#include "model/model_create.h"
#include "model/params.h"
#include "train/log_events.h"

static const char *const path = "log_events";

/* Returns the number under TAG: in a summary's value, field 2, a float of four bytes, follows the
 * tag.
 */
static float number_under(const char *tag, const char *bytes, size_t count)
{
    size_t length = strlen(tag);
    float number;

    for (size_t i = 0; i + length + 1 + sizeof number <= count; i++)
        if (memcmp(bytes + i, tag, length) == 0 && bytes[i + length] == (2 << 3 | 5)) {
            memcpy(&number, bytes + i + length + 1, sizeof number);
            return number;
        }
    fail_msg("nothing is under %s", tag);
    return 0;
}

static struct model *make_model(void)
{
    struct model_session session = {.shape = {.name = "a", .channels = 5}};
    struct lfads_config *config;
    struct model *model;

    assert_int_equal(lfads_config_create(&config, NULL), LFADS_OK);
    config->co_dim = 2;
    config->prior_ar_atau = 10;
    config->prior_ar_nvar = 0.1;
    assert_int_equal(model_create(&model, config, 6, &session, 1, NULL), LFADS_OK);
    lfads_config_free(config);
    return model;
}

static void numbers_have_their_tags(void **state)
{
    /* the prior has the variance of the stationary process, model.md (5.6) */
    const double variance = 0.1 / (1 - exp(-2 / 10.0));
    struct model *model = make_model();
    real *parameters = calloc(model->size, sizeof *parameters);
    struct epoch_record record =
        {.row =
             {.step = 7,
              .has_valid = true,
              .train = {.total = 10,
                        .of = {[COST_RECON] = 20, [COST_KL] = 30, [COST_L2] = 40, [COST_CORR] = 50},
                        .ramps = {.kl = 0.25, .l2 = 0.5}},
              .valid =
                  {.total = 60,
                   .of = {[COST_RECON] = 70, [COST_KL] = 80, [COST_L2] = 40, [COST_CORR] = 90}}},
         .learning_rate = 0.125,
         .gradient_norm = 3,
         .parameters = parameters};
    const struct {
        const char *tag;
        double number;
    } rows[] = {
        {"LFADS/KL_cost__train_", 30},
        {"LFADS/Reconstruction_cost__train_", 20},
        {"LFADS/Total_cost__train_", 10},
        {"LFADS/KL_cost__valid_", 80},
        {"LFADS/Reconstruction_cost__valid_", 70},
        {"LFADS/Total_cost__valid_", 60},
        {"LFADS/L2_cost", 40},
        {"LFADS/Corr_cost", 50},
        {"LFADS/KL_weight", 0.25},
        {"LFADS/L2_weight", 0.5},
        {"LFADS/Learning_rate", 0.125},
        {"LFADS/Gradient_global_norm", 3},
        {"LFADS/AR_Autocorrelation_taus_0", 10},
        {"LFADS/AR_Variances_0", variance},
        {"LFADS/AR_Autocorrelation_taus_1", 10},
        {"LFADS/AR_Variances_1", variance},
    };
    char bytes[8192];
    size_t count;
    FILE *file;

    (void)state;
    assert_non_null(parameters);
    model_initialise(model, parameters, 1);
    remove(path);
    assert_int_equal(log_events_epoch(path, model, &record, NULL), LFADS_OK);
    file = fopen(path, "rb");
    assert_non_null(file);
    count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double number = (double)number_under(rows[i].tag, bytes, count);

        /* logarithms up to 2.4 in float, with six roundings: 12 times 2^-23 */
        if (fabs(number - rows[i].number) > 1.5e-6 * rows[i].number)
            fail_msg("%s is %.9g, not %.9g", rows[i].tag, number, rows[i].number);
    }
    unlink(path);
    free(parameters);
    model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_have_their_tags)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
