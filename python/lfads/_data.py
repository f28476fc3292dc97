"""What a caller gives as data, as sessions of arrays with the names of a data file's.
SPDX-License-Identifier: Apache-2.0"""
import ctypes
from typing import Any, Dict, List, Mapping, Optional

import numpy as np

from . import _header
from ._errors import DataError, UsageError
from ._library import Handle, call

AXES = "[trials, bins, channels]"
DATA = ("train_data", "valid_data", "train_encod_data", "test_encod_data", "train_spikes_heldin")
DEFAULT_SESSION = "data"
Session = Dict[str, np.ndarray]
NUMBERS = {"float32": _header.LFADS_FLOAT32, "float64": _header.LFADS_FLOAT64, "int64": _header.LFADS_INT64,
           "int32": _header.LFADS_INT32, "int16": _header.LFADS_INT16, "int8": _header.LFADS_INT8,
           "uint64": _header.LFADS_UINT64, "uint32": _header.LFADS_UINT32, "uint16": _header.LFADS_UINT16,
           "uint8": _header.LFADS_UINT8, "bool": _header.LFADS_BOOL}


def as_array(value: Any, what: str, axes: Optional[str] = AXES) -> np.ndarray:
    """VALUE as an array of numbers; with AXES it has as many axes as these."""
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O":  # numbers that lie in Python's objects, as pandas and lists leave them
            array = np.array(array.tolist(), np.float64)
    except (ValueError, TypeError):
        raise DataError(f"{what} is no array of numbers: its elements are Python objects, as of lists of unequal "
                        "lengths; trials have equal lengths, and shorter ones end in NaN") from None
    if array.dtype.kind not in "bifu":
        raise DataError(f"{what} has elements of type {array.dtype}: numbers or truth values are needed")
    if array.dtype.itemsize > 8 or array.dtype == np.float16 or not array.dtype.isnative:
        wide = {"f": np.float32 if array.dtype.itemsize < 4 else np.float64}
        array = array.astype(wide.get(array.dtype.kind, array.dtype.newbyteorder("=")))
    if axes and array.ndim != axes.count(",") + 1:
        hint = "; X[np.newaxis] makes one trial of it, X.reshape(trials, bins, -1) several" if array.ndim == 2 else ""
        raise DataError(f"{what} has {array.ndim} axes, of lengths {list(array.shape)}: {axes} is needed{hint}")
    return array


def check_session_name(name: Any) -> str:
    if not isinstance(name, str) or not name or len(name.encode()) > 200 or name.startswith(".") or \
            any(c in "/,\\\"" or not c.isprintable() for c in name):
        raise UsageError(f"the session's name {name!r} can't be a file's: a text of letters, digits and signs is "
                         "needed, which does not begin with a dot and has no comma, slash or quote")
    return name


def is_session(value: Any) -> bool:
    """Whether VALUE has the arrays of a data file."""
    return isinstance(value, Mapping) and any(name in value for name in DATA)


def by_session(value: Any, what: str) -> Dict[str, Any]:
    """VALUE as {session: what it is there}: of a dictionary, a list of sessions, or a single one."""
    if isinstance(value, Mapping) and not is_session(value):
        if not value:
            raise DataError(f"{what} has no sessions")
        return {check_session_name(name): one for name, one in value.items()}
    if isinstance(value, (list, tuple)) and value and \
            all(is_session(one) or getattr(one, "ndim", 0) == 3 for one in value):
        return {f"session{number}": one for number, one in enumerate(value, 1)}
    return {DEFAULT_SESSION: value}


def file_arrays(value: Mapping[str, Any], what: str) -> Session:
    return {name: as_array(array, f"{what}[{name!r}]", None) for name, array in value.items()}


def one_of(values: Any, session: str, sessions: Mapping[str, Any], what: str) -> Any:
    """The part of an argument that goes with a session."""
    parts = by_session(values, what)
    if set(parts) != set(sessions):
        raise UsageError(f"{what} has the sessions {sorted(parts)}, and X has {sorted(sessions)}")
    return parts[session]


def split(session: Session) -> Session:
    """Every fifth trial becomes a validation trial."""
    rows = {name: array for name, array in session.items() if name.startswith("train_")}
    is_valid = np.arange(len(session["train_data"])) % 5 == 4
    if not is_valid.any():
        return session
    for name, array in rows.items():
        session["valid_" + name[len("train_"):]] = array[is_valid]
        session[name] = array[~is_valid]
    return session


def for_training(X: Any, valid: Any = None, ext_input: Any = None, valid_ext_input: Any = None,
                 truth: Any = None) -> Dict[str, Session]:
    """Sessions to train on. Validation trials: VALID, every fifth of X if it is None, none if it is False."""
    sessions = by_session(X, "X")
    made = {}
    for name, one in sessions.items():
        what = "X" if len(sessions) == 1 else f"X[{name!r}]"
        if is_session(one):
            if valid is not None or ext_input is not None or truth is not None:
                raise UsageError(f"{what} has arrays with the names of a data file's: valid, ext_input and truth "
                                 "are arrays valid_data, train_ext_input and train_truth in it")
            made[name] = file_arrays(one, what)
            continue
        session = {"train_data": as_array(one, what)}
        for key, argument, values in (("train_ext_input", "ext_input", ext_input), ("train_truth", "truth", truth)):
            if values is not None:
                session[key] = as_array(one_of(values, name, sessions, argument), argument)
        if valid is None:
            session = split(session)
        elif valid is not False:
            session["valid_data"] = as_array(one_of(valid, name, sessions, "valid"), "valid")
            if valid_ext_input is not None:
                session["valid_ext_input"] = as_array(one_of(valid_ext_input, name, sessions, "valid_ext_input"),
                                                      "valid_ext_input")
        made[name] = session
    return made


def for_results(X: Any, ext_input: Any = None) -> Dict[str, Session]:
    """Sessions whose trials, all of them, are to be denoised."""
    for name, one in by_session(X, "X").items():
        if is_session(one):
            raise UsageError(f"X has the arrays of a data file (session {name!r}), and trials are needed, {AXES}: "
                             "give X['train_data'] or X['valid_data']")
    return for_training(X, False, ext_input)


def has_ext_input(sessions: Mapping[str, Session]) -> int:
    """How many external inputs the sessions have."""
    for session in sessions.values():
        for name, array in session.items():
            if name.endswith("_ext_input"):
                return array.shape[2] if array.ndim == 3 else 1
    return 0


class Data(Handle):
    """The sessions as the library has them. The arrays stay where they are, and live as long as this object."""

    def __init__(self, sessions: Mapping[str, Session]) -> None:
        arrays: List[np.ndarray] = []
        super().__init__("lfads_data_create", "lfads_data_free", kept=arrays)
        for session, named in sessions.items():
            for name, array in named.items():
                arrays.append(array)
                axes = max(array.ndim, 1)
                given = _header.lfads_array(
                    NUMBERS[array.dtype.name], array.ndim, (ctypes.c_size_t * axes)(*array.shape),
                    (ctypes.c_ssize_t * axes)(*array.strides), array.ctypes.data)
                call("lfads_data_put", self.pointer, session.encode(), name.encode(), ctypes.byref(given),
                     _header.LFADS_BORROW)
