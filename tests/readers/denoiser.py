"""Trials that go one by one through a model in memory are those of posterior-mean.

  denoiser.py LFADS STREAM SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import glob
import json
import os
import shutil
import subprocess
import sys
import zlib

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
from verdict import check, conclude

LFADS, STREAM, SCRATCH = (os.path.abspath(p) for p in sys.argv[1:4])
BINS = 12


def run(*words):
    done = subprocess.run([LFADS, *words], capture_output=True, text=True, cwd=SCRATCH)
    check(done.returncode == 0, f"{' '.join(words)}: {done.stderr}")


def stream(data, *words):
    return subprocess.run([STREAM, *words], input=data.astype(np.float32).tobytes(),
                          capture_output=True, cwd=SCRATCH)


def make_data(name, channels, alignment=False):
    random = np.random.default_rng(channels)
    with h5py.File(f"{SCRATCH}/data/{name}", "w") as file:
        for key, trials in (("train", 40), ("valid", 9)):
            file[f"{key}_data"] = random.poisson(1, (trials, BINS, channels))
            file[f"{key}_ext_input"] = random.normal(size=(trials, BINS, 2))
        if alignment:
            file["alignment_matrix_cxf"] = random.normal(size=(channels, 3))


def compare(what, stem, sessions, *flags):
    """Trains, denoises by posterior-mean and trial by trial, for each session."""
    run("train", f"--data_filename_stem={stem}", f"--lfads_save_dir={what}", "--data_dir=data",
        "--factors_dim=3", "--gen_dim=11", "--ic_dim=4", "--ic_enc_dim=7", "--con_dim=5",
        "--ci_enc_dim=6", "--batch_size=20", "--max_epochs=2", "--seed=1", *flags)
    run("posterior-mean", f"--lfads_save_dir={what}")
    for session in sessions:
        with h5py.File(f"{SCRATCH}/data/{stem}_{session}") as file:
            trials = file["valid_data"][()].astype(np.float32)
            if "--ext_input_dim=2" in flags:
                ext = file["valid_ext_input"][()].astype(np.float32)
                trials = np.concatenate([trials.reshape(9, -1), ext.reshape(9, -1)], axis=1)
        with h5py.File(f"{SCRATCH}/{what}/model_runs_{session}_valid_posterior_push_mean") as file:
            wanted = file["output_dist_params"][()]
            named = b"gaussian" if "--output_dist=gaussian" in flags else b"poisson"
            check(file.attrs["output_dist"] == named, f"{what}: the results name no {named}")
        done = stream(trials, what, session)
        check(done.returncode == 0, f"{what}: {done.stderr}")
        found = np.frombuffer(done.stdout, np.float32)
        check(found.size == wanted.size and
              np.allclose(found, wanted.ravel(), rtol=2e-5, atol=1e-6), f"{what}, {session}")


def check_hostile():
    """A lone session with a read-in whose checkpoint claims a model beyond any machine."""
    save = f"{SCRATCH}/hostile"
    os.rename(f"{SCRATCH}/aligned", save)
    path = max(glob.glob(f"{save}/*.ckpt-*"), key=lambda name: int(name.rsplit("-", 1)[1]))
    with h5py.File(path, "r+") as file:
        claims = json.loads(file["hyperparameters"][()])
        claims["dataset_dims"] = {"a": 1 << 20}
        claims["factors_dim"] = 1 << 16
        del file["hyperparameters"]
        file.create_dataset("hyperparameters", data=np.bytes_(json.dumps(claims)))
    with open(path, "r+b") as file:
        file.seek(512)
        body = file.read()
        file.seek(0)
        file.write(b"LFADS checkpoint\nbytes %d\ncrc32 %08x\n\0" % (len(body), zlib.crc32(body)))
    done = stream(np.ones((1, BINS, 6)), "hostile")
    check(done.returncode == 1 and b"the model of" in done.stderr and b"is damaged" in done.stderr,
          f"a claim of 1 TiB: {done.stderr}")


def main():
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(f"{SCRATCH}/data")
    make_data("one_a", 6)
    make_data("aligned_a", 6, True)
    make_data("two_a", 6)
    make_data("two_b", 8)
    compare("plain", "one", ["a"], "--co_dim=0")
    compare("aligned", "aligned", ["a"], "--co_dim=0")
    compare("controlled", "two", ["a", "b"], "--co_dim=2", "--ext_input_dim=2")
    compare("injected", "one", ["a"], "--co_dim=1", "--ext_input_dim=2", "--inject_ext_input_to_gen")
    compare("gaussian", "one", ["a"], "--co_dim=1", "--output_dist=gaussian")
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
    check_hostile()
    return conclude("denoiser")


sys.exit(main())
