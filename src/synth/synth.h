/* synth.h - the generators of synthetic data. The entry is lfads_synth of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_SYNTH_H
#define LFADS_SYNTH_SYNTH_H
#include "config/synth_config.h"

/* Returns the first part of a set's file names: the flag's value, or STANDARD if the flag is empty.
 */
const char *synth_stem(const struct lfads_synth_config *config, const char *standard);
/* Writes a chaotic set. */
enum lfads_status chaotic_generate(const struct lfads_synth_config *config,
                                   const struct lfads_callbacks *callbacks,
                                   struct lfads_error *err);
/* The same. If NEXT is not NULL, sets *NEXT to the next uniform number of the random generator: it
 * equals the original's only if all draws did. */
enum lfads_status chaotic_generate_next(const struct lfads_synth_config *config,
                                        const struct lfads_callbacks *callbacks, double *next,
                                        struct lfads_error *err);
/* Writes the labeled set. */
enum lfads_status labeled_generate(const struct lfads_synth_config *config,
                                   const struct lfads_callbacks *callbacks,
                                   struct lfads_error *err);
/* Writes the integration-to-bound set; trains its network the first time. */
enum lfads_status integration_generate(const struct lfads_synth_config *config,
                                       const struct lfads_callbacks *callbacks,
                                       struct lfads_error *err);
#endif
