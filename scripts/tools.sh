#!/bin/sh
# tools.sh PACKAGE...: installs packages of PyPI into build/tools, once, and prints the path of its bin.
# Ends with status 77 where PyPI can't be reached.
# SPDX-License-Identifier: Apache-2.0
set -eu
tools=$(cd "$(dirname "$0")/.." && pwd)/build/tools

[ -x "$tools/bin/pip" ] || /usr/bin/python3 -m venv "$tools"
for package in "$@"; do
    [ -x "$tools/bin/$package" ] || "$tools/bin/pip" install -q "$package" || {
        echo "PyPI can't be reached, and $package is needed" >&2
        exit 77
    }
done
echo "$tools/bin"
