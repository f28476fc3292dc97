/* far.h - the reference backend behind memory that the host cannot reach, as a device's: an address
 * that it hands out lies in pages without any right, and operations and copies work on the same
 * bytes elsewhere. So host code that touches the backend's memory crashes, an operation that is
 * given the host's memory stops the program, and what is to be downloaded later arrives at finish.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_FAR_H
#define LFADS_TESTS_FAR_H
#include "backend/backend.h"

/* The backend; one a process. */
const struct backend *backend_far(void);
#endif
