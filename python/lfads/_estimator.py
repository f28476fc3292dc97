"""The model as an estimator, with the habits of scikit-learn.
SPDX-License-Identifier: Apache-2.0"""
import glob
import json
import os
import tempfile
from typing import Any, Dict, Mapping, Optional, Union

import numpy as np

from . import _data, _hdf5, _plot, _progress, _scores
from ._directory import Directory, read_costs
from ._errors import NotFittedError, UsageError
from ._library import Config, Run, flag_text
from ._results import Results

OneOrMore = Union[Results, Dict[str, Results]]
# flags that say where things are: arguments say it here
PLACES = ("data_dir", "data_filename_stem", "data_files", "kind", "output_dir", "output_filename_stem",
          "output_format", "session")


class LFADS:
    """Latent Factor Analysis via Dynamical Systems.

    Parameters
    ----------
    **flags
        The flags of ``lfads train`` (docs/flags.md), such as `factors_dim`, `gen_dim`, `co_dim`, `seed`,
        `max_epochs`, `threads`. Values are numbers, truth values, texts, or lists where a flag takes one. What is
        not given is chosen from the data, as on the command line (``preset="auto"``). `lfads_save_dir` keeps the
        model in a directory; without it the model lies in a temporary one until `save`.

    Attributes
    ----------
    history_ : dict of ndarray
        Costs of each epoch: `epoch`, `step`, `train_total`, `valid_total`, `train_recon`, ...
    flags_ : dict
        All flags of the trained model, chosen ones included.
    sessions_ : list of str

    Examples
    --------
    >>> model = lfads.LFADS(factors_dim=8, seed=1)
    >>> rates = model.fit_transform(counts).rates
    """

    def __init__(self, **flags: Any) -> None:
        self._flags: Dict[str, Any] = {}
        self._directory: Optional[Directory] = None
        self.set_params(**flags)

    # ---- parameters ----

    def get_params(self, deep: bool = True) -> Dict[str, Any]:
        """The flags that were given; all others have their defaults or are chosen from the data."""
        del deep
        return dict(self._flags)

    def set_params(self, **flags: Any) -> "LFADS":
        """Sets flags for the next `fit`. None takes a flag back."""
        for name in flags:
            if name in PLACES:
                raise UsageError(f"flag {name} is not for LFADS(): data are arguments of fit, results are returned")
        with Config(flags):  # refuses names and values that there are not
            pass
        self._flags.update(flags)
        return self

    def __repr__(self) -> str:
        return f"LFADS({', '.join(f'{name}={value!r}' for name, value in self._flags.items())})"

    # ---- training ----

    def fit(self, X: Any, y: Any = None, *, valid: Any = None, ext_input: Any = None, valid_ext_input: Any = None,
            truth: Any = None, progress: _progress.Progress = None, resume: bool = False) -> "LFADS":
        """Trains the model.

        Parameters
        ----------
        X : array_like, shape (trials, bins, channels), or dict or list of these
            Spike counts, or reals with ``output_dist="gaussian"``. A dictionary has sessions by name, a list
            sessions in order; their channels may differ in number, their bins not. Instead of an array, a
            dictionary with the arrays of a data file (docs/files.md): `train_data`, `valid_data`, `train_truth`, ...
            NaN is what was not recorded.
        y : ignored
        valid : array_like or dict, False or None
            Validation trials; of several sessions, a dictionary or list as X. None: every fifth trial of X (trials
            4, 9, 14, ...); False: none.
        ext_input, valid_ext_input : array_like, shape (trials, bins, inputs), or dict, optional
            External inputs of X and of `valid`.
        truth : array_like, shape (trials, bins, channels), optional
            True rates of X, for the pictures in TensorBoard's file only.
        progress : bool or callable, optional
            Whether a line on the standard error output tells the progress; None: where a person sees it. A function
            is called with an object of members `epoch`, `step`, `share`, `learning_rate`, `seconds`; what it raises
            ends the training and is raised here.
        resume : bool
            Go on from the model that there is, with the same data; `max_epochs` counts from its beginning.

        Returns
        -------
        self

        Raises
        ------
        lfads.UsageError, lfads.DataError
            A flag, or what the data are, is wrong.
        KeyboardInterrupt
            After Ctrl-C. The model is as far as it came, and ``resume=True`` goes on.
        """
        del y
        sessions = _data.for_training(X, valid, ext_input, valid_ext_input, truth)
        directory = self._place_of_training(resume)
        flags = self._training_flags(sessions, directory)
        show = _progress.chosen(progress)
        run = Run(show)
        try:
            with Config(flags) as config:
                run("lfads_train", config.pointer)
        finally:
            _progress.end(show)
            directory.data.cleanup()
            if directory.has_model():
                self._take(directory)
        return self

    def _place_of_training(self, resume: bool) -> Directory:
        path = self._flags.get("lfads_save_dir")
        if resume:
            if self._directory is None and not path:
                raise NotFittedError("there is no model to go on from: call fit without resume, or load a model")
            return self._directory if self._directory and not path else Directory(path)
        directory = Directory(path)
        if directory.has_model():
            raise UsageError(f"{directory.path} has a model already: fit(..., resume=True) goes on from it; else name "
                             "another lfads_save_dir")
        return directory

    def _training_flags(self, sessions: Mapping[str, _data.Session], directory: Directory) -> Dict[str, Any]:
        """The flags of a training on the sessions, whose files it writes."""
        if not os.path.isdir(directory.data.name):
            directory.data = tempfile.TemporaryDirectory(prefix="lfads-data-")
        files = []
        for name, arrays in sessions.items():
            files.append(os.path.join(directory.data.name, _data.check_session_name(name)))
            _hdf5.write(files[-1], arrays, {})
        flags = {"preset": "auto", **{k: v for k, v in self._flags.items() if v is not None}}
        if _data.has_ext_input(sessions):
            flags.setdefault("ext_input_dim", _data.has_ext_input(sessions))
        flags.update(lfads_save_dir=directory.path, data_files=",".join(files))
        return flags

    def _take(self, directory: Directory) -> None:
        """Sets what a trained model has."""
        self._directory = directory
        path = directory.newest("hyperparameters-*.txt")
        self.flags_: Dict[str, Any] = {}
        if path:
            with open(path, encoding="utf-8") as file:
                self.flags_ = json.load(file)
        self.sessions_ = list(self.flags_.get("dataset_names", []))
        table = self.flags_.get("csv_log")
        self.history_ = read_costs(os.path.join(directory.path, table + ".csv") if table else None)

    def _fitted(self) -> Directory:
        if self._directory is None:
            raise NotFittedError("this model is not trained: call fit, or LFADS.load(directory)")
        return self._directory

    # ---- results ----

    def transform(self, X: Any, ext_input: Any = None, *, mean: bool = False, progress: _progress.Progress = False,
                  **flags: Any) -> OneOrMore:
        """Denoises trials, those of the training or others of its sessions.

        Parameters
        ----------
        X : array_like, shape (trials, bins, channels), or dict or list of these
            As for `fit`. Sessions have the names that they had there.
        ext_input : array_like, shape (trials, bins, inputs), or dict, optional
        mean : bool
            Run the model once, on the posteriors' means, instead of averaging over samples of them.
        progress : bool or callable
        **flags
            Flags of ``lfads posterior-sample``: `ps_samples`, `seed`, `threads`, `save_spread`, `spread_quantiles`,
            `checkpoint_pb_load_name` ("checkpoint_lve": the model of lowest validation cost), ...

        Returns
        -------
        Results, or a dict of these by session where X is a dict or a list
        """
        sessions = _data.for_results(X, ext_input)
        kind = "lfads_posterior_mean" if mean else "lfads_posterior_sample"
        made = {name: self._posterior(kind, name, arrays, progress, flags) for name, arrays in sessions.items()}
        return made if isinstance(X, Mapping) or len(made) > 1 else made.popitem()[1]

    def _posterior(self, kind: str, name: str, arrays: _data.Session, progress: Any, flags: Dict[str, Any]) -> Results:
        directory = self._fitted()
        if name not in self.sessions_:
            if name != _data.DEFAULT_SESSION or len(self.sessions_) != 1:
                raise UsageError(f"the model has no session {name!r} but {', '.join(self.sessions_)}: name one, as in "
                                 f"transform({{{self.sessions_[0]!r}: X}})")
            name = self.sessions_[0]
        with tempfile.TemporaryDirectory(prefix="lfads-") as place:
            file = os.path.join(place, "trials")
            _hdf5.write(file, arrays, {})
            return self._results(kind, place, progress, {**flags, "data_files": file, "session": name}, directory, name)

    def _results(self, kind: str, place: str, progress: Any, flags: Dict[str, Any], directory: Directory,
                 name: str) -> Results:
        """What a command of the library writes."""
        for flag in ("lfads_save_dir", "output_dir"):
            if flag in flags:
                raise UsageError(f"flag {flag} is not for results, which are returned")
        kept = {k: self._flags[k] for k in ("seed", "threads", "device", "precision") if self._flags.get(k) is not None}
        out, show = os.path.join(place, "results"), _progress.chosen(progress)
        try:
            with Config({**kept, **flags, "lfads_save_dir": directory.path, "output_dir": out}) as config:
                Run(show)(kind, config.pointer)
        finally:
            _progress.end(show)
        arrays, attributes = _hdf5.read(glob.glob(os.path.join(glob.escape(out), "model_*"))[0])
        return Results(arrays, attributes, name)

    def fit_transform(self, X: Any, y: Any = None, **arguments: Any) -> OneOrMore:
        """`fit`, then `transform` of all trials of X."""
        return self.fit(X, y, **arguments).transform(X, arguments.get("ext_input"))

    def score(self, X: Any, y: Any = None, ext_input: Any = None) -> float:
        """How well the model predicts the trials X; greater is better.

        Of counts, bits per spike: of the held-out channels if the model has some (co-smoothing), else of all. Of
        reals, the log-likelihood a trial. Of several sessions the mean.
        """
        del y
        results = self.transform(X, ext_input)
        results = results if isinstance(results, dict) else {"": results}
        sessions = _data.for_results(X, ext_input)
        scores = []
        for one, arrays in zip(results.values(), sessions.values()):
            score = _scores.evaluate(arrays["train_data"], one)
            scores.append(score.get("co_bps", score.get("bits_per_spike", -score.get("nll", np.nan))))
        return float(np.mean(scores))

    def sample_prior(self, n: int = 128, session: Optional[str] = None, **flags: Any) -> Results:
        """Draws N samples from the priors: trials that the model makes up.

        SESSION is whose channels the rates are of; None: the first.
        """
        with tempfile.TemporaryDirectory(prefix="lfads-") as place:
            name = session or self._fitted() and self.sessions_[0]
            return self._results("lfads_prior_sample", place, False, {**flags, "batch_size": n, "dataset_name": name},
                                 self._fitted(), name)

    @property
    def params(self) -> Dict[str, np.ndarray]:
        """The trained parameters by name (docs/model.md, with _ for /), float32."""
        with tempfile.TemporaryDirectory(prefix="lfads-") as place:
            arrays = self._results("lfads_write_params", place, False, {}, self._fitted(), "").arrays
        return {name[len("LFADS_"):-len(":0")]: array for name, array in arrays.items()
                if array.ndim and not name.startswith("LFADS_LFADS_")}

    def plot_history(self) -> Any:
        """Draws the costs over epochs (needs matplotlib). Returns the figure."""
        self._fitted()
        return _plot.history(self.history_)

    # ---- keeping ----

    def save(self, directory: _hdf5.Path) -> None:
        """Writes the model to a directory, which `load` and all commands of the program read."""
        self._fitted().save(directory)

    @classmethod
    def load(cls, directory: _hdf5.Path) -> "LFADS":
        """The model of a save directory, of `save` or of ``lfads train``. The directory must stay."""
        place = Directory(directory)
        if not place.has_model():
            raise UsageError(f"{place.path} has no model: there is no file checkpoint in it")
        model = cls()
        model._take(place)
        return model

    def __getstate__(self) -> Dict[str, Any]:
        state = dict(self.__dict__)
        state["_directory"] = self._directory.contents() if self._directory else None
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        if state["_directory"] is not None:
            self._directory = Directory.of_contents(state["_directory"])


def flags_as_words(flags: Mapping[str, Any]) -> list:
    """Flags as the words of a command line."""
    return [f"--{name}={flag_text(name, value)}" for name, value in flags.items() if value is not None]
