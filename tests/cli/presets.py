"""Trainings without flags: what --preset=auto chooses, continues with, and warns of; and the data that
later programs write: an array for the encoders, missing numbers, sample validation.

  presets.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import subprocess
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import LFADS, SCRATCH, check, numbers, run, same, waves, write

BINS, CHANNELS = 25, 12
SMALL = ["--gen_dim=12", "--ic_enc_dim=8", "--ic_dim=4", "--factors_dim=4", "--seed=3", "--threads=1",
         "--example_every_s=-1"]


def counts(trials, seed=1, bins=BINS, channels=CHANNELS):
    random = np.random.default_rng(seed)
    gains = random.uniform(0.5, 1.5, (trials, 1, 1))
    return random.poisson(gains * waves(bins, channels)[None] * 0.5)


def words(folder, *flags, data="data"):
    return ["train", f"--data_dir={data}", "--data_filename_stem=set", f"--lfads_save_dir={folder}", *flags]


def default(folder, *flags, data="data"):
    """A training as a user calls it: harness.run would name the original's preset."""
    done = subprocess.run([LFADS, *words(folder, *flags, data=data)], cwd=SCRATCH, capture_output=True, text=True)
    check(done.returncode == 0, f"{flags}: status {done.returncode}: {done.stderr}")
    return done


def prepare():
    os.makedirs(f"{SCRATCH}/data")
    write("data/set_one", train_data=counts(36), valid_data=counts(12, 2))


def test_auto():
    done = default("auto", *SMALL, "--max_epochs=14")
    for said in ("--preset=auto chooses", "coordinated dropout 0.5", "batches of 8 trials"):
        check(said in done.stdout, f"auto does not say '{said}': {done.stdout[:600]}")
    rows = open(f"{SCRATCH}/auto/fitlog.csv").read().splitlines()
    check(len(rows) == 14 and "0.0" in rows[0], f"{len(rows)} epochs")
    check(os.path.exists(f"{SCRATCH}/auto/checkpoint_lve"), "auto leaves no checkpoint_lve")
    # the same command goes on, with what it chose
    again = default("auto", *SMALL, "--max_epochs=16").stdout
    check("Continuing from" in again and "Epoch:15" in again, f"does not continue: {again[:400]}")
    hyper = open(f"{SCRATCH}/auto/hyperparameters-56.txt").read()
    check('"preset": "auto"' in hyper and '"batch_size": 8' in hyper, "the hyperparameters lack the choices")
    run(*words("auto", "--preset=original"), status=2, pattern="--preset=original contradicts the checkpoint")
    run("posterior-sample", "--lfads_save_dir=auto", "--checkpoint_pb_load_name=checkpoint_lve")
    rates = numbers("auto/model_runs_one_valid_posterior_sample_and_average")["output_dist_params"]
    check(rates.shape == (12, BINS, CHANNELS) and np.isfinite(rates).all(), "auto's rates")


def test_kinds():
    """What auto chooses for few spikes, for more, for many, and for as many in fewer trials."""
    os.makedirs(f"{SCRATCH}/kinds", exist_ok=True)
    random = np.random.default_rng(7)
    for mean, trials, sizes, dropout, patience in ((0.05, 300, "100 units, 20", "0.3, dropout 0.3:", 6),
                                                   (0.3, 300, "100 units, 20", "0.3, dropout 0.05:", 3),
                                                   (0.3, 299, "100 units, 20", "0.5, dropout 0.1:", 6),
                                                   (0.7, 300, "200 units, 40", "0.3, dropout 0.05:", 3)):
        write("kinds/set_one", train_data=random.poisson(mean, (trials, 4, 10)),
              valid_data=random.poisson(mean, (8, 4, 10)))
        folder = f"kind_{mean}_{trials}"
        said = default(folder, "--max_epochs=1", data="kinds").stdout
        check(f"generator of {sizes} factors" in said and f"coordinated dropout {dropout}" in said, said[:700])
        with open(f"{SCRATCH}/{folder}/hyperparameters-0.txt") as file:
            check(f'"learning_rate_n_to_compare": {patience},' in file.read(), f"{folder}: patience")

    write("kinds/set_one", train_data=random.normal(size=(300, 4, 10)), valid_data=random.normal(size=(8, 4, 10)))
    said = default("kind_reals", "--max_epochs=1", "--output_dist=gaussian", data="kinds").stdout
    check("coordinated dropout 0, dropout 0.1" in said, said[:700])
    with open(f"{SCRATCH}/kind_reals/hyperparameters-0.txt") as file:
        check('"kl_ic_weight": 0.025,' in file.read(), "real numbers: the KL divergence's weight in the bound")


