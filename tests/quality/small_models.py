"""Small models, trained with fixed seeds on synthetic sets, come to the figures in tests/quality.csv.

  small_models.py LFADS SCRATCH QUALITY.CSV [--update]

With --update it writes the table anew, after it has seen that the tolerances suffice: it repeats every
case from first weights that differ in the last bits, as different rounding would make them.
SPDX-License-Identifier: Apache-2.0"""
import csv
import glob
import json
import os
import re
import shutil
import struct
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, run

TABLE, *WORDS = harness.MORE
UPDATE = WORDS == ["--update"]
EPOCHS = 25
TOLERANCE = {1: 1e-5, EPOCHS: 5e-5}  # relative, after so many epochs; quality.csv says why
DISTURBANCES = [f"--{scale}_weight_scale={1 + sign * 1e-6:.7f}" for sign in (1, -1)
                for scale in ("cell", "gen_cell_input", "gen_cell_rec")]

SIZES = ["--T=0.4", "--C=8", "--N=16", "--nreplications=10"]
SETS = {
    "counts": ["chaotic", "--S=16", "--max_firing_rate=100"],
    "pulses": ["chaotic", "--S=16", "--max_firing_rate=100", "--input_magnitude=20"],
    "reals": ["chaotic", "--S=16", "--max_firing_rate=1", "--noise_type=gaussian"],
    "sessions": ["chaotic", "--S=8", "--max_firing_rate=100", "--npcs=4"],
    "labels": ["labeled", "--max_firing_rate=100"],
}
MODEL = ["--factors_dim=4", "--gen_dim=24", "--ic_dim=8", "--ic_enc_dim=16", "--ci_enc_dim=12",
         "--con_dim=12", "--batch_size=16", "--seed=1", "--kl_increase_steps=20",
         "--l2_increase_steps=20", "--l2_gen_scale=100", "--l2_con_scale=10",
         "--example_every_s=-1", f"--max_epochs={EPOCHS}", "--device=cpu"]
CASES = {  # the set, and a case's own flags
    "autonomous": ("counts", ["--co_dim=0", "--keep_prob=1"]),
    "controller": ("pulses", ["--co_dim=1", "--keep_prob=0.9"]),
    "gaussian": ("reals", ["--output_dist=gaussian", "--co_dim=1",
                           "--feedback_factors_or_rates=rates"]),
    "multisession": ("sessions", ["--co_dim=0"]),
    "external": ("labels", ["--co_dim=1", "--ext_input_dim=1"]),
    "causal": ("pulses", ["--co_dim=2", "--do_causal_controller", "--controller_input_lag=2",
                          "--co_mean_corr_scale=0.1", "--temporal_spike_jitter_width=1",
                          "--ic_prior_var_max=0.3"]),
}
COSTS = {"recon_train": "Reconstruction_cost__train_", "recon_valid": "Reconstruction_cost__valid_",
         "kl_train": "KL_cost__train_", "kl_valid": "KL_cost__valid_", "l2": "L2_cost",
         "corr": "Corr_cost"}
SCORES = ["r2", "bits_per_spike", "nll", "nll_bound_vae"]


def logged(save):
    """TensorBoard's numbers, which are not rounded to decimals: a list of the epochs' for each tag."""
    found = {}
    with open(glob.glob(f"{save}/lfads_log/events*")[0], "rb") as file:
        for tag, value in re.findall(rb"LFADS/(\w+)\x15(.{4})", file.read(), re.DOTALL):
            found.setdefault(tag.decode(), []).append(struct.unpack("<f", value)[0])
    return found


def figures(case, *more):
    """{(case, epochs, measure): value}."""
    data, flags = CASES[case]
    save, found = f"{SCRATCH}/{case}", {}
    shutil.rmtree(save, ignore_errors=True)
    run("train", f"--data_dir={data}", "--data_filename_stem=set", f"--lfads_save_dir={case}", *MODEL,
        *flags, *more)
    run("posterior-sample", f"--lfads_save_dir={case}", "--batch_size=16", "--quiet", "--device=cpu")
    log = logged(save)
    for measure, tag in COSTS.items():
        for epochs in TOLERANCE:
            if measure != "corr" or "--co_mean_corr_scale=0.1" in flags:
                found[case, epochs, measure] = log[tag][epochs - 1]
    for path in sorted(glob.glob(f"{SCRATCH}/{data}/set_*")):
        session = os.path.basename(path)[len("set_"):]
        score = json.loads(run(
            "evaluate", f"--data_file={path}", "--json", *["--conversion_factor=1"][:data == "reals"],
            f"--model_run={save}/model_runs_{session}_valid_posterior_sample_and_average").stdout)
        for measure in SCORES:
            if measure in score:
                found[case, EPOCHS, f"{measure} {session}"] = score[measure]
    return found


def read_table():
    """The comment, and {(case, epochs, measure): (value, tolerance)}."""
    with open(TABLE) as file:
        lines = file.read().splitlines()
    comment = [line for line in lines if line.startswith("#")]
    return comment, {(row["case"], int(row["epochs"]), row["measure"]):
                     (float(row["value"]), float(row["tolerance"]))
                     for row in csv.DictReader(lines[len(comment):])}


def write_table(comment, found):
    with open(TABLE, "w") as file:
        file.write("\n".join(comment + ["case,epochs,measure,value,tolerance", ""]))
        file.writelines(f"{case},{epochs},{measure},{value:.7g},{TOLERANCE[epochs]:g}\n"
                        for (case, epochs, measure), value in found.items())


def compare(found, expected):
    """What is wrong, a line a figure."""
    wrong = [f"{key}: is in {TABLE}, but no run makes it" for key in expected if key not in found]
    for key, value in found.items():
        if key not in expected:
            wrong.append(f"{key}: {value:.7g} is not in {TABLE}")
            continue
        old, tolerance = expected[key]
        if not abs(value - old) <= tolerance * abs(old):
            wrong.append(f"{key}: {value:.7g}, in {TABLE} {old:.7g}: differ by "
                         f"{abs(value / old - 1):.1e}, allowed is {tolerance:g}")
    return wrong


def check_tolerances(found):
    """What moves by more than half a tolerance when the first weights do in their last bits."""
    halves = {key: (value, TOLERANCE[key[1]] / 2) for key, value in found.items()}
    wrong = []
    for disturbance in DISTURBANCES:
        disturbed = {}
        for case in CASES:
            disturbed.update(figures(case, disturbance))
        wrong += [f"{disturbance}: {text}" for text in compare(disturbed, halves)]
    return wrong


def test_figures():
    for name, flags in SETS.items():
        run("synth", *flags, *SIZES, f"--save_dir={name}", "--datafile_name=set")
    found = {}
    for case in CASES:
        found.update(figures(case))
    comment, expected = read_table()
    wrong = check_tolerances(found) if UPDATE else compare(found, expected)
    if UPDATE and not wrong:
        write_table(comment, found)
    check(not wrong, "\n".join(wrong))
    print(f"{len(found)} figures, {len(wrong)} wrong")


harness.main(globals())
