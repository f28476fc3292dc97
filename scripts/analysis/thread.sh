# Tests with several threads under ThreadSanitizer; libraries that were not compiled for it (HDF5,
# oneDNN, cairo) are left out of account. That it sees races of ours was tried by planting one in a
# shard's costs.
# needs: clang libclang-rt-dev libomp-dev llvm
# SPDX-License-Identifier: Apache-2.0
. scripts/analysis/common.sh
build thread
export TSAN_OPTIONS="ignore_noninstrumented_modules=1"
tests thread -R 'golden/(cpu|float|double|modern)|contract|properties|unit/(threads|workers)|cli/training|readers/denoiser|readers/events|public/threads' -E 'emulat|isolated|device'
