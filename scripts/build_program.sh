#!/bin/sh
# Builds the program in a configured folder and says beforehand how long that will take.
#   build_program.sh BUILD
# SPDX-License-Identifier: Apache-2.0
set -eu
build=$1
here=$(dirname "$0")
# shellcheck source=scripts/pace.sh
. "$here/pace.sh"
all_by_model=12 # compiling everything takes so many times as long as src/model

steps() {
    cmake --build "$build" --target "$1" -- -n | grep -c '^\[' || true
}

left=$(steps lfads)
[ "$left" -gt 1 ] || exit 0
echo "== 0. Building the program: $left steps"
began=$(clock_ms)
if [ "$(steps lfads_model)" -ge 10 ] && [ "$left" -ge 100 ]; then # nothing is there yet
    cmake --build "$build" --target lfads_model >/dev/null
    took=$(($(clock_ms) - began))
    echo "takes about $(duration $((took * all_by_model))) (src/model took $(duration "$took"))"
fi
# ninja tells each step; at a terminal in one line
NINJA_STATUS="[%f of %t] " cmake --build "$build" --target lfads
echo "built in $(duration $(($(clock_ms) - began)))"
echo
