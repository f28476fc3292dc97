"""Small valid files for the fuzz targets to start from, those that are not text.

  make_corpus.py LFADS SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import gzip
import os
import re
import shutil
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import recordings
from harness import SCRATCH, SEAL, seal
from tensorflow_bundle import block, lay_out, number, table

random = np.random.RandomState(1)


def counts(trials=6, bins=4, channels=3):
    return random.poisson(1.0, (trials, bins, channels))


def write(name, arrays, libver=None, folder="data", **storage):
    with h5py.File(f"{SCRATCH}/{folder}/{name}", "w", libver=libver) as file:
        for key, value in arrays.items():
            file.create_dataset(key, data=value, **storage if np.ndim(value) else {})


def add_lists(file, name, lists):
    file.create_dataset(name, (len(lists),), h5py.vlen_dtype("i4"))
    for i, values in enumerate(lists):
        file[name][i] = values


def write_benchmark(name, behaviour, libver=None):
    """A submission to the benchmark and its target in one file, which has a model's results too."""
    with h5py.File(f"{SCRATCH}/benchmark/{name}", "w", libver=libver) as file:
        file["output_dist_params"] = random.uniform(0.5, 2, (6, 4, 3))
        file.attrs["heldout_dim"] = np.bytes_("1")
        group = file.create_group("mc_rtt")
        for part, channels in (("heldin", 2), ("heldout", 1)):
            for phase in ("train", "eval"):
                group[f"{phase}_rates_{part}"] = random.uniform(0.5, 2, (6, 4, channels))
            group[f"eval_rates_{part}_forward"] = random.uniform(0.5, 2, (6, 2, channels))
            group[f"eval_spikes_{part}_forward"] = counts(6, 2, channels).astype("f4")
        group["eval_spikes_heldout"] = counts(6, 4, 1).astype("f4")
        for phase in ("train", "eval"):
            group[f"{phase}_behavior"] = random.normal(size=behaviour)
        if len(behaviour) == 3:
            for phase in ("train", "eval"):
                group[f"{phase}_decode_mask"] = np.arange(12).reshape(6, 2) % 3 > 0
        group["psth"] = random.normal(size=(2, 4, 3))
        group["eval_jitter"] = np.arange(6) % 2
        add_lists(file, "mc_rtt/eval_cond_idx", ([0, 2, 4], [1, 3, 5]))


