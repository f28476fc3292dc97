"""A page on a trained model.
SPDX-License-Identifier: Apache-2.0"""
import ctypes
import os
from typing import Any, Mapping, Optional

from . import _data, _hdf5, _header
from ._library import Run


def write_data(directory: str, stem: str, sessions: Mapping[str, _data.Session]) -> None:
    """Writes a data file of each session into DIRECTORY, named as `lfads train` finds them by STEM."""
    os.mkdir(directory)
    for name, arrays in sessions.items():
        _hdf5.write(os.path.join(directory, f"{stem}_{name}" if stem else name), arrays, {})


def write(path: Any, save_dir: str, place: str, data_dir: Optional[str], title: Optional[str], **numbers: int) -> None:
    """Writes the page PATH on the model in SAVE_DIR; results go into the directory PLACE."""
    what = _header.lfads_report_request(
        size=ctypes.sizeof(_header.lfads_report_request), save_dir=os.fsencode(save_dir),
        output_dir=os.fsencode(place), output_file=os.fsencode(path),
        data_dir=os.fsencode(data_dir) if data_dir else None, title=title.encode() if title else None, **numbers)
    run = Run()
    run("lfads_report", ctypes.byref(what), run.pointer)
