"""Trainings that blow up: each says what helps, no checkpoint is of a ruined model, and whatever is advised
works when it is done.

  divergence.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import re
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, invoke, numbers, run, write

FLAGS = ["--data_filename_stem=set", "--factors_dim=4", "--gen_dim=16", "--ic_dim=8", "--ic_enc_dim=16",
         "--con_dim=8", "--ci_enc_dim=8", "--batch_size=8", "--threads=1", "--seed=1", "--example_every_s=-1",
         "--max_epochs=20"]
FREE = ["--l2_gen_scale=0", "--max_grad_norm=1e30"]  # nothing holds the steps back


def prepare():
    random = np.random.default_rng(1)
    trials = {"train_data": random.poisson(0.3, (16, 20, 6)), "valid_data": random.poisson(0.3, (8, 20, 6))}
    write("data/set_a.h5", **trials)
    reals = {name: random.normal(size=array.shape) for name, array in trials.items()}
    write("reals/set_a.h5", **reals)
    for name in reals:
        damaged = {**reals, name: reals[name].copy()}
        damaged[name][0, 3, 2] = 1e30
        write(f"damaged_{name}/set_a.h5", **damaged)


def train(folder, *words, data="data", **options):
    return invoke("train", f"--data_dir={data}", f"--lfads_save_dir={folder}", *FLAGS, *words, **options)


def checkpoints(folder):
    path = f"{SCRATCH}/{folder}"
    return [name for name in os.listdir(path) if ".ckpt-" in name] if os.path.isdir(path) else []


def check_checkpoints(folder):
    """Parameters and moments are finite."""
    for name in checkpoints(folder):
        found = numbers(f"{folder}/{name}")
        check(all(np.isfinite(value).all() for value in found.values() if value.dtype == np.float32),
              f"{folder}/{name} has numbers that are not finite")


def advised(folder, words, error, data="data", fresh=()):
    """Follows each of the message's ways; how many there were."""
    flags = re.findall(r"--(?:do_reset_learning_rate|learning_rate_init)=[^ ,;)]+", error)
    ways = []
    if "train on" in error or "no checkpoint was written" in error:
        ways.append(folder)
    if "another --lfads_save_dir" in error:
        ways.append(f"{folder}_anew")
    most = 200 if "original" in words[0] else 3e4  # about the cost of the first step
    for way in ways:
        done = train(way, *words, *flags, *fresh, data=data)
        check(done.returncode == 0, f"{folder}: advised {flags} in {way}: {done.stderr}")
        last = harness.costs(way)[-1]
        check(max(last["train"], last["valid"]) < most, f"{folder}: advised {flags} in {way}: {last}")
        check(checkpoints(way), f"{way} has no checkpoint")
        check_checkpoints(way)
    return len(ways)


def blow_up(name, *words):
    """Trains at a rate that is too high, and follows what is said."""
    done = train(name, *words)
    error = next((l for l in done.stderr.splitlines() if l.startswith("lfads: ") and "warning" not in l), "")
    check(done.returncode == 1 and error, f"{name}: status {done.returncode}: {done.stderr}")
    check_checkpoints(name)
    check(bool(checkpoints(name)) != ("no checkpoint was written" in error), f"{name}: {checkpoints(name)}, {error}")
    check(advised(name, words, error) > 0, f"{name}: nothing is advised: {error}")
    return error


def test_rates():
    said = []
    for preset in "original", "auto":
        for i, (rate, more) in enumerate(((2, []), (2, FREE), (100, []), (999, []))):
            said.append(blow_up(f"{preset}_{i}", f"--preset={preset}", "--co_dim=0", f"--learning_rate_init={rate}", *more))
        said.append(blow_up(f"{preset}_con", f"--preset={preset}", "--co_dim=1", "--learning_rate_init=2"))
    for kind in "little use", "no checkpoint was written", "is not finite at step", "rose from":
        check(any(kind in error for error in said), f"no run says {kind!r}: the cases do not reach it")


def test_continued():
    """A good model that a high rate ruins later: its checkpoint is kept as it was, and goes on."""
    words = ["--preset=original", "--co_dim=1"]
    train("good", *words)
    kept = harness.contents("good", ("checkpoint",))
    more = ["--max_epochs=60", "--do_reset_learning_rate=true"]
    done = train("good", *words, *more, "--learning_rate_init=100")
    check(done.returncode == 1 and "the last checkpoint is kept; train on" in done.stderr, done.stderr)
    harness.same(kept, harness.contents("good", ("checkpoint",)), "the checkpoint after a divergence")
    check(advised("good", words, done.stderr, fresh=more[:1]) == 2, f"two ways: {done.stderr}")


def test_ruined_checkpoint():
    """The first step after a checkpoint already fails: the way is another directory."""
    words = ["--preset=original", "--co_dim=0", "--output_dist=gaussian"]
    run("train", "--data_dir=reals", "--lfads_save_dir=first", *FLAGS, *words)
    done = train("first", *words, "--max_epochs=30", data="damaged_train_data")
    check(done.returncode == 1 and "is not finite at step" in done.stderr, done.stderr)
    check("large numbers in the data" in done.stderr and "another --lfads_save_dir" in done.stderr, done.stderr)
    done = train("first", *words, "--max_epochs=30", data="reals")
    check(done.returncode == 0, f"without the number it goes on: {done.stderr}")
    done = train("second", *words, "--max_epochs=30", data="reals")
    check(done.returncode == 0, f"in another directory: {done.stderr}")


def test_numbers():
    """A number of the data whose square no float holds: the run ends, nothing is kept, and without the
    number it runs."""
    words = ["--preset=original", "--co_dim=0", "--output_dist=gaussian"]
    for name, what in (("train_data", "in the data"), ("valid_data", "in the validation data")):
        done = train(name, *words, data=f"damaged_{name}")
        check(done.returncode == 1 and "no checkpoint was written" in done.stderr, done.stderr)
        check(f"very large numbers {what}" in done.stderr, done.stderr)
        check(not checkpoints(name), f"kept: {checkpoints(name)}")
        done = train(name, *words, data="reals")
        check(done.returncode == 0 and checkpoints(name), f"without the number: {done.stderr}")


harness.main(globals())
