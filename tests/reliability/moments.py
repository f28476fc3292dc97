"""Whatever bad state a killed run could leave its files in arises between two of its calls on files. So
runs are killed before each of these calls in turn, and asked to stop at each
and then killed while they go on, and end as if they had not been.

  moments.py LFADS SHIM SCRATCH STRIDE      STRIDE: of the calls, which are tried

SPDX-License-Identifier: Apache-2.0"""
import os
import shutil
import signal
import sys

import runs

LFADS, SHIM, SCRATCH = (os.path.abspath(p) for p in sys.argv[1:4])
STRIDE = int(sys.argv[4])
EPOCHS = 3
# of one update each: what stops an epoch stops it after its last update
FLAGS = ["--batch_size=128"]
MARK = f"{SCRATCH}/mark"
os.environ["ASAN_OPTIONS"] = "verify_asan_link_order=0"  # the shim is loaded before the sanitizer
sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import verdict
from verdict import check


def signalled(number, at):
    """Starts or goes on with the run, which gets signal NUMBER before its AT-th call; whether it had so
    many."""
    if os.path.exists(MARK):
        os.remove(MARK)
    done = runs.train(LFADS, SCRATCH, "run", EPOCHS, FLAGS, LD_PRELOAD=SHIM, FAULT_CALL="any",
                      FAULT_PATH="run/", FAULT_FIRST=str(at), FAULT_MARK=MARK,
                      FAULT_ERRNO="0", FAULT_SIGNAL=str(int(number)))
    came = os.path.exists(MARK)
    wanted = (-number, 128 + number, 0) if came and number == signal.SIGTERM else \
        (-number,) if came else (0,)
    check(done.returncode in wanted,
          f"signal {number} at call {at}: status {done.returncode}: {done.stderr}")
    return came


def finish(whole, what):
    """Lets the run end and compares it; removes it."""
    done = runs.train(LFADS, SCRATCH, "run", EPOCHS, FLAGS)
    check(done.returncode == 0, f"{what}: does not go on: {done.stderr}")
    if done.returncode == 0:
        differ = runs.differences(whole, runs.contents(f"{SCRATCH}/run"))
        check(not differ, f"{what}: ends otherwise: {differ}")
        left = [name for name in os.listdir(f"{SCRATCH}/run") if name.endswith((".part", "_lock"))]
        check(not left, f"{what}: leaves {left}")
    shutil.rmtree(f"{SCRATCH}/run")


def main():
    runs.make_data(SCRATCH)
    done = runs.train(LFADS, SCRATCH, "whole", EPOCHS, FLAGS)
    check(done.returncode == 0, done.stderr)
    whole = runs.contents(f"{SCRATCH}/whole")
    tried, at = 0, 1
    while verdict.failures < 10 and signalled(signal.SIGKILL, at):
        finish(whole, f"killed before call {at}")
        tried += 1
        at += STRIDE
    calls = at
    for stop in range(1, calls, 3 * STRIDE):
        for kill in range(1, calls, 7 * STRIDE):
            if verdict.failures >= 10:
                break
            signalled(signal.SIGTERM, stop)
            signalled(signal.SIGKILL, kill)
            finish(whole, f"stopped at call {stop}, killed before call {kill}")
            tried += 1
    print(f"{calls} calls, {tried} moments, {verdict.failures} failures")
    return verdict.failures != 0 or tried < 20


sys.exit(main())
