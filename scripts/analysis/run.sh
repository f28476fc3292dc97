#!/bin/sh
# Looks for faults that tests do not show: run.sh [ANALYSIS ...], all where none is named.
# Each analysis is a script beside this one; what it prints lies in build/analysis/ANALYSIS.log.
# Ends with a line "N analyses passed, N failed".
# SPDX-License-Identifier: Apache-2.0
set -u
here=$(dirname "$0")
root=$(cd "$here/../.." && pwd)
[ $# -gt 0 ] || set -- clang tidy cppcheck analyzer sanitize thread valgrind coverage
sh "$root/scripts/setup.sh" packages.txt analysis/packages.txt || exit 1
cd "$root" || exit 1
mkdir -p build/analysis
passed=0
failed=0
for name in "$@"; do
    log=build/analysis/$name.log
    began=$(date +%s)
    if sh "$here/$name.sh" >"$log" 2>&1; then
        word=ok
        passed=$((passed + 1))
    else
        word=FAILED
        failed=$((failed + 1))
        tail -n 60 "$log" | sed "s/^/    /"
    fi
    echo "$word $name ($(($(date +%s) - began)) s): $(tail -n 1 "$log")"
done
echo "$passed analyses passed, $failed failed"
[ "$failed" -eq 0 ]
