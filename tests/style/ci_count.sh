#!/bin/bash
# What .ci/run counts of the tests that CTest has run: a skipped test has not passed, and one that
# could not begin has failed.
#   ci_count.sh PROJECT SCRATCH
# SPDX-License-Identifier: Apache-2.0
set -eu
rm -rf "$2"
mkdir -p "$2"
cd "$2"
cat >CTestTestfile.cmake <<'TESTS'
add_test(passes true)
add_test(passes_too true)
add_test(fails false)
add_test(is_skipped sh -c "exit 77")
set_tests_properties(is_skipped PROPERTIES SKIP_RETURN_CODE 77)
add_test(is_absent ./absent)
add_test(is_ended sleep 60)
set_tests_properties(is_ended PROPERTIES TIMEOUT 1)
TESTS
status=0
ctest --output-junit all.xml >log 2>&1 || status=$?
ctest -R 'passes|skipped' --output-junit fine.xml >>log 2>&1
sed -n '/^count() {/,/^}/p' "$1/.ci/run" >count.sh
# shellcheck source=/dev/null
. ./count.sh

# expect PASSED FAILED SKIPPED FILE STATUS
expect() {
    local wanted="$1 passed, $2 failed, $3 skipped" counted
    passed=0 failed=0 skipped=0
    count "$4" "$5"
    counted="$passed passed, $failed failed, $skipped skipped"
    [ "$counted" = "$wanted" ] || { echo "$4, status $5: $counted; wanted $wanted" && exit 1; }
}
expect 2 3 1 all.xml "$status"
expect 2 0 1 fine.xml 0
expect 2 1 1 fine.xml 8
expect 0 1 0 absent.xml 1
