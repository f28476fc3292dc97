"""Runs a file of the Python package's tests, and says why where it can't run.

  pytests.py FILE SCRATCH CFLAGS

SPDX-License-Identifier: Apache-2.0"""
import importlib.util
import os
import subprocess
import sys

SKIPPED, NO_TEST_RAN = 77, 5
FILE, SCRATCH, CFLAGS = sys.argv[1:]


def main():
    if "-fsanitize" in CFLAGS:
        print("NOT RUN: a Python without the sanitizers' run time can't load the library of this build")
        return SKIPPED
    for module in ("numpy", "pytest"):
        if importlib.util.find_spec(module) is None:
            print(f"NOT RUN: Debian's python3-{module} is not installed")
            return SKIPPED
    os.makedirs(os.path.dirname(SCRATCH), exist_ok=True)
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", "--tb=short",
                           "-W", "ignore::lfads.LFADSWarning", f"--basetemp={SCRATCH}", FILE],
                          cwd=os.path.dirname(os.path.dirname(FILE)))
    return SKIPPED if done.returncode == NO_TEST_RAN else done.returncode


sys.exit(main())
