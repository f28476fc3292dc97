"""System calls that fail while training: one line that names a file of the run and the reason, exit
status 1, the previous checkpoint whole, and with room again the run ends as if nothing had happened.

  faults.py LFADS SCRATCH SHIM DENSITY AGAIN [--case=CASE]

DENSITY: of the later calls, how many are tried; of the runs that fail, one in AGAIN is gone on with.

SPDX-License-Identifier: Apache-2.0"""
import errno
import functools
import os
import re
import shutil
import sys

import h5py
import numpy as np

import runs

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, invoke

SHIM, DENSITY, AGAIN = harness.MORE[0], *map(int, harness.MORE[1:])
BEFORE, AFTER = 3, 5  # epochs of the run that is disturbed: continued from the first to the second
MARK = f"{SCRATCH}/mark"


def command(folder, epochs):
    return runs.command(folder, epochs, ["--batch_size=8"])


def undisturbed(folder):
    """A run as it was before, or as it has to be in the end."""
    if not os.path.exists(f"{SCRATCH}/{folder}"):
        harness.run(*command(folder, BEFORE if folder == "before" else AFTER))
    return folder


def begin(words, call, path, first, number, folder="before", **more):
    """Runs a command on a copy of a run with a call that fails from its FIRST time on. What it said,
    and whether there were so many calls."""
    shutil.rmtree(f"{SCRATCH}/run", ignore_errors=True)
    shutil.copytree(f"{SCRATCH}/{undisturbed(folder)}", f"{SCRATCH}/run")
    if os.path.exists(MARK):
        os.remove(MARK)
    done = invoke(*words, environment=runs.shimmed(SHIM, call, path, first, number, FAULT_MARK=MARK,
                                                   **more))
    return done, os.path.exists(MARK)


@functools.cache
def wanted():
    return runs.contents(undisturbed("whole"))


def goes_on(what, words):
    """With room again the run ends as if nothing had happened."""
    done = invoke(*words)
    check(done.returncode == 0, f"{what}: does not go on: {done.stderr}")
    differ = harness.differences(wanted(), runs.contents("run"))
    check(not differ, f"{what}: ends otherwise: {differ}")


def disturb(call, number, first, again, **more):
    """Continues the run with a call that fails, and after that if AGAIN. Returns whether there were so
    many calls."""
    what = f"{call} {os.strerror(number)}, from call {first} {more}"
    done, fired = begin(command("run/", AFTER), call, "run/", first, number, **more)
    if not fired:
        check(done.returncode == 0, f"{what}: did not happen, and yet {done.stderr}")
        return False
    check(done.returncode == 1, f"{what}: status {done.returncode}, {done.stderr}")
    check(len(done.stderr.splitlines()) == 1 and "run/" in done.stderr and
          os.strerror(number) in done.stderr, f"{what}: says {done.stderr!r}")
    if again:
        goes_on(what, command("run", AFTER))
    return True


def disturb_all(call, number, **more):
    first, step, fired = 1, 1, 0
    while harness.failures < 10 and disturb(call, number, first, (fired + number) % AGAIN == 0, **more):
        first += step
        step += first // DENSITY  # checkpoints take many calls: later ones are tried in strides
        fired += 1
    check(fired >= 3, f"only {fired} faults")
    print(f"{fired} faults")


def test_open():
    disturb_all("open", errno.EACCES)


def test_write_no_space():
    disturb_all("write", errno.ENOSPC)


def test_write_in_part():
    disturb_all("write", errno.ENOSPC, FAULT_PARTIAL="1")


def test_write_error():
    disturb_all("write", errno.EIO)


def test_fsync():
    disturb_all("fsync", errno.EIO)


def test_rename():
    disturb_all("rename", errno.EACCES)


def test_trials():
    """A run whose trials are on disk, in the save directory's file without a name."""
    words = [*command("run", AFTER), "--data_in_memory=false"]
    for call, number, firsts in (("write", errno.ENOSPC, (1, 2)),
                                 ("read", errno.EIO, (1, 30, 60, 90))):
        for first in firsts:
            what = f"trials on disk, {call} {os.strerror(number)}, from call {first}"
            done, fired = begin(words, call, "run/#", first, number)
            check(fired, f"{what}: did not happen")
            check(done.returncode == 1 and len(done.stderr.splitlines()) == 1 and
                  re.search(r"data that are kept in .*run: " + os.strerror(number), done.stderr),
                  f"{what}: status {done.returncode}, {done.stderr!r}")
            goes_on(what, words)


def disturb_results(*words):
    """A command that writes results: without room it leaves none, not even half of one."""
    fired = 0
    for first in (1, 2, 5, 20):
        kept = set(os.listdir(f"{SCRATCH}/{undisturbed('whole')}"))
        done, _ = begin(words, "write", "run/", first, errno.ENOSPC, folder="whole")
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
            with h5py.File(f"{SCRATCH}/run/{name}") as file:  # files before it are whole
                check(all(file[k][()] is not None for k in file), f"{what}: {name}")
    check(fired, f"{words[0]}: no fault")


def test_results():
    disturb_results("posterior-sample", "--lfads_save_dir=run", "--batch_size=4")
    disturb_results("posterior-mean", "--lfads_save_dir=run")
    disturb_results("prior-sample", "--lfads_save_dir=run")
    disturb_results("write-params", "--lfads_save_dir=run")
    disturb_results("synth", "chaotic", "--save_dir=run", "--C=20", "--nreplications=2")


def prepare():
    harness.write_session("data/set_a", np.random.default_rng(3), (32, 10), harness.waves(16, 8))


harness.main(globals())
