"""What the program does for the package: made data, tunings.
SPDX-License-Identifier: Apache-2.0"""
import os
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
from typing import Any, Dict, List

from . import _data, _hdf5
from ._errors import Error, LFADSWarning, UsageError
from ._estimator import LFADS
from ._library import Config, Run, flag_text, interrupts_kept, place

EXIT_USAGE = 2
GENERATORS = ("chaotic", "labeled", "itb")


def synth(generator: str = "chaotic", **flags: Any) -> Dict[str, Dict[str, Any]]:
    """Makes a synthetic data set (docs/synth.md).

    Parameters
    ----------
    generator : "chaotic", "labeled" or "itb"
    **flags
        Flags of ``lfads synth GENERATOR`` (docs/flags.md), such as `N` (channels), `S`, `C`, `T`, `synth_data_seed`.

    Returns
    -------
    dict
        The sessions by name, each a dictionary with the arrays of a data file: `train_data`, `valid_data`,
        `train_truth`, ...; `fit` takes it as it is.
    """
    for name in ("save_dir", "datafile_name"):
        if name in flags:
            raise UsageError(f"flag {name} is not for lfads.synth, which returns what it makes")
    with tempfile.TemporaryDirectory(prefix="lfads-") as directory:
        with Config({**flags, "save_dir": directory, "datafile_name": "synth"}, "synth_") as config:
            run = Run()
            run("lfads_synth", generator.encode(), config.pointer, run.pointer)
        files = sorted(name for name in os.listdir(directory) if not name.startswith("."))
        return {name[len("synth_"):]: _hdf5.read(os.path.join(directory, name))[0] for name in files}


def tune(X: Any, save_dir: _hdf5.Path, *, valid: Any = None, ext_input: Any = None, valid_ext_input: Any = None,
         progress: bool = True, **flags: Any) -> LFADS:
    """Searches hyperparameters on the data, as ``lfads tune`` does (docs/tuning.md).

    Parameters
    ----------
    X, valid, ext_input, valid_ext_input
        As for `LFADS.fit`.
    save_dir : path
        Directory of the tuning. One that has a tuning of the same data and flags is gone on with.
    progress : bool
        Whether the program's lines are printed.
    **flags
        Flags of ``lfads tune`` and of its trainings: `members`, `generations`, `generation_epochs`,
        `space`, `seed`, ...

    Returns
    -------
    LFADS
        The best model.
    """
    sessions = _data.for_training(X, valid, ext_input, valid_ext_input)
    directory = os.path.abspath(os.fspath(save_dir))
    os.makedirs(directory, exist_ok=True)
    files = []
    # beside the tuning, which finds them there when it goes on
    data = os.path.join(directory, "data")
    os.makedirs(data, exist_ok=True)
    for name, arrays in sessions.items():
        files.append(os.path.join(data, _data.check_session_name(name)))
        _hdf5.write(files[-1], arrays, {})
    if _data.has_ext_input(sessions):
        flags.setdefault("ext_input_dim", _data.has_ext_input(sessions))
    words = [f"--{name}={flag_text(name, value)}" for name, value in flags.items() if value is not None]
    words.append(f"--lfads_save_dir={directory}")
    _run(["tune", *files, *words], progress)
    return LFADS.load(directory)


def _run(words: List[str], progress: bool) -> None:
    """Runs the program, with its lines on our standard output; Ctrl-C stops it as on its own."""
    process: Any = subprocess.Popen([place("program"), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, errors="replace", start_new_session=True)
    complaints: List[str] = []
    listener = threading.Thread(target=lambda: complaints.extend(process.stderr), daemon=True)
    listener.start()
    interrupts: List[BaseException] = []

    def stop(raised: BaseException) -> None:
        interrupts.append(raised)
        process.send_signal(signal.SIGINT)

    with interrupts_kept(stop):
        for line in process.stdout:
            if progress:
                print(line, end="", file=sys.stdout, flush=True)
        status = process.wait()
        listener.join()
    if interrupts:
        raise interrupts[0]
    texts = [text.strip().removeprefix("lfads: ") for text in complaints]
    if status != 0:
        error = UsageError if status == EXIT_USAGE else Error
        raise error(texts[-1] if texts else f"the program ended with status {status}")
    for text in texts:
        warnings.warn(text.replace("warning: ", "", 1), LFADSWarning, stacklevel=3)
