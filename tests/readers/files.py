"""The program end to end on the original's specimen: its parameters and data in, its results out.

  files.py LFADS SCRATCH GOLDEN/files

Trains one epoch on the specimen's data to get a checkpoint of ours, puts the specimen's parameters
into it, and compares what posterior-mean and write-params then write with what the original wrote:
keys, shapes, types, and the numbers that need no random ones, to 1e-5. Reads the JSON, the index
files and the table of costs as its users' scripts do.
SPDX-License-Identifier: Apache-2.0"""
import json
import os
import re
import shutil
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, seal, text

GOLDEN, = harness.MORE


def flags_of(golden):
    """The specimen's flags, but for those that say where and what to run."""
    own = ("dataset_names", "dataset_dims", "num_steps", "ndatasets", "kind", "data_dir",
           "lfads_save_dir", "checkpoint_pb_load_name", "device")
    return [f"--{k}={v}" for k, v in golden.items() if k not in own]


def ours(name):
    """A name of the original's file as our checkpoint has it."""
    name = name.split(":")[0]
    return name[len("LFADS_"):] if name.startswith("LFADS_LFADS_") else name


def plant(checkpoint, params, step):
    """Puts the specimen's numbers and step into our checkpoint, and seals it again."""
    with h5py.File(checkpoint, "r+") as file, h5py.File(params, "r") as golden:
        for name, array in golden.items():
            if array.shape:
                check(ours(name) in file, f"our checkpoint has no {ours(name)}")
                check(file[ours(name)].fletcher32, f"{ours(name)} has no checksum")
                file[ours(name)][...] = array[()]
        file["step"][0] = step
    with open(checkpoint, "rb") as file:
        head = file.read(20)
    check(head.startswith(b"LFADS checkpoint\n"), f"the seal begins {head}")
    seal(checkpoint)


def compare_runs(mine, golden, exact):
    with h5py.File(mine, "r") as a, h5py.File(golden, "r") as b:
        check(set(a) == set(b), f"{mine}: keys {set(a) ^ set(b)} are in one only")
        for key in b:
            check(a[key].shape == b[key].shape and a[key].dtype == b[key].dtype,
                  f"{key} is {a[key].dtype}{a[key].shape}, golden {b[key].dtype}{b[key].shape}")
            check(a[key].compression == b[key].compression, f"{key}: {a[key].compression}")
            if key in exact or a[key].shape != b[key].shape:
                continue
            off = np.abs(a[key][()] - b[key][()]).max() / max(np.abs(b[key][()]).max(), 1e-30)
            check(off <= 1e-5, f"{mine}: {key} is off by {off:g}")


def compare_params(mine, golden):
    with h5py.File(mine, "r") as a, h5py.File(golden, "r") as b:
        check(set(a) == set(b), f"model_params: {set(a) ^ set(b)} are in one only")
        for key in set(a) & set(b):
            check(a[key].shape == b[key].shape and a[key].dtype == b[key].dtype,
                  f"{key} is {a[key].dtype}{a[key].shape}, golden {b[key].dtype}{b[key].shape}")
            if "learning_rate" in key:
                continue
            check(np.allclose(a[key][()], b[key][()], rtol=1e-6), f"{key} differs")


def compare_text(save, golden):
    line = text(f"{save}/hyperparameters-78.txt")
    mine, wanted = json.loads(line), json.loads(text(f"{golden}/save_dir/hyperparameters-78.txt"))
    check("\n" not in line, "the hyperparameters are on more than one line")
    check(list(mine)[:len(wanted)] == list(wanted), "the order of keys differs")
    for key, value in wanted.items():
        if key not in ("data_dir", "lfads_save_dir", "device", "checkpoint_pb_load_name",
                       "dataset_names", "dataset_dims"):
            check(mine[key] == value and f'"{key}": {json.dumps(value)}' in line,
                  f"{key} is {mine[key]!r}, golden {value!r}")
    row = re.compile(r"epoch,(\d+), step,(\d+), total,([\d.]+),([\d.]+),       recon,([\d.]+),"
                     r"([\d.]+), kl,([\d.]+),([\d.]+), l2,(\d+\.\d{5}),       klweight,"
                     r"(\d\.\d\d), l2weight,(\d\.\d\d)\n")
    for path in (f"{save}/fitlog.csv", f"{golden}/save_dir/fitlog.csv"):
        for line in text(path).splitlines(keepends=True):
            check(row.fullmatch(line), f"{path}: {line!r}")
    lines = text(f"{save}/checkpoint").splitlines()
    check(re.fullmatch(r'model_checkpoint_path: ".*/lfads_vae.ckpt-\d+"', lines[0]), lines[0])
    check(all(re.fullmatch(r'all_model_checkpoint_paths: ".*"', line) for line in lines[1:]),
          "the index's lines")


def run(command, *flags):
    harness.run(command, f"--data_dir={GOLDEN}/data_dir", f"--lfads_save_dir={SCRATCH}", *flags)


def test_specimen():
    golden, scratch = GOLDEN, SCRATCH
    flags = flags_of(json.loads(text(f"{golden}/save_dir/hyperparameters-78.txt")))
    run("train", *flags, "--max_epochs=1", "--seed=3")
    name = [f for f in os.listdir(scratch) if f.startswith("lfads_vae.ckpt-")][0]
    planted = f"{scratch}/lfads_vae.ckpt-78"
    shutil.move(f"{scratch}/{name}", planted)
    plant(planted, f"{golden}/save_dir/model_params", 78)
    with open(f"{scratch}/checkpoint", "w") as file:
        file.write(f'model_checkpoint_path: "{planted}"\n'
                   f'all_model_checkpoint_paths: "{planted}"\n')
    random = ("costs", "nll_bound_vaes", "nll_bound_iwaes")
    run("write-params", *flags)
    compare_params(f"{scratch}/model_params", f"{golden}/save_dir/model_params")
    compare_text(scratch, golden)
    run("posterior-mean", "--ps_nexamples_to_process=5")
    run("posterior-sample", "--ps_nexamples_to_process=5", "--batch_size=6")
    run("prior-sample", "--batch_size=6", "--dataset_name=dayB")
    for session in ("dayA", "dayB"):
        for part in ("train", "valid"):
            stem = f"model_runs_{session}_{part}_"
            compare_runs(f"{scratch}/{stem}posterior_push_mean",
                         f"{golden}/save_dir/{stem}posterior_push_mean", random)
            with h5py.File(f"{golden}/save_dir/{stem}posterior_sample_and_average") as file:
                sampled = tuple(k for k in file if not k.startswith(("p", "train")))
            compare_runs(f"{scratch}/{stem}posterior_sample_and_average",
                         f"{golden}/save_dir/{stem}posterior_sample_and_average", sampled)
    with h5py.File(f"{scratch}/model_runs_prior_sample") as file:
        check(file.attrs["output_dist"] == b"poisson", "samples of the priors name no distribution")
    with h5py.File(f"{golden}/save_dir/model_runs_prior_sample") as file:
        compare_runs(f"{scratch}/model_runs_prior_sample",
                     f"{golden}/save_dir/model_runs_prior_sample",
                     tuple(k for k in file if not k.startswith("prior_g0")))


harness.main(globals())
