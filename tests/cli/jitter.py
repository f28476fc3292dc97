"""Symmetric jitter as its user sees it: training batches only, apart for encoders and reconstruction,
the same numbers however the run goes.

  jitter.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, contents, run, same, write

FLAGS = ["--data_filename_stem=set", "--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=9", "--gen_dim=17",
         "--co_dim=1", "--con_dim=8", "--ci_enc_dim=7", "--batch_size=16", "--seed=11",
         "--example_every_s=-1", "--temporal_spike_jitter_width=2"]
SYMMETRIC = "--spike_jitter=symmetric"


def prepare():
    random = np.random.default_rng(1)
    sets = {name: random.poisson(0.4, (count, 25, 6)) for name, count in (("train", 40), ("valid", 20))}
    write("one/set_a.h5", **{f"{name}_data": x for name, x in sets.items()})
    write("two/set_a.h5", **{f"{name}_{what}_data": x for name, x in sets.items() for what in ("encod", "recon")})
    for x in sets.values():
        x[..., :3] = 0  # the channels that the encoders do not see
    gaps = {f"{name}_data": x.astype(float) for name, x in sets.items()}
    for x in gaps.values():
        x[::3, 5:9, 1] = np.nan
    write("gaps/set_a.h5", **gaps)


def train(folder, *words, data="one", epochs=3, **options):
    run("train", f"--data_dir={data}", f"--lfads_save_dir={folder}", *FLAGS, f"--max_epochs={epochs}", *words,
        **options)
    return contents(folder) if os.path.exists(f"{SCRATCH}/{folder}/fitlog.csv") else {}


def test_bits():
    """Threads, an interruption, trials on disk, and a file with two equal arrays change nothing."""
    whole = train("whole", SYMMETRIC, "--threads=1")
    same(whole, train("threads", SYMMETRIC, "--threads=3"), "three threads")
    same(whole, train("disk", SYMMETRIC, "--data_in_memory=false"), "trials on disk")
    same(whole, train("two_arrays", SYMMETRIC, data="two"), "two arrays in the file")
    train("continued", SYMMETRIC, epochs=1)
    same(whole, train("continued", SYMMETRIC), "continued")
    same(train("default"), train("original", "--spike_jitter=original"), "the default")
    check(harness.differences(whole, contents("default")), "symmetric jitter is the original's")


def test_training_only():
    """Parameters that do not move have the validation costs of no jitter, and other training costs."""
    still = ["--learning_rate_init=1e-30", "--learning_rate_rule=constant"]
    train("still", SYMMETRIC, *still, epochs=1)
    train("none", "--temporal_spike_jitter_width=0", *still, epochs=1)
    train("shared", *still, epochs=1)
    jittered, none, shared = (harness.costs(name)[0] for name in ("still", "none", "shared"))
    check(jittered["valid"] == none["valid"], f"validation: {jittered}, {none}")
    check(len({row["train"] for row in (jittered, none, shared)}) == 3, f"training: {jittered}, {none}, {shared}")


def test_combined():
    """With held-out channels, later bins, dropout of both kinds, and missing numbers."""
    for data, more in (("one", ["--heldout_dim=3", "--forward_steps=4", "--cd_rate=0.3"]),
                       ("gaps", ["--missing_data=skip", "--keep_prob=1"]),
                       ("one", ["--sv_rate=0.2", "--keep_prob=1"])):
        name = "_".join(more)
        train(name, SYMMETRIC, *more, data=data)
        rows = harness.costs(name)
        check(all(np.isfinite(row["train"]) and np.isfinite(row["valid"]) for row in rows), f"{name}: {rows}")
        check(rows[-1]["train_recon"] < rows[0]["train_recon"], f"{name}: {rows}")


def test_refused():
    for words, pattern in ((["--output_dist=gaussian"], "needs --output_dist=poisson"),
                           (["--temporal_spike_jitter_width=0"], "give that a width"),
                           (["--temporal_spike_jitter_width=25"], "must be below the 25 bins")):
        train("refused", SYMMETRIC, *words, status=2, pattern=pattern)
        check(not os.path.exists(f"{SCRATCH}/refused"), "a refused run leaves a directory")


harness.main(globals())
