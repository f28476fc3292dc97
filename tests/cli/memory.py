"""The memory of a training: what is foretold is what is taken; it grows linearly with each size; and
where there is too little, training, sampling and scoring are refused with a line, whatever the limit.

  memory.py LFADS SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import os
import re
import resource
import shutil
import subprocess
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
from verdict import check, conclude

LFADS, SCRATCH = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
WITHIN = 0.15  # of the peak: the forecast, and a line through its growth
FLAGS = ["--data_dir=data", "--factors_dim=8", "--ic_dim=8", "--ic_enc_dim=32", "--gen_dim=48",
         "--co_dim=1", "--con_dim=32", "--ci_enc_dim=32", "--batch_size=32", "--seed=1",
         "--threads=2", "--max_epochs=1"]


def command(*words, limit=None):
    """Status, output, peak of the resident set in MiB."""
    def confine():
        if limit:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    with open(f"{SCRATCH}/out", "w") as out:
        process = subprocess.Popen([LFADS, *words], cwd=SCRATCH, stdout=out, stderr=out,
                                   preexec_fn=confine)
        _, status, used = os.wait4(process.pid, 0)
    with open(f"{SCRATCH}/out") as out:
        return os.waitstatus_to_exitcode(status), out.read(), used.ru_maxrss / 1024


def run(kind, folder, stem, *more, limit=None):
    return command(kind, f"--lfads_save_dir={folder}", f"--data_filename_stem={stem}", *more,
                   limit=limit)


def train(folder, stem, *more, limit=None):
    shutil.rmtree(f"{SCRATCH}/{folder}", ignore_errors=True)
    return run("train", folder, stem, *FLAGS, *more, limit=limit)


def make_set(stem, trials=64, bins=60, channels=30, sessions=1):
    for i in range(sessions):
        with h5py.File(f"{SCRATCH}/data/{stem}_{i}", "w") as file:
            for key in ("train_data", "valid_data"):
                file[key] = np.ones((trials, bins, channels), dtype=np.uint8)


def peak(stem, *more):
    """The peak, which has to be what was foretold."""
    status, out, taken = train("run", stem, *more)
    check(status == 0, f"{stem} {more}: {out}")
    told = float(re.search(r"^Memory: about (\d+) MiB$", out, re.M)[1])
    check(abs(told - taken) < WITHIN * taken, f"{stem} {more}: {told} MiB were told, {taken:.0f} taken")
    return taken


def test_growth():
    make_set("base")
    peaks = {}
    for bins in (60, 600, 1200):
        make_set(f"bins{bins}", bins=bins)
        peaks["bins", bins] = peak(f"bins{bins}")
    for channels in (30, 1500, 3000):
        make_set(f"channels{channels}", channels=channels)
        peaks["channels", channels] = peak(f"channels{channels}", "--example_every_s=-1")
    for sessions in (1, 5, 10):
        make_set(f"sessions{sessions}", sessions=sessions, channels=400)
        peaks["sessions", sessions] = peak(f"sessions{sessions}")
    for batch in (16, 512, 1024):
        peaks["batch", batch] = peak("base", f"--batch_size={batch}")
    peak("base", "--gen_dim=500", "--threads=1")
    peak("base", "--gen_dim=500", "--data_in_memory=false")
    peak("base", "--co_dim=0", "--threads=4")
    for name in ("bins", "channels", "sessions", "batch"):
        (a, x), (b, y), (c, z) = ((size, peaks[n, size]) for n, size in peaks if n == name)
        line = x + (z - x) * (b - a) / (c - a)
        check(y < (1 + WITHIN) * line, f"{name}: {x:.0f}, {y:.0f}, {z:.0f} MiB at {a}, {b}, {c}")


def test_limits(what, limits, begin):
    """Any limit of address space: the run ends well or is refused with one line, and does not crash."""
    fitted = foreseen = 0
    for limit in limits:
        status, out, _ = begin(limit << 20)
        error = [line for line in out.splitlines() if line.startswith("lfads: ")]
        check(status == 0 or (status == 1 and len(error) == 1 and "memory" in error[0]),
              f"{what}, {limit} MiB: status {status}, {out[-300:]!r}")
        fitted += status == 0
        foreseen += status != 0 and f"{what} needs" in error[0]
    check(fitted and foreseen, f"{what}: {fitted} limits were wide enough, {foreseen} foreseen")


def test_all_limits():
    test_limits("training", range(150, 700, 16),
                lambda limit: train("limited", "base", "--gen_dim=400", limit=limit))
    train("sampled", "bins600", "--gen_dim=200")
    for what, kind, *flags in (("sampling", "posterior-sample", "--threads=2", "--batch_size=16"),
                               ("prior sampling", "prior-sample", "--threads=2", "--batch_size=64")):
        test_limits(what, range(150, 1200, 90),
                    lambda limit, kind=kind, flags=flags: run(kind, "sampled", "bins600", *flags,
                                                              "--data_dir=data", limit=limit))
    with h5py.File(f"{SCRATCH}/many", "w") as file:
        file["valid_data"] = np.ones((500, 100, 200), dtype=np.uint8)
        file["output_dist_params"] = np.ones((500, 100, 200), dtype=np.float32)
    test_limits("evaluating", range(100, 500, 40),
                lambda limit: command("evaluate", "--data_file=many", "--model_run=many", limit=limit))


def main():
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(f"{SCRATCH}/data")
    if "asan" in subprocess.run(["ldd", LFADS], capture_output=True, text=True).stdout:
        print("the sanitizer takes memory of its own: nothing was measured")
        return 0
    test_growth()
    test_all_limits()
    return conclude("memory")


sys.exit(main())
