/* idle_flags.c - says which flags of prepare had no effect on a recording.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/idle_flags.h"

#include <string.h>

#include "config/unused.h"

static void tell(void *payload, const char *line)
{
    const struct lfads_callbacks *callbacks = payload;

    callbacks->line(callbacks->payload, line);
}

void idle_flags_report(const struct raw *raw, const struct lfads_prepare_config *config,
                       const struct lfads_callbacks *callbacks)
{
    struct lfads_callbacks to;
    const struct prepare_used *used = config->used;
    bool series = *config->behavior || *config->ext_input;
    const struct unused_row rows[] = {
        {!raw->counts, "the recording has spikes, not counts", "axes counts_width"},
        {raw->counts, "the recording has counts, not spikes",
         "spike_units spike_trials crosstalk crosstalk_share"},
        {!raw->counts && !raw->entries, "spikes are in lists, not with an entry each",
         "spike_units spike_trials"},
        {!(config->chop > 0), "nothing is cut into windows, --chop=0", "overlap"},
        {!series, "for --behavior and --ext_input", "series series_rate"},
        {series && !used->series_rate, "an array says when the samples were taken", "series_rate"},
        {strcmp(config->crosstalk, "ignore") == 0, "--crosstalk=ignore", "crosstalk_share"},
        {!used->time_unit && !used->sample_rate, "the names or the format of times say their unit",
         "time_unit sample_rate"},
        {!used->time_unit, "the names or the format of times say their unit", "time_unit"},
        {!used->sample_rate, "no times are in samples", "sample_rate"},
        {!used->seed, "nothing is drawn", "seed"}};

    if (!callbacks || !callbacks->line)
        return;
    to = *callbacks;
    unused_report_rows(prepare_config_table(), config, rows, sizeof rows / sizeof rows[0], tell,
                       &to);
}
