"""Recordings in the layouts that other programs give them, which `lfads prepare` makes data files of: lists of
different lengths, sparse matrices, tables, an array for each unit, names as people write them.

  layouts.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import pickle
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import recordings
from harness import SCRATCH, check, run
from recordings import Sparse

TRIALS, BINS, UNITS = 12, 20, 11
random = np.random.RandomState(6)
counts = random.poisson(0.3, (TRIALS, BINS, UNITS))
counts[3] = 0  # a matrix of nothing but zeros is stored without entries
# a spike in the middle of each bin that has one, so that spikes give the same counts
counts = np.minimum(counts, 1)
flat = counts.reshape(-1, UNITS)
times = [0.01 * np.flatnonzero(flat[:, u]) + 0.005 for u in range(UNITS)]
inside = [[0.01 * np.flatnonzero(counts[i, :, u]) + 0.005 for u in range(UNITS)] for i in range(TRIALS)]
unit, time = np.repeat(range(UNITS), [len(t) for t in times]), np.concatenate(times)
WHOLE = ["--trials=none", "--window=0:2.4", "--chop=0.2"]  # of a recording on one clock
LISTS = h5py.vlen_dtype("f8")


def same(name, *words, expected=counts, output="made"):
    """Checks what is made of a file; its units' names."""
    run("prepare", name, *words, "--valid=every:4", f"--output={output}")
    with h5py.File(f"{SCRATCH}/{output}") as file:
        order = np.argsort(np.r_[file["train_inds"], file["valid_inds"]])
        made = np.concatenate([file["train_data"], file["valid_data"]])[order]
        check(made.shape == expected.shape and np.array_equal(made, expected, equal_nan=made.dtype.kind == "f"),
              f"{name} {words}: counts {made.shape} {np.nansum(made)} are not {expected.shape} {np.nansum(expected)}")
        return file["unit_names"][()].decode().split("\n") if "unit_names" in file else None


def objects(shape, entry):
    array = np.empty(shape, object)
    for at in np.ndindex(shape):
        array[at] = entry(*at)
    return array


def test_lists():
    """HDF5's lists of numbers: for each unit, or for each trial and unit."""
    with h5py.File(f"{SCRATCH}/lists.h5", "w") as file:
        for name, dtype, scale in (("spike_times", LISTS, 1), ("single", h5py.vlen_dtype("f4"), 1), ("whole_us", h5py.vlen_dtype("i4"), 1e6)):
            made = file.create_dataset(name, (UNITS,), dtype)
            for u in range(UNITS):
                made[u] = np.rint(scale * times[u]) if scale > 1 else times[u]
        made = file.create_dataset("trialed", (TRIALS, UNITS), LISTS)
        for i, u in np.ndindex(TRIALS, UNITS):
            made[i, u] = inside[i][u]
        file.create_dataset("texts", (UNITS,), h5py.vlen_dtype(h5py.string_dtype()))
    same("lists.h5", *WHOLE)
    same("lists.h5", *WHOLE, "--spike_times=single")
    same("lists.h5", *WHOLE, "--spike_times=whole_us")
    same("lists.h5", "--window=0:0.2", "--spike_times=trialed")
    # what was made of such a file is trained on as any other; lists as trials are not
    with h5py.File(f"{SCRATCH}/none.h5", "w") as file:
        file.create_dataset("train_data", (TRIALS,), LISTS)[0] = times[0]
    run("train", "none.h5", status=2, pattern="train_data does not hold numbers: it holds lists of different lengths: make one array")


