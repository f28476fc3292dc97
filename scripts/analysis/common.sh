# What the analyses share; to be read by the others, in the repository's root.
# SPDX-License-Identifier: Apache-2.0
set -eu
jobs=$(nproc)

# build PRESET
build() {
    cmake --preset "$1" >/dev/null
    cmake --build "build/$1"
}

# tests PRESET CTEST_FLAGS...: those that need minutes, look at files rather than run the program, or
# run the same over and over, are left to `make check`.
tests() {
    preset=$1
    shift
    ctest --test-dir "build/$preset" --output-on-failure -j "$jobs" -LE 'long|real|style' \
        -E 'unit/chaotic|readers/synth|cli/examples|public/installed|reliability/(kills|moments)' "$@"
}
