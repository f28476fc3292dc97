/* fuzz_bundle.c - the index of a TensorFlow checkpoint: as it is, and as the entries of a block
 * whose checksum fits, plain or compressed; a hostile one has that. The numbers are zeros.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "save/checkpoint.h"
#include "synth/integrator.h"
#include "table_writer.h"
#include "target.h"
#include "tensorflow/bundle_private.h"

enum { AS_IT_IS, PLAIN, SNAPPY, FORMS }; /* what the first byte says */

/* A least model's (make_corpus.py). */
static const char hyperparameters[] =
    "{\"kind\": \"train\", \"co_dim\": 0, \"factors_dim\": 1, \"ic_dim\": 1, \"ic_enc_dim\": 1, "
    "\"gen_dim\": 1, \"dataset_names\": [\"s\"], \"dataset_dims\": {\"s\": 3}, \"num_steps\": 4}";

static void write_index(const uint8_t *bytes, size_t length, int form)
{
    struct table_writer writer = {.length = 0};

    if (form == AS_IT_IS) {
        target_write("m.ckpt-1.index", bytes, length);
        return;
    }
    table_writer_add(&writer, bytes, length, form == SNAPPY);
    table_writer_finish(&writer);
    target_write("m.ckpt-1.index", writer.bytes, writer.length);
    table_writer_release(&writer);
}

/* Reads every variable: what is within the index can be read, or is refused. */
static void read_variables(void)
{
    struct bundle *bundle;
    struct lfads_error err = {.text = ""};
    enum lfads_status status = bundle_open(&bundle, "m.ckpt-1", &err);

    target_check(status, &err);
    assert((status == LFADS_OK) == (bundle != NULL));
    for (size_t i = 0; bundle && i < bundle->count; i++) {
        const struct bundle_variable *v = &bundle->variables[i];
        real *values = calloc(v->bytes + 1, sizeof *values); /* within the file: not many */
        int64_t whole;
        double number;

        assert(values && bundle_find(bundle, v->name) == v);
        status = bundle_read_reals(values, bundle, v, &err);
        target_check(status, &err);
        for (size_t k = 0; status == LFADS_OK && k < v->count; k++)
            assert(values[k] == 0);
        target_check(bundle_read_integer(&whole, bundle, v->name, &err), &err);
        target_check(bundle_read_real(&number, bundle, v->name, &err), &err);
        free(values);
    }
    bundle_close(bundle);
}

static void denoise(void)
{
    static const char index[] = "model_checkpoint_path: \"m.ckpt-1\"\n";
    static const float data[12]; /* [4,3] */
    const struct lfads_denoised nothing = {.size = sizeof nothing};
    struct lfads_denoiser *denoiser;
    struct lfads_error err = {.text = ""};
    enum lfads_status status;

    target_write("checkpoint", (const uint8_t *)index, strlen(index));
    target_write("hyperparameters-0.txt", (const uint8_t *)hyperparameters,
                 strlen(hyperparameters));
    status = lfads_denoiser_create(&denoiser, ".", "checkpoint", NULL, &err);
    target_check(status, &err);
    if (status == LFADS_OK)
        target_check(lfads_denoise(denoiser, data, NULL, &nothing, &err), &err);
    lfads_denoiser_free(denoiser);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const uint8_t zeros[4096];
    struct integrator network;
    struct lfads_error err = {.text = ""};

    if (length == 0)
        return 0;
    write_index(bytes + 1, length - 1, bytes[0] % FORMS);
    target_write("m.ckpt-1.data-00000-of-00001", zeros, sizeof zeros);
    read_variables();
    denoise();
    assert(integrator_create(&network, 2, NULL) == LFADS_OK);
    target_check(integrator_read(&network, "m.ckpt-1", &err), &err);
    integrator_release(&network);
    return 0;
}
