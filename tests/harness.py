"""What the tests in Python share: the program and its runs, data, what a run leaves, and the verdict.

  NAME.py LFADS SCRATCH [MORE...] [--case=CASE]

A test is a script of functions test_CASE which do not need each other; before them its prepare(), if
there is one, makes what they start from. lfads_python_test (tests/CMakeLists.txt) makes a test of the
script, or one of each case.
SPDX-License-Identifier: Apache-2.0"""
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import zlib

import h5py
import numpy as np

SEAL = 512  # bytes of a checkpoint's seal
HANGS = 3600  # seconds: what takes so long on the slowest machine would never end
SKIPPED = 77
ATTEMPTS = 50  # to stop a run before its end
CASES = [word[len("--case="):] for word in sys.argv[1:] if word.startswith("--case=")]
LFADS, SCRATCH, *MORE = (word for word in sys.argv[1:] if not word.startswith("--case="))
LFADS, SCRATCH = os.path.abspath(LFADS), os.path.abspath(SCRATCH)
MORE = [os.path.abspath(word) if os.path.exists(word) else word for word in MORE]
failures = 0


# ---- the verdict ----

class Skip(Exception):
    """Raised with the reason by a case that cannot run here."""


def check(condition, text):
    """Counts a failure, and says which, where the condition does not hold."""
    global failures
    if not condition:
        failures += 1
        print("FAILED", text, flush=True)


def main(script):
    """Runs the cases among a script's names in a fresh SCRATCH and ends the process."""
    cases = {name[len("test_"):]: case for name, case in script.items() if name.startswith("test_")}
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(SCRATCH)
    ran = 0
    try:
        if "prepare" in script:
            script["prepare"]()
        for name in CASES or cases:
            before = failures
            try:
                cases[name]()
                ran += 1
                print(name, "FAILED" if failures > before else "ok", flush=True)
            except Skip as reason:
                print(f"{name} NOT RUN: {reason}", flush=True)
    except Skip as reason:
        print(f"NOT RUN: {reason}", flush=True)
    sys.exit(1 if failures else 0 if ran else SKIPPED)


# ---- runs of the program ----

def original(words):
    """The words of a training that names no preset with the original's: most tests hold its numbers."""
    named = any(str(word).startswith("--preset") for word in words)
    return [words[0], "--preset=original", *words[1:]] if words and words[0] == "train" and not named else words


def start(*words, program=LFADS, **options):
    """The program in SCRATCH, its output in pipes."""
    return subprocess.Popen([program, *original(words)], cwd=SCRATCH, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **options)


def invoke(*words, program=LFADS, folder=SCRATCH, memory=None, files=None, cpu=None, environment=None,
           **options):
    """Runs the program in a folder to its end, with so many bytes of address space, files, and seconds
    of computing."""
    def confine():
        for which, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_NOFILE, files),
                            (resource.RLIMIT_CPU, cpu)):
            if most:
                resource.setrlimit(which, (most, most + 10 if which == resource.RLIMIT_CPU else most))

    options = {"text": True, "errors": "surrogateescape", **options}
    return subprocess.run([program, *original(words)], cwd=folder, capture_output=True, timeout=HANGS,
                          env={**os.environ, **(environment or {})},
                          **{"preexec_fn": confine if memory or files or cpu else None, **options})


def run(*words, status=0, pattern="", **options):
    """Runs the program, which has to end with the status and say the pattern among its errors."""
    done = invoke(*words, **options)
    what = " ".join(map(str, words))[:200]
    check(done.returncode == status, f"{what}: status {done.returncode}: {done.stderr}")
    check(re.search(pattern, done.stderr), f"{what}: says {done.stderr!r}, not {pattern}")
    return done


def interrupt(number, words, folder, after="Epoch:0"):
    """Starts the program, which trains in FOLDER, and sends it the signal NUMBER soon after a line that
    begins with AFTER; afresh where it came to its end before. Its exit status and what it said."""
    for _ in range(ATTEMPTS):
        shutil.rmtree(f"{SCRATCH}/{folder}", ignore_errors=True)
        process = start(*words)
        for line in process.stdout:
            if line.startswith(after):
                time.sleep(0.02)
                process.send_signal(number)
                break
        _, error = process.communicate()
        if process.returncode != 0:
            break
    return process.returncode, error


def sanitized():
    """Whether the program is built with AddressSanitizer, which takes address space of its own."""
    return "asan" in subprocess.run(["ldd", LFADS], capture_output=True, text=True).stdout


# ---- data ----

def write(path, **arrays):
    """A file of SCRATCH with these data sets; its path."""
    path = f"{SCRATCH}/{path}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array
    return path


def waves(bins, channels, period=3):
    """Rates [bins,channels]."""
    return 1 + np.sin(np.arange(bins)[:, None] / period + np.arange(channels))


def write_session(path, random, trials, rates, ext=0, **arrays):
    """A session's counts: TRIALS for training and for validation, by rates [bins,channels]; so many
    external inputs."""
    for name, count in zip(("train", "valid"), trials):
        arrays[f"{name}_data"] = random.poisson(rates, (count, *np.shape(rates)))
        if ext:
            arrays[f"{name}_ext_input"] = random.normal(size=(count, np.shape(rates)[0], ext))
    return write(path, **arrays)


# ---- what a run leaves ----

def latest(folder, index="checkpoint"):
    """The path of the checkpoint that an index names as the latest, wherever its folder is now."""
    with open(f"{SCRATCH}/{folder}/{index}") as file:
        return f"{SCRATCH}/{folder}/" + file.readline().split("/")[-1].rstrip('"\n')


def seal(path):
    """Seals a checkpoint that was changed, so that only what it says is wrong."""
    with open(path, "r+b") as file:
        file.seek(SEAL)
        body = file.read()
        file.seek(0)
        file.write(b"LFADS checkpoint\nbytes %d\ncrc32 %08x\n\0" % (len(body), zlib.crc32(body)))


def numbers(path):
    """Every number of a checkpoint, of results or of a submission."""
    found = {}

    def take(name, item):
        if isinstance(item, h5py.Dataset) and name != "hyperparameters":
            found[name] = item[()]

    with h5py.File(os.path.join(SCRATCH, path)) as file:
        file.visititems(take)
    return found


def text(path):
    with open(os.path.join(SCRATCH, path)) as file:
        return file.read()


def contents(folder, indices=("checkpoint",)):
    """The table of costs, and every number of the checkpoints that these indices name as latest."""
    found = {"fitlog.csv": text(f"{folder}/fitlog.csv")}
    for index in indices:
        if os.path.exists(f"{SCRATCH}/{folder}/{index}"):
            found.update({f"{index} {name}": value
                          for name, value in numbers(latest(folder, index)).items()})
    return found


def differences(a, b):
    """What differs between two runs' contents, as one line; "" where nothing does."""
    if set(a) != set(b):
        return f"in one only: {set(a) ^ set(b)}"
    return ", ".join(name for name in a if not np.array_equal(a[name], b[name]))


def same(a, b, what):
    check(not differences(a, b), f"{what}: {differences(a, b)} differ")


def costs(folder):
    """The rows of the table of costs, as numbers."""
    rows = []
    for line in text(f"{folder}/fitlog.csv").splitlines():
        cell = [c.strip() for c in line.split(",")]
        rows.append({"step": int(cell[3]), "train": float(cell[5]), "valid": float(cell[6]),
                     "train_recon": float(cell[8]), "valid_recon": float(cell[9]),
                     "train_kl": float(cell[11]), "valid_kl": float(cell[12])})
    return rows
