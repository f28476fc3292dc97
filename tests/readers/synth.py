"""Makes a synthetic set and compares it with the numbers of the original's generator.

  synth.py LFADS SCRATCH GOLDEN.json GENERATOR [FLAG...]

Integer arrays must have the golden checksums, reals agree to 1e-9, alignment matrices up to the sign of
a component, and every key, shape and type must be there. A set of the integrator has the golden counts if
--checkpoint_path names the original's weights; with --first as the last word, of fewer conditions, its
first trials have the golden sums. One that is told
--conditions=N instead is made of so many, by random weights, and held against the recipe alone:
training takes minutes. A GOLDEN.json that is not there is written: those of small sets are the
program's own numbers, of a day when it made all of the original's (`ctest -L long -R readers/synth`).
SPDX-License-Identifier: Apache-2.0"""
import hashlib
import json
import os
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, write

GOLDEN, *FLAGS = harness.MORE
OWN = ("truth", "data", "outputs_u")  # of the integration set, whose network is ours or in float32
MOST_IN_FULL, PLACES = 500, 40  # numbers that are kept of a set of reals
RANDOM = ("train_data", "valid_data")  # of the Gaussian set, whose noise the original left unseeded


def fail(text):
    check(False, text)


def close(a, b, tolerance=1e-9):
    return np.allclose(a, b, rtol=tolerance, atol=tolerance)


def check_reals(name, array, golden, tolerance=1e-9):
    if "value" in golden:
        if not close(array[()], golden["value"]):
            fail(f"{name} is {array[()]}, golden {golden['value']}")
        return
    if array.size == 0:
        return
    values = array[()]
    if "full" in golden:
        full = np.array(golden["full"])
        if full.ndim == 2:  # components: compare up to their signs
            full = full * np.sign(np.sum(full * values, axis=0))
        if not close(values, full):
            fail(f"{name} differs by {np.abs(values - full).max():g}")
        return
    if not close(values.ravel()[:8], golden["first8"], tolerance):
        fail(f"{name} begins {values.ravel()[:8]}, golden {golden['first8']}")
    for key, number in (("min", values.min()), ("max", values.max()), ("mean", values.mean()),
                        ("std", values.std())):
        if not close(number, golden[key], tolerance):
            fail(f"{name}: {key} is {number!r}, golden {golden[key]!r}")
    for index, number in golden["values_at"].items():
        place = tuple(int(i) for i in index.split(","))
        if not close(values[place], number, tolerance):
            fail(f"{name}[{index}] is {values[place]!r}, golden {number!r}")


def check_noisy(name, array, golden):
    """Reals whose noise is ours: same distribution, so same mean and spread."""
    values = array[()]
    if abs(values.mean() - golden["mean"]) > 0.02 or abs(values.std() / golden["std"] - 1) > 1e-3:
        fail(f"{name}: mean {values.mean()}, spread {values.std()}")


def remake_integration(weights, inputs):
    """The set's outputs [C,T] and rates [C,T,N] from the weights, and the generator that the counts
    are drawn by, all by the original's recipe."""
    with h5py.File(weights, "r") as file:
        w, b_in, bias, out, out_bias = (file[name][()] for name in ("W", "B", "b", "w", "c"))
    random = np.random.RandomState(5)
    mixture = random.randn(50, 50) / np.sqrt(50)
    outputs, rates = [], []
    for u in inputs:
        h, states = np.zeros(50, np.float32), []
        for value in u.astype(np.float32):
            h = np.tanh(h @ w + value * b_in + bias, dtype=np.float32)
            states.append(h)
        outputs.append(np.array(states) @ out + out_bias)
        mixed = mixture @ np.array(states, float).T
        least = mixed.min(axis=1, keepdims=True)
        rates.append(((mixed - least) / (mixed.max(axis=1, keepdims=True) - least)).T)
    return np.array(outputs), np.array(rates), random


def check_recipe(path, weights, conditions):
    """Inputs are drawn as the original's, and all else follows from them and the weights."""
    inputs = np.random.RandomState(6)
    inputs = np.array([inputs.randn(100) * 0.25 for _ in range(conditions)])
    outputs, rates, random = remake_integration(weights, inputs)
    with h5py.File(path, "r") as file:
        if file["train_inputs_u"].shape[0] != 4 * conditions:
            fail("the integration set has not the original's shape")
            return
        # by the file's own rates: a count hangs on their last bit
        counts = [np.array([random.poisson(channel * 30.0 * 0.01) for channel in rate.T]).T
                  for rate in file["valid_truth"][()] for _ in range(5)]
        counts = np.array(counts)
        for name, first, each in (("train", 0, 4), ("valid", 4, 1)):
            of_trial = np.arange(conditions).repeat(each)
            if not close(file[f"{name}_inputs_u"][:, :, 0], inputs[of_trial]):
                fail(f"{name}_inputs_u are not the original's draws")
            for key, mine in (("outputs_u", outputs), ("truth", rates)):
                off = np.abs(file[f"{name}_{key}"][()] - mine[of_trial]).max()
                if off > 1e-4:
                    fail(f"{name}_{key} is off by {off:g}")
            trials = (np.arange(conditions)[:, None] * 5 + first + np.arange(each)).ravel()
            differ = (file[f"{name}_data"][()] != counts[trials]).sum()
            if differ:
                fail(f"{name}_data: {differ} counts differ from the recipe's")


