"""matlab/: arrays have the right axes, by Octave. It reads files itself; writing takes h5create and h5write,
which MATLAB has: where Octave has none, doubles note what they get, and HDF5's rule, that the axes of MATLAB's
arrays are reversed in a file, is applied here.
SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import re
import shutil
import subprocess
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
from harness import MORE, SCRATCH, Skip, check, main, run

HERE = os.path.dirname(os.path.abspath(__file__))
RESULTS = os.path.join(SCRATCH, "results")
OUT = os.path.join(SCRATCH, "data.h5")
lines = []


def prepare():
    octave = shutil.which("octave-cli")
    if not octave:
        raise Skip("Octave is not installed")
    rng = np.random.default_rng(0)
    data = os.path.join(SCRATCH, "made")
    with h5py.File(data, "w") as file:
        for name, trials in (("train_data", 6), ("valid_data", 5)):
            file[name] = rng.poisson(1, (trials, 7, 3))
    run("train", data, f"--lfads_save_dir={SCRATCH}/model", "--max_epochs=1", "--gen_dim=4", "--factors_dim=2",
        "--seed=1", "--batch_size=4", "--threads=1")
    run("posterior-sample", f"{SCRATCH}/model", "--threads=1", "--ps_samples=2")
    path, = glob.glob(f"{SCRATCH}/model/model_runs_*_valid_*")
    os.rename(path, RESULTS)
    done = subprocess.run([octave, "--norc", "-q", "--path", MORE[0], "--path", os.path.join(HERE, "doubles"),
                           os.path.join(HERE, "axes.m"), RESULTS, OUT], capture_output=True, text=True)
    check(done.returncode == 0, f"Octave ends with {done.returncode}: {done.stderr}")
    lines.extend(done.stdout.splitlines())


def array_of(shape, numbers):
    """An array as MATLAB has it, from its size and its numbers in its order."""
    size = [int(n) for n in re.findall(r"\d+", shape)]
    return np.array([float(n) for n in numbers.split()]).reshape(size, order="F")


def test_reading():
    arrays = {}
    for line in lines:
        match = re.fullmatch(r"(\w+) (\[[\d ]+\]|\d+):(.*)", line)
        if match:
            size = match[2] if match[2].startswith("[") else f"{match[2]} {match[2]}"
            arrays[match[1]] = array_of(size, match[3])
    with h5py.File(RESULTS) as file:
        check(set(arrays) == set(file), f"fields {sorted(arrays)}, in the file {sorted(file)}")
        for name in file:
            expected = file[name][()]
            if expected.ndim == 1:
                expected = expected[:, np.newaxis]
            while expected.ndim > 2 and expected.shape[-1] == 1:  # MATLAB drops such axes
                expected = expected[..., 0]
            same = name in arrays and arrays[name].shape == expected.shape and (arrays[name] == expected).all()
            check(same, f"{name}: {arrays[name].shape if name in arrays else None}, expected {expected.shape}")


def test_writing():
    if not os.path.exists(OUT):
        raise Skip("nothing was written")
    expected = {"train_data": np.fromfunction(lambda t, b, c: 111 + 100 * t + 10 * b + c, (4, 3, 2)),
                "valid_data": np.fromfunction(lambda t, b, c: 111 + 100 * t + 10 * b + c, (4, 3, 1)),
                "train_condition": np.array([5, 6, 7, 8]), "dt": np.array([0.01]), "train_mask": np.ones(4)}
    found, created = {}, {}
    with open(OUT, encoding="utf-8") as file:
        for line in file:
            name, type_, rest = line.split(" ", 2)
            size, _, numbers = rest.partition(":")
            shape = [int(n) for n in re.findall(r"\d+", size)]
            if not numbers:
                created[name[1:]] = (type_, shape)
                continue
            check(created[name[1:]][0] == type_, f"{name}: created as {created[name[1:]]}, written as {type_}")
            # the file's axes are MATLAB's reversed, the numbers in the same order
            found[name[1:]] = np.array([float(n) for n in numbers.split()]).reshape(created[name[1:]][1][::-1])
    check(set(found) == set(expected), f"written: {sorted(found)}")
    for name, array in expected.items():
        check(name in found and found[name].shape == array.shape and (found[name] == array).all(),
              f"{name}: {found.get(name)}, expected {array}")
    check(created["train_data"][0] == "int32" and created["train_mask"][0] == "uint8", f"types {created}")
    check(not glob.glob(os.path.join(SCRATCH, ".*")), "a file in progress remains")


def test_refusals():
    refused = [line for line in lines if line.startswith("REFUSED")]
    for sentence in ("data.h5 exists", "no structure", "train_data is no array of real numbers", "no file nowhere"):
        check(any(sentence in line for line in refused), f"nothing says: {sentence}; {refused}")
    check("NOT REFUSED" not in lines, "something wrong is accepted")


main(globals())
