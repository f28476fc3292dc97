/* soak.c - creates many models one after another in one process: trains, interrupts and resumes
 * each, samples, scores and denoises with it. Neither memory nor file descriptors may grow.
 *
 *   soak FOLDER [MODELS]      an empty folder; default 10 models
 *
 * During the first models libraries allocate what they keep (HDF5's free lists, oneDNN's kernels,
 * fonts, OpenMP's threads), so growth is counted from the eighth on.
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

#include <dirent.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WARM_UP = 8, /* each of the sizes below twice */
    /* limit of the heap's growth per model, in bytes; measured: 14 KiB in sixteen models, less and
     * less, for lists of HDF5 and of the allocator */
    MAX_HEAP = 4 << 10,
    /* limit of the process's growth, which varies by 13 MiB with its huge pages */
    MAX_RESIDENT = 32 << 20
};

static void must(enum lfads_status status, const char *what, const struct lfads_error *err)
{
    if (status == LFADS_OK)
        return;
    printf("FAILED %s: %s\n", what, err->text);
    exit(1);
}

__attribute__((format(printf, 3, 4))) static void set(struct lfads_config *config, const char *name,
                                                      const char *format, ...)
{
    char value[4096];
    struct lfads_error err;
    va_list words;

    va_start(words, format);
    vsnprintf(value, sizeof value, format, words);
    va_end(words);
    must(lfads_config_set(config, name, value, &err), name, &err);
}

/* Returns true after *PAYLOAD calls. */
static bool stop(void *payload)
{
    int *left = payload;

    return (*left)-- == 0;
}

static void make_data(const char *folder)
{
    struct lfads_synth_config *config;
    struct lfads_error err;
    const char *const flags[][2] = {
        {"save_dir", folder}, {"datafile_name", "set"}, {"N", "10"}, {"S", "10"}, {"C", "12"},
        {"T", "0.2"},         {"nreplications", "5"}};

    must(lfads_synth_config_create(&config, &err), "synth", &err);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        must(lfads_synth_config_set(config, flags[i][0], flags[i][1], &err), flags[i][0], &err);
    must(lfads_synth("chaotic", config, NULL, &err), "synth", &err);
    lfads_synth_config_free(config);
}

static void denoise(const char *save)
{
    struct lfads_denoiser *denoiser;
    struct lfads_denoiser_shape shape = {.size = sizeof shape};
    struct lfads_denoised wanted = {.size = sizeof wanted};
    struct lfads_error err;
    float *data, *output;

    must(lfads_denoiser_create(&denoiser, save, "checkpoint", NULL, &err), "denoiser", &err);
    must(lfads_denoiser_get_shape(denoiser, &shape, &err), "shape", &err);
    data = calloc(shape.bins * shape.channels, sizeof *data);
    wanted.output = output = calloc(shape.bins * shape.outputs, sizeof *output);
    if (!data || !output)
        exit(1);
    for (int i = 0; i < 20; i++)
        must(lfads_denoise(denoiser, data, NULL, &wanted, &err), "denoise", &err);
    data[0] = -1;
    if (lfads_denoise(denoiser, data, NULL, &wanted, NULL) == LFADS_OK)
        exit(1);
    lfads_denoiser_free(denoiser);
    free(data);
    free(output);
}

static void score(const char *folder, const char *save)
{
    char data[4200], rates[4200], figure[4200];
    struct lfads_evaluation what = {.size = sizeof what,
                                    .data_file = data,
                                    .model_run_file = rates,
                                    .figure = figure,
                                    .set = "valid"};
    struct lfads_score *result;
    struct lfads_error err;

    snprintf(data, sizeof data, "%s/set_dataset_N10_S10", folder);
    snprintf(rates, sizeof rates,
             "%s/model_runs_dataset_N10_S10_valid_posterior_sample_and_average", save);
    snprintf(figure, sizeof figure, "%s/rates.png", folder);
    must(lfads_evaluate(&result, &what, &err), "evaluate", &err);
    lfads_score_free(result);
    what.model_run_file = folder; /* an evaluation that fails */
    if (lfads_evaluate(&result, &what, NULL) == LFADS_OK)
        exit(1);
    lfads_score_free(result);
}

static void use_model(const char *folder, int number)
{
    static const int units[] = {12, 24, 17, 30};
    struct lfads_config *config;
    struct lfads_error err;
    struct lfads_callbacks callbacks = {.size = sizeof callbacks, .stop = stop};
    char save[4096];
    int left = 3;

    callbacks.payload = &left;
    snprintf(save, sizeof save, "%s/model_%d", folder, number);
    must(lfads_config_create(&config, &err), "config", &err);
    set(config, "data_dir", "%s", folder);
    set(config, "data_filename_stem", "set");
    set(config, "lfads_save_dir", "%s", save);
    set(config, "gen_dim", "%d", units[number % 4]);
    set(config, "con_dim", "%d", units[(number + 1) % 4]);
    set(config, "ic_enc_dim", "10");
    set(config, "ci_enc_dim", "10");
    set(config, "ic_dim", "5");
    set(config, "factors_dim", "4");
    set(config, "co_dim", "1");
    set(config, "batch_size", "16");
    set(config, "threads", "2");
    set(config, "seed", "%d", number);
    set(config, "max_epochs", "2");
    if (number % 2) /* half without pictures, which take half the time */
        set(config, "example_every_s", "-1");
    if (lfads_train(config, &callbacks, &err) != LFADS_INTERRUPTED)
        exit(1);
    must(lfads_train(config, NULL, &err), "train", &err);
    must(lfads_posterior_sample(config, NULL, &err), "posterior_sample", &err);
    must(lfads_posterior_mean(config, NULL, &err), "posterior_mean", &err);
    must(lfads_prior_sample(config, NULL, &err), "prior_sample", &err);
    must(lfads_write_params(config, NULL, &err), "write_params", &err);
    lfads_config_free(config);
    denoise(save);
    score(folder, save);
}

struct usage {
    int descriptors;
    long heap, resident;
};

static struct usage measure(void)
{
    struct usage usage = {0, 0, 0};
    DIR *list = opendir("/proc/self/fd");
    FILE *file = fopen("/proc/self/statm", "r");
    struct mallinfo2 heap;
    long total;

    if (!list || !file || fscanf(file, "%ld %ld", &total, &usage.resident) != 2)
        exit(1);
    fclose(file);
    usage.resident *= sysconf(_SC_PAGESIZE);
    while (readdir(list))
        usage.descriptors++;
    closedir(list);
    malloc_trim(0);
    heap = mallinfo2();
    usage.heap = (long)(heap.uordblks + heap.hblkhd);
    return usage;
}

int main(int argc, char **argv)
{
    int models = argc > 2 ? atoi(argv[2]) : 10;
    struct usage first = {0, 0, 0}, last = first;

    if (argc < 2 || models <= WARM_UP)
        return 2;
    make_data(argv[1]);
    for (int i = 0; i < models; i++) {
        use_model(argv[1], i);
        last = measure();
        printf("model %d: %d descriptors, heap %ld KiB, resident %ld KiB\n", i + 1,
               last.descriptors, last.heap >> 10, last.resident >> 10);
        if (i + 1 == WARM_UP)
            first = last;
    }
    if (last.descriptors != first.descriptors ||
        last.heap - first.heap > (long)(models - WARM_UP) * MAX_HEAP) {
        printf("FAILED: memory or file descriptors grow\n");
        return 1;
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they keep freed memory */
    if (last.resident - first.resident > MAX_RESIDENT) {
        printf("FAILED: the process grows\n");
        return 1;
    }
#endif
    return 0;
}
