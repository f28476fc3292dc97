"""Data files that `lfads prepare` makes of recordings, against the same spikes binned here by NumPy.

  prepare.py LFADS SCRATCH PROJECT [--case=CASE]

Spikes are drawn in whole microseconds: here they are binned as integers, so that it is certain in which
bin a spike on an edge is.
SPDX-License-Identifier: Apache-2.0"""
import gzip
import json
import os
import re
import sys
import zipfile

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import recordings
from harness import SCRATCH, Skip, check, run

PROJECT, = harness.MORE
SHARED = os.path.join(os.environ.get("LFADS_SHARED", f"{PROJECT}/../shared"), "data", "real")
TRIALS, UNITS, LENGTH = 23, 7, 2_000_000  # of a trial, in us
random = np.random.RandomState(4)
# [spikes]: each spike's trial, unit, time in its trial; many are on edges of bins
trial = random.randint(TRIALS, size=6000)
unit = random.choice(UNITS, size=6000, p=np.r_[0.002, np.full(UNITS - 1, 0.998 / (UNITS - 1))])
us = np.where(random.rand(6000) < 0.5, random.randint(0, LENGTH, 6000), 10000 * random.randint(0, 200, 6000))
go = random.randint(400_000, 900_000, TRIALS) // 1000 * 1000
side = random.randint(1, 3, TRIALS)
kind = np.array(["left", "right", "catch"])[random.randint(3, size=TRIALS)]


