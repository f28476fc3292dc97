/* synth_config.h - the flags of the generators of synthetic data as a record.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_SYNTH_CONFIG_H
#define LFADS_CONFIG_SYNTH_CONFIG_H
#include "config/flag.h"

/* One field for each flag, of the flag's name. The record owns the strings. */
struct lfads_synth_config {
#include "config/flag_fields.h"

#include "config/synth_flags.def"

#include "config/flags_clear.h"
};

const struct flag_table *synth_config_table(void);
/* Checks what the range of a single flag can't. SESSIONS: the generator uses S and npcs. */
enum lfads_status synth_config_check(const struct lfads_synth_config *config, bool sessions,
                                     struct lfads_error *err);
#endif
