/* trial_reader.h - the numbers of a data set [trials,T,width] on their way from an HDF5 file into a
 * store: read in pieces, each number checked, so that none is used that was not looked at.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_TRIAL_READER_H
#define LFADS_DATA_TRIAL_READER_H
#include "data/trial_store.h"
#include "h5/h5.h"

struct trial_reader {
    const struct h5_file *file;
    const char *name; /* of the data set, whose shape was checked */
    size_t trials, bins, width;
    bool counts; /* as counts.h allows; else finite reals */
    struct storage_limits limits;
};

/* Reads all into STORE, which trial_store_end frees; *SUM is that of all numbers. Fails for a
 * number that can't be used, with its trial, bin and channel. */
enum lfads_status trial_reader_read(struct trial_store *store, double *sum,
                                    const struct trial_reader *reader, struct lfads_error *err);
#endif
