/* baseline_smoothing.c - smoothed spikes, and the regression of unread channels on them.
 *
 * A smoothed count is (sum of g k + a m) / (sum of g + a) over the bins that are read: g is a
 * Gaussian of the distance, 1 at 0 and cut at three standard deviations, m the channel's mean
 * rate. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sizes.h"
#include "base/workers.h"
#include "report/baselines.h"
#include "report/glm.h"

enum {
    CHOOSING_TRIALS = 200, /* most training trials that width and shrinkage are chosen on */
    ROWS = 20000           /* most rows of a regression: bins are joined until there are fewer */
};

static const double widths[] = {1, 2, 4, 8, 16, 32}, shrinks[] = {0.3, 1, 3, 10, 30, 100};
static const double penalties[] = {1, 10, 100, 1000, 10000};

/* A smoothing in progress. */
struct smoother {
    const struct baseline_data *d;
    double *means;                  /* [N] */
    struct baseline_choice *choice; /* in use */
    double *kernel;                 /* [T]: g by distance */
};

static void use_width(struct smoother *s, double sd)
{
    s->choice->sd = sd;
    for (size_t i = 0; i < s->d->bins; i++)
        s->kernel[i] = (double)i <= 3 * sd ? exp(-(double)i * (double)i / (2 * sd * sd)) : 0;
}

/* Sets *SUM and *WEIGHT to those of channel J of COUNTS [T,N] at bin T, with or WITHOUT the bin
 * itself. */
static void sum_near(double *sum, double *weight, const struct smoother *s, const double *counts,
                     size_t t, size_t j, bool without)
{
    size_t reach = (size_t)(3 * s->choice->sd), first = t > reach ? t - reach : 0;
    size_t end = size_min(t + reach + 1, s->d->read_bins);

    *sum = *weight = 0;
    for (size_t i = first; i < end; i++) {
        double count = counts[i * s->d->channels + j];
        double g = s->kernel[i > t ? i - t : t - i];

        if (isnan(count) || (without && i == t))
            continue;
        *sum += g * count;
        *weight += g;
    }
}

static double shrunk(const struct smoother *s, double sum, double weight, size_t j, double shrink)
{
    return (sum + shrink * s->means[j]) / (weight + shrink);
}

/* Adds to LOGLIK [shrinks] the log-likelihoods of a training trial's read counts. */
static void add_loglik(double *loglik, const struct smoother *s, const double *counts)
{
    const struct baseline_data *d = s->d;

    for (size_t t = 0; t < d->read_bins; t++)
        for (size_t j = 0; j < d->read_channels; j++) {
            double sum, weight, count = counts[t * d->channels + j];

            if (isnan(count) || !(s->means[j] > 0))
                continue;
            sum_near(&sum, &weight, s, counts, t, j, true);
            for (size_t i = 0; i < sizeof shrinks / sizeof shrinks[0]; i++) {
                double rate = shrunk(s, sum, weight, j, shrinks[i]);

                loglik[i] += (count > 0 ? count * log(rate) : 0) - rate;
            }
        }
}

/* Log-likelihoods by width and shrinkage; a thread takes a width. */
struct search {
    const struct baseline_data *d;
    double *means, *kernels; /* kernels [widths,T] */
    double loglik[sizeof widths / sizeof widths[0]][sizeof shrinks / sizeof shrinks[0]];
};

static void try_width(void *payload, size_t width, size_t thread)
{
    struct search *search = payload;
    const struct baseline_data *d = search->d;
    struct baseline_choice choice;
    struct smoother s = {d, search->means, &choice, search->kernels + width * d->bins};
    size_t trials = size_min(d->train.trials, CHOOSING_TRIALS);

    (void)thread;
    use_width(&s, widths[width]);
    for (size_t i = 0; i < trials; i++) {
        size_t e = i * d->train.trials / trials;

        add_loglik(search->loglik[width], &s, d->train.counts + e * d->bins * d->channels);
    }
}

/* Chooses width and shrinkage by the likelihood of the training trials. */
static enum lfads_status choose(struct smoother *s, struct lfads_error *err)
{
    enum {
        WIDTHS = sizeof widths / sizeof widths[0],
        SHRINKS = sizeof shrinks / sizeof shrinks[0]
    };
    struct search search = {.d = s->d,
                            .means = s->means,
                            .kernels = calloc(WIDTHS * s->d->bins, sizeof *search.kernels)};
    size_t best = 0;

    if (!search.kernels)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to smooth spikes");
    workers_run_once(s->d->threads, WIDTHS, try_width, &search);
    free(search.kernels);
    for (size_t i = 1; i < (size_t)WIDTHS * SHRINKS; i++)
        if (search.loglik[i / SHRINKS][i % SHRINKS] > search.loglik[best / SHRINKS][best % SHRINKS])
            best = i;
    use_width(s, widths[best / SHRINKS]);
    s->choice->shrink = shrinks[best % SHRINKS];
    return LFADS_OK;
}

