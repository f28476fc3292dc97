#!/bin/sh
# The fuzz targets as libFuzzer programs, each for a bounded number of executions.
#
#   libfuzzer.sh SOURCE SCRATCH EXECUTIONS PYTHON
#
# SPDX-License-Identifier: Apache-2.0
set -eu
source=$1 scratch=$2 executions=$3 python=$4
mkdir -p "$scratch"
echo 'int LLVMFuzzerTestOneInput(const char *b, long n) { return b && n < 0; }' >"$scratch/try.c"
if ! clang -fsanitize=fuzzer,address "$scratch/try.c" -o "$scratch/try" 2>"$scratch/why"; then
    echo "clang's libFuzzer is not there, so nothing was run: scripts/packages-long.txt"
    [ "${CI:-}" != true ] || exit 1
    exit 77
fi
cmake -S "$source" -B "$scratch/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DLFADS_FUZZ=ON \
    -DCMAKE_C_COMPILER=clang -DCMAKE_C_FLAGS=-O1 >/dev/null
targets="hyperparameters flagfile command_line index data benchmark checkpoint bundle"
for target in $targets; do
    programs="${programs:-} fuzz_$target"
done
# shellcheck disable=SC2086 # a list of words
cmake --build "$scratch/build" --target lfads $programs >/dev/null
# what libhdf5 takes and never gives back is not ours, its wishes for memory are refused, and a process
# that forks must stay small
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:quarantine_size_mb=8
"$python" "$source/tests/fuzz/make_corpus.py" "$scratch/build/src/cli/lfads" "$scratch/corpus"
for target in $targets; do
    case $target in
    data | checkpoint) runs=$((executions / 20)) inputs=$scratch/corpus/$target ;; # processes are slow
    bundle) runs=$executions inputs=$scratch/corpus/$target ;;
    *) runs=$executions inputs=$source/tests/fuzz/corpus/$target ;;
    esac
    [ ! -d "$source/tests/fuzz/regressions/$target" ] ||
        inputs="$inputs $source/tests/fuzz/regressions/$target"
    # what it finds goes to the first folder
    mkdir -p "$scratch/found/$target"
    inputs="$scratch/found/$target $inputs"
    echo "$target: $runs executions"
    # shellcheck disable=SC2086
    if ! "$scratch/build/tests/fuzz/fuzz_$target" -seed=1 -runs="$runs" -rss_limit_mb=2048 \
        -timeout=3600 -artifact_prefix="$scratch/" $inputs >"$scratch/$target.log" 2>&1; then
        tail -60 "$scratch/$target.log"
        exit 1
    fi
done
