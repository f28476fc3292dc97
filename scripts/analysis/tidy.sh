# clang-tidy over all sources but the tests; .clang-tidy says what it looks for.
# needs: clang clang-tidy libomp-dev
# SPDX-License-Identifier: Apache-2.0
. scripts/analysis/common.sh
cmake --preset clang >/dev/null
# of the build it needs the files that are made
# shellcheck disable=SC2046 # a list of words
ninja -C build/clang $(ninja -C build/clang -t targets all | sed -n '/\.[ch]: CUSTOM_COMMAND$/s/:.*//p')
find src bench examples -name '*.c' | xargs -P "$jobs" -n 2 clang-tidy -p build/clang --quiet
echo "$(find src bench examples -name '*.c' | wc -l) files, nothing found"
