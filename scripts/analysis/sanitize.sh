# The tests under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer. Of the emulated device
# the contract alone, which has every kernel: models there take many minutes. TESTS: a regular
# expression, for some of them.
# SPDX-License-Identifier: Apache-2.0
. scripts/analysis/common.sh
build sanitize
LSAN_OPTIONS="suppressions=$PWD/tests/leaks.txt:print_suppressions=0" tests sanitize ${TESTS:+-R "$TESTS"}
