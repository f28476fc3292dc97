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

LFADS, SCRATCH, KILLS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), int(sys.argv[3])
MOST_IN_A_ROW = 10  # kills of one run: where the machine has become slow, all would come too early


def interrupt(after, number):
    """Starts or continues the run, sends the signal after so many seconds (None: never); whether it
    had ended before."""
    process = subprocess.Popen(runs.command(LFADS, "run"), cwd=SCRATCH, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    try:
        _, error = process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        _, error = process.communicate()
        if process.returncode not in (-number, 128 + number, 0):
            print(f"FAILED by signal {number}: status {process.returncode}: {error.decode()}")
            sys.exit(1)
        return False
    if process.returncode != 0:
        print(f"FAILED after a kill: status {process.returncode}: {error.decode()}")
        sys.exit(1)
    return True


def main():
    runs.make_data(SCRATCH)
    start = time.monotonic()
    done = runs.train(LFADS, SCRATCH, "whole")
    whole = time.monotonic() - start
    if done.returncode != 0:
        print(done.stderr)
        return 1
    wanted = runs.contents(f"{SCRATCH}/whole")
    seed = int(os.environ.get("KILLS_SEED", time.time()))
    print(f"an undisturbed run takes {whole:.2f} s; KILLS_SEED={seed}")
    draw = random.Random(seed)
    kills = finished = in_a_row = 0
    while kills < KILLS or in_a_row:
        after = draw.uniform(0, whole)
        if kills == KILLS or in_a_row == MOST_IN_A_ROW:
            after = None
        if interrupt(after, draw.choice((signal.SIGKILL, signal.SIGTERM))):
            differ = runs.differences(wanted, runs.contents(f"{SCRATCH}/run"))
            if differ:
                print(f"FAILED: a run that was killed differs from one that was not: {differ}")
                return 1
            finished += 1
            in_a_row = 0
            shutil.rmtree(f"{SCRATCH}/run")
        else:
            kills += 1
            in_a_row += 1
    print(f"{kills} kills, {finished} runs finished, all as if undisturbed")
    return 0


sys.exit(main())
