"""Scores of data in which something is not known or does not vary: it is left out, counted and said, in
text and in JSON, and the other scores are as ever.

  degenerate.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import json
import os
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, run

TRIALS, VALID, BINS, CHANNELS = 12, 8, 10, 5
counts = np.random.RandomState(0).poisson(0.6, (TRIALS + VALID, BINS, CHANNELS))
x, v = counts[:TRIALS], counts[TRIALS:]
kinds = np.array([0, 1, 1, 2] * 5)  # conditions of all trials
words = np.array(["left", "right", "right", "up"] * 5)
RUN = "model/model_runs_a.h5_valid_posterior_push_mean"


def prepare():
    """A model, and results of its trials; other data files are scored by them."""
    write(train_data=x, valid_data=v)
    run("train", "a.h5", "--lfads_save_dir=model", "--factors_dim=3", "--ic_dim=3", "--ic_enc_dim=4", "--gen_dim=5",
        "--co_dim=0", "--max_epochs=1", "--batch_size=8", "--seed=1", "--threads=1", "--example_every_s=-1")
    run("posterior-mean", "model")


def write(**arrays):
    harness.write("a.h5", **arrays)


def matlab_texts(file, key, texts):
    """Texts as MATLAB stores them: a cell array of a list, a matrix of letters of an array."""
    if isinstance(texts, np.ndarray):
        file[key] = texts
        file[key].attrs["MATLAB_class"] = np.bytes_("char")
        return
    cells = file.create_dataset(key, (1, len(texts)), h5py.ref_dtype)
    for i, text in enumerate(texts):
        letters = file.create_dataset(f"#refs#/{key}{i}", data=np.frombuffer(text.encode("utf-16-le"), "u2")[:, None])
        letters.attrs["MATLAB_class"] = np.bytes_("char")
        cells[0, i] = letters.ref


def scores(*more, run_file=RUN, **arrays):
    """Text and JSON of the model's results beside a data file of these arrays."""
    write(**{"train_data": x, "valid_data": v, **arrays})
    return scores_of_file(*more, run_file=run_file)


def scores_of_file(*more, run_file=RUN):
    words = ["evaluate", "--data_file=a.h5", f"--model_run={run_file}", *more]
    text, found = run(*words).stdout, run(*words, "--json").stdout
    check("nan" not in text.lower().replace("for they are nan", "") and "inf" not in text.replace("or infinite", ""),
          f"the text has NaN or infinity: {text}")
    return text, json.loads(found, parse_constant=lambda word: check(False, f"JSON has {word}"))


def rates():
    with h5py.File(f"{SCRATCH}/{RUN}") as file:
        return file["output_dist_params"][()]


def psth_r2(labels, count, known):
    """R2 to PSTHs of both sets' trials of each condition, mean over channels (docs/files.md)."""
    data = np.concatenate([x, v]).astype(float)
    means, psths = [], []
    for c in range(count):
        psths.append(data[known & (labels == c)].mean(0))
        means.append(rates()[(known & (labels == c))[TRIALS:]].mean(0))
    means, psths = np.concatenate(means), np.concatenate(psths)
    return (1 - ((means - psths) ** 2).sum(0) / ((psths - psths.mean(0)) ** 2).sum(0)).mean()


