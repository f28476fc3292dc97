"""Allocations that fail, one after another, in each command of a small run: an error sentence that says
so, exit status 1, all memory freed, nothing half-written left; afterwards the run goes on as if nothing
had happened. What a command can do without may fail unnoticed, with a result that is the same.

  allocations.py LFADS SCRATCH SHIM DENOISE [all] [--case=CASE]

Of the program's own allocations the first of each third line that allocates is tried, and of those of
libraries some; with "all" every one of the program's, and many of libraries.

SPDX-License-Identifier: Apache-2.0"""
import os
import re
import shutil
import signal
import subprocess
import sys

import h5py
import numpy as np

import runs

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import recordings
from harness import LFADS, SCRATCH, check, differences, numbers, text, write, write_session

# the shim counts what is not freed; LeakSanitizer does not see past it which allocations are the loader's
os.environ["ASAN_OPTIONS"] += ":detect_leaks=0"
SHIM, DENOISE, *WORDS = harness.MORE
ALL = WORDS == ["all"]
MOST_FAILURES = 200
MARK, REPORT, RUN = f"{SCRATCH}/mark", f"{SCRATCH}/report", f"{SCRATCH}/run"
OUT, ERR = f"{SCRATCH}/stdout", f"{SCRATCH}/stderr"
# Libraries that end the process, crash or never return where they get no memory (docs/reliability.md).
# libexpat reads fontconfig's files, and fontconfig never returns where it could not.
FATAL = ("libdnnl", "libfontconfig", "libexpat", "libcairo", "libpixman", "libhdf5")
# What is said where a library does not say that it lacked memory: libhdf5 crashed in the process that
# reads, or gave no reason; to Jansson, text that it can't keep is no JSON.
UNSURE = "memory|libhdf5 crashed when it read|HDF5 does not say why|hyperparameters do not say|" \
    "hyperparameters are no JSON"
# Where libhdf5 1.10 gets no memory to set a list of properties, it frees a name that the list's class
# still has, and frees it again at the process's end: the C library finds its heap broken, somewhere.
BREAKS_HEAP = r"libhdf5\S* H5Pset_"
deaths = {}  # how often each of them did
commands = []
# Of the lines that allocate, one in so many is tried.
LINES = 3
# Of libraries' allocations, one in so many is tried.
STRIDE = 97 if ALL else 16000
# Of trainings that fail, one in so many is gone on with.
AGAIN = 1 if ALL else 12
# oneDNN, which large products need, takes time to begin
FLAGS = ["--data_dir=data", "--data_filename_stem=set", "--factors_dim=4", "--ic_dim=4",
         f"--ic_enc_dim={64 if ALL else 8}", "--gen_dim=8", "--co_dim=1", "--con_dim=8", "--ci_enc_dim=8",
         "--batch_size=8", "--seed=11", "--heldout_dim=2", "--forward_steps=3"]
