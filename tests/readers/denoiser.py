"""Trials that go one by one through a model in memory are those of posterior-mean.

  denoiser.py LFADS SCRATCH STREAM BINS [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import json
import os
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, invoke, latest, numbers, run, seal, write_session

BINS = 12


def stream(data, *words):
    return invoke(*words, program=harness.MORE[0], input=data.astype(np.float32).tobytes(), text=False,
                  errors=None)


def train(what, stem, *flags):
    run("train", f"--data_filename_stem={stem}", f"--lfads_save_dir={what}", "--data_dir=data",
        "--factors_dim=3", "--gen_dim=11", "--ic_dim=4", "--ic_enc_dim=7", "--con_dim=5",
        "--ci_enc_dim=6", "--batch_size=20", "--max_epochs=2", "--seed=1", "--example_every_s=-1",
        *flags)


def compare(what, stem, sessions, *flags):
    """Trains, denoises by posterior-mean and trial by trial, for each session."""
    train(what, stem, *flags)
    run("posterior-mean", f"--lfads_save_dir={what}")
    for session in sessions:
        data = numbers(f"data/{stem}_{session}")
        trials = data["valid_data"]
        if "--ext_input_dim=2" in flags:
            trials = np.concatenate([trials.reshape(9, -1), data["valid_ext_input"].reshape(9, -1)],
                                    axis=1)
        with h5py.File(f"{SCRATCH}/{what}/model_runs_{session}_valid_posterior_push_mean") as file:
            wanted = file["output_dist_params"][()]
            named = b"gaussian" if "--output_dist=gaussian" in flags else b"poisson"
            check(file.attrs["output_dist"] == named, f"{what}: the results name no {named}")
        done = stream(trials, what, session)
        check(done.returncode == 0, f"{what}: {done.stderr}")
        found = np.frombuffer(done.stdout, np.float32)
        check(found.size == wanted.size and
              np.allclose(found, wanted.ravel(), rtol=2e-5, atol=1e-6), f"{what}, {session}")


def session(name, channels, **arrays):
    write_session(f"data/{name}", np.random.default_rng(channels), (40, 9), np.ones((BINS, channels)),
                  ext=2, **arrays)


def prepare():
    session("one_a", 6)
    session("aligned_a", 6,
            alignment_matrix_cxf=np.random.default_rng(1).normal(size=(6, 3)))
    session("two_a", 6)
    session("two_b", 8)


def test_denoised():
    compare("plain", "one", ["a"], "--co_dim=0")
    compare("aligned", "aligned", ["a"], "--co_dim=0")
    compare("controlled", "two", ["a", "b"], "--co_dim=2", "--ext_input_dim=2")
    compare("injected", "one", ["a"], "--co_dim=1", "--ext_input_dim=2", "--inject_ext_input_to_gen")
    compare("gaussian", "one", ["a"], "--co_dim=1", "--output_dist=gaussian")


def test_bins():
    """Bin by bin, a model gives the bits of whole trials, as soon as the encoders of g0 have read theirs."""
    long = 70  # bins: products of so many rows go to oneDNN
    for name, bins in (("short", BINS), ("long", long)):
        write_session(f"data/{name}_a", np.random.default_rng(3), (40, 9), np.ones((bins, 6)), ext=2)

    def same(what, stem, first, *flags):
        train(what, stem, "--num_steps_for_gen_ic=5", *flags)
        data = numbers(f"data/{stem}_a")
        trials = data["valid_data"]
        bins = trials.shape[1]
        if "--ext_input_dim=2" in flags:
            trials = np.concatenate([trials.reshape(9, -1), data["valid_ext_input"].reshape(9, -1)], axis=1)
        done = invoke(what, "a", program=harness.MORE[1], input=trials.astype(np.float32).tobytes(), text=False,
                      errors=None)
        ready = " ".join(str(t + 1 if t + 1 >= first else 0) for t in range(bins))
        check(done.returncode == 0 and done.stdout.decode() == f"{ready} \n9 trials\n",
              f"{what}: {done.stdout} {done.stderr}")

    causal = "--do_causal_controller=true"
    for stem in ("short", "long"):
        same(f"{stem}_causal", stem, 5, causal, "--co_dim=2")
        same(f"{stem}_lag", stem, 5, causal, "--co_dim=1", "--controller_input_lag=0", "--ext_input_dim=2")
        same(f"{stem}_rates", stem, 5, causal, "--co_dim=1", "--feedback_factors_or_rates=rates")
        same(f"{stem}_injected", stem, 5, causal, "--co_dim=1", "--ext_input_dim=2", "--inject_ext_input_to_gen")
        same(f"{stem}_lone", stem, 5, "--co_dim=0")
        same(f"{stem}_driven", stem, 5, "--co_dim=0", "--ext_input_dim=2", "--inject_ext_input_to_gen")
        same(f"{stem}_start", stem, 1, causal, "--co_dim=1", "--ic_dim=0")
        same(f"{stem}_forward", stem, 5, causal, "--co_dim=1", "--forward_steps=3", "--heldout_dim=2")

    def refused(what, sentence, *flags):
        train(what, "short", *flags)
        done = invoke(what, "a", program=harness.MORE[1], text=False, errors=None,
                      input=numbers("data/short_a")["valid_data"].astype(np.float32).tobytes())
        check(done.returncode == 1 and sentence in done.stderr, f"{what}: {done.stderr}")
    refused("later", b"--do_causal_controller=true", "--co_dim=1", "--num_steps_for_gen_ic=5")
    refused("all", b"all 12 bins", "--co_dim=1", causal)


def test_refused():
    train("plain", "one", "--co_dim=0")
    train("gaussian", "one", "--co_dim=1", "--output_dist=gaussian")
    trial = np.ones((1, BINS, 6))
    check(b"not trained on a session c" in stream(trial, "plain", "c").stderr, "no such session")
    check(b"no checkpoint" in stream(trial, "nowhere").stderr, "no such directory")
    trial[0, 3, 2] = np.nan
    check(b"bin 3, channel 2" in stream(trial, "plain").stderr, "a NaN")
    for value in (0.5, -1, 2e6, np.inf):
        trial[0, 3, 2] = value
        done = stream(trial, "plain")
        check(b"bin 3, channel 2" in done.stderr and b"whole counts" in done.stderr,
              f"a count of {value}: {done.stderr}")
    trial[0, 3, 2] = 1e6
    check(stream(trial, "plain").returncode == 0, "a million spikes")
    trial[0, 3, 2] = -1.5
    check(stream(trial, "gaussian").returncode == 0, "a negative number for a Gaussian")
    check(b"cut short" in stream(trial[:, 1:], "plain").stderr, "half a trial")


def test_hostile():
    """A lone session with a read-in whose checkpoint claims a model beyond any machine."""
    train("hostile", "aligned", "--co_dim=0")
    path = latest("hostile")
    with h5py.File(path, "r+") as file:
        claims = json.loads(file["hyperparameters"][()])
        claims["dataset_dims"] = {"a": 1 << 20}
        claims["factors_dim"] = 1 << 16
        del file["hyperparameters"]
        file.create_dataset("hyperparameters", data=np.bytes_(json.dumps(claims)))
    seal(path)
    done = stream(np.ones((1, BINS, 6)), "hostile")
    check(done.returncode == 1 and b"the model of" in done.stderr and b"is damaged" in done.stderr,
          f"a claim of 1 TiB: {done.stderr}")


harness.main(globals())
