"""The model as an estimator, with the habits of scikit-learn.
SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import shutil
import tempfile
from typing import Any, Dict, Mapping, Optional, Sequence, Union

import numpy as np

from . import _data, _hdf5, _history, _plot, _progress, _report, _scores
from ._errors import NotFittedError, UsageError
from ._library import Config, Handle, Run
from ._model import Model
from ._results import Results
from ._training import Training, check_flags

OneOrMore = Union[Results, Dict[str, Results]]
CHECKPOINT, LOWEST = "checkpoint", "checkpoint_lve"
IN_MEMORY = "(memory)"  # what data_dir is of a training on arrays
# what of a save directory is not the model
NOT_MODEL = ("model_runs_*", "lfads_log", ".*", "report.html")


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
        self._forget()
        self.set_params(**flags)

    def _forget(self) -> None:
        self._training: Optional[Training] = None  # a model that was trained here, …
        self._directory: Optional[str] = None  # … or lies in a directory, …
        self._temporary: Any = None  # … which may end with this object
        self._models: Dict[bool, Model] = {}

    # ---- parameters ----

    def get_params(self, deep: bool = True) -> Dict[str, Any]:
        """The flags that were given; all others have their defaults or are chosen from the data."""
        del deep
        return dict(self._flags)

    def set_params(self, **flags: Any) -> "LFADS":
        """Sets flags for the next `fit`. None takes a flag back."""
        check_flags(flags)
        self._flags.update(flags)
        return self

    def __repr__(self) -> str:
        return f"LFADS({', '.join(f'{name}={value!r}' for name, value in self._flags.items())})"

    # ---- training ----

    def fit(self, X: Any, y: Any = None, *, valid: Any = None, ext_input: Any = None, valid_ext_input: Any = None,
            truth: Any = None, progress: _progress.Watcher = None, resume: bool = False) -> "LFADS":
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
        flags = dict(self._flags)
        before: Mapping[str, np.ndarray] = {}
        if resume:
            flags["lfads_save_dir"] = self._place_to_go_on(flags.get("lfads_save_dir"))
            before = getattr(self, "history_", {})
        elif flags.get("lfads_save_dir") and os.path.exists(os.path.join(flags["lfads_save_dir"], CHECKPOINT)):
            raise UsageError(f"{os.fspath(flags['lfads_save_dir'])} has a model already: fit(..., resume=True) goes "
                             "on from it; else name another lfads_save_dir")
        show = _progress.chosen(progress)
        training = Training(X, valid, ext_input=ext_input, valid_ext_input=valid_ext_input, truth=truth,
                            progress=show, **flags)
        try:
            training.run()
        finally:
            _progress.end(show)
            self._take_training(training, flags.get("lfads_save_dir"), before)
        return self

    def _place_to_go_on(self, directory: Any) -> str:
        """A directory with the model that there is, from where a training goes on."""
        if directory and os.path.exists(os.path.join(directory, CHECKPOINT)):
            return os.fspath(directory)
        self._check_fitted()
        temporary = tempfile.TemporaryDirectory(prefix="lfads-")
        place = os.fspath(directory) if directory else os.path.join(temporary.name, "model")
        self.save(place)
        self._temporary = temporary
        return place

    def _take_training(self, training: Training, directory: Any, before: Mapping[str, np.ndarray]) -> None:
        temporary = self._temporary
        self._forget()
        self._temporary = temporary
        if directory is None:
            self._training = training
        else:
            self._directory = os.path.abspath(directory)
            training.close()  # others may use the directory now
        self.history_ = _history.columns(training.history)
        if before and training.history:
            old = before["epoch"] < training.history[0]["epoch"]
            self.history_ = {name: np.concatenate([before.get(name, np.full(len(old), np.nan))[old], values])
                             for name, values in self.history_.items()}
        elif before:
            self.history_ = dict(before)
        self._take_model()

    def _take_model(self) -> None:
        model = self._model()
        self.sessions_ = model.sessions()
        self.flags_ = model.flags()

    def _check_fitted(self) -> None:
        if self._training is None and self._directory is None:
            raise NotFittedError("this model is not trained: call fit, or LFADS.load(directory)")

    def _model(self, lowest: bool = False) -> Model:
        self._check_fitted()
        if lowest not in self._models:
            if self._training is not None:
                self._models[lowest] = self._training.model(lowest)
            else:
                flags = {"lfads_save_dir": self._directory, "checkpoint_pb_load_name": LOWEST if lowest else CHECKPOINT,
                         **{name: self._flags.get(name) for name in ("device", "threads", "seed", "precision")}}
                run = Run()
                with Config(flags) as config:
                    handle = Handle("lfads_model_open", "lfads_model_free", config.pointer, run.pointer, run=run)
                self._models[lowest] = Model(handle)
        return self._models[lowest]

    # ---- results ----

    def transform(self, X: Any, ext_input: Any = None, *, mean: bool = False, samples: Optional[int] = None,
                  spread: bool = False, quantiles: Sequence[float] = (), lowest: bool = False,
                  progress: _progress.Watcher = False) -> OneOrMore:
        """Denoises trials, those of the training or others of its sessions.

        Parameters
        ----------
        X : array_like, shape (trials, bins, channels), or dict or list of these
            As for `fit`. Sessions have the names that they had there.
        ext_input : array_like, shape (trials, bins, inputs), or dict, optional
        mean : bool
            Run the model once, on the posteriors' means, instead of averaging over samples of them.
        samples : int, optional
            Samples of a trial; None: the model's flag `ps_samples`, or `batch_size` where that is 0.
        spread : bool
            Standard deviations over a trial's samples, too: ``results["factors_std"]``, ...
        quantiles : sequence of float
            Quantiles over a trial's samples, too, such as (0.05, 0.95): ``results["factors_quantiles"]``, ...
        lowest : bool
            Use the model of lowest validation cost, not the latest.
        progress : bool or callable

        Returns
        -------
        Results, or a dict of these by session where X is a dict or a list
        """
        sessions = _data.for_results(X, ext_input)
        model, show = self._model(lowest), _progress.chosen(progress)
        if samples is None:
            samples = int(model.get("ps_samples") or 0) or int(model.get("batch_size") or 1)
        if not mean and samples < 1:
            raise UsageError(f"samples={samples}: at least 1 is needed; mean=True runs the model on means")
        try:
            made = {name: model.posterior(self._session(name), arrays, 0 if mean else samples, spread, quantiles, show)
                    for name, arrays in sessions.items()}
        finally:
            _progress.end(show)
        return made if isinstance(X, Mapping) or len(made) > 1 else made.popitem()[1]

    def _session(self, name: str) -> str:
        """The model's session of that name; trials without a name are those of the only one."""
        if name in self.sessions_:
            return name
        if name == _data.DEFAULT_SESSION and len(self.sessions_) == 1:
            return self.sessions_[0]
        raise UsageError(f"the model has no session {name!r} but {', '.join(self.sessions_)}: name one, as in "
                         f"transform({{{self.sessions_[0]!r}: X}})")

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

    def sample_prior(self, n: int = 128, session: Optional[str] = None, ext_input: Any = None) -> Results:
        """Draws samples from the priors: trials that the model makes up.

        Parameters
        ----------
        n : int
        session : str, optional
            Whose channels the rates are of; None: the first.
        ext_input : array_like, shape (bins, inputs), optional
            External inputs of all samples; None: zeros.
        """
        model = self._model()
        if n < 1:
            raise UsageError(f"n={n}: at least one sample is needed")
        inputs = None if ext_input is None else _data.as_array(ext_input, "ext_input", "[bins, inputs]")
        return model.prior(self._session(session or self.sessions_[0]), n, inputs)

    @property
    def params(self) -> Dict[str, np.ndarray]:
        """The trained parameters by name (docs/model.md), float32 matrices."""
        return self._model().parameters()

    def plot_history(self) -> Any:
        """Draws the costs over epochs (needs matplotlib). Returns the figure."""
        self._check_fitted()
        return _plot.history(self.history_)

    def report(self, path: _hdf5.Path, X: Any = None, *, valid: Any = None, ext_input: Any = None,
               valid_ext_input: Any = None, truth: Any = None, trials: int = 40, units: int = 16,
               bootstrap: int = 1000, seed: int = 0) -> None:
        """Writes a page on the model, as ``lfads report`` does (docs/report.md): one HTML file.

        Parameters
        ----------
        path : path
            The file to write; it needs nothing else.
        X, valid, ext_input, valid_ext_input, truth
            What `fit` took; None for a model that was trained on files, which are read.
        trials, units : int
            How many trials, of all sessions, and channels, of each, can be looked at.
        bootstrap, seed : int
            Draws of trials for standard errors, and their seed.
        """
        self._check_fitted()
        of_files = self._directory is not None and self.flags_["data_dir"] != IN_MEMORY
        if of_files and X is not None:
            raise UsageError("the model was trained on files, and its report is of these: leave X out")
        if not of_files and X is None:
            raise UsageError("the model does not keep the trials that it was trained on: give X, and valid, as to fit")
        numbers = {"trials": trials, "units": units, "bootstrap": bootstrap, "seed": seed}
        if min(numbers.values()) < 0 or 0 in (trials, units):
            raise UsageError("trials and units are above 0, bootstrap and seed not below: "
                             + ", ".join(f"{name}={value}" for name, value in numbers.items()))
        with tempfile.TemporaryDirectory(prefix="lfads-") as temporary:
            place, results = (os.path.join(temporary, name) for name in ("model", "results"))
            if of_files:
                _report.write(path, str(self._directory), results, None, None, **numbers)
                return
            sessions = {self._session(name): arrays for name, arrays in _data.for_training(
                X, valid, ext_input, valid_ext_input, truth).items()}
            self.save(place)
            _report.write(path, place, results, _data.Data(sessions), "a model of arrays", **numbers)

    # ---- keeping ----

    def save(self, directory: _hdf5.Path) -> None:
        """Writes the model to a directory, which `load` and all commands of the program read."""
        self._check_fitted()
        if os.path.exists(os.path.join(directory, CHECKPOINT)):
            raise UsageError(f"{os.fspath(directory)} has a model already: name another directory or remove it")
        if self._training is not None:
            self._training.save(directory)
        else:
            shutil.copytree(str(self._directory), directory, ignore=shutil.ignore_patterns(*NOT_MODEL), dirs_exist_ok=True)

    @classmethod
    def load(cls, directory: _hdf5.Path, **flags: Any) -> "LFADS":
        """The model of a save directory, of `save` or of ``lfads train``. The directory must stay.

        Flags may be `device`, `threads`, `seed`, `precision`; without `seed`, results have the training's.
        """
        model = cls(**flags)
        model._take_directory(os.path.abspath(os.fspath(directory)))
        return model

    def _take_directory(self, directory: str) -> None:
        if not os.path.exists(os.path.join(directory, CHECKPOINT)):
            raise UsageError(f"{directory} has no model: there is no file checkpoint in it")
        self._directory = directory
        self._take_model()
        self.history_ = _history.of_directory(directory, self.flags_["csv_log"])

    def __getstate__(self) -> Dict[str, Any]:
        state: Dict[str, Any] = {"flags": self._flags}
        if self._training is not None or self._directory is not None:
            state["history"], state["files"] = self.history_, {}
            with tempfile.TemporaryDirectory(prefix="lfads-") as copy:
                self.save(os.path.join(copy, "model"))
                for path in glob.glob(os.path.join(copy, "model", "*")):
                    if os.path.isfile(path):
                        with open(path, "rb") as file:
                            state["files"][os.path.basename(path)] = file.read()
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self._flags = state["flags"]
        self._forget()
        if "files" in state:
            self._temporary = tempfile.TemporaryDirectory(prefix="lfads-")
            for name, data in state["files"].items():
                with open(os.path.join(self._temporary.name, name), "wb") as file:
                    file.write(data)
            self._take_directory(self._temporary.name)
            self.history_ = state["history"]
