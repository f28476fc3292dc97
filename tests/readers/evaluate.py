"""Scores by `lfads evaluate` against the same computed here.

  evaluate.py LFADS SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import json
import math
import os
import re
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import scores
from harness import SCRATCH, check, write


def evaluate(run, *more, data="data", **options):
    return harness.run("evaluate", f"--data_file={data}", f"--model_run={run}", *more, **options).stdout


def score(*more, run="run", **options):
    return json.loads(evaluate(run, "--json", *more, **options))


def close(name, a, b):
    """Sums of some ten thousand terms in double precision; rates and counts are the same."""
    check(abs(a - b) <= 1e-10 * max(1, abs(b)), f"{name}: {a}, here {b}")


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
    for value in (np.inf, 0.0, -2.0):
        write("odd", valid_data=np.ones(rates.shape), valid_truth=np.ones(rates.shape),
              conversion_factor=value)
        evaluate("rates", data="odd", status=2, pattern=f"odd: conversion_factor is {value:g},")


def check_distribution(rates, variances):
    """A run is scored by the distribution that it names, whatever its width suggests."""
    both = np.concatenate([rates, variances], axis=2)
    text = np.bytes_
    for name, values, attribute, wanted in (
            ("named", both, text("gaussian"), None),
            ("wide", both, text("poisson"), "are not those of valid_data .*: are they of other data"),
            ("narrow", rates, text("gaussian"), "of which --output_dist=gaussian has 2 a channel: are they"),
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
    close("bits per spike", mine["bits_per_spike"], scores.bits_per_spike(k, rates))
    for j in range(5):
        close(f"bits per spike of channel {j}", mine["channel_bits_per_spike"][j],
              scores.bits_per_spike(k[:, :, j:j + 1], rates[:, :, j:j + 1]))
    check(not {"co_bps", "fp_bps"} & set(mine), f"keys {sorted(mine)}")
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


def test_unread():
    """Channels and bins that the encoders did not read have scores of their own; errors over trials."""
    random = np.random.RandomState(3)
    rates = random.uniform(0.1, 3, (30, 20, 7))
    k = random.poisson(rates)
    rates *= random.uniform(0.5, 1.5, rates.shape)
    rates[4, 3, 2] = 0
    k[4, 3, 2] = 1
    write("data", valid_data=k)
    with h5py.File(write("run", output_dist_params=rates), "r+") as file:
        file.attrs["heldout_dim"], file.attrs["forward_steps"] = np.bytes_("2"), np.bytes_("5")
    mine = score()
    check((mine["heldout_dim"], mine["forward_steps"]) == (2, 5), "numbers of the attributes")
    for key, part in (("bits_per_spike", np.s_[:]), ("co_bps", np.s_[:, :15, 5:]),
                      ("fp_bps", np.s_[:, 15:])):
        close(key, mine[key], scores.bits_per_spike(k[part], rates[part]))
        # both are of 1000 draws, each within 2.3 % of the limit as a rule; five times both
        error = scores.bootstrap(k[part], rates[part], 1000, random)
        check(abs(mine[f"{key}_se"] / error - 1) < 5 * 0.023 * math.sqrt(2),
              f"{key}: standard error {mine[f'{key}_se']}, here {error}")
    worst, best = (int(np.argmax(sign * np.array(mine["channel_bits_per_spike"]))) for sign in (-1, 1))
    for arrays, names in (({}, None), ({"unit_ids": np.arange(6)}, None), ({"unit_ids": [3, 9, 27, 81, 2, 5, 7]}, "3 9 27 81 2 5 7"),
                          ({"unit_names": "a\nb\nc\nd\ne\nf\n\u00b5", "unit_ids": np.arange(7)}, "a b c d e f \u00b5"),
                          ({"unit_ids": np.array(list("tuvwxyz"), dtype="S1")}, "t u v w x y z")):
        write("named", valid_data=k, **arrays)
        check(score("--bootstrap=0", data="named").get("units") == (names and names.split()), f"units {names}")
        name = [f"{'held-out ' * (j >= 5)}" + (f"unit {names.split()[j]}" if names else f"channel {j}") for j in (worst, best)]
        check(re.search(rf"\(single channels \S+ of {name[0]} to \S+ of {name[1]}\)", evaluate("run", "--bootstrap=0", data="named")), f"{name}")
    check(score(environment={"OMP_NUM_THREADS": "7"}) == mine, "scores depend on threads")
    check(score("--seed=1")["co_bps_se"] != mine["co_bps_se"], "the seed of the draws has no effect")
    check(score("--bootstrap=0")["co_bps_se"] is None, "a standard error without draws")
    for key, text in (("heldout_dim", "7"), ("forward_steps", "20"), ("heldout_dim", "-1"),
                      ("forward_steps", "1.5"), ("heldout_dim", "9" * 40)):
        with h5py.File(write("odd", output_dist_params=rates), "r+") as file:
            file.attrs[key] = np.bytes_(text)
        evaluate("odd", status=2, pattern=f"odd: its attribute {key} is {text}, and a whole number below")


def test_coverage():
    """The share of the truth in a run's band: between its outermost quantiles, else 1.645 deviations."""
    random = np.random.RandomState(5)
    truth, rates = random.uniform(0.1, 3, (8, 20, 5)), random.uniform(0.1, 1, (6, 20, 10))
    samples = rates[..., None] * random.uniform(0.2, 1.8, (6, 20, 10, 30))
    probability = [0.05, 0.5, 0.9]
    quantiles = np.moveaxis(np.quantile(samples, probability, axis=-1), 0, -1).astype(np.float32)
    deviations = samples.std(axis=-1).astype(np.float32)
    truth[1, 2:9, 3] = truth[4, 5] = np.nan
    known = ~np.isnan(truth[:6])
    write("data", valid_data=np.ones((8, 20, 5)), valid_truth=truth, conversion_factor=4.0)

    def check_band(what, low, high, nominal, **arrays):
        with h5py.File(write("run", output_dist_params=rates, controller_outputs=rates[:, :, :2],
                             **arrays), "r+") as file:
            file.attrs["output_dist"] = np.bytes_("gaussian")
        mine = score("--figure=band.png")
        inside = (4 * low[..., :5] <= truth[:6]) & (truth[:6] <= 4 * high[..., :5])
        share = inside.sum() / known.sum()
        check(0.1 < share < 0.9, f"{what}: {share} covered")
        close(what, mine["coverage"], share)
        close(f"{what}, nominal", mine["coverage_nominal"], nominal)
        for j in range(5):
            close(f"{what}, channel {j}", mine["channel_coverage"][j],
                  inside[..., j].sum() / known[..., j].sum())
        check(f"share of true rates in the {100 * nominal:g} % band of samples: {share:.4f} (single" in
              evaluate("run"), what)
        return picture("band.png")

    low, high = rates - 1.6448536269514722 * deviations, rates + 1.6448536269514722 * deviations
    both = {"output_dist_params_std": deviations, "output_dist_params_quantiles": quantiles,
            "spread_quantiles": probability}
    drawn = [check_band("quantiles", quantiles[..., 0], quantiles[..., 2], 0.85, **both),
             check_band("deviations", low, high, 0.9, output_dist_params_std=deviations),
             check_band("one quantile", low, high, 0.9, **{
                 **both, "output_dist_params_quantiles": quantiles[..., 1:2], "spread_quantiles": [0.5]}),
             check_band("inputs", low, high, 0.9, output_dist_params_std=deviations,
                        controller_outputs_std=deviations[:, :, :2])]
    with h5py.File(write("run", output_dist_params=rates, controller_outputs=rates[:, :, :2]), "r+") as file:
        file.attrs["output_dist"] = np.bytes_("gaussian")
    check("coverage" not in score("--figure=band.png"), "a band without spread")
    drawn.append(picture("band.png"))
    check(drawn[1] == drawn[2] and len(set(drawn)) == 4, "figures with and without bands")
    for key, value, says in (
            ("output_dist_params_std", deviations[:5], r"has not the shape of the means, \[6,20,10\]"),
            ("output_dist_params_std", np.full(rates.shape, np.nan), "_std in trial 0, place 0 gives no band"),
            ("output_dist_params_std", np.full(rates.shape, np.inf), "place 0 gives no band, but -inf to inf"),
            ("output_dist_params_std", -deviations, "_std in trial 0, place 0 gives no band"),
            ("output_dist_params_quantiles", quantiles[..., :2], "as many numbers each as spread_quantiles"),
            ("output_dist_params_quantiles", quantiles[..., 0], "_quantiles has not the shape"),
            ("output_dist_params_quantiles", quantiles[..., ::-1], "place 0 gives no band"),
            ("spread_quantiles", [0.1, np.nan, 0.5], "are not numbers between 0 and 1"),
            ("spread_quantiles", [0.5, 0.1, 0.9], "are not numbers between 0 and 1 in rising order"),
            ("spread_quantiles", [[0.1, 0.5, 0.9], [0.1, 0.5, 0.9]], "spread_quantiles has 2 axes")):
        arrays = {k: v for k, v in both.items() if (k.endswith("_std")) == key.endswith("_std")}
        with h5py.File(write("odd", output_dist_params=rates, **{**arrays, key: value}), "r+") as file:
            file.attrs["output_dist"] = np.bytes_("gaussian")
        evaluate("odd", status=2, pattern=says)


