/* preset.h - named sets of flags (presets.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_PRESET_H
#define LFADS_CONFIG_PRESET_H
#include "config/config.h"
#include "config/preset_names.h"

/* Sets the flags of CONFIG's preset that were not given. What auto takes from the data is set later
 * (run/auto.h). */
enum lfads_status preset_apply(struct lfads_config *config, struct lfads_error *err);
/* Whether the preset is the original's. */
bool preset_is_original(const struct lfads_config *config);
/* Sets flag NAME to TEXT unless it was given. */
enum lfads_status preset_set(struct lfads_config *config, const char *name, const char *text,
                             struct lfads_error *err);
#endif
