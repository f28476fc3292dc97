/* h5_errors.h - silences HDF5's messages and keeps its errors; its types in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_ERRORS_H
#define LFADS_H5_H5_ERRORS_H
#include <hdf5.h>

#include "base/poison.h"
#include "h5/h5_types.h"

/* H5_WATCHED: the reading process must open files, to write reports of a sanitizer or of coverage.
 */
#if defined(LFADS_POISON) || defined(LFADS_COVERAGE)
#define H5_WATCHED 1
#endif

struct h5_output;

/* HDF5 prints its errors by default; we return ours. quiet_end restores the setting, because the
 * calling program may use HDF5 too. A failure in between is noted even if no one reads the result
 * of the call. */
struct quiet {
    H5E_auto2_t print;
    void *payload;
    bool failed, no_memory;
};

/* QUIET must stay where it is until its end. */
void quiet_begin(struct quiet *quiet);
/* What failed is a failure of OUTPUT (NULL: of none). */
void quiet_end(const struct quiet *quiet, struct h5_output *output);

static inline hid_t memory_type(enum h5_type type)
{
    switch (type) {
    case H5_FLOAT32:
        return H5T_NATIVE_FLOAT;
    case H5_FLOAT64:
        return H5T_NATIVE_DOUBLE;
    case H5_INT64:
        return H5T_NATIVE_INT64;
    case H5_AS_STORED:
        break;
    }
    return -1;
}
#endif
