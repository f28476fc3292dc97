/* score_coverage.c - counts what lies in a band.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/score_coverage.h"

#include <math.h>

void score_coverage(double *inside, double *known, const struct covered *covered)
{
    const struct covered *c = covered;

    for (size_t i = 0; i < c->rows; i++)
        for (size_t j = 0; j < c->channels; j++) {
            double truth = c->truth[i * c->channels + j];

            known[j] += !isnan(truth);
            inside[j] += c->conversion * c->low[i * c->stride + j] <= truth &&
                         truth <= c->conversion * c->high[i * c->stride + j];
        }
}
