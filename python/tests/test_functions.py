"""Made data, scores, files, tunings.
SPDX-License-Identifier: Apache-2.0"""
import numpy as np
import pytest

import lfads
from lfads import _hdf5
from conftest import SMALL


def test_made_data_are_those_of_the_program(program, tmp_path):
    h5py = pytest.importorskip("h5py", reason="h5py is not installed")
    program("synth", "chaotic", "--N=6", "--S=6", "--C=4", "--T=0.1", f"--save_dir={tmp_path}",
            "--datafile_name=synth", "--synth_data_seed=2")
    ours = lfads.synth("chaotic", N=6, S=6, C=4, T=0.1, synth_data_seed=2)
    assert len(ours) == 1
    for name, arrays in ours.items():
        with h5py.File(tmp_path / f"synth_{name}") as file:
            assert set(arrays) == {key for key in file}
            for key, array in arrays.items():
                np.testing.assert_array_equal(array, file[key][()], err_msg=key)
    with pytest.raises(lfads.UsageError, match="generator|noise"):
        lfads.synth("noise")


def test_scores_agree_with_numpy():
    rng = np.random.default_rng(0)
    truth = np.exp(rng.normal(size=(20, 10, 4)))
    counts, rates = rng.poisson(truth), truth * np.exp(0.1 * rng.normal(size=truth.shape))
    score = lfads.evaluate(counts, rates, truth)
    mean = counts.mean((0, 1))
    bits = (counts * np.log(rates / mean) - rates + mean).sum() / (np.log(2) * counts.sum())
    assert score["bits_per_spike"] == pytest.approx(bits, rel=1e-9)
    r2 = 1 - ((rates - truth) ** 2).sum() / ((truth - truth.mean()) ** 2).sum()
    assert 0.9 < score["r2"] <= 1 and score["r2"] == pytest.approx(r2, abs=0.02)
    assert score["channel_r2"].shape == (4,)
    assert "co_bps" not in score and "psth_r2" not in score
    with pytest.raises(lfads.DataError, match="trials|shape|\\d"):
        lfads.evaluate(counts, rates[:, :, :3])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.int32, np.uint8, bool])
def test_files_are_written_and_read(tmp_path, dtype):
    h5py = pytest.importorskip("h5py", reason="h5py is not installed")
    array = (np.arange(24) % 2).reshape(2, 3, 4).astype(dtype)
    _hdf5.write(tmp_path / "file", {"array": array, "number": np.array(2.5)}, {"output_dist": "poisson"})
    with h5py.File(tmp_path / "file") as file:
        np.testing.assert_array_equal(file["array"][()], array)
        assert file["number"][()] == 2.5 and file.attrs["output_dist"] == b"poisson"
    with h5py.File(tmp_path / "theirs", "w") as file:
        file["array"] = array
        file["text"] = "not a number"
    arrays, attributes = _hdf5.read(tmp_path / "theirs")
    assert set(arrays) == {"array"} and attributes == {}
    np.testing.assert_array_equal(arrays["array"], array)
    assert (arrays["array"].dtype == bool) == (dtype is bool)


def test_broken_files_are_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"no HDF5 at all")
    with pytest.raises(lfads.Error, match="file"):
        lfads.read_results(tmp_path / "file")
    with pytest.raises(OSError, match="nowhere"):
        lfads.read_results(tmp_path / "nowhere")
    with pytest.raises(OSError):
        _hdf5.write(tmp_path / "nowhere" / "file", {"array": np.ones(3)}, {})


def test_tuning(counts, tmp_path, capsys):
    flags = {**SMALL, "max_epochs": None, "members": 2, "generations": 1, "generation_epochs": 1,
             "first_generation": 1}
    model = lfads.tune(counts, tmp_path / "tuning", **flags)
    assert model.transform(counts).rates.shape == counts.shape
    assert capsys.readouterr().out
    with pytest.raises(lfads.UsageError, match="memebrs|members"):
        lfads.tune(counts, tmp_path / "other", memebrs=2)
