# Compiles with clang, whose warnings are errors too, and runs what its code generation may change.
# (gcc is what `make build` takes.)
# needs: clang libomp-dev
# SPDX-License-Identifier: Apache-2.0
. scripts/analysis/common.sh
build clang
tests clang -R 'unit|golden|contract|properties|readers/denoiser'
