"""The original's first example at full size, to where the original's own run was measured: 91
epochs, then 64 samples of each of 100 validation trials.

  example1.py LFADS SCRATCH GOLDEN/training

The original's figures there: R2 of the rates with the truth 0.878, mean validation bound 2059.7 and
its total 2057.1; the reconstruction costs of three stretches of epochs are compared with its log.
SPDX-License-Identifier: Apache-2.0"""
import json
import os
import re
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import MORE, check, costs, numbers, run, text


def recon(path):
    """Validation reconstruction cost, epoch by epoch."""
    return [float(re.search(r"recon,[\d.]+,([\d.]+)", row).group(1)) for row in text(path).splitlines()]


def test_example():
    run("synth", "chaotic", "--save_dir=data", "--datafile_name=chaotic_rnn_no_inputs")
    run("train", "--data_dir=data", "--data_filename_stem=chaotic_rnn_no_inputs", "--lfads_save_dir=save",
        "--factors_dim=20", "--co_dim=0", "--seed=1", "--max_epochs=91")
    run("posterior-sample", "--lfads_save_dir=save", "--batch_size=64", "--ps_nexamples_to_process=100",
        "--quiet")
    results = "save/model_runs_dataset_N50_S50_valid_posterior_sample_and_average"
    score = json.loads(run("evaluate", "--data_file=data/chaotic_rnn_no_inputs_dataset_N50_S50",
                           f"--model_run={results}", "--json").stdout)
    print(f"R2 of the rates with the truth {score['r2']:.4f}")
    check(score["r2"] >= 0.86, f"R2 of the rates with the truth {score['r2']:.4f}, wanted 0.86")
    step = int(numbers(results)["train_steps"][0])
    check(step == 2275, f"step {step}")
    total = costs("save")[-1]["valid"]
    check(abs(total - 2057.1) <= 8, f"validation total {total}, the original's 2057.1")
    ours, theirs = recon("save/fitlog.csv"), recon(f"{MORE[0]}/example1_fitlog.csv")
    for first, last in ((40, 44), (60, 64), (86, 90)):
        a = sum(ours[first:last + 1]) / (last - first + 1)
        b = sum(theirs[first:last + 1]) / (last - first + 1)
        print(f"epochs {first}-{last}: {a:.1f}, the original's {b:.1f}")
        check(abs(a - b) <= 15, f"epochs {first}-{last}: {a:.1f}, the original's {b:.1f}")


harness.main(globals())
