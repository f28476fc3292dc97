"""Pictures, where matplotlib is present.
SPDX-License-Identifier: Apache-2.0"""
from typing import Any

import numpy as np


def _pyplot() -> Any:
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError("pictures need matplotlib: pip install matplotlib") from error
    return pyplot


def _image(axes: Any, values: np.ndarray, title: str, most: float) -> None:
    axes.imshow(np.asarray(values, float).T, aspect="auto", interpolation="none", cmap="magma", vmin=0, vmax=most)
    axes.set_title(title)
    axes.set_ylabel("channel")


def trial(results: Any, number: int, data: Any, truth: Any) -> Any:
    """A column of panels over the bins of a trial."""
    rates = results.rates
    if not -len(rates) <= number < len(rates):
        raise IndexError(f"there is no trial {number}: the results have {len(rates)}")
    images = [(np.asarray(data)[number], "data")] if data is not None else []
    images += [(np.asarray(truth)[number], "true rates")] if truth is not None else []
    images.append((rates[number], "rates"))
    lines = [(results.factors[number], "factors")]
    if getattr(results, "inferred_inputs", np.empty((1, 1, 0))).shape[2]:
        lines.append((results.inferred_inputs[number], "inferred inputs"))
    figure, axes = _pyplot().subplots(len(images) + len(lines), 1, sharex=True, squeeze=False,
                                      figsize=(7, 1.8 * (len(images) + len(lines))), layout="constrained")
    for axis, (values, title) in zip(axes[:, 0], images):
        _image(axis, values, title, float(np.nanmax(values)) if title == "data" else float(np.nanmax(rates[number])))
    for axis, (values, title) in zip(axes[len(images):, 0], lines):
        axis.plot(values)
        axis.set_title(title)
    axes[-1, 0].set_xlabel("bin")
    return figure


def history(columns: Any) -> Any:
    """Costs over epochs: the total and its parts, of training and validation trials."""
    names = [name for name in ("total", "recon", "kl", "l2") if f"train_{name}" in columns]
    figure, axes = _pyplot().subplots(1, len(names), figsize=(3.2 * len(names), 2.6), squeeze=False,
                                      layout="constrained")
    for axis, name in zip(axes[0], names):
        for which in ("train", "valid"):
            if f"{which}_{name}" in columns:
                axis.plot(columns["epoch"], columns[f"{which}_{name}"], label=which)
        axis.set_title(name)
        axis.set_xlabel("epoch")
    axes[0, 0].legend()
    return figure
