/* trial.h - the arrays of a trial. Readers, stores, prefetching, a device's copies and the model's
 * shards loop over this list: a new array needs a row here and a width in session and model.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_TRIAL_H
#define LFADS_CONFIG_TRIAL_H

enum trial_array {
    TRIAL_OBSERVED, /* [T,N]: the data that the likelihood explains */
    TRIAL_ENCODED,  /* [T_enc,N_in]: the encoders' input; width 0: the encoders read the observed
                       array */
    TRIAL_EXT,      /* [T,E]: external inputs; width 0: the model has none */
    TRIAL_SV,       /* [T_enc,N_in]: 1 for what sample validation keeps, else 0; width 0: no sample
                       validation */
    TRIAL_ARRAYS
};
#endif
