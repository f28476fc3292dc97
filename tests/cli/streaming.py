"""Trials that are kept on disk (--data_in_memory): whatever the numbers are and wherever they are
kept, the results are the same to the last bit; what is wrong is refused as ever; what memory can't
hold goes to the disk by itself.

  streaming.py LFADS SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import re
import resource
import shutil
import signal
import subprocess
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
from interrupt import interrupt
from verdict import check, conclude

LFADS, SCRATCH = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
FLAGS = ["--data_dir=data", "--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=9", "--gen_dim=17",
         "--co_dim=1", "--con_dim=8", "--ci_enc_dim=7", "--batch_size=24", "--seed=11", "--threads=2",
         "--kl_increase_steps=10", "--l2_increase_steps=10", "--example_every_s=0",
         "--checkpoint_every=1"]
COUNTS = ["--data_filename_stem=counts", "--ext_input_dim=2", "--temporal_spike_jitter_width=2"]
REALS = ["--data_filename_stem=reals", "--output_dist=gaussian", "--ext_input_dim=1"]
ON_DISK = "are kept on disk"


def run(command, folder, *more, status=0, pattern="", **options):
    done = subprocess.run([LFADS, command, f"--lfads_save_dir={folder}", *more], cwd=SCRATCH,
                          capture_output=True, text=True, **options)
    what = f"{command} {folder} {' '.join(more[-1:])}"
    check(done.returncode == status, f"{what}: status {done.returncode}: {done.stderr}")
    check(re.search(pattern, done.stderr), f"{what}: says {done.stderr!r}")
    return done.stdout


def make_data():
    random = np.random.default_rng(5)
    # a kind of number each: bytes, words, more than that; the larger ones late, so that what was
    # kept in fewer bytes has to be kept anew
    for name, channels, most in (("a", 5, 9), ("b", 7, 300), ("c", 4, 70000)):
        with h5py.File(f"{SCRATCH}/data/counts_{name}", "w") as file:
            for key, trials in (("train", 61), ("valid", 30)):
                data = random.poisson(1.5, (trials, 15, channels))
                data[-3, 7, 2] = most if key == "train" else most // 2
                file[f"{key}_data"] = data
                file[f"{key}_truth"] = np.full(data.shape, 1.5)
                file[f"{key}_ext_input"] = random.normal(size=(trials, 15, 2))
    with h5py.File(f"{SCRATCH}/data/reals_x", "w") as file:
        for key, trials in (("train", 61), ("valid", 30)):
            file[f"{key}_data"] = random.normal(size=(trials, 15, 6))
            file[f"{key}_ext_input"] = random.normal(size=(trials, 15, 1))


def contents(folder):
    """Table of costs, pictures, and every number of every file that HDF5 can read."""
    found = {}
    for path in glob.glob(f"{SCRATCH}/{folder}/*"):
        name = os.path.basename(path)
        if name.endswith(".csv"):
            with open(path) as file:
                found[name] = file.read()
        elif ".ckpt-" in name or name.startswith("model_runs"):
            with h5py.File(path) as file:
                for key in file:
                    if key != "hyperparameters":
                        found[name, key] = file[key][()].tobytes()
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


def test_same():
    for name, flags in (("counts", COUNTS), ("reals", REALS)):
        everything(f"{name}_memory", "true", *flags)
        everything(f"{name}_disk", "false", *flags)
        everything(f"{name}_auto", "auto", *flags)
        same(f"{name}_memory", f"{name}_disk")
        same(f"{name}_memory", f"{name}_auto")
        check(not glob.glob(f"{SCRATCH}/{name}_disk/.*"), "a hidden file is left")


def test_interrupted():
    """Stopped within an epoch, the run goes on from disk, and on with all in memory."""
    words = [*FLAGS, *COUNTS, "--max_epochs=4", "--data_in_memory=false"]
    status, _ = interrupt([LFADS, "train", "--lfads_save_dir=parts", *words], SCRATCH, "parts",
                          signal.SIGINT)
    check(status == 128 + signal.SIGINT, f"interrupted: status {status}")
    run("train", "parts", *words[:-2], "--max_epochs=3", "--data_in_memory=false")
    run("train", "parts", *words[:-1], "--data_in_memory=true")
    a, b = contents("counts_memory"), contents("parts")
    for key in b:
        if key == "fitlog.csv" or ".ckpt-" in key[0] and key[0] == max(
                k[0] for k in b if ".ckpt-" in k[0]):
            check(a[key] == b[key], f"interrupted: {key} differs")


def test_refused():
    """Bad numbers are found before anything is written, wherever trials are kept."""
    data = np.ones((300, 10, 4))
    data[277, 3, 1] = -1
    with h5py.File(f"{SCRATCH}/data/bad_s", "w") as file:
        file["train_data"] = data
    for kept in ("true", "false"):
        run("train", "none", *FLAGS, "--data_filename_stem=bad", f"--data_in_memory={kept}", status=2,
            pattern="bad_s: train_data is -1 in trial 277, bin 3, channel 1")
    check(not os.path.exists(f"{SCRATCH}/none"), "a refused run left its directory")
    run("train", "none", *FLAGS, *COUNTS, "--data_in_memory=false", status=1,
        pattern="can't keep data in the directory /proc: ", env={**os.environ, "TMPDIR": "/proc"})


def test_limited():
    """With little memory, auto keeps on disk what is refused where all has to be in memory."""
    if "asan" in subprocess.run(["ldd", LFADS], capture_output=True, text=True).stdout:
        print("the sanitizer needs address space of its own: limits of memory were not tried")
        return
    words = [*FLAGS, "--data_filename_stem=large", "--max_epochs=1", "--example_every_s=-1"]
    for trials in (24, 8000):  # a finished run only looks at the larger set
        with h5py.File(f"{SCRATCH}/data/large_s", "w") as file:
            file["train_data"] = np.ones((trials, 50, 1000), dtype=np.uint8)
        check(ON_DISK not in run("train", "large", *words), "on disk with all memory there is")
    found = False
    for limit in range(256 << 20, 2048 << 20, 64 << 20):
        runs = [subprocess.run([LFADS, "train", "--lfads_save_dir=large", *words,
                                f"--data_in_memory={kept}"], cwd=SCRATCH, capture_output=True,
                               text=True, preexec_fn=lambda: resource.setrlimit(
                                   resource.RLIMIT_AS, (limit, limit))) for kept in ("auto", "true")]
        found = (runs[0].returncode == 0 and ON_DISK in runs[0].stdout and runs[1].returncode == 1 and
                 "--data_in_memory=false" in runs[1].stderr)
        if found or runs[1].returncode == 0:
            break
    check(found, f"no limit with which auto keeps on disk what does not fit: {runs}")


def main():
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(f"{SCRATCH}/data")
    make_data()
    test_same()
    test_interrupted()
    test_refused()
    test_limited()
    return conclude("streaming")


sys.exit(main())
