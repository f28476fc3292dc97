/* synth_config.h - the flags of the generators of synthetic data as a record.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_SYNTH_CONFIG_H
#define LFADS_CONFIG_SYNTH_CONFIG_H
#include "config/flag.h"

/* A field of its name for each flag. Strings belong to the record. */
struct lfads_synth_config {
#include "config/flag_fields.h"

#include "config/synth_flags.def"

#include "config/flags_clear.h"
};

const struct flag_table *synth_config_table(void);
/* What single flags' ranges do not say. SESSIONS: S and npcs are in use. */
enum lfads_status synth_config_check(const struct lfads_synth_config *config, bool sessions,
                                     struct lfads_error *err);
#endif
