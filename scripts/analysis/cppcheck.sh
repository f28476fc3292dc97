# cppcheck over all sources in C.
# needs: cppcheck
# SPDX-License-Identifier: Apache-2.0
. scripts/analysis/common.sh
cppcheck --enable=warning,performance,portability --std=c11 --inline-suppr --quiet -j "$jobs" \
    --error-exitcode=1 --template=gcc -Iinclude -Isrc -D_DEFAULT_SOURCE -i tests/device/cuda_emulation src bench examples tests
echo "$(find src bench examples tests -name '*.c' | wc -l) files, nothing found"
