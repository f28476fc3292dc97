"""The memory of a training: what is foretold is what is taken; it grows linearly with each size; and
where there is too little, training, sampling and scoring are refused with a line, whatever the limit.

  memory.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import re
import shutil
import subprocess
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import LFADS, SCRATCH, Skip, check, invoke, sanitized, write

WITHIN = 0.15  # of the peak: the forecast, and a line through its growth
FLAGS = ["--data_dir=data", "--factors_dim=8", "--ic_dim=8", "--ic_enc_dim=32", "--gen_dim=48",
         "--co_dim=1", "--con_dim=32", "--ci_enc_dim=32", "--batch_size=32", "--seed=1",
         "--threads=2", "--max_epochs=1"]
NO_PICTURES = "--example_every_s=-1"


def train(folder, stem, *more):
    shutil.rmtree(f"{SCRATCH}/{folder}", ignore_errors=True)
    return ["train", f"--lfads_save_dir={folder}", f"--data_filename_stem={stem}", *FLAGS, *more]


def make_set(stem, bins=60, channels=30, sessions=1):
    for i in range(sessions):
        write(f"data/{stem}_{i}", **{f"{name}_data": np.full((64, bins, channels), count, dtype=np.uint8)
                                     for name, count in (("train", 1), ("valid", 2))})


def peak(stem, *more):
    """The peak of the resident set in MiB, which has to be what was foretold."""
    with open(f"{SCRATCH}/out", "w") as out:
        # preexec_fn makes it a fork: of a process that is spawned Python's own peak would be told
        process = subprocess.Popen([LFADS, *train("run", stem, *more)], cwd=SCRATCH, stdout=out,
                                   stderr=out, preexec_fn=os.getpid)
        _, status, used = os.wait4(process.pid, 0)
    said, taken = harness.text("out"), used.ru_maxrss / 1024
    check(status == 0, f"{stem} {more}: {said}")
    told = float(re.search(r"^Memory: about (\d+) MiB$", said, re.M)[1])
    check(abs(told - taken) < WITHIN * taken, f"{stem} {more}: {told} MiB were told, {taken:.0f} taken")
    return taken


def check_line(what, sizes, peaks):
    (a, b, c), (x, y, z) = sizes, peaks
    line = x + (z - x) * (b - a) / (c - a)
    check(y < (1 + WITHIN) * line, f"{what}: {x:.0f}, {y:.0f}, {z:.0f} MiB at {sizes}")


def grows(what, sizes, *flags, **others):
    for size in sizes:
        make_set(f"{what}{size:04}", **{what: size}, **others)
    check_line(what, sizes, [peak(f"{what}{size:04}", *flags) for size in sizes])


def test_bins():
    grows("bins", (60, 600, 1200))


def test_channels():
    grows("channels", (30, 1500, 3000), NO_PICTURES)


def test_sessions():
    grows("sessions", (1, 5, 10), channels=400)


def test_batch():
    make_set("base")
    sizes = (16, 512, 1024)
    check_line("batch", sizes, [peak("base", f"--batch_size={size}") for size in sizes])


def test_other_sizes():
    make_set("base")
    peak("base", "--gen_dim=500", "--threads=1")
    peak("base", "--gen_dim=500", "--data_in_memory=false")
    peak("base", "--co_dim=0", "--threads=4")


def within(what, limits, words):
    """Any limit of address space: the run ends well or is refused with one line, and does not crash.
    Above two limits in a row that are wide enough nothing is limited."""
    fitted = foreseen = in_a_row = 0
    for limit in limits:
        if in_a_row == 2:
            break
        done = invoke(*words(), memory=limit << 20)
        error = [line for line in done.stderr.splitlines() if line.startswith("lfads: ")]
        check(done.returncode == 0 or
              (done.returncode == 1 and len(error) == 1 and "memory" in error[0]),
              f"{what}, {limit} MiB: status {done.returncode}, {done.stderr[-300:]!r}")
        fitted += done.returncode == 0
        in_a_row = in_a_row + 1 if done.returncode == 0 else 0
        foreseen += done.returncode != 0 and f"{what} needs" in error[0]
    check(fitted and foreseen, f"{what}: {fitted} limits were wide enough, {foreseen} foreseen")


def test_limits_of_training():
    make_set("base")
    within("training", range(150, 700, 40),
           lambda: train("limited", "base", "--gen_dim=400", NO_PICTURES))


def limits_of_samples(what, command, batch):
    make_set("long", bins=600)
    harness.run(*train("sampled", "long", "--gen_dim=200", NO_PICTURES))
    within(what, range(150, 1200, 150),
           lambda: [command, "--lfads_save_dir=sampled", "--data_filename_stem=long", "--data_dir=data",
                    "--threads=2", f"--batch_size={batch}", "--ps_nexamples_to_process=4"])


def test_limits_of_sampling():
    limits_of_samples("sampling", "posterior-sample", 16)


def test_spread():
    """Quantiles that need more than all else are foreseen."""
    make_set("wide", bins=200, channels=200)
    harness.run(*train("sampled", "wide", "--batch_size=64", NO_PICTURES))
    words = ["posterior-sample", "--lfads_save_dir=sampled", "--threads=1", "--ps_samples=2",
             "--ps_nexamples_to_process=16"]
    spread = "--spread_quantiles=" + ",".join(f"0.{i}" for i in range(10, 40))
    limit = next(limit for limit in range(120, 1000, 40) if invoke(*words, memory=limit << 20).returncode == 0)
    # 16 trials of 200 bins, 200 channels and 8 factors, 30 floats of each; as much again to compress them
    more = 16 * 200 * 208 * 30 * 4 // (1 << 20)
    for part in (0, more + more // 8):
        harness.run(*words, spread, status=1, pattern="sampling needs", memory=limit + part << 20)
    harness.run(*words, spread, memory=limit + 2 * more + 20 << 20)


def test_limits_of_prior_sampling():
    limits_of_samples("prior sampling", "prior-sample", 64)


def test_limits_of_evaluating():
    write("many", valid_data=np.ones((500, 100, 200), dtype=np.uint8),
          output_dist_params=np.ones((500, 100, 200), dtype=np.float32))
    within("evaluating", range(100, 500, 60),
           lambda: ["evaluate", "--data_file=many", "--model_run=many"])


def prepare():
    if sanitized():
        raise Skip("the sanitizer takes memory of its own")


harness.main(globals())
