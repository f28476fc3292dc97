/* components.h - leading principal components.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_COMPONENTS_H
#define LFADS_REPORT_COMPONENTS_H
#include "base/error.h"

enum { COMPONENTS = 3 };

struct components {
    size_t count;             /* min(COMPONENTS, width) */
    double *scores;           /* [rows,COMPONENTS]; 0 beyond count */
    double *deviation;        /* [width]: standard deviation of each column */
    double share[COMPONENTS]; /* of the variance; NaN without any */
};

/* Sets *OUT to the principal components of VALUES [rows,width]: columns are centred, not scaled.
 * A component's sign is such that its weight of largest size is positive. components_free frees
 * *OUT, also after a failure. */
enum lfads_status components_find(struct components *out, const double *values, size_t rows,
                                  size_t width, struct lfads_error *err);
void components_free(struct components *components);
#endif
