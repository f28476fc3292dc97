# Which lines and branches the tests reach: a table in build/coverage/coverage.txt, pages in
# build/coverage/html. Fails below 90 % of lines.
# needs: gcovr
# SPDX-License-Identifier: Apache-2.0
. scripts/analysis/common.sh
build coverage
find build/coverage -name '*.gcda' -delete
tests coverage -E "$left_out"
ctest --test-dir build/coverage --output-on-failure -R device/program/isolated_memory # the host's side of devices
mkdir -p build/coverage/html
gcovr --root . build/coverage --filter 'src/' --exclude '.*events\.pb.*' -j "$jobs" \
    --exclude-unreachable-branches --exclude-throw-branches --print-summary \
    --txt build/coverage/coverage.txt --html-details build/coverage/html/index.html \
    --fail-under-line 90 >build/coverage/summary.txt || {
    cat build/coverage/coverage.txt
    exit 1
}
sed -n 's/^\(lines\|branches\): \([0-9.]*%\).*/\1 \2/p' build/coverage/summary.txt | paste -sd' '
