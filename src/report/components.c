/* components.c - principal components from the eigenvectors of the covariance.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/components.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

static void covary(double *covariance, double *mean, const double *values, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            mean[j] += values[i * n + j] / (double)rows;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) {
            double deviation = (values[i * n + j] - mean[j]) / (double)rows;

            for (size_t k = 0; k <= j; k++)
                covariance[j * n + k] += deviation * (values[i * n + k] - mean[k]);
        }
}

/* Makes the weight of largest size positive. */
static void turn(double *vector, size_t n)
{
    size_t largest = 0;

    for (size_t j = 1; j < n; j++)
        if (fabs(vector[j]) > fabs(vector[largest]))
            largest = j;
    if (vector[largest] < 0)
        for (size_t j = 0; j < n; j++)
            vector[j] = -vector[j];
}

static void project(struct components *out, const double *vectors, const double *mean,
                    const double *values, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < out->count; c++) {
            const double *vector = vectors + (n - 1 - c) * n; /* eigenvalues rise */
            double sum = 0;

            for (size_t j = 0; j < n; j++)
                sum += vector[j] * (values[i * n + j] - mean[j]);
            out->scores[i * COMPONENTS + c] = sum;
        }
}

enum lfads_status components_find(struct components *out, const double *values, size_t rows,
                                  size_t width, struct lfads_error *err)
{
    size_t n = width;
    double *mean = calloc(n + 1, sizeof *mean), *eigen = calloc(n + 1, sizeof *eigen);
    double *covariance = calloc(n * n + 1, sizeof *covariance), total = 0;
    enum lfads_status status = LFADS_OK;

    *out = (struct components){.count = n < COMPONENTS ? n : COMPONENTS,
                               .scores = calloc(rows * COMPONENTS + 1, sizeof *out->scores),
                               .deviation = calloc(n + 1, sizeof *out->deviation)};
    if (!mean || !eigen || !covariance || !out->scores || !out->deviation)
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for the components of %zu numbers", n);
    if (status == LFADS_OK) {
        covary(covariance, mean, values, rows, n);
        for (size_t j = 0; j < n; j++) {
            out->deviation[j] = sqrt(covariance[j * n + j]);
            total += covariance[j * n + j];
        }
        /* rows of a lower triangle are columns of an upper one */
        if (n > 0 && LAPACKE_dsyev(LAPACK_COL_MAJOR, 'V', 'U', (lapack_int)n, covariance,
                                   (lapack_int)n, eigen) != 0)
            status = lfads_fail(err, LFADS_NUMERIC,
                                "the principal components of %zu numbers "
                                "can't be computed",
                                n);
    }
    if (status == LFADS_OK) {
        for (size_t c = 0; c < out->count; c++) {
            turn(covariance + (n - 1 - c) * n, n);
            out->share[c] = total > 0 ? eigen[n - 1 - c] / total : (double)NAN;
        }
        project(out, covariance, mean, values, rows, n);
    }
    free(mean);
    free(eigen);
    free(covariance);
    return status;
}

void components_free(struct components *components)
{
    free(components->scores);
    free(components->deviation);
    *components = (struct components){.count = 0};
}
