"""A tuning in several processes that mpirun starts: the same bits as in one, whatever their number and after
any interruption.

  tune.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import mpi
import tuning
from harness import SCRATCH, check, run
from tuning import FINAL, SMALL, command, left, rows, same


def prepare():
    mpi.need()
    tuning.make_data()


def whole(name="whole", *more):
    """What one process leaves."""
    if not os.path.exists(f"{SCRATCH}/{name}"):
        run(*command(name, *(more or SMALL)), "--threads=2")
    return left(name)


def test_bits():
    """Members may outnumber processes, and processes members; threads may be one or two."""
    wanted = whole("final", *FINAL)
    for count, threads in ((2, 2), (5, 1)):
        out = mpi.run(count, *command(f"of{count}", *FINAL), f"--threads={threads}")
        check(out.count("Generation ") == tuning.GENERATIONS, f"{count} processes print {out}")
        same(wanted, left(f"of{count}"), f"{count} processes, {threads} threads")
        hidden = [name for name in os.listdir(f"{SCRATCH}/of{count}") if name.startswith(".")]
        check(not hidden, f"{count} processes leave {hidden}")


def test_search():
    """Random search trains each member once."""
    words = ["--exploit=none", "--members=5", "--max_epochs=4"]
    wanted = whole("search", *words)
    mpi.run(3, *command("search3", *words), "--threads=1")
    same(wanted, left("search3"), "random search in three processes")


def test_seeds():
    """Several seeds are members too; who goes on may be another number of processes, or one."""
    words = [word for word in tuning.MODEL if "seed" not in word] + ["--seed=4", "--seeds=3", "--max_epochs=3"]
    run("train", "--lfads_save_dir=seeds", *words, "--threads=2")
    wanted = left("seeds")
    mpi.run(2, "train", "--lfads_save_dir=seeds2", *words, "--threads=1")
    same(wanted, left("seeds2"), "seeds in two processes")
    check(harness.text("seeds2/ranking.csv") == harness.text("seeds/ranking.csv"), "ranking of two processes")
    mpi.run(2, "train", "seeds", "--preset=auto", "--seeds=4", "--threads=1")
    run("train", "seeds2", "--preset=auto", "--seeds=4", "--threads=1")
    same(left("seeds"), left("seeds2"), "one seed more")


def test_interruption():
    """Ctrl-C saves every member. A process is lost, all are: the same command goes on in any number of them."""
    wanted = whole()
    for i, (how, count) in enumerate(((mpi.interrupt, 2), (mpi.kill_last, 3), (mpi.interrupt_first, 2))):
        folder = f"stopped{i}"
        words = [*command(folder, *SMALL), "--threads=1"]
        status, error = mpi.stop(count, words, folder, "Generation 1", how)
        check(status != 0, f"{how.__name__}: status {status}: {error}")
        if how is mpi.interrupt_first:
            check("the same command continues" in error, f"interrupted: {error}")
        if how is mpi.interrupt:
            mpi.run(3, *words)
        else:
            run(*words)
        same(wanted, left(folder), how.__name__)


def test_failing():
    """A member whose training fails numerically loses its place in any process."""
    with open(f"{SCRATCH}/huge", "w") as file:
        file.write("# values\nlearning_rate_init 1e-3 900 drawn 0.3 log no\n")
    words = ["--space=huge", *SMALL, "--cell_clip_value=1e30", "--members=6", "--generations=2"]
    wanted = whole("failing", *words)
    lost = [row["member"] for row in rows("failing")[:6] if row["score"] == "nan"]
    check(0 < len(lost) < 6, f"lost: {lost}")
    mpi.run(3, *command("failing3", *words), "--threads=1")
    same(wanted, left("failing3"), "members fail")


def test_refusals():
    """What is wrong is said once, and ends all processes."""
    mpi.run(3, *command("refused", "--members=1"), status=2, pattern="--members=1")
    mpi.run(3, *command("refused", "--space=nowhere"), status=2, pattern="--space=nowhere")
    with open(f"{SCRATCH}/hopeless", "w") as file:
        file.write("learning_rate_init 999 1000 drawn 0.3 linear yes\n")
    mpi.run(2, *command("hopeless_run", "--space=hopeless", *SMALL, "--cell_clip_value=1e30"), status=1,
            pattern="every member failed numerically")
    os.makedirs(f"{SCRATCH}/blocked/members")
    with open(f"{SCRATCH}/blocked/members/02", "w"):
        pass  # no directory: the member's training fails in another process
    mpi.run(2, *command("blocked", *SMALL), status=1, pattern="member 02: ")


harness.main(globals())