def test_model():
    """A model's results say what its encoders did not read."""
    random = np.random.RandomState(4)
    harness.write_session("set_s", random, (8, 6), harness.waves(10, 5))
    harness.run("train", "--data_dir=.", "--data_filename_stem=set", "--lfads_save_dir=model",
                "--max_epochs=1", "--batch_size=4", "--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5",
                "--gen_dim=6", "--co_dim=0", "--heldout_dim=2", "--forward_steps=3", "--threads=1",
                "--example_every_s=-1")
    for command, kind in (("posterior-mean", "posterior_push_mean"),
                          ("posterior-sample", "posterior_sample_and_average")):
        harness.run(command, "--lfads_save_dir=model", "--threads=1")
        run = f"model/model_runs_s_valid_{kind}"
        with h5py.File(f"{SCRATCH}/{run}") as file, h5py.File(f"{SCRATCH}/set_s") as data:
            check(file.attrs["heldout_dim"] == b"2" and file.attrs["forward_steps"] == b"3", run)
            k, rates = data["valid_data"][()], file["output_dist_params"][()]
        mine = score(data="set_s", run=run)
        close(f"co-bps, {kind}", mine["co_bps"], scores.bits_per_spike(k[:, :7, 3:], rates[:, :7, 3:]))
        close(f"fp-bps, {kind}", mine["fp_bps"], scores.bits_per_spike(k[:, 7:], rates[:, 7:]))
    text = evaluate(run, data="set_s")
    check("of the 2 held-out channels (co-smoothing): " in text and "of the 3 forward bins: " in text, text)


