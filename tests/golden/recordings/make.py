"""Writes the recording of the other files of this folder by the libraries that people write theirs with:
pynwb 3, SciPy, pandas, NumPy's pickles, and h5py in the layout of MATLAB 7.3.

  make.py DIRECTORY

SPDX-License-Identifier: Apache-2.0"""
import os
import sys
from datetime import datetime, timezone

import h5py
import numpy as np
import pandas
import scipy.io
from pynwb import NWBHDF5IO, NWBFile
from pynwb.behavior import Position, SpatialSeries

os.chdir(sys.argv[1])
random = np.random.RandomState(9)
TRIALS, UNITS = 8, 5
# all times are whole ms: bins of them are exact
start = 700 + 1300 * np.arange(TRIALS)
go, target = start + random.randint(200, 400, TRIALS), random.randint(1, 4, TRIALS)
end = start[-1] + 1500
spikes = [np.sort(random.choice(end, 150 + 40 * u, replace=False)) for u in range(UNITS)]
inside = [[s[(s >= t) & (s < t + 1000)] - t for s in spikes] for t in start]
np.savez_compressed("truth.npz", start=start, go=go, target=target, of=np.repeat(range(UNITS), [len(s) for s in spikes]),
         ms=np.concatenate(spikes))


def nwb():
    file = NWBFile("a session", "one", datetime(2026, 1, 1, tzinfo=timezone.utc))
    file.add_unit_column("quality", "of the unit")
    group = file.create_electrode_group("tetrode", "wires", "M1", file.create_device("probe"))
    file.add_electrode(group=group, location="M1")
    for u in range(UNITS):
        # units 1 and 3 were lost from 4 s to 6.5 s; of unit 4 nothing is said
        intervals = {1: [[0, 4.0], [6.5, end / 1e3]], 3: [[6.5, end / 1e3], [0, 4.0]]}.get(u, [[0, end / 1e3]])
        seen = np.zeros((0, 2)) if u == 4 else intervals
        file.add_unit(spike_times=spikes[u] / 1e3, electrodes=[0], quality="good" if u != 2 else "mua",
                      waveform_mean=np.zeros(4), obs_intervals=seen)
    for column in ("go_cue", "target", "correct"):
        file.add_trial_column(column, "a column")
    for i in range(TRIALS):
        file.add_trial(start_time=start[i] / 1e3, stop_time=start[i] / 1e3 + 1, go_cue=go[i] / 1e3,
                       target=f"t{target[i]}", correct=bool(i % 3))
    times = np.arange(0, end / 1e3, 0.05)
    hand = SpatialSeries(name="hand", data=np.c_[times, -times], timestamps=times, reference_frame="table")
    file.create_processing_module("behavior", "of the hand").add(Position(spatial_series=hand))
    with NWBHDF5IO("day.nwb", "w") as io:
        io.write(file, cache_spec=False)


def entries(shape, entry):
    array = np.empty(shape, object)
    for at in np.ndindex(shape):
        array[at] = entry(*at)
    return array


def structures(count, **fields):
    array = np.zeros((1, count), [(name, object) for name in fields])
    for i in range(count):
        array[0, i] = tuple(field(i) for field in fields.values())
    return array


def matlab():
    cells = entries((TRIALS, UNITS), lambda i, u: inside[i][u][:, None] / 1e3)
    counts = [np.histogram(s, np.arange(0, 1001, 10))[0] for one in inside for s in one]
    counts = np.reshape(counts, (TRIALS, UNITS, 100)).astype(float)
    scipy.io.savemat("trials.mat", {"trials": structures(
        TRIALS, spikes=lambda i: cells[i][None], go=lambda i: (go[i] - start[i]) / 1e3, target=lambda i: float(target[i]),
        kind=lambda i: f"t{target[i]}")}, do_compression=True)
    scipy.io.savemat("units.mat", {"units": structures(
        UNITS, spike_times=lambda u: spikes[u][:, None] / 1e3, id=lambda u: u + 1.0, quality=lambda u: "good"),
        "trials": {"start_time": start / 1e3, "go": go[:, None] / 1e3, "target": target.astype(float)}}, do_compression=True)
    scipy.io.savemat("nested.mat", {"data": {"spikes": entries((1, TRIALS), lambda _, i: cells[i][None]),
                                             "go": (go - start) / 1e3}}, do_compression=True)
    # trials of unequal length: 100, 98, 96 ... bins
    scipy.io.savemat("counts.mat", {"R": structures(TRIALS, spikes=lambda i: counts[i][:, :100 - 2 * i],
                                                    target=lambda i: float(target[i]))}, do_compression=True)
    scipy.io.savemat("axes.mat", {"binned": counts.transpose(1, 2, 0)}, do_compression=True)


def matlab_hdf5():
    with h5py.File("trials73.mat", "w", userblock_size=512) as file:
        def put(value):
            made = file.create_dataset(f"#refs#/n{len(file['#refs#']) if '#refs#' in file else 0}",
                                       data=np.atleast_2d(value).T if np.size(value) else np.array([0, 1], "u8"))
            made.attrs["MATLAB_class"] = np.bytes_("double")
            if not np.size(value):
                made.attrs["MATLAB_empty"] = np.uint8(1)
            return made.ref

        def put_cells(name, values):
            made = file.create_dataset(name, (len(values), 1), h5py.ref_dtype)
            for i, value in enumerate(values):
                made[i, 0] = value
            return made

        put_cells("trials/target", [put(float(t)) for t in target])
        put_cells("trials/go", [put((g - s) / 1e3) for g, s in zip(go, start)])
        rows = []
        for i in range(TRIALS):
            rows.append(put_cells(f"#refs#/c{i}", [put(s[:, None] / 1e3) for s in inside[i]]))
            rows[-1].attrs["MATLAB_class"] = np.bytes_("cell")
        put_cells("trials/spikes", [row.ref for row in rows])
        file["trials"].attrs["MATLAB_class"] = np.bytes_("struct")
    with open("trials73.mat", "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM")


def tables():
    of, ms = np.repeat(range(UNITS), [len(s) for s in spikes]), np.concatenate(spikes)
    order = np.argsort(ms, kind="stable")
    pandas.DataFrame({"unit": of[order], "time": ms[order] / 1e3}).to_csv("spikes.csv.gz")
    pandas.DataFrame({"start_time": start / 1e3, "go_cue": go / 1e3, "target": [f"t{t}" for t in target],
                      "correct": [bool(i % 3) for i in range(TRIALS)]}).to_csv("trials.csv")
    np.savez_compressed("objects.npz", spike_times=entries((UNITS,), lambda u: spikes[u] / 1e3))


for write in (nwb, matlab, matlab_hdf5, tables):
    write()
