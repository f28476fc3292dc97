/* prepare_config.c - the record of the flags of prepare: creating, setting, checking it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/prepare_config.h"

#include <stdlib.h>

#define AT(name) offsetof(struct lfads_prepare_config, name)

static const struct flag flags[] = {
#include "config/flag_rows.h"

#include "config/prepare_flags.def"
};

const struct flag_table *prepare_config_table(void)
{
    static const struct flag_table table = {flags, sizeof flags / sizeof flags[0]};

    return &table;
}

enum lfads_status lfads_prepare_config_create(struct lfads_prepare_config **out,
                                              struct lfads_error *err)
{
    struct lfads_prepare_config *config;
    enum lfads_status status;

    if (!out)
        return lfads_fail_null(err, "lfads_prepare_config_create", "out");
    *out = NULL;
    config = calloc(1, sizeof *config);
    if (!config)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration");
    status = flag_defaults(config, prepare_config_table(), err);
    if (status != LFADS_OK) {
        lfads_prepare_config_free(config);
        return status;
    }
    *out = config;
    return LFADS_OK;
}

void lfads_prepare_config_free(struct lfads_prepare_config *config)
{
    if (!config)
        return;
    flag_release(config, prepare_config_table());
    free(config);
}

enum lfads_status lfads_prepare_config_set(struct lfads_prepare_config *config, const char *name,
                                           const char *value, struct lfads_error *err)
{
    int index;

    if (!config || !name || !value)
        return lfads_fail_null(err, "lfads_prepare_config_set",
                               !config ? "config"
                               : !name ? "name"
                                       : "value");
    index = flag_find(prepare_config_table(), name);
    if (index < 0)
        return lfads_fail(err, LFADS_USAGE, "there is no flag --%s", name);
    return flag_set(config, prepare_config_table(), (size_t)index, value, err);
}
