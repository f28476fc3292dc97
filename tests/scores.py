"""Scores of rates in plain NumPy, written apart from the program, for the tests to compare with.

SPDX-License-Identifier: Apache-2.0"""
import math

import numpy as np


def bits_per_spike(counts, rates):
    """Over the last axis' mean counts; NaN counts do not count."""
    counts = np.asarray(counts, float).reshape(-1, np.shape(counts)[-1])
    rates = np.asarray(rates, float).reshape(counts.shape)

    def nats(rates):
        rates = np.where(rates == 0, 1e-9, rates)
        return np.nansum(rates - counts * np.log(rates))

    null = np.broadcast_to(np.nanmean(counts, axis=0), counts.shape)
    return (nats(null) - nats(rates)) / np.nansum(counts) / math.log(2)


def bootstrap(counts, rates, draws, random):
    """The standard deviation of bits per spike over draws of trials with replacement."""
    chosen = random.randint(len(counts), size=(draws, len(counts)))
    return np.std([bits_per_spike(counts[i], rates[i]) for i in chosen], ddof=1)


def r2(truth, estimate):
    """Of each column; of a constant one 1 if it is met, else 0."""
    residual = ((truth - estimate) ** 2).sum(axis=0)
    total = ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)
    return np.where(total > 0, 1 - residual / np.where(total > 0, total, 1), residual == 0)


def ridge(x, y, penalty):
    """The function from x to y; the intercept is not penalised."""
    mean_x, mean_y = x.mean(axis=0), y.mean(axis=0)
    products = (x - mean_x).T @ (x - mean_x)
    weights = np.linalg.solve(products + penalty * np.eye(len(products)), (x - mean_x).T @ (y - mean_y))
    return lambda other: (other - mean_x) @ weights + mean_y


def decode(train, evaluated, penalty=None):
    """R2 of the evaluated (x, y) by ridge regression on those of training, and its penalty: where none
    is given, that of a grid with the best mean R2 over five contiguous folds."""
    (train, evaluated) = ([a[~np.isnan(y[:, 0])] for a in (x, y)] for x, y in (train, evaluated))
    if penalty is None:
        scores = []
        grid = 10 ** np.arange(-4, 0.1, 0.5)
        for value in grid:
            folds = np.array_split(np.arange(len(train[0])), 5)
            scores.append(np.mean([r2(train[1][fold], ridge(*(np.delete(a, fold, axis=0) for a in train),
                                                            value)(train[0][fold])).mean()
                                   for fold in folds]))
        penalty = grid[np.argmax(scores)]
    return r2(evaluated[1], ridge(*train, penalty)(evaluated[0])).mean(), penalty


def delayed(rates, jitter):
    """Each trial so many bins later, NaN before."""
    out = np.full(rates.shape, np.nan)
    for trial, bins in enumerate(jitter):
        for bin in range(rates.shape[1]):
            if 0 <= bin - bins < rates.shape[1]:
                out[trial, bin] = rates[trial, bin - bins]
    return out


def psth_r2(rates, psth, conditions, jitter=None):
    """CONDITIONS: the trials of each."""
    if jitter is not None:
        rates = delayed(rates, jitter)
    truth, mean = [], []
    for condition, trials in zip(psth, conditions):
        if len(trials) > 0:
            known = ~np.isnan(condition[:, 0])
            truth.append(condition[known])
            mean.append(np.nanmean(rates[trials], axis=0)[known])
    return r2(np.concatenate(truth), np.concatenate(mean)).mean()


def smoothed(values, sd):
    """VALUES [bins,channels] by a Gaussian up to three standard deviations, normalised at the edges."""
    bins = np.arange(len(values))
    distance = np.abs(bins[:, None] - bins)
    weight = np.exp(-0.5 * (distance / sd) ** 2) * (distance <= 3 * sd) if sd > 0 else distance == 0
    return weight @ values / weight.sum(axis=1, keepdims=True)


def time_correlation(rates, counts, behaviour):
    """Of the rates' speed with the produced times, within conditions."""
    speed = np.array([np.linalg.norm(np.diff(r[~np.isnan(k[:, 0])], axis=0), axis=1).mean()
                      for r, k in zip(rates, counts)])
    known = ~np.isnan(behaviour).any(axis=1)
    speed, behaviour = speed[known], behaviour[known]
    found = []
    for condition in np.unique(behaviour[:, :3], axis=0):
        trials = (behaviour[:, :3] == condition).all(axis=1)
        if trials.sum() > 1:
            found.append(np.corrcoef(speed[trials], behaviour[trials, -1])[0, 1])
    return np.mean(found)


# ---- baselines: rates by simple means, fitted to training trials ----