def test_model_of_two_arrays():
    """In a file with an array for the encoders, the shapes say what they did not read."""
    random = np.random.RandomState(8)
    counts = {name: random.poisson(harness.waves(10, 5), (n, 10, 5)) for name, n in (("train", 8), ("valid", 6))}
    write("two_s", **{f"{name}_recon_data": k for name, k in counts.items()},
          **{f"{name}_encod_data": k[:, :8, :3] for name, k in counts.items()})
    harness.run("train", "--data_dir=.", "--data_filename_stem=two", "--lfads_save_dir=apart",
                "--max_epochs=1", "--batch_size=4", "--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5",
                "--gen_dim=6", "--co_dim=0", "--threads=1", "--example_every_s=-1")
    harness.run("posterior-mean", "--lfads_save_dir=apart", "--threads=1")
    run = "apart/model_runs_s_valid_posterior_push_mean"
    with h5py.File(f"{SCRATCH}/{run}") as file:
        rates = file["output_dist_params"][()]
    mine, k = score(data="two_s", run=run), counts["valid"]
    close("co-bps", mine["co_bps"], scores.bits_per_spike(k[:, :8, 3:], rates[:, :8, 3:]))
    close("fp-bps", mine["fp_bps"], scores.bits_per_spike(k[:, 8:], rates[:, 8:]))


