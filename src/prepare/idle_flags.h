/* idle_flags.h - says which flags of prepare had no effect on a recording.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_IDLE_FLAGS_H
#define LFADS_PREPARE_IDLE_FLAGS_H
#include "prepare/raw.h"

/* Reports, a line for each reason, the flags that CONFIG has another value of than the default and
 * that RAW, made and planned with CONFIG, did not need. */
void idle_flags_report(const struct raw *raw, const struct lfads_prepare_config *config,
                       const struct lfads_callbacks *callbacks);
#endif
