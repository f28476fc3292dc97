"""LFADS, Latent Factor Analysis via Dynamical Systems: from spikes to rates, factors and inferred inputs.

    import lfads

    model = lfads.LFADS(seed=1).fit(counts)         # [trials, bins, channels]
    rates = model.transform(counts).rates

SPDX-License-Identifier: Apache-2.0"""
from ._errors import (DataError, Error, FileError, LFADSWarning, NoMemoryError, NotFittedError, NumericError,
                      UsageError)
from ._estimator import LFADS
from ._header import VERSION as __version__
from ._program import synth, tune
from ._progress import Progress
from ._results import Results, read_results
from ._scores import evaluate
from ._training import Training

__all__ = ["LFADS", "Training", "Progress", "Results", "synth", "evaluate", "read_results", "tune", "Error", "UsageError", "DataError",
           "FileError", "NoMemoryError", "NumericError", "NotFittedError", "LFADSWarning", "__version__"]
