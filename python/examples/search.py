"""A search over hyperparameters: each candidate trains epoch by epoch, and the worse half of them ends early
(successive halving). With Optuna, `costs` is what trial.report takes, and `break` where trial.should_prune.
SPDX-License-Identifier: Apache-2.0"""
import sys

import numpy as np

import lfads


def candidates(count, seed):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield {"keep_prob": round(float(rng.uniform(0.6, 1)), 3), "l2_gen_scale": float(10 ** rng.uniform(-2, 2)),
               "factors_dim": int(rng.integers(3, 12))}


def search(counts, count=4, epochs=16, **flags):
    """The best training and its flags. All candidates train a part of the epochs, the better half twice as many."""
    running = [(chosen, lfads.Training(counts, max_epochs=epochs, **chosen, **flags))
               for chosen in candidates(count, 0)]
    until = max(epochs // 4, 1)
    while True:
        for _, training in running:
            while training.epochs < until and not training.is_over:
                training.epoch()
        running.sort(key=lambda one: one[1].history[-1]["valid_recon"])
        for chosen, training in running:
            print(f"epoch {until}: {training.history[-1]['valid_recon']:.4f}, {chosen}")
        if len(running) == 1 or until >= epochs:
            return running[0]
        running = running[:(len(running) + 1) // 2]
        until = min(2 * until, epochs)


def main(epochs=40):
    session = lfads.synth("chaotic", S=20, N=20, C=20, T=0.3).popitem()[1]
    chosen, training = search(session["train_data"], epochs=epochs, seed=1)
    print(f"best: {chosen} after {training.epochs} epochs")
    return chosen, training


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
