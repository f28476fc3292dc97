"""The Python of README.md and docs/guide.md, run as it is printed there: it writes a data file that
the program trains on, and reads the results.

  guide.py LFADS REPOSITORY SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import os
import re
import shutil
import subprocess
import sys

import numpy as np

LFADS, REPOSITORY, SCRATCH = (os.path.abspath(path) for path in sys.argv[1:4])
TRIALS, BINS, NEURONS = 40, 100, 7


def blocks(name):
    """The Python blocks of a document, in their order."""
    with open(os.path.join(REPOSITORY, name), encoding="utf-8") as file:
        return re.findall(r"^```python\n(.*?)^```", file.read(), flags=re.S | re.M)


def made_spikes():
    """spikes[trial][neuron]: times in seconds, at 20 spikes a second."""
    random = np.random.RandomState(1)
    return [[np.sort(random.uniform(0, 1, random.poisson(20))) for _ in range(NEURONS)]
            for _ in range(TRIALS)]


def run(*words):
    done = subprocess.run([LFADS, *words], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"FAILED lfads {' '.join(words)}: {done.stderr}")
    return done.stdout


def try_document(name, given):
    """GIVEN: the variables that the document's first block takes."""
    folder = os.path.join(SCRATCH, os.path.basename(name))
    os.makedirs(os.path.join(folder, "data"))
    os.chdir(folder)
    write, read = blocks(name)
    exec(write, given)
    told = run("train", "--data_dir=data", "--data_filename_stem=monkey", "--lfads_save_dir=model",
               "--factors_dim=3", "--gen_dim=8", "--ic_dim=4", "--ic_enc_dim=8", "--co_dim=0",
               "--batch_size=4", "--max_epochs=30", "--seed=1", "--example_every_s=-1")
    expected = f"Session day1: 32 training and 8 validation trials, {BINS} bins, {NEURONS} channels"
    if expected not in told:
        sys.exit(f"FAILED {name}: training does not say '{expected}' but\n{told[:300]}")
    run("posterior-sample", "--lfads_save_dir=model", "--batch_size=4")
    results = {}
    exec(read, results)
    if results["rates"].shape != (8, BINS, NEURONS) or results["factors"].shape != (8, BINS, 3):
        sys.exit(f"FAILED {name}: rates {results['rates'].shape}, factors {results['factors'].shape}")
    if not abs(results["rates"].mean() - 0.2) < 0.05:
        sys.exit(f"FAILED {name}: rates of {results['rates'].mean()} spikes a bin, and 0.2 were put in")


shutil.rmtree(SCRATCH, ignore_errors=True)
SPIKES = made_spikes()
COUNTS = np.array([[np.histogram(times, np.linspace(0, 1, BINS + 1))[0] for times in trial]
                   for trial in SPIKES]).transpose(0, 2, 1)
try_document("docs/guide.md", {"spikes": SPIKES})
try_document("README.md", {"counts": COUNTS})
print("the blocks of 2 documents ran")