/* Rows for regressions: smoothed read channels, standardised by the training rows. */
struct features {
    size_t rows, joined;      /* joined: successive bins of a trial in a row */
    double *x;                /* [R,P] */
    double *counts;           /* [unread,R] */
    double *bins;             /* [R] */
    double *mean, *deviation; /* [P] */
};

/* Sets X [P] to the smoothed read channels at bin T. */
static void features_of(double *x, const struct smoother *s, const double *counts, size_t t)
{
    for (size_t j = 0; j < s->d->read_channels; j++) {
        double sum, weight;

        sum_near(&sum, &weight, s, counts, t, j, false);
        x[j] = shrunk(s, sum, weight, j, s->choice->shrink);
    }
}

/* Fills the row of bins FIRST to END-1 of a trial's COUNTS. X [P] is for working. */
static void fill_row(struct features *f, size_t row, double *x, const struct smoother *s,
                     const double *counts, size_t first, size_t end)
{
    size_t p = s->d->read_channels;

    f->bins[row] = (double)(end - first);
    for (size_t t = first; t < end; t++) {
        features_of(x, s, counts, t);
        for (size_t j = 0; j < p; j++)
            f->x[row * p + j] += x[j] / (double)(end - first);
        for (size_t j = p; j < s->d->channels; j++) /* NaN if one of the bins was not recorded */
            f->counts[(j - p) * f->rows + row] += counts[t * s->d->channels + j];
    }
}

static void standardise(struct features *f, size_t p)
{
    for (size_t j = 0; j < p; j++) {
        double squares = 0;

        for (size_t i = 0; i < f->rows; i++)
            f->mean[j] += f->x[i * p + j] / (double)f->rows;
        for (size_t i = 0; i < f->rows; i++) {
            f->x[i * p + j] -= f->mean[j];
            squares += f->x[i * p + j] * f->x[i * p + j];
        }
        f->deviation[j] = squares > 0 ? sqrt(squares / (double)f->rows) : 1;
        for (size_t i = 0; i < f->rows; i++)
            f->x[i * p + j] /= f->deviation[j];
    }
}

static void features_free(struct features *f)
{
    free(f->x);
    free(f->counts);
    free(f->bins);
    free(f->mean);
    free(f->deviation);
}

static enum lfads_status features_create(struct features *f, const struct smoother *s,
                                         struct lfads_error *err)
{
    const struct baseline_data *d = s->d;
    size_t p = d->read_channels, each, row = 0;
    double *x = calloc(p + 1, sizeof *x);

    *f = (struct features){.joined = 1};
    while (d->train.trials * ((d->read_bins + f->joined - 1) / f->joined) > ROWS &&
           f->joined < d->read_bins)
        f->joined++;
    each = (d->read_bins + f->joined - 1) / f->joined;
    f->rows = d->train.trials * each;
    f->x = calloc(f->rows * p + 1, sizeof *f->x);
    f->counts = calloc(f->rows * (d->channels - p) + 1, sizeof *f->counts);
    f->bins = calloc(f->rows + 1, sizeof *f->bins);
    f->mean = calloc(p + 1, sizeof *f->mean);
    f->deviation = calloc(p + 1, sizeof *f->deviation);
    if (!x || !f->x || !f->counts || !f->bins || !f->mean || !f->deviation) {
        free(x);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a regression on %zu channels", p);
    }
    for (size_t e = 0; e < d->train.trials; e++)
        for (size_t t = 0; t < d->read_bins; t += f->joined)
            fill_row(f, row++, x, s, d->train.counts + e * d->bins * d->channels, t,
                     size_min(t + f->joined, d->read_bins));
    standardise(f, p);
    free(x);
    return LFADS_OK;
}

/* Regressions of all unread channels; a thread takes a channel. */
struct regressions {
    const struct baseline_data *d;
    const struct features *f;
    size_t rows; /* the first ones, that are fitted */
    double penalty;
    double *weights; /* [unread,P+1] */
    double *loglik;  /* [unread]: of the rows after those */
    enum lfads_status *status;
    struct lfads_error *err; /* [unread] */
};

static void regress(void *payload, size_t channel, size_t thread)
{
    struct regressions *r = payload;
    const struct features *f = r->f;
    size_t p = r->d->read_channels;
    double *weights = r->weights + channel * (p + 1);
    const double *counts = f->counts + channel * f->rows;
    const struct glm glm = {r->rows, p, f->x, counts, f->bins, r->penalty};

    (void)thread;
    r->status[channel] = glm_fit(weights, &glm, &r->err[channel]);
    r->loglik[channel] = 0;
    for (size_t i = r->rows; i < f->rows; i++)
        if (!isnan(counts[i])) {
            double rate = glm_rate(weights, f->x + i * p, p);

            r->loglik[channel] += counts[i] * log(rate) - f->bins[i] * rate;
        }
}

