"""One training in several processes that mpirun starts: the same bits as in one, whatever their number and
after any interruption; what cannot work is refused in one line.

  train.py LFADS SCRATCH [MORE] [--case=CASE]      MORE: more numbers of processes

SPDX-License-Identifier: Apache-2.0"""
import os
import shutil
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import mpi
from harness import SCRATCH, check, contents, run, same

INDICES = ("checkpoint", "checkpoint_lve")
MODEL = ["--gen_dim=9", "--ic_enc_dim=7", "--ic_dim=5", "--factors_dim=3", "--co_dim=2", "--con_dim=6",
         "--ci_enc_dim=5", "--seed=4", "--kl_increase_steps=3", "--l2_increase_steps=3", "--example_every_s=-1"]
DATA = ["--data_dir=data", "--data_filename_stem=set"]
# nine shards of eight trials, of which the last has fewer, and those of validation are fewer
WORDS = ["train", *DATA, *MODEL, "--batch_size=70", "--max_epochs=3"]


def prepare():
    mpi.need()
    random = np.random.default_rng(2)
    harness.write_session("data/set_a", random, (150, 19), harness.waves(10, 6))
    harness.write_session("data/set_b", random, (75, 9), harness.waves(10, 8))


def whole(name="whole", words=WORDS):
    """What one process leaves."""
    if not os.path.exists(f"{SCRATCH}/{name}"):
        run(*words, f"--lfads_save_dir={name}", "--threads=2")
    return contents(name, INDICES)


def test_bits():
    """Any number of processes, fewer and more than a batch has parts, with any number of threads, gives the
    bits of one process; so it does where the trials are in a file."""
    wanted = whole()
    check(wanted["fitlog.csv"].count("\n") == 3, wanted["fitlog.csv"])
    for count, threads in ((2, 2), (3, 1), *((n, 1) for n in map(int, harness.MORE))):
        out = mpi.run(count, *WORDS, f"--lfads_save_dir=of{count}", f"--threads={threads}",
                      f"--data_in_memory={'false' if count == 3 else 'auto'}")
        check(out.count("Epoch:") == 3, f"{count} processes print {out}")
        same(wanted, contents(f"of{count}", INDICES), f"{count} processes, {threads} threads")


def test_sessions_together():
    """So do batches of several sessions, by costs that are means, with dropout and held-out channels."""
    words = ["train", *DATA, "--preset=lfads_torch", "--batch_sessions=together", *MODEL, "--batch_size=40", "--max_epochs=2",
             "--heldout_dim=1", "--sv_rate=0.2", "--keep_prob=0.9"]
    wanted = whole("joint", words)
    mpi.run(3, *words, "--lfads_save_dir=joint3", "--threads=1")
    same(wanted, contents("joint3", INDICES), "batches of both sessions")


def test_random_seed():
    """A seed that the system gives is one for all. A batch that is one shard is the work of one process."""
    words = ["train", *DATA, *(word for word in MODEL if "seed" not in word), "--batch_size=8", "--max_epochs=1"]
    mpi.run(2, *words, "--lfads_save_dir=seeded", "--threads=1")
    again = int(harness.numbers(harness.latest("seeded"))["seed"][0])
    run(*words, "--lfads_save_dir=seeded_again", f"--seed={again}")
    same(contents("seeded"), contents("seeded_again"), "with the seed of two processes one")