MODEL = ("--lfads_save_dir=run", "--threads=1")
# What starts fastest: a place that several commands come to is tried in the first of them.
FAST = ("synth", "write-params", "run", "submit", "merge", "evaluate", "prepare")
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")
# Each command in turn, and the folder that it finds.
COMMANDS = [
    ("", [LFADS, "synth", "chaotic", "--save_dir=run", "--C=4", "--nreplications=5", "--N=8", "--S=8",
          "--T=0.2"]),
    ("", [LFADS, "prepare", "data/spikes.npz", "data/cells.mat", "--window=0:1",
          "--bin_width=0.1", "--condition=side", "--align_factors=2", "--heldout=every:2", "--output=run/s",
          "--series=data/hand.npz", "--behavior=hand", "--series_rate=10", "--valid=every:3"]),
    ("", [LFADS, "prepare", "data/columns.csv", "--window=0:1", "--bin_width=0.1", "--output=run/s"]),
    ("", [LFADS, "prepare", "data/nwb", "--chop=1", "--overlap=0.5", "--output=run/chopped"]),
    ("chopped", [LFADS, "merge", "--data_file=run/chopped", "--train_run=run/chopped_run", "--output=run/merged"]),
    # pictures, which take the longest, only where the places of all else are known
    ("", [LFADS, "train", "--preset=original", *MODEL, "--max_epochs=1", "--example_every_s=-1", *FLAGS]),
    ("trained", [LFADS, "train", "--preset=original", *MODEL, "--max_epochs=2", *FLAGS]),
    ("trained", [LFADS, "posterior-sample", *MODEL, "--batch_size=4", "--save_spread",
                 "--spread_quantiles=0.1,0.9"]),
    ("trained", [LFADS, "posterior-mean", *MODEL]),
    ("trained", [LFADS, "prior-sample", *MODEL]),
    ("trained", [LFADS, "write-params", *MODEL]),
    ("sampled", [LFADS, "evaluate", "--data_file=data/set_a", "--figure=run/figure.png",
                 "--model_run=run/model_runs_a_valid_posterior_push_mean"]),
    ("sampled", [LFADS, "evaluate", "--nlb_target=data/target", "--nlb_set=mc_rtt",
                 "--model_run=run/model_runs_a_valid_posterior_push_mean", "--bootstrap=5"]),
    ("sampled", [LFADS, "submit", "--nlb_set=mc_rtt", "--output=run/submission",
                 "--model_run=run/model_runs_a_valid_posterior_push_mean"]),
    ("submitted", [LFADS, "evaluate", "--nlb_target=data/target", "--model_run=run/submission"]),
    ("submitted", [LFADS, "submit", "--nlb_set=mc_maze", "--output=run/both", "--add_to=run/submission",
                   "--model_run=run/model_runs_a_valid_posterior_push_mean"]),
    ("trained", [DENOISE, "run"]),
    ("original", [LFADS, "write-params", *MODEL, f"--data_dir={GOLDEN}/files/data_dir"]),
]


def begin(state):
    """The folder as the command finds it."""
    shutil.rmtree(RUN, ignore_errors=True)
    if state:
        shutil.copytree(f"{SCRATCH}/{state}", RUN)


def remove_notes():
    for path in (MARK, REPORT):
        if os.path.exists(path):
            os.remove(path)


def run(words, **environment):
    remove_notes()
    return harness.invoke(*words[1:], program=words[0], environment=environment)


def results():
    """All numbers in the folder's HDF5 files, and its table of costs."""
    found = {}
    for name in sorted(os.listdir(RUN)) if os.path.isdir(RUN) else ():
        path = f"{RUN}/{name}"
        if name == "fitlog.csv":
            found[name] = text(path)
        elif os.path.isfile(path) and h5py.is_hdf5(path):
            found.update({f"{name} {key}": value for key, value in numbers(path).items()})
    return found


def near(a, b):
    """Whether numbers differ as by rounding: where oneDNN has no memory plain loops compute a product.
    3e-7 measured, a few updates later."""
    return set(a) == set(b) and all(
        isinstance(a[name], str) or np.allclose(a[name], b[name], rtol=1e-4, atol=1e-5, equal_nan=True)
        for name in a)


def report():
    """How many pieces of memory were left, and the place of each allocation."""
    left, *sites = text(REPORT).split()
    return int(left), sites


class Server:
    """A process whose children run a command, each with an allocation of SOURCE that fails (serve.h)."""

    def __init__(self, words, source):
        self.words = words
        self.process = subprocess.Popen(words, cwd=SCRATCH, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, "LD_PRELOAD": SHIM, "FAULT_FROM": source, "FAULT_MARK": MARK,
                                             "FAULT_REPORT": REPORT, "FAULT_STDOUT": OUT, "FAULT_STDERR": ERR})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def run(self, first, once):
        remove_notes()
        self.process.stdin.write(f"{first} {int(once)}\n")
        self.process.stdin.flush()
        status = os.waitstatus_to_exitcode(int(self.process.stdout.readline()))
        return subprocess.CompletedProcess(self.words, status, text(OUT), text(ERR))


