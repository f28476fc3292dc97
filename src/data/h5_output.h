/* h5_output.h - the files that HDF5 writes, written by us: HDF5 1.10 does not say why a write
 * failed, and may loop or crash when it closes a file that it could not write. Here a failure is
 * noted with its reason, nothing more reaches the disk, and HDF5 is told that all is well; the
 * caller asks at the end. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_H5_OUTPUT_H
#define LFADS_DATA_H5_OUTPUT_H
#include <hdf5.h>

/* A list for H5Fcreate, to be closed by H5Pclose, or negative. *REASON, which must outlive the
 * file, becomes the errno of the first call that fails. */
hid_t h5_output_list(int *reason);
#endif
