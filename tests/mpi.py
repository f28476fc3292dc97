"""Runs of the program in several processes that mpirun starts, for the tests of these.
SPDX-License-Identifier: Apache-2.0"""
import os
import shutil
import signal
import subprocess
import time

import harness
from harness import LFADS, SCRATCH, check

MPIRUN = shutil.which("mpirun")
MODULE = os.path.join(os.path.dirname(LFADS), "lfads_mpi.so")
# as root, with more processes than cores, which give way to each other, and without ssh
ENVIRONMENT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none",
               "OMPI_MCA_mpi_yield_when_idle": "1", "OMPI_MCA_plm_rsh_agent": "sh",
               "OMPI_MCA_btl_vader_single_copy_mechanism": "none", "OMPI_MCA_btl": "self,vader,tcp",
               # MPI keeps memory until a process ends
               "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}


def need():
    """Skips where the tests cannot run."""
    if not MPIRUN:
        raise harness.Skip("there is no mpirun: install openmpi-bin")
    if not os.path.exists(MODULE):
        raise harness.Skip("the program was built without lfads_mpi.so: install libopenmpi-dev")


def start(count, *words, **environment):
    """COUNT processes of the program in SCRATCH, their output in pipes."""
    return subprocess.Popen([MPIRUN, "-n", str(count), LFADS, *harness.original(words)], cwd=SCRATCH,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, **ENVIRONMENT, **environment})


def run(count, *words, status=0, pattern="", **environment):
    """Runs COUNT processes of the program to their end: with the status, and one line of error with the
    pattern where that is not 0. What they print."""
    process = start(count, *words, **environment)
    out, error = process.communicate()
    what = f"{count} processes, {' '.join(map(str, words))[:200]}"
    check(process.returncode == status, f"{what}: status {process.returncode}: {error}")
    lines = [line for line in error.splitlines() if line.startswith("lfads: ") and "warning" not in line]
    check(len(lines) == (status != 0) and pattern in "".join(lines), f"{what}: says {lines}, not {pattern!r}")
    return out


def stop(count, words, folder, after, how):
    """Starts COUNT processes, which write FOLDER, and calls HOW with mpirun's process soon after a line
    that begins with AFTER; afresh where they came to their end before. Its exit status and what it said."""
    for _ in range(harness.ATTEMPTS):
        shutil.rmtree(f"{SCRATCH}/{folder}", ignore_errors=True)
        process = start(count, *words)
        for line in process.stdout:
            if line.startswith(after):
                time.sleep(0.02)
                how(process)
                break
        _, error = process.communicate()
        if process.returncode != 0:
            break
    return process.returncode, error


def interrupt(process):
    """Ctrl-C. What processes say from then on may be lost: mpirun sleeps before it passes it on."""
    process.send_signal(signal.SIGINT)


def interrupt_first(process):
    """Interrupts process 0, which tells the others; mpirun passes on what it says."""
    os.kill(children(process)[0], signal.SIGINT)


def kill_all(process):
    for child in children(process):
        os.kill(child, signal.SIGKILL)
    process.kill()


def kill_last(process):
    """Kills the process of the highest number."""
    for child in children(process)[-1:]:
        os.kill(child, signal.SIGKILL)


def children(process):
    """The processes that mpirun has started, in their order."""
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
        return sorted(int(word) for word in file.read().split())