class Command:
    """A command, and what it comes to undisturbed."""

    def __init__(self, state, words):
        self.state, self.words, self.failures = state, words, 0
        self.name = f"{os.path.basename(words[0])} {words[1]}"
        begin(state)
        done = run(words)
        self.stdout, self.results = done.stdout, results()
        check(done.returncode == 0, f"{self.name}: {done.stderr}")

    def rank(self):
        return (*FAST, self.words[1]).index(self.words[1])

    def sites(self, source):
        begin(self.state)
        done = run(self.words, LD_PRELOAD=SHIM, FAULT_FROM=source, FAULT_REPORT=REPORT)
        check(done.returncode == 0, f"{self.name}, watched: {done.stderr}")
        left, sites = report()
        check(left == 0, f"{self.name}: {left} allocations are not freed")
        return sites

    def disturb(self, server, source, first, once):
        """Runs it with an allocation that fails; whether there were so many."""
        begin(self.state)
        done = server.run(first, once)
        asked, *died = text(MARK).rstrip("\0").split("\ndied in ")
        if not asked:
            check(done.returncode == 0, f"{self.name}, undisturbed: {done.stderr}")
            return False
        if done.returncode == -signal.SIGXCPU or (  # the library that got no memory asks for ever (allocations.c)
                done.returncode == -signal.SIGABRT and re.match(BREAKS_HEAP, asked)):
            died = [asked.split()[0]]
        what = f"{self.name}, {source} {first}{' once' if once else ''} ({asked}): "
        self.judge(done, source, asked, died, what)
        return True

    def judge(self, done, source, asked, died, what):
        names = os.listdir(RUN) if os.path.isdir(RUN) else []
        bad = [n for n in names if n.endswith((".part", "lock"))]
        lines = [line for line in done.stderr.splitlines()
                 if line.startswith(("lfads: ", "denoise: "))] # a library may add its own
        if source == "libraries" and died and died[0].startswith(FATAL):
            deaths[died[0]] = deaths.get(died[0], 0) + 1
        elif done.returncode == 0:
            found = results()
            rounded = source == "libraries" and asked.startswith("libdnnl") and near(found, self.results)
            check((rounded or not differences(found, self.results)) and
                  (self.results or done.stdout == self.stdout), f"{what}another result: {done.stderr}")
        else:
            wanted = ((1,), "memory") if source == "program" else ((1, 2), UNSURE)
            check(done.returncode in wanted[0] and lines and re.search(wanted[1], lines[-1]),
                  f"{what}status {done.returncode}, says {done.stderr!r}, died in {died}")
            check(not bad, f"{what}leaves {bad}")
        if done.returncode in (0, 1) and not died:
            left, _ = report()
            check(left == 0, f"{what}{left} allocations are not freed")
        self.failures += done.returncode != 0
        if done.returncode != 0 and "train" in self.words and self.failures % AGAIN == 0:
            done = run(self.words)
            check(done.returncode == 0, f"{what}does not go on: {done.stderr}")
            check(not differences(results(), self.results), f"{what}ends otherwise")


