"""A page on a trained model.
SPDX-License-Identifier: Apache-2.0"""
import ctypes
import os
from typing import Any, Optional

from . import _data, _header
from ._library import Run


def write(path: Any, save_dir: str, place: str, data: Optional[_data.Data], title: Optional[str],
          **numbers: int) -> None:
    """Writes the page PATH on the model in SAVE_DIR, of DATA (None: of its data files); results go into the
    directory PLACE."""
    what = _header.lfads_report_request(
        size=ctypes.sizeof(_header.lfads_report_request), save_dir=os.fsencode(save_dir),
        output_dir=os.fsencode(place), output_file=os.fsencode(path),
        title=title.encode() if title else None, data=data.pointer if data else None, **numbers)
    run = Run()
    run("lfads_report", ctypes.byref(what), run.pointer)
