/* h5_stored.h - types as a file stores them, taken from one file and made for another.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_STORED_H
#define LFADS_H5_H5_STORED_H
#include <hdf5.h>

#include "h5/h5_types.h"

/* Returns what TYPE, of a data set that HOLDS this, is; size 0: another file can't have it. */
struct h5_stored h5_stored_of(hid_t type, enum h5_holds holds);
/* Whether h5_stored_type can make it. */
bool h5_stored_is_known(const struct h5_stored *stored);
/* Makes the type, which the caller closes; negative after a failure. */
hid_t h5_stored_type(const struct h5_stored *stored);
/* Whether the type is that of complex numbers: two reals, as h5py or MATLAB names them. */
bool h5_stored_is_complex(hid_t type);
/* Whether the type is an integer in two's complement or an IEEE 754 real, of whole bytes. */
bool h5_stored_is_plain(hid_t type);
/* The class of the plain numbers that an enumeration, a list or an array consists of; H5T_NO_CLASS:
 * it has others. */
H5T_class_t h5_stored_within(hid_t type);
#endif
