/* isolated.h - the reference backend with memory that the host cannot access, like a device's. Its
 * addresses lie in pages without access rights; operations and copies work on the same bytes in
 * other pages. So host code that accesses the backend's memory crashes, an operation with an
 * address of the host's memory aborts the program, and download_later copies at finish.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_ISOLATED_H
#define LFADS_TESTS_ISOLATED_H
#include "backend/backend.h"

/* Returns the backend, of which a process has one. */
const struct backend *backend_isolated(void);
#endif
