/* dataset.h - the sessions of a data set (training.md, "Data").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_DATASET_H
#define LFADS_DATA_DATASET_H
#include "data/session.h"
#include "data/session_files.h"

struct dataset {
    struct session **sessions; /* in the order of their files */
    size_t count;
    size_t bins; /* T, the same in all sessions */
};

/* Reads FILES, of which there is at least one. On success the caller frees *OUT with dataset_close.
 * WANTS.limits holds for the trials of all sessions together: sessions go to memory in their order
 * as long as they fit. Fails if one is not a data file, or if sessions differ in bins. */
enum lfads_status dataset_open(struct dataset **out, const struct session_files *files,
                               const struct session_wants *wants, struct lfads_error *err);
void dataset_close(struct dataset *dataset);
/* Returns the session's index, or -1. */
int dataset_find(const struct dataset *dataset, const char *name);
#endif
