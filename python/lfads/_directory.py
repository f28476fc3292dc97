"""Where a model lies: a save directory, the user's or a temporary one.
SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import shutil
import tempfile
from typing import Any, Dict, List, Optional

import numpy as np

from ._errors import UsageError

RESULTS = "model_runs_*"


class Directory:
    """A save directory; a temporary one ends with this object."""

    def __init__(self, path: Any = None) -> None:
        self._temporary = None if path else tempfile.TemporaryDirectory(prefix="lfads-")
        self.path = os.path.abspath(os.fspath(path)) if path else os.path.join(self._temporary.name, "model")
        self.data = tempfile.TemporaryDirectory(prefix="lfads-data-")

    def has_model(self) -> bool:
        return os.path.exists(os.path.join(self.path, "checkpoint"))

    def save(self, path: Any) -> None:
        """Copies what makes the model: checkpoints, hyperparameters, costs."""
        if os.path.exists(os.path.join(os.fspath(path), "checkpoint")):
            raise UsageError(f"{os.fspath(path)} has a model already: name another directory or remove it")
        shutil.copytree(self.path, path, ignore=shutil.ignore_patterns(RESULTS, "lfads_log", ".*"),
                        dirs_exist_ok=True)

    def contents(self) -> Dict[str, bytes]:
        """The model's files, for pickle."""
        found = {}
        with tempfile.TemporaryDirectory(prefix="lfads-") as copy:
            self.save(os.path.join(copy, "model"))
            for path in glob.glob(os.path.join(copy, "model", "*")):
                with open(path, "rb") as file:
                    found[os.path.basename(path)] = file.read()
        return found

    @classmethod
    def of_contents(cls, contents: Dict[str, bytes]) -> "Directory":
        directory = cls()
        os.makedirs(directory.path)
        for name, data in contents.items():
            with open(os.path.join(directory.path, name), "wb") as file:
                file.write(data)
        return directory

    def newest(self, pattern: str) -> Optional[str]:
        paths = glob.glob(os.path.join(glob.escape(self.path), pattern))
        return max(paths, key=os.path.getmtime) if paths else None


def read_costs(path: Optional[str]) -> Dict[str, np.ndarray]:
    """The table of costs (docs/files.md, "Table of costs") as columns."""
    columns: Dict[str, List[float]] = {}
    if not path or not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            names: Dict[str, List[float]] = {}
            name = ""
            for word in (word.strip() for word in line.split(",")):
                try:
                    names[name].append(float(word))
                except ValueError:
                    name = word
                    names.setdefault(name, [])
            for name, values in names.items():
                keys = [name] if len(values) < 2 else [f"train_{name}", f"valid_{name}"]
                if len(values) == 1 and name in ("total", "recon", "kl"):
                    keys = [f"train_{name}"]
                for key, value in zip(keys, values):
                    columns.setdefault(key, []).append(value)
    return {name: np.array(values, np.int64 if name in ("epoch", "step") else np.float64)
            for name, values in columns.items()}