def test_warnings():
    os.makedirs(f"{SCRATCH}/lone", exist_ok=True)
    write("lone/set_one", train_data=counts(16))
    done = subprocess.run([LFADS, *words("lone_model", *SMALL, "--max_epochs=3", data="lone")], cwd=SCRATCH,
                          capture_output=True, text=True)
    check(done.returncode == 0 and "no validation trials" in done.stderr, f"says {done.stderr}")
    check(os.path.exists(f"{SCRATCH}/lone_model/checkpoint_lve"), "no checkpoint_lve without validation trials")
    done = default("short", *SMALL, "--max_epochs=2", "--kl_increase_steps=50")
    check("training ended before its penalties" in done.stderr, f"says {done.stderr}")
    # there is nothing in the data, and mean rates are its rates
    os.makedirs(f"{SCRATCH}/noise", exist_ok=True)
    random = np.random.default_rng(5)
    write("noise/set_one", train_data=random.poisson(1, (16, BINS, CHANNELS)),
          valid_data=random.poisson(1, (16, BINS, CHANNELS)))
    done = subprocess.run([LFADS, *words("noise_model", *SMALL, "--max_epochs=1", data="noise")], cwd=SCRATCH,
                          capture_output=True, text=True)
    check("found nothing that holds" in done.stderr, f"says {done.stderr}")


def test_early_stop():
    done = run(*words("early", *SMALL, "--preset=auto", "--kl_increase_steps=0", "--l2_increase_steps=0",
                      "--early_stop_patience=3", "--learning_rate_init=0.5", "--max_epochs=200"))
    check("Training ends early" in done.stdout, f"ends with {done.stdout[-300:]}")


def test_two_arrays():
    """A file with an array for the encoders trains the model that the flags train on one array."""
    os.makedirs(f"{SCRATCH}/two", exist_ok=True)
    train, valid = counts(36), counts(12, 2)
    write("two/set_one", train_recon_data=train, valid_recon_data=valid, train_encod_data=train[:, :-4, :-3],
          valid_encod_data=valid[:, :-4, :-3])
    flags = [*SMALL, "--co_dim=0", "--max_epochs=2", "--cd_rate=0.3", "--batch_size=12", "--quiet"]
    run(*words("one_model", *flags, "--heldout_dim=3", "--forward_steps=4"))
    run(*words("two_model", *flags, data="two"))
    for model in ("one_model", "two_model"):
        run("write-params", f"--lfads_save_dir={model}", "--quiet")
        run("posterior-mean", f"--lfads_save_dir={model}", "--quiet")
    for file in ("model_params", "model_runs_one_valid_posterior_push_mean"):
        same(numbers(f"one_model/{file}"), numbers(f"two_model/{file}"), file)
    last = open(f"{SCRATCH}/two_model/fitlog.csv").read().splitlines()[-1]
    check(", co_bps," in last and ", fp_bps," in last, f"the table has {last}")
    write("two/set_two", train_recon_data=train, train_encod_data=train[:, :, :-3])
    run(*words("refused", *flags, data="two"), status=2, pattern="of different length")
    os.remove(f"{SCRATCH}/two/set_two")


def test_missing():
    os.makedirs(f"{SCRATCH}/gaps", exist_ok=True)
    train, valid = counts(36).astype(float), counts(12, 2).astype(float)
    train[:10, 18:] = np.nan
    valid[3, :, 5] = np.nan
    write("gaps/set_one", train_data=train, valid_data=valid)
    flags = [*SMALL, "--co_dim=0", "--max_epochs=3", "--batch_size=12", "--quiet"]
    run(*words("refused", *flags, data="gaps"), status=2, pattern="--missing_data=skip")
    run(*words("gaps_model", *flags, "--missing_data=skip", "--heldout_dim=2", data="gaps"))
    run("posterior-sample", "--lfads_save_dir=gaps_model", "--batch_size=4", "--quiet")
    found = numbers("gaps_model/model_runs_one_train_posterior_sample_and_average")
    check(np.isfinite(found["output_dist_params"]).all(), "rates of missing data are not finite")
    check(np.isfinite(found["nll_bound_vaes"]).all(), "bounds of missing data are not finite")
    check(all(np.isfinite(row["valid"]) for row in harness.costs("gaps_model")), "costs are not finite")


def test_sample_validation():
    flags = [*SMALL, "--co_dim=0", "--max_epochs=2", "--batch_size=12", "--quiet"]
    run(*words("sv", *flags, "--sv_rate=0.2"))
    last = open(f"{SCRATCH}/sv/fitlog.csv").read().splitlines()[-1]
    measure = float(last.split("recon_sv,")[1].split(",")[0])
    check(0 < measure < 5, f"recon_sv is {measure}")


harness.main(globals())
