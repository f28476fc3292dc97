/* device_trials.h - keeps the sessions' trials in the memory of a device, where batches are
 * gathered from them. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_DEVICE_TRIALS_H
#define LFADS_TRAIN_DEVICE_TRIALS_H
#include "run/run.h"

struct device_trials;

/* Uploads as many sets as fit into the device's free memory. Skips sets whose batches the host must
 * fill: training sets with jittered spikes, and sets that are not in the host's memory. The result
 * is freed by device_trials_free; it is NULL if the backend has host_memory or memory is short. */
struct device_trials *device_trials_create(const struct run *run, size_t batch_size);
void device_trials_free(struct device_trials *on_device); /* takes NULL */
/* Whether this set of the session is on the device. ON_DEVICE may be NULL. */
bool device_trials_has(const struct device_trials *on_device, size_t session, enum session_set set);
/* Selects TRIALS [COUNT], numbers in a set, for device_trials_gather. */
void device_trials_select(struct device_trials *on_device, const size_t *trials, size_t count);
/* Sets DST[ARRAY] [T,count,width], in the device's memory, to the selected trials, for each array
 * that the session has. May be recorded. */
void device_trials_gather(const struct device_trials *on_device, size_t session,
                          enum session_set set, real *const dst[TRIAL_ARRAYS], size_t count);
#endif
