#!/bin/sh
# Makes the seven synthetic data sets of the original's documentation.
#   run_generate_synth_data.sh [DIR]      DIR: /tmp/rnn_synth_data_v1.0/
# SPDX-License-Identifier: Apache-2.0
set -eu
case ${1:-} in
-*)
    echo "usage: run_generate_synth_data.sh [DIR]    makes the seven sets, in DIR or in" \
        "/tmp/rnn_synth_data_v1.0/"
    case $1 in -h | --help) exit 0 ;; *) exit 2 ;; esac
    ;;
esac
folder=${1:-/tmp/rnn_synth_data_v1.0/}
here=$(dirname "$0")
# the program beside this script, or the one on the path
lfads=lfads
[ ! -x "$here/lfads" ] || lfads=$here/lfads

make_set() {
    generator=$1
    shift
    "$lfads" synth "$generator" --save_dir="$folder" --synth_data_seed=5 --T=1 --dt=0.01 \
        --tau=0.025 --x0_std=1.0 --max_firing_rate=30.0 --train_percentage=0.8 "$@"
}
make_set chaotic --datafile_name=chaotic_rnn_no_inputs --C=400 --N=50 --S=50 --nreplications=10 \
    --g=1.5 --input_magnitude=0 --noise_type=poisson
make_set chaotic --datafile_name=gaussian_chaotic_rnn_no_inputs --C=400 --N=50 --S=50 \
    --nreplications=10 --g=1.5 --input_magnitude=0 --noise_type=gaussian
make_set chaotic --datafile_name=chaotic_rnn_inputs_g1p5 --C=400 --N=50 --S=50 --nreplications=10 \
    --g=1.5 --input_magnitude=20 --noise_type=poisson
make_set chaotic --datafile_name=chaotic_rnn_inputs_g2p5 --C=400 --N=50 --S=50 --nreplications=10 \
    --g=2.5 --input_magnitude=20 --noise_type=poisson
make_set chaotic --datafile_name=chaotic_rnn_multisession --C=150 --N=100 --S=20 --npcs=10 \
    --nreplications=40 --g=1.5 --input_magnitude=0 --noise_type=poisson
make_set itb --datafile_name=itb_rnn --C=800 --N=50 --nreplications=5 --u_std=0.25
make_set labeled --datafile_name=chaotic_rnns_labeled --C=400 --N=50 --nreplications=10 --g=1.5
