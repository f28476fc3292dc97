/* dataset.h - the sessions of one data set: every file of a directory whose name starts with a stem
 * (training.md, "Data").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_DATASET_H
#define LFADS_DATA_DATASET_H
#include "data/session.h"

struct dataset {
    struct session **sessions; /* in the byte order of their names */
    size_t count;
    size_t bins; /* T, of all */
};

/* Reads all files of DIRECTORY named STEM, one character, then the session's name. On success *OUT
 * is the caller's, freed by dataset_close. WANTS.limits is for the trials of all sessions together:
 * they are kept in memory, in the sessions' order, as long as they fit. Fails where there is none,
 * where one is no data file, where the sessions' bins differ. */
enum lfads_status dataset_open(struct dataset **out, const char *directory, const char *stem,
                               const struct session_wants *wants, struct lfads_error *err);
void dataset_close(struct dataset *dataset);
/* The session's index, or -1. */
int dataset_find(const struct dataset *dataset, const char *name);
#endif
