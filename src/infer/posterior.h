/* posterior.h - the results of posteriors in files.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_POSTERIOR_H
#define LFADS_INFER_POSTERIOR_H
#include "base/error.h"

/* What lfads_posterior_mean does. DATA: sessions in memory in place of files; or NULL. */
enum lfads_status posterior_mean(const struct lfads_config *config, const struct lfads_data *data,
                                 const struct lfads_callbacks *callbacks, struct lfads_error *err);
#endif
