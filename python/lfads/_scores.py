"""Scores of rates.
SPDX-License-Identifier: Apache-2.0"""
import ctypes
import math
import os
import tempfile
from typing import Any, Dict, Mapping, Optional

import numpy as np

from . import _data, _hdf5, _header
from ._errors import Error, UsageError
from ._library import call, lib
from ._results import Results

# members of struct lfads_score that are there on a condition
CONDITIONS = {"r2": "has_truth", "bits_per_spike": "has_bits_per_spike", "bits_per_spike_se": "has_bits_per_spike",
              "nll_vae": "has_bounds", "nll_iwae": "has_bounds", "psth_r2": "has_psth", "conditions": "has_psth",
              "psth_sd": "has_psth", "behaviour_r2": "has_behaviour", "decoding_penalty": "has_behaviour",
              "behaviour_components": "has_behaviour", "co_bps": "heldout", "co_bps_se": "heldout",
              "fp_bps": "forward", "fp_bps_se": "forward", "coverage": "has_coverage",
              "coverage_nominal": "has_coverage", "missing_truth": "has_truth"}
OF_CHANNELS = ("channel_r2", "channel_bits_per_spike", "channel_coverage")


def _as_dict(score: "_header.lfads_score") -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for name in (field[0] for field in _header.lfads_score._fields_):
        value = getattr(score, name)
        if name in OF_CHANNELS:
            if value:
                found[name] = np.array(value[:score.channels])
        elif name == "units":
            if value:
                found[name] = [text.decode() for text in value[:score.channels]]
        elif name.startswith(("has_", "lacks_")) or (name in CONDITIONS and not getattr(score, CONDITIONS[name])):
            continue
        elif not (isinstance(value, float) and math.isnan(value)):
            found[name] = value.decode() if isinstance(value, bytes) else value
    return found


def _data_file(data: Any, truth: Any, place: str) -> str:
    if isinstance(data, (str, os.PathLike)):
        if truth is not None:
            raise UsageError("truth is in the data file: give arrays for both, or the file alone")
        return os.fspath(data)
    if isinstance(data, Mapping):
        arrays = _data.file_arrays(data, "data")
    else:
        arrays = {"valid_data": _data.as_array(data, "data")}
        arrays["train_data"] = arrays["valid_data"]  # every data file has some
        if truth is not None:
            arrays["valid_truth"] = _data.as_array(truth, "truth")
    _hdf5.write(os.path.join(place, "data"), arrays, {})
    return os.path.join(place, "data")


def _run_file(results: Any, place: str, output_dist: str) -> str:
    if isinstance(results, (str, os.PathLike)):
        return os.fspath(results)
    attributes = {"output_dist": output_dist}
    if isinstance(results, Results):
        attributes.update(results.attributes)
        arrays = {name: array for name, array in results.items() if array.dtype.kind in "fi"}
    else:
        arrays = {"output_dist_params": _data.as_array(results, "results")}
    path = os.path.join(place, "model_runs_data_valid_posterior_sample_and_average")
    _hdf5.write(path, {name: array.astype(np.float64) for name, array in arrays.items()}, attributes)
    return path


def evaluate(data: Any, results: Any, truth: Any = None, *, set: Optional[str] = None, bootstrap: int = 0,
             seed: int = 0, output_dist: str = "poisson") -> Dict[str, Any]:
    """Scores rates against data, as ``lfads evaluate`` does (docs/files.md, "Scores").

    Parameters
    ----------
    data : array_like, shape (trials, bins, channels), dict of arrays, or path
        What was recorded, of the same trials; a dictionary with the arrays of a data file; or a data file. With
        `train_condition`, `train_behavior`, ... there are scores of these, too.
    results : Results, array_like, shape (trials, bins, channels), or path
        What a model makes of the trials; rates; or a file of results.
    truth : array_like, shape (trials, bins, channels), optional
        True rates.
    set : "train" or "valid", optional
        Which trials of a data file, or of a dictionary, the results are of; None: the validation trials, or what
        the name of the file of results says.
    bootstrap, seed : int
        Draws of trials for standard errors, 0: none, and their seed.
    output_dist : str
        What the data are, if `results` is an array.

    Returns
    -------
    dict
        `bits_per_spike`, `r2` (with true rates), `co_bps`, `nll`, `channel_r2`, ...; what is not defined is left out.
    """
    score = ctypes.POINTER(_header.lfads_score)()
    with tempfile.TemporaryDirectory(prefix="lfads-") as place:
        files = [_data_file(data, truth, place), _run_file(results, place, output_dist)]
        what = _header.lfads_evaluation(
            size=ctypes.sizeof(_header.lfads_evaluation), data_file=os.fsencode(files[0]),
            model_run_file=os.fsencode(files[1]), set=set.encode() if set else None, bootstrap=bootstrap, seed=seed)
        try:
            call("lfads_evaluate", ctypes.byref(score), ctypes.byref(what))
        except Error as error:  # in the caller's words: no files, if there were none
            raise type(error)(str(error).replace(files[1], "results").replace(files[0], "data")) from None
    try:
        return _as_dict(score.contents)
    finally:
        lib.lfads_score_free(score)
