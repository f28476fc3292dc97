/* fuzz_hyperparameters.c - a checkpoint's hyperparameters, JSON. What is taken is written again,
 * and read back the same. SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/hyperparams.h"
#include "target.h"

/* All flags that are written must come back. */
static void round_trip(const struct lfads_config *config)
{
    struct session_shape session = {"s", 3, 0, 7};
    size_t last = (size_t)flag_find(config_table(), "kind");
    struct hyperparams_data data = {.sessions = &session,
                                    .count = 1,
                                    .bins = SIZE_MAX >> 1,
                                    .encoded_bins = SIZE_MAX >> 1,
                                    .data_path = "/d"};
    struct lfads_config *again;
    struct lfads_error err;
    char *text;

    assert(hyperparams_text(&text, config, &data, &err) == LFADS_OK);
    assert(lfads_config_create(&again, NULL) == LFADS_OK);
    assert(hyperparams_read(again, text, "again", &err) == LFADS_OK);
    for (size_t i = 0; i <= last; i++)
        assert(flag_equal(config, again, &config_table()->flags[i]));
    lfads_config_free(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct hyperparams_data data;
    struct lfads_config *config;
    struct lfads_error err = {.text = ""};
    char *text = malloc(length + 1);
    enum lfads_status status;

    memcpy(text, bytes, length);
    text[length] = 0;
    assert(lfads_config_create(&config, NULL) == LFADS_OK);
    status = hyperparams_read(config, text, "file", &err);
    target_check(status, &err);
    if (status == LFADS_OK)
        round_trip(config);
    if (status == LFADS_OK)
        target_check(config_check(config, &err), &err);
    target_check(hyperparams_read_data(&data, text, "file", &err), &err);
    hyperparams_release_data(&data);
    lfads_config_free(config);
    free(text);
    return 0;
}
