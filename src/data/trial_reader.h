/* trial_reader.h - reads a data set [trials,T,width] from an HDF5 file into a store, in pieces, and
 * checks each number before it is used.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_TRIAL_READER_H
#define LFADS_DATA_TRIAL_READER_H
#include "data/data_range.h"
#include "data/trial_parts.h"
#include "data/trial_store.h"
#include "h5/h5.h"

struct trial_reader {
    const struct h5_file *file;
    const char *name;                /* the data set; its shape has been checked */
    const struct trial_parts *parts; /* NULL; or where the trials are in place of NAME */
    size_t trials, bins, width;
    size_t file_bins;        /* of the data set, at most bins; zeros follow them */
    struct data_range range; /* of the numbers */
    bool missing;            /* NaN is allowed */
    uint32_t
        *missing_of;    /* [trials]: set to the count of NaN in each trial, or NULL: NaN become 0 */
    uint64_t *print_of; /* [trials]: set to each trial's fingerprint; or NULL */
    uint32_t *checksum; /* set to the CRC-32 of all numbers as floats; or NULL */
    size_t *missing_all; /* to which the count of NaN is added */
    size_t *rounded;     /* to which the count of near-whole numbers that became counts is added */
    struct storage_limits limits;
};

/* Counts that are whole but for errors of rounding become whole. Reads all trials into STORE, which
 * the caller ends with trial_store_end. Sets *SUM to the sum of all numbers but NaN. Fails for an
 * unusable number and reports its trial, bin and channel. */
enum lfads_status trial_reader_read(struct trial_store *store, double *sum,
                                    const struct trial_reader *reader, struct lfads_error *err);
#endif
