# cppcheck over all sources in C. tests/contract/tracked.cpp is left out: it includes the reference
# backend's C as C++, where cppcheck advises what C does not have.
# needs: cppcheck
# SPDX-License-Identifier: Apache-2.0
. scripts/analysis/common.sh
cppcheck --enable=warning,performance,portability --std=c11 --inline-suppr --quiet -j "$jobs" \
    --error-exitcode=1 --template=gcc -Iinclude -Isrc -D_DEFAULT_SOURCE -i tests/device/cuda_emulation \
    -i tests/contract/tracked.cpp src bench examples tests
echo "$(find src bench examples tests -name '*.c' | wc -l) files, nothing found"
