/* tune_config.c - the record of the flags of the command tune.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/tune_config.h"

#include <stdlib.h>
#include <string.h>

#include "config/distribution.h"
#include "config/kinds.h"
#include "config/preset_names.h"

#define AT(name) offsetof(struct lfads_tune_config, name)

static const struct flag flags[] = {
#include "config/flag_rows.h"

#include "config/tune_flags.def"
};

const struct flag_table *tune_config_table(void)
{
    static const struct flag_table table = {flags, TUNE_FLAGS};

    return &table;
}

enum lfads_status lfads_tune_config_create(struct lfads_tune_config **out, struct lfads_error *err)
{
    struct lfads_tune_config *config;
    enum lfads_status status;

    if (!out)
        return lfads_fail_null(err, "lfads_tune_config_create", "out");
    *out = NULL;
    config = calloc(1, sizeof *config);
    if (!config)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration");
    status = flag_defaults(config, tune_config_table(), err);
    if (status != LFADS_OK) {
        lfads_tune_config_free(config);
        return status;
    }
    *out = config;
    return LFADS_OK;
}

void lfads_tune_config_free(struct lfads_tune_config *config)
{
    if (!config)
        return;
    flag_release(config, tune_config_table());
    free(config);
}

struct lfads_tune_config *tune_config_copy(const struct lfads_tune_config *tune)
{
    struct lfads_tune_config *copy;
    char text[4096];

    if (lfads_tune_config_create(&copy, NULL) != LFADS_OK)
        return NULL;
    for (size_t i = 0; i < TUNE_FLAGS; i++) {
        flag_text(text, sizeof text, tune, &tune_config_table()->flags[i]);
        if (flag_set(copy, tune_config_table(), i, text, NULL) != LFADS_OK) {
            lfads_tune_config_free(copy);
            return NULL;
        }
    }
    memcpy(copy->given, tune->given, sizeof copy->given);
    return copy;
}

enum lfads_status lfads_tune_config_set(struct lfads_tune_config *config, const char *name,
                                        const char *value, struct lfads_error *err)
{
    enum lfads_status status;
    int index;

    if (!config || !name || !value)
        return lfads_fail_null(err, "lfads_tune_config_set",
                               !config ? "config"
                               : !name ? "name"
                                       : "value");
    index = flag_find(tune_config_table(), name);
    if (index < 0)
        return lfads_fail(err, LFADS_USAGE, "there is no flag --%s", name);
    status = flag_set(config, tune_config_table(), (size_t)index, value, err);
    if (status == LFADS_OK)
        config->given[index] = true;
    return status;
}

void tune_data_given(struct lfads_config *config)
{
    if (!*config->data_files)
        return;
    config->given[flag_find(config_table(), "data_dir")] = false;
    config->given[flag_find(config_table(), "data_filename_stem")] = false;
}
