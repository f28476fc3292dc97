"""Trials that are kept on disk (--data_in_memory): whatever the numbers are and wherever they are
kept, the results are the same to the last bit; what is wrong is refused as ever; what memory can't
hold goes to the disk by itself.

  streaming.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import re
import signal
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, Skip, check, interrupt, invoke, sanitized, write

FLAGS = ["--data_dir=data", "--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=9", "--gen_dim=17",
         "--co_dim=1", "--con_dim=8", "--ci_enc_dim=7", "--batch_size=24", "--seed=11", "--threads=1",
         "--kl_increase_steps=10", "--l2_increase_steps=10", "--example_every_s=1000000",
         "--checkpoint_every=1"]
COUNTS = ["--data_filename_stem=counts", "--ext_input_dim=2", "--temporal_spike_jitter_width=2"]
REALS = ["--data_filename_stem=reals", "--output_dist=gaussian", "--ext_input_dim=1"]
ON_DISK = "are kept on disk"


def run(command, folder, *more, **options):
    return harness.run(command, f"--lfads_save_dir={folder}", *more, **options).stdout


def prepare():
    random = np.random.default_rng(5)
    # a kind of number each: bytes, words, more than that; the larger ones late, so that what was
    # kept in fewer bytes has to be kept anew
    for name, channels, most in (("a", 5, 9), ("b", 7, 300), ("c", 4, 70000)):
        arrays = {}
        for key, trials in (("train", 61), ("valid", 30)):
            data = random.poisson(1.5, (trials, 15, channels))
            data[-3, 7, 2] = most if key == "train" else most // 2
            arrays[f"{key}_data"] = data
            arrays[f"{key}_truth"] = np.full(data.shape, 1.5)
            arrays[f"{key}_ext_input"] = random.normal(size=(trials, 15, 2))
        write(f"data/counts_{name}", **arrays)
    write("data/reals_x", **{f"{key}_{what}": random.normal(size=(trials, 15, count))
                             for key, trials in (("train", 61), ("valid", 30))
                             for what, count in (("data", 6), ("ext_input", 1))})


def contents(folder):
    """Table of costs, pictures, and every number of every file that HDF5 can read."""
    found = {}
    for path in glob.glob(f"{SCRATCH}/{folder}/*"):
        name = os.path.basename(path)
        if name.endswith(".csv"):
            found[name] = harness.text(path)
        elif ".ckpt-" in name or name.startswith("model_runs"):
            found.update({(name, key): value.tobytes() for key, value in harness.numbers(path).items()})
    events = b""
    for path in sorted(glob.glob(f"{SCRATCH}/{folder}/lfads_log/*")):
        with open(path, "rb") as file:
            events += file.read()
    found["pictures"] = re.findall(b"\x89PNG.*?IEND", events, re.S)
    return found


def same(folder, other):
    a, b = contents(folder), contents(other)
    check(len(a["pictures"]) > 0 and len(a) > 50, f"{folder} holds {len(a)} things")
    check(set(a) == set(b), f"{folder} and {other} hold other things: {set(a) ^ set(b)}")
    for key in set(a) & set(b):
        check(a[key] == b[key], f"{folder} and {other} differ in {key}")


def everything(folder, kept, *flags):
    """A whole project with its results."""
    keep = f"--data_in_memory={kept}"
    out = run("train", folder, *FLAGS, *flags, "--max_epochs=4", keep)
    check((ON_DISK in out) == (kept == "false"), f"{folder}: {out}")
    run("posterior-sample", folder, "--batch_size=5", keep)
    run("posterior-mean", folder, keep)
    run("prior-sample", folder, "--batch_size=5", "--ext_input_from=valid:3", keep)


def anywhere(name, *flags, others=("false",)):
    for kept in ("true", *others):
        everything(f"{name}_{kept}", kept, *flags)
    for kept in others:
        same(f"{name}_true", f"{name}_{kept}")
    check(not glob.glob(f"{SCRATCH}/{name}_false/.*"), "a hidden file is left")


def test_counts():
    anywhere("counts", *COUNTS, others=("false", "auto"))


def test_reals():
    anywhere("reals", *REALS)


def test_interrupted():
    """Stopped within an epoch, the run goes on from disk, and on with all in memory."""
    words = [*FLAGS, *COUNTS, "--example_every_s=-1", "--max_epochs=4", "--data_in_memory=false"]
    status, _ = interrupt(signal.SIGINT, ["train", "--lfads_save_dir=parts", *words], "parts")
    check(status == 128 + signal.SIGINT, f"interrupted: status {status}")
    run("train", "parts", *words[:-2], "--max_epochs=3", "--data_in_memory=false")
    run("train", "parts", *words[:-1], "--data_in_memory=true")
    run("train", "whole", *words[:-1], "--data_in_memory=true")
    a, b = contents("whole"), contents("parts")
    for key in b:
        if key == "fitlog.csv" or ".ckpt-" in key[0] and key[0] == max(
                k[0] for k in b if ".ckpt-" in k[0]):
            check(a[key] == b[key], f"interrupted: {key} differs")


def test_refused():
    """Bad numbers are found before anything is written, wherever trials are kept."""
    data = np.ones((300, 10, 4))
    data[277, 3, 1] = -1
    write("data/bad_s", train_data=data)
    for kept in ("true", "false"):
        run("train", "none", *FLAGS, "--data_filename_stem=bad", f"--data_in_memory={kept}", status=2,
            pattern="bad_s: train_data is -1 in trial 277, bin 3, channel 1")
    check(not os.path.exists(f"{SCRATCH}/none"), "a refused run left its directory")
    run("train", "none", *FLAGS, *COUNTS, "--data_in_memory=false", status=1,
        pattern="can't keep data in the directory /proc: ", environment={"TMPDIR": "/proc"})


def test_limited():
    """With little memory, auto keeps on disk what is refused where all has to be in memory."""
    if sanitized():
        raise Skip("the sanitizer needs address space of its own")
    words = [*FLAGS, "--data_filename_stem=large", "--max_epochs=1", "--example_every_s=-1",
             "--output_dist=gaussian"]  # numbers of 4 bytes each: the fewer have to be read
    # a finished run only looks at the larger set, which takes more memory than training
    for trials in (24, 1800):
        write("data/large_s", train_data=np.ones((trials, 50, 1000), dtype=np.float32))
        check(ON_DISK not in run("train", "large", *words), "on disk with all memory there is")
    for limit in range(320 << 20, 2048 << 20, 48 << 20):
        auto, true = (["train", "--lfads_save_dir=large", *words, f"--data_in_memory={kept}"]
                      for kept in ("auto", "true"))
        done = invoke(*auto, memory=limit)
        if done.returncode == 0:  # the first that is enough is too little for all in memory
            check(ON_DISK in done.stdout, f"{limit >> 20} MiB: all in memory")
            harness.run(*true, memory=limit, status=1, pattern="--data_in_memory=false")
            return
    check(False, f"no limit is enough to keep trials on disk: {done.stderr}")


harness.main(globals())