def test_objects():
    """NumPy's arrays of objects: arrays, lists, matrices and texts, whose pickles run nothing."""
    lists = [list(t) for t in times]  # of NumPy's numbers
    for what in (times, lists, [list(map(float, t)) for t in times], [t.astype(">f8") for t in times]):
        np.savez(f"{SCRATCH}/objects.npz", spike_times=objects((UNITS,), lambda u: what[u]),
                 area=objects((UNITS,), lambda u: "M1" if u % 2 else "é"))
        same("objects.npz", *WHOLE)
        same("objects.npz", *WHOLE, "--unit_filter=area=é", expected=counts[:, :, ::2])
    np.save(f"{SCRATCH}/both.npy", objects((TRIALS, UNITS), lambda i, u: inside[i][u]))
    same("both.npy", "--spike_times=both", "--window=0:0.2")
    short = counts.astype(float)
    for i in range(TRIALS):
        short[i, BINS - i % 3:] = np.nan
    for order in "CF":
        np.savez_compressed(f"{SCRATCH}/matrices.npz", counts=objects((TRIALS,), lambda i: np.array(counts[i, :BINS - i % 3], "u1", order=order)))
        same("matrices.npz", expected=short)
    for protocol in (2, 3, 4):
        with open(f"{SCRATCH}/protocol.npy", "wb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": "|O", "fortran_order": False, "shape": (UNITS,)})
            pickle.dump(objects((UNITS,), lambda u: times[u]), file, protocol)
        same("protocol.npy", "--spike_times=protocol", *WHOLE)

    class Call:
        def __reduce__(self):
            return os.system, (f"touch {SCRATCH}/called",)
    for array in (objects((2,), lambda _: Call()), objects((2,), lambda u: {u: 1}), np.array([None, 1.5], object), np.array({"a": 1}, object),
                  objects((2,), lambda u: "text" if u else [1.5])):
        np.savez(f"{SCRATCH}/others.npz", spike_times=array)
        run("prepare", "others.npz", *WHOLE, "--output=none", status=2,
            pattern="spike_times holds Python objects that are not lists of numbers or texts")
    check(not os.path.exists(f"{SCRATCH}/called"), "a pickle was run")


def test_sparse():
    """Matrices of which only what is not zero is stored: MATLAB's of both formats, alone and in cells, SciPy's."""
    cells = objects((TRIALS, 1), lambda i, _: Sparse(counts[i].astype(float)))
    cut = objects((TRIALS, 1), lambda i, _: Sparse(counts[i, :BINS - i % 3].astype(float)))
    short = counts.astype(float)
    for i in range(TRIALS):
        short[i, BINS - i % 3:] = np.nan
    for write, options in ((recordings.write_matlab, {}), (recordings.write_matlab, {"compress": True}),
                           (recordings.write_matlab_hdf5, {})):
        write(f"{SCRATCH}/flat.mat", **options, counts=Sparse(flat.astype(float)))
        same("flat.mat", "--chop=0.2")
        for name, array, expected in (("cells.mat", cells, counts), ("cut.mat", cut, short)):
            write(f"{SCRATCH}/{name}", **options, counts=array)
            same(name, expected=expected)
    row, column = np.nonzero(flat)
    lines = {"csr": (row, column), "csc": (column[np.lexsort((row, column))], row[np.lexsort((row, column))])}
    for name, (line, place) in lines.items():
        ends = np.searchsorted(line, np.arange(max(line) + 2 if name == "csc" else len(flat) + 1))
        parts = {"format": np.array(name.encode()), "shape": flat.shape, "data": np.ones(len(line), "i8")}
        np.savez(f"{SCRATCH}/{name}.npz", indices=place.astype("i4"), indptr=ends.astype("i4"), **parts)
        same(f"{name}.npz", "--chop=0.2")
    np.savez(f"{SCRATCH}/coo.npz", row=row, col=column, **{**parts, "format": np.array(b"coo")})
    same("coo.npz", "--chop=0.2")
    # indices beyond the matrix
    for part in ({"indptr": np.r_[ends[:-1], 10**6]}, {"indices": place + len(flat)}, {"indptr": ends[::-1]}):
        np.savez(f"{SCRATCH}/bad.npz", **{"indices": place, "indptr": ends, **parts, **part})
        run("prepare", "bad.npz", "--chop=0.2", "--output=none", status=2, pattern="its sparse matrix is damaged")
    recordings.write_matlab_hdf5(f"{SCRATCH}/bad.mat", counts=Sparse(flat.astype(float)))
    with h5py.File(f"{SCRATCH}/bad.mat", "r+") as file:
        file["counts/ir"][3] = len(flat)
    run("prepare", "bad.mat", "--chop=0.2", "--output=none", status=2, pattern="counts is no sparse matrix of numbers, or it is damaged")


def test_letters():
    """MATLAB's matrices of letters are texts, a row each, without the blanks at their ends."""
    spikes = objects((1, UNITS), lambda _, u: times[u])
    names = [f"unit {u}" for u in range(UNITS)]
    for write in (recordings.write_matlab, recordings.write_matlab_hdf5):
        write(f"{SCRATCH}/rows.mat", spikes=spikes, area=recordings.letters("M1" if u % 2 else "PMd" for u in range(UNITS)))
        same("rows.mat", *WHOLE, "--unit_filter=area=PMd", expected=counts[:, :, ::2])
        # as the units of spikes in rows
        write(f"{SCRATCH}/each.mat", spike_times=time, unit=recordings.letters(names[u] for u in unit))
        same("each.mat", *WHOLE, expected=counts[:, :, np.argsort(names)])


