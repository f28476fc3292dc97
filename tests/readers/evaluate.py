"""Scores by `lfads evaluate` against the same computed here.

  evaluate.py LFADS SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import json
import math
import os
import shutil
import subprocess
import sys

import h5py
import numpy as np

LFADS, SCRATCH = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
failures = 0


def score(*more):
    done = subprocess.run([LFADS, "evaluate", "--json", f"--data_file={SCRATCH}/data",
                           f"--model_run={SCRATCH}/run", *more], capture_output=True, text=True)
    if done.returncode:
        print(done.stderr)
    return json.loads(done.stdout)


def close(name, a, b):
    global failures
    if abs(a - b) > 1e-5 * max(1, abs(b)):
        failures += 1
        print(f"FAILED {name}: {a}, here {b}")


def check_sets(counts, rates):
    """The trials that are scored are those of the run's name, and no trials for samples of priors."""
    for name, found in (("model_runs_s_train_posterior_push_mean", "train"), ("runs", "valid"),
                        ("model_runs_train_valid_posterior_sample_and_average", "valid")):
        with h5py.File(f"{SCRATCH}/{name}", "w") as file:
            file["output_dist_params"] = rates
        close(name, score(f"--model_run={SCRATCH}/{name}")["set"] == found, True)
        close(f"{name}, said", score(f"--model_run={SCRATCH}/{name}", "--set=train")["set"] == "train",
              True)
    for key, value in (("costs", np.ones(1)), ("prior_zs_ar_con", np.ones((6, 20, 1)))):
        with h5py.File(f"{SCRATCH}/prior", "w") as file:
            file["output_dist_params"], file[key] = rates, value
        done = subprocess.run([LFADS, "evaluate", f"--data_file={SCRATCH}/data",
                               f"--model_run={SCRATCH}/prior"], capture_output=True, text=True)
        close("samples of priors", (done.returncode, "priors" in done.stderr) == (2, True), True)


def check_refused(rates):
    """Numbers that no score can be made of."""
    for name, width, place, value in (("nan", 5, 2, np.nan), ("negative", 5, 2, -0.1),
                                      ("variance", 10, 7, 0.0)):
        values = np.ones(rates.shape[:2] + (width,))
        values[3, 4, place] = value
        with h5py.File(f"{SCRATCH}/{name}", "w") as file:
            file["output_dist_params"] = values
        done = subprocess.run([LFADS, "evaluate", f"--data_file={SCRATCH}/data",
                               f"--model_run={SCRATCH}/{name}"], capture_output=True, text=True)
        close(f"{name}: {done.stderr}", (done.returncode, f"trial 3, bin 4, place {place}" in
                                         done.stderr) == (2, True), True)
    with h5py.File(f"{SCRATCH}/means", "w") as file:  # a mean may be negative
        file["output_dist_params"] = np.ones(rates.shape[:2] + (10,)) - 2 * (np.arange(10) < 5)
    close("negative means", math.isfinite(score(f"--model_run={SCRATCH}/means")["nll"]), True)
    done = subprocess.run([LFADS, "evaluate", f"--data_file={SCRATCH}/data", "--figure=/proc/x/y.png",
                           f"--model_run={SCRATCH}/means"], capture_output=True, text=True)
    close(f"no directory: {done.stderr}", (done.returncode, "can't write /proc/x/y.png: No such" in
                                           done.stderr) == (1, True), True)


def check_conversion(rates):
    """A factor that no rate can be multiplied by is refused, as training refuses it."""
    for value in (np.nan, np.inf, 0.0, -2.0):
        with h5py.File(f"{SCRATCH}/odd", "w") as file:
            file["valid_data"] = file["valid_truth"] = np.ones(rates.shape)
            file["conversion_factor"] = value
        with h5py.File(f"{SCRATCH}/rates", "w") as file:
            file["output_dist_params"] = rates
        done = subprocess.run([LFADS, "evaluate", f"--data_file={SCRATCH}/odd",
                               f"--model_run={SCRATCH}/rates"], capture_output=True, text=True)
        close(f"conversion_factor {value}: {done.stderr}",
              (done.returncode, f"odd: conversion_factor is {value:g}," in done.stderr) == (2, True),
              True)


