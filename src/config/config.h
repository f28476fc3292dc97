/* config.h - the flags of a run as a record, and the checks that concern several flags.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_CONFIG_H
#define LFADS_CONFIG_CONFIG_H
#include <stdbool.h>
#include <stdint.h>

#include "config/flag.h"

enum {
    CONFIG_FLAGS = 0
#define FLAG_STRING(group, name, standard, choices, help) +1
#define FLAG_PLACE(group, name, standard, help) +1
#define FLAG_FILES(group, name, help) +1
#define FLAG_BOOL(group, name, standard, help) +1
#define FLAG_INT(group, name, standard, min, max, help) +1
#define FLAG_FLOAT(group, name, standard, min, max, help) +1
#define FLAG_ABOVE(group, name, standard, min, max, help) +1
#include "config/flags.def"
};

/* One field for each flag, of the flag's name. The record owns the strings. */
struct lfads_config {
#include "config/flag_fields.h"

#include "config/flags.def"

#include "config/flags_clear.h"
    bool given[CONFIG_FLAGS];  /* set explicitly, not left at the default */
    struct lfads_ranks *ranks; /* who trains together; NULL: this process alone */
    char text[64];             /* what lfads_config_get returned for a number */
};

/* The table of the run's flags, over struct lfads_config. */
const struct flag_table *config_table(void);

/* As lfads_config_set, for flag number INDEX. */
enum lfads_status config_set(struct lfads_config *config, size_t index, const char *text,
                             struct lfads_error *err);
/* Returns a copy, which the caller frees; NULL if there is no memory. */
struct lfads_config *config_copy(const struct lfads_config *config);
/* Checks what the range of a single flag can't: combinations of flags, and the form of names. */
enum lfads_status config_check(const struct lfads_config *config, struct lfads_error *err);
/* For all kinds except training. Takes the flags of the groups data, model and training that were
 * not given from SAVED, the checkpoint's. Fails if a given flag of the model contradicts the
 * checkpoint; the error names both values. */
enum lfads_status config_inherit(struct lfads_config *config, const struct lfads_config *saved,
                                 struct lfads_error *err);
/* For training that continues: fails if a flag that shapes the parameters differs from the
 * checkpoint's. */
enum lfads_status config_match(const struct lfads_config *config, const struct lfads_config *saved,
                               struct lfads_error *err);
#endif