def test_tables():
    """Tables that pandas, PyTables and h5py store."""
    table = {"unit": unit, "time": time}
    with h5py.File(f"{SCRATCH}/fixed.h5", "w") as file:
        file["spikes/axis0"], file["spikes/axis1"] = np.array([b"unit", b"time"]), np.arange(len(unit))
        for b, (name, column) in enumerate(table.items()):
            file[f"spikes/block{b}_items"], file[f"spikes/block{b}_values"] = np.array([name.encode()]), column[:, None]
        file["spikes/block2_items"] = np.array([b"name"])
        file.create_dataset("spikes/block2_values", (1,), h5py.vlen_dtype("u1"))[0] = np.arange(99)
    same("fixed.h5", *WHOLE)
    run("prepare", "fixed.h5", *WHOLE, "--spike_units=name", "--output=none", status=2,
        pattern="not read: spikes/name has objects of Python, such as texts [(]write the table by to_csv[)]")
    with h5py.File(f"{SCRATCH}/frame.h5", "w") as file:
        file["counts/axis0"], file["counts/axis1"] = np.arange(UNITS), np.arange(len(flat))
        file["counts/block0_items"], file["counts/block0_values"] = np.arange(UNITS), flat
    same("frame.h5", "--chop=0.2")
    with h5py.File(f"{SCRATCH}/series.h5", "w") as file:
        for name, column in table.items():
            file[f"{name}/index"], file[f"{name}/values"] = np.arange(len(unit)), column
    same("series.h5", *WHOLE)
    # records: plain fields, fields of several numbers, others
    records = np.zeros(len(unit), [("index", "i8"), ("unit", "u2"), ("name", "S4"), ("xy", ">f4", 2), ("lone", "f8", (1,)), ("time", "f8")])
    for name, column in table.items():
        records[name] = column
    records["lone"] = time[:, None]
    with h5py.File(f"{SCRATCH}/records.h5", "w") as file:
        file.create_dataset("df/table", data=records, chunks=(7,), compression="gzip")
        file["df/_i_table/time/sorted"] = time  # PyTables' own
    same("records.h5", *WHOLE)
    same("records.h5", *WHOLE, "--spike_times=df/table/lone")
    run("prepare", "records.h5", *WHOLE, "--spike_units=name", "--output=none", status=2,
        pattern="no name among its arrays [(]df/table/index, df/table/unit, df/table/xy, .*; not read: df/table/name is a field")


def test_array_each():
    """An array for each unit, or each trial, which * names; numbers in names count as such."""
    sig = {f"sig{u + 1}a": times[u] for u in range(UNITS)}
    recordings.write_matlab(f"{SCRATCH}/plexon.mat", Start=np.zeros((1, 1)), **sig)
    names = same("plexon.mat", *WHOLE, "--spike_times=sig*a")
    check(names == list(sig), f"units {names}")
    run("prepare", "plexon.mat", *WHOLE, "--output=none", status=2, pattern="[*] stands for any letters, where each unit has an array")
    run("prepare", "plexon.mat", *WHOLE, "--output=none", "--spike_times=spk*", status=2, pattern="no spk[*] among its arrays")
    harness.write("units.h5", **{f"spikes/unit_{u}": times[u] for u in range(UNITS)})
    same("units.h5", *WHOLE, "--spike_times=spikes/*")
    harness.write("trials.h5", **{f"trial_{i}/spikes": counts[i] for i in range(TRIALS)})
    same("trials.h5", "--counts=trial_*/spikes")
    np.savetxt(f"{SCRATCH}/columns.csv", flat, "%d", ",", header=",".join(f"u{u}" for u in range(UNITS)), comments="")
    names = same("columns.csv", "--counts=u*", "--chop=0.2")
    check(names == [f"u{u}" for u in range(UNITS)], f"units {names}")
    np.savez(f"{SCRATCH}/uneven.npz", a1=flat[:, 0], a2=flat[1:, 0])
    run("prepare", "uneven.npz", "--counts=a*", "--output=none", status=2, pattern="the arrays a[*] have different lengths")


