"""LFADS beside factor analysis (scikit-learn): R2 of both to the true rates of the same trials.
SPDX-License-Identifier: Apache-2.0"""
import sys

import numpy as np
from sklearn.decomposition import FactorAnalysis

import lfads


def smoothed(counts, width=2):
    """Counts with a Gaussian over the bins, as factor analysis needs them."""
    offsets = np.arange(-3 * width, 3 * width + 1)
    kernel = np.exp(-offsets ** 2 / (2 * width ** 2))
    kernel /= kernel.sum()
    return np.apply_along_axis(np.convolve, 1, counts, kernel, mode="same")


def factor_analysis(train, valid, factors):
    """Rates of VALID by factor analysis of the smoothed counts of all bins."""
    channels = train.shape[2]
    model = FactorAnalysis(factors, random_state=0).fit(smoothed(train).reshape(-1, channels))
    codes = model.transform(smoothed(valid).reshape(-1, channels))
    return np.maximum(codes @ model.components_ + model.mean_, 1e-6).reshape(valid.shape)


def main(epochs=100, factors=8):
    session = lfads.synth("chaotic", S=30, N=30, C=30, T=0.4).popitem()[1]
    train, valid = session["train_data"], session["valid_data"]
    model = lfads.LFADS(seed=1, max_epochs=epochs, factors_dim=factors).fit(train, valid=valid)
    scores = {"LFADS": lfads.evaluate(session, model.transform(valid, lowest=True)),
              "factor analysis": lfads.evaluate(session, factor_analysis(train, valid, factors))}
    for name, score in scores.items():
        print(f"{name}: R2 {score['r2']:.3f}, bits per spike {score['bits_per_spike']:.3f}")
    return scores


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
