"""A trained model in memory, behind the estimator.
SPDX-License-Identifier: Apache-2.0"""
import ctypes
import functools
from typing import Any, Dict, Iterator, List, Optional, Sequence

import numpy as np

from . import _header
from ._data import Data, Session
from ._errors import UsageError
from ._library import Handle, Run, call, lib
from ._progress import told
from ._results import Results

# what files of results have; others on request
USUAL = ("output_dist_params", "factors", "controller_outputs", "gen_states", "gen_ics", "post_g0_mean",
         "post_g0_logvar", "prior_g0_mean", "prior_g0_logvar", "costs", "nll_bound_vaes", "nll_bound_iwaes")
# over samples of these
SPREAD = ("output_dist_params", "factors", "controller_outputs", "gen_ics")


def sized(name: str) -> Any:
    """A struct of the library's that begins with its size."""
    struct = getattr(_header, name)
    return struct(ctypes.sizeof(struct))


def parameters(owner: str, pointer: Any, count: int) -> Dict[str, np.ndarray]:
    """The parameters of a training or of a model (OWNER), by name."""
    found = {}
    for index in range(count):
        info = sized("lfads_parameter")
        call(f"lfads_{owner}_parameter", pointer, index, ctypes.byref(info))
        array = np.empty((info.rows, info.columns), np.float32)
        call(f"lfads_{owner}_get_parameter", pointer, info.name, array.ctypes.data, array.size)
        found[info.name.decode()] = array
    return found


@functools.lru_cache(maxsize=None)
def flag_types() -> Dict[str, int]:
    """The flags of a run, and what their values are."""
    found = {}
    for index in range(lib.lfads_flags_count(_header.LFADS_FLAGS_RUN)):
        info = sized("lfads_flag")
        call("lfads_flags_get", ctypes.byref(info), _header.LFADS_FLAGS_RUN, index)
        found[info.name.decode()] = info.type
    return found


def flag_value(text: str, type_: int) -> Any:
    """A flag's value as Python has it; a word, such as "all" for a number, stays a text."""
    try:
        if type_ == _header.LFADS_FLAG_INTEGER:
            return int(text)
        if type_ == _header.LFADS_FLAG_REAL:
            return float(text)
    except ValueError:
        return text
    return text == "true" if type_ == _header.LFADS_FLAG_TRUTH else text


class Model:
    """A handle of the library's and what it says of itself."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self.shape = sized("lfads_model_shape")
        call("lfads_model_get_shape", handle.pointer, ctypes.byref(self.shape))

    def get(self, flag: str) -> Optional[str]:
        text = lib.lfads_model_get(self._handle.pointer, flag.encode())
        return None if text is None else text.decode()

    def flags(self) -> Dict[str, Any]:
        """All flags of the model's training, chosen ones included."""
        return {name: flag_value(self.get(name) or "", type_) for name, type_ in flag_types().items()}

    def sessions(self) -> List[str]:
        names = []
        for index in range(self.shape.sessions):
            info = sized("lfads_session")
            call("lfads_model_session", self._handle.pointer, index, ctypes.byref(info))
            names.append(info.name.decode())
        return names

    def parameters(self) -> Dict[str, np.ndarray]:
        return parameters("model", self._handle.pointer, self.shape.parameters)

    def _attributes(self) -> Dict[str, str]:
        found = {name: self.get(name) or "" for name in ("output_dist", "heldout_dim", "forward_steps")}
        if self.get("ic_enc_reconstruct") == "false":
            found["first_bin"] = self.get("ic_enc_seq_len") or "0"
        return found

    def _results(self, session: str) -> Iterator[Any]:
        for index in range(lib.lfads_model_results(self._handle.pointer)):
            info = sized("lfads_result")
            call("lfads_model_result", self._handle.pointer, session.encode(), index, ctypes.byref(info))
            yield info

    def _arrays(self, session: str, rows: int, bins: int, of_prior: bool, spread: bool,
                quantiles: int) -> Dict[str, np.ndarray]:
        """Arrays for the usual results of trials that have BINS, which need not be as many as those trained on."""
        made = {}
        for info in self._results(session):
            name, shape = info.name.decode(), [rows, *info.shape[1:info.rank]]
            if info.rank == 3:
                shape[1] += bins - self.shape.bins
            if name not in USUAL or (of_prior and (not info.is_of_prior or name == "costs")):
                continue
            made[name] = np.empty(shape, np.float32)
            if spread and name in SPREAD:
                made[name + "_std"] = np.empty(shape, np.float32)
            if quantiles and name in SPREAD:
                made[name + "_quantiles"] = np.empty([*shape, quantiles], np.float32)
        return made

    @staticmethod
    def _outputs(arrays: Dict[str, np.ndarray]) -> Any:
        return (_header.lfads_output * len(arrays))(
            *(_header.lfads_output(name.encode(), _header.LFADS_FLOAT32, array.ctypes.data, array.size)
              for name, array in arrays.items()))

    def posterior(self, session: str, trials: Session, samples: int, spread: bool, quantiles: Sequence[float],
                  progress: Any) -> Results:
        """Results for the trials of SESSION: means over SAMPLES, or of one run on means if that is 0."""
        if quantiles and not all(0 < a < b < 1 for a, b in zip([quantiles[0] / 2, *quantiles], quantiles)):
            raise UsageError(f"quantiles={list(quantiles)}: numbers between 0 and 1 are needed, rising")
        rows, bins = trials["train_data"].shape[:2]
        arrays = self._arrays(session, rows, bins, False, spread, len(quantiles))
        outputs, data = self._outputs(arrays), Data({session: trials})
        of = (ctypes.c_double * max(len(quantiles), 1))(*quantiles)
        how = _header.lfads_sampling(ctypes.sizeof(_header.lfads_sampling), samples, len(quantiles), of)
        run = Run(told(progress))
        run("lfads_model_posterior", self._handle.pointer, data.pointer, session.encode(), b"train",
            session.encode(), ctypes.byref(how), outputs, len(outputs), run.pointer)
        return Results(arrays, self._attributes(), session)

    def prior(self, session: str, samples: int, ext_input: Optional[np.ndarray]) -> Results:
        arrays = self._arrays(session, samples, self.shape.bins, True, False, 0)
        outputs = self._outputs(arrays)
        inputs = None if ext_input is None else np.ascontiguousarray(ext_input, np.float32)
        expected = (self.shape.bins, self.shape.ext_inputs)
        if inputs is not None and inputs.shape != expected:
            raise UsageError(f"ext_input has the shape {list(inputs.shape)}, and the model needs {list(expected)}")
        Run()("lfads_model_prior", self._handle.pointer, session.encode(), samples,
              None if inputs is None else inputs.ctypes.data, outputs, len(outputs))
        return Results(arrays, self._attributes(), session)
