"""Data files that `lfads prepare` makes of one recording, as pynwb, SciPy, pandas and MATLAB's layout of HDF5
write it (tests/golden/recordings/make.py), against its spikes binned by NumPy.

  foreign_recordings.py LFADS SCRATCH FOLDER [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, run

FOLDER, = harness.MORE
TRUTH = np.load(f"{FOLDER}/truth.npz")
START, GO, TARGET = TRUTH["start"], TRUTH["go"], TRUTH["target"]
TRIALS, UNITS = len(START), TRUTH["of"].max() + 1


def binned(zero, bins, width=10):
    """Counts [trials,bins,units] in bins of WIDTH ms from ZERO [trials] on."""
    counts = np.zeros((TRIALS, bins, UNITS))
    for i in range(TRIALS):
        at = TRUTH["ms"] - zero[i]
        inside = (at >= 0) & (at < bins * width)
        np.add.at(counts[i], (at[inside] // width, TRUTH["of"][inside]), 1)
    return counts


def prepared(name, *words, output="made"):
    """Counts in the order of the trials, and what was said."""
    done = run("prepare", f"{FOLDER}/{name}", *words, f"--output={output}")
    with h5py.File(f"{SCRATCH}/{output}") as file:
        sets = [s for s in ("train", "valid") if f"{s}_data" in file]
        order = np.argsort(np.concatenate([file[f"{s}_inds"][()] for s in sets]))
        return np.concatenate([file[f"{s}_data"][()] for s in sets])[order], done.stdout + done.stderr


def same(counts, expected, what):
    check(counts.shape == expected.shape and np.array_equal(counts, expected, equal_nan=True),
          f"{what}: counts {counts.shape} {np.nansum(counts)} are not {expected.shape} {np.nansum(expected)}")


AROUND = ["--align=go", "--window=-0.2:0.5"]


def test_matlab():
    """Arrays of structures, structures, cells in cells, of both of MATLAB's formats."""
    around, whole = binned(GO - 200, 70), binned(START, 100)
    for name in ("trials.mat", "trials73.mat"):
        same(prepared(name, "--window=0:1")[0], whole, name)
        same(prepared(name, *AROUND, "--condition=target")[0], around, f"{name}, aligned")
        with h5py.File(f"{SCRATCH}/made") as file:
            names = file["condition_names"][()].decode().split("\n")
            check([int(names[i]) for i in file["train_condition"]] ==
                  [int(TARGET[i - 1]) for i in file["train_inds"]], f"{name}: conditions")
    same(prepared("trials.mat", "--window=0:1", "--trial_filter=kind=t2")[0], whole[TARGET == 2], "a field of texts")
    for words in ([], ["--unit_filter=quality=good"], ["--units=1-5"]):
        same(prepared("units.mat", *AROUND, *words)[0], around, f"units.mat {words}")
    same(prepared("nested.mat", "--window=0:1")[0], whole, "nested.mat")
    same(prepared("nested.mat", "--align=data.go", "--window=0:0.1")[0], binned(GO, 10), "nested.mat by data.go")


def test_counts():
    """Matrices of trials of unequal length; the axes channels, bins, trials."""
    whole = binned(START, 100)
    missing = whole.copy()
    for i in range(TRIALS):
        missing[i, 100 - 2 * i:] = np.nan
    counts, said = prepared("counts.mat")
    same(counts, missing, "counts.mat")
    check("not recorded 7.0 % of the bins" in said, said)
    same(prepared("axes.mat", "--axes=channels,bins,trials")[0], whole, "axes.mat")
    same(prepared("axes.mat", "--axes=channels,bins,trials", "--counts_width=0.01", "--bin_width=0.05")[0],
         binned(START, 20, 50), "axes.mat in wider bins")


def test_nwb():
    """pynwb's file: each unit's own intervals, texts, truth values, a series."""
    counts, said = prepared("day.nwb", "--align=go_cue", "--window=-0.2:0.5", "--behavior=hand", "--condition=target")
    expected = binned(GO - 200, 70)
    edges = (GO - 200)[:, None] + 10 * np.arange(70)
    lost = (edges + 10 > 4000) & (edges < 6500)
    expected[:, :, [1, 3]] = np.where(lost[:, :, None], np.nan, expected[:, :, [1, 3]])
    check(0 < lost.sum() < lost.size, "the intervals cut nothing")
    same(counts, expected, "day.nwb")
    check(f"not recorded {100 * lost.mean() * 2 / 5:.1f} % of the bins" in said, said)
    same(prepared("day.nwb", "--align=go_cue", "--window=-0.2:0.5", "--trial_filter=correct=true",
                  "--unit_filter=quality=good", "--units=0,2,4")[0],
         expected[np.arange(TRIALS) % 3 != 0][:, :, [0, 4]].astype(int), "chosen")
    # the rate is over the bins in which a unit was observed
    rates = np.nanmean(expected, axis=(0, 1)) * 100
    for least in (rates[3] - 0.01, rates[3] + 0.01):
        prepared("day.nwb", "--align=go_cue", "--window=-0.2:0.5", f"--min_rate={least}")
        with h5py.File(f"{SCRATCH}/made") as file:
            check(np.array_equal(file["unit_ids"], np.flatnonzero(rates > least)), f"{least}: {list(file['unit_ids'])}")
    # a unit that was observed in none of the windows is left out
    counts, said = prepared("day.nwb", "--align=start_time", "--window=0:0.5", "--trial_filter=start_time>4,start_time<6")
    check("2 units: not observed in any window" in said and counts.shape == (2, 50, 3), f"{said}{counts.shape}")


def test_tables():
    """pandas' tables with the index of their rows, truth values as Python writes them."""
    words = ["--trials=" + f"{FOLDER}/trials.csv", "--align=go_cue", "--window=-0.2:0.5"]
    around = binned(GO - 200, 70)
    same(prepared("spikes.csv.gz", *words)[0], around, "spikes.csv.gz")
    for value in ("true", "True"):
        same(prepared("spikes.csv.gz", *words, f"--trial_filter=correct={value}")[0],
             around[np.arange(TRIALS) % 3 != 0], f"correct={value}")
    same(prepared("objects.npz", *words)[0], around, "objects.npz")


def test_folder():
    """Kilosort's samples beside a table in seconds; whole numbers there could be either."""
    os.makedirs(f"{SCRATCH}/sorted", exist_ok=True)
    order = np.argsort(TRUTH["ms"], kind="stable")
    np.save(f"{SCRATCH}/sorted/spike_times.npy", (TRUTH["ms"] * 30)[order].astype("u8")[:, None])
    np.save(f"{SCRATCH}/sorted/spike_clusters.npy", TRUTH["of"][order].astype("i4"))
    with open(f"{SCRATCH}/sorted/params.py", "w") as file:
        file.write("sample_rate = 30000.0\n")
    words = ["prepare", "sorted", "--align=go_cue", "--window=-0.2:0.5", "--output=made", "--valid=0"]
    run(*words, f"--trials={FOLDER}/trials.csv")
    same(h5py.File(f"{SCRATCH}/made")["train_data"][()], binned(GO - 200, 70), "folder")
    with open(f"{SCRATCH}/whole.csv", "w") as file:
        file.write("go_cue\n1\n2\n")
    run(*words[:-2], "--output=none", "--trials=whole.csv", status=2, pattern="go_cue are whole numbers, and nothing says of what")


harness.main(globals())
