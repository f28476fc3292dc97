"""What a person sees at a terminal: a live line that fits, and Ctrl-C that ends a command soon and
leaves nothing half-written.

  terminal.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import fcntl
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import HANGS, LFADS, SCRATCH, check, write, write_session

COLUMNS = 50
SMALL = ["--data_dir=data", "--data_filename_stem=set", "--gen_dim=8", "--factors_dim=3", "--seed=1",
         "--ic_enc_dim=6", "--ic_dim=4", "--co_dim=0", "--batch_size=4", "--example_every_s=-1"]


def model():
    """A trained one, to sample from."""
    shutil.rmtree(f"{SCRATCH}/model", ignore_errors=True)
    harness.run("train", "--lfads_save_dir=model", "--max_epochs=1", *SMALL)


class Terminal:
    """A command at a terminal of COLUMNS."""

    def __init__(self, *words):
        self.process, self.screen = pty.fork()
        if self.process == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
            os.chdir(SCRATCH)
            os.execv(LFADS, [LFADS, *words])
        self.text = ""

    def read(self):
        try:
            piece = os.read(self.screen, 65536).decode()
        except OSError:  # the command has ended
            piece = ""
        self.text += piece
        return piece != ""

    def wait_for(self, pattern):
        began = time.monotonic()
        while not re.search(pattern, self.text):
            if not self.read() or time.monotonic() - began > HANGS:
                check(False, f"no {pattern} in {self.text[-300:]!r}")
                return

    def press(self, key):
        os.write(self.screen, key)

    def end(self):
        """The exit status."""
        while self.read():
            pass
        _, status = os.waitpid(self.process, 0)
        os.close(self.screen)
        return os.waitstatus_to_exitcode(status)


def stop(pattern, message, *words):
    """Presses Ctrl-C when PATTERN is there; returns what was on the screen."""
    run = Terminal(*words)
    run.wait_for(pattern)
    run.press(b"\x03")
    shown = len(run.text)
    status = run.end()
    # of minutes of work, whatever a minute does
    shares = re.findall(r"(?:trials|training)[^:\r\n]*: +(\d+) %", run.text[shown:])
    check(status == 130, f"{words[:2]}: status {status}")
    check(max(map(int, shares), default=0) < 90,
          f"{words[:2]} goes on after Ctrl-C: {run.text[shown:][-300:]!r}")
    check(re.search(rf"\n(lfads: )?{message}", run.text), f"{words[:2]}: {run.text[-200:]!r}")
    return run.text


def live_lines(text):
    return [part for part in re.split(r"[\r\n]+|\^C", text)
            if re.match(r"(epoch|trials|training)\b", part)]


def left_over(folder):
    path = f"{SCRATCH}/{folder}"
    return sorted(os.listdir(path)) if os.path.exists(path) else []


def test_training():
    text = stop(r"(?s)epoch .*epoch .*epoch .*at most \d+ (s|min|h).* left", "lfads: stopped at step",
                "train", "--lfads_save_dir=model", "--max_epochs=1000000", *SMALL)
    check(max(map(len, live_lines(text))) <= COLUMNS - 1, "the live line is broken")
    check(f"\r{' ' * (COLUMNS - 1)}\r" in text, "a live line is not taken away as a whole")
    check(all("\r" not in line.rstrip("\r") or "Epoch:" in line for line in text.split("\n")
              if line.startswith("Epoch:")), "a line of costs is overwritten")


def test_sampling():
    model()
    # a trial takes a fraction of a second, all of them minutes
    text = stop(r"trials: .*left", "lfads: stopped before .*posterior_sample", "posterior-sample",
                "--lfads_save_dir=model", "--batch_size=4000")
    check(re.search(r"trials: +\d+ %, .* s, \d+ (s|min|h).* left", text), "the time that is left")
    check(not [f for f in left_over("model") if "posterior" in f], f"left: {left_over('model')}")


def test_second_signal():
    """Where the first signal is not obeyed yet the second ends the program."""
    model()
    run = subprocess.Popen([LFADS, "posterior-sample", "--lfads_save_dir=model", "--threads=1",
                            "--batch_size=4000"], cwd=SCRATCH, stdout=subprocess.PIPE, text=True)
    run.stdout.readline()
    # both arrive at once, so that nothing can be done between them
    for number in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
        run.send_signal(number)
    check(run.wait() == -signal.SIGTERM, f"a second signal: status {run.returncode}")


def test_synth():
    for generator, pattern, more in (
            ("chaotic", "trials: .*left", []),
            # all counts are drawn before the first trial is written: little of each, many trials
            ("labeled", "trials: .*left", ["--N=10", "--T=0.3"]),
            ("itb", r"training an integrator: +\d+ %", [])):
        text = stop(pattern, "lfads: stopped", "synth", generator, "--save_dir=made", "--C=4000", *more)
        check(left_over("made") == [], f"{generator} leaves {left_over('made')}")
        # on a slow machine the integrator's line has no room for the time that is left
        check(generator == "itb" or " left" in text, f"{generator}: no time")
    # a set that is written after the network was trained, and the time it says to have taken
    shutil.copy(network(), f"{SCRATCH}/network.h5")
    text = stop(r"trials: +\d+ %, [1-9]", "lfads: stopped before made/itb_rnn", "synth", "itb",
                "--save_dir=made", "--C=40000", "--checkpoint_path=network.h5")
    check(left_over("made") == [], f"itb leaves {left_over('made')}")


def network():
    random = np.random.default_rng(1)
    return write("weights.h5", W=(0.9 * np.eye(50)).astype(np.float32), c=np.zeros(1, np.float32),
                 **{name: random.normal(size=50).astype(np.float32) for name in ("B", "b", "w")})


def test_pipe():
    """No control characters where nobody looks."""
    model()
    done = harness.run("posterior-sample", "--lfads_save_dir=model", "--batch_size=8")
    control = set((done.stdout + done.stderr).encode()) & (set(range(32)) - {10})
    check(not control, f"control characters {control}")


def test_no_room():
    """What is printed into a full disk or a closed file: the one is said, the other has nobody to miss it."""
    model()
    for command in (["evaluate", "model"], ["--help"], ["posterior-mean", "model"], ["--version"]):
        if command[0] == "evaluate":
            harness.run("posterior-mean", "model")
        with open("/dev/full", "w") as full:
            done = subprocess.run([harness.LFADS, *command], stdout=full, stderr=subprocess.PIPE, text=True,
                                  cwd=harness.SCRATCH, check=False)
        check(done.returncode == 1 and done.stderr.count("\n") == 1 and "can't write to the standard output" in done.stderr,
              f"{command}: {done}")
    before = harness.numbers("model/model_runs_one_valid_posterior_push_mean")
    done = subprocess.run(["sh", "-c", f"{harness.LFADS} posterior-mean model >&- 2>&- <&-"], cwd=harness.SCRATCH, check=False)
    check(done.returncode == 0, f"closed files: {done}")
    harness.same(before, harness.numbers("model/model_runs_one_valid_posterior_push_mean"), "with closed files")


def prepare():
    write_session("data/set_one", np.random.default_rng(1), (400, 40), np.full((30, 8), 0.5))


harness.main(globals())