def write_recordings(random):
    """The same small recording in several formats."""
    trial, unit = random.integers(0, 8, 300), random.integers(0, 4, 300)
    times, side = random.uniform(0, 1, 300), np.array(["left", "right"] * 4)
    np.savez_compressed(f"{SCRATCH}/data/spikes.npz", spike_times=times, unit=unit, trial=trial, side=side)
    np.savez(f"{SCRATCH}/data/hand.npz", hand=random.normal(size=(8, 12, 2)))
    cells = np.empty((8, 4), object)
    for at in np.ndindex(8, 4):
        cells[at] = times[(trial == at[0]) & (unit == at[1])]
    recordings.write_matlab(f"{SCRATCH}/data/cells.mat", compress=True, spikes=cells, side=side.astype(object))
    with open(f"{SCRATCH}/data/columns.csv", "w") as file:
        file.write("trial,unit,time_s\n" + "".join(f"{t},{u},{s}\n" for t, u, s in zip(trial, unit, times)))
    with h5py.File(f"{SCRATCH}/data/nwb", "w") as file:
        order = np.lexsort((times + trial, unit))
        file["units/spike_times"] = (times + trial)[order]
        file["units/spike_times_index"] = np.cumsum(np.bincount(unit))
        file["units/id"], file["units/quality"] = np.arange(4), ["good", "good", "mua", "good"]


def prepare():
    random = np.random.default_rng(3)
    behaviour = {phase: random.normal(size=(trials, 10, 2)) for phase, trials in (("train", 16), ("valid", 8))}
    write_session("data/set_a", random, (16, 8), np.full((10, 6), 0.7), valid_condition=np.arange(8) % 3,
                  **{f"{phase}_behavior": value for phase, value in behaviour.items()})
    target = {"eval_spikes_heldout": np.ones((8, 7, 2)), "psth": random.normal(size=(2, 7, 6)),
              "eval_jitter": np.arange(8) % 2, "eval_spikes_heldin_forward": np.ones((8, 3, 4)),
              "eval_spikes_heldout_forward": np.ones((8, 3, 2)), "train_behavior": behaviour["train"][:, :7],
              "eval_behavior": behaviour["valid"][:, :7]}
    with h5py.File(write("data/target", **{f"mc_rtt/{key}": value for key, value in target.items()}), "r+") as file:
        file.create_dataset("mc_rtt/eval_cond_idx", (2,), h5py.vlen_dtype("i8"))
        file["mc_rtt/eval_cond_idx"][:] = np.arange(8).reshape(2, 4)
    shutil.copytree(f"{GOLDEN}/tensorflow/original", f"{SCRATCH}/original",
                    ignore=shutil.ignore_patterns("*.values.h5", "model_*"))
    write_recordings(random)
    for state, words in COMMANDS:
        commands.append(Command(state, words))
        if "--chop=1" in words:
            with h5py.File(f"{RUN}/chopped") as file:
                write("run/chopped_run", factors=np.ones((len(file["train_place"]), 100, 2)))
            shutil.copytree(RUN, f"{SCRATCH}/chopped")
        if words[1] == "train" and not state:
            shutil.copytree(RUN, f"{SCRATCH}/trained")
        if words[1] == "posterior-mean":
            shutil.copytree(RUN, f"{SCRATCH}/sampled")
        if words[1] == "submit" and state == "sampled":
            shutil.copytree(RUN, f"{SCRATCH}/submitted")


def test_program():
    seen, tried, odd = set(), 0, False
    for command in sorted(commands, key=Command.rank):
        sites = command.sites("program")
        with Server(command.words, "program") as server:
            for first, site in enumerate(sites, 1):
                fresh = site not in seen
                seen.add(site)
                if ALL or fresh and len(seen) % LINES == 0:
                    for once in (True, False) if ALL else (odd,):
                        tried += command.disturb(server, "program", first, once)
                    odd = not odd
                if harness.failures > MOST_FAILURES:
                    return
    print(f"{tried} allocations, {len(seen)} places")


def test_libraries():
    tried, odd = 0, False
    for command in commands:
        count = len(command.sites("libraries"))
        with Server(command.words, "libraries") as server:
            for first in range(1, count + 1, STRIDE):
                tried += command.disturb(server, "libraries", first, odd)
                odd = not odd
    # a sanitizer asks for memory in the libraries' place
    check(tried >= (10 if harness.sanitized() else 20), f"only {tried} allocations")
    print(f"{tried} allocations; died in {deaths}")


harness.main(globals())
