"""A training that is stopped by a signal within its run.
SPDX-License-Identifier: Apache-2.0"""
import shutil
import subprocess
import time

ATTEMPTS = 20


def interrupt(command, directory, folder, number):
    """Runs COMMAND in DIRECTORY, where it trains in FOLDER, and sends the signal NUMBER just after the
    first epoch; afresh where the run came to its end before. Its exit status and what it said."""
    for _ in range(ATTEMPTS):
        shutil.rmtree(f"{directory}/{folder}", ignore_errors=True)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   cwd=directory)
        for line in process.stdout:
            if line.startswith("Epoch:0"):
                time.sleep(0.02)
                process.send_signal(number)
                break
        _, error = process.communicate()
        if process.returncode != 0:
            break
    return process.returncode, error
