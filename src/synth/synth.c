/* synth.c - the generators by name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "synth/synth.h"

#include <string.h>

const char *synth_stem(const struct lfads_synth_config *config, const char *standard)
{
    return *config->datafile_name ? config->datafile_name : standard;
}

struct generator {
    const char *name;
    bool sessions; /* the generator uses S and npcs */
    enum lfads_status (*run)(const struct lfads_synth_config *config,
                             const struct lfads_callbacks *callbacks, struct lfads_error *err);
};

static const struct generator generators[] = {
    {"chaotic", true, chaotic_generate},
    {"labeled", false, labeled_generate},
    {"itb", false, integration_generate},
};

enum lfads_status lfads_synth(const char *generator, const struct lfads_synth_config *config,
                              const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    if (!generator || !config)
        return lfads_fail(err, LFADS_USAGE, "lfads_synth: %s is NULL",
                          generator ? "config" : "generator");
    for (size_t i = 0; i < sizeof generators / sizeof generators[0]; i++) {
        enum lfads_status status;

        if (strcmp(generators[i].name, generator) != 0)
            continue;
        status = synth_config_check(config, generators[i].sessions, err);
        return status == LFADS_OK ? generators[i].run(config, callbacks, err) : status;
    }
    return lfads_fail(err, LFADS_USAGE, "there is no generator %s: chaotic, labeled or itb",
                      generator);
}
