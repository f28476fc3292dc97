"""Trains on a real recording and comes to the known figures on validation trials: the reconstruction
cost, and the bits a spike that the denoised rates predict beyond constant rates.

  ratmotor.py LFADS SCRATCH PROJECT

The recording is not ours to publish: it is looked for in $LFADS_SHARED (default ../shared beside
the project). Where it is missing the test says so and does not run; with CI=true it fails.
SPDX-License-Identifier: Apache-2.0"""
import json
import math
import os
import sys

import h5py

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import Skip, check, run

PROJECT, = harness.MORE
DATA = os.path.join(os.environ.get("LFADS_SHARED", f"{PROJECT}/../shared"), "data", "real")
# Mean of the seeds 1 to 5, and six of their standard deviations: other random numbers stay within, a
# model that does not learn (0 bits, a cost of 1037) does not.
BITS, BITS_BAND = 0.0887, 6 * 0.0015
COST, COST_BAND = 1013.4, 6 * 0.8


def test_recording():
    file = f"{DATA}/ratmotor_session"
    if not os.path.exists(file):
        missing = f"{file} is not there; LFADS_SHARED says where the recordings are"
        check(os.environ.get("CI") != "true", missing)
        raise Skip(missing)
    run("train", f"--data_dir={DATA}", "--data_filename_stem=ratmotor", "--lfads_save_dir=save",
        "--factors_dim=10", "--gen_dim=64", "--ic_enc_dim=48", "--ic_dim=32", "--co_dim=0",
        "--kl_increase_steps=200", "--l2_increase_steps=200", "--l2_gen_scale=500", "--batch_size=32",
        "--max_epochs=12", "--seed=1", "--example_every_s=-1")
    with h5py.File(file) as data:
        trials = len(data["valid_data"])  # as many of the training trials, which nobody scores
    run("posterior-sample", "--lfads_save_dir=save", "--batch_size=16", f"--ps_nexamples_to_process={trials}", "--quiet")
    costs = [row["valid_recon"] for row in harness.costs("save")]
    score = json.loads(run(
        "evaluate", f"--data_file={file}", "--set=valid", "--json",
        "--model_run=save/model_runs_session_valid_posterior_sample_and_average").stdout)
    cost = f"validation reconstruction cost {costs[-1]}, known {COST} within {COST_BAND}"
    bits = f"{score['bits_per_spike']:.4f} bits per spike, known {BITS} within {BITS_BAND}"
    print(f"{cost}; {bits}")
    check(all(math.isfinite(c) for c in costs) and abs(costs[-1] - COST) <= COST_BAND, cost)
    check(abs(score["bits_per_spike"] - BITS) <= BITS_BAND, bits)


harness.main(globals())
