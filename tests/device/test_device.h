/* test_device.h - the device for tests in C.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_DEVICE_H
#define LFADS_TESTS_DEVICE_H
#include "backend/backend.h"

/* Opens the device NAME, "gpu:N", once per process. If it cannot be used, prints the reason and
 * exits with CTest's status for a test that did not run. */
const struct backend *test_device(const char *name);
#endif
