#!/bin/sh
# `make demo`: what it builds, and the demo itself, short.
#   demo.sh SOURCE LFADS SCRATCH
# SPDX-License-Identifier: Apache-2.0
set -eu
source=$1
lfads=$2
scratch=$3

fail() {
    echo "FAILED $*"
    exit 1
}

rm -rf "$scratch"
mkdir -p "$scratch/bin"
# the build: of the program only; CUDA's compiler, were there one, is not asked for
cat >"$scratch/bin/nvcc" <<END
#!/bin/sh
touch "$scratch/called"
exit 1
END
chmod +x "$scratch/bin/nvcc"
(cd "$source" && PATH="$scratch/bin:$PATH" CUDACXX="$scratch/bin/nvcc" \
    cmake --preset program -B "$scratch/build" >/dev/null)
test ! -e "$scratch/called" || fail "configuring runs nvcc"
cmake --build "$scratch/build" --target lfads -- -n >"$scratch/steps"
grep -q 'src/cli/lfads$' "$scratch/steps" || fail "the program is not built"
! grep -E '(tests|bench|cuda)/' "$scratch/steps" || fail "more than the program is built"
! cmake --build "$scratch/build" -- -n | grep 'tests/' || fail "tests are configured"
make -n -C "$source" demo | grep -q 'setup.sh --program' || fail "make demo installs the tests' packages"

EPOCHS=3 CONDITIONS=21 TRIALS=11 sh "$source/scripts/demo.sh" "$lfads" "$scratch/demo" >"$scratch/out"
for stage in 1 2 3 4; do
    grep -A1 "^== $stage\. " "$scratch/out" | grep -q 'takes about ' || fail "stage $stage: no time"
done
grep -q '^Epoch:2' "$scratch/out" || fail "the training shows no progress"
grep -q '^R2 of the rates' "$scratch/out" || fail "no score"
grep -q '^The demo took ' "$scratch/out" || fail "no time at the end"
test -s "$scratch/demo/rates.png" || fail "no figure"
echo "demo ok"
