/* arrays.c - the library without files: makes spikes, trains on them, compares the inferred rates
 * with the true ones, samples the model. Nothing is written to disk but a page on the model, if it
 * is asked for.
 *
 *   arrays [EPOCHS [PAGE.html]]
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TRAIN = 64, VALID = 16, BINS = 40, CHANNELS = 20, NUMBERS = BINS * CHANNELS };

/* Spikes of a bin and the rates that they are drawn from: rotations with a phase for each trial. */
struct spikes {
    float rates[TRAIN + VALID][BINS][CHANNELS];
    unsigned char counts[TRAIN + VALID][BINS][CHANNELS];
};

static double uniform(void) { return (rand() + 0.5) / (RAND_MAX + 1.0); }

static unsigned char poisson(double rate)
{
    const double limit = exp(-rate);
    double product = uniform();
    unsigned char count = 0;

    while (product > limit) {
        product *= uniform();
        count++;
    }
    return count;
}

static void make(struct spikes *spikes)
{
    for (int trial = 0; trial < TRAIN + VALID; trial++) {
        double phase = 6.283 * uniform();

        for (int bin = 0; bin < BINS; bin++)
            for (int channel = 0; channel < CHANNELS; channel++) {
                double rate = exp(1.2 * sin(phase + 0.25 * bin + 0.9 * channel));

                spikes->rates[trial][bin][channel] = (float)rate;
                spikes->counts[trial][bin][channel] = poisson(rate);
            }
    }
}

static void report(void *payload, const struct lfads_progress *progress)
{
    const struct lfads_epoch *epoch = progress->ended;

    (void)payload;
    if (epoch && epoch->epoch % 20 == 0)
        printf("epoch %3d: costs of training %.1f, of validation %.1f\n", (int)epoch->epoch,
               epoch->train.total, epoch->valid.total);
}

/* The training borrows the spikes: they are not copied. */
static enum lfads_status put(struct lfads_data *data, const struct spikes *spikes,
                             struct lfads_error *err)
{
    const size_t train[] = {TRAIN, BINS, CHANNELS}, valid[] = {VALID, BINS, CHANNELS};
    const struct lfads_array arrays[] = {{LFADS_UINT8, 3, train, NULL, spikes->counts},
                                         {LFADS_UINT8, 3, valid, NULL, spikes->counts[TRAIN]}};
    enum lfads_status status =
        lfads_data_put(data, "monkey", "train_data", &arrays[0], LFADS_BORROW, err);

    return status == LFADS_OK
               ? lfads_data_put(data, "monkey", "valid_data", &arrays[1], LFADS_BORROW, err)
               : status;
}

static enum lfads_status train(struct lfads_training **training, const struct lfads_data *data,
                               const char *epochs, struct lfads_error *err)
{
    const struct lfads_callbacks callbacks = {.size = sizeof callbacks, .progress = report};
    const char *const flags[][2] = {
        {"preset", "auto"}, {"max_epochs", epochs}, {"gen_dim", "32"}, {"seed", "1"}};
    struct lfads_config *config = NULL;
    enum lfads_status status = lfads_config_create(&config, err);

    for (size_t i = 0; i < sizeof flags / sizeof flags[0] && status == LFADS_OK; i++)
        status = lfads_config_set(config, flags[i][0], flags[i][1], err);
    if (status == LFADS_OK)
        status = lfads_training_create(training, config, data, &callbacks, err);
    lfads_config_free(config);
    return status == LFADS_OK ? lfads_training_run(*training, err) : status;
}

/* The share of the variance of the true rates that the inferred ones explain. */
static double explained(const float *rates, const float *truth)
{
    double mean = 0, left = 0, all = 0;

    for (int i = 0; i < VALID * NUMBERS; i++)
        mean += (double)truth[i] / (VALID * NUMBERS);
    for (int i = 0; i < VALID * NUMBERS; i++) {
        left += pow((double)rates[i] - (double)truth[i], 2);
        all += pow((double)truth[i] - mean, 2);
    }
    return 1 - left / all;
}

static enum lfads_status look(const struct lfads_training *training, const struct lfads_data *data,
                              const struct spikes *spikes, struct lfads_error *err)
{
    static float rates[VALID * NUMBERS], made[NUMBERS];
    const struct lfads_sampling how = {.size = sizeof how, .samples = 16};
    const struct lfads_output inferred = {"output_dist_params", LFADS_FLOAT32, rates,
                                          VALID * NUMBERS};
    const struct lfads_output sampled = {"output_dist_params", LFADS_FLOAT32, made, NUMBERS};
    struct lfads_model *model = NULL;
    enum lfads_status status = lfads_model_create(&model, training, LFADS_LOWEST, err);

    if (status == LFADS_OK)
        status = lfads_model_posterior(model, data, "monkey", "valid", NULL, &how, &inferred, 1,
                                       NULL, err);
    if (status == LFADS_OK)
        status = lfads_model_prior(model, NULL, 1, NULL, &sampled, 1, err);
    lfads_model_free(model);
    if (status == LFADS_OK)
        printf("R2 of the rates of validation trials: %.3f\n"
               "a trial that the model makes up begins at rates %.2f, %.2f, %.2f ...\n",
               explained(rates, spikes->rates[TRAIN][0]), (double)made[0], (double)made[1],
               (double)made[2]);
    return status;
}

static enum lfads_status write_page(struct lfads_training *training, const char *path,
                                    struct lfads_error *err)
{
    const struct lfads_report_request what = {.size = sizeof what, .output_file = path};

    return lfads_training_report(training, &what, NULL, err);
}

int main(int argc, char **argv)
{
    static struct spikes spikes;
    struct lfads_data *data = NULL;
    struct lfads_training *training = NULL;
    struct lfads_error err;
    enum lfads_status status;

    make(&spikes);
    status = lfads_data_create(&data, &err);
    if (status == LFADS_OK)
        status = put(data, &spikes, &err);
    if (status == LFADS_OK)
        status = train(&training, data, argc > 1 ? argv[1] : "200", &err);
    if (status == LFADS_OK)
        status = look(training, data, &spikes, &err);
    if (status == LFADS_OK && argc > 2)
        status = write_page(training, argv[2], &err);
    lfads_training_free(training);
    lfads_data_free(data);
    if (status != LFADS_OK)
        fprintf(stderr, "%s: %s\n", lfads_status_name(status), err.text);
    return status != LFADS_OK;
}
