"""The spread over samples that posterior sampling writes, against NumPy on the single samples.

  spread.py LFADS SCRATCH [--case=CASE]

A run's means over 1, 2, 3 ... samples are those of the same first samples, so their differences give
every sample.
SPDX-License-Identifier: Apache-2.0"""
import os
import re
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check

SAMPLES = 7
QUANTILES = (0.05, 0.3, 0.5, 0.95)
LIST = "--spread_quantiles=" + ",".join(map(str, QUANTILES))
RUN = "model_runs_s_valid_posterior_sample_and_average"
KEYS = ("output_dist_params", "factors", "controller_outputs", "gen_ics")


def prepare():
    random = np.random.RandomState(1)
    harness.write_session("data/set_s", random, (20, 18), harness.waves(12, 70))
    train("model", "--co_dim=2")


def train(folder, *more, data="data"):
    harness.run("train", f"--data_dir={data}", "--data_filename_stem=set", f"--lfads_save_dir={folder}",
                "--max_epochs=2", "--batch_size=10", "--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5",
                "--gen_dim=6", "--ci_enc_dim=5", "--con_dim=5", "--seed=1", "--threads=1",
                "--example_every_s=-1", *more)


def sample(*more, folder="model", run=RUN):
    harness.run("posterior-sample", f"--lfads_save_dir={folder}", f"--ps_samples={SAMPLES}", "--threads=1",
                *more)
    return harness.numbers(f"{folder}/{run}")


def single_samples(folder, run=RUN):
    """{key: [samples,...]}: sample k is (k + 1) means of k + 1 samples less k means of k."""
    sums = [{key: 0.0 for key in KEYS}]
    for count in range(1, SAMPLES + 1):
        means = sample(f"--ps_samples={count}", folder=folder, run=run)
        sums.append({key: count * means[key] for key in KEYS if key in means})
    return {key: np.array([b[key] - a[key] for a, b in zip(sums, sums[1:])]) for key in sums[-1]}


def check_spread(folder, what):
    mine, samples = sample("--save_spread", LIST, folder=folder), single_samples(folder)
    check(np.array_equal(mine["spread_quantiles"], QUANTILES), f"{what}: {mine['spread_quantiles']}")
    for key, each in samples.items():
        # float32 numbers of a few hundred roundings, and another order of sums for other samples
        allowance = 5e-6 * np.abs(each).max()
        deviations = each.std(axis=0, ddof=1)
        quantiles = np.moveaxis(np.quantile(each, QUANTILES, axis=0), 0, -1)
        check(np.median(deviations) > 100 * allowance, f"{what}: {key} has no spread to compare")
        for name, wanted in ((f"{key}_std", deviations), (f"{key}_quantiles", quantiles)):
            check(mine[name].dtype == np.float32 and mine[name].shape == wanted.shape,
                  f"{what}: {name} is {mine[name].dtype}{mine[name].shape}")
            off = np.abs(mine[name] - wanted).max()
            check(off <= allowance, f"{what}: {name} is off by {off:g}, and {allowance:g} is allowed")


def test_numpy():
    check_spread("model", "counts")


def test_gaussian():
    """Means and variances have a spread each."""
    random = np.random.RandomState(2)
    rates = harness.waves(12, 4)
    harness.write("reals/set_s", **{f"{name}_data": rates + random.normal(size=(count, 12, 4))
                                    for name, count in (("train", 20), ("valid", 5))})
    train("gaussian", "--co_dim=0", "--output_dist=gaussian", data="reals")
    check_spread("gaussian", "gaussian")


def test_same():
    """The bits depend on the trial and on the samples, and on nothing else; without the flags a file
    is what it was."""
    one, plain = sample("--save_spread", LIST), sample()
    for more in (("--threads=2",), ("--batch_size=3",), ("--data_in_memory=false",)):
        harness.same(sample("--save_spread", LIST, *more), one, more)
    harness.same({key: one[key] for key in plain}, plain, "what is written without the flags")
    new = {f"{key}{end}" for key in KEYS for end in ("_std", "_quantiles")} | {"spread_quantiles"}
    check(set(one) - set(plain) == new, f"{set(one) - set(plain)}")
    few = sample("--save_spread", LIST, "--ps_nexamples_to_process=5")
    for key in new - {"spread_quantiles"}:  # other trials are encoded beside
        check(np.allclose(few[key], one[key][:5], rtol=1e-5, atol=1e-6), f"{key} of fewer trials")
    for flag, end in (("--save_spread", "_std"), ("--spread_quantiles=0.5", "_quantiles")):
        alone = set(sample(flag)) - set(plain) - {"spread_quantiles"}
        check(alone == {key + end for key in KEYS}, f"{flag} alone writes {alone}")
    with h5py.File(f"{SCRATCH}/model/{RUN}") as file:
        check(file["factors_quantiles"].chunks == (1, 12, 3, 1), "a chunk a trial")


def test_refused():
    for value in ("0.05,", "0.05,,0.9", "0,0.5", "0.5,1", "0.9,0.1", "0.5,0.5", "nan", "x", "0.5 0.6",
                  "0.5;", ",", ",".join(f"0.{i:02}" for i in range(1, 34))):
        harness.run("posterior-sample", "--lfads_save_dir=model", f"--spread_quantiles={value}", status=2,
                    pattern=f"--spread_quantiles={re.escape(value)} is not allowed: it takes up to 32 numbers")
    for flag in ("--save_spread", "--spread_quantiles=0.5"):
        name = flag.split("=")[0]
        for command in ("posterior-mean", "prior-sample", "write-params"):
            said = harness.run(command, "--lfads_save_dir=model", flag)
            check(f"without effect: {name} (for averages of posterior samples only)" in
                  said.stdout + said.stderr, f"{command} {flag}: {said.stdout}{said.stderr}")
        harness.run("posterior-sample", "--lfads_save_dir=model", "--ps_samples=1", flag, status=2,
                    pattern=f"{name} needs two samples of a trial or more, and there is 1")
    train("means", "--co_dim=0", "--sample_posteriors=false", "--ic_prior=none", "--co_prior=none")
    harness.run("posterior-sample", "--lfads_save_dir=means", "--save_spread", status=2,
                pattern="--save_spread needs a model that samples")
    check(not any(name.startswith("model_runs") for name in os.listdir(f"{SCRATCH}/means")), "files")


harness.main(globals())