def test_conditions():
    """Numbers, truth values and texts name conditions; trials without one are left out of PSTHs."""
    all_known = np.ones(len(kinds), bool)
    wanted = psth_r2(kinds, 3, all_known)
    numbers = {"train_condition": kinds[:TRIALS] * 10.5, "valid_condition": kinds[TRIALS:] * 10.5}
    text, found = scores(**numbers)
    check(abs(found["psth_r2"] - wanted) < 1e-9 and found["conditions"] == 3, f"numbers: {found}, not {wanted}")
    check("without a condition" not in text and found["missing_conditions"] == 0, text)
    for name, labels in (("bytes", words.astype("S5")), ("of any length", words.astype(object)),
                         ("rows", kinds[None, :]), ("columns", kinds[:, None])):
        parts = (labels[:, :TRIALS], labels[:, TRIALS:]) if name == "rows" else (labels[:TRIALS], labels[TRIALS:])
        _, found = scores(train_condition=parts[0], valid_condition=parts[1])
        check(abs(found["psth_r2"] - wanted) < 1e-9 and found["conditions"] == 3, f"{name}: {found}")
    for name, labels in (("matrix", None), ("cells", ["left", "rechts", "тест"]), ("astral", ["a", "\U0001F600", "\U0001F601"]),
                         ("Latin", ["é", "è", "e"])):
        write(train_data=x, valid_data=v)
        with h5py.File(f"{SCRATCH}/a.h5", "a") as file:
            for key, chosen in (("train_condition", kinds[:TRIALS]), ("valid_condition", kinds[TRIALS:])):
                matlab_texts(file, key, [labels[kind] for kind in chosen] if labels else
                             np.array([[ord(c) for c in ("go  ", "stop", "go a")[kind]] for kind in chosen], "u2").T)
        _, found = scores_of_file()
        check(abs(found["psth_r2"] - wanted) < 1e-9 and found["conditions"] == 3, f"MATLAB's {name}: {found}, not {wanted}")
    for labels, says in ((2**60 + kinds, "train_condition is beyond 2\\^53 in trial 0"),
                         (kinds.astype("u8") + np.uint64(2**63), "is beyond 2\\^53"), (2**53 - 3 + kinds, "")):
        write(train_data=x, valid_data=v, train_condition=labels[:TRIALS], valid_condition=labels[TRIALS:])
        done = run("evaluate", "--data_file=a.h5", f"--model_run={RUN}", status=2 if says else 0, pattern=says)
        check(says or "PSTHs of 3 conditions" in done.stdout, done.stdout)
    write(train_data=x, valid_data=v)
    with h5py.File(f"{SCRATCH}/a.h5", "a") as file:
        matlab_texts(file, "train_condition", ["a", "b", "c"])
        file["#refs#/train_condition0"].attrs["MATLAB_class"] = np.bytes_("uint16")
    run("evaluate", "--data_file=a.h5", f"--model_run={RUN}", status=2,
        pattern="a cell of train_condition holds numbers: store texts only, or an array of numbers")
    known = np.arange(len(kinds)) % 5 != 0
    wanted = psth_r2(kinds, 3, known)
    for name, labels in (("NaN", np.where(known, kinds, np.nan)), ("infinite", np.where(known, kinds, np.inf)),
                         ("empty", np.where(known, words, "").astype(object))):
        text, found = scores("--baselines", train_condition=labels[:TRIALS], valid_condition=labels[TRIALS:])
        gone = int((~known[TRIALS:]).sum())
        check(abs(found["psth_r2"] - wanted) < 1e-9 and found["missing_conditions"] == gone, f"{name}: {found}, {wanted}")
        check(f"without a condition, and so without PSTHs: {gone} trials\n" in text, f"{name}: {text}")
    for arrays in ({"train_condition": np.full(TRIALS, np.nan), "valid_condition": np.full(VALID, np.nan)},
                   {"train_condition": kinds[:TRIALS]}):
        text, found = scores("--baselines", **arrays)
        check("psth_r2" not in found and found["missing_conditions"] == VALID and "bits_per_spike" in found, f"{found}")
    lists = np.array([[0, 3, 5], [1, 2, 4]])  # of one length: NumPy makes a matrix of them
    psth = np.random.RandomState(1).rand(2, BINS, CHANNELS)
    means = np.stack([rates()[rows].mean(0) for rows in lists]).reshape(-1, CHANNELS)
    flat = psth.reshape(-1, CHANNELS)
    wanted = (1 - ((means - flat) ** 2).sum(0) / ((flat - flat.mean(0)) ** 2).sum(0)).mean()
    _, found = scores(psth=psth, valid_cond_idx=lists)
    check(abs(found["psth_r2"] - wanted) < 1e-9, f"lists of one length: {found}, not {wanted}")
    write(train_data=x, valid_data=v, train_condition=kinds[:TRIALS], valid_condition=words[TRIALS:].astype("S5"))
    run("evaluate", "--data_file=a.h5", f"--model_run={RUN}", status=2, pattern="must both be texts, or both numbers")


