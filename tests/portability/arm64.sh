#!/bin/sh
# The program for arm64: built in build/arm64, its tests and a training run by QEMU.
#
#   arm64.sh SOURCE
#
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$1"

not_run() {
    echo "$1, so nothing was run for arm64: $2"
    [ "${CI:-}" != true ] || exit 1
    exit 77
}

for program in aarch64-linux-gnu-gcc aarch64-linux-gnu-g++ qemu-aarch64; do
    command -v $program >/dev/null || not_run "$program is not there" scripts/packages-long.txt
done
sh scripts/arm64_root.sh build/arm64-root ||
    not_run "Debian's arm64 packages can't be had" "see above, and scripts/arm64_root.sh"

# QEMU ignores limits of address space, and its threads count as the program's
emulated="memory|threads"
minutes="chaotic|session|figure"
units=
for source in tests/unit/test_*.c; do
    name=$(basename "$source" .c)
    echo "$name" | grep -qE "^test_($emulated|$minutes|bf16.*)$" || units="$units $name"
done
tests="golden/(double|float|cpu|modern_double|modern_float|modern_cpu)|contract/(cpu|compare|compare_double)"
tests="$tests|readers/(files|synth_small_.*)"
for name in $units; do
    tests="$tests|unit/${name#test_}"
done

build() {
    # shellcheck disable=SC2086 # a list of words
    cmake --preset arm64 && cmake --build build/arm64 -j2 --target lfads lfads_shared golden_double golden_float \
        golden_modern_double golden_modern_float contract_check test_compare test_compare_double $units
}
build >build/arm64.log || {
    cat build/arm64.log
    exit 1
}
build/arm64/tests/lfads --version | grep 'kernels for NEON'
# the linker tells what the shared library lacks
aarch64-linux-gnu-gcc --sysroot="$PWD/build/arm64-root" -Iinclude examples/arrays.c \
    -o build/arm64/arrays -Lbuild/arm64/src -llfads -lm
qemu-aarch64 -L build/arm64-root -E LD_LIBRARY_PATH=build/arm64/src build/arm64/arrays 2
ctest --test-dir build/arm64 -j2 --output-on-failure --no-tests=error -R "^($tests)\$"
