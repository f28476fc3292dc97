"""Whatever bad state a killed run could leave its files in arises between two of its calls on files. So
runs are killed before each of these calls in turn, and asked to stop at each
and then killed while they go on, and end as if they had not been.

  moments.py LFADS SCRATCH SHIM STRIDE [--case=CASE]      STRIDE: of the calls, which are tried

SPDX-License-Identifier: Apache-2.0"""
import os
import shutil
import signal
import sys

import runs

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, differences

SHIM, STRIDE = harness.MORE[0], int(harness.MORE[1])
MOST_FAILURES = 10
# of one update each: what stops an epoch stops it after its last update
WORDS = (3, ["--batch_size=128"])
MARK = f"{SCRATCH}/mark"


def signalled(number, at):
    """Starts or goes on with the run, which gets signal NUMBER before its AT-th call; whether it had so
    many."""
    if os.path.exists(MARK):
        os.remove(MARK)
    done = harness.invoke(*runs.command("run", *WORDS), environment=runs.shimmed(
        SHIM, "any", "run/", at, 0, FAULT_MARK=MARK, FAULT_SIGNAL=str(int(number))))
    came = os.path.exists(MARK)
    wanted = (-number, 128 + number, 0) if came and number == signal.SIGTERM else \
        (-number,) if came else (0,)
    check(done.returncode in wanted,
          f"signal {number} at call {at}: status {done.returncode}: {done.stderr}")
    return came


def finish(whole, what):
    """Lets the run end and compares it; removes it."""
    done = harness.invoke(*runs.command("run", *WORDS))
    check(done.returncode == 0, f"{what}: does not go on: {done.stderr}")
    if done.returncode == 0:
        differ = differences(whole, runs.contents("run"))
        check(not differ, f"{what}: ends otherwise: {differ}")
        left = [name for name in os.listdir(f"{SCRATCH}/run") if name.endswith((".part", "_lock"))]
        check(not left, f"{what}: leaves {left}")
    shutil.rmtree(f"{SCRATCH}/run")


def whole():
    harness.run(*runs.command("whole", *WORDS))
    return runs.contents("whole")


def test_killed():
    wanted, at = whole(), 1
    while harness.failures < MOST_FAILURES and signalled(signal.SIGKILL, at):
        finish(wanted, f"killed before call {at}")
        at += STRIDE
    check(at > 60, f"only {at} calls")
    print(f"{at} calls")


def count_calls():
    """A number, at most 4 too large, of the calls at which a run can be stopped."""
    def there_is(call):
        came = signalled(signal.SIGTERM, call)
        shutil.rmtree(f"{SCRATCH}/run")
        return came

    most = 64
    while there_is(most):
        most *= 2
    least = most // 2
    while most - least > 4:
        middle = (least + most) // 2
        least, most = (middle, most) if there_is(middle) else (least, middle)
    return most


def test_stopped_and_killed():
    wanted, calls = whole(), count_calls()
    for turn, stop in enumerate(range(1, calls, 3 * STRIDE)):
        # each stop meets other calls, so that all are met
        for kill in range(1 + 5 * turn % (14 * STRIDE), calls, 14 * STRIDE):
            if harness.failures >= MOST_FAILURES:
                return
            signalled(signal.SIGTERM, stop)
            signalled(signal.SIGKILL, kill)
            finish(wanted, f"stopped at call {stop}, killed before call {kill}")


prepare = runs.make_data
harness.main(globals())
