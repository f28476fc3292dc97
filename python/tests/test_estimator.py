"""The estimator: flags, cloning, keeping, interruption, what it makes.
SPDX-License-Identifier: Apache-2.0"""
import copy
import os
import pickle
import signal
import threading
import time

import numpy as np
import pytest

import lfads
from lfads import _hdf5
from conftest import SMALL


def test_flags_are_checked_when_they_are_set():
    with pytest.raises(lfads.UsageError, match="factors_dim"):
        lfads.LFADS(factor_dim=3)
    with pytest.raises(lfads.UsageError, match="-3"):
        lfads.LFADS(factors_dim=-3)
    with pytest.raises(lfads.UsageError, match="data_files"):
        lfads.LFADS(data_files="x")
    model = lfads.LFADS(seed=np.int64(3), keep_prob=np.float32(0.5), do_causal_controller=np.bool_(True))
    with pytest.raises(lfads.UsageError):
        model.set_params(seed=4, gen_dim="many")
    assert model.get_params()["seed"] == 3


def test_cloning():
    model = lfads.LFADS(**SMALL)
    assert model.get_params() == SMALL
    assert type(model)(**model.get_params()).get_params() == SMALL
    sklearn = pytest.importorskip("sklearn.base", reason="scikit-learn is not installed")
    assert sklearn.clone(model).get_params() == SMALL


def test_nothing_is_made_before_training():
    with pytest.raises(lfads.NotFittedError, match="fit"):
        lfads.LFADS().transform(np.ones((2, 3, 4)))


def test_results(model, session):
    results = model.transform(session["train_data"][:4], spread=True, quantiles=(0.1, 0.5, 0.9))
    trials, bins, channels = session["train_data"][:4].shape
    assert results.rates.shape == (trials, bins, channels) and (results.rates > 0).all()
    assert results.factors.shape == (trials, bins, SMALL["factors_dim"])
    assert results.gen_states.shape == (trials, bins, SMALL["gen_dim"])
    assert results.initial_conditions.shape == (trials, SMALL["gen_dim"])
    assert results.g0_mean.shape == (trials, SMALL["ic_dim"])
    assert results["output_dist_params_std"].shape == (trials, bins, channels)
    assert results["factors_quantiles"].shape == (trials, bins, SMALL["factors_dim"], 3)
    assert (np.diff(results["factors_quantiles"]) >= 0).all()
    assert all(array.dtype == np.float32 for name, array in results.items() if array.dtype.kind == "f")
    with pytest.raises(AttributeError, match="no speed"):
        results.speed
    assert "rates [4," in repr(results)


def test_rates_follow_from_the_parameters(model, session):
    """Rates are exp(W f + b) of the factors, averaged over samples: of means, of one run."""
    results = model.transform(session["train_data"][:4], mean=True)
    read_out = {name: array for name, array in model.params.items() if "fac_2_logrates" in name}
    weights, = (a for n, a in read_out.items() if n.endswith("/W"))
    bias, = (a for n, a in read_out.items() if n.endswith("/b"))
    np.testing.assert_allclose(results.rates, np.exp(results.factors @ weights + bias.ravel()), rtol=1e-5)


def test_prior_samples(model):
    samples = model.sample_prior(7)
    assert samples.rates.shape[0] == 7 and samples.factors.shape[0] == 7
    np.testing.assert_array_equal(samples.rates, model.sample_prior(7).rates)


def test_results_do_not_depend_on_threads(model, session, tmp_path):
    model.save(tmp_path / "model")
    one, two = (lfads.LFADS.load(tmp_path / "model", threads=t).transform(session["train_data"]).rates for t in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_the_model_of_lowest_cost(model, session, tmp_path):
    model.save(tmp_path / "model")
    X = session["valid_data"]
    loaded = lfads.LFADS.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.transform(X, lowest=True).rates, model.transform(X, lowest=True).rates)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_and_pickles(model, session, copied):
    twin = copied(model)
    X = session["valid_data"]
    np.testing.assert_array_equal(twin.transform(X).rates, model.transform(X).rates)
    assert twin.get_params() == SMALL


