"""A training as an object, epoch by epoch.
SPDX-License-Identifier: Apache-2.0"""
import ctypes
import difflib
import os
from typing import Any, Callable, Dict, List, Optional

import numpy as np

from . import _data, _header
from ._errors import UsageError
from ._library import Config, Handle, Run, call, flag_text, lib
from ._progress import Progress, costs_of, told
from ._model import Model, flag_types, parameters, sized

# flags that say where things are: arguments say it here
PLACES = ("data_dir", "data_filename_stem", "data_files", "kind", "output_dir", "output_filename_stem",
          "output_format", "session")


# what other programs call these flags
MEANT = {"lr": "learning_rate_init", "learning_rate": "learning_rate_init", "epochs": "max_epochs", "n_epochs": "max_epochs",
         "random_state": "seed", "n_jobs": "threads", "n_factors": "factors_dim", "latent_dim": "factors_dim",
         "dropout": "dropout_rate", "save_dir": "lfads_save_dir"}


def check_flags(flags: Dict[str, Any]) -> None:
    for name in flags:
        if name in PLACES:
            raise UsageError(f"flag {name} is not for a training on arrays: data are arguments, results are returned")
    for name in set(flags) - set(flag_types()):
        near = [MEANT[name]] if name in MEANT else difflib.get_close_matches(name, flag_types(), 1)
        raise UsageError(f"there is no flag {name}" + (f": did you mean {near[0]}?" if near else ""))
    with Config(flags):  # refuses names and values that there are not
        pass


class Training:
    """A training, for loops of one's own: epoch by epoch, with flags that change on the way.

    Several may exist at once, in threads of their own, too.

    Parameters
    ----------
    X, valid, ext_input, valid_ext_input, truth
        As for `LFADS.fit`.
    progress : callable, optional
        Is called with a `Progress`; what it raises ends the epoch and is raised there.
    **flags
        As for `LFADS`.

    Examples
    --------
    >>> training = lfads.Training(counts, seed=1, gen_dim=64)
    >>> while not training.is_over:
    ...     costs = training.epoch()
    ...     if costs["valid_recon"] > bound:
    ...         break
    """

    def __init__(self, X: Any, valid: Any = None, *, ext_input: Any = None, valid_ext_input: Any = None,
                 truth: Any = None, progress: Optional[Callable[[Progress], None]] = None, **flags: Any) -> None:
        check_flags(flags)
        sessions = _data.for_training(X, valid, ext_input, valid_ext_input, truth)
        flags = {"preset": "auto", **{name: value for name, value in flags.items() if value is not None}}
        if _data.has_ext_input(sessions):
            flags.setdefault("ext_input_dim", _data.has_ext_input(sessions))
        self.history: List[Dict[str, float]] = []
        self._run = Run(told(progress), self._record)
        data = _data.Data(sessions)
        with Config(flags) as config:
            self._handle = Handle("lfads_training_create", "lfads_training_free", config.pointer, data.pointer,
                                  self._run.pointer, run=self._run, kept=(data, self._run))

    def _record(self, progress: Any) -> None:
        if progress.ended and (not self.history or self.history[-1]["epoch"] < progress.ended.contents.epoch):
            self.history.append(costs_of(progress.ended.contents))


    def epoch(self) -> Dict[str, float]:
        """Trains to the end of the epoch. Returns its costs: `train_total`, `valid_total`, `train_recon`, ..."""
        self._run("lfads_training_epoch", self._handle.pointer)
        return costs_of(lib.lfads_training_last(self._handle.pointer).contents)

    def run(self) -> "Training":
        """Trains to the end, as `LFADS.fit` does."""
        self._run("lfads_training_run", self._handle.pointer)
        return self

    @property
    def _state(self) -> Any:
        state = sized("lfads_training_state")
        call("lfads_training_get_state", self._handle.pointer, ctypes.byref(state))
        return state

    @property
    def is_over(self) -> bool:
        """Whether `max_epochs`, the learning rate or `early_stop_patience` ends the training."""
        return self._state.is_over

    @property
    def epochs(self) -> int:
        """Epochs done."""
        return self._state.epoch

    @property
    def lines(self) -> List[str]:
        """What the program would have printed."""
        return self._run.lines

    def get(self, flag: str) -> Optional[str]:
        """A flag's value as text, chosen ones included; None: there is no such flag."""
        text = lib.lfads_training_get(self._handle.pointer, flag.encode())
        return None if text is None else text.decode()

    def set(self, **flags: Any) -> "Training":
        """Sets flags of the training for the epochs to come: learning_rate_init, keep_prob, kl_ic_weight, ..."""
        for name, value in flags.items():
            call("lfads_training_set", self._handle.pointer, name.encode(), flag_text(name, value).encode())
        return self

    @property
    def params(self) -> Dict[str, np.ndarray]:
        """The parameters now, by name."""
        return parameters("training", self._handle.pointer, lib.lfads_training_parameters(self._handle.pointer))

    def load_params(self, params: Dict[str, Any]) -> "Training":
        """Sets parameters, by name; the others, and the optimizer's moments, stay."""
        for name, value in params.items():
            array = np.ascontiguousarray(value, np.float32)
            call("lfads_training_set_parameter", self._handle.pointer, name.encode(), array.ctypes.data, array.size)
        return self

    def save(self, directory: Any) -> None:
        """Writes a checkpoint to a directory, which all commands of the program read."""
        self._run("lfads_training_save", self._handle.pointer, os.fsencode(directory))

    def close(self) -> None:
        """Frees the training, and its save directory for others. It can't be used any more."""
        self._handle.free()

    def model(self, lowest: bool = False) -> Model:
        """A copy of the model: the latest, or that of lowest validation cost."""
        which = _header.LFADS_LOWEST if lowest else _header.LFADS_LATEST
        return Model(Handle("lfads_model_create", "lfads_model_free", self._handle.pointer, which))

