/* denoise.c - loads a trained model, denoises a trial and prints its rates; for tests in
 * which allocations fail.
 *
 *   denoise SAVE_DIR
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>
#include <stdio.h>
#include <stdlib.h>

static enum lfads_status denoise(struct lfads_denoiser *denoiser, struct lfads_error *err)
{
    struct lfads_denoiser_shape shape = {.size = sizeof shape};
    struct lfads_denoised denoised = {.size = sizeof denoised};
    enum lfads_status status = lfads_denoiser_get_shape(denoiser, &shape, err);
    float *data;

    if (status != LFADS_OK)
        return status;
    data = calloc(shape.bins * shape.channels, sizeof *data);
    denoised.output = calloc(shape.bins * shape.outputs, sizeof *denoised.output);
    if (data && denoised.output) {
        status = lfads_denoise(denoiser, data, NULL, &denoised, err);
    } else {
        snprintf(err->text, sizeof err->text, "no memory for the trial");
        status = LFADS_NO_MEMORY;
    }
    for (size_t i = 0; status == LFADS_OK && i < shape.bins * shape.outputs; i++)
        printf("%a\n", (double)denoised.output[i]);
    free(data);
    free(denoised.output);
    return status;
}

int main(int argc, char **argv)
{
    struct lfads_denoiser *denoiser = NULL;
    struct lfads_error err;
    enum lfads_status status =
        lfads_denoiser_create(&denoiser, argc > 1 ? argv[1] : "", "checkpoint", NULL, &err);

    if (status == LFADS_OK)
        status = denoise(denoiser, &err);
    lfads_denoiser_free(denoiser);
    if (status != LFADS_OK)
        fprintf(stderr, "denoise: %s\n", err.text);
    return status == LFADS_OK ? 0 : status == LFADS_NO_MEMORY || status == LFADS_IO ? 1 : 2;
}
