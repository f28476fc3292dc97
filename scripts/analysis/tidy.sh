# clang-tidy over all sources but the tests; .clang-tidy says what it looks for.
# needs: clang clang-tidy libomp-dev
# SPDX-License-Identifier: Apache-2.0
. scripts/analysis/common.sh
build clang
find src bench examples -name '*.c' | xargs -P "$jobs" -n 2 clang-tidy -p build/clang --quiet
echo "$(find src bench examples -name '*.c' | wc -l) files, nothing found"
