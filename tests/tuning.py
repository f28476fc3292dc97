"""A small tuning and what it leaves, for the tests of tune and those that disturb it.
SPDX-License-Identifier: Apache-2.0"""
import csv
import os

import numpy as np

import harness
from harness import SCRATCH, check, latest, numbers, text

MODEL = ["--data_dir=data", "--data_filename_stem=set", "--preset=auto", "--gen_dim=8", "--ic_enc_dim=6",
         "--ic_dim=4", "--factors_dim=3", "--batch_size=8", "--seed=4", "--heldout_dim=2",
         "--kl_increase_steps=3", "--l2_increase_steps=3", "--example_every_s=-1"]
MEMBERS, GENERATIONS = 4, 3
SMALL = [f"--members={MEMBERS}", f"--generations={GENERATIONS}", "--first_generation=3", "--generation_epochs=1",
         "--stop_patience=0", "--final_epochs=0"]
FINAL = [*SMALL[:-1], "--final_epochs=9", "--learning_rate_n_to_compare=1", "--learning_rate_init=0.1"]


def make_data():
    harness.write_session("data/set_a", np.random.default_rng(1), (24, 8), harness.waves(12, 6))


def command(folder, *more):
    return ["tune", f"--lfads_save_dir={folder}", *MODEL, *more]


def rows(folder):
    with open(f"{SCRATCH}/{folder}/population.csv") as file:
        return list(csv.DictReader(file))


def left(folder):
    """What a tuning leaves: the population, the members' tables of costs, every number of the
    checkpoints, of members and on top."""
    found = {"population": text(f"{folder}/population.csv")}
    for member in sorted(os.listdir(f"{SCRATCH}/{folder}/members")) + [".."]:
        place = f"{folder}/members/{member}"
        if member != "..":
            found[f"{member} costs"] = text(f"{place}/fitlog.csv")
        for index in ("checkpoint", "checkpoint_lve"):
            path = latest(place, index)
            found[f"{member} {index}"] = os.path.basename(path)
            found.update({f"{member} {index} {name}": value for name, value in numbers(path).items()})
    return found


def same(a, b, what):
    """As harness.same; numbers that are missing in both are equal."""
    def equal(x, y):
        return np.array_equal(x, y, equal_nan=True) if isinstance(x, np.ndarray) else x == y

    differ = [name for name in a if name not in b or not equal(a[name], b[name])]
    check(set(a) == set(b) and not differ, f"{what}: {set(a) ^ set(b)} in one only, {differ} differ")
