/* score_decoding.c - ridge regression from sums of products, one sum a fold.
 *
 * A regression needs the rows' count, sums and products only. They are kept for each fold, so that
 * a fit without a fold adds those of the others. The first training row is subtracted from all
 * rows: the products then stay near the variances, and centring them loses few digits.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/score_decoding.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/score.h"

enum { PENALTIES = 9 };

/* A regression in progress; P features, D outputs, W = P + D. */
struct ridge {
    const struct decoding *d;
    size_t width;                     /* W */
    double *origin;                   /* [W]: what is subtracted from x and y of all rows */
    double *row;                      /* [W] */
    double *sum;                      /* [FOLDS,W] */
    double *product;                  /* [FOLDS,W,W], the lower triangle */
    size_t first[DECODING_FOLDS + 1]; /* training rows of a fold: first[f] to first[f+1]-1 */
    double *centred;                  /* [W,W]: products of the fitted rows about their means */
    double *mean;                     /* [W]: means of the fitted rows */
    double *matrix;                   /* [P,P]: that of the normal equations */
    double *weights;                  /* [D,P] */
    double *truth, *estimate;         /* [rows of a scored set, D] */
};

static void release(struct ridge *r)
{
    double *const all[] = {r->origin, r->row,    r->sum,     r->product, r->centred,
                           r->mean,   r->matrix, r->weights, r->truth,   r->estimate};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]);
}

static enum lfads_status create(struct ridge *r, const struct decoding *d, struct lfads_error *err)
{
    size_t p = d->features, w = p + d->outputs;
    size_t scored = d->train.count > d->eval.count ? d->train.count : d->eval.count;

    *r = (struct ridge){.d = d, .width = w};
    r->origin = calloc(w, sizeof *r->origin);
    r->row = calloc(w, sizeof *r->row);
    r->sum = calloc(DECODING_FOLDS * w, sizeof *r->sum);
    r->product = calloc(DECODING_FOLDS * w * w, sizeof *r->product);
    r->centred = calloc(w * w, sizeof *r->centred);
    r->mean = calloc(w, sizeof *r->mean);
    r->matrix = calloc(p * p, sizeof *r->matrix);
    r->weights = calloc(p * d->outputs, sizeof *r->weights);
    r->truth = calloc(scored * d->outputs, sizeof *r->truth);
    r->estimate = calloc(scored * d->outputs, sizeof *r->estimate);
    if (r->origin && r->row && r->sum && r->product && r->centred && r->mean && r->matrix &&
        r->weights && r->truth && r->estimate)
        return LFADS_OK;
    release(r);
    return lfads_fail(err, LFADS_NO_MEMORY, "no memory to decode from %zu channels", p);
}

/* Sets ROW to row I of ROWS, x then y, without the origin. */
static void take_row(double *row, const struct ridge *r, const struct decoding_rows *rows, size_t i)
{
    size_t p = r->d->features;

    for (size_t j = 0; j < p; j++)
        row[j] = rows->x[i][j] - r->origin[j];
    for (size_t j = p; j < r->width; j++)
        row[j] = rows->y[i][j - p] - r->origin[j];
}

/* Deals the training rows to folds, the first ones a row longer, and sums them. */
static void sum_folds(struct ridge *r)
{
    const struct decoding_rows *train = &r->d->train;
    size_t n = train->count, w = r->width, each = n / DECODING_FOLDS, more = n % DECODING_FOLDS;

    take_row(r->row, r, train, 0); /* the origin is still 0 */
    memcpy(r->origin, r->row, w * sizeof *r->row);
    for (size_t f = 0; f < DECODING_FOLDS; f++) {
        double *sum = r->sum + f * w, *product = r->product + f * w * w;

        r->first[f + 1] = r->first[f] + each + (f < more);
        for (size_t i = r->first[f]; i < r->first[f + 1]; i++) {
            take_row(r->row, r, train, i);
            for (size_t j = 0; j < w; j++) {
                sum[j] += r->row[j];
                for (size_t k = 0; k <= j; k++)
                    product[j * w + k] += r->row[j] * r->row[k];
            }
        }
    }
}

/* Sets the means and centred products of all training rows except those of fold WITHOUT;
 * DECODING_FOLDS: of all. */
