/* bins.c - sends trials of standard input, plain floats [T,N] then [T,E], through a model whole and
 * bin by bin, and compares the bits. Prints for each bin of the first trial how many had results.
 *
 *   bins SAVE_DIR SESSION
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arrays {
    float *memory;
    struct lfads_denoised of;
    size_t count;
};

static struct arrays make_arrays(const struct lfads_denoiser_shape *s)
{
    struct arrays a = {.count = s->bins * (s->outputs + s->factors + s->inputs)};

    a.memory = malloc((a.count + 1) * sizeof *a.memory);
    if (!a.memory)
        exit(3);
    for (size_t i = 0; i < a.count; i++)
        a.memory[i] = (float)NAN; /* what is not filled is seen */
    a.of = (struct lfads_denoised){.size = sizeof a.of,
                                   .output = a.memory,
                                   .factors = a.memory + s->bins * s->outputs,
                                   .inputs = a.memory + s->bins * (s->outputs + s->factors)};
    return a;
}

/* Sends a trial bin by bin; prints what is ready if it is the FIRST. */
static enum lfads_status send(struct lfads_denoiser *d, const struct lfads_denoiser_shape *s,
                              const float *data, const struct arrays *into, bool first,
                              struct lfads_error *err)
{
    const float *ext = data + s->bins * s->channels;
    float wrong[4096] = {(float)NAN};
    enum lfads_status status = lfads_denoiser_begin(d, err);
    size_t ready;

    for (size_t t = 0; t < s->bins && status == LFADS_OK; t++) {
        if (s->channels < 4096 &&
            lfads_denoise_bin(d, wrong, ext, &into->of, &ready, NULL) != LFADS_BAD_DATA)
            exit(4); /* and the bin can be given again */
        status = lfads_denoise_bin(d, data + t * s->channels,
                                   s->ext_inputs ? ext + t * s->ext_inputs : NULL, &into->of,
                                   &ready, err);
        if (first && status == LFADS_OK)
            printf("%zu ", ready);
    }
    if (status == LFADS_OK &&
        lfads_denoise_bin(d, data, ext, &into->of, &ready, NULL) != LFADS_USAGE)
        exit(5); /* a bin too many */
    return status;
}

int main(int argc, char **argv)
{
    struct lfads_denoiser *d;
    struct lfads_denoiser_shape s = {.size = sizeof s};
    struct lfads_error err;
    float *data;
    size_t numbers, trials = 0;
    enum lfads_status status;

    if (argc != 3 || lfads_denoiser_create(&d, argv[1], "checkpoint", argv[2], &err) != LFADS_OK ||
        lfads_denoiser_get_shape(d, &s, &err) != LFADS_OK)
        return 2;
    numbers = s.bins * (s.channels + s.ext_inputs);
    data = malloc((numbers + 1) * sizeof *data);
    status = data ? LFADS_OK : LFADS_NO_MEMORY;
    while (status == LFADS_OK && fread(data, sizeof *data, numbers, stdin) == numbers) {
        struct arrays whole = make_arrays(&s), bins = make_arrays(&s);

        status = send(d, &s, data, &bins, trials == 0, &err);
        if (status == LFADS_OK)
            status = lfads_denoise(d, data, s.ext_inputs ? data + s.bins * s.channels : NULL,
                                   &whole.of, &err);
        if (status == LFADS_OK &&
            memcmp(whole.memory, bins.memory, whole.count * sizeof *whole.memory) != 0)
            printf("OTHER in trial %zu ", trials);
        free(whole.memory);
        free(bins.memory);
        trials++;
    }
    if (status == LFADS_OK)
        printf("\n%zu trials\n", trials);
    else
        fprintf(stderr, "%s\n", err.text);
    free(data);
    lfads_denoiser_free(d);
    return status != LFADS_OK;
}
