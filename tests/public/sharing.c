/* sharing.c - trainings on one data set in memory share what they read of it: the second one takes
 * next to no memory, both have the bits of a training alone, and either may be freed first.
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "refused.h"

enum { BINS = 10, CHANNELS = 400, TRIALS = 10000, TRAINED = 8, MEBI = 1 << 20 };

/* Bytes of memory that the process has in use. */
static double resident(void)
{
    long all, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (!file || fscanf(file, "%ld %ld", &all, &pages) != 2)
        exit(1);
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void put(struct lfads_data *data, const char *name, size_t trials, const uint8_t *counts)
{
    const size_t shape[] = {trials, BINS, CHANNELS};
    const struct lfads_array array = {LFADS_UINT8, 3, shape, NULL, counts};
    struct lfads_error err;

    if (lfads_data_put(data, "made", name, &array, LFADS_BORROW, &err) == LFADS_OK)
        return;
    fail(name, err.text);
    exit(1);
}

/* Creates a training of a small model; SV_SEED says what its validation takes out. */
static struct lfads_training *train(const struct lfads_data *data, const char *sv_seed)
{
    static const char *const flags[][2] = {
        {"gen_dim", "4"},    {"ic_enc_dim", "2"}, {"ic_dim", "2"},  {"factors_dim", "2"},
        {"co_dim", "0"},     {"seed", "1"},       {"threads", "1"}, {"batch_size", "4"},
        {"max_epochs", "2"}, {"sv_rate", "0.1"},  {"quiet", "true"}};
    struct lfads_config *config;
    struct lfads_training *training = NULL;
    struct lfads_error err = {.text = "no configuration"};
    enum lfads_status status = lfads_config_create(&config, &err);

    for (size_t i = 0; i < sizeof flags / sizeof flags[0] && status == LFADS_OK; i++)
        status = lfads_config_set(config, flags[i][0], flags[i][1], &err);
    if (status == LFADS_OK)
        status = lfads_config_set(config, "sv_seed", sv_seed, &err);
    if (status == LFADS_OK)
        status = lfads_training_create(&training, config, data, NULL, &err);
    lfads_config_free(config);
    if (status == LFADS_OK)
        return training;
    fail("lfads_training_create", err.text);
    exit(1);
}

/* Trains an epoch and returns its cost of the training trials. */
static double epoch(struct lfads_training *training)
{
    struct lfads_error err;

    if (lfads_training_epoch(training, &err) != LFADS_OK) {
        fail("lfads_training_epoch", err.text);
        exit(1);
    }
    return lfads_training_last(training)->train.total;
}

static void counts_memory(const uint8_t *counts)
{
    struct lfads_data *data;
    struct lfads_training *training[3];
    double before, first, others, bytes = (double)TRIALS * BINS * CHANNELS;

    if (lfads_data_create(&data, NULL) != LFADS_OK)
        exit(1);
    put(data, "train_data", TRIALS, counts);
    before = resident();
    training[0] = train(data, "0");
    first = resident() - before;
    training[1] = train(data, "0");
    training[2] = train(data, "0");
    others = resident() - before - first;
    printf("%.0f MiB of counts: the first training took %.0f MiB, two others %.0f MiB\n",
           bytes / MEBI, first / MEBI, others / MEBI);
    if (first < bytes)
        fail("the first training", "takes less memory than it reads: this test sees nothing");
    if (others > bytes / 2)
        fail("two other trainings", "have data of their own");
    for (size_t i = 0; i < 3; i++)
        lfads_training_free(training[i]);
    lfads_data_free(data);
}

/* Trainings beside each other, of which one reads otherwise, against one alone. */
static void same_bits(const uint8_t *counts)
{
    struct lfads_data *data;
    struct lfads_training *a, *b, *other, *alone;
    double cost[2][2], of_other;

    if (lfads_data_create(&data, NULL) != LFADS_OK)
        exit(1);
    put(data, "train_data", TRAINED, counts);
    put(data, "valid_data", TRAINED, counts + TRAINED * BINS * CHANNELS);
    alone = train(data, "0");
    for (size_t i = 0; i < 2; i++)
        cost[0][i] = epoch(alone);
    lfads_training_free(alone);
    a = train(data, "0");
    other = train(data, "1");
    b = train(data, "0");
    cost[1][0] = epoch(b);
    of_other = epoch(other);
    if (epoch(a) != cost[0][0])
        fail("a training beside others", "has other bits than alone");
    lfads_training_free(a); /* the first to read is not the last to use it */
    cost[1][1] = epoch(b);
    if (memcmp(cost[0], cost[1], sizeof cost[0]) != 0)
        fail("a training that shares", "has other bits than alone");
    if (of_other == cost[0][0])
        fail("another --sv_seed", "takes the masks of the first");
    lfads_training_free(other);
    lfads_training_free(b);
    lfads_data_free(data);
}

int main(void)
{
    const size_t count = (size_t)TRIALS * BINS * CHANNELS;
    uint8_t *counts = malloc(count);

    if (!counts)
        return 1;
    for (size_t i = 0; i < count; i++)
        counts[i] = (uint8_t)(i * 2654435761u >> 29 & 3);
    same_bits(counts);
    counts_memory(counts);
    free(counts);
    return failures ? 1 : 0;
}
