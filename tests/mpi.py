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


# mpirun does not wait for the others where one has ended with an error: all have said what they say
AT_ONCE = {"OMPI_MCA_odls_base_sigkill_timeout": "0"}
# no files but the program's own, so that a limit on their size is one on these
WITHOUT_FILES = {"OMPI_MCA_btl": "self,tcp"}


def start(count, *words, before=(), **environment):
    """COUNT processes of the program in SCRATCH, their output in pipes. BEFORE: words that start it."""
    return subprocess.Popen([MPIRUN, "-n", str(count), *before, LFADS, *harness.original(words)], cwd=SCRATCH,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, **ENVIRONMENT, **environment})


def run(count, *words, status=0, pattern="", before=(), **environment):
    """Runs COUNT processes of the program to their end: with the status, and one line of error with the
    pattern where that is not 0. What they print."""
    process = start(count, *words, before=before, **(AT_ONCE if status else {}), **environment)
    out, error = process.communicate()
    what = f"{count} processes, {' '.join(map(str, words))[:200]}"
    check(process.returncode == status, f"{what}: status {process.returncode}: {error}")
    lines = [line for line in error.splitlines() if line.startswith("lfads: ") and "warning" not in line]
    check(len(lines) == (status != 0) and pattern in "".join(lines), f"{what}: says {lines}, not {pattern!r}")
    return out


def stop(count, words, folder, after, how):
    """Starts COUNT processes, which write FOLDER, and calls HOW with mpirun's process soon after a line
    that begins with AFTER; once more where they came to their end before. Its exit status and what it said."""
    path = f"{SCRATCH}/{folder}"
    before = f"{path}_before"
    if os.path.exists(path):
        shutil.copytree(path, before, dirs_exist_ok=True)
    for _ in range(harness.ATTEMPTS):
        shutil.rmtree(path, ignore_errors=True)
        if os.path.exists(before):
            shutil.copytree(before, path)
        process = start(count, *words, **({} if how is interrupt else AT_ONCE))
        for line in process.stdout:
            if line.startswith(after):
                time.sleep(0.02)
                how(process)
                break
        _, error = process.communicate()
        if process.returncode != 0:
            break
    shutil.rmtree(before, ignore_errors=True)
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


def limited(blocks):
    """Words that start a program which may write files of so many times 512 bytes."""
    return "sh", "-c", f'ulimit -f {blocks} && exec "$@"', "sh"


def memory(process, key):
    """The number after KEY in the summary of each process's memory, in bytes."""
    found = []
    for child in children(process):
        with open(f"/proc/{child}/smaps_rollup") as file:
            found += [1024 * int(line.split()[1]) for line in file if line.startswith(f"{key}:")]
    return found


def children(process):
    """The processes that mpirun has started, in their order."""
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
        return sorted(int(word) for word in file.read().split())
