/* auto.h - chooses flags from the data, where --preset=auto asks for it (presets.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_AUTO_H
#define LFADS_RUN_AUTO_H
#include "run/run.h"

/* Sets the flags that were not given, and reports each choice with its reason in a line. Does nothing
 * under another preset. The run's data must be open. */
enum lfads_status auto_choose(struct run *run, struct lfads_error *err);
#endif
