"""A small training run and what it leaves, for the tests that disturb it.
SPDX-License-Identifier: Apache-2.0"""
import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness

EPOCHS = 12
FLAGS = ["--data_dir=data", "--data_filename_stem=set", "--factors_dim=4", "--ic_dim=4",
         "--ic_enc_dim=16", "--gen_dim=24", "--co_dim=1", "--con_dim=12", "--ci_enc_dim=12",
         "--batch_size=32", "--seed=11", "--kl_increase_steps=10", "--l2_increase_steps=10",
         "--learning_rate_n_to_compare=1", "--checkpoint_every=1", "--example_every_s=-1",
         "--threads=1"]
os.environ["ASAN_OPTIONS"] = "verify_asan_link_order=0"  # the shim is loaded before the sanitizer


def make_data():
    harness.write_session("data/set_a", np.random.default_rng(3), (128, 40), harness.waves(30, 8))


def command(folder, epochs=EPOCHS, more=()):
    return ["train", "--preset=original", f"--lfads_save_dir={folder}", f"--max_epochs={epochs}", *FLAGS, *more]


def shimmed(shim, call, path, first, error, **more):
    """The environment in which calls on a path fail from the FIRST on (faults.c)."""
    return {"LD_PRELOAD": shim, "FAULT_CALL": call, "FAULT_PATH": path, "FAULT_FIRST": str(first),
            "FAULT_ERRNO": str(error), **more}


def contents(folder):
    """The table of costs, and every number of the latest checkpoint and of the best."""
    return harness.contents(folder, ("checkpoint", "checkpoint_lve"))
