/* device_trials.h - the sessions' trials in the memory of a device, so that batches are gathered
 * there. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_DEVICE_TRIALS_H
#define LFADS_TRAIN_DEVICE_TRIALS_H
#include "run/run.h"

struct device_trials;

/* Uploads the sets that can be gathered from, as many as fit into what is free of the device's
 * memory; none with host_memory. Not among them: those that the host has to fill batch by batch,
 * because spikes are jittered or because they are not in its memory. *OUT is freed by
 * device_trials_free; NULL where there is no memory for the list. */
struct device_trials *device_trials_create(const struct run *run, size_t batch_size);
void device_trials_free(struct device_trials *on_device); /* takes NULL */
/* Whether the set of the session is there. ON_DEVICE may be NULL. */
bool device_trials_has(const struct device_trials *on_device, size_t session, enum session_set set);
/* Says which trials device_trials_gather takes, COUNT of the set's. */
void device_trials_select(struct device_trials *on_device, const size_t *trials, size_t count);
/* Sets DST[ARRAY] [T,count,width], in the device's memory, for each array that the session has, to
 * that of the selected trials. Can be recorded. */
void device_trials_gather(const struct device_trials *on_device, size_t session,
                          enum session_set set, real *const dst[TRIAL_ARRAYS], size_t count);
#endif
