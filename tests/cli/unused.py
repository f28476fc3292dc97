"""Flags that are given and not used are said, and so are those that a continued training changes.

  unused.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import shutil
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, run, write
from help_flags import flags, other_values

PLACES = ["--data_dir=data", "--data_filename_stem=set"]
MODEL = ["--factors_dim=4", "--gen_dim=10", "--ic_enc_dim=6", "--ic_dim=3", "--ci_enc_dim=6", "--con_dim=6",
         "--batch_size=8"]
SMALL = [*MODEL, "--seed=1", "--threads=1", "--example_every_s=-1"]


def prepare():
    random = np.random.default_rng(3)
    write("data/set_a", train_data=random.poisson(0.3, (16, 20, 6)),
          valid_data=random.poisson(0.3, (8, 20, 6)))
    write("data/set_b", train_data=random.poisson(0.3, (16, 20, 6)),
          valid_data=random.poisson(0.3, (8, 20, 6)))
    train("model", "--co_dim=0", "--max_epochs=2")


def said(*words):
    """What a run says of flags: the reason in brackets, and the names before it."""
    lines = [line for line in run(*words).stdout.splitlines() if line.startswith("without effect: ")]
    return {line[line.index("(") + 1:-1]: line[len("without effect: "):line.index(" (")] for line in lines}


def train(folder, *flags):
    return said("train", *PLACES, *SMALL, f"--lfads_save_dir={folder}", *flags)


def test_nothing_to_say():
    """Values that hold without the flag, and flags that are used, are passed over in silence."""
    for flags in (["--co_dim=0", "--prior_ar_nvar=0.1", "--sv_seed=0", "--ps_samples=5"],
                  ["--co_dim=2", "--con_dim=7", "--prior_ar_nvar=0.2", "--keep_prob=0.9"],
                  ["--co_dim=1", "--co_prior=normal", "--co_prior_var_scale=0.2"],
                  ["--cd_rate=0.3", "--cd_heldout=block", "--l2_kernels=recurrent", "--l2_ic_enc_scale=3"]):
        found = train("silent", *flags, "--max_epochs=1")
        shutil.rmtree(f"{SCRATCH}/silent")
        if "--co_dim=0" in flags:  # SMALL has sizes of the controller that is not there
            check(found.pop("there are no inferred inputs, --co_dim=0") == "--ci_enc_dim, --con_dim", found)
        check(not found, f"{flags}: {found}")


def test_reasons():
    """Each reason with a flag that it makes useless, among others that are used."""
    for reason, flags, names in (
            ("there are no inferred inputs, --co_dim=0", ["--co_dim=0", "--kl_co_weight=2"],
             "--ci_enc_dim, --con_dim, --kl_co_weight"),
            ("g0 is one learned state, --ic_dim=0", ["--ic_dim=0", "--kl_ic_weight=2"],
             "--ic_enc_dim, --kl_ic_weight"),
            ("nothing is fed back, --do_feed_factors_to_controller=false",
             ["--nodo_feed_factors_to_controller", "--feedback_factors_or_rates=rates"],
             "--feedback_factors_or_rates"),
            ("for --co_prior=ar1 only", ["--co_prior=normal", "--prior_ar_atau=3"], "--prior_ar_atau"),
            ("for --co_prior=normal only", ["--co_prior_var_scale=3"], "--co_prior_var_scale"),
            ("for --ic_prior=normal only", ["--ic_prior=student_t", "--ic_post_var_min=0.1"],
             "--ic_post_var_min"),
            ("--learning_rate_rule=constant",
             ["--learning_rate_rule=constant", "--learning_rate_decay_factor=0.5"],
             "--learning_rate_decay_factor"),
            ("there is no coordinated dropout, --cd_rate=0", ["--cd_heldout=block"], "--cd_heldout"),
            ("there is no sample validation, --sv_rate=0", ["--sv_seed=3"], "--sv_seed"),
            ("for --output_dist=poisson only", ["--output_dist=mse", "--poisson_constant=stirling"],
             "--poisson_constant"),
            ("for --l2_kernels=recurrent only", ["--l2_ic_enc_scale=3"], "--l2_ic_enc_scale"),
            ("no session has an alignment matrix", ["--readout_init=pinv"], "--readout_init"),
            ("for prior samples only", ["--dataset_name=a"], "--dataset_name"),
            ("for averages of posterior samples only", ["--save_spread", "--spread_quantiles=0.5"],
             "--save_spread, --spread_quantiles"),
            ("for posterior samples and means only", ["--ps_nexamples_to_process=3"],
             "--ps_nexamples_to_process"),
            ("there is no training to continue", ["--do_reset_learning_rate"], "--do_reset_learning_rate")):
        found = train("reason", *flags, "--max_epochs=1")
        shutil.rmtree(f"{SCRATCH}/reason")
        check(found.get(reason) == names, f"{flags}: {found}, not {reason}: {names}")


def test_other_commands():
    model = "--lfads_save_dir=model"
    found = said("posterior-mean", model, "--keep_prob=0.5", "--learning_rate_init=0.5", "--ps_samples=4",
                 "--batch_size=4")
    check(found == {"for training only": "--learning_rate_init, --keep_prob",
                    "for posterior samples only": "--ps_samples"}, f"posterior-mean: {found}")
    # the checkpoint's own values are nothing to speak of
    found = said("posterior-sample", model, *MODEL, "--keep_prob=0.95", "--max_epochs=2", "--ps_samples=4")
    check(not found, f"posterior-sample: {found}")
    found = said("prior-sample", model, "--dataset_name=a", "--ps_nexamples_to_process=4")
    check(list(found) == ["for posterior samples and means only"], f"prior-sample: {found}")
    found = said("write-params", model, "--dataset_name=a")
    check(list(found) == ["for prior samples only"], f"write-params: {found}")


def test_continued():
    """First values, the learning rate, and what is changed or falls back to a default."""
    train("again", "--keep_prob=0.8", "--l2_gen_scale=3", "--max_epochs=1")
    done = run("train", *PLACES, *SMALL, "--lfads_save_dir=again", "--max_epochs=2", "--keep_prob=0.7",
               "--cell_weight_scale=2", "--learning_rate_init=0.5", "--num_steps_for_gen_ic=4294967295")
    lines = done.stdout.splitlines()
    check("without effect: --cell_weight_scale (a first value, and the training has begun)" in lines,
          "a first value is not said")
    check("without effect: --learning_rate_init (the checkpoint's rate goes on, unless "
          "--do_reset_learning_rate=true)" in lines, "the learning rate is not said")
    changed = [line for line in lines if line.startswith("changed from here on: ")]
    check(changed == ["changed from here on: --keep_prob=0.7 (before: 0.8); --l2_gen_scale=2000.0, the "
                      "default (before: 3.0); --max_epochs=2 (before: 1)"], f"says {changed}")
    done = run("train", *PLACES, *SMALL, "--lfads_save_dir=again", "--max_epochs=3", "--keep_prob=0.7",
               "--learning_rate_init=0.5", "--do_reset_learning_rate")
    check("--learning_rate_init" not in done.stdout.split("changed from")[0], "the reset rate is said to be idle")


def test_every_flag():
    """Each flag of data, model and training, with another value than that of the training that goes on,
    is said to be changed or to have no effect, or is refused in one line."""
    train("every", "--co_dim=1", "--max_epochs=1")
    tried = 0
    for group in ("Data", "Model", "Training"):
        for name, standard, takes in flags("train", group):
            for value in other_values(takes, standard):
                done = harness.invoke("train", *PLACES, *SMALL, "--co_dim=1", "--lfads_save_dir=every", "--max_epochs=1",
                                      f"--{name}={value}")
                if "is not allowed: it takes" not in done.stderr:
                    break
            told = [line for line in done.stdout.splitlines() if f"--{name}" in line and
                    line.startswith(("without effect: ", "changed from here on: "))]
            kept = value in ("original", "auto") and name == "preset" or name == "do_reset_learning_rate"
            refused = done.returncode == 2 and done.stderr.count("\n") == 1
            check(refused or kept or (done.returncode == 0 and len(told) == 1),
                  f"--{name}={value}: status {done.returncode}, {told}, {done.stderr!r}")
            tried += 1
    check(tried > 90, f"only {tried} flags were tried")


def test_generators():
    """Flags of one generator that are given to another."""
    small = ["--save_dir=made", "--C=2", "--T=0.2", "--N=10", "--nreplications=5"]
    for generator, flags, names in (("chaotic", ["--S=10", "--u_std=0.3"], "--u_std"),
                                    ("labeled", ["--g=2", "--npcs=3", "--noise_type=gaussian"],
                                     "--npcs, --noise_type")):
        found = said("synth", generator, *small, *flags)
        check(found == {f"{generator} does not read them": names}, f"{generator}: {found}")
    check(not said("synth", "labeled", *small, "--g=2"), "a flag that is read is said to be idle")


harness.main(globals())
