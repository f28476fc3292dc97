"""Costs over epochs as columns.
SPDX-License-Identifier: Apache-2.0"""
import os
from typing import Any, Dict, List, Sequence

import numpy as np

WHOLE = ("epoch", "step")


def columns(rows: Sequence[Dict[str, float]]) -> Dict[str, np.ndarray]:
    """Rows of costs as columns; NaN where a row lacks one."""
    names: Dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    return {name: np.array([row.get(name, np.nan) for row in rows], np.int64 if name in WHOLE else np.float64)
            for name in names}


def _row(line: str) -> Dict[str, float]:
    """A line of the table of costs (docs/files.md): names and values alternate, one or two values a name."""
    found: Dict[str, List[float]] = {}
    name = ""
    for word in (word.strip() for word in line.split(",")):
        try:
            found[name].append(float(word))
        except (ValueError, KeyError):
            name = word
            found.setdefault(name, [])
    row: Dict[str, float] = {}
    for name, values in found.items():
        is_pair = len(values) == 2 or name in ("total", "recon", "kl", "l2")
        names = [f"train_{name}", f"valid_{name}"] if is_pair else [name]
        row.update(zip(names, values))
    return row


def of_directory(directory: str, table: Any) -> Dict[str, np.ndarray]:
    """The costs that a training left in its save directory; none if it wrote no table."""
    path = os.path.join(directory, f"{table}.csv")
    if not table or not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return columns([_row(line) for line in file if line.strip()])