def test_shared_data():
    """The processes of a machine have one copy of the trials in their memory. Where it can't be, each has its
    own, a line says so, and the bits are the same."""
    trials, bins, channels = (1000, 40), 40, 100
    harness.write_session("data/large_a", np.random.default_rng(3), trials, harness.waves(bins, channels))
    stored = sum(trials) * bins * channels  # a byte a number
    words = harness.original(["train", "--data_dir=data", "--data_filename_stem=large", *MODEL, "--batch_size=500",
                              "--threads=1"])
    process = mpi.start(2, *words, "--lfads_save_dir=shared", "--max_epochs=1000", **mpi.WITHOUT_FILES)
    for line in process.stdout:
        if line.startswith("Epoch:0"):
            break
    shares = mpi.memory(process, "Pss_Shmem")
    mpi.kill_all(process)
    process.communicate()
    # a page counts by halves once both have used it
    check(len(shares) == 2 and stored <= sum(shares) <= 1.02 * stored + 65536 and min(shares) > 0.25 * stored,
          f"of {stored} bytes of trials two processes have shares of {shares}")
    wanted = whole("large", [*words, "--max_epochs=1"])
    out = mpi.run(1, *words, "--lfads_save_dir=large2", "--max_epochs=1", ":", "-n", "1", harness.LFADS,
                  *words, "--lfads_save_dir=large2", "--max_epochs=1",
                  before=mpi.limited(stored // 2 // 512), **mpi.WITHOUT_FILES)
    check("Processes of one machine keep a copy of the data each: the system refuses shared memory" in out, out)
    same(wanted, contents("large2", INDICES), "two copies of the data")


def test_interruption():
    """Stopped by Ctrl-C, by a process that is killed, and by a signal to process 0, a training goes on in another
    number of processes, or in one, and ends with the same bits."""
    words = [*WORDS, "--max_epochs=120", "--checkpoint_every=10"]
    wanted = whole("long", words)
    words = [*words, "--lfads_save_dir=stopped", "--threads=1"]
    for how, count in ((mpi.interrupt, 3), (mpi.kill_last, 2), (mpi.interrupt_first, 3)):
        status, error = mpi.stop(count, words, "stopped", "Epoch:", how)
        check(status != 0, f"{how.__name__}: status {status}: {error}")
        if how is mpi.interrupt_first:
            check("the same command continues" in error, f"interrupted: {error}")
            check(not os.path.exists(f"{SCRATCH}/stopped/.lfads_lock"), "a lock is left")
    run(*words)
    same(wanted, contents("stopped", INDICES), "three times stopped")
    check(not os.path.exists(f"{SCRATCH}/stopped/.lfads_lock"), "a lock is left at the end")


def test_refusals():
    """What is wrong is said once; nothing is left."""
    refused = [*WORDS, "--lfads_save_dir=refused", "--threads=1"]
    mpi.run(2, *refused, "--gen_dim=none", status=2, pattern="--gen_dim=none")
    mpi.run(2, *refused, "--data_filename_stem=nothing", status=2, pattern="nothing")
    whole()
    for words in (["posterior-mean", "whole"], ["posterior-sample", "whole", "--ensemble=2"], ["evaluate", "whole"],
                  ["--kind=prior_sample", "--lfads_save_dir=whole"]):
        mpi.run(2, *words, status=2, pattern="is for one process, and 2 were started")
    check(not os.path.exists(f"{SCRATCH}/refused"), "something is left")


def test_different_machines():
    """Processes that do not see the same data or the same save directory do not train. Those of one machine
    see the same data: so that each reads them, the first may not share its own."""
    for name, cause, before in (("other_data", "different data", mpi.limited(8)),
                                ("other_place", "different checkpoints", ())):
        shutil.copytree(f"{SCRATCH}/data", f"{SCRATCH}/{name}/data")
        words = [*harness.original(WORDS), "--lfads_save_dir=place", "--threads=1"]
        if name == "other_data":
            harness.write_session(f"{name}/data/set_a", np.random.default_rng(5), (150, 19), harness.waves(10, 6))
        else:
            run(*words, "--max_epochs=1", folder=f"{SCRATCH}/{name}")
        # mpirun's own separator starts processes in different directories
        mpi.run(1, *words, ":", "-n", "1", "-wdir", f"{SCRATCH}/{name}", harness.LFADS, *words, status=2,
                pattern=f"have {cause}", before=before, **mpi.WITHOUT_FILES)
        check(not os.path.exists(f"{SCRATCH}/place"), f"{name} leaves something")


def test_module():
    """Without the module, or without MPI, several processes are refused; LFADS_ALONE lets each work alone."""
    words = [*WORDS, "--lfads_save_dir=modules", "--max_epochs=1"]
    several = {"OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0"}
    run(*words, status=2, pattern="mpirun has started 2 processes, and MPI can't be loaded",
        environment={**several, "LFADS_MPI_MODULE": "/nowhere"})
    run(*words, status=2, pattern="belongs to another version",
        environment={**several, "LFADS_MPI_MODULE": "libm.so.6"})
    run(*words, status=2, pattern="srun has started 3 processes without MPI: start them by srun --mpi=pmix",
        environment={"SLURM_STEP_NUM_TASKS": "3", "SLURM_PROCID": "0"})
    check(not os.path.exists(f"{SCRATCH}/modules"), "something is left")
    run(*words, environment={**several, "LFADS_ALONE": "1"})
    run("posterior-mean", "modules", environment={"SLURM_STEP_NUM_TASKS": "1"})


harness.main(globals())
