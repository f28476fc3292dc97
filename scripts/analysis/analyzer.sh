# gcc's static analyzer over the library and the program; its findings are errors. It takes memory
# whose address is stored in an array for lost (LeakSanitizer and valgrind look after that), and what
# vector stores wrote for not written.
# SPDX-License-Identifier: Apache-2.0
. scripts/analysis/common.sh
cmake -S . -B build/analyzer -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS="-fanalyzer -O1 \
-DLFADS_ANALYSED -Wno-analyzer-malloc-leak -Wno-analyzer-use-of-uninitialized-value" >/dev/null
cmake --build build/analyzer --target lfads
echo "$(find src -name '*.c' | wc -l) files, nothing found"
