"""Small valid files for the fuzz targets to start from, those that are not text.

  make_corpus.py LFADS SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import os
import shutil
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, SEAL, seal

random = np.random.RandomState(1)


def counts(trials=6, bins=4, channels=3):
    return random.poisson(1.0, (trials, bins, channels))


def write(name, arrays, libver=None, folder="data", **storage):
    with h5py.File(f"{SCRATCH}/{folder}/{name}", "w", libver=libver) as file:
        for key, value in arrays.items():
            file.create_dataset(key, data=value, **storage if np.ndim(value) else {})


def compact(source, target):
    """The same checkpoint without chunks, in the latest form of the format, sealed as ours are."""
    with h5py.File(source) as old, h5py.File(target, "w", libver="latest",
                                             userblock_size=SEAL) as new:
        for key in old:
            new[key] = old[key][()]
    seal(target)


def test_made():
    for folder in ("data", "checkpoint", "damage", "scratch"):
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
    harness.run("train", "--data_dir=scratch", "--data_filename_stem=d",
                "--lfads_save_dir=scratch/save", "--co_dim=0", "--example_every_s=-1", "--quiet", *small)
    least = f"{SCRATCH}/checkpoint/least"
    shutil.copy(harness.latest("scratch/save"), least)
    compact(least, f"{SCRATCH}/checkpoint/compact")
    shutil.rmtree(f"{SCRATCH}/scratch")


harness.main(globals())
