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