def binned(zero, start, stop, width, trials=range(TRIALS), units=range(UNITS)):
    """Counts [trials,bins,units] from START to STOP after ZERO [TRIALS], all in us."""
    counts = np.zeros((TRIALS, (stop - start) // width, UNITS), int)
    at = us - np.broadcast_to(zero, TRIALS)[trial] - start
    inside = (at >= 0) & (at < stop - start)
    np.add.at(counts, (trial[inside], at[inside] // width, unit[inside]), 1)
    return counts[list(trials)][:, :, list(units)]


def text(number, unit="s"):
    """A time in us as it is written in decimal."""
    return f"{number / 1e6:.6f}" if unit == "s" else f"{number / 1e3:.3f}"


def write_csv(name, separator=",", opened=open, times="time_s", order=None):
    order = np.arange(len(us)) if order is None else order
    with opened(f"{SCRATCH}/{name}", "wt") as file:
        file.write(separator.join(("trial", "unit", times)) + "\n")
        for i in order:
            file.write(separator.join((str(trial[i]), str(unit[i]), text(us[i], "ms" if "m" in times[4:].lower() else "s"))) + "\n")


def write_table(name, extra=""):
    with open(f"{SCRATCH}/{name}", "w") as file:
        file.write("trial,go_s,side,kind\n")
        for i in range(TRIALS):
            file.write(f"{i},{text(go[i])},{side[i]},\"{kind[i]}\"\n")


def prepare():
    write_table("trials.csv")
    write_csv("spikes.csv", order=random.permutation(len(us)))


def both(path):
    """The trials of both sets by their numbers: counts, and which are for validation."""
    with h5py.File(f"{SCRATCH}/{path}") as file:
        sets = [name for name in ("train", "valid") if f"{name}_data" in file]
        inds = np.concatenate([file[f"{name}_inds"][()] for name in sets])
        data = np.concatenate([file[f"{name}_data"][()] for name in sets])
        order = np.argsort(inds)
        return data[order], inds[order], file["valid_inds"][()] if "valid" in sets else []


def same(path, counts, what, inds=None):
    data, found, _ = both(path)
    check(data.shape == counts.shape and np.array_equal(data, counts, equal_nan=data.dtype.kind == "f"),
          f"{what}: counts {data.shape} {np.nansum(data)} are not {counts.shape} {np.nansum(counts)}")
    check(np.array_equal(found, range(TRIALS) if inds is None else inds), f"{what}: trials {found}")


def test_columns():
    """Text between commas, tabs and semicolons, in seconds and milliseconds, compressed or not."""
    counts = binned(0, 250_000, 1_750_000, 10_000)
    write_csv("ms.tsv", "\t", times="time_ms")
    write_csv("semicolon.csv", ";")
    write_csv("gzip.csv.gz", opened=gzip.open)
    with open(f"{SCRATCH}/spikes.csv") as file, open(f"{SCRATCH}/windows.csv", "w", encoding="utf-8-sig", newline="\r\n") as out:
        out.write(file.read())
    for name in ("spikes.csv", "ms.tsv", "semicolon.csv", "gzip.csv.gz", "windows.csv"):
        run("prepare", name, "--trials=trials.csv", "--window=0.25:1.75", "--output=made")
        same("made", counts, name)
    # as NumPy, R and spreadsheets write tables, of which a spreadsheet adds lines and columns of nothing
    with open(f"{SCRATCH}/spikes.csv") as file:
        text = file.read()
    head, *rows = text.splitlines()
    for name, lines in (("blank", f"\n{head}\n\n" + "\n".join(rows) + "\n  \n\n"),
                        ("trailing", "".join(f"{line},,\r\n" for line in (head, *rows)) + ",,,,\r\n" * 3),
                        ("ends", f"{head}\n" + "".join(f"{row},\n" for row in rows)),
                        ("comments", f"# by hand\n#\n{text}"), ("savetxt", "# " + text.replace(",", " ")),
                        ("blanks", text.replace(",", "  ").replace("\n", " \r\n")), ("mac", text.replace("\n", "\r"))):
        with open(f"{SCRATCH}/{name}.txt", "w", newline="") as file:
            file.write(lines)
        run("prepare", f"{name}.txt", "--trials=trials.csv", "--window=0.25:1.75", "--output=made")
        same("made", counts, name)
    # as people write units; what only ends in their letters is none
    for times in ("time (ms)", "time [ms]", "time ms", "time_MS", "time [s]", "time sec", "timems"):
        write_csv("named.csv", times=times)
        run("prepare", "named.csv", f"--spike_times={times}", "--trials=trials.csv", "--output=made",
            *(["--window=250:1750", "--bin_width=10"] if times == "timems" else ["--window=0.25:1.75"]))
        same("made", counts, times)


def test_arrays():
    """NumPy's arrays of several types, in an archive, compressed or not."""
    counts = binned(0, 0, 2_000_000, 20_000)
    arrays = {"trial_ids": trial.astype("i2"), "unit_ids": unit.astype(">u4"), "go": go / 1e6, "side": side,
              "kind": kind, "objects": np.array([{}, []], object)}
    for name, times, words in (("seconds", us / 1e6, []), ("us", us, ["--time_unit=us"]),
                               ("ms", us / 1e3, ["--time_unit=ms"]),
                               ("samples", us * 3, ["--time_unit=samples", "--sample_rate=3e6"])):
        save = np.savez if name == "us" else np.savez_compressed
        save(f"{SCRATCH}/{name}.npz", spike_times=times, **arrays)
        run("prepare", f"{name}.npz", "--window=0:2", "--bin_width=0.02", "--output=made", *words)
        same("made", counts, name)
    run("prepare", "us.npz", "--window=0:2", "--output=none", status=2, pattern="add --time_unit=ms")
    np.savez(f"{SCRATCH}/angles.npz", spike_times=us / 1e6, angle=side * 30, **arrays)
    run("prepare", "angles.npz", "--window=0:2", "--output=made", "--condition=angle")
    names = h5py.File(f"{SCRATCH}/made")["condition_names"][()].decode().split("\n")
    check(names == ["30", "60"], f"conditions {names}")


def test_aligned():
    """Windows around a time of the trial table, chosen trials and units, conditions."""
    some = [i for i in range(TRIALS) if side[i] == 2 and kind[i] != "catch"]
    out = run("prepare", "spikes.csv", "--trials=trials.csv", "--align=go_s", "--window=-0.3:0.35",
              "--trial_filter=side=2,kind=left|right", "--min_rate=1", "--condition=kind", "--units=0-4,6",
              "--bin_width=0.005", "--output=made", "--valid=0").stdout
    same("made", binned(go, -300_000, 350_000, 5_000, some, (1, 2, 3, 4, 6)), "aligned", some)
    check("1 unit: not in --units" in out and "1 unit: below 1 spikes/s" in out, out)
    with h5py.File(f"{SCRATCH}/made") as file:
        names = file["condition_names"][()].decode().split("\n")
        check([names[i] for i in file["train_condition"]] == list(kind[some]), "conditions")
        check(list(file["unit_ids"]) == [1, 2, 3, 4, 6] and file["dt"][()] == 0.005, "units or width")
        check(np.allclose(file["train_trial_go_s"], go[some] / 1e6, rtol=1e-15), "columns")
        check(np.allclose(file["train_start"], go[some] / 1e6 - 0.3, rtol=0, atol=1e-15), "starts")


def test_sets():
    """Each k-th trial, a column's, a seeded share within each condition."""
    words = ["prepare", "spikes.csv", "--trials=trials.csv", "--window=0:1", "--output=made"]
    for valid, expected in (("every:5", np.arange(4, TRIALS, 5)), ("side=1", np.flatnonzero(side == 1)),
                            ("0", [])):
        run(*words, f"--valid={valid}")
        check(np.array_equal(both("made")[2], expected), f"--valid={valid}: {both('made')[2]}")
    drawn = []
    for seed in (1, 1, 2):
        run(*words, "--valid=0.3", f"--seed={seed}", "--condition=side")
        drawn.append(list(both("made")[2]))
        share = [np.sum(side[drawn[-1]] == s) - 0.3 * np.sum(side == s) for s in (1, 2)]
        check(len(drawn[-1]) == round(0.3 * TRIALS) and max(np.abs(share)) <= 1, f"shares {share}")
    check(drawn[0] == drawn[1] != drawn[2], "the seed decides")


def test_unequal():
    """Trials of unequal length on the recording's clock: what was not recorded is missing."""
    start = np.cumsum(np.r_[0, np.full(TRIALS - 1, LENGTH)])
    length = random.randint(50, 201, TRIALS) * 10_000
    np.savez(f"{SCRATCH}/clock.npz", spike_times=(us + start[trial]) / 1e6, units=unit)
    np.savez(f"{SCRATCH}/table.npz", start_time=start / 1e6, stop_time=(start + length) / 1e6)
    out = run("prepare", "clock.npz", "--trials=table.npz", "--output=made").stdout
    counts = binned(0, 0, LENGTH, 10_000).astype(float)[:, :max(length) // 10_000]
    for i in range(TRIALS):
        counts[i, length[i] // 10_000:] = np.nan
    same("made", counts, "unequal")
    check("--missing_data=skip" in out, f"says nothing of missing data: {out}")


def test_folder():
    """What Kilosort and phy leave."""
    os.makedirs(f"{SCRATCH}/sorted")
    start = LENGTH * np.arange(TRIALS)
    np.save(f"{SCRATCH}/sorted/spike_times.npy", ((us + start[trial]) * 3 // 100).astype("u8")[:, None])
    np.save(f"{SCRATCH}/sorted/spike_clusters.npy", (unit * 3).astype("i4"))
    with open(f"{SCRATCH}/sorted/params.py", "w") as file:
        file.write("dat_path = 'x.dat'\nsample_rate = 30000.\n")
    with open(f"{SCRATCH}/sorted/cluster_group.tsv", "w") as file:
        file.write("cluster_id\tgroup\n" + "".join(f"{3 * u}\t{'good' if u != 2 else 'mua'}\n"
                                                   for u in reversed(range(UNITS + 2))))
    np.savez(f"{SCRATCH}/table.npz", start_s=start / 1e6)
    run("prepare", "sorted", "--trials=table.npz", "--window=0:2", "--unit_filter=group=good", "--output=made")
    same("made", binned(0, 0, LENGTH, 10_000, units=[0, 1, 3, 4, 5, 6]), "folder")


def clocked():
    """Starts of the trials, in us, on the clock of a recording, and the spikes' times on it, by unit."""
    start = 137_000 + (LENGTH + 300_000) * np.arange(TRIALS)
    return start, [np.sort(us[unit == u] + start[trial[unit == u]]) for u in range(UNITS)]


def write_nwb(name, **storage):
    """The parts of an NWB file that matter, as pynwb lays them out, and some that do not."""
    start, spikes = clocked()
    texts = h5py.string_dtype()
    with h5py.File(f"{SCRATCH}/{name}", "w") as file:
        file.attrs["nwb_version"] = "2.6.0"
        file["session_description"] = "a description"
        units = file.create_group("units")
        units.create_dataset("spike_times", data=np.concatenate(spikes) / 1e6, **storage)
        units["spike_times_index"] = np.cumsum([len(s) for s in spikes]).astype("u4")
        units["id"] = 10 + np.arange(UNITS)
        units.create_dataset("quality", data=["good", "mua", "good", "good", "noise", "good", "good"], dtype=texts)
        units.create_dataset("electrodes", data=np.arange(2 * UNITS))
        units["electrodes_index"] = 2 * np.arange(1, UNITS + 1)
        units["obs_intervals"] = [[0, 20.0], [21.0, 1e4]] * UNITS
        units["obs_intervals_index"] = 2 * np.arange(1, UNITS + 1)
        units.create_dataset("refs", (UNITS,), h5py.ref_dtype)
        for group in ("trials", "reaches"):
            table = file.create_group(f"intervals/{group}")
            shift = 0 if group == "trials" else 0.5
            table["id"] = 100 + np.arange(TRIALS)
            table["start_time"] = start / 1e6 + shift
            table["stop_time"] = (start + LENGTH) / 1e6
            table["go"] = np.where(side == 1, np.nan, (start + go) / 1e6)
            table["correct"] = side == 2
            table.create_dataset("kind", data=list(kind), dtype=texts)
    return start


def test_nwb():
    """Neurodata Without Borders: tables of units and trials, what was recorded, one long recording."""
    start = write_nwb("nwb", compression="gzip", chunks=(512,))
    words = ["prepare", "nwb", "--output=made"]
    whole = binned(0, 0, LENGTH, 10_000)
    out = run(*words).stdout
    gap = (start + LENGTH > 20e6) & (start < 21e6)  # the larger part of the trial that has the gap remains
    data, inds, _ = both("made")
    check(np.array_equal(inds, 100 + np.arange(TRIALS)), f"ids {inds}")
    check(np.array_equal(data[~gap], whole[~gap]) and np.isnan(data[gap]).any(), "whole trials")
    seen = ~np.isnan(data)
    check(np.array_equal(data[seen], whole[seen]) and "--missing_data=skip" in out, out)
    # trials without a time are left out
    some = np.flatnonzero((side == 2) & (kind != "catch") & ~gap)
    run(*words, "--align=go", "--window=-0.3:0.35", "--trial_filter=correct=true,kind=left|right",
        "--unit_filter=quality=good", "--condition=kind")
    data, inds, _ = both("made")
    keep = np.isin(inds - 100, some)
    check(np.array_equal(data[keep], binned(go, -300_000, 350_000, 10_000, some, (0, 2, 3, 5, 6))), "aligned")
    check("without a time of go" in run(*words, "--align=go", "--window=0:0.1").stdout, "dropped trials")
    run(*words, "--trials=reaches", "--window=-0.5:0.1")
    data, inds, _ = both("made")
    check(np.array_equal(data[~gap], whole[~gap, :60]), "another table")


def chopped(counts, width, bins, overlap):
    """Windows of the array [bins,units] whose bins are WIDTH of its own."""
    counts = counts[:len(counts) // width * width].reshape(-1, width, counts.shape[1]).sum(axis=1)
    return np.stack([counts[i:i + bins] for i in range(0, len(counts) - bins + 1, bins - overlap)])


def test_chopped():
    """One long recording in windows that overlap: counts, and an NWB file by what was recorded."""
    counts = random.poisson(0.3, (1003, 5))
    np.save(f"{SCRATCH}/counts.npy", counts)
    for overlap in (0, 10, 25, 35):
        run("prepare", "counts.npy", "--counts_width=0.005", "--chop=0.5", f"--overlap={overlap / 100}",
            "--output=made", "--valid=every:3")
        expected = chopped(counts, 2, 50, overlap)
        same("made", expected, f"overlap {overlap}", range(len(expected)))
        with h5py.File(f"{SCRATCH}/made") as file:
            place = np.sort(np.concatenate([file["train_place"], file["valid_place"]]))
            check(np.array_equal(place, (50 - overlap) * np.arange(len(expected))) and
                  file["chop_overlap"][()] == overlap and file["chop_total"][()] == 501, "places")
    start, spikes = clocked()
    write_nwb("nwb")
    edges = np.arange(0, 60_000_000, 10_000)
    expected = np.stack([np.histogram(s, edges)[0] for s in spikes], axis=1)
    expected = np.concatenate([chopped(expected[:2000], 1, 100, 20), chopped(expected[2100:], 1, 100, 20)])
    run("prepare", "nwb", "--trials=none", "--chop=1", "--overlap=0.2", "--valid=0", "--output=made")
    data = both("made")[0]
    check(len(data) > 60 and np.array_equal(data[:len(expected) - 1], expected[:-1]), "intervals")


def objects(shape, entry):
    array = np.empty(shape, object)
    for at in np.ndindex(shape):
        array[at] = entry(*at)
    return array


def test_matlab():
    """Versions 5 (compressed or not) and 7.3: a spike in a row, a cell for each trial and unit, counts."""
    words = ["--window=0.25:1.75", "--output=made"]
    counts = binned(0, 250_000, 1_750_000, 10_000)
    kinds = objects((TRIALS, 1), lambda i, _: str(kind[i]))
    cells = objects((TRIALS, UNITS), lambda i, u: us[(trial == i) & (unit == u)] / 1e6)
    flat = {"spike_times": us / 1e6, "unit": unit + 1.0, "trial": trial + 1.0, "go_s": go / 1e6, "kind": kinds}
    celled = {"spikes": cells, "kind": kinds, "side": side.astype(float)}
    binary = {"counts": binned(0, 0, 2_000_000, 10_000).astype(float)}
    five, seven = recordings.write_matlab, recordings.write_matlab_hdf5
    for write, options in ((five, {}), (five, {"compress": True}), (seven, {})):
        for arrays, what in ((flat, "rows"), (celled, "cells"), (binary, "counts")):
            write(f"{SCRATCH}/m.mat", **options, **arrays)
            run("prepare", "m.mat", *words)
            same("made", counts, f"{write.__name__} {options} {what}", range(1, TRIALS + 1))
        write(f"{SCRATCH}/m.mat", **options, **celled)
        run("prepare", "m.mat", *words, "--trial_filter=kind=left")
        same("made", counts[kind == "left"], "by texts", 1 + np.flatnonzero(kind == "left"))
    five(f"{SCRATCH}/swapped.mat", counts=binary["counts"].transpose(2, 1, 0))
    run("prepare", "swapped.mat", *words, "--axes=channels,bins,trials")
    same("made", counts, "axes", range(1, TRIALS + 1))
    recordings.write_matlab(f"{SCRATCH}/no_counts.mat", counts=np.ones((20, 4)) * 1j)
    run("prepare", "no_counts.mat", "--output=none", status=2, pattern="not read: counts holds complex numbers")
    recordings.write_matlab(f"{SCRATCH}/no_counts.mat", counts=np.empty((0, 0), object))
    run("prepare", "no_counts.mat", "--output=none", status=2, pattern="no_counts.mat: counts is empty")


def test_hdf5():
    """Arrays at the root or in groups of an HDF5 file."""
    harness.write("plain", **{"a/spike_times": us / 1e6, "a/unit": unit, "trial": trial, "go": go / 1e6})
    run("prepare", "plain", "--spike_times=a/spike_times", "--spike_units=a/unit", "--window=0:2", "--output=made")
    same("made", binned(0, 0, LENGTH, 10_000), "hdf5")
    # the axes of an array, as xarray writes them, are no spikes
    counts = random.poisson(0.5, (12, 20, 4))
    harness.write("axes", counts=counts, trial=np.arange(12), time=np.arange(20), unit=np.arange(4))
    run("prepare", "axes", "--valid=0", "--output=made")
    with h5py.File(f"{SCRATCH}/made") as file:
        check(np.array_equal(file["train_data"], counts), "counts beside the axes' numbers")
    # what is not read is named with the reason
    with h5py.File(f"{SCRATCH}/unread", "w") as file:
        file["gone"] = h5py.SoftLink("/nowhere")
        file["other"] = h5py.ExternalLink("axes", "/counts")
        file["table"] = np.zeros((3, 2), [("unit", "i4"), ("time", "f8")])
        file["waves"] = 1j * counts
        file.create_dataset("whole", data=counts, scaleoffset=0, chunks=True)
    for name, why in (("gone", "is a soft link, and there is no nowhere"), ("other", "is a link to elsewhere: copy the data itself"),
                      ("table", "holds records, and has other than one axis"), ("waves", "holds complex numbers"),
                      ("whole", "is stored with the filter 6 [(]scaleoffset[)]")):
        run("prepare", "unread", "--output=none", status=2, pattern=rf"not read: .*\b{name} {why}")
    for version in ("2.6.0", np.bytes_("2.6.0")):
        with h5py.File(harness.write("unsorted.nwb", **{"acquisition/series/data": counts}), "r+") as file:
            file.attrs["nwb_version"] = version
        run("prepare", "unsorted.nwb", "--output=none", status=2,
            pattern="is an NWB file without spike times .*: sort its spikes first")


def resampled(times, values, start, width, bins):
    """Means of the samples in each bin; where there are none, the line between those around its middle."""
    made = np.full((bins, values.shape[1]), np.nan)
    for b in range(bins):
        inside = (times >= start + b * width) & (times < start + (b + 1) * width)
        middle = start + (b + 0.5) * width
        if inside.any():
            made[b] = values[inside].mean(axis=0)
        elif times[0] <= middle <= times[-1]:
            made[b] = [np.interp(middle, times, v) for v in values.T]
    return made


def test_series():
    """Behaviour and external inputs in bins: of the recording with times or a rate, of trials."""
    start = write_nwb("nwb")
    end = (start[-1] + LENGTH) / 1e6
    times = np.sort(random.uniform(-0.5, end - 1.7, 3000))
    hand, slow = random.normal(size=(3000, 2)), random.normal(size=(int(end * 7) + 9, 1))
    with h5py.File(f"{SCRATCH}/nwb", "r+") as file:
        del file["units/obs_intervals"], file["units/obs_intervals_index"]
        file["processing/behavior/Position/hand/data"] = hand / 100
        file["processing/behavior/Position/hand/data"].attrs["conversion"] = 100.0
        file["processing/behavior/Position/hand/timestamps"] = times
        file["acquisition/slow/data"] = slow[:, 0]
        file["acquisition/slow/starting_time"] = -0.05
        file["acquisition/slow/starting_time"].attrs["rate"] = np.float32(7)
    run("prepare", "nwb", "--align=start_time", "--window=0.1:0.6", "--bin_width=0.02", "--output=made", "--valid=0",
        "--behavior=hand,slow", "--ext_input=acquisition/slow")
    with h5py.File(f"{SCRATCH}/made") as file:
        for i in range(TRIALS):
            at = (start[i] + 100_000) / 1e6
            parts = (resampled(times, hand, at, 0.02, 25),
                     resampled(np.arange(len(slow)) / 7 - 0.05, slow, at, 0.02, 25))
            expected = np.concatenate(parts, axis=1)
            check(np.allclose(file["train_behavior"][i], expected, rtol=0, atol=1e-9, equal_nan=True),
                  f"behaviour of trial {i}")
            check(np.allclose(file["train_ext_input"][i], parts[1], rtol=0, atol=1e-9), f"input of trial {i}")
        check(np.isnan(file["train_behavior"]).any(), "all behaviour is known")
    run("prepare", "nwb", "--align=start_time", "--window=0.1:0.6", "--output=none", "--ext_input=hand", status=2,
        pattern="external input 0 is not known in bin")
    eye = random.normal(size=(TRIALS, 200, 3))
    np.savez(f"{SCRATCH}/eye.npz", eye=eye)
    words = ["prepare", "spikes.csv", "--trials=trials.csv", "--series=eye.npz", "--behavior=eye", "--output=made"]
    run(*words, "--window=0:1", "--valid=0", "--series_rate=100")
    with h5py.File(f"{SCRATCH}/made") as file:
        check(np.allclose(file["train_behavior"], eye[:, :100], rtol=1e-12), "behaviour by trials")
    run(*words, "--window=0:1", status=2, pattern="nothing says when the 200 samples of eye were taken")
    run(*words, "--window=0:1", "--ext_input=ear", "--series_rate=100", status=2, pattern="no ear among its arrays .eye.")


def test_heldout():
    """Units that are held out become the last channels."""
    write_nwb("nwb")
    whole = binned(0, 0, 500_000, 10_000)
    words = ["prepare", "spikes.csv", "--trials=trials.csv", "--window=0:0.5", "--output=made"]
    for heldout, order in (("every:3", [0, 1, 3, 4, 6, 2, 5]), ("1,5-6", [0, 2, 3, 4, 1, 5, 6])):
        run(*words, f"--heldout={heldout}")
        same("made", whole[:, :, order], heldout)
    drawn = []
    for seed in (1, 1, 5):
        run(*words, "--heldout=0.3", f"--seed={seed}")
        with h5py.File(f"{SCRATCH}/made") as file:
            drawn.append(list(file["unit_ids"]))
            check(sorted(drawn[-1]) == list(range(UNITS)) and file["heldout_dim"][()] == 2, "drawn units")
    check(drawn[0] == drawn[1] != drawn[2], f"the seed decides: {drawn}")
    run("prepare", "nwb", "--heldout=quality=mua|noise", "--window=0:0.1", "--output=made")
    check(list(h5py.File(f"{SCRATCH}/made")["unit_ids"]) == [10, 12, 13, 15, 16, 11, 14], "by column")


def test_roles():
    """A training takes held-out channels and external inputs as the file says, unless a flag does."""
    write_nwb("nwb")
    eye = random.normal(size=(TRIALS, 100, 2))
    np.savez(f"{SCRATCH}/eye.npz", eye=eye)
    run("prepare", "spikes.csv", "--trials=trials.csv", "--window=0:0.5", "--bin_width=0.02", "--output=made",
        "--heldout=every:3", "--series=eye.npz", "--ext_input=eye", "--series_rate=100")
    small = ["--gen_dim=8", "--factors_dim=4", "--ic_enc_dim=8", "--ic_dim=4", "--max_epochs=1", "--batch_size=8",
             "--example_every_s=-1", "--threads=1"]

    def trained(name, *words):
        """Held-out channels of results and external inputs of the model."""
        out = run("train", "made", f"--lfads_save_dir={name}", *small, *(words or ["--preset=auto"])).stdout
        run("posterior-mean", name)
        with h5py.File(f"{SCRATCH}/{name}/model_runs_made_valid_posterior_push_mean") as file:
            heldout = int(file.attrs["heldout_dim"])
        saved = [f for f in os.listdir(f"{SCRATCH}/{name}") if f.startswith("hyperparameters-")]
        return heldout, json.loads(harness.text(f"{name}/{saved[0]}"))["ext_input_dim"], out

    heldout, inputs, out = trained("auto")
    check((heldout, inputs) == (2, 2), f"auto: {heldout} held out, {inputs} inputs")
    check("not used" not in out, f"keys of prepare's own are not known: {out}")
    check("2 channels are held out, as the data say" in out and "--ext_input_dim=2" in out, out)
    check("co_bps" in run("evaluate", "auto", "--json").stdout, "no co-smoothing")
    run("train", "auto", "--preset=auto", "--max_epochs=2")
    run("posterior-mean", "auto", "made")
    check(trained("flags", "--preset=auto", "--heldout_dim=0", "--ext_input_dim=0")[:2] == (0, 0), "flags do not count")
    check(trained("three", "--preset=auto", "--heldout_dim=3")[0] == 3, "another number")
    check(trained("original", "--preset=original")[:2] == (0, 0), "the original knows neither")
    check(trained("modern", "--preset=lfads_torch", "--co_dim=0")[:2] == (2, 0), "another preset")
    with h5py.File(f"{SCRATCH}/made", "r+") as file:
        file["heldout_dim"][()] = 7
    run("train", "made", "--lfads_save_dir=none", "--preset=auto", *small, status=2,
        pattern="heldout_dim is 7, and must be a whole number from 0 to below its 7 channels: correct it, or give --heldout_dim")


def test_warnings():
    """What spoils a training is named, and nothing else is."""
    def said(name, times, units, *words, trials=40, length=1.0):
        table = {"start_time": length * np.arange(trials), "stop_time": length * np.arange(1, trials + 1)}
        np.savez(f"{SCRATCH}/{name}.npz", spike_times=times, units=units, **table)
        return run("prepare", f"{name}.npz", "--output=made", *words).stderr

    count = 8000
    times, units = random.uniform(0, 40, count), random.randint(0, 10, count)
    check(said("calm", times, units) == "", f"warned of calm data: {said('calm', times, units)}")
    first = times[units == 3]
    # a third of unit 3's spikes is in unit 7 too
    shared = (np.r_[times, first[::3] + 2e-5], np.r_[units, np.full(len(first[::3]), 7)])
    found = said("shared", *shared)
    check("1 pair of units fires together" in found and "3 and 7" in found, found)
    check("fire together" in run("prepare", "shared.npz", "--output=made", "--crosstalk=drop").stdout, "dropped")
    check(len(h5py.File(f"{SCRATCH}/made")["unit_ids"]) == 9, "none was dropped")
    check(said("shared", *shared, "--crosstalk=ignore") == "", "not ignored")
    # two units so fast that chance alone puts a quarter of the spikes together
    fast = said("fast", random.uniform(0, 40, 24000), np.repeat([0, 1], 12000))
    check("together within" not in fast, fast)
    late = np.where(units == 4, 20 + times / 2, times)
    for name, data, words, pattern in (
            ("drift", (late, units), [], r"rates of 1 unit drift: .*\(4\)"),
            ("silent", (times[units != 2], units[units != 2]), ["--units=5", "--window=0:0.01", "--bin_width=0.001"],
             "trials have no spike"),
            ("narrow", (times[::10], units[::10]), ["--bin_width=0.0005"], "bins are narrow"),
            ("wide", (times, units), ["--bin_width=0.5"], "bins are wide"),
            ("long", (times, units), ["--bin_width=0.0009"], "trials have 1111 bins"),
            ("leak", (times, units), ["--trials=none", "--chop=1", "--overlap=0.5"], "validation windows have bins in"),
            ("few", (times, units), ["--trial_filter=start_time<9"], "fewer trials to train on .7. than units"),
            ("none", (times, units), ["--valid=0"], "no validation trials")):
        found = said(name, *data, *words)
        check(re.search(pattern, found), f"{name}: {found!r}")
    # written twice; trials in other units than spikes; windows that overlap
    check("8000 of 16000 spikes have the unit and the time of another" in
          said("twice", np.repeat(times, 2), np.repeat(units, 2)), "spikes that are there twice")
    found = said("clock", times, units, length=1000)
    check(re.search(r"\d+ of 8000 spikes lie in windows: spikes are from \S+ to 40 s, windows from 0 to 4e\+04 s: are the "
                    "times in one unit", found), found)
    run("prepare", "calm.npz", "--window=100:101", "--output=no_spike", status=2,
        pattern="calm.npz: none of 8000 spikes lies in a window: spikes are from .* to 40 s, windows from 100 to 140 s")
    check(not os.path.exists(f"{SCRATCH}/no_spike"), "a file without a spike")
    for window, shared in (("-0.2:1", 8), ("-0.2:0.8", 0), ("-0.5:0.7", 8)):
        found = run("prepare", "calm.npz", f"--window={window}", "--trial_filter=start_time>0", "--output=made").stderr
        check((f"{shared} of 8 validation windows have bins in common" in found) == bool(shared), f"{window}: {found}")
    lengths = np.where(np.arange(50)[:, None] < random.randint(15, 50, 30)[:, None, None], 1, np.nan)
    np.save(f"{SCRATCH}/lengths.npy", random.poisson(0.5 * np.ones((30, 50, 6))) * lengths)
    found = run("prepare", "lengths.npy", "--output=made").stderr
    check("axes" not in found, f"trials of unequal length: {found}")
    rates = (0.1 + random.gamma(0.5, 2, (30, 1, 1))) * np.ones((1, 50, 60))
    np.savez(f"{SCRATCH}/counts.npz", counts=random.poisson(rates))
    found = run("prepare", "counts.npz", "--output=made").stderr
    check("may be channels,bins,trials" in found, found)
    found = run("prepare", "counts.npz", "--axes=channels,bins,trials", "--output=made").stderr
    check(found == "", found)
    # numbers that are no counts; none are missing ones, or whole but for rounding
    whole = random.poisson(0.5 * np.arange(1, 7), (30, 50, 6)) + 0.0
    for change, warned in ((0, False), (1e-6, False), (np.nan, False), (-1e3, True), (0.25, True)):
        made = whole.copy()
        made[3, 7, 2] += change
        np.save(f"{SCRATCH}/whole.npy", made)
        found = run("prepare", "whole.npy", "--output=made").stderr
        check(("no counts of spikes: train on them with --output_dist=gaussian" in found) == warned, f"{change}: {found}")


def test_merged():
    """Results of windows become one recording: a known signal, whatever the overlap; the fading."""
    np.save(f"{SCRATCH}/counts.npy", random.poisson(0.3, (1000, 5)))
    signal = random.normal(size=(1000, 6))
    for overlap in (0, 0.1, 0.25, 0.35, 0.49):
        run("prepare", "counts.npy", "--chop=0.5", f"--overlap={overlap}", "--output=made", "--valid=every:4")
        place = {}
        with h5py.File(f"{SCRATCH}/made") as file:
            for name in ("train", "valid"):
                place[name] = file[f"{name}_place"][()]
                harness.write(f"run_{name}", factors=np.stack([signal[p:p + 50] for p in place[name]]),
                              output_dist_params=np.stack([np.full((50, 5), p, float) for p in place[name]]),
                              gen_ics=np.zeros((len(place[name]), 3)))
        words = ["merge", "--data_file=made", "--train_run=run_train", "--output=merged"]
        run(*words, "--valid_run=run_valid")
        last = max(map(max, place.values())) + 50
        places, common = np.sort(np.concatenate(list(place.values()))), round(100 * overlap)
        with h5py.File(f"{SCRATCH}/merged") as file:
            check(np.allclose(file["factors"][:last], signal[:last], rtol=0, atol=1e-12), f"overlap {overlap}")
            check(np.isnan(file["factors"][last:]).all() and len(file["factors"]) == 1000, "the end")
            check("gen_ics" not in file and file["dt"][()] == 0.01, "keys")
            fading = file["output_dist_params"][()]
        expected = np.full(1000, np.nan)
        for p in places:  # the later window gets x squared
            x = np.linspace(1 / common, 1 - 1 / common, common) if common else np.zeros(0)
            x = np.where(np.isnan(expected[p:p + common]), 1, x)
            old = np.nan_to_num(expected[p:p + common])
            expected[p:p + common] = (1 - x**2) * old + x**2 * p
            expected[p + common:p + 50] = p
        check(np.allclose(fading[:last], expected[:last, None], rtol=0, atol=1e-9), f"fading {overlap}")
        run(*words)
        with h5py.File(f"{SCRATCH}/merged") as file:
            seen = ~np.isnan(file["factors"][:, 0])
            check(np.allclose(file["factors"][seen], signal[seen], rtol=0, atol=1e-12) and
                  (overlap >= 0.25 or not seen.all()), "training windows alone")
    for words, pattern in (
            (["merge", "--data_file=made", "--output=none"], "merge needs --data_file"),
            (["merge", "--data_file=run_train", "--train_run=run_train", "--output=none"], "has no windows of a"),
            (["merge", "--data_file=made", "--valid_run=run_train", "--output=none"], "as the valid trials of made"),
            (["merge", "--data_file=made", "--train_run=run_train", "--output=./made"], "is one of the files to merge"),
            (["merge", "--data_file=made", "--train_run=run_train", "--output=run_train"], "is one of the files to merge")):
        run(*words, status=2, pattern=pattern)

    check(not os.path.exists(f"{SCRATCH}/none"), "a refused merge left a file")


def smoothed(series):
    """A box of 6 bins forward and backward over an odd extension of 18, as SciPy's filtfilt does."""
    ends = [2 * series[0] - series[18:0:-1], series, 2 * series[-1] - series[-2:-20:-1]]
    padded = np.concatenate(ends)
    for _ in range(2):
        steady = np.concatenate([np.full(5, padded[0]), padded])
        padded = np.convolve(steady, np.full(6, 1 / 6), "valid")[::-1]
    return padded[18:-18]


def first_readouts(counts, conditions):
    """Counts of 30 and more a bin are no log-rates: the read-outs of --preset=auto begin at their logarithms."""
    for name, count, condition in zip(("one", "two"), counts, conditions):
        np.savez(f"{SCRATCH}/{name}.npz", counts=30 * count, target=condition)
    run("prepare", "one.npz", "two.npz", "--condition=target", "--output=large/s", "--align_factors=3")
    out = run("train", "large/s_one", "large/s_two", "--preset=auto", "--lfads_save_dir=first", "--max_epochs=1",
              "--learning_rate_init=1e-12", "--learning_rate_stop=0", "--example_every_s=-1").stdout
    check("--readout_init=log: read-outs begin at the sessions' alignment to 3 factors" in out, out)
    check(harness.costs("first")[0]["valid_recon"] < 60, f"first costs {harness.costs('first')[0]}")
    run("write-params", "first")
    params, = (f for f in os.listdir(f"{SCRATCH}/first") if f.startswith("model_params"))
    with h5py.File(f"{SCRATCH}/first/{params}") as model:
        for name in ("one", "two"):
            with h5py.File(f"{SCRATCH}/large/s_{name}") as file:
                inverse, bias = np.linalg.pinv(file["alignment_matrix_cxf"]), file["alignment_bias_c"][()]
            slope = inverse / np.maximum(bias, 0.01)
            slope /= np.maximum(1, np.linalg.norm(slope, axis=0))
            found = {key: model[key][()] for key in readouts(model, name)}
            w, b = (found[key] for key in sorted(found, key=lambda key: found[key].shape[0], reverse=True))
            check(np.allclose(w, slope, rtol=1e-5, atol=1e-6), f"{name}: read-out {w} {slope}")
            check(np.allclose(b.ravel(), np.log(np.maximum(bias, 0.01)), rtol=1e-5, atol=1e-6), f"{name}: bias {b}")
    run("train", "large/s_one", "--lfads_save_dir=none", "--output_dist=gaussian", "--readout_init=log", status=2,
        pattern="--readout_init=log is for log-rates")


def readouts(file, session):
    """The keys of the session's read-out among a file's parameters."""
    keys = []
    file.visit(lambda key: keys.append(key) if "fac_2" in key and session in key and isinstance(file[key], h5py.Dataset) and
               "adam" not in key.lower() else None)
    return keys


def test_sessions():
    """Two recordings with other units and other conditions: aligned by what they share, and trained."""
    latent = np.cumsum(random.normal(size=(4, 60, 3)), axis=1) / 6
    counts, conditions = [], []
    for name, units, some in (("one", 9, [0, 1, 2]), ("two", 6, [3, 2, 1, 0])):
        condition = np.repeat(some, 16)
        rates = np.exp(np.tanh(latent[condition]) @ random.normal(size=(3, units)) / 3)
        counts.append(random.poisson(rates))
        conditions.append(condition)
        np.savez(f"{SCRATCH}/{name}.npz", counts=counts[-1], target=condition)
    words = ["prepare", "one.npz", "two.npz", "--condition=target", "--output=data/s"]
    run(*words, "--align_factors=3", "--valid=every:4")
    means = []
    for count, condition in zip(counts, conditions):
        train = np.arange(len(count)) % 4 != 3
        means.append(np.concatenate([count[train & (condition == c)].mean(axis=0) for c in (0, 1, 2)]))
    series = np.stack([smoothed(s) for s in np.concatenate(means, axis=1).T], axis=1)
    bias = series.mean(axis=0)
    vectors = np.linalg.eigh(np.cov((series - bias).T))[1][:, ::-1][:, :3]
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), range(3)])
    target = (series - bias) @ vectors
    for name, some in (("one", slice(0, 9)), ("two", slice(9, 15))):
        matrix = np.linalg.lstsq((series - bias)[:, some], target, rcond=None)[0]
        with h5py.File(f"{SCRATCH}/data/s_{name}") as file:
            check(np.allclose(file["alignment_bias_c"], bias[some], rtol=1e-10), f"bias of {name}")
            check(np.allclose(file["alignment_matrix_cxf"], matrix, rtol=0, atol=1e-8), f"matrix of {name}")
    run("train", "--data_dir=data", "--data_filename_stem=s", "--lfads_save_dir=save", "--factors_dim=3",
        "--gen_dim=8", "--ic_enc_dim=8", "--ic_dim=4", "--co_dim=0", "--max_epochs=1", "--example_every_s=-1")
    first_readouts(counts, conditions)
    os.makedirs(f"{SCRATCH}/other", exist_ok=True)
    np.savez(f"{SCRATCH}/other/one.npz", counts=counts[0])
    run(*words[:-1], "--output=none", "--align_factors=99", status=2, pattern="above the 15 units")
    run("prepare", "one.npz", "two.npz", "--output=none", "--align_factors=2", status=2, pattern="needs --condition")
    run("prepare", "one.npz", "other/one.npz", "--output=none", status=2, pattern="would both be written to none_one")
    run("prepare", "one.npz", "--align_factors=2", "--output=none", status=2, pattern="there is one")


def test_refused():
    """What the files do not determine, or do not have: one sentence with the remedy, and no file."""
    with open(f"{SCRATCH}/bad.csv", "w") as file:
        file.write("trial,unit,time_s\n0,1,0.5\n0,1\n")
    for name, time in (("comma", '"0,5"'), ("word", "soon"), ("empty", "")):
        with open(f"{SCRATCH}/{name}.csv", "w") as file:
            file.write(f"trial,unit,time_s\n0,1,0.5\n0,1,{time}\n1,0,0.25\n")
    with open(f"{SCRATCH}/backwards.csv", "w") as file:
        file.write("trial,start_time,stop_time,go\n0,2.5,1.5,\n1,4.5,3.5,nan\n2,6.5,5.5,inf\n")
    np.savez(f"{SCRATCH}/names.npz", a=us / 1e6, b=unit)
    harness.write("finished.h5", train_data=np.ones((9, 8, 3), int), valid_data=np.ones((4, 8, 3), int))
    run("prepare", "finished.h5", "--counts=valid_data", "--output=other.h5")
    with h5py.File(f"{SCRATCH}/other.h5") as file:
        check(len(file["train_data"]) + len(file["valid_data"]) == 4, "an array of a data file that is named")
    for words, pattern in (
            (["finished.h5", "--output=none"], "finished.h5 has train_data: it is a data file already, which lfads train takes"),
            (["spikes.csv", "--window=0:1"], "--output is needed"),
            (["missing.csv", "--output=none"], "can't read missing.csv"),
            (["comma.csv", "--output=none", "--window=0:1"],
             'comma.csv: time_s has "0,5" in entry 1, and times are numbers, with a decimal point'),
            (["word.csv", "--output=none", "--window=0:1"], 'time_s has "soon" in entry 1'),
            (["empty.csv", "--output=none", "--window=0:1"], "entry 1 of time_s is no finite time"),
            (["--window=0:1", "--output=none"], "prepare needs a recording: lfads prepare FILE --output=FILE"),
            (["--window=1:0", "--output=none", "spikes.csv"], "is not FROM:TO in seconds"),
            (["spikes.csv", "--output=none"], "--window is needed, such as"),
            (["spikes.csv", "--output=none", "--window=1:0"], "is not FROM:TO in seconds"),
            (["spikes.csv", "--output=none", "--window=0:1", "--bin_width=0.3"], "must be a whole number"),
            (["spikes.csv", "--output=none", "--window=0:1", "--align=go"], "has no column go"),
            (["spikes.csv", "--output=none", "--window=0:1", "--trials=trials.csv", "--trial_filter=side=9"],
             "holds for none of 23 trials"),
            (["spikes.csv", "--output=none", "--window=0:1", "--units=77"], "there is no unit 77"),
            (["spikes.csv", "--output=none", "--window=0:1", "--min_rate=1e5"], "none of 7 units is left"),
            (["spikes.csv", "--output=none", "--window=0:1", "--valid=1.5"], "a share is from 0 to below 1"),
            (["names.npz", "--output=none", "--window=0:1"], "no times of spikes, nor counts .* name one with --spike_times"),
            (["names.npz", "--output=none", "--window=0:1", "--spike_times=a"], "name one with --spike_units"),
            (["names.npz", "--output=none", "--window=0:1", "--spike_times=a", "--spike_units=b"],
             "no trials"),
            (["names.npz", "--spike_times=a", "--spike_units=b", "--output=none", "--window=0:1", "--trials=backwards.csv",
              "--align=go"],
             "0 of 3 trials are left, at least 2 are needed: 3 were left out, without a time of go"),
            (["names.npz", "--spike_times=a", "--spike_units=b", "--output=none", "--trials=backwards.csv"],
             "0 of 3 trials are left, at least 2 are needed: 3 were left out, without start and end, or not a bin long"),
            (["bad.csv", "--output=none", "--window=0:1"], "row 2 after the line of names has 2 columns")):
        done = run("prepare", *words, status=1 if "missing.csv" in words else 2, pattern=pattern)
        check(len(done.stderr.splitlines()) == 1, f"{words}: {done.stderr}")
    check(not os.path.exists(f"{SCRATCH}/none"), "a refused run left a file")
    for start, what in ((b"PAR1", "a Parquet table: save it as CSV"), (b"{", "JSON: save it as CSV"), (b"\x80\x04\x95", "a Python pickle"),
                        (b"NEURALEV", "a recording of Blackrock: convert it to NWB"), ("a,b".encode("utf-16"), "text in UTF-16"),
                        (b"# Created by Octave 6.4.0", "text of Octave: save it there with -v7")):
        with open(f"{SCRATCH}/foreign", "wb") as file:
            file.write(start + bytes(20))
        run("prepare", "foreign", "--output=none", status=2, pattern=f"foreign is {what}")
    with gzip.open(f"{SCRATCH}/foreign", "wb") as file:
        np.save(file, us)
    run("prepare", "foreign", "--output=none", status=2, pattern="foreign is compressed, .*: unpack it first")
    with zipfile.ZipFile(f"{SCRATCH}/foreign", "w") as file:
        file.writestr("[Content_Types].xml", "")
    run("prepare", "foreign", "--output=none", status=2, pattern="foreign is a workbook of a spreadsheet program")

    def stamp(name):
        info = os.stat(f"{SCRATCH}/{name}")
        return info.st_ino, info.st_mtime_ns, info.st_size

    # nor does a recording, a table or a series become the data file
    os.symlink("names.npz", f"{SCRATCH}/link.npz")
    before = [stamp(name) for name in ("names.npz", "spikes.csv", "trials.csv")]
    for words in (["names.npz", "--output=link.npz"], ["spikes.csv", "--output=./spikes.csv", "--window=0:1"],
                  ["spikes.csv", "--output=names.npz", "--window=0:1", "--series=names.npz"],
                  ["spikes.csv", "--output=trials.csv", "--window=0:1", "--trials=trials.csv"]):
        run("prepare", *words, status=2, pattern="is one of the files to read, which it would replace: name another")
    check(before == [stamp(name) for name in ("names.npz", "spikes.csv", "trials.csv")], "a recording was replaced")


def test_ratmotor():
    """A real recording from its spikes to the file that was made of them elsewhere."""
    if not os.path.exists(f"{SHARED}/raw"):
        check(os.environ.get("CI") != "true", f"{SHARED}/raw is not there")
        raise Skip(f"{SHARED}/raw is not there; LFADS_SHARED says where the recordings are")
    for words in ([f"{SHARED}/raw/ratmotor_spikes.csv.gz", f"--trials={SHARED}/raw/ratmotor_trials.csv"],
                  [f"{SHARED}/raw/ratmotor_spikes.npz", "--time_unit=ms"]):
        run("prepare", *words, "--window=0.25:1.75", "--min_rate=0.5", "--valid=every:5", "--output=made")
        with h5py.File(f"{SCRATCH}/made") as made, h5py.File(f"{SHARED}/ratmotor_session") as file:
            for key in ("train_data", "valid_data", "train_inds", "valid_inds", "unit_ids"):
                check(np.array_equal(made[key], file[key]), f"{words[0]}: {key} differs")
    raw = np.load(f"{SHARED}/raw/ratmotor_spikes.npz")
    rows, units, ms = (raw[key] for key in ("trial_ids", "neuron_ids", "spiketimes"))
    flat = {"spike_times_ms": ms, "unit": units.astype(float), "trial": rows + 1.0, "tap1": raw["tap1"]}
    recordings.write_matlab(f"{SCRATCH}/five.mat", compress=True, **flat)
    recordings.write_matlab_hdf5(f"{SCRATCH}/seven.mat", **flat)
    start = 2.5 * np.arange(len(raw["tap1"]))
    with h5py.File(f"{SCRATCH}/rat.nwb", "w") as file:
        order = np.lexsort((ms, rows, units))
        file["units/spike_times"] = (start[rows] + ms / 1e3)[order]
        file["units/spike_times_index"], file["units/id"] = np.cumsum(np.bincount(units)), np.arange(30)
        file["intervals/trials/start_time"], file["intervals/trials/stop_time"] = start, start + 2
    for name in ("five.mat", "seven.mat", "rat.nwb"):
        run("prepare", name, "--window=0.25:1.75", "--min_rate=0.5", "--valid=every:5", "--output=made")
        with h5py.File(f"{SCRATCH}/made") as made, h5py.File(f"{SHARED}/ratmotor_session") as file:
            check(all(np.array_equal(made[key], file[key]) for key in ("train_data", "valid_data")), name)


harness.main(globals())
