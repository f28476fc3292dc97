"""A tuning is killed before each of its own calls on files in turn, its members with it; it goes on and
ends as if it had not been.

  tune_moments.py LFADS SCRATCH SHIM STRIDE      STRIDE: of the calls, which are tried

SPDX-License-Identifier: Apache-2.0"""
import os
import shutil
import signal
import sys

import runs

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import tuning
from harness import SCRATCH, check

SHIM, STRIDE = harness.MORE[0], int(harness.MORE[1])
MARK = f"{SCRATCH}/mark"
# with this seed a member copies one that has just copied another: what it copies from must not be gone
WORDS = ["--exploit=rivals", *tuning.SMALL, "--generations=2", "--final_epochs=2", "--seed=3"]


def killed(at):
    """Starts a tuning that is killed before its AT-th call; whether it had so many."""
    if os.path.exists(MARK):
        os.remove(MARK)
    done = harness.invoke(*tuning.command("run", *WORDS), environment=runs.shimmed(
        SHIM, "any", "run/", at, 0, FAULT_MARK=MARK, FAULT_SIGNAL=str(int(signal.SIGKILL))))
    came = os.path.exists(MARK)
    check(done.returncode == (-signal.SIGKILL if came else 0), f"call {at}: status {done.returncode}: {done.stderr}")
    return came


def test_killed():
    harness.run(*tuning.command("whole", *WORDS))
    wanted, at = tuning.left("whole"), 1
    parent = [int(row["parent"]) for row in tuning.rows("whole")][tuning.MEMBERS:-tuning.MEMBERS]
    check(any(p < m and parent[p] != p for m, p in enumerate(parent)), f"nobody copies one that copied: {parent}")
    while harness.failures < 5 and killed(at):
        harness.run(*tuning.command("run", *WORDS))
        tuning.same(wanted, tuning.left("run"), f"killed before call {at}")
        hidden = [name for name in os.listdir(f"{SCRATCH}/run") if name.endswith((".part", "_lock"))]
        check(not hidden, f"killed before call {at}: leaves {hidden}")
        shutil.rmtree(f"{SCRATCH}/run")
        at += STRIDE
    check(at > 2 * STRIDE, f"only {at} calls")
    print(f"{at} calls")


prepare = tuning.make_data
harness.main(globals())
