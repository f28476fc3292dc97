/* resident.h - the sessions' trials in the memory of a device, so that batches are gathered there.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_RESIDENT_H
#define LFADS_TRAIN_RESIDENT_H
#include "save/project.h"

struct resident;

/* Uploads the sets that can be gathered from, as many as fit into what is free of the device's
 * memory; none with host_memory. Not among them: those that the host has to fill batch by batch,
 * because spikes are jittered or because they are not in its memory. *OUT is freed by
 * resident_free; NULL where there is no memory for the list. */
struct resident *resident_create(const struct project *project, size_t batch_size);
void resident_free(struct resident *resident); /* takes NULL */
/* Whether the set of the session is there. RESIDENT may be NULL. */
bool resident_has(const struct resident *resident, size_t session, enum session_set set);
/* Says which trials resident_gather takes, COUNT of the set's. */
void resident_choose(struct resident *resident, const size_t *trials, size_t count);
/* Sets x [T,count,N] and ext [T,count,E], the device's, to the trials chosen. Can be recorded. */
void resident_gather(const struct resident *resident, size_t session, enum session_set set, real *x,
                     real *ext, size_t count);
#endif
