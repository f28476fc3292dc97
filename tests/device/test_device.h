/* test_device.h - the device that a test in C runs on.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_DEVICE_H
#define LFADS_TESTS_DEVICE_H
#include "backend/backend.h"

/* The device NAME, "gpu:N", opened once for the whole process. Where there is none, says so and
 * ends the process with CTest's status for a test that did not run. */
const struct backend *test_device(const char *name);
#endif
