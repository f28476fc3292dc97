#!/bin/sh
# The installed package as a stranger uses it: header alone, pkg-config, CMake package, example.
#   installed.sh SOURCE BUILD SCRATCH
# SPDX-License-Identifier: Apache-2.0
set -eu
source=$1
build=$2
scratch=$3

rm -rf "$scratch"
cmake --install "$build" --prefix "$scratch/prefix" >/dev/null
library=$(dirname "$(find "$scratch/prefix" -name liblfads.a)")
export PKG_CONFIG_PATH="$library/pkgconfig" LD_LIBRARY_PATH="$library"

# CFLAGS: what the library itself was compiled with, such as a sanitizer
strict="-Wall -Wextra -Werror -pedantic ${CFLAGS:-}"
# shellcheck disable=SC2046,SC2086 # lists of words
cc -std=c17 $strict "$source/tests/public/header.c" -o "$scratch/header_c" \
    $(pkg-config --cflags --libs lfads)
"$scratch/header_c"
if command -v c++ >/dev/null; then
    c++ $strict "$source/tests/public/header.cpp" -I"$scratch/prefix/include" -L"$library" -llfads \
        -o "$scratch/header_cpp"
    "$scratch/header_cpp"
else
    echo "there is no C++ compiler: the header was not tried in C++"
fi
# the examples, each as its comment says
for example in arrays denoise stream; do
    # shellcheck disable=SC2046,SC2086
    cc -std=c17 $strict "$source/examples/$example.c" -o "$scratch/$example" \
        $(pkg-config --cflags --libs lfads) -lm
done
"$scratch/arrays" 2 "$scratch/page.html" >"$scratch/arrays_out"
grep -q '^R2 of the rates' "$scratch/arrays_out"
grep -q '</html>' "$scratch/page.html"
mkdir -p "$scratch/package"
cat >"$scratch/package/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(package LANGUAGES C)
find_package(lfads 0.1 REQUIRED)
add_executable(denoise denoise.c)
target_link_libraries(denoise PRIVATE lfads::lfads)
END
cp "$source/examples/denoise.c" "$scratch/package"
cmake -S "$scratch/package" -B "$scratch/package/build" -DCMAKE_PREFIX_PATH="$scratch/prefix" >/dev/null
cmake --build "$scratch/package/build" >/dev/null
"$scratch/prefix/bin/lfads" synth chaotic --save_dir="$scratch/data" --datafile_name=small --C=20 \
    --N=20 --S=20 --T=0.3 >/dev/null
"$scratch/package/build/denoise" "$scratch/data" small "$scratch/save" 1 >"$scratch/out"
grep -q '^Epoch:0' "$scratch/out"
test -s "$scratch/save/model_runs_dataset_N20_S20_valid_posterior_push_mean"
"$scratch/prefix/bin/run_lfads" --help >/dev/null
# two trials of zeros, of 30 bins and 20 channels: as many rates
head -c 4800 /dev/zero | "$scratch/stream" "$scratch/save" >"$scratch/rates"
test "$(wc -c <"$scratch/rates")" = 4800
# as scripts for the original call it
PATH="$scratch/prefix/bin:$PATH"
(cd "$scratch" && python3 "$(command -v run_lfads.py)" --kind=posterior_push_mean \
    --lfads_save_dir="$scratch/save" --output_filename_stem=drop_in_ >/dev/null)
test -s "$scratch/save/drop_in_dataset_N20_S20_valid_posterior_push_mean"
test -s "$(find "$scratch/prefix" -path '*doc/lfads/docs/files.md')"
grep -q '^.TH LFADS 1' "$scratch/prefix/share/man/man1/lfads.1"
"$scratch/prefix/bin/lfads" --version | grep -q '^lfads [0-9]'
# the module for MPI, where it was built, is found where it was installed
[ ! -e "$build/src/cli/lfads_mpi.so" ] ||
    "$scratch/prefix/bin/lfads" --version | grep -q "^MPI module: $scratch/prefix/bin/../.*/lfads_mpi.so$"
