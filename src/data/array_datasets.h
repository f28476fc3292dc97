/* array_datasets.h - what trainings read of arrays in memory, each once for all of them that read
 * the same.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_ARRAY_DATASETS_H
#define LFADS_DATA_ARRAY_DATASETS_H
#include "data/dataset.h"

/* The data sets in use that were read from the sessions of one struct lfads_data. Threads may call
 * at the same time. */
struct array_datasets;

/* What the trials depend on beside struct session_wants. */
struct array_reading {
    int64_t sv_seed;         /* that sv_random of the wants begins with */
    bool in_memory, in_file; /* trials must be there; neither: where they fit */
};

/* Returns NULL if there is no memory. */
struct array_datasets *array_datasets_create(void);
/* Frees SHARED, from which no data set may be in use; accepts NULL. */
void array_datasets_free(struct array_datasets *shared);
/* Sets *OUT to the data set that another caller has read from FILES with the same WANTS and
 * READING, or reads it as dataset_open does. FILES are all sessions of SHARED's arrays.
 * array_dataset_close gives it back. */
enum lfads_status array_dataset_open(struct dataset **out, struct array_datasets *shared,
                                     const struct session_files *files,
                                     const struct session_wants *wants,
                                     const struct array_reading *reading, struct lfads_error *err);
/* The last one to give DATASET back frees it. DATASET may be NULL. */
void array_dataset_close(struct array_datasets *shared, struct dataset *dataset);
#endif
