/* stream.c - a trained model as a filter: reads trials from standard input and writes rates to
 * standard output, trial by trial, both as plain floats [T,N] (Gaussian: means, then variances, for
 * each bin).
 *
 *   stream SAVE_DIR [SESSION]
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>
#include <stdio.h>
#include <stdlib.h>

/* Denoises until the input ends. Fails if the last trial is cut short. */
static enum lfads_status stream(struct lfads_denoiser *denoiser, struct lfads_error *err)
{
    struct lfads_denoiser_shape shape = {.size = sizeof shape};
    size_t numbers, inputs, count;
    float *data, *ext;
    struct lfads_denoised wanted = {.size = sizeof wanted};
    enum lfads_status status = lfads_denoiser_get_shape(denoiser, &shape, err);

    if (status != LFADS_OK)
        return status;
    numbers = shape.bins * shape.channels;
    inputs = shape.bins * shape.ext_inputs;
    data = malloc((numbers + inputs) * sizeof *data);
    wanted.output = malloc(shape.bins * shape.outputs * sizeof *wanted.output);
    if (!data || !wanted.output) {
        free(data);
        free(wanted.output);
        *err = (struct lfads_error){LFADS_NO_MEMORY, "no memory for a trial"};
        return LFADS_NO_MEMORY;
    }
    ext = inputs ? data + numbers : NULL;
    while (status == LFADS_OK &&
           (count = fread(data, sizeof *data, numbers + inputs, stdin)) == numbers + inputs) {
        status = lfads_denoise(denoiser, data, ext, &wanted, err);
        if (status == LFADS_OK)
            fwrite(wanted.output, sizeof(float), shape.bins * shape.outputs, stdout);
        fflush(stdout);
    }
    if (status == LFADS_OK && count != 0) {
        *err = (struct lfads_error){LFADS_BAD_DATA, "the last trial is cut short"};
        status = LFADS_BAD_DATA;
    }
    free(data);
    free(wanted.output);
    return status;
}

int main(int argc, char **argv)
{
    struct lfads_denoiser *denoiser = NULL;
    struct lfads_error err;
    enum lfads_status status;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: stream SAVE_DIR [SESSION]\n");
        return 2;
    }
    status =
        lfads_denoiser_create(&denoiser, argv[1], "checkpoint", argc > 2 ? argv[2] : NULL, &err);
    if (status == LFADS_OK)
        status = stream(denoiser, &err);
    lfads_denoiser_free(denoiser);
    if (status != LFADS_OK)
        fprintf(stderr, "stream: %s\n", err.text);
    return status != LFADS_OK;
}
