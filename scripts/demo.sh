#!/bin/sh
# The program's main job on made data: data, training, denoised rates, their score, a figure.
#   demo.sh LFADS FOLDER
# SPDX-License-Identifier: Apache-2.0
set -eu
lfads=$1
folder=$2
set_name=chaotic_rnn_no_inputs
session=dataset_N50_S50
epochs=${EPOCHS:-45}

rm -rf "$folder/model"
mkdir -p "$folder"
run() {
    echo "\$ lfads $*"
    "$lfads" "$@"
}

echo "== 1. Data: 4000 trials of a chaotic network of 50 units, seen through Poisson spikes"
run synth chaotic --save_dir="$folder/data" --datafile_name=$set_name
echo
echo "== 2. Training: $epochs epochs (a full training takes several hundred)"
run train --data_dir="$folder/data" --data_filename_stem=$set_name \
    --lfads_save_dir="$folder/model" --factors_dim=20 --co_dim=0 --seed=1 \
    --kl_increase_steps=800 --l2_increase_steps=800 --max_epochs="$epochs"
echo
echo "== 3. Denoised rates of 100 validation trials, each from 64 samples of its posterior"
run posterior-sample --lfads_save_dir="$folder/model" --batch_size=64 \
    --ps_nexamples_to_process=100 --quiet
echo
echo "== 4. Score against the true rates, and a figure"
run evaluate --data_file="$folder/data/${set_name}_$session" --set=valid \
    --model_run="$folder/model/model_runs_${session}_valid_posterior_sample_and_average" \
    --figure="$folder/rates.png"
echo "figure of rates, truth and spikes: $folder/rates.png"
