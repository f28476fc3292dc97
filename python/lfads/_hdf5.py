"""Arrays of HDF5 files, by the library.
SPDX-License-Identifier: Apache-2.0"""
import ctypes
import os
from typing import Any, Dict, Mapping, Tuple, Union

import numpy as np

from . import _header
from ._library import Handle, call, lib

Path = Union[str, "os.PathLike[str]"]
ATTRIBUTES = ("output_dist", "heldout_dim", "forward_steps", "first_bin")
# what the library reads and writes
NUMBERS = {np.dtype(np.float32): _header.LFADS_FLOAT32, np.dtype(np.float64): _header.LFADS_FLOAT64,
           np.dtype(np.int64): _header.LFADS_INT64}
DTYPES = {_header.LFADS_FLOAT32: np.float32, _header.LFADS_FLOAT64: np.float64, _header.LFADS_INT64: np.int64,
          _header.LFADS_BOOL: np.int64}


def read(path: Path) -> Tuple[Dict[str, np.ndarray], Dict[str, str]]:
    """All arrays of numbers at the root of a file, as it stores them, and the attributes of results."""
    arrays, attributes = {}, {}
    with Handle("lfads_file_open", "lfads_file_free", os.fsencode(path)) as file:
        for index in range(lib.lfads_file_arrays(file.pointer)):
            info = _header.lfads_file_array(ctypes.sizeof(_header.lfads_file_array))
            call("lfads_file_describe", file.pointer, index, ctypes.byref(info))
            values = np.empty(info.shape[:info.rank], DTYPES[info.type])
            call("lfads_file_read", file.pointer, info.name, NUMBERS[values.dtype], values.ctypes.data,
                 values.size)
            arrays[info.name.decode()] = values.astype(bool) if info.type == _header.LFADS_BOOL else values
        text = ctypes.create_string_buffer(64)
        for name in ATTRIBUTES:
            call("lfads_file_attribute", file.pointer, name.encode(), text, len(text))
            if text.value:
                attributes[name] = text.value.decode()
    return arrays, attributes


def stored(array: np.ndarray) -> np.ndarray:
    """The array in C order, in a type of NUMBERS that holds all its numbers."""
    kind, size = array.dtype.kind, array.dtype.itemsize
    dtype: Any
    if kind == "f":
        dtype = np.float32 if size <= 4 else np.float64
    elif kind == "b" or size <= 2:
        dtype = np.float32
    else:
        dtype = np.float64 if kind == "u" and size == 8 else np.int64
    # not ascontiguousarray, which makes an axis for a single number
    return np.array(array, dtype=dtype, order="C", copy=None if np.lib.NumpyVersion(np.__version__) >= "2.0.0"
                    else False)


def write(path: Path, arrays: Mapping[str, np.ndarray], attributes: Mapping[str, str]) -> None:
    """Writes a file, complete or not at all."""
    with Handle("lfads_file_create", "lfads_file_free", os.fsencode(path)) as file:
        for name, array in arrays.items():
            values = stored(np.asarray(array))
            shape = (ctypes.c_size_t * max(values.ndim, 1))(*values.shape)
            given = _header.lfads_array(NUMBERS[values.dtype], values.ndim, shape, None, values.ctypes.data)
            call("lfads_file_write", file.pointer, name.encode(), ctypes.byref(given))
        for name, text in attributes.items():
            call("lfads_file_write_attribute", file.pointer, name.encode(), str(text).encode())
        call("lfads_file_finish", file.pointer)
