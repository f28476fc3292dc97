/* find_runs.h - finds the results of a model.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_FIND_RUNS_H
#define LFADS_INFER_FIND_RUNS_H
#include "base/error.h"

/* What lfads_runs_find does. DATA: sessions in memory that the results are of, in place of files;
 * or NULL. */
enum lfads_status runs_find(struct lfads_runs **out, const struct lfads_config *config,
                            const struct lfads_data *data, const char *set,
                            struct lfads_error *err);
#endif
