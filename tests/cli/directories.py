"""Save directories as people treat them: copied, renamed, moved, read-only, of odd names, among the data.

  directories.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import contextlib
import os
import shutil
import subprocess
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, Skip, check, run

SMALL = ["--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5", "--gen_dim=6", "--co_dim=0", "--batch_size=8",
         "--threads=1", "--seed=1", "--max_epochs=2", "--example_every_s=-1", "--kl_increase_steps=1",
         "--l2_increase_steps=1"]
NOBODY = 65534
MEAN = "a.h5_valid_posterior_push_mean"


def prepare():
    harness.write_session("data/dat_a.h5", np.random.RandomState(1), (16, 8), harness.waves(10, 4))


def train(save, *words, data="data", stem="dat", **options):
    return run("train", f"--data_dir={data}", f"--data_filename_stem={stem}", f"--lfads_save_dir={save}", *SMALL,
               *words, **options)


def sample(save, *words, kind="posterior-mean", **options):
    return run(kind, f"--lfads_save_dir={save}", *words, **options)


def rates(path):
    return harness.numbers(path)["output_dist_params"]


def lines(folder, index="checkpoint"):
    return harness.text(f"{folder}/{index}").splitlines()


def powerless():
    """What subprocess calls in the child so that modes of files hold for it: root becomes nobody."""
    if os.geteuid() != 0:
        return None

    def drop():
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    seen = subprocess.run([harness.LFADS, "--version"], preexec_fn=drop, capture_output=True, cwd=SCRATCH) \
        if os.access(harness.LFADS, os.X_OK) else None
    if seen is None or seen.returncode != 0:
        raise Skip("another user may not run the program or read the scratch directory")
    return drop


@contextlib.contextmanager
def read_only(*folders):
    """Folders that are read-only, and what they hold: nothing may come to be or change there."""
    def state():
        return {(path, name): os.stat(os.path.join(path, name)).st_mtime_ns
                for folder in folders for path, _, names in os.walk(f"{SCRATCH}/{folder}") for name in names}

    before = state()
    for folder in folders:
        os.chmod(f"{SCRATCH}/{folder}", 0o555)
    yield
    for folder in folders:
        os.chmod(f"{SCRATCH}/{folder}", 0o755)
    check(state() == before, f"{folders} changed: {set(state()) ^ set(before)}")


def test_read_only():
    """A model that may only be read is sampled, exported and evaluated; results go where they may."""
    train("model")
    os.chmod(SCRATCH, 0o755)
    open_to_all = f"{SCRATCH}/mine"
    os.makedirs(open_to_all)
    os.chmod(open_to_all, 0o777)
    drop = powerless()
    options = {"preexec_fn": drop} if drop else {}
    kinds = {"posterior-mean": MEAN, "posterior-sample": "a.h5_train_posterior_sample_and_average",
             "prior-sample": "prior_sample"}
    sample("model")
    os.remove(f"{SCRATCH}/model/hyperparameters-4.txt")
    with read_only("model", "data"):
        for more in ([], ["--data_in_memory=false"]):
            for kind, name in kinds.items():
                sample("model", "--output_dir=mine/made/here", *more, kind=kind, **options)
                check(os.path.exists(f"{open_to_all}/made/here/model_runs_{name}"), f"{kind} {more}")
        sample("model", "--output_dir=mine", kind="write-params", **options)
        sample("model", f"--output_filename_stem={open_to_all}/x_", **options)
        sample("model", f"--output_filename_stem={open_to_all}/y", kind="write-params", **options)
        run("evaluate", "--data_file=data/dat_a.h5", f"--model_run=mine/x_{MEAN}", **options)
        sample("model", status=1, pattern="can't write in the directory model: .*; --output_dir=DIR", **options)
        sample("model", "--output_dir=model/sub", status=1, pattern="can't make the directory model/sub: ", **options)
    check(set(os.listdir(open_to_all)) == {"made", "hyperparameters-4.txt", "model_params", "y_model_params",
                                           "x_" + MEAN, "x_" + MEAN.replace("valid", "train")},
          f"{os.listdir(open_to_all)}")
    harness.same(harness.numbers(f"model/model_runs_{MEAN}"), harness.numbers(f"mine/x_{MEAN}"), "results elsewhere")


def test_output():
    """Stems join the save directory as os.path.join does."""
    train("save")
    sample("save", "--output_filename_stem=sub/x_")
    sample("save", f"--output_filename_stem={SCRATCH}/elsewhere/x_")
    sample("save", "--output_dir=elsewhere", "--output_filename_stem=y_")
    for path in ("save/sub/x_", "elsewhere/x_", "elsewhere/y_"):
        check(os.path.exists(f"{SCRATCH}/{path}{MEAN}"), path)
    sample("save", "--output_dir=elsewhere", "--output_filename_stem=/tmp/x_", status=2, pattern="two places for results")
    sample("save", "--output_dir=save/checkpoint", status=1, pattern="can't make the directory|can't write in the directory")
    train("other", "--output_dir=elsewhere", status=2, pattern="training writes into --lfads_save_dir")
    check(not os.path.exists(f"{SCRATCH}/other"), "a directory was made")


def test_copy():
    """A copy uses its own checkpoints whatever becomes of the directory that it was copied from."""
    train("first", "--max_ckpt_to_keep=2", "--checkpoint_every=1")
    shutil.copytree(f"{SCRATCH}/first", f"{SCRATCH}/copy")
    indices = ("checkpoint", "checkpoint_lve")
    before = {}
    for index in indices:
        sample("copy", f"--checkpoint_pb_load_name={index}", f"--output_filename_stem={index}_before_")
        before[index] = rates(f"copy/{index}_before_{MEAN}")
    shutil.rmtree(f"{SCRATCH}/first")
    train("first", "--seed=2", "--max_ckpt_to_keep=2", "--checkpoint_every=1")
    theirs = {index: harness.numbers(harness.latest("first", index)) for index in indices}
    for index in indices:
        sample("copy", f"--checkpoint_pb_load_name={index}", f"--output_filename_stem={index}_after_")
        check(np.array_equal(before[index], rates(f"copy/{index}_after_{MEAN}")), f"{index} of the copy")
    done = train("copy", "--max_epochs=3", "--max_ckpt_to_keep=2", "--checkpoint_every=1")
    check("Continuing from copy/lfads_vae.ckpt-4" in done.stdout, f"the copy goes on: {done.stdout[:300]}")
    check([line.split('"')[1] for line in lines("copy")] ==
          ["copy/lfads_vae.ckpt-6", "copy/lfads_vae.ckpt-4", "copy/lfads_vae.ckpt-6"], f"{lines('copy')}")
    check(not os.path.exists(f"{SCRATCH}/copy/lfads_vae.ckpt-2"), "the copy's oldest checkpoint remains")
    check(os.path.exists(f"{SCRATCH}/first/lfads_vae.ckpt-2"), "another directory's checkpoint is gone")
    for index in indices:
        harness.same(theirs[index], harness.numbers(harness.latest("first", index)), f"{index} of the first")


def test_moved():
    """A renamed directory goes on in place; what the index alone knows is found where it is."""
    train("here", "--max_epochs=1")
    os.rename(f"{SCRATCH}/here", f"{SCRATCH}/there")
    train("there")
    check(all('"there/' in line for line in lines("there")), f"{lines('there')}")
    os.makedirs(f"{SCRATCH}/index_only")
    shutil.copy(f"{SCRATCH}/there/checkpoint", f"{SCRATCH}/index_only")
    done = sample("index_only")
    check("from there/lfads_vae.ckpt-4" in done.stdout, f"{done.stdout[:200]}")


def test_refusals():
    """What is said where a directory does not do: what it lacks and what helps."""
    train("asked")
    shutil.copytree(f"{SCRATCH}/asked", f"{SCRATCH}/early")
    for file in os.listdir(f"{SCRATCH}/early"):
        if "lve" in file:
            os.remove(f"{SCRATCH}/early/{file}")
    sample("early", "--checkpoint_pb_load_name=checkpoint_lve", status=2,
           pattern="it has a checkpoint: leave that flag out. checkpoint_lve is written once the ramps are over")
    shutil.copytree(f"{SCRATCH}/asked", f"{SCRATCH}/parts")
    with open(f"{SCRATCH}/parts/checkpoint", "w") as file:
        file.write('model_checkpoint_path: "lfads_vae.ckpt-4"\n')
    for file, says in (("lfads_vae.ckpt-4", 'names the checkpoint lfads_vae.ckpt-4, and it is not there: copy it there, or '
                        'put the name of one that is, lfads_vae_lve.ckpt-4, in its place'),
                       ("checkpoint", "has no file checkpoint .*; it has the model of lowest cost: "
                        "--checkpoint_pb_load_name=checkpoint_lve"),
                       ("checkpoint_lve", 'it has the model lfads_vae_lve.ckpt-4 itself: copy that file too, or write it, a '
                        'line of text: model_checkpoint_path: "lfads_vae_lve.ckpt-4"')):
        os.remove(f"{SCRATCH}/parts/{file}")
        sample("parts", status=2, pattern=says)
    with open(f"{SCRATCH}/parts/checkpoint", "w") as file:  # what the line advises
        file.write('model_checkpoint_path: "lfads_vae_lve.ckpt-4"\n')
    sample("parts")
    sample("data", status=2, pattern="has no file checkpoint .*; train first, or name the model's save directory")
    sample("asked", "--output_dir=data/dat_a.h5", status=1, pattern="can't write in the directory .*: Not a directory")
    sample("asked", "--dataset_name=b.h5", kind="prior-sample", status=2,
           pattern="--dataset_name=b.h5 is none of the sessions of the model: a.h5")
    sample("asked", "--session=a.h5", kind="prior-sample", status=2, pattern="--dataset_name says whose read-out")
    sample("asked", "--data_files=data/dat_a.h5,data/dat_a.h5", status=2, pattern="is given twice")
    drop = powerless()
    os.makedirs(f"{SCRATCH}/locked")
    shutil.copy(f"{SCRATCH}/data/dat_a.h5", f"{SCRATCH}/locked/a.h5")
    os.chmod(f"{SCRATCH}/locked", 0o555)
    run("train", "locked/a.h5", *SMALL, status=1, preexec_fn=drop,
        pattern="can't make the directory locked/a_lfads: .*; --lfads_save_dir=DIR puts the model elsewhere")
    run("tune", "locked/a.h5", *SMALL, "--members=2", status=1, preexec_fn=drop,
        pattern="can't make the directory locked/a_lfads: .*; --lfads_save_dir=DIR puts the model elsewhere")
    sample("asked")
    run("report", "asked", status=1, preexec_fn=drop, pattern="can't write asked/.*; --output=FILE puts it elsewhere")


def test_renamed_in_training():
    """A training whose directory is taken away says so; in its new place it goes on."""
    process = harness.start("train", "--data_dir=data", "--data_filename_stem=dat", "--lfads_save_dir=before", *SMALL,
                            "--max_epochs=1000000")
    for line in process.stdout:
        if line.startswith("Epoch:5,"):
            break
    os.rename(f"{SCRATCH}/before", f"{SCRATCH}/after")
    _, error = process.communicate()
    check(process.returncode == 1 and "(its directory is not there; was it renamed?)" in error, f"{error}")
    check(not os.path.exists(f"{SCRATCH}/before"), "the old directory is there again")
    train("after", "--max_epochs=8")


def test_odd_names():
    os.makedirs(f"{SCRATCH}/target")
    os.symlink("target", f"{SCRATCH}/link")
    for name in ('12" probe', "it's", "back\\slash", "line\nbreak", "tab\tand space ", "Übung ü", "-dash", "trailing/",
                 "./a/../b", f"{SCRATCH}/absolute", "link", "x: \"y\"", "100%d%s"):
        train(name, "--max_epochs=1", "--max_ckpt_to_keep=2", "--checkpoint_every=1")
        train(name, "--max_epochs=2", "--max_ckpt_to_keep=2", "--checkpoint_every=1")
        sample(name)
        kept = [x for x in os.listdir(os.path.join(SCRATCH, name)) if x.startswith("lfads_vae.ckpt-")]
        check(sorted(kept) == ["lfads_vae.ckpt-2", "lfads_vae.ckpt-4"], f"{name!r} keeps {kept}")
        text = harness.text(f"{name}/checkpoint")
        check(text.count("\n") == 3 and text.isascii(), f"the index of {name!r}: {text!r}")
    train("Übung", data="data", stem="dat")
    train(b"\xff".decode(errors="surrogateescape"), status=2, pattern="is not UTF-8")


def test_changed_data():
    """Results that are scored on other data than theirs: of other trials, of fewer, of reals."""
    harness.write_session("changing/dat_a.h5", np.random.RandomState(1), (16, 8), harness.waves(10, 4))
    shutil.copy(f"{SCRATCH}/changing/dat_a.h5", f"{SCRATCH}/kept.h5")
    said = "valid_data of the data file is not what the results are of: sample the model anew"
    train("changed", data="changing", stem="dat")
    for words, known in ((["posterior-mean"], True), (["posterior-sample", "--ps_nexamples_to_process=4"], False)):
        shutil.copy(f"{SCRATCH}/kept.h5", f"{SCRATCH}/changing/dat_a.h5")
        run(*words, "changed")
        check(said not in run("evaluate", "changed").stderr, f"{words}: the same data")
        harness.write_session("changing/dat_a.h5", np.random.RandomState(2), (16, 8), harness.waves(10, 4))
        check((said in run("evaluate", "changed").stderr) == known, f"{words}: other data")
        if known:
            check('"other_data": true' in run("evaluate", "changed", "--json").stdout, "JSON")
            run("report", "changed")
            check(said in harness.text("changed/report.html"), "the report")


def test_broken():
    """A checkpoint or an index that is cut short: the message names what can be used instead, and that works."""
    train("broken", "--max_epochs=3")
    last = harness.latest("broken")
    os.truncate(last, os.path.getsize(last) // 2)
    done = sample("broken", status=2, pattern="is damaged or cut short: to use another of this directory, put .* in its place in checkpoint$")
    other = done.stderr.split(" put ")[1].split(" in its place")[0]
    index = harness.text("broken/checkpoint")
    with open(f"{SCRATCH}/broken/checkpoint", "w") as file:
        file.write(index.replace(os.path.basename(last), other, 1))
    sample("broken")
    with open(f"{SCRATCH}/broken/checkpoint", "w") as file:
        file.write("")
    done = sample("broken", status=2, pattern="it has no line model_checkpoint_path: \"lfads_vae")
    os.remove(last)
    done = sample("broken", status=2, pattern="it has no line model_checkpoint_path: ")
    with open(f"{SCRATCH}/broken/checkpoint", "w") as file:
        file.write(done.stderr.split("no line ")[1])
    sample("broken")


if __name__ == "__main__":
    harness.main(globals())
