/* checks.h - warns of what spoils a training on prepared data.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_CHECKS_H
#define LFADS_PREPARE_CHECKS_H
#include "prepare/prepared_file.h"

/* Fails if there are spikes and none of them lies in a window. */
enum lfads_status checks_refuse(const struct raw *raw, const struct plan *plan,
                                struct lfads_error *err);
/* Warns through CALLBACKS, which may be NULL. */
void checks_warn(const struct raw *raw, const struct plan *plan, const struct tally *tally,
                 const struct lfads_callbacks *callbacks);
#endif
