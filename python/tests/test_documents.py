"""The Python of the documents, as it is printed there, and the examples run.
SPDX-License-Identifier: Apache-2.0"""
import importlib.util
import os
import re

import numpy as np
import pytest

import lfads

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(PACKAGE)


def blocks(name):
    path = os.path.join(ROOT, name)
    if not os.path.exists(path):
        pytest.skip(f"{name} is not here")
    with open(path, encoding="utf-8") as file:
        return re.findall(r"^```py\n(.*?)^```", file.read(), flags=re.S | re.M)


def example(name):
    path = os.path.join(PACKAGE, "examples", name + ".py")
    if not os.path.exists(path):
        pytest.skip(f"{path} is not here")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_readme(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    block, = blocks("README.md")
    names = {"counts": np.random.default_rng(0).poisson(1, (20, 15, 6))}
    exec(block.replace("seed=1", "seed=1, max_epochs=2"), names)
    assert names["rates"].shape == (20, 15, 6)
    assert lfads.LFADS.load("model").sessions_ == names["model"].sessions_


def test_package_document(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first, second = blocks("docs/python.md")
    names = {}
    exec(first, names)
    assert names["results"].rates.shape == names["session"]["valid_data"].shape
    # better than the mean of the true rates: the training is short
    assert lfads.evaluate(names["session"], names["results"])["r2"] > 0
    exec(second, names)
    assert names["training"].epochs == 5 and lfads.LFADS.load("best").params


def test_first_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "r2" in example("first_model").main(epochs=2)


def test_search(capsys):
    counts = np.random.default_rng(0).poisson(1, (20, 10, 5))
    chosen, training = example("search").search(counts, count=4, epochs=4, seed=1, gen_dim=8, ic_enc_dim=8)
    assert training.epochs == 4 and 3 <= chosen["factors_dim"] < 12
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == 4 * ["epoch 1"] + 2 * ["epoch 2"] + ["epoch 4"]


def test_factor_analysis():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    scores = example("factor_analysis").main(epochs=2)
    assert set(scores) == {"LFADS", "factor analysis"} and scores["factor analysis"]["r2"] > 0
