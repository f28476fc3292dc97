/* h5_output.h - the files that HDF5 writes, written by us: HDF5 1.10 does not say why a write
 * failed, and may loop or crash when it closes a file that it could not write. Here a failure is
 * noted with its reason, nothing more reaches the disk, and HDF5 is told that all is well; the
 * caller asks at the end. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_OUTPUT_H
#define LFADS_H5_H5_OUTPUT_H
#include <hdf5.h>
#include <stdbool.h>

#include "base/error.h"

struct h5_output {
    int reason;   /* errno of the first call that failed; 0: all went well */
    bool failed;  /* a call of HDF5 did, for whatever reason */
    hid_t driver; /* HDF5's, negative: none */
};

/* Sets OUTPUT, which must outlive the file, and returns a list for H5Fcreate, to be closed by
 * H5Pclose; negative where HDF5 has no memory. */
hid_t h5_output_begin(struct h5_output *output);
/* To be called when the file is closed: HDF5 1.10 frees the driver with the last reference to it,
 * and then calls it to close the file. */
void h5_output_end(struct h5_output *output);
/* The error of a file at PATH that could not be written, or of WHAT in it (may be NULL), with the
 * reason that OUTPUT (may be NULL) has. */
enum lfads_status h5_output_failed(const struct h5_output *output, const char *path,
                                   const char *what, struct lfads_error *err);
#endif
