"""The line that tells how far a long call is.
SPDX-License-Identifier: Apache-2.0"""
import sys
import time
from typing import Any, Callable, Dict, NamedTuple, Optional, Union

INTERVAL = 0.2  # seconds between drawings
COSTS = ("total", "recon", "kl", "l2")
SCORES = ("recon_sv", "co_bps", "fp_bps")


class Progress(NamedTuple):
    """How far a call is. `costs`: of the last epoch that has ended, or None."""

    what: str
    share: float
    epoch: int
    step: int
    trials_per_second: float
    learning_rate: float
    seconds: float
    costs: Optional[Dict[str, float]]


def costs_of(epoch: Any) -> Dict[str, float]:
    """The costs and scores of an epoch, as the columns of a history have them."""
    found = {"epoch": epoch.epoch, "step": epoch.step, "learning_rate": epoch.learning_rate,
             "seconds": epoch.seconds, "gradient_norm": epoch.gradient_norm,
             "klweight": epoch.kl_weight, "l2weight": epoch.l2_weight}
    for name in COSTS:
        found[f"train_{name}"] = getattr(epoch.train, name)
        if epoch.has_valid and name != "l2":
            found[f"valid_{name}"] = getattr(epoch.valid, name)
    found.update({name: getattr(epoch, name) for name in SCORES if getattr(epoch, name) == getattr(epoch, name)})
    return found


Watcher = Union[None, bool, Callable[[Progress], None]]


def told(function: Optional[Callable[[Progress], None]]) -> Optional[Callable[[Any], None]]:
    """What the library calls to tell FUNCTION of the progress."""
    if function is None:
        return None
    return lambda p: function(Progress(p.what.decode(), p.share, p.epoch, p.step, p.trials_per_second, p.learning_rate,
                                       p.seconds, costs_of(p.ended.contents) if p.ended else None))


def _is_watched() -> bool:
    """Whether a person sees the line at once: in a terminal or a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules


class Line:
    """Draws one line over and over on the standard error output."""

    def __init__(self) -> None:
        self._last, self._length = -INTERVAL, 0

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() - self._last < INTERVAL:
            return
        self._last = time.monotonic()
        what = progress.what
        text = f"{what}: {progress.share:4.0%}"
        if what == "epoch":
            text = (f"epoch {progress.epoch} {progress.share:4.0%} · step {progress.step} · "
                    f"{progress.trials_per_second:.0f} trials/s · learning rate {progress.learning_rate:.3g}")
        self._draw(f"{text} · {progress.seconds:.0f} s")

    def _draw(self, text: str) -> None:
        sys.stderr.write("\r" + text.ljust(self._length))
        sys.stderr.flush()
        self._length = len(text)

    def end(self) -> None:
        if self._length:
            sys.stderr.write("\n")
            sys.stderr.flush()


def chosen(progress: Watcher) -> Optional[Callable[[Progress], None]]:
    """What is called with the progress: the line (None: where it is watched), the caller's function, nothing."""
    if callable(progress):
        return progress
    if progress is None:
        progress = _is_watched()
    return Line() if progress else None


def end(progress: Optional[Callable[[Progress], None]]) -> None:
    if isinstance(progress, Line):
        progress.end()
