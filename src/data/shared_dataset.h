/* shared_dataset.h - what trainings read of arrays in memory, each once for all of them that read
 * the same.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_SHARED_DATASET_H
#define LFADS_DATA_SHARED_DATASET_H
#include "data/dataset.h"

/* The data sets in use that were read from the sessions of one struct lfads_data. Threads may call
 * at the same time. */
struct shared_datasets;

/* What the trials depend on beside struct session_wants. */
struct shared_reading {
    int64_t sv_seed;         /* that sv_random of the wants begins with */
    bool in_memory, in_file; /* trials must be there; neither: where they fit */
};

/* Returns NULL if there is no memory. */
struct shared_datasets *shared_datasets_create(void);
/* Frees SHARED, from which no data set may be in use; accepts NULL. */
void shared_datasets_free(struct shared_datasets *shared);
/* Sets *OUT to the data set that another caller has read from FILES with the same WANTS and
 * READING, or reads it as dataset_open does. FILES are all sessions of SHARED's arrays.
 * shared_dataset_close gives it back. */
enum lfads_status shared_dataset_open(struct dataset **out, struct shared_datasets *shared,
                                      const struct session_files *files,
                                      const struct session_wants *wants,
                                      const struct shared_reading *reading,
                                      struct lfads_error *err);
/* The last one to give DATASET back frees it. DATASET may be NULL. */
void shared_dataset_close(struct shared_datasets *shared, struct dataset *dataset);
#endif
