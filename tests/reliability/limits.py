"""A disk that is too small for a run, or a limit on open files: refused before anything is written,
with what is needed, what is there and what to do.

  limits.py LFADS SCRATCH SHIM [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import re
import shutil
import sys

import runs

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, invoke

SHIM, = harness.MORE


def free(kib, words):
    """Runs a command on a disk that says to have so many KiB free."""
    return invoke(*words, environment={"LD_PRELOAD": SHIM, "FAULT_FREE": str(1024 * kib)})


def refused(done, pattern, what):
    check(done.returncode == 1 and re.search(pattern, done.stderr) and
          len(done.stderr.splitlines()) == 1, f"{what}: status {done.returncode}: {done.stderr}")


def size_of(path, prefix):
    return sum(os.path.getsize(f"{path}/{n}") for n in os.listdir(path) if n.startswith(prefix))


def test_training():
    words = runs.command("run", 3)
    refused(free(200, words), r"training needs \d MiB in run, and 0 MiB are free there: make room, or "
            "lower --max_ckpt_to_keep or --max_ckpt_to_keep_lve", "no disk to train")
    check(sorted(os.listdir(f"{SCRATCH}/run")) == [], "a refused run leaves files")
    done = free(100 << 10, words)
    check(done.returncode == 0, f"with room: {done.stderr}")
    # what its checkpoints took, and one more in the making, would have been enough, and not far from it
    took = size_of(f"{SCRATCH}/run", "lfads_vae") * 4 // 3
    shutil.rmtree(f"{SCRATCH}/run")
    refused(free(took // 1024 // 2, words), "training needs", "half the room that it takes")
    check(free(took // 1024 * 3, words).returncode == 0, "thrice the room that it takes")
    # going on, what is there is not asked for again: room for one in the making is enough
    done = free(400, runs.command("run", 4, ["--max_ckpt_to_keep=2",
                                               "--max_ckpt_to_keep_lve=1"]))
    check(done.returncode == 0, f"going on with little room: {done.stderr}")


def test_sampling():
    harness.run(*runs.command("run", 3))
    for more in ([], ["--save_spread", "--spread_quantiles=0.1,0.9"]):
        sampling(["posterior-sample", "--lfads_save_dir=run", "--batch_size=4", *more])


def sampling(words):
    before = set(os.listdir(f"{SCRATCH}/run"))
    refused(free(20, words), r"sampling needs \d MiB in run, .* --ps_nexamples_to_process",
            "no disk to sample")
    check(set(os.listdir(f"{SCRATCH}/run")) == before, "refused sampling leaves files")
    done = free(100 << 10, words)
    check(done.returncode == 0, f"with room: {done.stderr}")
    took = size_of(f"{SCRATCH}/run", "model_runs")
    refused(free(took // 1024 // 2, words), "sampling needs", "half the room that results take")
    done = free(took // 1024, words)
    check(done.returncode == 0, f"just the room that results take: {done.stderr}")


def test_descriptors():
    for most, fine in ((8, False), (64, True)):
        done = invoke(*runs.command(f"few{most}", 1), files=most)
        if fine:
            check(done.returncode == 0, f"{most} descriptors: {done.stderr}")
        else:
            refused(done, r"12 files at a time, .* only \d more of its 8: Too many open files; raise "
                    r"the limit \(ulimit -n\)", f"{most} descriptors")
            check(not os.path.exists(f"{SCRATCH}/few{most}"), "a refused run leaves a directory")


prepare = runs.make_data
harness.main(globals())
