/* check.h - compares a backend with the reference on every case and size.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_CHECK_H
#define LFADS_TESTS_CHECK_H
#include "cases.h"

struct checked {
    const struct backend *be;
    const char *set;    /* the backend's kind, for the summary */
    const char *only;   /* how the names of the cases begin that are run: "" for all */
    double factor_unit; /* relative rounding of the factors of products beside float's, or 0 */
    /* Is told of each run's arrays before it, for a backend that does not compute in the host's
     * memory; or NULL. */
    void (*attach)(const struct backend *be, struct arrays *arrays);
};

/* Returns how many cases failed, and says which. */
int check_backend(const struct checked *what);
#endif
