"""A small training run and what it leaves, for the tests that disturb it.
SPDX-License-Identifier: Apache-2.0"""
import os
import shutil
import subprocess

import h5py
import numpy as np

EPOCHS = 12
FLAGS = ["--data_dir=data", "--data_filename_stem=set", "--factors_dim=4", "--ic_dim=4",
         "--ic_enc_dim=16", "--gen_dim=24", "--co_dim=1", "--con_dim=12", "--ci_enc_dim=12",
         "--batch_size=32", "--seed=11", "--kl_increase_steps=10", "--l2_increase_steps=10",
         "--learning_rate_n_to_compare=1", "--checkpoint_every=1", "--example_every_s=-1",
         "--threads=1"]


def make_data(scratch):
    """A fresh scratch folder with the run's data."""
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(f"{scratch}/data")
    random = np.random.default_rng(3)
    rate = 1 + np.sin(np.arange(30)[:, None] / 3 + np.arange(8))
    with h5py.File(f"{scratch}/data/set_a", "w") as file:
        for key, trials in (("train_data", 128), ("valid_data", 40)):
            file[key] = random.poisson(rate, (trials, 30, 8))


def command(lfads, folder, epochs=EPOCHS, more=()):
    return [lfads, "train", f"--lfads_save_dir={folder}", f"--max_epochs={epochs}", *FLAGS, *more]


def train(lfads, scratch, folder, epochs=EPOCHS, more=(), **environment):
    return subprocess.run(command(lfads, folder, epochs, more), cwd=scratch, capture_output=True,
                          text=True, env={**os.environ, **environment})


def latest(path, index="checkpoint"):
    """The file that the index names as latest."""
    with open(f"{path}/{index}") as file:
        return os.path.join(path, file.readline().split("/")[-1].rstrip('"\n'))


def contents(path):
    """The table of costs, and every number of the latest checkpoint and of the best."""
    with open(f"{path}/fitlog.csv") as file:
        table = file.read()
    numbers = {}
    for index in ("checkpoint", "checkpoint_lve"):
        if os.path.exists(f"{path}/{index}"):
            with h5py.File(latest(path, index)) as file:
                numbers.update({(index, k): file[k][()] for k in file if k != "hyperparameters"})
    return table, numbers


def differences(a, b):
    """What differs between two runs' contents, as one line; "" where nothing does."""
    if a[0] != b[0]:
        return f"the tables differ:\n{a[0]}\n{b[0]}"
    if set(a[1]) != set(b[1]):
        return f"the checkpoints hold other things: {set(a[1]) ^ set(b[1])}"
    return ", ".join(str(k) for k in a[1] if not np.array_equal(a[1][k], b[1][k]))