static void centre(struct ridge *r, size_t without)
{
    size_t w = r->width, n = 0;

    memset(r->mean, 0, w * sizeof *r->mean);
    memset(r->centred, 0, w * w * sizeof *r->centred);
    for (size_t f = 0; f < DECODING_FOLDS; f++) {
        if (f == without)
            continue;
        n += r->first[f + 1] - r->first[f];
        for (size_t j = 0; j < w; j++)
            r->mean[j] += r->sum[f * w + j];
        for (size_t j = 0; j < w * w; j++)
            r->centred[j] += r->product[f * w * w + j];
    }
    for (size_t j = 0; j < w; j++)
        r->mean[j] /= (double)n;
    for (size_t j = 0; j < w; j++)
        for (size_t k = 0; k <= j; k++)
            r->centred[j * w + k] -= (double)n * r->mean[j] * r->mean[k];
}

/* Sets the weights that the centred products give under PENALTY; false if the equations can't be
 * solved. */
static bool fit(struct ridge *r, double penalty)
{
    size_t p = r->d->features, outputs = r->d->outputs, w = r->width;

    for (size_t j = 0; j < p; j++) {
        memcpy(r->matrix + j * p, r->centred + j * w, (j + 1) * sizeof *r->matrix);
        r->matrix[j * p + j] += penalty;
        for (size_t k = 0; k < outputs; k++)
            r->weights[k * p + j] = r->centred[(p + k) * w + j];
    }
    /* rows of a lower triangle are columns of an upper one: LAPACK needs no copy */
    return LAPACKE_dposv(LAPACK_COL_MAJOR, 'U', (lapack_int)p, (lapack_int)outputs, r->matrix,
                         (lapack_int)p, r->weights, (lapack_int)p) == 0;
}

/* Returns the mean over components of R2 of rows FIRST to END-1 under the weights. */
static double r2_of_rows(struct ridge *r, const struct decoding_rows *rows, size_t first,
                         size_t end)
{
    size_t p = r->d->features, outputs = r->d->outputs;
    double sum = 0;

    for (size_t i = first; i < end; i++) {
        double *estimate = r->estimate + (i - first) * outputs;

        take_row(r->row, r, rows, i);
        for (size_t k = 0; k < outputs; k++) {
            r->truth[(i - first) * outputs + k] = r->row[p + k];
            estimate[k] = r->mean[p + k];
        }
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < outputs; k++)
                estimate[k] += (r->row[j] - r->mean[j]) * r->weights[k * p + j];
    }
    for (size_t k = 0; k < outputs; k++)
        sum += score_column_r2(r->truth + k, r->estimate + k, end - first, outputs);
    return sum / (double)outputs;
}

/* Returns the penalty whose mean R2 over the folds is the largest. */
static double choose_penalty(struct ridge *r)
{
    double mean[PENALTIES] = {0};
    size_t best = 0;

    for (size_t f = 0; f < DECODING_FOLDS; f++) {
        centre(r, f);
        for (size_t i = 0; i < PENALTIES; i++)
            mean[i] += fit(r, pow(10, (double)i / 2 - 4))
                           ? r2_of_rows(r, &r->d->train, r->first[f], r->first[f + 1])
                           : -(double)INFINITY;
    }
    for (size_t i = 1; i < PENALTIES; i++)
        if (mean[i] > mean[best])
            best = i;
    return pow(10, (double)best / 2 - 4);
}

enum lfads_status score_decoding(struct decoded *out, const struct decoding *decoding,
                                 struct lfads_error *err)
{
    struct ridge r;
    enum lfads_status status;

    *out = (struct decoded){.r2 = (double)NAN};
    if (decoding->train.count < DECODING_FOLDS || decoding->eval.count < 1)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "there are %zu bins to fit a decoder of behaviour and %zu to score it, "
                          "and at least %d and 1 are needed",
                          decoding->train.count, decoding->eval.count, DECODING_FOLDS);
    status = create(&r, decoding, err);
    if (status != LFADS_OK)
        return status;
    sum_folds(&r);
    out->penalty = decoding->penalty > 0 ? decoding->penalty : choose_penalty(&r);
    centre(&r, DECODING_FOLDS);
    if (fit(&r, out->penalty))
        out->r2 = r2_of_rows(&r, &decoding->eval, 0, decoding->eval.count);
    release(&r);
    return LFADS_OK;
}
