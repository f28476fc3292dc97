/* intake.h - the numbers of a data set [trials,T,width] on their way from an HDF5 file into a
 * store: read in pieces, each number checked, so that none is used that was not looked at.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_INTAKE_H
#define LFADS_DATA_INTAKE_H
#include "data/h5.h"
#include "data/store.h"

struct intake {
    const struct h5_file *file;
    const char *name; /* of the data set, whose shape was checked */
    size_t trials, bins, width;
    bool counts; /* whole, from 0 to a million; else finite reals */
    struct store_place place;
};

/* Reads all into STORE, which store_end frees; *SUM is that of all numbers. Fails for a number that
 * can't be used, with its trial, bin and channel. */
enum lfads_status intake_read(struct store *store, double *sum, const struct intake *intake,
                              struct lfads_error *err);
#endif
