"""Results in lfads-torch's form (--output_format=lfads_torch) against those in the original's form, and
against the parameters that they come from.

  torch_output.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, run, write

SIZES = ["--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5", "--gen_dim=6", "--max_epochs=2", "--batch_size=8", "--seed=1",
         "--threads=1", "--example_every_s=-1", "--device=cpu"]
INPUTS = ["--co_dim=2", "--con_dim=7", "--ci_enc_dim=5", "--ext_input_dim=2", "--inject_ext_input_to_gen=true"]
KEYS = {"output_params": "output_dist_params", "factors": "factors", "ic_mean": "post_g0_mean",
        "gen_states": "gen_states", "gen_init": "gen_ics"}
random = np.random.RandomState(0)
N = {"train": 12, "valid": 7}


def session(name, **more):
    arrays = {}
    for kind, n in N.items():
        arrays[f"{kind}_data"] = random.poisson(0.5, (n, 10, 4))
        arrays[f"{kind}_ext_input"] = random.rand(n, 10, 2)
        arrays[f"{kind}_inds"] = np.arange(n) * 2
    return write(name, **arrays, **more)


def sample(command, stem, *more):
    """The arrays of both forms: of the original's by set, of lfads-torch's file, and its path."""
    save = f"save_{stem}"
    run(command, f"--lfads_save_dir={save}", "--ps_samples=5", *more)
    run(command, f"--lfads_save_dir={save}", "--ps_samples=5", "--output_format=lfads_torch", "--output_dir=torch", *more)
    kind = {"posterior-sample": "posterior_sample_and_average", "posterior-mean": "posterior_push_mean"}[command]
    ours = {name: harness.numbers(f"{save}/model_runs_s.one.h5_{name}_{kind}") for name in N}
    path = f"torch/lfads_output_{stem}_s.one.h5"
    return ours, harness.numbers(path), path


def compare(ours, torch, data, what):
    for name, n in N.items():
        for theirs, key in KEYS.items():
            a, b = torch[f"{name}_{theirs}"], ours[name][key].astype("f4")
            check(a.dtype == "<f4" and np.array_equal(a, b[..., :a.shape[-1]]), f"{what}: {name}_{theirs}")
        check(np.allclose(torch[f"{name}_ic_std"], np.exp(ours[name]["post_g0_logvar"] / 2), rtol=1e-6, atol=0),
              f"{what}: {name}_ic_std")
        check({key[len(name) + 1:] for key in torch if key.startswith(name)} == {
            *KEYS, "ic_std", "co_means", "co_stds", "gen_inputs", "con_states", "data", "ext_input", "inds"}, f"{what}: keys")
    with h5py.File(data) as file:
        for key in file:
            if isinstance(file[key], h5py.Dataset) and key in torch:
                a, b = np.asarray(file[key][()]), np.asarray(torch[key])
                check(a.dtype == b.dtype and np.array_equal(a, b), f"{what}: {key}")


def test_inputs():
    """With inferred and external inputs: of means, where all can be computed; of samples."""
    data = session("data/full_s.one.h5", note="text", dt=0.01)
    with h5py.File(data, "r+") as file:
        file["info/x"] = 1
    run("train", "--data_dir=data", "--data_filename_stem=full", "--lfads_save_dir=save_full", *SIZES, *INPUTS)
    run("write-params", "--lfads_save_dir=save_full")
    with h5py.File(f"{SCRATCH}/save_full/model_params") as file:
        maps = {k: file[k][()] for k in file if "Adam" not in k}
    ours, torch, path = sample("posterior-mean", "full")
    compare(ours, torch, data, "means")
    names = [k for k in maps if maps[k].ndim == 2 and maps[k].shape == (7, 2)]
    for name in N:
        states = torch[f"{name}_con_states"].astype(float)
        check(states.shape == (N[name], 10, 7), f"{states.shape}")
        mapped = [states @ maps[k] + maps[k.replace("W:0", "b:0")].ravel() for k in names]
        check(any(np.allclose(m, torch[f"{name}_co_means"], rtol=1e-4, atol=1e-5) for m in mapped), f"{name}_co_means")
        check(any(np.allclose(np.exp(m / 2), torch[f"{name}_co_stds"], rtol=1e-4, atol=1e-5) for m in mapped), f"{name}_co_stds")
        check(np.array_equal(torch[f"{name}_co_means"], ours[name]["controller_outputs"].astype("f4")), "means drive")
        with h5py.File(data) as file:
            inputs = np.concatenate([torch[f"{name}_co_means"], file[f"{name}_ext_input"][()].astype("f4")], axis=2)
        check(np.array_equal(torch[f"{name}_gen_inputs"], inputs), f"{name}_gen_inputs")
    with h5py.File(f"{SCRATCH}/{path}") as file:
        check(file["note"][()] == b"text" and "info" not in file, "what is copied")
    ours, torch, _ = sample("posterior-sample", "full")
    compare(ours, torch, data, "samples")
    for name in N:
        check(np.allclose(torch[f"{name}_gen_inputs"][..., :2], ours[name]["controller_outputs"], rtol=1e-6, atol=1e-7),
              f"{name}: inputs are means of samples")
        check(not np.allclose(torch[f"{name}_co_means"], ours[name]["controller_outputs"], atol=1e-3), "samples vary")
        check(np.all(torch[f"{name}_co_stds"] > 0), "deviations")
    few = sample("posterior-sample", "full", "--ps_nexamples_to_process=3")[1]
    check(few["train_factors"].shape[0] == 3 and few["train_data"].shape[0] == 12, "fewer trials")
    run("posterior-sample", "--lfads_save_dir=save_full", "--output_format=lfads_torch", "--save_spread=true", status=2,
        pattern="--output_format=lfads_torch has no place for what --save_spread asks for")
    for word in ("one", "torch"):
        run("posterior-mean", "--lfads_save_dir=save_full", f"--output_format={word}", status=2, pattern="output_format")


def test_no_inputs():
    """Without a controller its arrays are empty; of a Gaussian the file has the means alone."""
    data = session("data/least_s.one.h5")
    run("train", "--data_dir=data", "--data_filename_stem=least", "--lfads_save_dir=save_least", *SIZES, "--co_dim=0",
        "--output_dist=gaussian")
    ours, torch, path = sample("posterior-mean", "least")
    compare(ours, torch, data, "no inputs")
    check(torch["valid_output_params"].shape == (7, 10, 4) and ours["valid"]["output_dist_params"].shape == (7, 10, 8), "means")
    check(torch["valid_co_means"].shape == (7, 10, 0) and torch["valid_con_states"].shape == (7, 10, 0), "no controller")


harness.main(globals())
