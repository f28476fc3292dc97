"""Training that is killed or stopped at random moments, again and again, ends as if it had not been:
the same bits in its checkpoints, the same table of costs. No kill leaves a damaged or missing
checkpoint.

  kills.py LFADS SCRATCH KILLS

SPDX-License-Identifier: Apache-2.0"""
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import runs

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, differences

KILLS = int(harness.MORE[0])
MOST_IN_A_ROW = 10  # kills of one run: where the machine has become slow, all would come too early


def interrupt(after, number):
    """Starts or continues the run, sends the signal after so many seconds (None: never); whether it
    had ended before."""
    process = harness.start(*runs.command("run"))
    try:
        _, error = process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        _, error = process.communicate()
        check(process.returncode in (-number, 128 + number, 0),
              f"by signal {number}: status {process.returncode}: {error}")
        return False
    check(process.returncode == 0, f"after a kill: status {process.returncode}: {error}")
    return True


def test_random_moments():
    runs.make_data()
    start = time.monotonic()
    harness.run(*runs.command("whole"))
    whole = time.monotonic() - start
    wanted = runs.contents("whole")
    seed = int(os.environ.get("KILLS_SEED", time.time()))
    print(f"an undisturbed run takes {whole:.2f} s; KILLS_SEED={seed}")
    draw = random.Random(seed)
    kills = finished = in_a_row = 0
    while (kills < KILLS or in_a_row) and not harness.failures:
        after = draw.uniform(0, whole)
        if kills >= KILLS or in_a_row == MOST_IN_A_ROW:
            after = None
        if interrupt(after, draw.choice((signal.SIGKILL, signal.SIGTERM))):
            differ = differences(wanted, runs.contents("run"))
            check(not differ, f"a run that was killed differs from one that was not: {differ}")
            finished += 1
            in_a_row = 0
            shutil.rmtree(f"{SCRATCH}/run")
        else:
            kills += 1
            in_a_row += 1
    print(f"{kills} kills, {finished} runs finished")


harness.main(globals())
