"""The example runs of the original's documentation, as typed there, on small sets of the same kinds:
in a folder that holds the installed programs, and by name from any other.

  examples.py LFADS SCRATCH SCRIPTS

SPDX-License-Identifier: Apache-2.0"""
import json
import os
import shutil
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import LFADS, SCRATCH, check, numbers, write

SCRIPTS, = harness.MORE
PROGRAMS, DATA, SAVE = f"{SCRATCH}/programs", f"{SCRATCH}/data", f"{SCRATCH}/save"
# a flag that is given again replaces the example's: small networks
EXTRA = "--max_epochs=1 --seed=3 --quiet --kl_increase_steps=2 --l2_increase_steps=2 --device=cpu --example_every_s=-1 " \
    "--gen_dim=20 --ic_enc_dim=12 --con_dim=12 --ci_enc_dim=12 --ic_dim=6"
SESSIONS = [f"dataset_N100_S20_n{i}" for i in range(1, 6)]
# sessions, keys in their results and those that are not, parameters in their checkpoints
EXAMPLES = {
    "no_inputs": (["dataset_N50_S50"], [], "LFADS_gen_gen_2_fac_W"),
    "pulses": (["dataset_N50_S50"], ["controller_outputs"], "LFADS_con_c0"),
    "multisession": (SESSIONS, [], f"LFADS_x_2_infac_{SESSIONS[4]}_W"),
    "itb": (["dataset_N50"], ["controller_outputs"], "LFADS_con_c0"),
    "labels": (["dataset_N50"], [], "LFADS_gen_gen_2_fac_W"),
    "gaussian": (["dataset_N50_S50"], [], "LFADS_glm_fac_2_logvars_dataset_N50_S50_W"),
    "gaussian_on_counts": (["dataset_N50_S50"], [], "LFADS_glm_fac_2_means_dataset_N50_S50_W"),
}


def run(program, *words, folder=PROGRAMS, status=0, **environment):
    path = f"{PROGRAMS}:{os.environ['PATH']}"
    return harness.run(*words, program=program, folder=folder, status=status,
                       environment={"PATH": path, **environment}).stdout


def make_programs():
    """What an installation puts into one folder."""
    os.makedirs(PROGRAMS)
    shutil.copy(LFADS, PROGRAMS)
    os.symlink("lfads", f"{PROGRAMS}/run_lfads")
    for name in ("run_lfads.py", "run_examples.sh", "run_generate_synth_data.sh"):
        shutil.copy(f"{SCRIPTS}/{name}", PROGRAMS)


def synth(generator, name, *flags):
    harness.run("synth", generator, f"--save_dir={DATA}", f"--datafile_name={name}", *flags)


def make_data():
    few = ("--C=10", "--nreplications=5", "--T=0.2")
    synth("chaotic", "chaotic_rnn_no_inputs", *few)
    synth("chaotic", "chaotic_rnn_inputs_g2p5", "--g=2.5", "--input_magnitude=20", *few)
    synth("chaotic", "gaussian_chaotic_rnn_no_inputs", "--noise_type=gaussian", *few)
    synth("chaotic", "chaotic_rnn_multisession", "--C=5", "--N=100", "--S=20", "--npcs=10", "--T=0.2",
          "--nreplications=5")
    synth("labeled", "chaotic_rnns_labeled", *few)
    # integration to bound has to train its network; counts of its shape will do here
    random = np.random.default_rng(1)
    write("data/itb_rnn_dataset_N50", **{f"{name}_data": random.poisson(0.2, (trials, 20, 50))
                                         for name, trials in (("train", 40), ("valid", 10))})


def check_example(name):
    sessions, keys, parameter = EXAMPLES[name]
    save = f"{SAVE}/{name}"
    rows = harness.text(f"{save}/fitlog.csv").splitlines()
    check(len(rows) == 1 and "nan" not in "".join(rows), f"{name}: {rows}")
    saved = json.loads(harness.text(f"{save}/hyperparameters-0.txt"))
    check(saved["dataset_names"] == sessions, f"{name}: sessions {saved['dataset_names']}")
    run("python3", "run_lfads.py", "--kind=posterior_push_mean", f"--lfads_save_dir={save}")
    for session in sessions:
        found = numbers(f"{save}/model_runs_{session}_valid_posterior_push_mean")
        output = found["output_dist_params"]
        check(np.isfinite(output).all() and output.std() > 0, f"{name}: output of {session}")
        check(("controller_outputs" in found) == bool(keys), f"{name}: {sorted(found)}")
    run("run_lfads", "--kind=write_model_params", f"--lfads_save_dir={save}", folder=SCRATCH)
    check(f"{parameter}:0" in numbers(f"{save}/model_params"), f"{name}: no {parameter}")


def test_training():
    # one as a user of the original types it, the rest by our script
    run("python3", "run_lfads.py", "--kind=train", f"--data_dir={DATA}",
        "--data_filename_stem=chaotic_rnn_no_inputs", f"--lfads_save_dir={SAVE}/typed",
        "--co_dim=0", "--factors_dim=20", "--ext_input_dim", "0", *EXTRA.split())
    run("./run_examples.sh", DATA, SAVE, EXTRA=EXTRA)
    for name in EXAMPLES:
        check_example(name)
    check(harness.text(f"{SAVE}/typed/fitlog.csv") == harness.text(f"{SAVE}/no_inputs/fitlog.csv"),
          "flags that are left away are not the examples' own")


def test_usage():
    harness.run(DATA, SAVE, "nothing", program="./run_examples.sh", folder=PROGRAMS, status=2,
                pattern="nothing")
    for script in ("run_examples.sh", "run_generate_synth_data.sh"):
        for word, status in (("--help", 0), ("--other", 2)):
            said = run(f"./{script}", word, status=status)
            check(said.startswith(f"usage: {script}"), f"{script} {word}: {said}")


def prepare():
    make_programs()
    make_data()


harness.main(globals())
