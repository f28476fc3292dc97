/* config.h - the flags of a run as a record, and what they refuse together.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_CONFIG_H
#define LFADS_CONFIG_CONFIG_H
#include <stdbool.h>
#include <stdint.h>

#include "config/flag.h"

enum {
    CONFIG_FLAGS = 0
#define FLAG_STRING(group, name, standard, choices, help) +1
#define FLAG_BOOL(group, name, standard, help) +1
#define FLAG_INT(group, name, standard, least, most, help) +1
#define FLAG_FLOAT(group, name, standard, least, most, help) +1
#define FLAG_ABOVE(group, name, standard, least, most, help) +1
#include "config/flags.def"
};

/* A field of its name for each flag. Strings belong to the record. */
struct lfads_config {
#include "config/flag_fields.h"

#include "config/flags.def"

#include "config/flags_clear.h"
    bool given[CONFIG_FLAGS]; /* set by somebody rather than left at its default */
    char text[4096];          /* of lfads_config_get */
};

/* The run's table of flags, over struct lfads_config. */
const struct flag_table *config_table(void);

/* Sets flag number INDEX as lfads_config_set does, by its index. */
enum lfads_status config_set(struct lfads_config *config, size_t index, const char *text,
                             struct lfads_error *err);
/* A copy that the caller frees, or NULL without memory. */
struct lfads_config *config_copy(const struct lfads_config *config);
/* What single flags' ranges do not say: one sentence for each thing that does not fit together. */
enum lfads_status config_check(const struct lfads_config *config, struct lfads_error *err);
/* For the kinds other than training: flags of the groups data, model and training that were not
 * given are taken from SAVED, the checkpoint's. A given one of the model that contradicts it is an
 * error that names both. */
enum lfads_status config_inherit(struct lfads_config *config, const struct lfads_config *saved,
                                 struct lfads_error *err);
/* For training that continues: flags that shape the parameters must be the checkpoint's. */
enum lfads_status config_match(const struct lfads_config *config, const struct lfads_config *saved,
                               struct lfads_error *err);
#endif
