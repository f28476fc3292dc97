"""What a data file has besides what is read: arrays of each trial go along into results as they are, other
keys are named, and a file without the keys that are needed is told by those that it has.

  other_keys.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import re
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, invoke, run, write

SMALL = ["--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5", "--gen_dim=6", "--co_dim=0", "--max_epochs=1",
         "--batch_size=8", "--seed=1", "--threads=1", "--example_every_s=-1", "--device=cpu"]
N = {"train": 12, "valid": 7}
random = np.random.RandomState(0)
data = {f"{name}_data": random.poisson(0.5, (n, 10, 4)) for name, n in N.items()}
KINDS = ("posterior_sample_and_average", "posterior_push_mean")


def arrays(name):
    """Of every type and number of axes."""
    n = N[name]
    made = {f"numbers_{kind.replace('>', 'big')}": random.randint(0, 100, (n, 3)).astype(kind)
            for kind in ("i1", "u1", ">i2", "u4", "i8", ">u8", "f2", ">f2", "f4", ">f4", "f8")}
    made.update(inds=np.arange(n) * 3 + 1, flags=random.rand(n) < 0.5, pictures=random.rand(n, 2, 3, 4),
                long=random.rand(n, 2000), missing=np.where(random.rand(n) < 0.5, np.nan, 1), vector=random.rand(1, n),
                names=np.array([f"trial {i} é".encode() for i in range(n)]), empty=np.zeros((n, 0)))
    return {f"{name}_{key}": value for key, value in made.items()}


def train(stem, *more, **options):
    return invoke("train", "--data_dir=data", f"--data_filename_stem={stem}", f"--lfads_save_dir=save_{stem}", *SMALL,
                  *more, **options)


def same(a, b):
    """The same type, shape and bytes."""
    return a.dtype == b.dtype and a.shape == b.shape and a[()].tobytes() == b[()].tobytes()


def test_copied():
    path = write("data/all_s", **data, **arrays("train"), **arrays("valid"))
    with h5py.File(path, "r+") as file:
        for name, n in N.items():
            file[f"{name}_labels"] = [f"ü{i}" * i for i in range(n)]
            file.create_dataset(f"{name}_packed", data=random.rand(n, 3000), compression="lzf", shuffle=True)
            file[f"{name}_soft"] = h5py.SoftLink(f"/{name}_inds")
    done = train("all")
    check(done.returncode == 0 and "not used" not in done.stdout, f"{done.stdout} {done.stderr}")
    for command, kind in zip(("posterior-sample", "posterior-mean"), KINDS):
        run(command, "--lfads_save_dir=save_all", "--batch_size=4")
        for name, other in (("train", "valid"), ("valid", "train")):
            with h5py.File(path) as file, h5py.File(f"{SCRATCH}/save_all/model_runs_s_{name}_{kind}") as found:
                keys = [key for key in file if key.startswith(f"{name}_") and key != f"{name}_data"]
                check(len(keys) == 22, f"{len(keys)} keys")
                for key in keys:
                    check(key in found, f"{kind}: no {key}")
                    if key in found and key.endswith("labels"):
                        check(list(found[key]) == list(file[key]) and found[key].dtype == file[key].dtype, key)
                    elif key in found:
                        check(same(found[key], file[key]), f"{kind}: {key} is {found[key]}, not {file[key]}")
                check(not [key for key in found if key.startswith(f"{other}_") and key != "train_steps"],
                      f"{kind}: keys of other trials")
    run("posterior-mean", "--lfads_save_dir=save_all", "--ps_nexamples_to_process=5")
    with h5py.File(path) as file, h5py.File(f"{SCRATCH}/save_all/model_runs_s_valid_posterior_push_mean") as found:
        check(np.array_equal(found["valid_inds"], file["valid_inds"][:5]) and list(found["valid_labels"])
              == list(file["valid_labels"][:5]), "of the first trials")
        check(found["valid_vector"].shape == (1, 5) and np.array_equal(found["valid_vector"], file["valid_vector"][:, :5]),
              "a vector of MATLAB's")


def test_left_out():
    """What is not of each trial, or of no type that can be copied, is named; so is what results have."""
    path = write("data/odd_s", **data, train_conditions=np.zeros(5), rates=np.zeros(3), valid_complex=np.ones(7) * 1j,
                 valid_scalar=1.0, train_steps=np.zeros(12), train_condition=np.zeros(12), valid_ok=np.arange(7))
    with h5py.File(path, "r+") as file:
        file["info/name"] = "x"
        file["#refs#/a"] = 1
        file.create_dataset("train_times", (12,), h5py.vlen_dtype("f8"))
        file["valid_away"] = h5py.ExternalLink("elsewhere", "/x")
        file["valid_none"] = np.zeros(2, "u8")
        file["valid_none"].attrs["MATLAB_empty"] = np.uint8(1)
    names = r"info \(a group\), rates, train_conditions \(is it train_condition\?\), train_times, valid_away, valid_complex, valid_scalar$"
    done = train("odd")
    check(re.search(r"odd_s: keys that are not used: " + names, done.stdout, re.M), done.stdout + done.stderr)
    done = run("posterior-mean", "--lfads_save_dir=save_odd",
               pattern="odd_s: train_steps is not copied, for results have a train_steps of their own")
    check(re.search(r"odd_s: keys that are not used and not copied to results: " + names, done.stdout, re.M), done.stdout)
    with h5py.File(f"{SCRATCH}/save_odd/model_runs_s_valid_posterior_push_mean") as found:
        check(np.array_equal(found["valid_ok"], np.arange(7)) and "valid_complex" not in found, "kept arrays")
    # what is copied and read like a key that is used; what has not an entry for each
    write("data/like_s", **data, train_ext_inputs=np.zeros((12, 10, 2)), valid_behaviour=np.zeros((7, 10, 1)), valid_vector=np.zeros(7),
          train_condition=np.zeros(12), valid_condition=np.zeros(6), unit_ids=np.arange(3), condition_labels_train=np.zeros(9))
    names = (r"condition_labels_train \(it has not an entry for each trial\), train_ext_inputs \(copied into results; is it "
             r"train_ext_input\?\), unit_ids \(it has not an entry for each channel\), valid_behaviour \(copied into results; is it "
             r"valid_behavior\?\), valid_condition \(it has not an entry for each trial\)$")
    done = train("like")
    check(re.search("like_s: keys that are not used: " + names, done.stdout, re.M), done.stdout + done.stderr)
    many = {f"key_{i:03}": 0 for i in range(200)}
    write("data/many_s", **data, **many)
    check(re.search(r"not used: key_000, .* and \d+ more$", train("many").stdout, re.M), "many keys")


def test_needed():
    """The keys of a file that has not those that are needed, one group deep."""
    x = data["train_data"]
    for name, keys, says in (
            ("none", {}, "there is no data set train_data; it has none "),
            ("other", {"spikes": x, "dt": 0.01}, "there is no data set train_data; it has dt, spikes "),
            ("grouped", {"binned/train_data": x, "binned/valid_data": x, "deep/deeper/x": x, "session": "a"},
             r"it has binned/train_data, binned/valid_data, deep/deeper \(a group\), session \(docs/files.md"),
            ("half", {"train_encod_data": x, "notes": 1}, "no data set train_recon_data; it has notes, train_encod_data "),
            ("only_valid", {"valid_data": x}, "there is no data set train_data; it has valid_data "),
            ("escape", {"a\x1b[31m": 1, "ü": 1}, "it has ü ")):
        write(f"data/{name}_s", **keys)
        done = train(name)
        check(done.returncode == 2 and re.search(says, done.stderr) and done.stderr.count("\n") == 1,
              f"{name}: status {done.returncode}, {done.stderr!r}")
    write("results", output_dist_params=np.ones((12, 10, 4)))
    run("evaluate", "--data_file=data/other_s", "--model_run=results", status=2,
        pattern="there is no data set valid_data; it has dt, spikes ")


harness.main(globals())