def write_recordings(folder):
    """Recordings of two trials and two units, which serve as their own tables of trials."""
    table = "trial,unit,time_s,start_time,stop_time,side\n0,1,0.1,0,0.5,left\n1,1,0.05,1,1.4,right\n"
    with open(f"{folder}/columns", "w") as file:
        file.write(table)
    with open(f"{folder}/tabs", "w") as file:
        file.write(table.replace(",", "\t").replace("left", '"left ""side"""'))
    with gzip.GzipFile(f"{folder}/gzip", "wb", mtime=0) as file:
        file.write(table.encode())
    arrays = {"spike_times": np.array([0.1, 0.2, 0.05, 0.3]), "units": np.array([3, 3, 4, 4], ">i2"),
              "trial_ids": np.array([0, 1, 1, 0], "u1"), "start_time": np.array([0, 1], "f4"),
              "stop_time": np.array([0.5, 1.4]), "side": np.array(["left", "right"]),
              "snr": np.asfortranarray(random.normal(size=(2, 3)))}
    np.savez(f"{folder}/arrays", **arrays)
    np.savez_compressed(f"{folder}/compressed", **arrays)
    np.save(f"{folder}/one", arrays["side"])
    cells = np.empty((2, 2), object)
    cells[:] = [[np.array([0.1, 0.2]), np.array([])], [np.array([0.05]), np.array([0.3, 0.4, 0.1])]]
    arrays = {"spikes": cells, "start_time": np.array([0.0, 1]), "stop_time": np.array([0.5, 1.4]),
              "side": np.array(["left", "right"], object), "counts": np.ones((2, 6, 2))}
    recordings.write_matlab(f"{folder}/matlab", **arrays)
    recordings.write_matlab(f"{folder}/matlab_compressed", compress=True, **arrays)
    recordings.write_matlab_hdf5(f"{folder}/matlab_hdf5", **arrays)
    entries = np.empty(7, object)
    entries[:] = [np.arange(6.0).reshape(2, 3), [1.5, 2], 3, "é", np.float32(2), np.array([None, 2.0], object), np.arange(3)]
    np.save(f"{folder}/objects", entries)
    np.save(f"{folder}/texts", np.array(["left", "right"], object))
    sparse = {"counts": recordings.Sparse(np.eye(8)[:, :3]), "area": recordings.letters(["M1", "PMd"])}
    recordings.write_matlab(f"{folder}/sparse", **sparse)
    recordings.write_matlab_hdf5(f"{folder}/sparse_hdf5", **sparse)
    np.savez(f"{folder}/sparse_archive", format=np.array(b"csr"), shape=(4, 2), data=[1, 2], indices=[0, 1], indptr=[0, 1, 1, 2, 2])
    with h5py.File(f"{folder}/tables", "w") as file:
        file["spikes/table"] = np.zeros(3, [("unit", "i4"), ("time", "f8", (1,)), ("name", "S3")])
        file["df/axis0"], file["df/block0_items"], file["df/block0_values"] = [b"unit"], [b"unit"], [[1], [2]]
        file.create_dataset("spike_times", (2,), h5py.vlen_dtype("f4"))[:] = [np.array([0.5, 1], "f4"), np.array([2], "f4")]
    # arrays of structures, cells in cells, matrices: as SciPy writes them
    for name in ("trials.mat", "nested.mat", "counts.mat", "axes.mat"):
        shutil.copy(os.path.join(os.path.dirname(__file__), "..", "golden", "recordings", name), f"{folder}/{name}")
    with h5py.File(f"{folder}/structures", "w", userblock_size=512) as file:
        file["#refs#/a"], file["#refs#/b"], file["#refs#/n"] = [[0.1, 0.2]], [[0.3]], [[0.2]]
        for name, targets in (("#refs#/c", "ab"), ("#refs#/d", "ba"), ("trials/go", "nn")):
            file.create_dataset(name, data=[[file[f"#refs#/{t}"].ref] for t in targets], dtype=h5py.ref_dtype)
        file.create_dataset("trials/spikes", data=[[file[f"#refs#/{t}"].ref] for t in "cd"], dtype=h5py.ref_dtype)
    with open(f"{folder}/structures", "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM")
    with open(f"{folder}/params", "w") as file:
        file.write("dat_path = 'x'\nsample_rate = 30000.\n")
    with h5py.File(f"{folder}/nwb", "w") as file:
        file["units/spike_times"], file["units/spike_times_index"] = [0.1, 1.2, 0.3], np.array([2, 3])
        file["units/id"], file["units/obs_intervals"], file["units/obs_intervals_index"] = [4, 5], [[0, 2.0], [0.2, 1]], [1, 2]
        for key in ("start_time", "stop_time"):
            file[f"intervals/trials/{key}"] = arrays[key]
        file["intervals/trials/side"] = ["left", "right"]


def compact(source, target):
    """The same checkpoint without chunks, in the latest form of the format, sealed as ours are."""
    with h5py.File(source) as old, h5py.File(target, "w", libver="latest",
                                             userblock_size=SEAL) as new:
        for key in old:
            new[key] = old[key][()]
    seal(target)


def stored(data):
    """The bytes in Snappy's form, without any gain."""
    pieces = [data[i:i + 60] for i in range(0, len(data), 60)]
    return number(len(data)) + b"".join(bytes([len(piece) - 1 << 2]) + piece for piece in pieces)


def write_index(name, variables):
    """An index of the variables, all 0, in the forms of fuzz_bundle.c."""
    entries, _ = lay_out(variables)
    content = block(entries)
    for form, data in (("file", b"\0" + table(entries)), ("block", b"\1" + content),
                       ("compressed", b"\2" + stored(content))):
        with open(f"{SCRATCH}/bundle/{name}_{form}", "wb") as file:
            file.write(data)


def write_indices(trained):
    """Of an integrator of two units, and of the model whose training said this."""
    write_index("integrator", {"Variable": np.zeros((2, 2), "f4"), "Variable_1": np.zeros((1, 2), "f4"),
                               "Variable_2": np.zeros((1, 2), "f4"), "Variable_3": np.zeros((2, 1), "f8"),
                               "Variable_4": np.zeros(1, "f4"), "global_step": np.int32(0)})
    model = {name: np.zeros((int(rows), int(cols)), "f4") for name, rows, cols in
             re.findall(r"\d (LFADS/\S+):0 \[(\d+), (\d+)\]", trained)}
    write_index("model", {**model, "LFADS/z/prior_g0/logvar": np.zeros((1, 1), "f4"),
                          "LFADS/global_step": np.int64(0), "LFADS/learning_rate": np.float32(0)})