def test_padded():
    """Times in rows that are filled up with NaN or zeros; what only looks like counts."""
    def padded(lists, shape, fill):
        array = np.full((*shape, BINS * TRIALS), fill)
        for at in np.ndindex(shape):
            one = lists[at[0]] if len(shape) == 1 else lists[at[0]][at[1]]
            array[at][:len(one)] = one
        return array

    for fill in (np.nan, 0.0):
        for name in ("spike_times", "spikes"):
            np.savez(f"{SCRATCH}/padded.npz", **{name: padded(times, (UNITS,), fill)})
            same("padded.npz", *WHOLE)
            np.savez(f"{SCRATCH}/padded.npz", **{name: padded(inside, (TRIALS, UNITS), fill)})
            same("padded.npz", "--window=0:0.2")
    for array, what in ((random.normal(size=(40, 32)), "spikes has numbers below 0 that are not whole, such as waveforms"),
                        (np.c_[unit, np.sort(time)], "a column of spikes rises as times do")):
        np.savez(f"{SCRATCH}/like.npz", spikes=array)
        run("prepare", "like.npz", "--chop=0.1", "--output=none", status=2, pattern=what)
        run("prepare", "like.npz", "--chop=0.1", "--output=made", "--counts=spikes", pattern="no counts of spikes")


def test_names():
    """Columns called as people call them, with units in brackets."""
    for scale, head in ((1, "Unit ID,Time (s)"), (1e3, "unit #,Spike Time [ms]"), (1e6, "Cell-Number,Timestamps (µs)"),
                        (1, "neuron,timestamp"), (1e3, "CellNumbers,TimeStamps_ms"), (1, "unitidx,Time(sec)")):
        with open(f"{SCRATCH}/named.csv", "w") as file:
            file.write(head + "\n" + "".join(f"{u},{scale * t!r}\n" for u, t in zip(unit.tolist(), time.tolist())))
        same("named.csv", *WHOLE)
    with open(f"{SCRATCH}/named.csv", "w") as file:
        file.write("unit,time (h)\n0,1.5\n")
    run("prepare", "named.csv", *WHOLE, "--output=none", status=2, pattern="no times of spikes, .*[(]unit, time [(]h[)][)]")
    start = 0.2 * np.arange(TRIALS)
    with open(f"{SCRATCH}/trials.csv", "w") as file:
        file.write("Trial #,Start Time (ms)\n" + "".join(f"{i},{1e3 * t!r}\n" for i, t in enumerate(start)))
    np.savez(f"{SCRATCH}/clock.npz", unit=unit, spike_times=time)
    same("clock.npz", "--trials=trials.csv", "--window=0:0.2")


def test_samples():
    """Spikes in samples beside trials in seconds: what is not whole is seconds; whole numbers that can't be samples
    are refused with what to call them, which works."""
    np.savez(f"{SCRATCH}/samples.npz", spike_times=np.rint(1e4 * time).astype("i8"), unit=unit)
    words = ["--window=0:0.2", "--time_unit=samples", "--sample_rate=1e4"]
    for head, scale in (("start", 1), ("start", 1e4), ("start_s", 1)):
        with open(f"{SCRATCH}/starts.csv", "w") as file:
            file.write(f"trial,{head}\n" + "".join(f"{i},{scale * 0.2 * i:.10g}\n" for i in range(TRIALS)))
        same("samples.npz", "--trials=starts.csv", *words)
    for head in ("go", "go_s"):
        with open(f"{SCRATCH}/starts.csv", "w") as file:
            file.write(f"trial,{head}\n0,0\n1,1\n2,2\n")
        run("prepare", "samples.npz", "--trials=starts.csv", f"--align={head}", *words, "--output=made", status=2 if head == "go" else 0,
            pattern="the times go end at 0.0002 s, and the recording at 2.39.* s: call the column go_s" if head == "go" else "")


def test_too_few():
    """Too few trials or windows: what was recorded, and what to do."""
    np.save(f"{SCRATCH}/lone.npy", counts[:1])
    run("prepare", "lone.npy", "--output=none", status=2, pattern="too few trials, 1, where at least 2 are needed: .*--chop=1")
    np.savez(f"{SCRATCH}/ms.npz", unit=unit, spike_times=time / 1e3)
    run("prepare", "ms.npz", "--chop=1", "--output=none", status=2,
        pattern="what was recorded, from 0 to 0.0023.* s, has 0 windows of --chop=1 s, .*: are times in another unit")


harness.main(globals())
