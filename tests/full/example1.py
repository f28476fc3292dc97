"""The original's first example at full size, to where the original's own run was measured: 91
epochs, then 64 samples of each of 100 validation trials.

  example1.py LFADS GOLDEN/training SCRATCH

The original's figures there: R2 of the rates with the truth 0.878, mean validation bound 2059.7 and
its total 2057.1; the reconstruction costs of three stretches of epochs are compared with its log.
SPDX-License-Identifier: Apache-2.0"""
import json
import os
import re
import shutil
import subprocess
import sys

import h5py

LFADS, GOLDEN, SCRATCH = (os.path.abspath(p) for p in sys.argv[1:4])
failures = 0


def check(condition, text):
    global failures
    print("ok    " if condition else "FAILED", text)
    failures += not condition


def recon(path):
    """Validation reconstruction cost, epoch by epoch."""
    with open(path) as file:
        return [float(re.search(r"recon,[\d.]+,([\d.]+)", row).group(1)) for row in file]


def main():
    shutil.rmtree(SCRATCH, ignore_errors=True)
    data, save = f"{SCRATCH}/data", f"{SCRATCH}/save"
    subprocess.run([LFADS, "synth", "chaotic", f"--save_dir={data}",
                    "--datafile_name=chaotic_rnn_no_inputs"], check=True)
    subprocess.run([LFADS, "train", f"--data_dir={data}",
                    "--data_filename_stem=chaotic_rnn_no_inputs", f"--lfads_save_dir={save}",
                    "--factors_dim=20", "--co_dim=0", "--seed=1", "--max_epochs=91"], check=True)
    subprocess.run([LFADS, "posterior-sample", f"--lfads_save_dir={save}", "--batch_size=64",
                    "--ps_nexamples_to_process=100", "--quiet"], check=True)
    run = f"{save}/model_runs_dataset_N50_S50_valid_posterior_sample_and_average"
    score = json.loads(subprocess.run(
        [LFADS, "evaluate", f"--data_file={data}/chaotic_rnn_no_inputs_dataset_N50_S50",
         f"--model_run={run}", "--json"], check=True, capture_output=True, text=True).stdout)
    check(score["r2"] >= 0.86, f"R2 of the rates with the truth {score['r2']:.4f}, wanted 0.86")
    with h5py.File(run) as file:
        check(int(file["train_steps"][0]) == 2275, f"step {file['train_steps'][0]:.0f}")
    with open(f"{save}/fitlog.csv") as file:
        total = float(re.search(r"total,[\d.]+,([\d.]+)", file.read().splitlines()[-1]).group(1))
    check(abs(total - 2057.1) <= 8, f"validation total {total}, the original's 2057.1")
    ours, theirs = recon(f"{save}/fitlog.csv"), recon(f"{GOLDEN}/example1_fitlog.csv")
    for first, last in ((40, 44), (60, 64), (86, 90)):
        a = sum(ours[first:last + 1]) / (last - first + 1)
        b = sum(theirs[first:last + 1]) / (last - first + 1)
        check(abs(a - b) <= 15, f"epochs {first}-{last}: {a:.1f}, the original's {b:.1f}")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
