"""The line that tells how far a long call is.
SPDX-License-Identifier: Apache-2.0"""
import sys
import time
from typing import Any, Callable, Optional, Union

INTERVAL = 0.2  # seconds between drawings
Progress = Union[None, bool, Callable[[Any], None]]


def _is_watched() -> bool:
    """Whether a person sees the line at once: in a terminal or a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules


class Line:
    """Draws one line over and over on the standard error output."""

    def __init__(self) -> None:
        self._last, self._length = -INTERVAL, 0

    def __call__(self, progress: Any) -> None:
        if time.monotonic() - self._last < INTERVAL:
            return
        self._last = time.monotonic()
        what = progress.what.decode()
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


def chosen(progress: Progress) -> Optional[Callable[[Any], None]]:
    """What is called with the progress: the line (None: where it is watched), the caller's function, nothing."""
    if callable(progress):
        return progress
    if progress is None:
        progress = _is_watched()
    return Line() if progress else None


def end(progress: Optional[Callable[[Any], None]]) -> None:
    if isinstance(progress, Line):
        progress.end()
