/* misuse_handles.c - calls the functions on data, trainings and models in memory with NULL, invalid
 * values and in the wrong order: each returns an error with a sentence, or does nothing.
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

#include <math.h>
#include <stdlib.h>

#include "refused.h"

enum { TRIALS = 6, BINS = 8, CHANNELS = 3, COUNT = TRIALS * BINS * CHANNELS };

static const size_t shape[] = {TRIALS, BINS, CHANNELS, 1, 1};
static float counts[COUNT];

static void flags(void)
{
    struct lfads_flag flag = {.size = sizeof flag};

    REFUSED(lfads_flags_get(NULL, LFADS_FLAGS_RUN, 0, e));
    REFUSED(lfads_flags_get(&flag, LFADS_FLAGS_RUN, lfads_flags_count(LFADS_FLAGS_RUN), e));
    REFUSED(lfads_flags_get(&flag, (enum lfads_flags_of)9, 0, e));
    flag.size = 0;
    REFUSED(lfads_flags_get(&flag, LFADS_FLAGS_RUN, 0, e));
    for (int of = LFADS_FLAGS_RUN; of <= LFADS_FLAGS_PREPARE; of++)
        for (size_t i = 0; i < lfads_flags_count((enum lfads_flags_of)of); i++) {
            flag.size = sizeof flag;
            if (lfads_flags_get(&flag, (enum lfads_flags_of)of, i, NULL) != LFADS_OK ||
                !*flag.name || !*flag.group || !flag.standard || !flag.choices || !*flag.help)
                fail("lfads_flags_get", "a flag lacks something");
        }
}

static void fill_data(struct lfads_data *data)
{
    struct lfads_array array = {LFADS_FLOAT32, 3, shape, NULL, counts};

    REFUSED(lfads_data_put(NULL, "a", "train_data", &array, LFADS_COPY, e));
    REFUSED(lfads_data_put(data, NULL, "train_data", &array, LFADS_COPY, e));
    REFUSED(lfads_data_put(data, "a", NULL, &array, LFADS_COPY, e));
    REFUSED(lfads_data_put(data, "a", "train_data", NULL, LFADS_COPY, e));
    REFUSED(lfads_data_put(data, "", "train_data", &array, LFADS_COPY, e));
    REFUSED(lfads_data_put(data, "a/b", "train_data", &array, LFADS_COPY, e));
    REFUSED(lfads_data_put(data, "a", "train\ndata", &array, LFADS_COPY, e));
    REFUSED(lfads_data_put(data, "a", "train_data", &array, (enum lfads_keep)7, e));
    array.type = (enum lfads_number)77;
    REFUSED(lfads_data_put(data, "a", "train_data", &array, LFADS_COPY, e));
    array = (struct lfads_array){LFADS_FLOAT32, 5, shape, NULL, counts};
    REFUSED(lfads_data_put(data, "a", "train_data", &array, LFADS_COPY, e));
    array = (struct lfads_array){LFADS_FLOAT32, 3, NULL, NULL, counts};
    REFUSED(lfads_data_put(data, "a", "train_data", &array, LFADS_COPY, e));
    array = (struct lfads_array){LFADS_FLOAT32, 3, shape, NULL, NULL};
    REFUSED(lfads_data_put(data, "a", "train_data", &array, LFADS_COPY, e));
    array = (struct lfads_array){LFADS_FLOAT32, 2, (const size_t[]){SIZE_MAX / 2, 9}, NULL, counts};
    REFUSED(lfads_data_put(data, "a", "train_data", &array, LFADS_COPY, e));
    if (lfads_data_session(data, 7) || lfads_data_session(NULL, 0) ||
        lfads_data_rows(data, 0, "train_data"))
        fail("lfads_data_session", "finds what is not there");
    array = (struct lfads_array){LFADS_FLOAT32, 3, shape, NULL, counts};
    if (lfads_data_put(data, "a", "train_data", &array, LFADS_COPY, NULL) != LFADS_OK ||
        lfads_data_rows(data, 0, "train_data") != TRIALS)
        fail("lfads_data_put", "puts no array");
    REFUSED(lfads_data_put(data, "a", "train_data", &array, LFADS_COPY, e));
}

static struct lfads_config *small(void)
{
    static const char *const words[][2] = {
        {"factors_dim", "2"}, {"gen_dim", "4"},    {"ic_enc_dim", "3"}, {"ic_dim", "2"},
        {"co_dim", "0"},      {"batch_size", "3"}, {"max_epochs", "1"}, {"threads", "1"}};
    struct lfads_config *config;

    if (lfads_config_create(&config, NULL) != LFADS_OK)
        exit(1);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (lfads_config_set(config, words[i][0], words[i][1], NULL) != LFADS_OK)
            exit(1);
    return config;
}

static void without_training(struct lfads_config *config, struct lfads_data *data)
{
    struct lfads_training *training;
    struct lfads_training_state state = {.size = sizeof state};
    struct lfads_parameter parameter = {.size = sizeof parameter};
    float value = 0;

    REFUSED(lfads_training_create(NULL, config, data, NULL, e));
    REFUSED(lfads_training_create(&training, NULL, data, NULL, e));
    REFUSED(lfads_training_create(&training, config, NULL, NULL, e)); /* there are no files */
    if (lfads_config_set(config, "seeds", "2", NULL) != LFADS_OK)
        exit(1);
    REFUSED(lfads_training_create(&training, config, data, NULL, e)); /* it is one model */
    if (lfads_config_set(config, "seeds", "0", NULL) != LFADS_OK)
        exit(1);
    REFUSED(lfads_training_epoch(NULL, e));
    REFUSED(lfads_training_run(NULL, e));
    REFUSED(lfads_training_save(NULL, NULL, e));
    REFUSED(lfads_training_get_state(NULL, &state, e));
    REFUSED(lfads_training_set(NULL, "keep_prob", "0.5", e));
    REFUSED(lfads_training_parameter(NULL, 0, &parameter, e));
    REFUSED(lfads_training_get_parameter(NULL, "x", &value, 1, e));
    REFUSED(lfads_training_set_parameter(NULL, "x", &value, 1, e));
    if (lfads_training_last(NULL) || lfads_training_get(NULL, "seed") ||
        lfads_training_parameters(NULL))
        fail("lfads_training_last", "of NULL");
    lfads_training_free(NULL);
}