def conditions_of(counts, labels, sd):
    """PSTHs of all trials, for each label."""
    return np.array([scores.smoothed(counts[labels == label].mean(axis=0), sd) for label in np.unique(labels)])


def test_conditions():
    """R2 to PSTHs: of the data's conditions, smoothed by a flag or by 50 ms; those that the file has."""
    random = np.random.RandomState(5)
    truth = random.uniform(0.2, 3, (4, 24, 5))
    values, labels = (-1.5, 0, 2, 7), {}
    arrays = {}
    for name, trials in (("train", 30), ("valid", 14)):
        labels[name] = random.randint(0, 4 if name == "train" else 3, trials)
        arrays[f"{name}_condition"] = np.array(values)[labels[name]]
        arrays[f"{name}_data"] = random.poisson(truth[labels[name]])
    rates = truth[labels["valid"]] * random.uniform(0.5, 1.5, (14, 24, 5))
    lists = [np.flatnonzero(labels["valid"] == c) for c in range(4)]
    both = np.concatenate([arrays["train_data"], arrays["valid_data"]])
    every = np.concatenate([labels["train"], labels["valid"]])
    write("run", output_dist_params=rates)
    synthetic = {(f"condition_labels_{k[:5]}" if "condition" in k else k): v for k, v in arrays.items()}
    for flags, more, sd, has in (([], {}, 0, arrays), (["--psth_sd=1.5"], {}, 1.5, synthetic),
                                 ([], {"dt": 0.02}, 2.5, arrays), (["--psth_sd=-1"], {"dt": 0.02}, 0, arrays)):
        write("data", **has, **more)
        mine = score(*flags)
        close(f"R2 to PSTHs, {flags} {more}", mine["psth_r2"],
              scores.psth_r2(rates, conditions_of(both, every, sd), lists))
        check(mine["conditions"] == 4 and abs(mine["psth_sd"] - sd) < 1e-12, f"{mine}")
    # without the condition of training trials, of fewer trials, in the bins that were encoded
    del arrays["train_condition"]
    write("data", **arrays)
    with h5py.File(write("some", output_dist_params=rates[:9]), "r+") as file:
        file.attrs["forward_steps"] = np.bytes_("4")
    psth = conditions_of(arrays["valid_data"], labels["valid"], 0)
    some = [trials[trials < 9] for trials in lists]
    close("R2 of some trials", score(run="some")["psth_r2"], scores.psth_r2(rates[:9, :20], psth[:, :20], some))
    # what the file has comes first
    psth, jitter = random.uniform(0.2, 3, (4, 24, 5)), random.randint(-2, 3, 14)
    psth[1, 3] = np.nan
    for more in ({}, {"valid_jitter": jitter}):
        with h5py.File(write("data", psth=psth, **arrays, **more), "r+") as file:
            file.create_dataset("valid_cond_idx", (4,), h5py.vlen_dtype("i8"))
            for i, trials in enumerate(lists):
                file["valid_cond_idx"][i] = trials
        close(f"R2 to the file's PSTHs, {sorted(more)}", score()["psth_r2"],
              scores.psth_r2(rates, psth, lists, more.get("valid_jitter")))
    check("psth_r2" not in score("--set=train"), "PSTHs of a set without conditions")
    # a lone trial without an axis of its own, whose condition is a number or a list of one
    write("one", output_dist_params=rates[:1])
    lone = {**arrays, "train_condition": labels["train"], "valid_condition": labels["valid"][0]}
    write("data", **{**lone, "valid_data": arrays["valid_data"][:1], "valid_condition": labels["valid"][:1]})
    whole = score(run="one")["psth_r2"]
    for more in (lone["valid_condition"], [lone["valid_condition"]]):
        write("data", **{**lone, "valid_data": arrays["valid_data"][0], "valid_condition": more})
        mine = score("--baselines", run="one")
        check(mine["psth_r2"] == whole and "psth" in mine["baselines"], f"a lone trial: {mine['psth_r2']}, not {whole}")
    for key, value, says in (("valid_condition", np.arange(13), "valid_condition has 13 entries on axis 0"),
                             ("valid_condition", np.eye(14), "valid_condition has 2 axes"),
                             ("valid_condition", np.zeros((14, 2)), "has 2 axes, and numbers with 1 are")):
        write("odd", **{**arrays, key: value})
        evaluate("run", data="odd", status=2, pattern=says)


