"""Several processes that work together are killed at random moments, one of them or all; the same command goes
on, in any number of them, and ends as if nothing had been.

  kills.py LFADS SCRATCH KILLS [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import random
import shutil
import sys
import time

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import mpi
import tuning
from harness import SCRATCH, check, run

KILLS = int(harness.MORE[0])
TRAINING = ["train", "--data_dir=data", "--data_filename_stem=many", "--gen_dim=9", "--ic_enc_dim=7", "--ic_dim=5",
            "--factors_dim=3", "--seed=4", "--example_every_s=-1", "--batch_size=40", "--max_epochs=12",
            "--checkpoint_every=2", "--threads=1"]


def prepare():
    mpi.need()
    tuning.make_data()
    harness.write_session("data/many_a", np.random.default_rng(2), (80, 20), harness.waves(10, 6))


def disturb(words, left, same):
    """Kills runs of WORDS in "killed" and compares what they leave with what one process does."""
    run(*words, "--lfads_save_dir=alone")
    wanted, moment = left("alone"), random.Random(1)
    began = time.monotonic()
    mpi.run(3, *words, "--lfads_save_dir=timed")
    whole_s, ended = time.monotonic() - began, 0
    for i in range(KILLS):
        process = mpi.start(2 + i % 3, *words, "--lfads_save_dir=killed")
        time.sleep(moment.uniform(0.1, 0.7) * whole_s)
        (mpi.kill_all if i % 2 == 0 else mpi.kill_last)(process)
        process.communicate()
        ended += process.returncode == 0
        if i % 3 == 2 or i + 1 == KILLS:
            mpi.run(2 + i % 2, *words, "--lfads_save_dir=killed")
            same(wanted, left("killed"), f"killed, {i}")
            shutil.rmtree(f"{SCRATCH}/killed")
    check(ended < KILLS, "none was killed before its end")


def test_train():
    disturb(TRAINING, harness.contents, harness.same)


def test_tune():
    words = [word for word in tuning.command("", *tuning.SMALL) if "lfads_save_dir" not in word]
    disturb([*words, "--threads=1"], tuning.left, tuning.same)


harness.main(globals())
