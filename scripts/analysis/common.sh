# What the analyses share; to be read by the others, in the repository's root.
# SPDX-License-Identifier: Apache-2.0
set -eu
jobs=$(nproc)

# build PRESET
build() {
    cmake --preset "$1" >/dev/null
    cmake --build "build/$1"
}

# what the analyses leave to `make check`: what needs minutes there, looks at files rather than runs the
# program, waits for the clock, or runs the same over and over
left_out='unit/chaotic|cli/(examples|memory|terminal)|public/installed|reliability/(kills|moments)'
left_out="$left_out|golden/cuda|device/program|properties/agreement_|readers/synth_itb"

# tests PRESET CTEST_FLAGS...
tests() {
    preset=$1
    shift
    # shellcheck disable=SC2086 # a list of words
    ctest ${CTEST_FLAGS:-} --test-dir "build/$preset" --output-on-failure -j "$jobs" -LE 'long|full|style' \
        -E "$left_out" "$@"
}
