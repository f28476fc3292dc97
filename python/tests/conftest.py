"""What the tests share: made data, a small model and the program.
SPDX-License-Identifier: Apache-2.0"""
import subprocess

import numpy as np
import pytest

import lfads
from lfads import _library

# a training of a second
SMALL = {"seed": 1, "max_epochs": 3, "gen_dim": 16, "factors_dim": 4, "ic_enc_dim": 12, "ic_dim": 4, "threads": 1}


@pytest.fixture(scope="session")
def session():
    """The arrays of a made session."""
    return lfads.synth("chaotic", N=10, S=10, C=8, T=0.25, synth_data_seed=5).popitem()[1]


@pytest.fixture(scope="session")
def model(session):
    return lfads.LFADS(**SMALL).fit(session["train_data"], valid=session["valid_data"])


@pytest.fixture(scope="session")
def program():
    """A function that runs the program and returns what it prints."""
    def run(*words, status=0):
        done = subprocess.run([_library.place("program"), *map(str, words)], capture_output=True, text=True)
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr
    return run


@pytest.fixture(scope="session")
def words():
    """The flags of the small model as words of a command line."""
    return [f"--{name}={value}" for name, value in SMALL.items()]


@pytest.fixture
def counts():
    return np.random.default_rng(3).poisson(2, (10, 12, 5))
