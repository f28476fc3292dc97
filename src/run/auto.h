/* auto.h - chooses flags from the data, where --preset=auto asks for it (presets.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_AUTO_H
#define LFADS_RUN_AUTO_H
#include "config/config.h"
#include "data/dataset.h"

/* What was chosen and why, line by line. */
struct auto_report {
    char line[8][256];
    size_t count;
};

/* Whether the data may have NaN, which auto_choose then takes for what was not recorded. */
bool auto_reads_missing(const struct lfads_config *config);
/* Whether the width of external inputs is that of the data. */
bool auto_reads_ext_inputs(const struct lfads_config *config);
/* Whether the factors are as many as an alignment matrix of the data has. */
bool auto_reads_factors(const struct lfads_config *config);
/* Sets the flags of CONFIG that were not given. Does nothing under another preset. */
enum lfads_status auto_choose(struct auto_report *report, struct lfads_config *config,
                              const struct dataset *dataset, struct lfads_error *err);
#endif