def test_missing():
    """Numbers that were not recorded do not count; data may have the name that lfads-torch gives it."""
    random = np.random.RandomState(7)
    rates = random.uniform(0.2, 3, (12, 16, 4))
    counts = {name: random.poisson(rates).astype(float) for name in ("train", "valid")}
    for name in counts:
        counts[name][2:5, 10:] = np.nan
        counts[name][random.rand(12, 16, 4) < 0.1] = np.nan
    counts["train"][::2, 7, 1] = counts["valid"][::2, 7, 1] = np.nan # a bin of a condition
    labels = np.arange(12) % 2
    known = ~np.isnan(counts["valid"])
    write("run", output_dist_params=rates)
    psth = np.array([np.nanmean(np.concatenate([k[labels == c] for k in counts.values()]), axis=0)
                     for c in (0, 1)])
    psth[0, 7, 0] = np.nan
    for key in ("data", "recon_data"):
        arrays = {f"{name}_{key}": k for name, k in counts.items()}
        write("data", train_condition=labels, valid_condition=labels, **arrays)
        mine = score("--figure=missing.png")
        close(f"bits per spike, {key}", mine["bits_per_spike"], scores.bits_per_spike(counts["valid"], rates))
        close(f"R2 to PSTHs, {key}", mine["psth_r2"],
              scores.psth_r2(rates, psth, [np.flatnonzero(labels == c) for c in (0, 1)]))
        k, r = counts["valid"][known], rates[known]
        close(f"nll, {key}", mine["nll"],
              (r - k * np.log(r) + [math.lgamma(x + 1) for x in k]).sum() / 12)
        check(picture("missing.png").startswith(b"\x89PNG"), "a figure")
        check(score("--set=train")["set"] == "train", "training trials")
    write("data", valid_other=counts["valid"])
    evaluate("run", status=2, pattern="there is no data set valid_data")


