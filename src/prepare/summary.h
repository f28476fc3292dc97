/* summary.h - says what came out of a recording, and what may spoil a training on it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_SUMMARY_H
#define LFADS_PREPARE_SUMMARY_H
#include "prepare/prepared_file.h"

/* Reports the table of the file at PATH by lines, and warnings. */
void summary_report(const char *path, const struct raw *raw, const struct plan *plan,
                    const struct tally *tally, const struct lfads_callbacks *callbacks);
#endif
