# A short life under valgrind: data, training, going on, sampling, export, scores.
# needs: valgrind libc6-dbg
# SPDX-License-Identifier: Apache-2.0
. scripts/analysis/common.sh
# no module for GPUs: libraries that it loads keep memory
cmake --preset debug -B build/valgrind -DLFADS_CUDA=OFF >/dev/null
cmake --build build/valgrind --target lfads
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
run() {
    valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
        --show-leak-kinds=definite --suppressions=scripts/analysis/valgrind.supp \
        build/valgrind/src/cli/lfads "$@"
}
save=$scratch/save
run synth chaotic --save_dir="$scratch/data" --datafile_name=set --C=20 --N=6 --S=6 --T=0.3 \
    --nreplications=2
run train --preset=original --data_dir="$scratch/data" --data_filename_stem=set --lfads_save_dir="$save" \
    --factors_dim=3 --gen_dim=8 --con_dim=6 --ci_enc_dim=6 --ic_enc_dim=6 --ic_dim=3 --co_dim=1 \
    --batch_size=16 --threads=2 --seed=1 --max_epochs=2
run train --preset=original --data_dir="$scratch/data" --data_filename_stem=set --lfads_save_dir="$save" \
    --factors_dim=3 --gen_dim=8 --con_dim=6 --ci_enc_dim=6 --ic_enc_dim=6 --ic_dim=3 --co_dim=1 \
    --batch_size=16 --threads=2 --seed=1 --max_epochs=3
for kind in posterior-sample posterior-mean prior-sample write-params; do
    run "$kind" --lfads_save_dir="$save" --batch_size=4
done
session=$(basename "$scratch"/data/set_*)
session=${session#set_}
run evaluate --data_file="$scratch/data/set_$session" --set=valid --figure="$scratch/rates.png" \
    --model_run="$save/model_runs_${session}_valid_posterior_sample_and_average"
echo "nothing found"
