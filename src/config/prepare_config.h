/* prepare_config.h - the flags of prepare as a record.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_PREPARE_CONFIG_H
#define LFADS_CONFIG_PREPARE_CONFIG_H
#include "config/flag.h"

/* Which flags decided something. */
struct prepare_used {
    bool time_unit, sample_rate, series_rate, seed;
};

/* One field for each flag, of the flag's name. The record owns the strings. */
struct lfads_prepare_config {
    struct prepare_used *used; /* of the recording in work, not owned; NULL between recordings */
#include "config/flag_fields.h"

#include "config/prepare_flags.def"

#include "config/flags_clear.h"
};

const struct flag_table *prepare_config_table(void);
#endif
