#!/bin/sh
# The seven sets by the installed script, called as the original's: from the folder that holds it.
#   all_sets.sh BUILD SCRATCH
# SPDX-License-Identifier: Apache-2.0
set -eu
build=$1
scratch=$2

rm -rf "$scratch"
cmake --install "$build" --prefix "$scratch/prefix" >/dev/null
cd "$scratch/prefix/bin"
./run_generate_synth_data.sh "$scratch/sets/"
cd "$scratch/sets"
for file in chaotic_rnn_no_inputs_dataset_N50_S50 gaussian_chaotic_rnn_no_inputs_dataset_N50_S50 \
    chaotic_rnn_inputs_g1p5_dataset_N50_S50 chaotic_rnn_inputs_g2p5_dataset_N50_S50 \
    chaotic_rnn_multisession_dataset_N100_S20_n1 chaotic_rnn_multisession_dataset_N100_S20_n5 \
    itb_rnn_dataset_N50 chaotic_rnns_labeled_dataset_N50; do
    test -s "$file" || {
        echo "$file was not made"
        exit 1
    }
done
test "$(find . -name '*dataset*' | wc -l)" -eq 11
# one update of the examples whose sets only the script makes at full size
for name in multisession itb labels; do
    if EXTRA="--max_epochs=1 --seed=1 --quiet --gen_dim=20 --con_dim=8 --ci_enc_dim=8 --ic_enc_dim=8" \
        ../prefix/bin/run_examples.sh "$scratch/sets" "$scratch/save" $name; then
        test -s "$scratch/save/$name/fitlog.csv"
    else
        echo "the example $name failed on its full set"
        exit 1
    fi
done