def mean_rates(train, trials):
    return np.broadcast_to(np.nanmean(train, axis=(0, 1)), (trials,) + train.shape[1:])


def psth_rates(train, conditions, of, sd, own=None):
    """PSTHs of the trials' conditions OF, with a trial at the mean rates added; OWN: the trials are the
    first of the training trials and do not count for themselves."""
    mean, found = np.nanmean(train, axis=(0, 1)), []
    for i, condition in enumerate(of):
        others = conditions == condition
        if own:
            others = others & (np.arange(len(train)) != i)
        known = (~np.isnan(train[others])).sum(axis=0)
        found.append(smoothed((np.nansum(train[others], axis=0) + mean) / (known + 1), sd))
    return np.array(found)


def smoothed_towards(counts, mean, sd, shrink, read, own):
    """COUNTS [trials,bins,channels] smoothed over the first READ bins, with SHRINK bins of the MEAN
    added; OWN: the bin itself counts."""
    bins = np.arange(counts.shape[1])
    distance = np.abs(bins[:, None] - bins[:read])
    weight = np.exp(-0.5 * (distance / sd) ** 2) * (distance <= 3 * sd) * (own | (distance > 0))
    known = ~np.isnan(counts[:, :read])
    total = np.einsum("ts,esn->etn", weight, np.where(known, counts[:, :read], 0))
    return (total + shrink * mean) / (np.einsum("ts,esn->etn", weight, known) + shrink)


def poisson_regression(x, counts, bins, penalty):
    """Weights, the intercept last."""
    known = ~np.isnan(counts)
    x, counts, bins = np.c_[x, np.ones(len(x))][known], counts[known], bins[known]
    ridge = np.diag([penalty] * (x.shape[1] - 1) + [0.0])
    w = np.zeros(x.shape[1])
    w[-1] = np.log(counts.sum() / bins.sum())
    for _ in range(100):
        rate = bins * np.exp(x @ w)
        step = np.linalg.solve((x * rate[:, None]).T @ x + ridge, x.T @ (rate - counts) + ridge @ w)
        w = w - step / max(1, np.abs(step).max())
    return w


def smoothing_rates(train, counts, read, heldout, most_rows=20000):
    """Rates by smoothing, and what was chosen: standard deviation, shrinkage, penalty."""
    mean, n = np.nanmean(train, axis=(0, 1)), train.shape[2] - heldout
    few = min(len(train), 200)
    few, best = train[np.arange(few) * len(train) // few][:, :, :n], (-np.inf,)
    for sd in (1, 2, 4, 8, 16, 32):
        for shrink in (0.3, 1, 3, 10, 30, 100):
            rates = smoothed_towards(few, mean[:n], sd, shrink, read, False)[:, :read]
            best = max(best, (np.nansum(few[:, :read] * np.log(rates) - rates * ~np.isnan(few[:, :read])),
                              sd, shrink))
    _, sd, shrink = best
    rates = smoothed_towards(counts[:, :, :n], mean[:n], sd, shrink, read, False)
    if heldout == 0:
        return rates, (sd, shrink, None)
    joined = next(w for w in range(1, read + 1) if len(train) * -(-read // w) <= most_rows or w == read)
    features = smoothed_towards(train[:, :, :n], mean[:n], sd, shrink, read, True)
    starts = range(0, read, joined)
    x = np.stack([features[:, t:min(t + joined, read)].mean(axis=1) for t in starts], 1).reshape(-1, n)
    k = np.stack([train[:, t:min(t + joined, read), n:].sum(axis=1) for t in starts], 1).reshape(-1, heldout)
    bins = np.tile([min(t + joined, read) - t for t in starts], len(train)).astype(float)
    centre, scale = x.mean(axis=0), x.std(axis=0)
    x, first, best = (x - centre) / scale, (len(train) * 4 + 4) // 5 * len(starts), (-np.inf,)
    for penalty in (1, 10, 100, 1000, 10000):
        loglik = 0
        for j in range(heldout):
            w = poisson_regression(x[:first], k[:first, j], bins[:first], penalty)
            e = x[first:] @ w[:-1] + w[-1]
            loglik += np.nansum(k[first:, j] * e - bins[first:] * np.exp(e) * ~np.isnan(k[first:, j]))
        best = max(best, (loglik, penalty))
    features = (smoothed_towards(counts[:, :, :n], mean[:n], sd, shrink, read, True) - centre) / scale
    for j in range(heldout):
        w = poisson_regression(x, k[:, j], bins, best[1])
        rates = np.concatenate([rates, np.exp(features @ w[:-1] + w[-1])[:, :, None]], axis=2)
    return rates, (sd, shrink, best[1])