def test_unknown():
    """Truth, PSTHs and behaviour that are NaN in part or throughout: what is known is scored, and how much is
    left out is said."""
    random = np.random.RandomState(5)
    truth = random.uniform(0.1, 3, (6, 20, 5))
    counts = random.poisson(truth)
    rates = truth * random.uniform(0.8, 1.2, truth.shape)
    part = truth.copy()
    part[1, 3:9, 2] = part[4] = part[:, :, 4] = np.nan
    known = ~np.isnan(part)
    write("run", output_dist_params=rates)
    write("data", valid_data=counts, valid_truth=part)
    mine = score("--figure=part.png", "--trial=1")
    close("r2 of what is known", mine["r2"], 1 - ((part - rates)[known] ** 2).sum()
          / ((part - part[known].mean()) ** 2)[known].sum())
    tj, rj = part[..., 2][known[..., 2]], rates[..., 2][known[..., 2]]
    close("r2 of a channel", mine["channel_r2"][2], 1 - ((tj - rj) ** 2).sum() / ((tj - tj.mean()) ** 2).sum())
    check(mine["channel_r2"][4] is None and mine["missing_truth"] == (~known).sum(), f"{mine}")
    check(f"left out, for they are NaN or infinite: {(~known).sum()} numbers of the true rates\n" in evaluate("run"), "text")
    check(picture("part.png").startswith(b"\x89PNG"), "a PNG of a trial of which the truth is not known")
    write("plain", valid_data=counts)
    plain = score(data="plain")
    psth = random.uniform(0.1, 3, (1, 20, 5))
    for name, arrays, gone in (("truth", {"valid_truth": part * np.nan}, "600 numbers of the true rates, all"),
                               ("psth", {"psth": psth * np.nan}, "20 bins of PSTHs, all")):
        with h5py.File(write("data", valid_data=counts, **arrays), "r+") as file:
            if "psth" in arrays:
                file.create_dataset("valid_cond_idx", (1,), h5py.vlen_dtype("i4"))[0] = np.arange(6)
        mine = score("--figure=none.png")
        check({key: value for key, value in mine.items() if not key.startswith("missing")} == {
            key: value for key, value in plain.items() if not key.startswith("missing")}, f"{name}: {mine}")
        check(f"left out, for they are NaN or infinite: {gone}\n" in evaluate("run"), f"{name}: {evaluate('run')}")
    psth[0, 5, 2] = psth[0, 7, 0] = np.nan
    with h5py.File(write("data", valid_data=counts, psth=psth), "r+") as file:
        file.create_dataset("valid_cond_idx", (1,), h5py.vlen_dtype("i4"))[0] = np.arange(6)
    bins = [i for i in range(20) if i not in (5, 7)]
    close("PSTHs of known bins", score()["psth_r2"], scores.psth_r2(rates[:, bins], psth[:, bins], [np.arange(6)]))
    check(score()["missing_psth"] == 2, "bins of PSTHs")
    behavior = random.normal(size=(6, 20, 2))
    write("model_runs_x_train_posterior_push_mean", output_dist_params=rates)
    run = os.path.basename(write("model_runs_x_valid_posterior_push_mean", output_dist_params=rates))
    write("data", train_data=counts, valid_data=counts, train_behavior=behavior, valid_behavior=behavior * np.nan)
    mine = score(run=run)
    check("behaviour_r2" not in mine and mine["missing_behaviour"] == 240, f"{mine}")
    check("240 numbers of behaviour: too many to decode" in evaluate(run), evaluate(run))


