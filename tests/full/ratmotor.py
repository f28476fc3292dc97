"""Trains on a real recording and comes to the known figures on validation trials: the reconstruction
cost, and the bits a spike that the denoised rates predict beyond constant rates.

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
# Mean of the seeds 1 to 5, and four of their standard deviations: other random numbers stay within, a
# model that does not learn (0 bits, a cost of 1037) does not.
BITS, BITS_BAND = 0.1145, 4 * 0.0075
COST, COST_BAND = 1007.4, 4 * 2.5


def main():
    file = os.path.join(DATA, "ratmotor_session")
    if not os.path.exists(file):
        print(f"NOT RUN: {file} is not there; LFADS_SHARED says where the recordings are")
        return 1 if os.environ.get("CI") == "true" else NOT_RUN
    shutil.rmtree(SCRATCH, ignore_errors=True)
    train = [LFADS, "train", f"--data_dir={DATA}", "--data_filename_stem=ratmotor",
             f"--lfads_save_dir={SCRATCH}", "--factors_dim=10", "--gen_dim=64", "--ic_enc_dim=48",
             "--ic_dim=32", "--co_dim=0", "--kl_increase_steps=200", "--l2_increase_steps=200",
             "--l2_gen_scale=500", "--batch_size=32", "--max_epochs=25", "--seed=1"]
    subprocess.run(train, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([LFADS, "posterior-sample", f"--lfads_save_dir={SCRATCH}", "--batch_size=16",
                    "--quiet"], check=True)
    with open(os.path.join(SCRATCH, "fitlog.csv")) as table:
        costs = [float(row.split(",")[9]) for row in table]
    score = json.loads(subprocess.run(
        [LFADS, "evaluate", f"--data_file={file}", "--set=valid", "--json",
         f"--model_run={SCRATCH}/model_runs_session_valid_posterior_sample_and_average"],
        check=True, capture_output=True, text=True).stdout)
    bits = score["bits_per_spike"]
    print(f"validation reconstruction cost {costs[-1]}, known {COST} within {COST_BAND}; "
          f"{bits:.4f} bits per spike, known {BITS} within {BITS_BAND}")
    fine = all(math.isfinite(c) for c in costs) and abs(costs[-1] - COST) <= COST_BAND
    return 0 if fine and abs(bits - BITS) <= BITS_BAND else 1


sys.exit(main())
