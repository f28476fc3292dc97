"""Trains on a real recording and asks that it is of use: the validation cost is finite and falls,
and the denoised rates predict the spikes of validation trials better than constant rates do.

  ratmotor.py LFADS SCRATCH

The recording is not ours to publish: it is looked for in $LFADS_SHARED (default ../shared beside
the project). Where it is missing the test says so and does not run; with CI=true it fails.
SPDX-License-Identifier: Apache-2.0"""
import json
import math
import os
import shutil
import subprocess
import sys

LFADS, SCRATCH, PROJECT = (os.path.abspath(p) for p in sys.argv[1:4])
DATA = os.path.join(os.environ.get("LFADS_SHARED", os.path.join(PROJECT, "..", "shared")),
                    "data", "real")
NOT_RUN = 77


def main():
    file = os.path.join(DATA, "ratmotor_session")
    if not os.path.exists(file):
        print(f"NOT RUN: {file} is not there; LFADS_SHARED says where the recordings are")
        return 1 if os.environ.get("CI") == "true" else NOT_RUN
    shutil.rmtree(SCRATCH, ignore_errors=True)
    train = [LFADS, "train", f"--data_dir={DATA}", "--data_filename_stem=ratmotor",
             f"--lfads_save_dir={SCRATCH}", "--factors_dim=10", "--gen_dim=64", "--ic_enc_dim=48",
             "--ic_dim=32", "--co_dim=0", "--kl_increase_steps=200", "--l2_increase_steps=200",
             "--l2_gen_scale=500", "--max_epochs=25", "--seed=1"]
    subprocess.run(train, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([LFADS, "posterior-sample", f"--lfads_save_dir={SCRATCH}", "--batch_size=16",
                    "--quiet"], check=True)
    with open(os.path.join(SCRATCH, "fitlog.csv")) as table:
        costs = [float(row.split(",")[9]) for row in table]
    score = json.loads(subprocess.run(
        [LFADS, "evaluate", f"--data_file={file}", "--set=valid", "--json",
         f"--model_run={SCRATCH}/model_runs_session_valid_posterior_sample_and_average"],
        check=True, capture_output=True, text=True).stdout)
    print(f"validation reconstruction cost {costs[0]} to {costs[-1]}; "
          f"{score['bits_per_spike']:.4f} bits per spike")
    fine = all(math.isfinite(c) for c in costs) and costs[-1] < costs[0] - 10
    return 0 if fine and score["bits_per_spike"] > 0 else 1


sys.exit(main())
