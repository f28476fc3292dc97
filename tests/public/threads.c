/* threads.c - trainings and models in threads of their own, on one data set, give the numbers of
 * one after the other. Under ThreadSanitizer it shows races. SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 3, TRIALS = 12, BINS = 10, CHANNELS = 4, FACTORS = 3, EPOCHS = 3 };

static const size_t count = (size_t)TRIALS * BINS * FACTORS;

/* A training and what it is for. */
struct job {
    const struct lfads_data *data;
    const char *seed;
    float factors[TRIALS * BINS * FACTORS];
    enum lfads_status status;
    struct lfads_error err;
};

static enum lfads_status configure(struct lfads_config *config, const char *seed,
                                   struct lfads_error *err)
{
    const char *const flags[][2] = {{"factors_dim", "3"}, {"gen_dim", "6"},    {"ic_enc_dim", "5"},
                                    {"ci_enc_dim", "4"},  {"con_dim", "4"},    {"co_dim", "1"},
                                    {"ic_dim", "2"},      {"batch_size", "4"}, {"threads", "2"},
                                    {"seed", seed}};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < sizeof flags / sizeof flags[0] && status == LFADS_OK; i++)
        status = lfads_config_set(config, flags[i][0], flags[i][1], err);
    return status;
}

static enum lfads_status sample(struct job *job, const struct lfads_training *training)
{
    struct lfads_output output = {"factors", LFADS_FLOAT32, job->factors, count};
    struct lfads_sampling how = {.size = sizeof how, .samples = 4};
    struct lfads_model *model;
    enum lfads_status status = lfads_model_create(&model, training, LFADS_LATEST, &job->err);

    if (status == LFADS_OK)
        status = lfads_model_posterior(model, job->data, NULL, "train", NULL, &how, &output, 1,
                                       NULL, &job->err);
    lfads_model_free(model);
    return status;
}

static void *run(void *argument)
{
    struct job *job = argument;
    struct lfads_config *config;
    struct lfads_training *training = NULL;

    job->status = lfads_config_create(&config, &job->err);
    if (job->status == LFADS_OK)
        job->status = configure(config, job->seed, &job->err);
    if (job->status == LFADS_OK)
        job->status = lfads_training_create(&training, config, job->data, NULL, &job->err);
    for (int epoch = 0; epoch < EPOCHS && job->status == LFADS_OK; epoch++)
        job->status = lfads_training_epoch(training, &job->err);
    if (job->status == LFADS_OK)
        job->status = sample(job, training);
    lfads_training_free(training);
    lfads_config_free(config);
    return NULL;
}

int main(void)
{
    static const char *const seeds[THREADS] = {"1", "2", "1"};
    static struct job alone[THREADS], beside[THREADS];
    const size_t shape[] = {TRIALS, BINS, CHANNELS};
    static unsigned char counts[TRIALS * BINS * CHANNELS];
    struct lfads_array array = {LFADS_UINT8, 3, shape, NULL, counts};
    struct lfads_data *data;
    pthread_t thread[THREADS];
    int failures = 0;

    for (size_t i = 0; i < sizeof counts; i++)
        counts[i] = (unsigned char)(i * 11 % 7 % 3);
    if (lfads_data_create(&data, NULL) != LFADS_OK ||
        lfads_data_put(data, "s", "train_data", &array, LFADS_BORROW, NULL) != LFADS_OK)
        return 1;
    for (int i = 0; i < THREADS; i++) {
        alone[i].data = beside[i].data = data;
        alone[i].seed = beside[i].seed = seeds[i];
        run(&alone[i]);
    }
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL, run, &beside[i]) != 0)
            return 1;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        if (alone[i].status != LFADS_OK || beside[i].status != LFADS_OK) {
            printf("FAILED %d: %s %s\n", i, alone[i].err.text, beside[i].err.text);
            failures++;
        } else if (memcmp(alone[i].factors, beside[i].factors, sizeof alone[i].factors) != 0) {
            printf("FAILED %d: other numbers beside others\n", i);
            failures++;
        }
    }
    if (memcmp(alone[0].factors, alone[1].factors, sizeof alone[0].factors) == 0) {
        printf("FAILED: seeds have no effect\n");
        failures++;
    }
    lfads_data_free(data);
    return failures != 0;
}
