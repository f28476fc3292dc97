/* trial.h - the arrays of a trial. Readers, stores, prefetching, a device's copies and the shards
 * of the model loop over this list, so that a new array is a row here and a width of session and
 * model. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_TRIAL_H
#define LFADS_CONFIG_TRIAL_H

enum trial_array {
    TRIAL_OBSERVED, /* [T,N]: what the likelihood explains */
    TRIAL_ENCODED,  /* [T,N]: what the encoders read; width 0: they read the observed array */
    TRIAL_EXT,      /* [T,E]: external inputs; width 0: the model has none */
    TRIAL_ARRAYS
};
#endif
