/* quantiles.c - reads a list of probabilities.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/quantiles.h"

#include <stdlib.h>

bool quantiles_valid(const double *probability, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(probability[i] > (i ? probability[i - 1] : 0) && probability[i] < 1)) /* NaN too */
            return false;
    return true;
}

enum lfads_status quantiles_parse(struct quantiles *out, const char *text, struct lfads_error *err)
{
    const char *at = text;

    *out = (struct quantiles){.count = 0};
    while (*at && out->count < QUANTILES_MOST) {
        char *end;

        out->probability[out->count] = strtod(at, &end);
        if (end == at || (*end && (*end != ',' || !end[1])))
            break;
        out->count++;
        at = *end ? end + 1 : end;
    }
    if (!*at && quantiles_valid(out->probability, out->count))
        return LFADS_OK;
    return lfads_fail(err, LFADS_USAGE,
                      "--spread_quantiles=%.200s is not allowed: it takes up to %d numbers above 0 "
                      "and below 1, the smaller ones first, such as 0.05,0.95",
                      text, QUANTILES_MOST);
}