static void trainings(struct lfads_training *training)
{
    struct lfads_training_state state = {.size = 3};
    struct lfads_report_request page = {.size = sizeof page};
    struct lfads_parameter parameter = {.size = sizeof parameter};
    float values[64] = {(float)NAN};
    const char *name;

    REFUSED(lfads_training_save(training, NULL, e));
    REFUSED(lfads_training_report(NULL, &page, NULL, e));
    REFUSED(lfads_training_report(training, NULL, NULL, e));
    REFUSED(lfads_training_report(training, &page, NULL, e)); /* no place for it */
    page.save_dir = "elsewhere";
    REFUSED(lfads_training_report(training, &page, NULL, e));
    REFUSED(lfads_training_get_state(training, &state, e));
    REFUSED(lfads_training_get_state(training, NULL, e));
    REFUSED(lfads_training_set(training, NULL, "1", e));
    REFUSED(lfads_training_set(training, "keep_prob", NULL, e));
    REFUSED(lfads_training_parameter(training, 1 << 20, &parameter, e));
    REFUSED(lfads_training_parameter(training, 0, NULL, e));
    if (lfads_training_last(training) || lfads_training_get(training, "nothing"))
        fail("lfads_training_last", "before the first epoch");
    if (lfads_training_parameter(training, 0, &parameter, NULL) != LFADS_OK)
        exit(1);
    name = parameter.name;
    REFUSED(lfads_training_get_parameter(training, name, values, 1 << 20, e));
    REFUSED(lfads_training_get_parameter(training, NULL, values, 1, e));
    REFUSED(
        lfads_training_get_parameter(training, name, NULL, parameter.rows * parameter.columns, e));
    REFUSED(lfads_training_get_parameter(training, "%s%n", values, 1, e));
    if (parameter.rows * parameter.columns <= 64)
        REFUSED(lfads_training_set_parameter(training, name, values,
                                             parameter.rows * parameter.columns, e));
}

