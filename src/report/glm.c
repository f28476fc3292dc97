/* glm.c - Poisson regression: Newton's steps, halved until the cost falls.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/glm.h"

#include <lapacke.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 60, HALVINGS = 30 };
static const double highest = 50;     /* exponent: a rate beyond it is no rate of spikes */
static const double converged = 1e-9; /* decrease that a step promises, in nats */

/* A fit in progress; W = P + 1. */
struct fit {
    const struct glm *glm;
    double *gradient; /* [W] */
    double *hessian;  /* [W,W], the lower triangle */
    double *next;     /* [W] */
};

static double exponent(const double *weights, const double *x, size_t features)
{
    double sum = weights[features];

    for (size_t j = 0; j < features; j++)
        sum += weights[j] * x[j];
    return fmin(sum, highest);
}

double glm_rate(const double *weights, const double *x, size_t features)
{
    return exp(exponent(weights, x, features));
}

static double cost_of(const double *weights, const struct glm *g)
{
    double cost = 0;

    for (size_t j = 0; j < g->features; j++)
        cost += g->penalty / 2 * weights[j] * weights[j];
    for (size_t i = 0; i < g->rows; i++)
        if (!isnan(g->counts[i])) {
            double e = exponent(weights, g->x + i * g->features, g->features);

            cost += g->bins[i] * exp(e) - g->counts[i] * e;
        }
    return cost;
}

/* Adds a row with rate RATE to gradient and Hessian. */
static void add_row(struct fit *f, size_t row, double rate)
{
    size_t p = f->glm->features, w = p + 1;
    const double *x = f->glm->x + row * p;
    double residual = rate - f->glm->counts[row];

    for (size_t j = 0; j < p; j++) {
        double scaled = rate * x[j];
        double *h = f->hessian + j * w;

        f->gradient[j] += residual * x[j];
        for (size_t k = 0; k <= j; k++)
            h[k] += scaled * x[k];
        f->hessian[p * w + j] += scaled;
    }
    f->gradient[p] += residual;
    f->hessian[p * w + p] += rate;
}

static void differentiate(struct fit *f, const double *weights)
{
    const struct glm *g = f->glm;
    size_t p = g->features, w = p + 1;

    memset(f->gradient, 0, w * sizeof *f->gradient);
    memset(f->hessian, 0, w * w * sizeof *f->hessian);
    for (size_t i = 0; i < g->rows; i++)
        if (!isnan(g->counts[i]))
            add_row(f, i, g->bins[i] * glm_rate(weights, g->x + i * p, p));
    for (size_t j = 0; j < p; j++) {
        f->gradient[j] += g->penalty * weights[j];
        f->hessian[j * w + j] += g->penalty;
    }
}

/* Makes one step from WEIGHTS, whose cost is *COST; false at the minimum. */
static bool step(struct fit *f, double *weights, double *cost)
{
    size_t w = f->glm->features + 1;
    double promise = 0, share = 1;

    differentiate(f, weights);
    memcpy(f->next, f->gradient, w * sizeof *f->next);
    /* rows of a lower triangle are columns of an upper one */
    if (LAPACKE_dposv(LAPACK_COL_MAJOR, 'U', (lapack_int)w, 1, f->hessian, (lapack_int)w, f->next,
                      (lapack_int)w) != 0)
        return false;
    for (size_t j = 0; j < w; j++) {
        promise += f->next[j] * f->gradient[j] / 2;
        f->gradient[j] = f->next[j]; /* the step */
    }
    if (!(promise > converged))
        return false;
    for (int i = 0; i < HALVINGS; i++, share /= 2) {
        double reached;

        for (size_t j = 0; j < w; j++)
            f->next[j] = weights[j] - share * f->gradient[j];
        reached = cost_of(f->next, f->glm);
        if (reached < *cost) {
            memcpy(weights, f->next, w * sizeof *weights);
            *cost = reached;
            return true;
        }
    }
    return false;
}

enum lfads_status glm_fit(double *weights, const struct glm *glm, struct lfads_error *err)
{
    size_t w = glm->features + 1;
    struct fit f = {.glm = glm,
                    .gradient = calloc(w, sizeof *f.gradient),
                    .hessian = calloc(w * w, sizeof *f.hessian),
                    .next = calloc(w, sizeof *f.next)};
    enum lfads_status status =
        f.gradient && f.hessian && f.next
            ? LFADS_OK
            : lfads_fail(err, LFADS_NO_MEMORY, "no memory for a regression on %zu channels",
                         glm->features);
    double cost, spikes = 0;

    for (size_t i = 0; i < glm->rows; i++)
        spikes += isnan(glm->counts[i]) ? 0 : glm->counts[i];
    if (status == LFADS_OK && spikes > 0) {
        cost = cost_of(weights, glm);
        for (int i = 0; i < STEPS && step(&f, weights, &cost); i++)
            ;
    } else if (status == LFADS_OK) {
        memset(weights, 0, w * sizeof *weights);
        weights[glm->features] = log(1e-9);
    }
    free(f.gradient);
    free(f.hessian);
    free(f.next);
    return status;
}