def test_behaviour():
    """Behaviour of validation trials is decoded from the rates of both sets' results."""
    random = np.random.RandomState(6)
    arrays, rates, behaviour, masks = {}, {}, {}, {}
    for name, trials in (("train", 40), ("valid", 15)):
        latent = random.normal(size=(trials, 18, 3))
        rates[name] = np.exp(0.3 * latent @ np.cos(np.arange(24).reshape(3, 8)) - 4)
        arrays[f"{name}_data"] = random.poisson(rates[name])
        behaviour[name] = latent[..., :2] + 2 * random.normal(size=(trials, 18, 2))
        behaviour[name][3, :5] = np.nan
        masks[name] = np.stack([np.arange(trials) % 3 == 0, np.arange(trials) % 3 > 0], axis=1)
        arrays[f"{name}_behavior"] = behaviour[name]
        write(f"runs_s_{name}_posterior_push_mean", output_dist_params=rates[name])
    run = "runs_s_valid_posterior_push_mean"

    def wanted(bins=18, chosen=(slice(None), slice(None)), penalty=None):
        return scores.decode(*((rates[name][chosen[i], :bins].reshape(-1, 8),
                                behaviour[name][chosen[i], :bins].reshape(-1, 2))
                               for i, name in enumerate(("train", "valid"))), penalty)

    write("data", **arrays)
    mine, (r2, penalty) = score(run=run), wanted()
    close("R2 of behaviour", mine["behaviour_r2"], r2)
    close("penalty", mine["decoding_penalty"], penalty)
    check(1e-4 < penalty < 1 and mine["behaviour_components"] == 2, f"penalty {penalty}")
    close("R2 by a penalty", score("--decoding_penalty=0.5", run=run)["behaviour_r2"], wanted(penalty=0.5)[0])
    with h5py.File(f"{SCRATCH}/{run}", "r+") as file:
        file.attrs["forward_steps"] = np.bytes_("3")
    close("R2 in encoded bins", score(run=run)["behaviour_r2"], wanted(15)[0])
    short = {key: a[:, :15] if key.endswith("behavior") else a for key, a in arrays.items()}
    write("data", **short)
    close("R2 of behaviour in encoded bins", score(run=run)["behaviour_r2"], wanted(15)[0])
    write("data", **arrays, train_decode_mask=masks["train"], valid_decode_mask=masks["valid"])
    close("R2 of two decoders", score(run=run)["behaviour_r2"],
          np.mean([wanted(15, (masks["train"][:, i], masks["valid"][:, i]))[0] for i in (0, 1)]))
    # the results of training trials, named or missing
    os.rename(f"{SCRATCH}/runs_s_train_posterior_push_mean", f"{SCRATCH}/others")
    check("behaviour_r2" not in score(run=run) and "--train_run" in evaluate(run), "no training trials")
    check("behaviour_r2" in score("--train_run=others", run=run), "named training trials")
    check("--train_run" not in evaluate(run, "--set=train"), "behaviour of training trials")
    evaluate(run, "--train_run=absent", status=2, pattern="no file absent")
    for key, value, says in (
            ("valid_behavior", np.zeros((14, 18, 2)), r"valid_behavior has \[14,18\] trials and bins, and at least 15"),
            ("train_behavior", np.zeros((40, 17, 2)), "train_behavior has .40,17. trials and bins"),
            ("train_behavior", np.zeros((40, 18, 3)), "train_behavior has 3 entries on axis 2, and 2 are needed"),
            ("valid_decode_mask", np.ones((15, 1), bool), "train_decode_mask has 0 columns, and valid_decode_mask 1")):
        write("odd", **{**arrays, key: value})
        evaluate(run, "--train_run=others", data="odd", status=2, pattern=says)
    write("data", **{**arrays, "valid_behavior": np.zeros((15, 5))})
    check("behaviour_r2" not in score("--train_run=others", run=run), "numbers of a trial were decoded")


def check_baseline(what, mine, rates, counts, truth, read, heldout):
    """1e-7: a regression stops where a step gains less than 1e-9 nats, out of a thousand."""
    def near(name, a, b):
        check(abs(a - b) <= 1e-7 * max(1, abs(b)), f"{what}, {name}: {a}, here {b}")

    near("bits per spike", mine["bits_per_spike"], scores.bits_per_spike(counts, rates))
    near("r2", mine["r2"], 1 - ((truth - rates) ** 2).sum() / ((truth - truth.mean()) ** 2).sum())
    check(math.isfinite(mine["bits_per_spike_se"]), f"{what}: no standard error")
    check("nll" not in mine, f"{what}: a likelihood")
    for key, has, part in (("co_bps", heldout, np.s_[:, :read, -heldout:]), ("fp_bps", read < 20, np.s_[:, read:])):
        if has:
            near(key, mine[key], scores.bits_per_spike(counts[part], rates[part]))
        else:
            check(key not in mine, f"{what}: {key} of a model that reads all")


