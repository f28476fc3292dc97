# Tests with several threads under ThreadSanitizer. clang's OpenMP library tells it, through Archer,
# which threads wait for which; libraries that were not compiled for it (HDF5, oneDNN, cairo) are left
# out of account. That it sees races of ours was tried by planting one in a shard's costs.
# needs: clang libclang-rt-dev libomp-dev llvm
# SPDX-License-Identifier: Apache-2.0
. scripts/analysis/common.sh
build thread
export TSAN_OPTIONS="ignore_noninstrumented_modules=1"
# the program has no search path of its own, by which clang's OpenMP library would find Archer
OMP_TOOL_LIBRARIES=$(find /usr/lib/llvm-*/lib -name libarcher.so | tail -n 1)
export OMP_TOOL_LIBRARIES
ARCHER_OPTIONS=verbose=1 build/thread/tests/properties/property_agreement 2>&1 |
    grep -q 'Archer detected' || {
    echo "Archer, which explains OpenMP to ThreadSanitizer, was not loaded"
    exit 1
}
tests thread -R 'golden/cpu|contract|properties|cli/training|readers/denoiser|readers/events|public/threads' -E 'emulat|isolated|device'
