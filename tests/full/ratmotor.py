"""Trains on a real recording and asks that it is of use: the validation cost is finite and falls,
and the denoised rates predict the spikes of validation trials better than constant rates do.

  ratmotor.py LFADS SCRATCH PROJECT

The recording is not ours to publish: it is looked for in $LFADS_SHARED (default ../shared beside
the project). Where it is missing the test says so and does not run; with CI=true it fails.
SPDX-License-Identifier: Apache-2.0"""
import json
import math
import os
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import Skip, check, run

PROJECT, = harness.MORE
DATA = os.path.join(os.environ.get("LFADS_SHARED", f"{PROJECT}/../shared"), "data", "real")


def test_recording():
    file = f"{DATA}/ratmotor_session"
    if not os.path.exists(file):
        missing = f"{file} is not there; LFADS_SHARED says where the recordings are"
        check(os.environ.get("CI") != "true", missing)
        raise Skip(missing)
    run("train", f"--data_dir={DATA}", "--data_filename_stem=ratmotor", "--lfads_save_dir=save",
        "--factors_dim=10", "--gen_dim=64", "--ic_enc_dim=48", "--ic_dim=32", "--co_dim=0",
        "--kl_increase_steps=200", "--l2_increase_steps=200", "--l2_gen_scale=500", "--max_epochs=25",
        "--seed=1")
    run("posterior-sample", "--lfads_save_dir=save", "--batch_size=16", "--quiet")
    costs = [row["valid_recon"] for row in harness.costs("save")]
    score = json.loads(run(
        "evaluate", f"--data_file={file}", "--set=valid", "--json",
        "--model_run=save/model_runs_session_valid_posterior_sample_and_average").stdout)
    said = (f"validation reconstruction cost {costs[0]} to {costs[-1]}; "
            f"{score['bits_per_spike']:.4f} bits per spike")
    print(said)
    check(all(math.isfinite(c) for c in costs) and costs[-1] < costs[0] - 10 and
          score["bits_per_spike"] > 0, said)


harness.main(globals())
