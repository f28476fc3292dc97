"""System calls that fail while training: one line that names a file of the run and the reason, exit
status 1, the previous checkpoint whole, and with room again the run ends as if nothing had happened.

  faults.py LFADS SHIM SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import errno
import os
import re
import shutil
import subprocess
import sys

import h5py

import runs

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import verdict
from verdict import check

LFADS, SHIM, SCRATCH = (os.path.abspath(p) for p in sys.argv[1:4])
BEFORE, AFTER = 3, 5  # epochs of the run that is disturbed: continued from the first to the second
MARK = f"{SCRATCH}/mark"
os.environ["ASAN_OPTIONS"] = "verify_asan_link_order=0"  # the shim is loaded before the sanitizer
fired = 0


def disturb(call, number, first, partial):
    """Continues a copy of the run with a call that fails from its FIRST time on. Returns whether there
    were so many calls."""
    global fired
    what = f"{call} {os.strerror(number)}, from call {first}{', in part' if partial else ''}"
    folder = f"{SCRATCH}/run"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(f"{SCRATCH}/before", folder)
    if os.path.exists(MARK):
        os.remove(MARK)
    environment = {"LD_PRELOAD": SHIM, "FAULT_CALL": call, "FAULT_PATH": "run/",
                   "FAULT_FIRST": str(first), "FAULT_ERRNO": str(number), "FAULT_MARK": MARK}
    if partial:
        environment["FAULT_PARTIAL"] = "1"
    done = runs.train(LFADS, SCRATCH, "run/", AFTER, **environment)
    if not os.path.exists(MARK):
        check(done.returncode == 0, f"{what}: did not happen, and yet {done.stderr}")
        return False
    fired += 1
    lines = done.stderr.splitlines()
    check(done.returncode == 1, f"{what}: status {done.returncode}, {done.stderr}")
    check(len(lines) == 1 and "run/" in done.stderr and os.strerror(number) in done.stderr,
          f"{what}: says {done.stderr!r}")
    done = runs.train(LFADS, SCRATCH, "run", AFTER)
    check(done.returncode == 0, f"{what}: does not go on: {done.stderr}")
    differ = runs.differences(runs.contents(f"{SCRATCH}/whole"), runs.contents(folder))
    check(not differ, f"{what}: ends otherwise: {differ}")
    return True


def disturb_trials(call, number, first):
    """A run whose trials are on disk, in the save directory's file without a name, which can't be
    written or read from the FIRST time on."""
    global fired
    what = f"trials on disk, {call} {os.strerror(number)}, from call {first}"
    shutil.rmtree(f"{SCRATCH}/run", ignore_errors=True)
    shutil.copytree(f"{SCRATCH}/before", f"{SCRATCH}/run")
    if os.path.exists(MARK):
        os.remove(MARK)
    words = [*runs.command(LFADS, "run", AFTER), "--data_in_memory=false"]
    environment = {"LD_PRELOAD": SHIM, "FAULT_CALL": call, "FAULT_PATH": "run/#",
                   "FAULT_FIRST": str(first), "FAULT_ERRNO": str(number), "FAULT_MARK": MARK}
    done = subprocess.run(words, cwd=SCRATCH, capture_output=True, text=True,
                          env={**os.environ, **environment})
    check(os.path.exists(MARK), f"{what}: did not happen")
    fired += 1
    check(done.returncode == 1 and len(done.stderr.splitlines()) == 1 and
          re.search(r"data that are kept in .*run: " + os.strerror(number), done.stderr),
          f"{what}: status {done.returncode}, {done.stderr!r}")
    done = subprocess.run(words, cwd=SCRATCH, capture_output=True, text=True)
    check(done.returncode == 0, f"{what}: does not go on: {done.stderr}")
    differ = runs.differences(runs.contents(f"{SCRATCH}/whole"), runs.contents(f"{SCRATCH}/run"))
    check(not differ, f"{what}: ends otherwise: {differ}")


def disturb_results(words, folder):
    """A command that writes results: without room it leaves none, not even half of one."""
    global fired
    for first in (1, 2, 5, 20):
        shutil.rmtree(f"{SCRATCH}/run", ignore_errors=True)
        shutil.copytree(f"{SCRATCH}/whole", f"{SCRATCH}/run")
        kept = set(os.listdir(f"{SCRATCH}/run"))
        environment = {"LD_PRELOAD": SHIM, "FAULT_CALL": "write", "FAULT_PATH": folder,
                       "FAULT_FIRST": str(first), "FAULT_ERRNO": str(errno.ENOSPC),
                       "FAULT_MARK": MARK}
        done = subprocess.run([LFADS, *words], cwd=SCRATCH, capture_output=True, text=True,
                              env={**os.environ, **environment})
        left = set(os.listdir(f"{SCRATCH}/run")) - kept
        what = f"{words[0]}, no space from call {first}"
        if done.returncode == 0:
            continue
        fired += 1
        check(done.returncode == 1 and len(done.stderr.splitlines()) == 1 and
              os.strerror(errno.ENOSPC) in done.stderr and "run" in done.stderr,
              f"{what}: status {done.returncode}, {done.stderr!r}")
        check(not [name for name in left if name.endswith(".part")], f"{what}: leaves {left}")
        for name in left - {n for n in left if n.startswith("hyperparameters")}:
            with h5py.File(f"{SCRATCH}/run/{name}") as file: # files before it are whole
                check(all(file[k][()] is not None for k in file), f"{what}: {name}")


def main():
    runs.make_data(SCRATCH)
    for folder, epochs in (("before", BEFORE), ("whole", AFTER)):
        check(runs.train(LFADS, SCRATCH, folder, epochs).returncode == 0, folder)
    cases = [("open", errno.EACCES, False), ("write", errno.ENOSPC, False),
             ("write", errno.ENOSPC, True), ("write", errno.EIO, False), ("fsync", errno.EIO, False),
             ("rename", errno.EACCES, False)]
    for call, number, partial in cases:
        first, step = 1, 1
        while disturb(call, number, first, partial) and verdict.failures < 10:
            first += step
            step += first // 8  # checkpoints take many calls: later ones are tried in strides
    for first in (1, 2):
        disturb_trials("write", errno.ENOSPC, first)
    for first in (1, 100, 200, 330):
        disturb_trials("read", errno.EIO, first)
    for words in (["posterior-sample", "--lfads_save_dir=run", "--batch_size=4"],
                  ["posterior-mean", "--lfads_save_dir=run"],
                  ["prior-sample", "--lfads_save_dir=run"],
                  ["write-params", "--lfads_save_dir=run"],
                  ["synth", "chaotic", "--save_dir=run", "--C=20", "--nreplications=2"]):
        disturb_results(words, "run/")
    print(f"{fired} faults, {verdict.failures} failures")
    return verdict.failures != 0 or fired < 30


sys.exit(main())
