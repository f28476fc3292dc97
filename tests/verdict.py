"""What a test in Python has found so far.
SPDX-License-Identifier: Apache-2.0"""

failures = 0


def check(condition, text):
    """Counts a failure, and says which, where the condition does not hold."""
    global failures
    if not condition:
        failures += 1
        print("FAILED", text)


def conclude(name):
    """Says how the test ended; its exit status."""
    print(name, "FAILED" if failures else "ok")
    return failures != 0
