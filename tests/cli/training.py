"""Training as its user sees it: interrupted and continued it writes the numbers of a run that was
not; any number of threads gives the same bits.

  training.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import fcntl
import os
import shutil
import signal
import socket
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, contents, interrupt, run, same, start

FLAGS = ["--data_dir=data", "--data_filename_stem=two", "--factors_dim=3", "--ic_dim=4",
         "--ic_enc_dim=9", "--gen_dim=17", "--co_dim=2", "--con_dim=8", "--ci_enc_dim=7",
         "--batch_size=40", "--seed=11", "--kl_increase_steps=10", "--l2_increase_steps=10",
         "--temporal_spike_jitter_width=2", "--learning_rate_n_to_compare=1",
         "--example_every_s=-1"]


def command(folder, *more):
    return ["train", f"--lfads_save_dir={folder}", *FLAGS, *more]


def train(folder, *more, **options):
    return run(*command(folder, *more), **options).stdout


def whole():
    """What an undisturbed run of five epochs leaves."""
    if not os.path.exists(f"{SCRATCH}/whole"):
        train("whole", "--max_epochs=5", "--threads=2")
    return contents("whole")


def stop_and_go_on(folder, number):
    """Starts a run, stops it by a signal in its first epochs, and lets it go on."""
    status, error = interrupt(number, command(folder, "--max_epochs=5"), folder)
    check(status == 128 + number, f"signal {number}: status {status}")
    check("the same command continues" in error, error)
    check("\r" not in error, "control characters where there is no terminal")
    train(folder, "--max_epochs=5")


def test_threads():
    table = whole()["fitlog.csv"]
    check(table.count("\n") == 5, f"the table has {table.count(chr(10))} rows")
    rows = harness.costs("whole")
    check(rows[-1]["train"] < rows[0]["train"], f"the cost did not fall: {table}")
    for threads in (1, 3, 8):
        train(f"threads{threads}", "--max_epochs=5", f"--threads={threads}")
        same(whole(), contents(f"threads{threads}"), f"{threads} threads")


def test_continuing():
    train("parts", "--max_epochs=2")
    train("parts", "--max_epochs=3")
    out = train("parts", "--max_epochs=5")
    check("Continuing from" in out, "a continued run does not say so")
    same(whole(), contents("parts"), "continued")


def test_interruption():
    for number in (signal.SIGINT, signal.SIGTERM):
        stop_and_go_on(f"signal{number}", number)
        same(whole(), contents(f"signal{number}"), f"interrupted by {number}")


def test_at_once():
    """Three runs on one machine, in directories of their own."""
    folders = ["at_once_1", "at_once_2", "at_once_3"]
    runs = [start(*command(folder, "--max_epochs=5")) for folder in folders]
    for folder, process in zip(folders, runs):
        _, error = process.communicate()
        check(process.returncode == 0, f"{folder}: {error}")
        same(whole(), contents(folder), folder)


def test_copied():
    """A copy of a directory goes on by itself: the one it was copied from stays as it is."""
    train("copied_from", "--max_epochs=3", "--checkpoint_every=1")
    shutil.copytree(f"{SCRATCH}/copied_from", f"{SCRATCH}/copy")
    before = sorted(os.listdir(f"{SCRATCH}/copied_from"))
    train("copy", "--max_epochs=5", "--checkpoint_every=1", "--max_ckpt_to_keep=1",
          "--max_ckpt_to_keep_lve=1")
    same(whole(), contents("copy"), "a copy")
    after = sorted(os.listdir(f"{SCRATCH}/copied_from"))
    check(before == after, f"training a copy removes {set(before) - set(after)}")
    kept = [f for f in os.listdir(f"{SCRATCH}/copy") if ".ckpt-" in f]
    check(len([f for f in kept if "_lve" not in f]) == 1, f"kept: {kept}")


def test_divergence():
    """A cost out of bounds ends the run; what was saved before is kept and goes on."""
    train("diverged", "--max_epochs=2")
    kept = contents("diverged")
    train("diverged", "--max_epochs=5", "--learning_rate_init=999", "--do_reset_learning_rate",
          status=1, pattern="(is not finite|rose from .*) at step(?s:.*)last checkpoint is kept")
    same(kept, contents("diverged"), "after a divergence")
    train("diverged", "--max_epochs=5")
    same(whole(), contents("diverged"), "continued after a divergence")


def test_later_rows():
    """Rows of a run whose later checkpoints are gone are put aside."""
    train("aside", "--max_epochs=2")
    shutil.copytree(f"{SCRATCH}/aside", f"{SCRATCH}/early")
    train("aside", "--max_epochs=4")
    shutil.copy(f"{SCRATCH}/aside/fitlog.csv", f"{SCRATCH}/early")
    train("early", "--max_epochs=4")
    same(contents("aside"), contents("early"), "rows put aside")
    aside = [f for f in os.listdir(f"{SCRATCH}/early") if f.startswith("fitlog.csv.")]
    check(len(aside) == 1, f"rows put aside: {aside}")


def test_lock():
    """A second training in the directory is refused while the first goes on, and only then."""
    first = start(*command("locked"))
    for line in first.stdout:
        if line.startswith("Epoch:0"):
            break
    first.send_signal(signal.SIGSTOP)  # it does not end meanwhile, however slow the machine is
    train("locked", status=1, pattern=f"in use by process {first.pid} on ")
    first.kill()
    first.communicate()
    lock = f"{SCRATCH}/locked/.lfads_lock"
    check(os.path.exists(lock), "a killed training leaves its lock")
    train("locked", "--max_epochs=2")
    check(not os.path.exists(lock), "the lock is given back")
    with open(lock, "w") as file:
        file.write("1 elsewhere\n")
    train("locked", "--max_epochs=3", status=1)
    os.remove(lock)


def test_new_session():
    """A session is added to a trained model: only its maps begin afresh, and with
    --do_train_io_only only maps of sessions change. Likewise for the encoders alone."""
    train("grown", "--max_epochs=1")
    shutil.copy(f"{SCRATCH}/data/two_a", f"{SCRATCH}/data/two_c")
    before = contents("grown")
    out = train("grown", "--max_epochs=2", "--do_train_io_only")
    os.remove(f"{SCRATCH}/data/two_c")
    shutil.copytree(f"{SCRATCH}/grown", f"{SCRATCH}/shrunk")
    check("Session c is new" in out and "Session a is new" not in out, out)
    after = contents("grown")
    new = set(after) - set(before)
    check(new and all("_c_" in name for name in new), f"new parameters: {new}")
    changed(before, after, ("LFADS_x_2_infac_", "LFADS_glm_"), "io only")
    done = run(*command("shrunk", "--max_epochs=3"),
               pattern="session c of the checkpoint is not among the data")
    check("session a" not in done.stderr, f"a session that is gone: {done.stderr}")


def test_parts_of_model():
    """Only what the flags name is trained; of a new model that leaves dynamics that are random."""
    run(*command("new", "--max_epochs=1", "--do_train_io_only"), pattern="--do_train_io_only leaves the rest .* this one is new")
    done = run(*command("encoders", "--max_epochs=1"))
    check("this one is new" not in done.stderr, done.stderr)
    before = contents("encoders")
    train("encoders", "--max_epochs=2", "--do_train_encoder_only")
    changed(before, contents("encoders"), ("LFADS_ic_enc_", "LFADS_z_ic_enc_"), "encoders only")
    train("readin", "--max_epochs=1")
    before = contents("readin")
    train("readin", "--max_epochs=2", "--do_train_readin=false")
    changed(before, contents("readin"), ("LFADS_glm_", "LFADS_ic", "LFADS_ci", "LFADS_z_prior_g0_mean",
                                            "LFADS_z_ic", "LFADS_z_u", "LFADS_con", "LFADS_gen"),
            "read-in frozen")
    rate = contents("readin")["checkpoint learning_rate"][0]
    check(rate < 0.01, "the rate has not been lowered yet")
    train("readin", "--max_epochs=3", "--do_reset_learning_rate", "--learning_rate_init=0.02")
    check(contents("readin")["checkpoint learning_rate"][0] == np.float32(0.02), "the rate is set back")


def changed(before, after, prefixes, what):
    """Parameters with these beginnings changed, and no others."""
    for key in before:
        name = key.split()[-1]
        if not name.startswith("LFADS_") or name.endswith(("_Adam", "_Adam_1")):
            continue
        moved = not np.array_equal(before[key], after[key])
        check(moved == name.startswith(prefixes), f"{what}: {name} {'changed' if moved else 'stayed'}")


def test_sampling():
    whole()
    for threads in (1, 3):
        run("posterior-sample", "--lfads_save_dir=whole", "--batch_size=7", f"--threads={threads}",
            f"--output_filename_stem=t{threads}_")
    for name in ("a_train", "b_valid"):
        kind = f"{name}_posterior_sample_and_average"
        same(harness.numbers(f"whole/t1_{kind}"), harness.numbers(f"whole/t3_{kind}"), f"threads, {name}")


def test_results_lock():
    """Results that another process is writing are left to it; others are written."""
    whole()
    lock, results = f"{SCRATCH}/whole/.x_model_params.lock", f"{SCRATCH}/whole/x_model_params"
    words = ["write-params", "--lfads_save_dir=whole"]
    with open(lock, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(f"17 {socket.gethostname()}\n")
        file.flush()
        run(*words, "--output_filename_stem=x", status=1,
            pattern="x_model_params is in use by process 17 on ")
        check(not os.path.exists(results), "results in use are written")
        run(*words, "--output_filename_stem=y")
    run(*words, "--output_filename_stem=x")
    check(os.path.exists(results), "a lock that is left is taken over")
    check(not os.path.exists(lock), "the lock of results is given back")


def prepare():
    random = np.random.RandomState(3)
    for name, channels in (("a", 6), ("b", 9)):
        harness.write_session(f"data/two_{name}", random, (130, 45), harness.waves(20, channels))


harness.main(globals())
