/* sizes.c - callers that are older, or newer, than the library: structs with less, or more, behind
 * their size than the library knows.
 *
 *   sizes SCRATCH
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "refused.h"

enum { TRIALS = 8, BINS = 6, CHANNELS = 3, COUNT = TRIALS * BINS * CHANNELS };
static const unsigned char mark = 0x5a;

static void must(enum lfads_status status, const struct lfads_error *err)
{
    if (status == LFADS_OK)
        return;
    printf("FAILED: %s\n", err->text);
    exit(1);
}

/* Checks that CALL, which lacks a size, is refused with the remedy; NAME: what it is about. */
#define SIZELESS(name, call)                                                                       \
    do {                                                                                           \
        struct lfads_error err = {LFADS_OK, ""};                                                   \
                                                                                                   \
        if ((call) != LFADS_USAGE || !strstr(err.text, name) || !strstr(err.text, "size is 0") ||  \
            !strstr(err.text, "sizeof"))                                                           \
            fail(#call, err.text);                                                                 \
    } while (0)

/* What callbacks are told. */
struct heard {
    int lines, epochs, stops;
};

static void hear_line(void *payload, const char *text)
{
    (void)text;
    ((struct heard *)payload)->lines++;
}

static void hear_progress(void *payload, const struct lfads_progress *progress)
{
    ((struct heard *)payload)->epochs += progress->ended != NULL;
}

static bool stop(void *payload)
{
    ((struct heard *)payload)->stops++;
    return false;
}

static struct lfads_config *small(void)
{
    static const char *const words[][2] = {
        {"factors_dim", "2"}, {"gen_dim", "4"},    {"ic_enc_dim", "3"}, {"ic_dim", "2"},
        {"co_dim", "0"},      {"batch_size", "4"}, {"max_epochs", "2"}, {"threads", "1"}};
    struct lfads_config *config;
    struct lfads_error err;

    must(lfads_config_create(&config, &err), &err);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        must(lfads_config_set(config, words[i][0], words[i][1], &err), &err);
    return config;
}

static struct lfads_data *make_data(void)
{
    static const size_t shape[] = {TRIALS, BINS, CHANNELS};
    static unsigned char counts[COUNT];
    const struct lfads_array array = {LFADS_UINT8, 3, shape, NULL, counts};
    struct lfads_data *data;
    struct lfads_error err;

    for (int i = 0; i < COUNT; i++)
        counts[i] = (unsigned char)(i * 7 % 3);
    must(lfads_data_create(&data, &err), &err);
    must(lfads_data_put(data, "a", "train_data", &array, LFADS_BORROW, &err), &err);
    must(lfads_data_put(data, "a", "valid_data", &array, LFADS_BORROW, &err), &err);
    return data;
}

/* A training with CALLBACKS, whose payload is what they hear. */
static void train(const struct lfads_callbacks *callbacks, const char *directory)
{
    struct lfads_config *config = small();
    struct lfads_data *data = make_data();
    struct lfads_training *training;
    struct lfads_error err;

    must(lfads_training_create(&training, config, data, callbacks, &err), &err);
    must(lfads_training_run(training, &err), &err);
    if (directory)
        must(lfads_training_save(training, directory, &err), &err);
    lfads_training_free(training);
    lfads_data_free(data);
    lfads_config_free(config);
}

static void callbacks_of_ages(const char *directory)
{
    struct heard heard = {0};
    struct {
        struct lfads_callbacks known;
        unsigned char more[64];
    } newer = {.known = {.size = sizeof newer,
                         .payload = &heard,
                         .line = hear_line,
                         .progress = hear_progress,
                         .stop = stop}};
    struct lfads_callbacks older = newer.known;

    memset(newer.more, mark, sizeof newer.more);
    train(&newer.known, directory);
    if (!heard.lines || heard.epochs != 2 || !heard.stops)
        fail("lfads_callbacks", "a newer caller is not told all");
    older.size = offsetof(struct lfads_callbacks, stop); /* what is behind is not the caller's */
    memset(&older.stop, mark, sizeof older.stop);
    heard = (struct heard){0};
    train(&older, NULL);
    if (!heard.lines || heard.epochs != 2 || heard.stops)
        fail("lfads_callbacks", "an older caller is not told what it knows");
}

/* Every call that takes callbacks looks at their size. */
static void callbacks_without_size(const char *folder)
{
    const struct lfads_callbacks none = {.line = hear_line};
    const struct lfads_report_request request = {.size = sizeof request, .save_dir = folder};
    const struct lfads_report_request page = {.size = sizeof page, .output_file = "page.html"};
    const struct lfads_sampling how = {.size = sizeof how};
    struct lfads_config *config = small();
    struct lfads_data *data = make_data();
    struct lfads_tune_config *tune;
    struct lfads_synth_config *synth;
    struct lfads_prepare_config *prepare;
    struct lfads_training *training;
    struct lfads_model *model, *opened;
    struct lfads_error error;

    must(lfads_tune_config_create(&tune, &error), &error);
    must(lfads_synth_config_create(&synth, &error), &error);
    must(lfads_prepare_config_create(&prepare, &error), &error);
    must(lfads_prepare_config_set(prepare, "output", folder, &error), &error);
    must(lfads_training_create(&training, config, data, NULL, &error), &error);
    must(lfads_model_create(&model, training, LFADS_LATEST, &error), &error);
    SIZELESS("lfads_model_posterior: callbacks",
             lfads_model_posterior(model, data, NULL, "train", NULL, &how, NULL, 0, &none, &err));
    SIZELESS("lfads_training_report: callbacks",
             lfads_training_report(training, &page, &none, &err));
    lfads_training_free(training);
    SIZELESS("lfads_training_create: callbacks",
             lfads_training_create(&training, config, data, &none, &err));
    must(lfads_config_set(config, "lfads_save_dir", folder, &error), &error);
    SIZELESS("lfads_model_open: callbacks", lfads_model_open(&opened, config, &none, &err));
    SIZELESS("lfads_train: callbacks", lfads_train(config, &none, &err));
    SIZELESS("lfads_tune: callbacks", lfads_tune(config, tune, &none, &err));
    SIZELESS("lfads_posterior_sample: callbacks", lfads_posterior_sample(config, &none, &err));
    SIZELESS("lfads_posterior_mean: callbacks", lfads_posterior_mean(config, &none, &err));
    SIZELESS("lfads_prior_sample: callbacks", lfads_prior_sample(config, &none, &err));
    SIZELESS("lfads_write_params: callbacks", lfads_write_params(config, &none, &err));
    SIZELESS("lfads_synth: callbacks", lfads_synth("labeled", synth, &none, &err));
    SIZELESS("lfads_prepare: callbacks", lfads_prepare(&folder, 1, prepare, &none, &err));
    SIZELESS("lfads_report: callbacks", lfads_report(&request, &none, &err));
    lfads_model_free(model);
    lfads_data_free(data);
    lfads_tune_config_free(tune);
    lfads_synth_config_free(synth);
    lfads_prepare_config_free(prepare);
    lfads_config_free(config);
}

/* The shape of a denoiser in structs of three ages. */
static void shapes(const struct lfads_denoiser *denoiser)
{
    struct {
        struct lfads_denoiser_shape known;
        unsigned char more[64];
    } newer, older;
    const size_t size = offsetof(struct lfads_denoiser_shape, outputs);
    struct lfads_error error;

    memset(&newer, mark, sizeof newer);
    memset(&older, mark, sizeof older);
    newer.known.size = sizeof newer;
    older.known.size = size;
    must(lfads_denoiser_get_shape(denoiser, &newer.known, &error), &error);
    must(lfads_denoiser_get_shape(denoiser, &older.known, &error), &error);
    if (newer.known.bins != BINS || newer.known.outputs != CHANNELS || newer.known.factors != 2)
        fail("lfads_denoiser_get_shape", "a newer caller gets another shape");
    for (size_t i = 0; i < sizeof newer.more; i++)
        if (newer.more[i] != 0)
            fail("lfads_denoiser_get_shape", "what the library does not know is not 0");
    if (older.known.size != size || older.known.bins != BINS || older.known.channels != CHANNELS)
        fail("lfads_denoiser_get_shape", "an older caller gets another shape");
    for (size_t i = size; i < sizeof older; i++)
        if (((unsigned char *)&older)[i] != mark)
            fail("lfads_denoiser_get_shape", "writes beyond the struct of an older caller");
    older.known.size = 0;
    SIZELESS("lfads_denoiser_get_shape", lfads_denoiser_get_shape(denoiser, &older.known, &err));
}

static bool is_filled(const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (isnan(values[i]))
            return false;
    return true;
}

static void denoise(struct lfads_denoiser *denoiser)
{
    static const float data[BINS * CHANNELS];
    float output[BINS * CHANNELS], factors[BINS * 2];
    struct {
        struct lfads_denoised known;
        unsigned char more[64];
    } newer = {.known = {.size = sizeof newer, .output = output, .factors = factors}};
    struct lfads_denoised older = {.size = offsetof(struct lfads_denoised, factors),
                                   .output = output};
    struct lfads_error error;

    memset(newer.more, mark, sizeof newer.more);
    output[0] = factors[0] = (float)NAN;
    must(lfads_denoise(denoiser, data, NULL, &newer.known, &error), &error);
    if (!is_filled(output, BINS * CHANNELS) || !is_filled(factors, BINS * 2))
        fail("lfads_denoise", "a newer caller lacks a result");
    memset(&older.factors, mark, sizeof older - older.size); /* no pointers: not the caller's */
    output[0] = (float)NAN;
    must(lfads_denoise(denoiser, data, NULL, &older, &error), &error);
    if (!is_filled(output, BINS * CHANNELS))
        fail("lfads_denoise", "an older caller lacks the result that it knows");
    older.size = 0;
    SIZELESS("lfads_denoise", lfads_denoise(denoiser, data, NULL, &older, &err));
}

int main(int argc, char **argv)
{
    struct lfads_denoiser *denoiser;
    struct lfads_error error;

    if (argc < 2)
        return 2;
    callbacks_of_ages(argv[1]);
    callbacks_without_size(argv[1]);
    must(lfads_denoiser_create(&denoiser, argv[1], "checkpoint", NULL, &error), &error);
    shapes(denoiser);
    denoise(denoiser);
    lfads_denoiser_free(denoiser);
    printf("%d failures\n", failures);
    return failures != 0;
}
