"""The command line: python -m lfads, and the word lfads where the package is installed.
SPDX-License-Identifier: Apache-2.0"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main() -> None:
    """Becomes the program."""
    program = os.environ.get("LFADS_PROGRAM") or os.path.join(HERE, "bin", "lfads")
    os.execv(program, ["lfads", *sys.argv[1:]])


if __name__ == "__main__":
    main()
