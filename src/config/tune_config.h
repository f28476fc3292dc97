/* tune_config.h - the flags of the command tune as a record.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_TUNE_CONFIG_H
#define LFADS_CONFIG_TUNE_CONFIG_H
#include "config/config.h"

enum {
    TUNE_FLAGS = 0
#define FLAG_STRING(group, name, standard, choices, help) +1
#define FLAG_BOOL(group, name, standard, help) +1
#define FLAG_INT(group, name, standard, min, max, help) +1
#define FLAG_FLOAT(group, name, standard, min, max, help) +1
#define FLAG_ABOVE(group, name, standard, min, max, help) +1
#include "config/tune_flags.def"
};

/* One field for each flag, of the flag's name. The record owns the strings. */
struct lfads_tune_config {
#include "config/flag_fields.h"

#include "config/tune_flags.def"

#include "config/flags_clear.h"
    bool given[TUNE_FLAGS]; /* set explicitly, not left at the default */
};

/* The table of tune's own flags, over struct lfads_tune_config. */
const struct flag_table *tune_config_table(void);
/* Returns a copy, which the caller frees; NULL if there is no memory. */
struct lfads_tune_config *tune_config_copy(const struct lfads_tune_config *tune);
/* Of the two ways to name data, files and a directory, marks the one that CONFIG takes as given: of
 * all flags that were marked. */
void tune_data_given(struct lfads_config *config);
#endif
