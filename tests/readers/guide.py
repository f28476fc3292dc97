"""The Python of README.md and docs/guide.md, run as it is printed there: it writes a data file that
the program trains on, and reads the results.

  guide.py LFADS SCRATCH REPOSITORY [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import re
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, run

REPOSITORY, = harness.MORE
TRIALS, BINS, NEURONS = 40, 100, 7


def blocks(name):
    """The Python blocks of a document, in their order."""
    with open(f"{REPOSITORY}/{name}", encoding="utf-8") as file:
        return re.findall(r"^```python\n(.*?)^```", file.read(), flags=re.S | re.M)


def made_spikes():
    """spikes[trial][neuron]: times in seconds, at 20 spikes a second."""
    random = np.random.RandomState(1)
    return [[np.sort(random.uniform(0, 1, random.poisson(20))) for _ in range(NEURONS)]
            for _ in range(TRIALS)]


def try_document(name, given, file, model):
    """GIVEN: the variables that the document's first block takes, which writes FILE; the results of its
    last block are in MODEL."""
    os.chdir(SCRATCH)
    write, read = blocks(name)
    exec(write, given)
    told = run("train", file, f"--lfads_save_dir={model}", "--factors_dim=3", "--gen_dim=8", "--ic_dim=4",
               "--ic_enc_dim=8", "--co_dim=0", "--batch_size=4", "--max_epochs=30", "--seed=1",
               "--example_every_s=-1").stdout
    expected = f"Session {file}: 32 training and 8 validation trials, {BINS} bins, {NEURONS} channels"
    check(expected in told, f"training does not say '{expected}' but\n{told[:300]}")
    run("posterior-sample", model, "--batch_size=4")
    results = {}
    exec(read, results)
    rates, factors = results["rates"], results["factors"]
    check(rates.shape == (8, BINS, NEURONS) and factors.shape == (8, BINS, 3),
          f"rates {rates.shape}, factors {factors.shape}")
    check(abs(rates.mean() - 0.2) < 0.05, f"rates of {rates.mean()} spikes a bin, and 0.2 were put in")


def test_guide():
    try_document("docs/guide.md", {"spikes": made_spikes()}, "monkey_day1.h5", "model")


def test_readme():
    counts = np.array([[np.histogram(times, np.linspace(0, 1, BINS + 1))[0] for times in trial]
                       for trial in made_spikes()]).transpose(0, 2, 1)
    try_document("README.md", {"counts": counts}, "day1.h5", "day1_lfads")


harness.main(globals())
