"""The example runs of the original's documentation, as typed there, on small sets of the same kinds:
in a folder that holds the installed programs, and by name from any other.

  examples.py LFADS SCRIPTS SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import json
import os
import shutil
import subprocess
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
from verdict import check, conclude

LFADS, SCRIPTS, SCRATCH = (os.path.abspath(p) for p in sys.argv[1:4])
PROGRAMS, DATA, SAVE = f"{SCRATCH}/programs", f"{SCRATCH}/data", f"{SCRATCH}/save"
EXTRA = "--max_epochs=2 --seed=3 --quiet --kl_increase_steps=2 --l2_increase_steps=2 --device=cpu"
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


def run(*command, folder=SCRATCH, **more):
    environment = {**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}", **more}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    check(done.returncode == 0, f"{' '.join(command)[:120]}: {done.stderr}")
    return done.stdout


def make_programs():
    """What an installation puts into one folder."""
    os.makedirs(PROGRAMS)
    shutil.copy(LFADS, PROGRAMS)
    os.symlink("lfads", f"{PROGRAMS}/run_lfads")
    for name in ("run_lfads.py", "run_examples.sh", "run_generate_synth_data.sh"):
        shutil.copy(f"{SCRIPTS}/{name}", PROGRAMS)


def synth(generator, name, *flags):
    run("lfads", "synth", generator, f"--save_dir={DATA}", f"--datafile_name={name}", *flags)


def make_data():
    few = ("--C=20", "--nreplications=5")
    synth("chaotic", "chaotic_rnn_no_inputs", *few)
    synth("chaotic", "chaotic_rnn_inputs_g2p5", "--g=2.5", "--input_magnitude=20", *few)
    synth("chaotic", "gaussian_chaotic_rnn_no_inputs", "--noise_type=gaussian", *few)
    synth("chaotic", "chaotic_rnn_multisession", "--C=10", "--N=100", "--S=20", "--npcs=10",
          "--nreplications=5")
    synth("labeled", "chaotic_rnns_labeled", *few)
    # integration to bound has to train its network; counts of its shape will do here
    random = np.random.default_rng(1)
    with h5py.File(f"{DATA}/itb_rnn_dataset_N50", "w") as file:
        for name, trials in (("train_data", 80), ("valid_data", 20)):
            file[name] = random.poisson(0.2, (trials, 100, 50))


def check_example(name):
    sessions, keys, parameter = EXAMPLES[name]
    save = f"{SAVE}/{name}"
    with open(f"{save}/fitlog.csv") as file:
        rows = file.read().splitlines()
    check(len(rows) == 2 and "nan" not in "".join(rows), f"{name}: {rows}")
    with open(f"{save}/hyperparameters-0.txt") as file:
        saved = json.load(file)
    check(saved["dataset_names"] == sessions, f"{name}: sessions {saved['dataset_names']}")
    run("python3", "run_lfads.py", "--kind=posterior_push_mean", f"--lfads_save_dir={save}",
        folder=PROGRAMS)
    for session in sessions:
        with h5py.File(f"{save}/model_runs_{session}_valid_posterior_push_mean") as file:
            output = file["output_dist_params"][()]
            check(np.isfinite(output).all() and output.std() > 0, f"{name}: output of {session}")
            check(("controller_outputs" in file) == bool(keys), f"{name}: {sorted(file)}")
    run("run_lfads", "--kind=write_model_params", f"--lfads_save_dir={save}")
    with h5py.File(f"{save}/model_params") as file:
        check(f"{parameter}:0" in file, f"{name}: no {parameter}")


def main():
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(SAVE)
    make_programs()
    make_data()
    # one as a user of the original types it, the rest by our script
    run("python3", "run_lfads.py", "--kind=train", f"--data_dir={DATA}",
        "--data_filename_stem=chaotic_rnn_no_inputs", f"--lfads_save_dir={SAVE}/typed",
        "--co_dim=0", "--factors_dim=20", "--ext_input_dim", "0", *EXTRA.split(), folder=PROGRAMS)
    run("./run_examples.sh", DATA, SAVE, folder=PROGRAMS, EXTRA=EXTRA)
    for name in EXAMPLES:
        check_example(name)
    with open(f"{SAVE}/typed/fitlog.csv") as a, open(f"{SAVE}/no_inputs/fitlog.csv") as b:
        check(a.read() == b.read(), "flags that are left away are not the examples' own")
    done = subprocess.run(["./run_examples.sh", DATA, SAVE, "nothing"], cwd=PROGRAMS,
                          capture_output=True, text=True)
    check(done.returncode == 2 and "nothing" in done.stderr, done.stderr)
    for script in ("run_examples.sh", "run_generate_synth_data.sh"):
        for word, status in (("--help", 0), ("--other", 2)):
            done = subprocess.run([f"./{script}", word], cwd=PROGRAMS, capture_output=True, text=True)
            check(done.returncode == status and done.stdout.startswith(f"usage: {script}"),
                  f"{script} {word}: {done.returncode}")
    return conclude("examples")


sys.exit(main())
