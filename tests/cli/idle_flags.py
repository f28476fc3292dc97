"""Every flag of the commands around training changes what comes out, is said to have no effect, or is
refused in one line.

  idle_flags.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import hashlib
import os
import shutil
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, run, write
from help_flags import flags, other_values

TRIALS, UNITS, BINS = 20, 6, 20
MODEL = ["--factors_dim=3", "--gen_dim=6", "--ic_dim=4", "--ic_enc_dim=5", "--threads=1", "--seed=1",
         "--example_every_s=-1", "--preset=auto"]


def numbers(path):
    """A digest of what a file holds; of an HDF5 file, of its arrays."""
    path = f"{SCRATCH}/{path}"
    if not os.path.exists(path):
        return None
    if not h5py.is_hdf5(path):
        with open(path, "rb") as file:
            return hashlib.md5(file.read()).hexdigest()
    found = []
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.append((name, repr(item[()]), np.asarray(item[()]).tolist()))
                        if isinstance(item, h5py.Dataset) else None)
    return hashlib.md5(repr(sorted(found)).encode()).hexdigest()


def outcome(words, output):
    """What a run says but for flags without effect, and what it leaves; and these flags with the reason."""
    if output and os.path.exists(f"{SCRATCH}/{output}"):
        (shutil.rmtree if os.path.isdir(f"{SCRATCH}/{output}") else os.remove)(f"{SCRATCH}/{output}")
    done = harness.invoke(*words)
    idle = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("without effect: ")]
    rest = [line for line in (done.stdout + done.stderr).splitlines() if line not in idle]
    left = output and numbers(output if not os.path.isdir(f"{SCRATCH}/{output}") else f"{output}/population.csv")
    return done, (rest, left), idle


def try_every(command, words, output, values, kept=(), group=None):
    """Runs COMMAND with another value of each flag in turn, one of VALUES if the flag is there; KEPT are
    those that ask for what is so. Returns what is said to be idle."""
    done, usual, idle = outcome([command, *words], output)
    check(done.returncode == 0 and not idle, f"{command} {words}: {done.returncode} {done.stderr} {idle}")
    said = {}
    for name, standard, takes in flags(command, group):
        if any(word.startswith(f"--{name}=") for word in words) and name not in values:
            continue
        for value in [values[name]] if name in values else other_values(takes, standard):
            done, now, idle = outcome([command, *words, f"--{name}={value}"], output)
            if "is not allowed: it takes" not in done.stderr:
                break
        mine = [line for line in idle if f"--{name}" in line]
        refused = done.returncode == 2 and done.stderr.count("\n") == 1
        check(len(idle) == len(mine), f"{command} --{name}={value}: says {idle}")
        check(refused or (done.returncode == 0 and (len(mine) == 1) != (now != usual)) or
              (name in kept and done.returncode == 0 and not mine),
              f"{command} --{name}={value}: status {done.returncode}, {mine}, {done.stderr!r}, "
              f"{'other' if now != usual else 'the same'} results")
        if mine:
            said[name] = mine[0].split("(", 1)[1].rstrip(")")
    return said


def prepare():
    random = np.random.default_rng(3)
    os.makedirs(SCRATCH, exist_ok=True)
    spikes = sorted((trial, unit, time) for trial in range(TRIALS) for unit in range(UNITS - 1)
                    for time in random.random(10 + 5 * unit).round(6))
    with open(f"{SCRATCH}/spikes.csv", "w") as file:
        file.write("trial,unit,time_s,later_s,wire,block\n")
        for trial, unit, time in spikes:
            for copy in (unit, UNITS - 1) if unit == 0 else (unit,):  # two units on one wire
                file.write(f"{trial},{copy},{time:.6f},{time + 0.1:.6f},{copy // 2},{trial // 2}\n")
    with open(f"{SCRATCH}/recorded.csv", "w") as file:
        file.write("unit,time_s\n" + "".join(f"{unit},{trial + time:.6f}\n" for trial, unit, time in spikes))
    with open(f"{SCRATCH}/starts.csv", "w") as file:
        file.write("start_s,stop_s\n" + "".join(f"{trial},{trial + 1}\n" for trial in range(TRIALS)))
    for name, go in (("trials", 0.2), ("other", 0.3)):
        with open(f"{SCRATCH}/{name}.csv", "w") as file:
            file.write("trial,start_s,go_s,side\n")
            for trial in range(TRIALS):
                file.write(f"{trial},0,{go},{trial % 2}\n")
    counts = random.poisson(0.5, (TRIALS, 60, UNITS))
    np.savez(f"{SCRATCH}/counts.npz", counts=counts, more=counts + 1)
    np.savez(f"{SCRATCH}/hand.npz", hand=random.random((TRIALS, 100, 2)))
    np.savez(f"{SCRATCH}/timed.npz", hand=random.random((100, 2)), hand_times=np.arange(100) * TRIALS / 100)


VALUES = {"trials": "other.csv", "spike_times": "later_s", "spike_units": "wire", "spike_trials": "block",
          "axes": "trials,bins,channels", "align": "go_s", "window": "0:0.7", "trial_filter": "side=1",
          "condition": "side", "units": "0-3", "behavior": "hand", "ext_input": "hand", "series": "hand.npz",
          "heldout": "0.4", "valid": "every:4", "min_rate": "12", "crosstalk": "drop", "crosstalk_share": "1"}


def test_prepare_spikes():
    words = ["spikes.csv", "--trials=trials.csv", "--align=start_s", "--window=0:0.5", "--output=made.h5"]
    said = try_every("prepare", words, "made.h5", {**VALUES, "align": "go_s"}, ["trials", "output"])
    spikes = "the recording has spikes, not counts"
    check(said == {"axes": spikes, "counts_width": spikes, "overlap": "nothing is cut into windows, --chop=0",
                   "time_unit": "the names or the format of times say their unit",
                   "sample_rate": "the names or the format of times say their unit",
                   "series": "for --behavior and --ext_input", "series_rate": "for --behavior and --ext_input"},
          f"spikes: {said}")
    # on the recording's clock, with behaviour that has times of its own
    more = ["recorded.csv", "--trials=starts.csv", "--window=0:0.5", "--output=made.h5", "--valid=every:4",
            "--behavior=hand", "--series=timed.npz", "--crosstalk=ignore"]
    done, _, idle = outcome(["prepare", *more, "--seed=4", "--series_rate=50", "--crosstalk_share=0.3"], "made.h5")
    check(idle == ["without effect: --series_rate (an array says when the samples were taken)",
                   "without effect: --crosstalk_share (--crosstalk=ignore)",
                   "without effect: --seed (nothing is drawn)"], f"{idle} {done.stderr}")


def test_prepare_counts():
    said = try_every("prepare", ["counts.npz", "--counts=counts", "--output=made.h5"], "made.h5",
                     {**VALUES, "counts": "more", "axes": "bins,trials,channels"}, ["min_rate", "output"])
    counts = "the recording has counts, not spikes"
    check({name for name, why in said.items() if why == counts} ==
          {"spike_units", "spike_trials", "crosstalk", "crosstalk_share"}, f"counts: {said}")


def model(folder, *more, **arrays):
    write(f"{folder}.h5", **arrays)
    run("train", f"{folder}.h5", *MODEL, *more, "--max_epochs=1", "--quiet", f"--lfads_save_dir={folder}")
    run("posterior-mean", folder, "--quiet")


def test_scores():
    """Of data with nothing but counts, and of data with all that is scored."""
    random = np.random.default_rng(4)
    arrays = {f"{name}_data": random.poisson(0.5, (n, BINS, UNITS)) for name, n in (("train", 16), ("valid", 8))}
    model("plain", **arrays)
    values = {"set": "train", "figure": "figure.png", "seed": "5", "bootstrap": "3"}
    said = try_every("evaluate", ["plain"], "figure.png", values)
    check(said == {"trial": "no --figure is drawn", "conversion_factor": "the data have no true rates",
                   "psth_sd": "the data have no conditions", "decoding_penalty": "no behaviour is decoded",
                   "nlb_set": "there is no --nlb_target"}, f"evaluate plain: {said}")
    for name, n in (("train", 16), ("valid", 8)):
        arrays.update({f"{name}_truth": random.random((n, BINS, UNITS)), f"{name}_condition": np.arange(n) % 2,
                       f"{name}_behavior": random.random((n, BINS, 2))})
    model("full", **arrays)
    said = try_every("evaluate", ["full", "--figure=figure.png"], "figure.png",
                     {"set": "train", "seed": "5", "bootstrap": "3"})
    check(said == {"nlb_set": "there is no --nlb_target"}, f"evaluate full: {said}")
    _, _, idle = outcome(["evaluate", "full", "--bootstrap=0", "--seed=5"], None)
    check(idle == ["without effect: --seed (there are no draws, --bootstrap=0)"], f"--bootstrap=0: {idle}")
    done = run("evaluate", "plain", "--json", "--trial=2")
    check(done.stdout.startswith("{") and done.stdout.count("\n") == 1 and
          done.stderr == "without effect: --trial (no --figure is drawn)\n", f"JSON: {done.stderr}")
    said = try_every("report", ["plain"], "plain/report.html",
                     {"trials": "3", "units": "2", "seed": "5", "output": "page.html", "bootstrap": "3"})
    check(not said, f"report: {said}")


def results(folder, set_name):
    return f"{folder}/model_runs_{folder}.h5_{set_name}_posterior_push_mean"


def test_files():
    """Of commands that make one file of others."""
    np.save(f"{SCRATCH}/recorded.npy", np.random.default_rng(5).poisson(0.5, (400, UNITS)))
    run("prepare", "recorded.npy", "--chop=0.2", "--overlap=0.1", "--output=cut.h5")
    shutil.copy(f"{SCRATCH}/cut.h5", f"{SCRATCH}/slow.h5")
    with h5py.File(f"{SCRATCH}/slow.h5", "r+") as file:
        file["dt"][()] = 0.02
    with h5py.File(f"{SCRATCH}/cut.h5") as file:
        arrays = {key: item[()] for key, item in file.items()}
    model("cut", **arrays)
    said = try_every("merge", ["--data_file=cut.h5", f"--train_run={results('cut', 'train')}",
                               f"--valid_run={results('cut', 'valid')}", "--output=merged.h5"], "merged.h5",
                     {"data_file": "slow.h5", "train_run": "", "valid_run": "", "output": "other.h5"})
    check(not said, f"merge: {said}")
    model("bench", "--heldout_dim=2", **{f"{name}_data": np.random.default_rng(n).poisson(0.5, (8, BINS, UNITS))
                                         for name, n in (("train", 4), ("valid", 5))})
    words = [f"--model_run={results('bench', 'valid')}", f"--train_run={results('bench', 'train')}",
             "--nlb_set=mc_maze", "--output=submission.h5"]
    run("submit", *words, "--nlb_set=mc_rtt", "--output=more.h5")
    said = try_every("submit", words, "submission.h5",
                     {"model_run": results("bench", "train"), "train_run": results("bench", "valid"),
                      "nlb_set": "area2_bump", "output": "other.h5", "add_to": "more.h5"})
    check(not said, f"submit: {said}")


def test_tune():
    write("tuned.h5", **{f"{name}_data": np.random.default_rng(4).poisson(0.5, (n, BINS, UNITS))
                         for name, n in (("train", 16), ("valid", 8))})
    words = ["tuned.h5", "--lfads_save_dir=tuned", *MODEL, "--max_epochs=9", "--quiet", "--members=2"]
    once = {"members": "3", "generations": "1", "first_generation": "2", "generation_epochs": "2", "final_epochs": "2",
            "space": "autolfads"}
    # what two models of a few epochs do not show
    said = try_every("tune", [*words, "--generations=2", "--first_generation=1", "--generation_epochs=1"], "tuned",
                     once, ["exploit", "metric", "stop_ratio", "stop_patience", "explore"])
    check(not said, f"tune: {said}")
    for more, idle in ((["--exploit=none", "--explore=log", "--first_generation=2", "--stop_ratio=0.1"],
                        ["--explore, --first_generation, --stop_ratio (with --exploit=none members copy nothing, and "
                         "there is one generation)"]),
                       (["--stop_patience=0", "--stop_ratio=0.1", "--generations=1", "--con_dim=7", "--dataset_name=a"],
                        ["--dataset_name (for prior samples only)", "--con_dim (there are no inferred inputs, "
                         "--co_dim=0)", "--stop_ratio (tuning goes on to its last generation, --stop_patience=0)"])):
        loud = [word for word in words if word != "--quiet"]
        _, _, found = outcome(["tune", *loud, "--max_epochs=1", *more], "tuned")
        check(found == [f"without effect: {line}" for line in idle], f"{more}: {found}")


harness.main(globals())
