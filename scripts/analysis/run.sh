#!/bin/sh
# Looks for faults that tests do not show: run.sh [ANALYSIS ...], all where none is named.
# Each analysis is a script beside this one, which names the Debian packages that it needs beside those
# of packages.txt; what it prints lies in build/analysis/ANALYSIS.log.
# Ends with a line "N analyses passed, N failed".
# SPDX-License-Identifier: Apache-2.0
set -u
here=$(dirname "$0")
root=$(cd "$here/../.." && pwd)
[ $# -gt 0 ] || set -- clang tidy cppcheck analyzer sanitize thread valgrind coverage
for name in "$@"; do
    packages="${packages:-} $(sed -n 's/^# needs: //p' "$here/$name.sh")"
done
# shellcheck disable=SC2086 # a list of words
sh "$root/scripts/setup.sh" $packages || exit 1
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
