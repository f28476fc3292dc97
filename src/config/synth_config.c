/* synth_config.c - the record of the generators' flags: creating, setting, checking it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/synth_config.h"

#include <stdlib.h>
#include <string.h>

#define AT(name) offsetof(struct lfads_synth_config, name)

static const struct flag flags[] = {
#include "config/flag_rows.h"

#include "config/synth_flags.def"
};

const struct flag_table *synth_config_table(void)
{
    static const struct flag_table table = {flags, sizeof flags / sizeof flags[0]};

    return &table;
}

enum lfads_status lfads_synth_config_create(struct lfads_synth_config **out,
                                            struct lfads_error *err)
{
    struct lfads_synth_config *config;
    enum lfads_status status;

    if (!out)
        return lfads_fail_null(err, "lfads_synth_config_create", "out");
    *out = NULL;
    config = calloc(1, sizeof *config);
    if (!config)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration");
    status = flag_defaults(config, synth_config_table(), err);
    if (status != LFADS_OK) {
        lfads_synth_config_free(config);
        return status;
    }
    *out = config;
    return LFADS_OK;
}

void lfads_synth_config_free(struct lfads_synth_config *config)
{
    if (!config)
        return;
    flag_release(config, synth_config_table());
    free(config);
}

enum lfads_status lfads_synth_config_set(struct lfads_synth_config *config, const char *name,
                                         const char *value, struct lfads_error *err)
{
    int index;

    if (!config || !name || !value)
        return lfads_fail_null(err, "lfads_synth_config_set",
                               !config ? "config"
                               : !name ? "name"
                                       : "value");
    index = flag_find(synth_config_table(), name);
    if (index < 0)
        return lfads_fail(err, LFADS_USAGE, "there is no flag --%s", name);
    return flag_set(config, synth_config_table(), (size_t)index, value, err);
}

enum lfads_status synth_config_check(const struct lfads_synth_config *c, bool sessions,
                                     struct lfads_error *err)
{
    double bins = c->T / c->dt;
    int64_t trials = (int64_t)((double)c->nreplications * c->train_percentage);

    if (sessions && c->N % c->S != 0)
        return lfads_fail(err, LFADS_USAGE,
                          "--N=%lld units can't be shared out to sessions of --S=%lld: N must be a "
                          "multiple of S",
                          (long long)c->N, (long long)c->S);
    if (bins < 4 || bins > 100000)
        return lfads_fail(err, LFADS_USAGE,
                          "--T=%g and --dt=%g make %.0f bins: from 4 to 100000 are allowed", c->T,
                          c->dt, bins);
    if (trials < 1)
        return lfads_fail(err, LFADS_USAGE,
                          "--nreplications=%lld and --train_percentage=%g leave no trial to train "
                          "on",
                          (long long)c->nreplications, c->train_percentage);
    if (sessions && c->S < c->N && (c->npcs > c->N || c->npcs > c->S))
        return lfads_fail(err, LFADS_USAGE, "--npcs=%lld must not be above --S=%lld",
                          (long long)c->npcs, (long long)c->S);
    if (sessions && c->S < c->N && (double)c->C * bins <= 18)
        return lfads_fail(err, LFADS_USAGE,
                          "--C=%lld conditions of %.0f bins are too few to align sessions by",
                          (long long)c->C, bins);
    if (strchr(c->datafile_name, '/') || *c->datafile_name == '.')
        return lfads_fail(err, LFADS_USAGE,
                          "--datafile_name=%s must be a name without / that does not begin with a "
                          "dot",
                          c->datafile_name);
    return LFADS_OK;
}