def test_a_directory_is_kept_and_not_trained_over(tmp_path, counts):
    flags = {**SMALL, "lfads_save_dir": tmp_path / "model"}
    whole = lfads.LFADS(**SMALL).fit(counts)
    part = lfads.LFADS(**{**flags, "max_epochs": 1}).fit(counts)
    with pytest.raises(lfads.UsageError, match="resume=True"):
        lfads.LFADS(**flags).fit(counts)
    part.set_params(max_epochs=3).fit(counts, resume=True)
    for name, array in whole.params.items():
        np.testing.assert_array_equal(array, part.params[name], err_msg=name)
    with pytest.raises(lfads.UsageError, match="has a model already"):
        whole.save(tmp_path / "model")
    with pytest.raises(lfads.UsageError, match="no model"):
        lfads.LFADS.load(tmp_path)


def test_unwritable_directory_is_an_os_error(counts):
    with pytest.raises(OSError) as error:
        lfads.LFADS(**SMALL, lfads_save_dir="/proc/none").fit(counts)
    assert isinstance(error.value, lfads.FileError)


def test_progress_is_reported_and_its_errors_are_raised(counts):
    seen = []
    lfads.LFADS(**SMALL).fit(counts, progress=lambda p: seen.append((p.epoch, p.share, p.step)))
    assert {epoch for epoch, _, _ in seen} >= {0, 1} and all(0 <= share <= 1 for _, share, _ in seen)

    seen = []
    model = lfads.LFADS(**SMALL).fit(counts)
    model.transform(counts, progress=lambda p: seen.append(p.share))
    assert seen and seen == sorted(seen) and seen[-1] <= 1

    class Pruned(Exception):
        pass

    def prune(progress):
        if progress.epoch > 0:
            raise Pruned

    model = lfads.LFADS(**{**SMALL, "max_epochs": 1000})
    with pytest.raises(Pruned):
        model.fit(counts, progress=prune)
    # what was trained is there
    assert model.transform(counts).rates.shape == counts.shape


def test_interruption_leaves_a_model_that_goes_on(counts):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells have it ignored in the background
    began = threading.Event()
    model = lfads.LFADS(**{**SMALL, "max_epochs": 100000, "learning_rate_stop": 1e-30, "early_stop_patience": 0})

    def interrupt():
        began.wait()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt, daemon=True)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        model.fit(counts, progress=lambda p: began.set() if p.epoch >= 2 else None)
    thread.join()
    epochs = len(model.history_["epoch"])
    assert epochs >= 2
    model.set_params(max_epochs=epochs + 2).fit(counts, resume=True)
    assert len(model.history_["epoch"]) == epochs + 2


def test_other_threads_run_meanwhile(counts):
    """The interpreter's lock is free while the library computes."""
    turns, done = [], threading.Event()

    def count():
        while not done.is_set():
            turns.append(None)
            time.sleep(0)

    thread = threading.Thread(target=count, daemon=True)
    thread.start()
    before = len(turns)
    lfads.LFADS(**{**SMALL, "max_epochs": 30}).fit(counts)
    done.set()
    thread.join()
    assert len(turns) - before > 10


def test_warnings_are_of_python(counts):
    with pytest.warns(lfads.LFADSWarning):
        lfads.LFADS(**{**SMALL, "max_epochs": 1}).fit(counts)


def test_pictures(model, session):
    matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    matplotlib.use("Agg")
    results = model.transform(session["valid_data"])
    figure = results.plot_trial(1, session["valid_data"], session["valid_truth"])
    assert [axis.get_title() for axis in figure.axes][:4] == ["data", "true rates", "rates", "factors"]
    assert len(model.plot_history().axes) == 4
    with pytest.raises(IndexError, match="no trial"):
        results.plot_trial(10 ** 6)


def test_xarray(model, session):
    pytest.importorskip("xarray", reason="xarray is not installed")
    made = model.transform(session["valid_data"]).to_xarray()
    assert made.rates.dims == ("trial", "bin", "channel")


