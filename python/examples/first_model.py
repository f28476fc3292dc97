"""A first model: made spikes, a training, rates, scores and a picture.
SPDX-License-Identifier: Apache-2.0"""
import sys

import lfads


def main(epochs=100):
    session = lfads.synth("chaotic", S=30, N=30, C=30, T=0.4).popitem()[1]
    model = lfads.LFADS(seed=1, max_epochs=epochs)
    model.fit(session["train_data"], valid=session["valid_data"])
    results = model.transform(session["valid_data"], lowest=True)
    scores = lfads.evaluate(session, results)
    print(f"R2 to the true rates {scores['r2']:.3f}, bits per spike {scores['bits_per_spike']:.3f}")
    try:
        results.plot_trial(0, session["valid_data"], session["valid_truth"]).savefig("trial.png")
    except ImportError as reason:
        print(reason)
    return scores


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
