#!/bin/sh
# Makes the sets and holds them against the original's numbers.
#   make_sets.sh LFADS GOLDEN/synth SCRATCH PYTHON
# SPDX-License-Identifier: Apache-2.0
set -eu
lfads=$1
golden=$2
scratch=$3
python=$4

rm -rf "$scratch"
make_set() {
    name=$1
    shift
    generator=$1
    shift
    "$lfads" synth "$generator" --save_dir="$scratch" --datafile_name="$name" "$@"
    "$python" "$(dirname "$0")/synth.py" "$scratch" "$golden/$name.json"
    rm -f "$scratch/$name"*
}
make_set chaotic_rnn_no_inputs chaotic
make_set chaotic_rnn_inputs_g1p5 chaotic --input_magnitude=20
make_set chaotic_rnn_inputs_g2p5 chaotic --input_magnitude=20 --g=2.5
make_set gaussian_chaotic_rnn_no_inputs chaotic --noise_type=gaussian
make_set chaotic_rnn_multisession chaotic --C=150 --N=100 --S=20 --npcs=10 --nreplications=40
make_set chaotic_rnns_labeled labeled
make_set itb_rnn itb --C=800 --N=50 --nreplications=5 --u_std=0.25