def test_a_training_epoch_by_epoch(counts):
    whole = lfads.LFADS(**SMALL).fit(counts)
    training = lfads.Training(counts, **SMALL)
    epochs = 0
    while not training.is_over:
        costs = training.epoch()
        epochs += 1
        assert costs["epoch"] == epochs - 1 and costs["train_total"] == whole.history_["train_total"][epochs - 1]
    assert epochs == training.epochs == SMALL["max_epochs"]
    for name, array in training.params.items():
        np.testing.assert_array_equal(array, whole.params[name], err_msg=name)


def test_a_training_takes_other_flags_and_parameters(counts, tmp_path):
    training = lfads.Training(counts, **SMALL)
    training.epoch()
    training.set(learning_rate_init=0.5)
    assert training.epoch()["learning_rate"] == 0.5
    with pytest.raises(lfads.UsageError, match="gen_dim"):
        training.set(gen_dim=3)
    name, array = max(training.params.items(), key=lambda item: item[1].size)
    training.load_params({name: 2 * array})
    np.testing.assert_array_equal(training.params[name], 2 * array)
    with pytest.raises(lfads.UsageError):
        training.load_params({name: array[:-1]})
    training.save(tmp_path / "model")
    np.testing.assert_array_equal(lfads.LFADS.load(tmp_path / "model").params[name], 2 * array)


def test_two_trainings_in_two_threads(counts):
    alone = [lfads.LFADS(**{**SMALL, "seed": seed}).fit(counts).params for seed in (1, 2)]
    beside = [None, None]

    def train(index):
        beside[index] = lfads.Training(counts, **{**SMALL, "seed": index + 1}).run().params

    threads = [threading.Thread(target=train, args=(index,), daemon=True) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(alone, beside):
        for name, array in one.items():
            np.testing.assert_array_equal(array, other[name], err_msg=name)


def test_the_line_of_progress(counts, capsys):
    lfads.LFADS(**SMALL).fit(counts, progress=True).transform(counts, progress=True)
    drawn = capsys.readouterr().err
    assert "epoch 0" in drawn and "trials:" in drawn and drawn.endswith("\n")
    lfads.LFADS(**SMALL).fit(counts)
    assert capsys.readouterr().err == ""


def test_the_report_is_that_of_a_model_of_files(model, session, program, words, tmp_path):
    file, place, ours = tmp_path / "data", tmp_path / "model", tmp_path / "ours.html"
    arrays = {name: session[name] for name in ("train_data", "valid_data")}
    _hdf5.write(file, arrays, {})
    program("train", file, f"--lfads_save_dir={place}", *words)
    program("report", place, "--bootstrap=50")
    model.report(ours, arrays["train_data"], valid=arrays["valid_data"], bootstrap=50)

    def parts(path):
        text = path.read_text()
        assert "</html>" in text
        return text[text.index('<section id="session0"'):text.index('<section id="settings"')], text
    page, text = parts(ours)
    assert page == parts(place / "report.html")[0]
    assert "<title>LFADS report: a model of arrays</title>" in text and "Total cost" in text and "no fitlog" not in text
    lfads.LFADS.load(place).report(tmp_path / "again.html", bootstrap=50)
    assert parts(tmp_path / "again.html")[0] == page
    with pytest.raises(lfads.UsageError, match="give X"):
        model.report(ours)
    with pytest.raises(lfads.UsageError, match="leave X out"):
        lfads.LFADS.load(place).report(ours, arrays["train_data"])
    with pytest.raises(lfads.UsageError, match="units=0"):
        model.report(ours, arrays["train_data"], units=0)
    assert text == ours.read_text()


def test_the_report_of_a_saved_model_needs_its_data(model, session, program, tmp_path):
    model.save(tmp_path / "saved")
    (tmp_path / "data").mkdir()
    _hdf5.write(tmp_path / "data" / "data", {name: session[name] for name in ("train_data", "valid_data")}, {})
    program("report", tmp_path / "saved", f"--data_dir={tmp_path / 'data'}", "--bootstrap=0")
    assert (tmp_path / "saved" / "report.html").exists()
    assert "neither hyperparameters" in program("report", tmp_path / "data", status=2)
