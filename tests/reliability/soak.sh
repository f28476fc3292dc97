# soak.sh PROGRAM SCRATCH [MODELS]: the program in a fresh folder.
# SPDX-License-Identifier: Apache-2.0
set -eu
rm -rf "$2"
mkdir -p "$2"
exec "$@"
