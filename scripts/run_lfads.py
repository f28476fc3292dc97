#!/usr/bin/env python3
"""The original's name for the program: replaces itself by run_lfads, the one beside it or the one on
the path, with the same words. Runs under Python 2 and 3.
SPDX-License-Identifier: Apache-2.0"""
import os
import sys

beside = os.path.join(os.path.dirname(os.path.realpath(__file__)), "run_lfads")
try:
    os.execvp(beside if os.path.exists(beside) else "run_lfads", ["run_lfads"] + sys.argv[1:])
except OSError as error:
    sys.exit("run_lfads.py: can't start run_lfads: %s" % error.strerror)
