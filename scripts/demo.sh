#!/bin/sh
# The program's main job on made data: data, training, denoised rates, their score, a figure. Before
# each stage a small part of it is run, to say how long the stage will take.
#   demo.sh LFADS FOLDER
# In the environment: CONDITIONS of the data, ten trials each; EPOCHS of the training; TRIALS that
# are denoised.
# SPDX-License-Identifier: Apache-2.0
set -eu
lfads=$1
folder=$2
# shellcheck source=scripts/pace.sh
. "$(dirname "$0")/pace.sh"
set_name=chaotic_rnn_no_inputs
session=dataset_N50_S50
conditions=${CONDITIONS:-400}
epochs=${EPOCHS:-45}
trials=${TRIALS:-100}
# the small parts
few_conditions=20
few_epochs=2
few_trials=10
began=$(clock_ms)

run() {
    echo "\$ lfads $*"
    "$lfads" "$@"
}

# estimate ALL PART COMMAND...: runs COMMAND, which is PART of a stage of ALL, and says how long the
# stage, or its rest, will take. What a command does once is counted ALL / PART times.
estimate() {
    all=$1
    part=$2
    shift 2
    [ "$all" -gt "$part" ] || return 0
    start=$(clock_ms)
    "$lfads" "$@" >/dev/null
    took=$(($(clock_ms) - start))
    echo "takes about $(duration $((took * all / part))) ($part of $all took $(duration "$took"))"
}

rm -rf "$folder/model"
mkdir -p "$folder"

echo "== 1. Data: $((10 * conditions)) trials of a chaotic network of 50 units, seen through Poisson spikes"
set -- synth chaotic --save_dir="$folder/data" --datafile_name=$set_name
estimate "$conditions" $few_conditions "$@" --C=$few_conditions
run "$@" --C="$conditions"

echo
echo "== 2. Training: $epochs epochs (a full training takes several hundred)"
set -- train --preset=original --data_dir="$folder/data" --data_filename_stem=$set_name \
    --lfads_save_dir="$folder/model" --factors_dim=20 --co_dim=0 --seed=1 \
    --kl_increase_steps=800 --l2_increase_steps=800
estimate "$epochs" $few_epochs "$@" --max_epochs=$few_epochs --quiet
run "$@" --max_epochs="$epochs"

echo
echo "== 3. Denoised rates of $trials validation trials, each from 64 samples of its posterior"
set -- posterior-sample --lfads_save_dir="$folder/model" --batch_size=64 --quiet
estimate $trials $few_trials "$@" --ps_nexamples_to_process=$few_trials
run "$@" --ps_nexamples_to_process=$trials

echo
echo "== 4. Score against the true rates, and a figure: takes about a second"
run evaluate --data_file="$folder/data/${set_name}_$session" --set=valid \
    --model_run="$folder/model/model_runs_${session}_valid_posterior_sample_and_average" \
    --figure="$folder/rates.png"
echo "figure of rates, truth and spikes: $folder/rates.png"
echo "The demo took $(duration $(($(clock_ms) - began)))."