def check_baselines(what, trials, read=20, heldout=0, missing=0.0, every=1):
    """The program's baselines of a set of TRIALS training trials are those of scores.py."""
    random = np.random.RandomState(11)
    gain = random.normal(size=(3, 6)) * 0.6
    arrays, labels, truth = {}, {}, {}
    for name, count in (("train", trials), ("valid", 12)):
        labels[name] = random.randint(0, 3, count)
        phase = labels[name][:, None] + np.arange(20) / 4 + random.normal(size=(count, 1)) * 0.3
        latent = np.stack([np.sin(phase), np.cos(phase), np.sin(2 * phase)], axis=2)
        truth[name] = 0.5 * np.exp(latent @ gain)
        counts = random.poisson(truth[name]).astype(float)
        counts[random.rand(*counts.shape) < missing] = np.nan
        arrays.update({f"{name}_data": counts, f"{name}_truth": truth[name],
                       f"{name}_condition" if every else f"condition_labels_{name}": labels[name]})
    write("base", **arrays)
    for name in ("valid", "train"):
        counts = arrays[f"{name}_data"][:9]
        with h5py.File(write("base_run", output_dist_params=np.full(counts.shape, 0.7)), "r+") as file:
            file.attrs["heldout_dim"], file.attrs["forward_steps"] = np.bytes_(f"{heldout}"), np.bytes_(f"{20 - read}")
        words = (f"--set={name}", "--psth_sd=1.5", "--baselines", "--bootstrap=20")
        mine = score(*words, run="base_run", data="base")["baselines"]
        check(list(mine) == ["mean_rates", "psth", "smoothing"], f"{what}: {list(mine)}")
        train = arrays["train_data"]
        smooth, (sd, shrink, penalty) = scores.smoothing_rates(train, counts, read, heldout)
        for key, rates in (("mean_rates", scores.mean_rates(train, 9)),
                           ("psth", scores.psth_rates(train, labels["train"], labels[name][:9], 1.5, name == "train")),
                           ("smoothing", smooth)):
            check_baseline(f"{what}, {name}, {key}", mine[key], rates, counts, truth[name][:9], read, heldout)
        about = mine["smoothing"]["about"]
        check(f"standard deviation {sd} bins, {shrink:g} bins" in about, about)
        check(("penalty" in about) == (heldout > 0) and (heldout == 0 or f"penalty {penalty}" in about), about)
        check("psth_r2" in mine["psth"], f"{what}: PSTHs' score")
    text = evaluate("base_run", *words, data="base")
    check(re.search(r"baseline psth, bits per spike -?[0-9.]+ [(]standard error [0-9.]+[)].*: mean of the training trials of the "
                    r"condition [(]3 conditions[)]", text), text)
    check("baselines" not in score("--set=valid", run="base_run", data="base"), "baselines, not asked for")


def test_baselines():
    """Mean rates, PSTHs and smoothed spikes with a regression, against the same in NumPy."""
    check_baselines("all read", 40)
    check_baselines("channels and bins held out", 40, read=16, heldout=2)
    check_baselines("bins joined, numbers missing", 1100, heldout=1, missing=0.02, every=0)
    random = np.random.RandomState(12)
    reals = random.normal(size=(9, 20, 5))
    write("real", train_data=reals, valid_data=reals, valid_truth=reals)
    write("real_run", output_dist_params=np.ones((9, 20, 10)))
    mine = score("--baselines", run="real_run", data="real")["baselines"]
    check(list(mine) == ["mean_rates", "psth"] and "bits_per_spike" not in mine["psth"], f"reals: {mine}")
    means = scores.mean_rates(reals, 9)
    close("r2 of reals' means", mine["mean_rates"]["r2"],
          1 - ((reals - means) ** 2).sum() / ((reals - reals.mean()) ** 2).sum())
    write("lone", valid_data=np.ones((9, 20, 5)))
    write("lone_run", output_dist_params=np.ones((9, 20, 5)))
    evaluate("lone_run", "--baselines", data="lone", status=2, pattern="lone has no train_data: baselines")
    evaluate("lone_run", "--baselines", "--nlb_target=x", data="", status=2, pattern="no --baselines with")


harness.main(globals())
