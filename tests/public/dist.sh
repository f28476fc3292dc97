#!/bin/sh
# The archive of `make dist`: unpacked elsewhere, without an environment, the program and a program that is
# linked with its library train, and load nothing that is not in the archive or on every Linux.
#   dist.sh SOURCE BUILD SCRATCH
# SPDX-License-Identifier: Apache-2.0
set -eu
source=$1
build=$2
scratch=$3

case ${CFLAGS:-} in
*-fsanitize*)
    echo "NOT RUN: the archive is not made of a build with sanitizers"
    exit 77
    ;;
esac
rm -rf "$scratch"
mkdir -p "$scratch/made"
sh "$source/scripts/dist.sh" "$build" "$scratch/made"
mkdir "$scratch/some where"
tar -C "$scratch/some where" -xzf "$scratch"/made/lfads-*.tar.gz
rm -rf "$scratch/made"
prefix=$(echo "$scratch/some where"/lfads-*)
library=$(dirname "$(find "$prefix" -name liblfads.so)")

# foreign FILE: what it loads that is neither in the archive nor on every Linux
foreign() {
    env -i PATH="$PATH" ldd "$1" | grep '=>' | grep -v "=> $prefix" |
        grep -vE '(ld-linux[^ ]*|lib(c|m|dl|rt|pthread|util|resolv|gcc_s|stdc\+\+)\.so\.[0-9]+) ' || true
}
for file in "$prefix/bin/lfads" "$library"/*.so "$library"/lfads-bundled/*.so*; do
    found=$(foreign "$file")
    [ -z "$found" ] || {
        echo "$file loads $found"
        exit 1
    }
done
env -i "$prefix/bin/lfads" synth chaotic --save_dir="$scratch/data" --datafile_name=small --C=10 --N=10 \
    --S=10 --T=0.2 >/dev/null
env -i "$prefix/bin/lfads" train "$scratch"/data/small* --lfads_save_dir="$scratch/model" --max_epochs=1 \
    --gen_dim=8 --factors_dim=2 >"$scratch/told"
grep -q '^Epoch:0' "$scratch/told"
cc -std=c17 -I"$prefix/include" "$source/examples/denoise.c" -L"$library" -llfads -Wl,-rpath,"$library" \
    -o "$scratch/denoise"
env -i "$scratch/denoise" "$scratch/data" small "$scratch/save" 1 >"$scratch/told"
grep -q '^Epoch:0' "$scratch/told"
test -n "$(ls "$library/lfads-bundled/licenses")"
