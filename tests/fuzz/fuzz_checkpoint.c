/* fuzz_checkpoint.c - a checkpoint, as it is, and with a seal that fits: a hostile one has that.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "save/checkpoint.h"
#include "save/checksum_header.h"
#include "target.h"

static void denoise(struct lfads_denoiser *denoiser)
{
    struct lfads_denoiser_shape shape = {.size = sizeof shape};
    const struct lfads_denoised nothing = {.size = sizeof nothing};
    struct lfads_error err = {.text = ""};
    float *data, *ext;

    target_check(lfads_denoiser_get_shape(denoiser, &shape, &err), &err);
    data = calloc(shape.bins * shape.channels + 1, sizeof *data);
    ext = calloc(shape.bins * shape.ext_inputs + 1, sizeof *ext);
    assert(data && ext);
    target_check(lfads_denoise(denoiser, data, ext, &nothing, &err), &err);
    free(data);
    free(ext);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char index[] = "model_checkpoint_path: \"m.ckpt-1\"\n";
    struct lfads_denoiser *denoiser;
    struct checkpoint checkpoint;
    struct lfads_error err = {.text = ""};
    enum lfads_status status;

    target_write("checkpoint", (const uint8_t *)index, strlen(index));
    target_write("m.ckpt-1", bytes, length);
    target_check(checkpoint_read(&checkpoint, "m.ckpt-1", &err), &err);
    checkpoint_release(&checkpoint);
    if (length < CHECKSUM_HEADER_BYTES)
        return 0;
    assert(checksum_header_write("m.ckpt-1", NULL) == LFADS_OK);
    status = lfads_denoiser_create(&denoiser, ".", "checkpoint", NULL, &err);
    target_check(status, &err);
    if (status == LFADS_OK)
        denoise(denoiser);
    lfads_denoiser_free(denoiser);
    return 0;
}
