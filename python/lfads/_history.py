"""Costs over epochs as columns.
SPDX-License-Identifier: Apache-2.0"""
import os
from typing import Any, Dict, List, Mapping, Sequence

import numpy as np

WHOLE = ("epoch", "step")
# columns of a history that the table of costs does not have
NOT_IN_TABLE = (*WHOLE, "learning_rate", "seconds", "gradient_norm")


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


def write(path: str, history: Mapping[str, np.ndarray]) -> None:
    """Writes the costs of HISTORY as the table that `of_directory` reads."""
    with open(path, "w", encoding="utf-8") as file:
        for row in range(len(history.get("epoch", ()))):
            cells = [f"{name},{history[name][row]}" for name in WHOLE]
            for name in history:
                if name in NOT_IN_TABLE or name.startswith("valid_"):
                    continue
                pair = [name, name.replace("train_", "valid_")] if name.startswith("train_") else [name]
                known = [f"{history[column][row]:.9g}" for column in pair
                         if column in history and not np.isnan(history[column][row])]
                if known:
                    cells.append(",".join([name.replace("train_", ""), *known]))
            file.write(", ".join(cells) + "\n")
