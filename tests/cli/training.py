"""Training as its user sees it: interrupted and continued it writes the numbers of a run that was
not; any number of threads gives the same bits.

  training.py LFADS SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
from interrupt import interrupt
from verdict import check, conclude

LFADS, SCRATCH = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
FLAGS = ["--data_dir=data", "--data_filename_stem=two", "--factors_dim=3", "--ic_dim=4",
         "--ic_enc_dim=9", "--gen_dim=17", "--co_dim=2", "--con_dim=8", "--ci_enc_dim=7",
         "--batch_size=40", "--seed=11", "--kl_increase_steps=10", "--l2_increase_steps=10",
         "--temporal_spike_jitter_width=2", "--learning_rate_n_to_compare=1"]


def train(folder, *more, status=0):
    done = subprocess.run([LFADS, "train", f"--lfads_save_dir={folder}", *FLAGS, *more],
                          capture_output=True, text=True, cwd=SCRATCH)
    check(done.returncode == status, f"{folder} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def contents(folder):
    """The table of costs and every number of the latest checkpoint."""
    with open(os.path.join(SCRATCH, folder, "fitlog.csv")) as file:
        table = file.read()
    with open(os.path.join(SCRATCH, folder, "checkpoint")) as file:
        name = file.readline().split("/")[-1].rstrip('"\n')
    with h5py.File(os.path.join(SCRATCH, folder, name)) as file:
        return table, name, {k: file[k][()] for k in file if k != "hyperparameters"}


def same(a, b, what):
    check(a[0] == b[0], f"{what}: the tables differ:\n{a[0]}{b[0]}")
    check(a[1] == b[1], f"{what}: {a[1]} and {b[1]}")
    for key in a[2]:
        check(np.array_equal(a[2][key], b[2][key]), f"{what}: {key} differs")


def stop_and_go_on(folder, number):
    """Starts a run, stops it by a signal in its first epochs, and lets it go on."""
    status, error = interrupt([LFADS, "train", f"--lfads_save_dir={folder}", *FLAGS,
                               "--max_epochs=5"], SCRATCH, folder, number)
    check(status == 128 + number, f"signal {number}: status {status}")
    check("the same command continues" in error, error)
    check("\r" not in error, "control characters where there is no terminal")
    train(folder, "--max_epochs=5")


def test_continuing(whole):
    train("parts", "--max_epochs=2")
    train("parts", "--max_epochs=3")
    out = train("parts", "--max_epochs=5")
    check("Continuing from" in out, "a continued run does not say so")
    same(whole, contents("parts"), "continued")
    check(len([f for f in os.listdir(os.path.join(SCRATCH, "parts")) if ".ckpt-" in f]) > 0,
          "no checkpoint")
    for number in (signal.SIGINT, signal.SIGTERM):
        stop_and_go_on(f"signal{number}", number)
        same(whole, contents(f"signal{number}"), f"interrupted by {number}")


def test_at_once(whole):
    """Three runs on one machine, in directories of their own."""
    folders = ["at_once_1", "at_once_2", "at_once_3"]
    runs = [subprocess.Popen([LFADS, "train", f"--lfads_save_dir={folder}", *FLAGS, "--max_epochs=5"],
                             cwd=SCRATCH, stdout=subprocess.DEVNULL) for folder in folders]
    check([run.wait() for run in runs] == [0, 0, 0], "runs at once end with an error")
    for folder in folders:
        same(whole, contents(folder), folder)


def test_copied(whole):
    """A copy of a directory goes on by itself: the one it was copied from stays as it is."""
    train("copied_from", "--max_epochs=3", "--checkpoint_every=1")
    shutil.copytree(os.path.join(SCRATCH, "copied_from"), os.path.join(SCRATCH, "copy"))
    before = sorted(os.listdir(os.path.join(SCRATCH, "copied_from")))
    train("copy", "--max_epochs=5", "--checkpoint_every=1", "--max_ckpt_to_keep=1",
          "--max_ckpt_to_keep_lve=1")
    same(whole, contents("copy"), "a copy")
    after = sorted(os.listdir(os.path.join(SCRATCH, "copied_from")))
    check(before == after, f"training a copy removes {set(before) - set(after)}")
    kept = [f for f in os.listdir(os.path.join(SCRATCH, "copy")) if ".ckpt-" in f]
    check(len([f for f in kept if "_lve" not in f]) == 1, f"kept: {kept}")


def test_divergence(whole):
    """A cost that is not finite ends the run; what was saved before is kept and goes on."""
    train("diverged", "--max_epochs=2")
    kept = contents("diverged")
    done = subprocess.run([LFADS, "train", "--lfads_save_dir=diverged", *FLAGS, "--max_epochs=5",
                           "--learning_rate_init=999", "--do_reset_learning_rate"],
                          capture_output=True, text=True, cwd=SCRATCH)
    check(done.returncode == 1 and "is not finite at step" in done.stderr and
          "lower --learning_rate_init" in done.stderr, f"divergence: {done.stderr}")
    same(kept, contents("diverged"), "after a divergence")
    train("diverged", "--max_epochs=5")
    same(whole, contents("diverged"), "continued after a divergence")


def test_later_rows():
    """Rows of a run whose later checkpoints are gone are put aside."""
    train("aside", "--max_epochs=2")
    shutil.copytree(os.path.join(SCRATCH, "aside"), os.path.join(SCRATCH, "early"))
    train("aside", "--max_epochs=4")
    shutil.copy(os.path.join(SCRATCH, "aside", "fitlog.csv"), os.path.join(SCRATCH, "early"))
    train("early", "--max_epochs=4")
    same(contents("aside"), contents("early"), "rows put aside")
    aside = [f for f in os.listdir(os.path.join(SCRATCH, "early")) if f.startswith("fitlog.csv.")]
    check(len(aside) == 1, f"rows put aside: {aside}")


def test_lock():
    """A second training in the directory is refused while the first goes on, and only then."""
    first = subprocess.Popen([LFADS, "train", "--lfads_save_dir=locked", *FLAGS], cwd=SCRATCH,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in first.stdout:
        if line.startswith("Epoch:0"):
            break
    first.send_signal(signal.SIGSTOP)  # it does not end meanwhile, however slow the machine is
    second = subprocess.run([LFADS, "train", "--lfads_save_dir=locked", *FLAGS], cwd=SCRATCH,
                            capture_output=True, text=True)
    check(second.returncode == 1 and f"in use by process {first.pid} on " in second.stderr,
          f"a second training: {second.returncode} {second.stderr}")
    first.kill()
    first.communicate()
    lock = os.path.join(SCRATCH, "locked", ".lfads_lock")
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
    shutil.copy(os.path.join(SCRATCH, "data", "two_a"), os.path.join(SCRATCH, "data", "two_c"))
    before = contents("grown")[2]
    out = train("grown", "--max_epochs=2", "--do_train_io_only")
    os.remove(os.path.join(SCRATCH, "data", "two_c"))
    shutil.copytree(os.path.join(SCRATCH, "grown"), os.path.join(SCRATCH, "shrunk"))
    check("Session c is new" in out and "Session a is new" not in out, out)
    after = contents("grown")[2]
    new = set(after) - set(before)
    check(new and all("_c_" in name for name in new), f"new parameters: {new}")
    changed(before, after, ("LFADS_x_2_infac_", "LFADS_glm_"), "io only")
    done = subprocess.run([LFADS, "train", "--lfads_save_dir=shrunk", *FLAGS, "--max_epochs=3"],
                          capture_output=True, text=True, cwd=SCRATCH)
    check(done.returncode == 0 and "session c of the checkpoint is not among the data" in
          done.stderr and "session a" not in done.stderr, f"a session that is gone: {done.stderr}")
    train("encoders", "--max_epochs=1")
    before = contents("encoders")[2]
    train("encoders", "--max_epochs=2", "--do_train_encoder_only")
    changed(before, contents("encoders")[2], ("LFADS_ic_enc_", "LFADS_z_ic_enc_"), "encoders only")
    train("readin", "--max_epochs=1")
    before = contents("readin")[2]
    train("readin", "--max_epochs=2", "--do_train_readin=false")
    changed(before, contents("readin")[2], ("LFADS_glm_", "LFADS_ic", "LFADS_ci", "LFADS_z_prior_g0_mean",
                                            "LFADS_z_ic", "LFADS_z_u", "LFADS_con", "LFADS_gen"),
            "read-in frozen")
    rate = contents("readin")[2]["learning_rate"][0]
    check(rate < 0.01, "the rate has not been lowered yet")
    train("readin", "--max_epochs=3", "--do_reset_learning_rate", "--learning_rate_init=0.02")
    check(contents("readin")[2]["learning_rate"][0] == np.float32(0.02), "the rate is set back")


def changed(before, after, prefixes, what):
    """Parameters with these beginnings changed, and no others."""
    for name in before:
        if not name.startswith("LFADS_") or name.endswith(("_Adam", "_Adam_1")):
            continue
        moved = not np.array_equal(before[name], after[name])
        check(moved == name.startswith(prefixes), f"{what}: {name} {'changed' if moved else 'stayed'}")


def test_sampling():
    for threads in (1, 3):
        subprocess.run([LFADS, "posterior-sample", "--lfads_save_dir=whole", "--batch_size=7",
                        f"--threads={threads}", f"--output_filename_stem=t{threads}_"], check=True,
                       capture_output=True, cwd=SCRATCH)
    for name in ("a_train", "b_valid"):
        kind = f"{name}_posterior_sample_and_average"
        with h5py.File(os.path.join(SCRATCH, "whole", f"t1_{kind}")) as one, \
                h5py.File(os.path.join(SCRATCH, "whole", f"t3_{kind}")) as three:
            for key in one:
                check(np.array_equal(one[key][()], three[key][()]), f"threads: {key}")


def test_results_lock():
    """Results that another process is writing are left to it; others are written."""
    folder = os.path.join(SCRATCH, "whole")
    lock = os.path.join(folder, ".x_model_params.lock")
    command = [LFADS, "write-params", "--lfads_save_dir=whole"]
    with open(lock, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(f"17 {socket.gethostname()}\n")
        file.flush()
        done = subprocess.run([*command, "--output_filename_stem=x"], capture_output=True, text=True,
                              cwd=SCRATCH)
        check(done.returncode == 1 and "x_model_params is in use by process 17 on " in done.stderr,
              f"results in use: {done.returncode} {done.stderr}")
        check(not os.path.exists(os.path.join(folder, "x_model_params")), "results in use are written")
        subprocess.run([*command, "--output_filename_stem=y"], check=True, capture_output=True,
                       cwd=SCRATCH)
    subprocess.run([*command, "--output_filename_stem=x"], check=True, capture_output=True, cwd=SCRATCH)
    check(os.path.exists(os.path.join(folder, "x_model_params")), "a lock that is left is taken over")
    check(not os.path.exists(lock), "the lock of results is given back")


def main():
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(os.path.join(SCRATCH, "data"))
    random = np.random.RandomState(3)
    for name, channels in (("a", 6), ("b", 9)):
        with h5py.File(os.path.join(SCRATCH, "data", f"two_{name}"), "w") as file:
            rate = 1 + np.sin(np.arange(20)[:, None] / 3 + np.arange(channels))
            for key, trials in (("train_data", 130), ("valid_data", 45)):
                file[key] = random.poisson(rate, (trials, 20, channels))
    train("whole", "--max_epochs=5", "--threads=2")
    whole = contents("whole")
    check(whole[0].count("\n") == 5, f"the table has {whole[0].count(chr(10))} rows")
    first, last = (float(r.split(",")[5]) for r in (whole[0].splitlines()[0],
                                                    whole[0].splitlines()[-1]))
    check(last < first, f"the cost did not fall: {first} {last}")
    for threads in (1, 3, 8):
        train(f"threads{threads}", "--max_epochs=5", f"--threads={threads}")
        same(whole, contents(f"threads{threads}"), f"{threads} threads")
    test_continuing(whole)
    test_later_rows()
    test_at_once(whole)
    test_copied(whole)
    test_divergence(whole)
    test_lock()
    test_new_session()
    test_sampling()
    test_results_lock()
    return conclude("training")


sys.exit(main())
