/* h5_output.h - a driver that writes HDF5's files. HDF5 1.10 does not report why a write failed,
 * and may loop or crash when it closes a file that it could not write. The driver records the
 * reason of the first failure, writes nothing after it and reports success to HDF5; the caller asks
 * for the reason at the end.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_OUTPUT_H
#define LFADS_H5_H5_OUTPUT_H
#include <hdf5.h>
#include <stdbool.h>

#include "base/error.h"

struct h5_output {
    int reason;          /* errno of the first failed call; 0: none failed */
    bool failed;         /* a call of HDF5 failed, for any reason */
    bool created;        /* the file is created or emptied */
    hid_t driver;        /* HDF5's identifier; negative: none */
    struct output *open; /* the driver's state while HDF5 has the file open */
};

/* Sets OUTPUT, which must outlive the file. Returns a property list for H5Fcreate, which the caller
 * closes with H5Pclose; negative if HDF5 has no memory. */
hid_t h5_output_begin(struct h5_output *output);
/* Call it after closing the file: HDF5 1.10 frees the driver with the last reference to it, and
 * uses it to close the file. Where HDF5 has no memory to close the file, it keeps it, and uses it
 * once more at the process's end: then OUTPUT has failed, and what HDF5 still writes goes nowhere.
 */
void h5_output_end(struct h5_output *output);
/* Reports that the file at PATH, or WHAT in it (may be NULL), could not be written, with the reason
 * in OUTPUT (may be NULL). */
enum lfads_status h5_output_failed(const struct h5_output *output, const char *path,
                                   const char *what, struct lfads_error *err);
#endif
