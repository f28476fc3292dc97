/* denoise.c - the library on one page: trains on a data set, then writes denoised rates.
 *
 *   denoise DATA_DIR STEM SAVE_DIR EPOCHS
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>
#include <stdio.h>

static void print_line(void *payload, const char *text)
{
    (void)payload;
    puts(text);
}

/* Sets the flags that the command line gives, and those of a small model. */
static enum lfads_status configure(struct lfads_config *config, char **words,
                                   struct lfads_error *err)
{
    const char *const flags[][2] = {
        {"data_dir", words[1]},
        {"data_filename_stem", words[2]},
        {"lfads_save_dir", words[3]},
        {"max_epochs", words[4]},
        {"co_dim", "0"},
        {"factors_dim", "8"},
        {"gen_dim", "64"},
        {"ic_enc_dim", "32"},
    };
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < sizeof flags / sizeof flags[0] && status == LFADS_OK; i++)
        status = lfads_config_set(config, flags[i][0], flags[i][1], err);
    return status;
}

int main(int argc, char **argv)
{
    struct lfads_callbacks callbacks = {
        .size = sizeof callbacks, .line = print_line, .warn = print_line};
    struct lfads_config *config = NULL;
    struct lfads_error err;
    enum lfads_status status;

    if (argc != 5) {
        fprintf(stderr, "usage: denoise DATA_DIR STEM SAVE_DIR EPOCHS\n");
        return 2;
    }
    status = lfads_config_create(&config, &err);
    if (status == LFADS_OK)
        status = configure(config, argv, &err);
    if (status == LFADS_OK)
        status = lfads_train(config, &callbacks, &err);
    if (status == LFADS_OK)
        status = lfads_posterior_mean(config, &callbacks, &err);
    lfads_config_free(config);
    if (status != LFADS_OK)
        fprintf(stderr, "%s: %s\n", lfads_status_name(status), err.text);
    return status != LFADS_OK;
}
