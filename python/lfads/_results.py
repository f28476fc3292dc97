"""What a model makes of trials.
SPDX-License-Identifier: Apache-2.0"""
import os
from typing import Any, Dict, Iterator, Mapping, Optional

import numpy as np

from . import _hdf5, _plot

# of the files' names (docs/files.md): the name here, the axes
NAMES = {
    "rates": ("output_dist_params", ("trial", "bin", "channel")),
    "factors": ("factors", ("trial", "bin", "factor")),
    "inferred_inputs": ("controller_outputs", ("trial", "bin", "input")),
    "gen_states": ("gen_states", ("trial", "bin", "unit")),
    "initial_conditions": ("gen_ics", ("trial", "unit")),
    "g0_mean": ("post_g0_mean", ("trial", "ic")),
    "g0_logvar": ("post_g0_logvar", ("trial", "ic")),
    "costs": ("costs", ("trial",)),
    "bound_vae": ("nll_bound_vaes", ("trial",)),
    "bound_iwae": ("nll_bound_iwaes", ("trial",)),
}
# where samples of the priors have another name
OF_PRIOR = {"controller_outputs": "prior_zs_ar_con"}


class Results(Mapping[str, np.ndarray]):
    """Results for the trials of a session, float32 arrays with the trials first.

    A mapping from the names that files of results have to arrays; the usual ones are attributes, too.

    Attributes
    ----------
    rates : ndarray, shape (trials, bins, channels)
        Means of the observations' distribution: of Poisson data, spikes a bin. Of a Gaussian, variances
        follow the means in the last axis.
    factors : ndarray, shape (trials, bins, factors)
    inferred_inputs : ndarray, shape (trials, bins, inputs)
        The controller's outputs; no columns in a model without one.
    gen_states : ndarray, shape (trials, bins, units)
        States of the generator.
    initial_conditions : ndarray, shape (trials, units)
        The generator's state before the first bin.
    g0_mean, g0_logvar : ndarray, shape (trials, ic_dim)
        Posterior of the latent initial condition.
    costs, bound_vae, bound_iwae : ndarray, shape (trials,)
    attributes : dict of str
        `output_dist`, and how many channels and bins the encoders did not read.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], attributes: Optional[Mapping[str, str]] = None,
                 name: str = "") -> None:
        self.arrays: Dict[str, np.ndarray] = {
            key: array.astype(np.float32) if array.dtype == np.float64 else array for key, array in arrays.items()}
        self.attributes: Dict[str, str] = dict(attributes or {})
        self.name = name

    def __getitem__(self, key: str) -> np.ndarray:
        return self.arrays[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def __getattr__(self, name: str) -> np.ndarray:
        if name in NAMES:
            key = NAMES[name][0]
            for stored in (key, OF_PRIOR.get(key, key)):
                if stored in self.arrays:
                    return self.arrays[stored]
        raise AttributeError(f"these results have no {name}: they have {', '.join(self.__dict__.get('arrays', {}))}")

    def __dir__(self) -> Any:
        return [*super().__dir__(), *(name for name in NAMES if hasattr(self, name))]

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {list(getattr(self, name).shape)}" for name in NAMES if hasattr(self, name))
        return f"<lfads.Results {self.name}: {shapes}>" if self.name else f"<lfads.Results: {shapes}>"

    def to_xarray(self) -> Any:
        """The named arrays as an xarray.Dataset with the axes trial, bin, channel, factor, ... (needs xarray)."""
        import xarray

        return xarray.Dataset({name: (axes, getattr(self, name)) for name, (_, axes) in NAMES.items()
                               if hasattr(self, name) and getattr(self, name).ndim == len(axes)},
                              attrs=self.attributes)

    def plot_trial(self, trial: int = 0, data: Any = None, truth: Any = None) -> Any:
        """Draws a trial: data, rates, factors and inferred inputs (needs matplotlib).

        Parameters
        ----------
        trial : int
        data, truth : array_like, shape (trials, bins, channels), optional
            What was recorded and the true rates, of the same trials.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return _plot.trial(self, trial, data, truth)


def read_results(path: _hdf5.Path) -> Results:
    """Reads a file of results, `model_runs_...`, as the program writes it.

    Parameters
    ----------
    path : str or path
        Any file that the commands posterior-sample, posterior-mean or prior-sample wrote, or
        write-params; also one of the original's.

    Returns
    -------
    Results
    """
    return Results(*_hdf5.read(path), name=os.path.basename(os.fspath(path)))
