/* check.h - compares a backend with the reference on every case and size.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_CHECK_H
#define LFADS_TESTS_CHECK_H
#include "cases.h"

/* Returns how many cases failed of those whose names begin with ONLY, and says which. SET names the
 * backend's kind. ATTACH (or NULL) is
 * told of each run's arrays before it, for a backend that does not compute in the host's memory. */
int check_backend(const struct backend *be, const char *set, const char *only,
                  void (*attach)(const struct backend *be, struct arrays *arrays));
#endif
