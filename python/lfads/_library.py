"""The library behind the package: where it is, how it is called, how it reports errors and progress.
SPDX-License-Identifier: Apache-2.0"""
import contextlib
import ctypes
import os
import signal
import threading
import warnings
import weakref
from typing import Any, Callable, Iterator, List, Mapping, Optional

from . import _header
from ._errors import DataError, Error, FileError, LFADSWarning, NoMemoryError, NumericError, UsageError

HERE = os.path.dirname(os.path.abspath(__file__))
ERRORS = {_header.LFADS_USAGE: UsageError, _header.LFADS_BAD_DATA: DataError, _header.LFADS_IO: FileError,
          _header.LFADS_NO_MEMORY: NoMemoryError, _header.LFADS_NUMERIC: NumericError}
# What a fault of the thread itself raises can't wait.
FAULTS = {signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT, signal.SIGTRAP,
          signal.SIGSYS}
NAME = {"library": "lib/liblfads.so", "program": "bin/lfads"}


def place(what: str) -> str:
    """The path of the library or of the program: of this package, or what LFADS_LIBRARY, LFADS_PROGRAM say."""
    variable = f"LFADS_{what.upper()}"
    path = os.environ.get(variable) or os.path.join(HERE, NAME[what])
    if not os.path.exists(path):
        raise ImportError(f"the package lfads lacks its {what}, {path}: install its wheel, or set {variable} "
                          "to where it was built")
    return path


class Library:
    """The library's functions, with their types, as attributes."""

    def __init__(self) -> None:
        self._loaded = ctypes.CDLL(place("library"))
        version = self.lfads_version().decode()
        if version != _header.VERSION:
            raise ImportError(f"{place('library')} is lfads {version}, the package {_header.VERSION}: install "
                              "both anew")

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._loaded, name)
        function.restype, function.argtypes = _header.FUNCTIONS[name]
        setattr(self, name, function)
        return function


lib = Library()


def raise_for(status: int, error: "_header.lfads_error") -> None:
    if status != _header.LFADS_OK:
        raise ERRORS.get(status, Error)(error.text.decode("utf-8", "replace"))


def call(name: str, *arguments: Any) -> None:
    """Calls a function that takes an error last and returns a status, and raises what it reports."""
    error = _header.lfads_error()
    raise_for(getattr(lib, name)(*arguments, ctypes.byref(error)), error)


def _free(function: Any, pointer: ctypes.c_void_p, _kept: Any) -> None:
    function(pointer)
    pointer.value = None


class Handle:
    """What a function _create or _open makes. It is freed with this object, before what is KEPT for it."""

    def __init__(self, create: str, free: str, *arguments: Any, run: Any = None, kept: Any = None) -> None:
        self.pointer = ctypes.c_void_p()
        (run or call)(create, ctypes.byref(self.pointer), *arguments)
        self.free = weakref.finalize(self, _free, getattr(lib, free), self.pointer, kept)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        self.free()


def flag_text(name: str, value: Any) -> str:
    """A flag's value as the command line has it."""
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(flag_text(name, v) for v in value)
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if isinstance(value, int):
        return str(value)
    if hasattr(value, "__index__"):
        return str(value.__index__())
    if isinstance(value, float) or hasattr(value, "__float__"):
        return repr(float(value))
    raise UsageError(f"flag {name}: {value!r} is neither a number, a text, a path nor a list of these")


class Config(Handle):
    """Flags of a run, of made data or of a tuning (KIND "", "synth_")."""

    def __init__(self, flags: Mapping[str, Any], kind: str = "") -> None:
        super().__init__(f"lfads_{kind}config_create", f"lfads_{kind}config_free")
        try:
            for name, value in flags.items():
                if value is not None:
                    call(f"lfads_{kind}config_set", self.pointer, name.encode(),
                         os.fsencode(flag_text(name, value)))
        except BaseException:
            self.free()
            raise


@contextlib.contextmanager
def interrupts_kept(take: Callable[[BaseException], None]) -> Iterator[None]:
    """Gives what the handler of SIGINT raises to TAKE until the block has ended: raised between two statements,
    it would leave behind what the block waits for."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler) or threading.current_thread() is not threading.main_thread():
        yield
        return

    def keep(number: int, frame: Any) -> None:
        try:
            handler(number, frame)
        except BaseException as raised:  # pylint: disable=broad-except
            take(raised)

    signal.signal(signal.SIGINT, keep)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


class Run:
    """Long calls in threads of their own: their lines, warnings and progress, and their end on Ctrl-C.

    The thread takes no signals: the library's products use the stack in a way that a handler would break,
    and Python's handlers run in the main thread, which waits.
    """

    def __init__(self, progress: Optional[Callable[[Any], None]] = None,
                 record: Optional[Callable[[Any], None]] = None) -> None:
        self.lines: List[str] = []
        self._record = record  # is called also between an interrupt and the end
        self._progress, self._warnings = progress, []  # type: Any, List[str]
        self._pending: Optional[BaseException] = None
        types: Any = {field[0]: field[1] for field in _header.lfads_callbacks._fields_}
        self._callbacks = _header.lfads_callbacks(
            ctypes.sizeof(_header.lfads_callbacks), None, types["line"](self._on_line), types["warn"](self._on_warning),
            types["progress"](self._on_progress), types["stop"](self._on_stop))
        self.pointer = ctypes.byref(self._callbacks)

    def _on_line(self, _: Any, text: bytes) -> None:
        self.lines.append(text.decode("utf-8", "replace"))

    def _on_warning(self, _: Any, text: bytes) -> None:
        self._warnings.append(text.decode("utf-8", "replace"))

    def _on_progress(self, _: Any, progress: Any) -> None:
        try:
            if self._record:
                self._record(progress.contents)
            if self._progress and self._pending is None:
                self._progress(progress.contents)
        except BaseException as error:  # pylint: disable=broad-except
            self._pending = error  # ends the call, and is raised there

    def _on_stop(self, _: Any) -> bool:
        return self._pending is not None

    def _keep(self, raised: BaseException) -> None:
        self._pending = self._pending or raised

    def __call__(self, name: str, *arguments: Any) -> None:
        """Calls function NAME with the arguments and an error."""
        error, status, ended = _header.lfads_error(), [], threading.Event()
        self._pending = None

        def work() -> None:
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals() - FAULTS)
            try:
                status.append(getattr(lib, name)(*arguments, ctypes.byref(error)))
            except BaseException as mistake:  # pylint: disable=broad-except
                self._pending = mistake
            finally:
                ended.set()

        with interrupts_kept(self._keep):
            thread = threading.Thread(target=work, name=name, daemon=True)
            thread.start()
            while not ended.is_set():
                try:
                    ended.wait()
                except BaseException as raised:  # pylint: disable=broad-except
                    self._keep(raised)
            thread.join()
        texts, self._warnings = self._warnings, []
        for text in texts:
            warnings.warn(text, LFADSWarning, stacklevel=5)
        if self._pending is not None:
            raise self._pending
        raise_for(status[0], error)
