/* band.c - reads quantiles or standard deviations over samples, trial by trial.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/band.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "infer/arrays.h"
#include "infer/spread_rows.h"

static const double normal_95 = 1.6448536269514722; /* 95 % quantile of the normal distribution */

/* Fails unless KEY is [E,T,width], or [E,T,width,Q]. */
static enum lfads_status check_shape(const struct band *band, const struct evaluation *s,
                                     size_t width)
{
    struct h5_shape shape;
    enum lfads_status status = h5_shape(&shape, &s->run, band->key, s->err);

    if (status != LFADS_OK)
        return status;
    if (shape.numeric && shape.rank == (band->count ? 4 : 3) && shape.dims[0] == s->trials &&
        shape.dims[1] == s->bins && shape.dims[2] == width &&
        (!band->count || shape.dims[3] == band->count))
        return LFADS_OK;
    return lfads_fail(s->err, LFADS_BAD_DATA,
                      "%s: %s has not the shape of the means%s, [%zu,%zu,%zu]", s->run.path,
                      band->key,
                      band->count ? " and as many numbers each as " SPREAD_PROBABILITIES : "",
                      s->trials, s->bins, width);
}

/* Sets the band to the file's first and last quantile, if there are two. */
static enum lfads_status find_quantiles(struct band *band, const struct evaluation *s)
{
    struct array at;
    enum lfads_status status = array_read(&at, &s->run, SPREAD_PROBABILITIES, 1, s->err);

    if (status != LFADS_OK)
        return status;
    if (!quantiles_valid(at.values, at.count))
        status =
            lfads_fail(s->err, LFADS_BAD_DATA,
                       "%s: " SPREAD_PROBABILITIES " are not numbers between 0 and 1 in rising "
                       "order",
                       s->run.path);
    else if (at.count > 1) {
        band->count = at.count;
        band->share = at.values[at.count - 1] - at.values[0];
        snprintf(band->name, sizeof band->name, "%.4g to %.4g %% of samples", 100 * at.values[0],
                 100 * at.values[at.count - 1]);
    }
    array_free(&at);
    return status;
}

enum lfads_status band_find(struct band *band, const struct evaluation *s, enum result result,
                            size_t width)
{
    const char *key = evaluation_key(result);
    size_t doubles;
    enum lfads_status status = LFADS_OK;

    *band = (struct band){.numbers = s->bins * width};
    snprintf(band->key, sizeof band->key, "%s" SPREAD_QUANTILE, key);
    if (h5_has(&s->run, band->key) && h5_has(&s->run, SPREAD_PROBABILITIES))
        status = find_quantiles(band, s);
    if (status == LFADS_OK && !band->count) {
        snprintf(band->key, sizeof band->key, "%s" SPREAD_DEVIATION, key);
        if (!h5_has(&s->run, band->key))
            return LFADS_OK;
        band->share = 0.9;
        snprintf(band->name, sizeof band->name, "± 1.645 SD of samples");
    }
    if (status == LFADS_OK)
        status = check_shape(band, s, width);
    doubles = band->numbers * ((band->count ? band->count : 1) + 2);
    if (status == LFADS_OK)
        status = array_allocate(&band->values, doubles, band->key, s->run.path, s->err);
    if (status != LFADS_OK)
        return status;
    band->low = band->values + doubles - 2 * band->numbers;
    band->high = band->low + band->numbers;
    return LFADS_OK;
}

enum lfads_status band_read(struct band *band, const struct evaluation *s, size_t trial,
                            const double *means)
{
    size_t q = band->count ? band->count : 1;
    enum lfads_status status = h5_read_rows(band->values, H5_FLOAT64, &s->run, band->key, trial, 1,
                                            band->numbers * q, s->err);

    for (size_t i = 0; i < band->numbers && status == LFADS_OK; i++) {
        const double *value = band->values + i * q;

        band->low[i] = band->count ? value[0] : means[i] - normal_95 * value[0];
        band->high[i] = band->count ? value[q - 1] : means[i] + normal_95 * value[0];
        if (!isfinite(band->low[i]) || !(band->low[i] <= band->high[i]))
            status = lfads_fail(s->err, LFADS_BAD_DATA,
                                "%s: %s in trial %zu, place %zu gives no band, but %g to %g",
                                s->run.path, band->key, trial, i, band->low[i], band->high[i]);
    }
    return status;
}

void band_free(struct band *band)
{
    free(band->values);
    band->values = band->low = band->high = NULL;
}
