/* synth.h - the generators of synthetic data. The entry is lfads_synth of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_SYNTH_H
#define LFADS_SYNTH_SYNTH_H
#include "config/synth_config.h"

/* The first part of a set's file names: what the flag says, or STANDARD where it says nothing. */
const char *synth_stem(const struct lfads_synth_config *config, const char *standard);
/* Makes a chaotic set. */
enum lfads_status chaotic_generate(const struct lfads_synth_config *config,
                                   const struct lfads_callbacks *callbacks,
                                   struct lfads_error *err);
/* The same; NEXT, if not NULL, is set to the uniform number that the generator of random numbers
 * would give next: it agrees with the original's only if every draw did. */
enum lfads_status chaotic_generate_next(const struct lfads_synth_config *config,
                                        const struct lfads_callbacks *callbacks, double *next,
                                        struct lfads_error *err);
/* Makes the labeled set. */
enum lfads_status labeled_generate(const struct lfads_synth_config *config,
                                   const struct lfads_callbacks *callbacks,
                                   struct lfads_error *err);
/* Makes the integration-to-bound set, training its network the first time. */
enum lfads_status integration_generate(const struct lfads_synth_config *config,
                                       const struct lfads_callbacks *callbacks,
                                       struct lfads_error *err);
#endif
