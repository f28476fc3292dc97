"""Scores by `lfads evaluate` against the same computed here.

  evaluate.py LFADS SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import json
import math
import os
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, write


def evaluate(run, *more, data="data", **options):
    return harness.run("evaluate", f"--data_file={data}", f"--model_run={run}", *more, **options).stdout


def score(*more, run="run"):
    return json.loads(evaluate(run, "--json", *more))


def close(name, a, b):
    check(abs(a - b) <= 1e-5 * max(1, abs(b)), f"{name}: {a}, here {b}")


def check_sets(counts, rates):
    """The trials that are scored are those of the run's name, and no trials for samples of priors."""
    for name, found in (("model_runs_s_train_posterior_push_mean", "train"), ("runs", "valid"),
                        ("model_runs_train_valid_posterior_sample_and_average", "valid")):
        write(name, output_dist_params=rates)
        check(score(run=name)["set"] == found, name)
        check(score("--set=train", run=name)["set"] == "train", f"{name}, said")
    for key, value in (("costs", np.ones(1)), ("prior_zs_ar_con", np.ones((6, 20, 1)))):
        write("prior", output_dist_params=rates, **{key: value})
        evaluate("prior", status=2, pattern="priors")


def check_refused(rates):
    """Numbers that no score can be made of."""
    for name, width, place, value in (("nan", 5, 2, np.nan), ("negative", 5, 2, -0.1),
                                      ("variance", 10, 7, 0.0)):
        values = np.ones(rates.shape[:2] + (width,))
        values[3, 4, place] = value
        write(name, output_dist_params=values)
        evaluate(name, status=2, pattern=f"trial 3, bin 4, place {place}")
    # a mean may be negative
    write("means", output_dist_params=np.ones(rates.shape[:2] + (10,)) - 2 * (np.arange(10) < 5))
    check(math.isfinite(score(run="means")["nll"]), "negative means")
    evaluate("means", "--figure=/proc/x/y.png", status=1, pattern="can't write /proc/x/y.png: No such")


def check_conversion(rates):
    """A factor that no rate can be multiplied by is refused, as training refuses it."""
    write("rates", output_dist_params=rates)
    for value in (np.nan, np.inf, 0.0, -2.0):
        write("odd", valid_data=np.ones(rates.shape), valid_truth=np.ones(rates.shape),
              conversion_factor=value)
        evaluate("rates", data="odd", status=2, pattern=f"odd: conversion_factor is {value:g},")


def check_distribution(rates, variances):
    """A run is scored by the distribution that it names, whatever its width suggests."""
    both = np.concatenate([rates, variances], axis=2)
    text = np.bytes_
    for name, values, attribute, wanted in (
            ("named", both, text("gaussian"), None),
            ("wide", both, text("poisson"), "of poisson each channel has 1"),
            ("narrow", rates, text("gaussian"), "of gaussian each channel has 2"),
            ("unknown", both, text("cauchy"), r"is cauchy, and this program knows poisson\|gaussian"),
            ("number", both, 3, "attribute output_dist is no text"),
            ("variable", both, "gaussian", "attribute output_dist is no text"),
            ("long", both, text("g" * 64), "attribute output_dist is no text")):
        with h5py.File(write(name, output_dist_params=values), "r+") as file:
            file.attrs["output_dist"] = attribute
        if wanted:
            evaluate(name, status=2, pattern=wanted)
        else:
            close(name, score(run=name)["nll"], score("--set=valid")["nll"])


def picture(name):
    with open(f"{SCRATCH}/{name}", "rb") as file:
        return file.read()


def test_scores():
    random = np.random.RandomState(2)
    truth = random.uniform(0.1, 3, (9, 20, 5))
    counts = random.poisson(truth / 4)
    rates = truth[:6] / 4 * random.uniform(0.8, 1.2, (6, 20, 5))
    write("data", valid_data=counts, valid_truth=truth, conversion_factor=4.0,
          train_data=counts.astype(float))
    write("run", output_dist_params=rates, nll_bound_vaes=np.arange(6.0),
          nll_bound_iwaes=np.arange(6.0) / 2)
    mine, k = score("--set=valid", "--figure=figure.png"), counts[:6]
    t = truth[:6]
    close("r2", mine["r2"], 1 - ((t - 4 * rates) ** 2).sum() / ((t - t.mean()) ** 2).sum())
    other = score("--conversion_factor=2", "--trial=5", "--figure=other.png")
    close("r2 by another factor", other["r2"],
          1 - ((t - 2 * rates) ** 2).sum() / ((t - t.mean()) ** 2).sum())
    check(picture("figure.png") != picture("other.png"), "figures of two trials are one")
    evaluate("run", "--trial=6", "--figure=none.png", status=2, pattern="no trial 6")
    check(not os.path.exists(f"{SCRATCH}/none.png"), "a figure of a trial too many")
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
    check(picture("figure.png").startswith(b"\x89PNG\r\n\x1a\n"), "a PNG")
    variances = random.uniform(0.5, 2, rates.shape)
    write("run", output_dist_params=np.concatenate([rates, variances], axis=2))
    mine = score("--set=train")
    check(mine["set"] == "train", "the set")
    gauss = 0.5 * (np.log(2 * np.pi * variances) + (k - rates) ** 2 / variances)
    close("Gaussian nll", mine["nll"], gauss.sum() / 6)
    check(not {"r2", "bits_per_spike", "nll_bound_vae"} & set(mine), f"keys {sorted(mine)}")
    check_distribution(rates, variances)
    check_sets(counts, rates)
    check_refused(rates)
    check_conversion(rates)


harness.main(globals())