def test_truth():
    """What is infinite is as little known as NaN; a truth that does not vary has no R2."""
    truth = np.random.RandomState(2).rand(VALID, BINS, CHANNELS)
    truth[0], truth[1, :, 2], truth[:, :, 4] = np.inf, np.nan, 0.7
    text, found = scores(valid_truth=truth)
    known = np.isfinite(truth)
    wanted = 1 - ((rates() - truth)[known] ** 2).sum() / ((truth[known] - truth[known].mean()) ** 2).sum()
    check(abs(found["r2"] - wanted) < 1e-9 and found["missing_truth"] == (~known).sum(), f"{found}, not {wanted}")
    check(found["channel_r2"][4] is None and ", 1 not defined)\n" in text, text)
    for value in (1.0, 0.1, 0.0, 1e9):
        text, found = scores(valid_truth=np.full((VALID, BINS, CHANNELS), value), conversion_factor=np.nan)
        check(found["r2"] is None and found["channel_r2"] == [None] * CHANNELS, f"constant {value}: {found}")
        check("R2 of the rates with the truth: not defined, for the known true rates do not vary\n" in text, text)


def test_spikes():
    """Bits per spike of nothing."""
    silent = v.copy()
    silent[:, :, 1] = 0
    text, found = scores(valid_data=silent)
    check(found["channel_bits_per_spike"][1] is None and ", 1 not defined)\n" in text, text)
    text, found = scores("--baselines", valid_data=v * 0)
    check(found["bits_per_spike"] is None and ": not defined, for there are no spikes\n" in text, text)
    with h5py.File(f"{SCRATCH}/{RUN}") as source, h5py.File(f"{SCRATCH}/unread", "w") as copy:
        for key in source:
            source.copy(key, copy)
        for key, value in (("output_dist", b"poisson"), ("heldout_dim", b"1"), ("forward_steps", b"2")):
            copy.attrs[key] = np.bytes_(value)
    silent = v.copy()
    silent[:, :, -1], silent[:, -2:] = 0, 0
    text, found = scores(valid_data=silent, run_file="unread")
    check(found["co_bps"] is None and found["fp_bps"] is None and found["bits_per_spike"] is not None, f"{found}")
    check("of the 1 held-out channels (co-smoothing): not defined, for they have no spikes\n" in text, text)
    check("of the 2 forward bins: not defined, for they have no spikes\n" in text, text)
    text, found = scores(valid_data=v * 0, valid_condition=kinds[TRIALS:], train_data=x * 0, train_condition=kinds[:TRIALS])
    check(found["psth_r2"] is None and "conditions: not defined, for the known PSTHs do not vary\n" in text, text)


def test_behaviour():
    """Behaviour that is nowhere known, or does not vary, is not decoded."""
    run("posterior-mean", "model")
    hand = np.random.RandomState(3).rand(TRIALS + VALID, BINS, 2)
    hand[3], hand[TRIALS + 1, 4] = np.inf, np.nan
    text, found = scores(train_behavior=hand[:TRIALS], valid_behavior=hand[TRIALS:])
    check(found["missing_behaviour"] == BINS * 2 + 2 and np.isfinite(found["behaviour_r2"]), f"{found}")
    text, found = scores(train_behavior=hand[:TRIALS], valid_behavior=hand[TRIALS:] * 0 + 1)
    check(found["behaviour_r2"] is None and "not defined, for the known numbers of behaviour do not vary\n" in text, text)


def test_report():
    """The page on such a model."""
    labels = np.where(np.arange(len(kinds)) % 5 != 0, words, "").astype(object)
    labels[1] = "<a & b>"
    write(train_data=x, valid_data=v * 0, train_condition=labels[:TRIALS], valid_condition=labels[TRIALS:],
          valid_truth=np.full(v.shape, np.inf), dt=np.nan)
    run("report", "model")
    page = harness.text("model/report.html")
    check("condition left" in page and "no condition" in page and "<a &" not in page, "names of conditions")


harness.main(globals())
