"""Whether tests/style/messages.txt lists every sentence that the program can say, so that a change of one
shows where it is reviewed.

  messages.py REPOSITORY

SPDX-License-Identifier: Apache-2.0"""
import difflib
import os
import subprocess
import sys

REPOSITORY = sys.argv[1]
LIST = "tests/style/messages.txt"

found = subprocess.run([sys.executable, os.path.join(REPOSITORY, "scripts", "messages"), REPOSITORY],
                       capture_output=True, text=True, check=True).stdout.splitlines()
with open(os.path.join(REPOSITORY, LIST), encoding="utf-8") as file:
    listed = file.read().splitlines()
changes = list(difflib.unified_diff(listed, found, LIST, "the sources", lineterm="", n=0))
print("\n".join(changes))
if len(found) < 100:
    sys.exit("scripts/messages finds next to nothing")
if changes:
    sys.exit(f"read the changed sentences as a new user would, then: scripts/messages > {LIST}")