def test_made():
    for folder in ("data", "benchmark", "checkpoint", "bundle", "damage", "prepare", "merge", "integrator",
                   "scratch"):
        os.makedirs(f"{SCRATCH}/{folder}")
    plain = {"train_data": counts().astype("u1"), "valid_data": counts().astype(">i4")}
    rates = random.uniform(0.5, 2, (6, 4, 3))
    full = {"train_data": counts().astype("f8"), "train_ext_input": rates[:, :, :1],
            "train_truth": rates, "conversion_factor": 2.0, "output_dist_params": rates,
            "alignment_matrix_cxf": rates[0, :3, :2], "alignment_bias_c": rates[0, 0],
            "nll_bound_vaes": rates[:, 0, 0], "nll_bound_iwaes": rates[:, 0, 1]}
    write("plain", plain)
    write("full", full)
    write("gzip", plain, compression="gzip", shuffle=True, chunks=True)
    write("checksums", plain, compression="gzip", fletcher32=True, chunks=True)
    write("latest", full, libver="latest")
    write("latest_checksums", plain, libver="latest", fletcher32=True, chunks=(1, 4, 3))
    write("half", {"train_data": rates.astype("f2"), "train_ext_input": rates[:, :, :1]})
    write("conditions", {**plain, "output_dist_params": rates, "train_condition": np.arange(6) % 2,
                         "valid_condition": np.arange(6.0)})
    write("lists", {**plain, "output_dist_params": rates, "psth": rates[:2], "train_jitter": np.arange(6) % 2})
    with h5py.File(f"{SCRATCH}/data/lists", "r+") as file:
        add_lists(file, "train_cond_idx", ([0, 1, 5], []))
    write("lzf", plain, compression="lzf", shuffle=True, chunks=True)
    write("kept", {**plain, "train_flags": np.arange(6) < 2, "train_names": np.full(6, b"abc"), "train_big": np.arange(6.0)})
    with h5py.File(f"{SCRATCH}/data/kept", "r+") as file:
        file["train_words"] = [f"word {i}" for i in range(6)]
        file["deep/er"] = counts()
        file["train_truth"] = h5py.SoftLink("/deep/er")
    write("tensors", {f"train_spikes_{part}": counts() for part in ("heldin", "heldout", "heldin_forward", "heldout_forward")})
    write_benchmark("velocity", (6, 4, 2))
    write_benchmark("times", (6, 5))
    write_benchmark("latest", (6, 4, 1), libver="latest")
    write_recordings(f"{SCRATCH}/prepare")
    write("windows", {**plain, "train_place": np.array([0, 2, 4, 6, 8, 10]), "valid_place": np.arange(6) + 11,
                      "chop_total": 20, "chop_overlap": 2, "dt": 0.01, "factors": rates, "gen_ics": rates[:, 0]}, folder="merge")
    weights = {"W": random.normal(size=(3, 3)), "B": np.ones(3), "b": np.zeros(3), "w": np.arange(3), "c": [0.5]}
    write("weights", weights, folder="integrator")
    write("latest", weights, libver="latest", folder="integrator", chunks=True, compression="gzip", fletcher32=True)
    # for damage.c
    larger = {"train_data": counts(40, 16, 10), "valid_data": counts(8, 16, 10),
              "alignment_matrix_cxf": random.normal(size=(10, 2))}
    rows = {"compression": "gzip", "shuffle": True}
    write("plain", larger, folder="damage")
    write("gzip", larger, folder="damage", chunks=True, **rows)
    write("checksums", larger, folder="damage", chunks=True, fletcher32=True, **rows)
    write("latest_checksums", larger, libver="latest", folder="damage", chunks=True,
          fletcher32=True)
    # the least model that there is, after one epoch
    shutil.copy(f"{SCRATCH}/data/plain", f"{SCRATCH}/scratch/d_s")
    small = [f"--{x}=1" for x in ("factors_dim", "ic_dim", "ic_enc_dim", "gen_dim", "batch_size",
                                  "max_epochs", "threads", "seed")]
    done = harness.run("train", "--data_dir=scratch", "--data_filename_stem=d",
                       "--lfads_save_dir=scratch/save", "--co_dim=0", "--example_every_s=-1", *small)
    write_indices(done.stdout)
    least = f"{SCRATCH}/checkpoint/least"
    shutil.copy(harness.latest("scratch/save"), least)
    compact(least, f"{SCRATCH}/checkpoint/compact")
    shutil.rmtree(f"{SCRATCH}/scratch")


harness.main(globals())