def check_integrator(path):
    """The network's own output follows the running sum of its input, within the bounds."""
    check_recipe(path, os.path.join(os.path.dirname(path), "integrator_N50.h5"), 800)
    with h5py.File(path, "r") as file:
        wanted = np.clip(np.cumsum(file["valid_inputs_u"][:, :, 0], axis=1), -1, 1)
        error = np.mean((file["valid_outputs_u"][()] - wanted) ** 2)
        counts, rates = file["valid_data"][()], file["valid_truth"][()]
        if not error < 0.004:
            fail(f"the integrator's mean squared error is {error}")
        if abs(counts.mean() / (rates.mean() * 0.3) - 1) > 0.01 or rates.min() or rates.max() != 1:
            fail("counts are not those of the rates")


def check_file(path, golden, noisy, integrated, of_network):
    with h5py.File(path, "r") as file:
        if set(file) != set(golden["keys"]):
            fail(f"{path}: keys {sorted(set(file) ^ set(golden['keys']))} are in one only")
        for name, entry in golden["keys"].items():
            if name not in file:
                continue
            array = file[name]
            if list(array.shape) != entry["shape"] or str(array.dtype) != entry["dtype"]:
                fail(f"{name} is {array.dtype}{array.shape}, golden {entry['dtype']}{entry['shape']}")
            elif integrated and name.endswith(OWN):
                pass
            elif noisy and name in RANDOM:
                check_noisy(name, array, entry)
            elif array.dtype.kind == "i" and array.shape:
                digest = hashlib.sha256(np.ascontiguousarray(array[()]).tobytes()).hexdigest()
                if digest != entry["sha256_le_c_order"]:
                    fail(f"{name} differs from the original's numbers")
            else:  # the original's network is in float32: its rounding shows in rates
                check_reals(name, array, entry, 1e-5 if name.endswith(OWN) and of_network else 1e-9)
            if name in ("train_data", "valid_data") and (
                    array.compression != "gzip" or not array.shuffle
                    or array.chunks != (1,) + array.shape[1:]):
                fail(f"{name} is not compressed trial by trial")


def check_first(path, golden):
    """The first trials are those of a set of more conditions."""
    with h5py.File(path, "r") as file:
        for name in ("train_data", "valid_data"):
            sums = golden["keys"][name]["sum_of_each_of_first_16_trials"]
            found = file[name][:16].sum(axis=(1, 2)).tolist()
            if len(found) < 16 or found != sums:
                fail(f"the first trials of {name} have {found} spikes, golden {sums}")
        for name in ("train_truth", "train_outputs_u", "train_inputs_u"):
            wanted = golden["keys"][name]["first8"]
            if not close(file[name][0].ravel()[:8], wanted, 1e-5):
                fail(f"{name} begins {file[name][0].ravel()[:8]}, golden {wanted}")


def numbers_of(array):
    """What the numbers of a data set are held against: check_file, check_reals."""
    values = array[()]
    entry = {"shape": list(array.shape), "dtype": str(array.dtype)}
    if array.dtype.kind == "i" and array.shape:
        digest = hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
        return {**entry, "sha256_le_c_order": digest}
    if not array.shape:
        return {**entry, "value": values.item()}
    if array.size <= MOST_IN_FULL:
        return {**entry, "full": values.tolist()}
    places = np.random.default_rng(1).integers(array.size, size=PLACES)
    return {**entry, "first8": values.ravel()[:8].tolist(), "min": values.min(), "max": values.max(),
            "mean": values.mean(), "std": values.std(),
            "values_at": {",".join(map(str, np.unravel_index(i, array.shape))): values.ravel()[i]
                          for i in places}}


def write_golden(name, *flags):
    make(name, *flags)
    files = {}
    for path in sorted(os.listdir(SCRATCH)):
        with h5py.File(f"{SCRATCH}/{path}", "r") as file:
            files[path] = {"keys": {key: numbers_of(file[key]) for key in file}}
    with open(GOLDEN, "w") as file:
        json.dump({"set": name, "flags": {}, "files": files}, file, indent=1, sort_keys=True)
        file.write("\n")


def make(name, *flags):
    harness.run("synth", *flags, f"--save_dir={SCRATCH}", f"--datafile_name={name}")


def make_by_random_weights(name, conditions, *flags):
    random = np.random.default_rng(1)
    sizes = {"W": (50, 50), "B": 50, "b": 50, "w": 50, "c": 1}
    weights = write("weights.h5", **{key: random.normal(size=size, scale=0.15).astype(np.float32)
                                     for key, size in sizes.items()})
    make(name, *flags, f"--C={conditions}", f"--checkpoint_path={weights}")
    return weights


def test_set():
    if not os.path.exists(GOLDEN):
        write_golden(os.path.splitext(os.path.basename(GOLDEN))[0], *FLAGS)
    golden = json.loads(harness.text(GOLDEN))
    name, of_network = golden["set"], golden["set"] == "itb_rnn"
    integrated = of_network and not any(flag.startswith("--checkpoint_path=") for flag in FLAGS)
    if FLAGS[-1].startswith("--conditions="):
        conditions = int(FLAGS[-1].split("=")[1])
        weights = make_by_random_weights(name, conditions, *FLAGS[:-1])
        for file in golden["files"]:
            check_recipe(f"{SCRATCH}/{file}", weights, conditions)
        return
    if FLAGS[-1] == "--first":
        make(name, *FLAGS[:-1])
        for file, entry in golden["files"].items():
            check_first(f"{SCRATCH}/{file}", entry)
        return
    make(name, *FLAGS)
    for file, entry in golden["files"].items():
        check_file(f"{SCRATCH}/{file}", entry, golden["flags"].get("noise_type") == "gaussian",
                   integrated, of_network)
        if integrated:
            check_integrator(f"{SCRATCH}/{file}")
        os.remove(f"{SCRATCH}/{file}")  # hundreds of MiB


harness.main(globals())
