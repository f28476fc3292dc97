/* pickle.h - what Python's pickles of NumPy's arrays say. Only data are read: nothing that a pickle
 * names is called, and what is neither numbers, texts, lists nor arrays is of no kind.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_PICKLE_H
#define LFADS_PREPARE_PICKLE_H
#include "prepare/pickle_value.h"

/* Reads BYTES [LENGTH], which must outlive P; returns the value that they stand for, PICKLE_NONE if
 * they are no pickle of such things, or for lack of memory (no_memory). pickle_free frees P. */
uint32_t pickle_read(struct pickle *p, const unsigned char *bytes, size_t length);
void pickle_free(struct pickle *p);
#endif
