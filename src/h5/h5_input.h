/* h5_input.h - a driver of HDF5's virtual file layer over one open file. It reads this file only
 * and opens none. HDF5 never takes the file for another one that the process has open.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_INPUT_H
#define LFADS_H5_H5_INPUT_H
#include <hdf5.h>
#include <stdbool.h>

/* A list for H5Fopen that reads the file open as FILE, BYTES long, whatever name H5Fopen is given;
 * negative where HDF5 has no memory. *NO_MEMORY, which must outlive the list, is set where H5Fopen
 * fails because the driver has none. */
hid_t h5_input_list(int file, uint64_t bytes, bool *no_memory);
#endif