static void models(struct lfads_training *training, const struct lfads_data *data)
{
    float values[COUNT * 4];
    struct lfads_output output = {"factors", LFADS_FLOAT32, values, (size_t)TRIALS * BINS * 2};
    struct lfads_sampling how = {.size = sizeof how};
    struct lfads_result result = {.size = sizeof result};
    struct lfads_model *model;

    REFUSED(lfads_model_create(NULL, training, LFADS_LATEST, e));
    REFUSED(lfads_model_create(&model, NULL, LFADS_LATEST, e));
    REFUSED(lfads_model_create(&model, training, (enum lfads_which)9, e));
    REFUSED(lfads_model_open(&model, NULL, NULL, e));
    if (lfads_model_create(&model, training, LFADS_LOWEST, NULL) != LFADS_OK)
        exit(1);
    REFUSED(lfads_model_result(model, "nobody", 0, &result, e));
    REFUSED(lfads_model_result(model, NULL, 1000, &result, e));
    REFUSED(lfads_model_posterior(NULL, data, NULL, "train", NULL, &how, &output, 1, NULL, e));
    REFUSED(lfads_model_posterior(model, NULL, NULL, "train", NULL, &how, &output, 1, NULL, e));
    REFUSED(lfads_model_posterior(model, data, NULL, NULL, NULL, &how, &output, 1, NULL, e));
    REFUSED(lfads_model_posterior(model, data, NULL, "%s", NULL, &how, &output, 1, NULL, e));
    REFUSED(lfads_model_posterior(model, data, NULL, "valid", NULL, &how, &output, 1, NULL, e));
    REFUSED(lfads_model_posterior(model, data, "b", "train", NULL, &how, &output, 1, NULL, e));
    REFUSED(lfads_model_posterior(model, data, NULL, "train", "b", &how, &output, 1, NULL, e));
    REFUSED(lfads_model_posterior(model, data, NULL, "train", NULL, NULL, &output, 1, NULL, e));
    REFUSED(lfads_model_posterior(model, data, NULL, "train", NULL, &how, NULL, 1, NULL, e));
    output.name = "factors_std"; /* of one sample */
    REFUSED(lfads_model_posterior(model, data, NULL, "train", NULL, &how, &output, 1, NULL, e));
    output.name = "gen_states_std"; /* is not kept */
    REFUSED(lfads_model_posterior(model, data, NULL, "train", NULL, &how, &output, 1, NULL, e));
    output.name = "factors_quantiles";
    how.samples = 3;
    REFUSED(lfads_model_posterior(model, data, NULL, "train", NULL, &how, &output, 1, NULL, e));
    output.name = "controller_outputs"; /* the model has none */
    REFUSED(lfads_model_posterior(model, data, NULL, "train", NULL, &how, &output, 1, NULL, e));
    output.name = "factors";
    output.count--;
    REFUSED(lfads_model_posterior(model, data, NULL, "train", NULL, &how, &output, 1, NULL, e));
    output.count++;
    output.type = LFADS_INT32;
    REFUSED(lfads_model_posterior(model, data, NULL, "train", NULL, &how, &output, 1, NULL, e));
    output.type = LFADS_FLOAT32;
    if (lfads_model_posterior(model, data, NULL, "train", NULL, &how, &output, 1, NULL, NULL) !=
        LFADS_OK)
        fail("lfads_model_posterior", "fails for what is right");
    REFUSED(lfads_model_prior(model, NULL, 0, NULL, &output, 1, e));
    REFUSED(lfads_model_prior(model, "b", 1, NULL, &output, 1, e));
    REFUSED(lfads_model_prior(model, NULL, 1, values, &output, 1, e));
    output.name = "post_g0_mean";
    REFUSED(lfads_model_prior(model, NULL, TRIALS, NULL, &output, 1, e));
    lfads_model_free(model);
    lfads_model_free(NULL);
}

int main(void)
{
    struct lfads_config *config = small();
    struct lfads_training *training;
    struct lfads_data *data;

    for (size_t i = 0; i < COUNT; i++)
        counts[i] = (float)(i * 7 % 5 % 3);
    flags();
    REFUSED(lfads_data_create(NULL, e));
    if (lfads_data_create(&data, NULL) != LFADS_OK)
        exit(1);
    REFUSED(lfads_training_create(&training, config, data, NULL, e)); /* it has no sessions */
    fill_data(data);
    without_training(config, data);
    if (lfads_training_create(&training, config, data, NULL, NULL) != LFADS_OK)
        exit(1);
    trainings(training);
    if (lfads_training_run(training, NULL) != LFADS_OK)
        fail("lfads_training_run", "fails");
    models(training, data);
    lfads_training_free(training);
    lfads_data_free(data);
    lfads_data_free(NULL);
    lfads_config_free(config);
    printf("%d failures\n", failures);
    return failures != 0;
}
