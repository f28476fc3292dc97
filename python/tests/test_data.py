"""Arrays of every kind come to the same model, or to a clear sentence.
SPDX-License-Identifier: Apache-2.0"""
import re

import numpy as np
import pytest

import lfads
from lfads import _data
from conftest import SMALL

TINY = {**SMALL, "max_epochs": 1}


def params(X, **arguments):
    return lfads.LFADS(**TINY).fit(X, **arguments).params


def same(ours, theirs):
    # names of read-outs end with the session's
    ours, theirs = ({re.sub(r"_(monday|session1|data)/", "/", name): array for name, array in named.items()}
                    for named in (ours, theirs))
    assert set(ours) == set(theirs)
    for name, array in ours.items():
        np.testing.assert_array_equal(array, theirs[name], err_msg=name)


@pytest.fixture(scope="module")
def reference():
    counts = np.random.default_rng(3).poisson(2, (10, 12, 5))
    return counts, params(counts)


def test_objects(reference):
    """Numbers in an array of objects, as of pandas; lists of unequal lengths are told."""
    counts, theirs = reference
    same(params(counts.astype(object)), theirs)
    for ragged in ([counts[0], counts[1][:5]], np.array([counts[0], counts[1][:5]], object)):
        with pytest.raises(lfads.DataError, match="lists of unequal lengths; trials have equal lengths, and shorter ones end in NaN"):
            params(ragged)


def test_other_bins(reference):
    """Trials of other numbers of bins go through a model, with results of as many."""
    counts, _ = reference
    model = lfads.LFADS(**TINY).fit(counts)
    for trials in (counts[:, :7], np.concatenate([counts, counts], axis=1)):
        results = model.transform(trials)
        assert results.rates.shape == trials.shape and results.factors.shape[1] == trials.shape[1]
    assert np.array_equal(model.transform(counts[:, :7]).rates, model.transform(counts[:, :7].copy()).rates)


def test_words():
    """Flags of other programs, and scores of other trials, are told in the caller's words."""
    with pytest.raises(lfads.UsageError, match="no flag lr: did you mean learning_rate_init"):
        lfads.LFADS(lr=0.1)
    with pytest.raises(lfads.DataError, match=r"^results has \[3,12,5\] rates, which are not those of valid_data in data, "):
        lfads.evaluate(np.ones((2, 12, 5), int), np.ones((3, 12, 5)))


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def every_other(array):
    return np.repeat(array, 2, axis=1)[:, ::2]


FORMS = {"float32": lambda a: a.astype(np.float32), "float64": lambda a: a.astype(float),
         "int32": lambda a: a.astype(np.int32), "uint8": lambda a: a.astype(np.uint8),
         "uint64": lambda a: a.astype(np.uint64), "big-endian": lambda a: a.astype(">i4"),
         "float16": lambda a: a.astype(np.float16), "longdouble": lambda a: a.astype(np.longdouble),
         "Fortran": np.asfortranarray, "not contiguous": every_other, "reversed": lambda a: a[::-1].copy()[::-1],
         "read-only": read_only, "nested lists": lambda a: a.tolist()}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_arrays_are_equal(reference, form):
    counts, expected = reference
    same(params(FORMS[form](counts)), expected)


def test_a_session_may_be_a_dictionary_or_a_list(reference):
    counts, expected = reference
    same(params({"monday": counts}), expected)
    same(params([counts]), expected)
    is_valid = np.arange(len(counts)) % 5 == 4
    same(params(counts[~is_valid], valid=counts[is_valid]), expected)
    same(params({"train_data": counts[~is_valid], "valid_data": counts[is_valid]}), expected)


def test_truth_values_are_counts(reference):
    spikes = reference[0] > 2
    same(params(spikes), params(spikes.astype(int)))


def test_missing_numbers_are_skipped(reference):
    counts = reference[0].astype(float)
    counts[2, 5:] = np.nan
    masked = np.ma.masked_invalid(counts)
    same(params(masked), params(counts))
    with pytest.raises(lfads.DataError, match="missing_data=skip"):
        lfads.LFADS(**TINY, preset="original").fit(counts)


def test_pandas_and_xarray(reference):
    counts, expected = reference
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    with pytest.raises(lfads.DataError, match="2 axes"):
        lfads.LFADS(**TINY).fit(pandas.DataFrame(counts[0]))
    xarray = pytest.importorskip("xarray", reason="xarray is not installed")
    same(params(xarray.DataArray(counts, dims=("trial", "bin", "channel"))), expected)


@pytest.mark.parametrize("X, sentence", [
    (np.ones((3, 4)), r"X has 2 axes, of lengths \[3, 4\]: \[trials, bins, channels\] is needed"),
    ([[[1], [1, 2]]], "no array"),
    (np.array([[["a"]]]), "type <U1"),
    (np.ones((4, 3, 2), complex), "complex128"),
    (np.full((4, 3, 2), -1), "-1"),
    (np.full((4, 3, 2), 0.5), "0.5"),
    (np.full((4, 3, 2), np.inf), "inf"),
    (np.ones((0, 3, 2)), "empty|no trials|0"),
    ({}, "no sessions"),
    ({"a/b": np.ones((4, 3, 2))}, "a/b"),
])
def test_wrong_data_are_refused(X, sentence):
    with pytest.raises((lfads.DataError, lfads.UsageError), match=sentence) as error:
        lfads.LFADS(**TINY).fit(X)
    assert isinstance(error.value, ValueError)


def test_valid_of_other_sessions_is_refused(counts):
    with pytest.raises(lfads.UsageError, match="valid has the sessions"):
        lfads.LFADS(**TINY).fit({"a": counts}, valid={"b": counts})


def test_every_fifth_trial_is_for_validation():
    X = np.arange(12).reshape(12, 1, 1)
    session = _data.for_training(X)["data"]
    assert session["valid_data"].ravel().tolist() == [4, 9]
    assert session["train_data"].ravel().tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 10, 11]
    assert set(_data.for_training(X, valid=False)["data"]) == {"train_data"}


def test_external_inputs(counts):
    inputs = np.random.default_rng(1).normal(size=(10, 12, 2))
    model = lfads.LFADS(**TINY).fit(counts, ext_input=inputs)
    assert model.flags_["ext_input_dim"] == 2
    with_inputs, others = model.transform(counts, inputs).rates, model.transform(counts, 0 * inputs).rates
    assert np.abs(with_inputs - others).max() > 0
    with pytest.raises(lfads.DataError, match="ext_input"):
        model.transform(counts)


def test_sessions_of_different_channels(counts):
    sessions = {"monday": counts, "tuesday": counts[:, :, :3]}
    model = lfads.LFADS(**TINY).fit(sessions)
    assert model.sessions_ == ["monday", "tuesday"]
    results = model.transform(sessions)
    assert {name: one.rates.shape[2] for name, one in results.items()} == {"monday": 5, "tuesday": 3}
    assert results["monday"].factors.shape == (10, 12, TINY["factors_dim"])
    with pytest.raises(lfads.UsageError, match="monday, tuesday"):
        model.transform(counts)


def test_nothing_recorded():
    with pytest.raises(lfads.DataError, match="there is nothing to train on"):
        params(np.full((10, 12, 5), np.nan), valid=np.ones((2, 12, 5)))
