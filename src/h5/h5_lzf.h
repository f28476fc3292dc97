/* h5_lzf.h - h5py's filter lzf, for reading.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_LZF_H
#define LFADS_H5_H5_LZF_H
#include <hdf5.h>
#include <stdbool.h>

enum { H5_LZF = 32000 }; /* its number among HDF5's registered filters */

/* Makes libhdf5 know the filter. Only the process that reads a file may call it: filters are
 * libhdf5's for the whole process. */
bool h5_lzf_register(void);
#endif