def check_distribution(rates, variances):
    """A run is scored by the distribution that it names, whatever its width suggests."""
    both = np.concatenate([rates, variances], axis=2)
    text = np.bytes_
    for name, values, attribute, wanted in (
            ("named", both, text("gaussian"), None),
            ("wide", both, text("poisson"), "of poisson each channel has 1"),
            ("narrow", rates, text("gaussian"), "of gaussian each channel has 2"),
            ("unknown", both, text("cauchy"), "is cauchy, and this program knows poisson|gaussian"),
            ("number", both, 3, "attribute output_dist is no text"),
            ("variable", both, "gaussian", "attribute output_dist is no text"),
            ("long", both, text("g" * 64), "attribute output_dist is no text")):
        with h5py.File(f"{SCRATCH}/{name}", "w") as file:
            file["output_dist_params"] = values
            file.attrs["output_dist"] = attribute
        done = subprocess.run([LFADS, "evaluate", f"--data_file={SCRATCH}/data", "--json",
                               f"--model_run={SCRATCH}/{name}"], capture_output=True, text=True)
        if wanted:
            close(f"{name}: {done.stderr}", (done.returncode, wanted in done.stderr) == (2, True),
                  True)
        else:
            close(name, json.loads(done.stdout)["nll"], score("--set=valid")["nll"])


def main():
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(SCRATCH)
    random = np.random.RandomState(2)
    truth = random.uniform(0.1, 3, (9, 20, 5))
    counts = random.poisson(truth / 4)
    rates = truth[:6] / 4 * random.uniform(0.8, 1.2, (6, 20, 5))
    with h5py.File(f"{SCRATCH}/data", "w") as file:
        file["valid_data"], file["valid_truth"], file["conversion_factor"] = counts, truth, 4.0
        file["train_data"] = counts.astype(float)
    with h5py.File(f"{SCRATCH}/run", "w") as file:
        file["output_dist_params"] = rates
        file["nll_bound_vaes"], file["nll_bound_iwaes"] = np.arange(6.0), np.arange(6.0) / 2
    mine, k = score("--set=valid", f"--figure={SCRATCH}/figure.png"), counts[:6]
    t = truth[:6]
    close("r2", mine["r2"], 1 - ((t - 4 * rates) ** 2).sum() / ((t - t.mean()) ** 2).sum())
    other = score("--conversion_factor=2", "--trial=5", f"--figure={SCRATCH}/other.png")
    close("r2 by another factor", other["r2"],
          1 - ((t - 2 * rates) ** 2).sum() / ((t - t.mean()) ** 2).sum())
    with open(f"{SCRATCH}/figure.png", "rb") as a, open(f"{SCRATCH}/other.png", "rb") as b:
        close("figures of two trials are one", a.read() == b.read(), False)
    done = subprocess.run([LFADS, "evaluate", f"--data_file={SCRATCH}/data", "--trial=6",
                           f"--model_run={SCRATCH}/run", f"--figure={SCRATCH}/none.png"],
                          capture_output=True, text=True)
    close("a trial too many", (done.returncode, "no trial 6" in done.stderr,
                               os.path.exists(f"{SCRATCH}/none.png")) == (2, True, False), True)
    for j in range(5):
        tj = t[:, :, j]
        close(f"r2 of channel {j}", mine["channel_r2"][j],
              1 - ((tj - 4 * rates[:, :, j]) ** 2).sum() / ((tj - tj.mean()) ** 2).sum())
    close("VAE bound", mine["nll_bound_vae"], 2.5)
    close("IWAE bound", mine["nll_bound_iwae"], 1.25)
    null = k.mean(axis=(0, 1))
    gain = (k * np.log(rates) - rates).sum() - (k * np.log(null) - null).sum()
    close("bits per spike", mine["bits_per_spike"], gain / k.sum() / math.log(2))
    factorial = sum(math.lgamma(x + 1) for x in k.ravel())
    close("nll", mine["nll"], ((rates - k * np.log(rates)).sum() + factorial) / 6)
    with open(f"{SCRATCH}/figure.png", "rb") as file:
        close("a PNG", file.read(8) == b"\x89PNG\r\n\x1a\n", True)
    variances = random.uniform(0.5, 2, rates.shape)
    with h5py.File(f"{SCRATCH}/run", "w") as file:
        file["output_dist_params"] = np.concatenate([rates, variances], axis=2)
    mine = score("--set=train")
    close("the set", mine["set"] == "train", True)
    gauss = 0.5 * (np.log(2 * np.pi * variances) + (k - rates) ** 2 / variances)
    close("Gaussian nll", mine["nll"], gauss.sum() / 6)
    close("keys", "r2" in mine or "bits_per_spike" in mine or "nll_bound_vae" in mine, False)
    check_distribution(rates, variances)
    check_sets(counts, rates)
    check_refused(rates)
    check_conversion(rates)
    print("evaluate", "FAILED" if failures else "ok")
    return failures != 0


sys.exit(main())
