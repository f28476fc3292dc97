"""The package gives the bits of the command line on the same data in files.
SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import subprocess
import sys

import numpy as np
import pytest

import lfads
from conftest import SMALL

h5py = pytest.importorskip("h5py", reason="h5py, which writes and reads the files, is not installed")


def write(path, **arrays):
    with h5py.File(path, "w") as file:
        file.update(arrays)
    return path


def found(directory, pattern):
    path, = glob.glob(os.path.join(directory, pattern))
    with h5py.File(path) as file:
        return {name: file[name][()] for name in file}


@pytest.fixture(scope="module")
def trained(tmp_path_factory, session, program, words):
    """A directory where the program has trained the small model on the same data."""
    place = tmp_path_factory.mktemp("trained")
    data = write(place / "data", train_data=session["train_data"], valid_data=session["valid_data"])
    program("train", data, f"--lfads_save_dir={place / 'model'}", *words)
    return place


def test_training_has_the_same_bits(trained, model, program):
    program("write-params", trained / "model", f"--output_dir={trained / 'params'}")
    theirs = found(trained / "params", "model_params")
    ours = model.params
    assert len(ours) > 10
    for name, array in ours.items():
        np.testing.assert_array_equal(array, theirs[name.replace("/", "_") + ":0"].reshape(array.shape), err_msg=name)


@pytest.mark.parametrize("mean, command", [(False, "posterior-sample"), (True, "posterior-mean")])
def test_results_have_the_same_bits(trained, model, program, session, mean, command, tmp_path):
    new = write(tmp_path / "new", train_data=session["valid_data"])
    program(command, trained / "model", new, "--seed=1", "--ps_samples=20", "--session=data",
            f"--output_dir={tmp_path / 'out'}")
    theirs = found(tmp_path / "out", "model_runs_*")
    ours = model.transform(session["valid_data"], mean=mean, samples=20)
    assert set(ours) == set(theirs) - {"train_steps"}
    for name, array in ours.items():
        np.testing.assert_array_equal(array, theirs[name].astype(array.dtype), err_msg=name)
    assert ours.rates.dtype == np.float32 and ours.rates.shape == session["valid_data"].shape


def test_costs_are_those_of_the_table(trained, model):
    with open(trained / "model" / "fitlog.csv", encoding="utf-8") as file:
        last = file.read().splitlines()[-1].replace(" ", "").split(",")
    ours = model.history_
    assert ours["epoch"].tolist() == [0, 1, 2]
    # the table rounds
    assert ours["train_total"][-1] == pytest.approx(float(last[last.index("total") + 1]), abs=0.00501)
    assert ours["valid_recon"][-1] == pytest.approx(float(last[last.index("recon") + 2]), abs=0.00501)
    theirs = lfads.LFADS.load(trained / "model").history_
    assert theirs["step"].tolist() == ours["step"].tolist()
    np.testing.assert_allclose(theirs["valid_kl"], ours["valid_kl"], atol=0.00501)


def test_scores_are_the_same(trained, model, program, session, tmp_path):
    data = write(tmp_path / "data", train_data=session["valid_data"], train_truth=session["valid_truth"])
    program("posterior-sample", trained / "model", data, "--seed=1", f"--output_dir={tmp_path / 'out'}")
    run, = glob.glob(str(tmp_path / "out" / "model_runs_*"))
    ours = lfads.evaluate(session["valid_data"], model.transform(session["valid_data"]), session["valid_truth"])
    files = lfads.evaluate(data, run, set="train")
    for name in ("bits_per_spike", "r2", "nll"):
        # results of transform are float32, those in files float64
        assert ours[name] == pytest.approx(files[name], rel=1e-5), name
    assert model.score(session["valid_data"]) == pytest.approx(files["bits_per_spike"], rel=1e-5)


def test_a_model_of_the_program_is_loaded_and_ours_is_used_by_it(trained, model, session, program, tmp_path):
    loaded = lfads.LFADS.load(trained / "model", threads=1)
    assert loaded.sessions_ == ["data"] and loaded.flags_["gen_dim"] == SMALL["gen_dim"]
    rates = loaded.transform(session["valid_data"]).rates
    np.testing.assert_array_equal(rates, model.transform(session["valid_data"]).rates)
    model.save(tmp_path / "saved")
    data = write(tmp_path / "data", train_data=session["valid_data"])
    program("posterior-sample", tmp_path / "saved", data, "--seed=1", f"--output_dir={tmp_path / 'out'}")
    theirs = found(tmp_path / "out", "model_runs_*")["output_dist_params"]
    np.testing.assert_array_equal(rates, theirs.astype(np.float32))


def test_files_of_results_are_read(trained, program):
    program("posterior-sample", trained / "model", "--seed=1", "--ps_samples=20")
    for path in glob.glob(str(trained / "model" / "model_runs_*")):
        ours = lfads.read_results(path)
        with h5py.File(path) as file:
            assert set(ours) == set(file)
            for name in file:
                np.testing.assert_array_equal(ours[name], file[name][()].astype(ours[name].dtype), err_msg=name)
            assert ours.attributes["output_dist"] == "poisson"


def test_module_is_the_command_line(program):
    done = subprocess.run([sys.executable, "-m", "lfads", "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, program("--version"))
    done = subprocess.run([sys.executable, "-m", "lfads", "train", "--sed=1"], capture_output=True, text=True)
    assert done.returncode == 2 and "--seed" in done.stderr