/* Fits the first ROWS rows under PENALTY; sets *LOGLIK to that of the others. */
static enum lfads_status regress_all(double *loglik, struct regressions *r, size_t rows,
                                     double penalty, struct lfads_error *err)
{
    size_t unread = r->d->channels - r->d->read_channels;

    r->rows = rows;
    r->penalty = penalty;
    workers_run_once(r->d->threads, unread, regress, r);
    *loglik = 0;
    for (size_t j = 0; j < unread; j++) {
        if (r->status[j] != LFADS_OK) {
            if (err)
                *err = r->err[j];
            return r->status[j];
        }
        *loglik += r->loglik[j];
    }
    return LFADS_OK;
}

/* Chooses the penalty on the last fifth of the training trials, and fits all of them with it. */
static enum lfads_status fit(struct regressions *r, struct baseline_choice *choice,
                             struct lfads_error *err)
{
    size_t each = r->f->rows / r->d->train.trials, rows = (r->d->train.trials * 4 + 4) / 5 * each;
    double best = -(double)INFINITY, loglik;
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < sizeof penalties / sizeof penalties[0] && status == LFADS_OK; i++) {
        status = regress_all(&loglik, r, rows, penalties[i], err);
        if (loglik > best) {
            best = loglik;
            choice->penalty = penalties[i];
        }
    }
    return status == LFADS_OK ? regress_all(&loglik, r, r->f->rows, choice->penalty, err) : status;
}

/* Sets the unread channels' RATES of the evaluated trials. */
static enum lfads_status predict_unread(double *rates, const struct smoother *s,
                                        const struct regressions *r, struct lfads_error *err)
{
    const struct baseline_data *d = s->d;
    size_t p = d->read_channels, n = d->channels;
    double *x = calloc(p + 1, sizeof *x);

    if (!x)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a regression on %zu channels", p);
    for (size_t i = 0; i < d->eval.trials * d->bins; i++) {
        features_of(x, s, d->eval.counts + i / d->bins * d->bins * n, i % d->bins);
        for (size_t j = 0; j < p; j++)
            x[j] = (x[j] - r->f->mean[j]) / r->f->deviation[j];
        for (size_t j = p; j < n; j++)
            rates[i * n + j] = glm_rate(r->weights + (j - p) * (p + 1), x, p);
    }
    free(x);
    return LFADS_OK;
}

static enum lfads_status smooth_unread(double *rates, const struct smoother *s,
                                       struct lfads_error *err)
{
    const struct baseline_data *d = s->d;
    size_t p = d->read_channels, unread = d->channels - p;
    struct features f;
    struct regressions r = {.d = d,
                            .f = &f,
                            .weights = calloc(unread * (p + 1), sizeof *r.weights),
                            .loglik = calloc(unread, sizeof *r.loglik),
                            .status = calloc(unread, sizeof *r.status),
                            .err = calloc(unread, sizeof *r.err)};
    enum lfads_status status = features_create(&f, s, err);

    if (status == LFADS_OK && (!r.weights || !r.loglik || !r.status || !r.err))
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu regressions", unread);
    for (size_t j = 0; status == LFADS_OK && j < unread; j++)
        r.weights[j * (p + 1) + p] = log(fmax(s->means[p + j], 1e-9));
    if (status == LFADS_OK)
        status = fit(&r, s->choice, err);
    if (status == LFADS_OK)
        status = predict_unread(rates, s, &r, err);
    features_free(&f);
    free(r.weights);
    free(r.loglik);
    free(r.status);
    free(r.err);
    return status;
}

enum lfads_status baseline_smoothing(double *rates, struct baseline_choice *choice,
                                     const struct baseline_data *data, struct lfads_error *err)
{
    const struct baseline_data *d = data;
    struct smoother s = {.d = d, .choice = choice, .kernel = calloc(d->bins + 1, sizeof(double))};
    enum lfads_status status = baseline_means(&s.means, d, err);

    *choice = (struct baseline_choice){.penalty = (double)NAN};
    if (status == LFADS_OK && !s.kernel)
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to smooth spikes");
    if (status == LFADS_OK)
        status = choose(&s, err);
    for (size_t i = 0; status == LFADS_OK && i < d->eval.trials * d->bins; i++)
        for (size_t j = 0; j < d->read_channels; j++) {
            const double *counts = d->eval.counts + i / d->bins * d->bins * d->channels;
            double sum, weight;

            sum_near(&sum, &weight, &s, counts, i % d->bins, j, true);
            rates[i * d->channels + j] = shrunk(&s, sum, weight, j, choice->shrink);
        }
    if (status == LFADS_OK && d->read_channels < d->channels)
        status = smooth_unread(rates, &s, err);
    free(s.means);
    free(s.kernel);
    return status;
}
