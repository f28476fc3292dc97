/* synth.c - the generators by name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "synth/synth.h"

#include <stdio.h>
#include <string.h>

#include "base/progress.h"
#include "config/unused.h"

const char *synth_stem(const struct lfads_synth_config *config, const char *standard)
{
    return *config->datafile_name ? config->datafile_name : standard;
}

struct generator {
    const char *name;
    bool sessions;      /* the generator uses S and npcs */
    const char *unused; /* flags that it does not read, between blanks */
    enum lfads_status (*run)(const struct lfads_synth_config *config,
                             const struct lfads_callbacks *callbacks, struct lfads_error *err);
};

static const struct generator generators[] = {
    {"chaotic", true, "u_std checkpoint_path", chaotic_generate},
    {"labeled", false, "S npcs input_magnitude noise_type u_std checkpoint_path", labeled_generate},
    {"itb", false, "S npcs g x0_std tau input_magnitude noise_type", integration_generate},
};

static void tell(void *payload, const char *line)
{
    const struct lfads_callbacks *callbacks = payload;

    callbacks->line(callbacks->payload, line);
}

/* Reports the flags that have another value than their default and that the generator ignores. */
static void report_unused(const struct generator *generator,
                          const struct lfads_synth_config *config,
                          const struct lfads_callbacks *callbacks)
{
    struct lfads_callbacks to;
    char why[80];
    const struct unused_row row = {true, why, generator->unused};

    if (!callbacks || !callbacks->line)
        return;
    to = *callbacks;
    snprintf(why, sizeof why, "%s does not read them", generator->name);
    unused_report_rows(synth_config_table(), config, &row, 1, tell, &to);
}

enum lfads_status lfads_synth(const char *generator, const struct lfads_synth_config *config,
                              const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct lfads_callbacks own;
    enum lfads_status status;

    if (!generator || !config)
        return lfads_fail_null(err, "lfads_synth", generator ? "config" : "generator");
    status = callbacks_take(&own, &callbacks, "lfads_synth", err);
    if (status != LFADS_OK)
        return status;
    for (size_t i = 0; i < sizeof generators / sizeof generators[0]; i++) {
        if (strcmp(generators[i].name, generator) != 0)
            continue;
        status = synth_config_check(config, generators[i].sessions, err);
        if (status != LFADS_OK)
            return status;
        report_unused(&generators[i], config, callbacks);
        return generators[i].run(config, callbacks, err);
    }
    return lfads_fail(err, LFADS_USAGE, "there is no generator %s: chaotic, labeled or itb",
                      generator);
}
