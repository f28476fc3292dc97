"""The short commands: data files and save directories as words, new trials, what a model remembers.

  words.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import json
import os
import shutil
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, run

SMALL = ["--preset=auto", "--gen_dim=6", "--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5", "--batch_size=8",
         "--threads=1", "--seed=1", "--max_epochs=1", "--example_every_s=-1"]
MEAN = "posterior_push_mean"
SAMPLE = "posterior_sample_and_average"


def write(path, seed=1, channels=4, **arrays):
    return harness.write_session(path, np.random.RandomState(seed), (12, 6), harness.waves(10, channels), **arrays)


def train(*words, **options):
    return run("train", *words, *SMALL, **options)


def made(folder):
    return sorted(name for name in os.listdir(f"{SCRATCH}/{folder}") if name.startswith("model_"))


def sessions(save):
    with h5py.File(harness.latest(save)) as file:
        return json.loads(file["hyperparameters"][()])["dataset_names"]


def test_quick():
    """The README's commands, in a directory of one's own."""
    write("quick/recording.h5")
    done = train("quick/recording.h5")
    check("The model goes into quick/recording_lfads\n" in done.stdout, done.stdout[-300:])
    check(done.stdout.endswith("The model is in quick/recording_lfads; lfads posterior-sample quick/recording_lfads "
                               "denoises its trials\n"), done.stdout[-300:])
    for command in ("posterior-sample", "posterior-mean", "prior-sample", "write-params"):
        run(command, "quick/recording_lfads")
    check(made("quick/recording_lfads") ==
          sorted(["model_params", "model_runs_prior_sample", *(f"model_runs_recording.h5_{phase}_{kind}"
                                                              for phase in ("train", "valid") for kind in (MEAN, SAMPLE))]),
          f"{made('quick/recording_lfads')}")
    found = json.loads(run("evaluate", "quick/recording_lfads/", "--json").stdout)
    wanted = json.loads(run("evaluate", "--data_file=quick/recording.h5", "--json",
                            f"--model_run=quick/recording_lfads/model_runs_recording.h5_valid_{MEAN}").stdout)
    check(found == wanted, f"evaluate: {found}")
    found = json.loads(run("evaluate", "quick/recording_lfads", "--json", "--set=train").stdout)
    check(found["set"] == "train" and found["trials"] == 12, f"evaluate --set=train: {found}")
    # another training does not go on with the first; naming the directory does
    done = train("quick/recording.h5")
    check("The model goes into quick/recording_lfads_2\n" in done.stdout, done.stdout[-300:])
    done = run("train", "quick/recording_lfads", "--preset=auto", "--max_epochs=2")
    check("Continuing from quick/recording_lfads/lfads_vae.ckpt-" in done.stdout, done.stdout)
    check("The model is in" not in done.stdout, "it was told where")


def test_several_files():
    for i, name in enumerate(("one/a.h5", "two/b.hdf5", "two/no ending, really")):
        write(f"several/{name}", seed=i, channels=4 + i)
    files = [f"several/{name}" for name in ("two/b.hdf5", "one/a.h5", "two/no ending, really")]
    train(*files, "--lfads_save_dir=several/model")
    check(sessions("several/model") == ["b.hdf5", "a.h5", "no ending, really"], f"{sessions('several/model')}")
    run("posterior-mean", "several/model")
    check(len(made("several/model")) == 6, f"{made('several/model')}")
    scores = json.loads(run("evaluate", "several/model", "--json").stdout)
    check({name: score["channels"] for name, score in scores.items()} ==
          {"a.h5": 4, "b.hdf5": 5, "no ending, really": 6}, f"{scores}")
    one = json.loads(run("evaluate", "several/model", "--json", "--session=a.h5").stdout)
    check(one == scores["a.h5"], f"{one}")
    run("evaluate", "several/model", "--figure=x.png", status=2, pattern="--session says which one --figure draws")
    done = train(files[1], "--lfads_save_dir=several/model", "--max_epochs=2")
    check("session b.hdf5 of the checkpoint is not among the data" in done.stderr, done.stderr)
    train("several/two/no ending, really")
    check(os.path.exists(f"{SCRATCH}/several/two/no ending, really_lfads/checkpoint"), "a name without an ending")
    shutil.copytree(f"{SCRATCH}/several/one", f"{SCRATCH}/several/three")
    train("several/one/a.h5", "several/three/a.h5", status=2,
          pattern="several/one/a.h5 and \\S+/several/three/a.h5 are both session a.h5: a session's name is that of its file")
    train("several/one/a.h5", "several/one/../one/a.h5", status=2, pattern="is given twice")
    check(not os.path.exists(f"{SCRATCH}/several/one/a_lfads"), "a refused training left a directory")


def test_tune():
    write("tuned/rec.h5")
    words = ["--members=2", "--generations=1", "--exploit=none", "--factors_dim=3", "--gen_dim=6", "--ic_dim=4",
             "--ic_enc_dim=5", "--max_epochs=1", "--threads=1", "--seed=1"]
    run("tune", "tuned/rec.h5", *words)
    run("tune", "tuned/rec_lfads")                          # it is finished, and says so
    run("posterior-mean", "tuned/rec_lfads")
    check(made("tuned/rec_lfads") == [f"model_runs_rec.h5_{phase}_{MEAN}" for phase in ("train", "valid")],
          f"{made('tuned/rec_lfads')}")


def test_directory_and_stem():
    write("stem/m_a.h5")
    done = run("train", "--data_dir=stem", "--data_filename_stem=m_", *SMALL)
    check("The model goes into stem/m_lfads\n" in done.stdout, done.stdout[-300:])
    run("posterior-mean", "stem/m_lfads")
    check(made("stem/m_lfads")[1] == f"model_runs_a.h5_valid_{MEAN}", f"{made('stem/m_lfads')}")


def test_places():
    """Data are found where they were, or moved together with the model, from any directory."""
    write("home/rec.h5")
    write("home/data/dat_a.h5")
    train("home/rec.h5")
    run("train", "--data_dir=data", "--data_filename_stem=dat", "--lfads_save_dir=by_stem", *SMALL, folder=f"{SCRATCH}/home")
    os.makedirs(f"{SCRATCH}/far")
    for save in ("rec_lfads", "by_stem"):
        done = run("posterior-mean", f"../home/{save}", folder=f"{SCRATCH}/far")
        check("warning" not in done.stderr, done.stderr)
    shutil.copytree(f"{SCRATCH}/home", f"{SCRATCH}/copy")
    write("home/rec.h5", seed=5)                            # the copy has its own data
    write("home/data/dat_a.h5", seed=5)
    for save in ("rec_lfads", "by_stem"):
        done = run("posterior-mean", f"copy/{save}")
        check("warning" not in done.stderr, f"the copy {save}: {done.stderr}")
        done = run("posterior-mean", f"home/{save}")
        check("has other training trials than session" in done.stderr, f"the original {save}: {done.stderr}")
    shutil.rmtree(f"{SCRATCH}/home")
    os.makedirs(f"{SCRATCH}/kept")
    for save, file, old in (("rec_lfads", "rec.h5", "home/rec.h5"), ("by_stem", "data", "home/data")):
        os.rename(f"{SCRATCH}/copy/{file}", f"{SCRATCH}/kept/{file}")
        for command in ("posterior-mean", "evaluate"):
            run(command, f"copy/{save}", status=2, pattern=f"{SCRATCH}/{old}.*that the model in copy/{save}|"
                f"the model in copy/{save} was trained on were in {SCRATCH}/{old}.*--data_dir=DIR")
        for command in ("write-params", "prior-sample"):    # these need no data
            run(command, f"copy/{save}")
        where = "kept" if file == "rec.h5" else "kept/data"
        done = run("posterior-mean", f"copy/{save}", f"--data_dir={where}")
        check("warning" not in done.stderr, done.stderr)
        run("evaluate", f"copy/{save}", f"--data_dir={where}")
        done = run("train", f"copy/{save}", f"--data_dir={where}", "--preset=auto", "--max_epochs=2")
        check("warning: session" not in done.stderr, done.stderr)
        run("posterior-mean", f"copy/{save}")               # it remembers the new place


def test_new_trials():
    write("new/a.h5")
    write("new/b.h5", seed=2, channels=6)
    train("new/a.h5", "--lfads_save_dir=new/lone")
    train("new/a.h5", "new/b.h5", "--lfads_save_dir=new/pair")
    random = np.random.RandomState(9)
    trials = random.poisson(harness.waves(10, 4), (5, 10, 4))
    harness.write("new/test_train.h5", train_data=trials)
    harness.write("new/test_valid.h5", valid_data=trials)
    for save in ("lone", "pair"):
        more = ["--session=a.h5"] if save == "pair" else []
        run("posterior-mean", f"new/{save}")
        before = {name: harness.numbers(f"new/{save}/{name}") for name in made(f"new/{save}")}
        run("posterior-mean", f"new/{save}", "new/test_train.h5", "new/test_valid.h5", *more)
        for name, numbers in before.items():
            harness.same(numbers, harness.numbers(f"new/{save}/{name}"), f"{save}/{name}")
        added = [f"model_runs_a.h5_of_test_{phase}.h5_{phase}_{MEAN}" for phase in ("train", "valid")]
        check(made(f"new/{save}") == sorted([*before, *added]), f"{made(f'new/{save}')}")
        a, b = (harness.numbers(f"new/{save}/{name}")["factors"] for name in added)
        check(a.shape == (5, 10, 3) and np.array_equal(a, b), "the same trials as training and as validation data")
        scores = json.loads(run("evaluate", f"new/{save}", "new/test_valid.h5", "--json", *more).stdout)
        check(scores["trials"] == 5, f"{scores}")
        # through the lone session of the same numbers as before: what the trained file gives
        run("posterior-sample", f"new/{save}", "new/a.h5", f"--output_dir=new/{save}_again", *more)
        check(made(f"new/{save}_again") == [f"model_runs_a.h5_of_a.h5_{phase}_{SAMPLE}" for phase in ("train", "valid")],
              f"{made(f'new/{save}_again')}")
        run("posterior-mean", f"new/{save}", "new/a.h5", *more)
        harness.same(before[f"model_runs_a.h5_valid_{MEAN}"],
                     harness.numbers(f"new/{save}/model_runs_a.h5_of_a.h5_valid_{MEAN}"), "the trained file's trials")
    run("posterior-mean", "new/pair", "new/test_train.h5", status=2,
        pattern="has several sessions: say with --session which of them recorded .*test_train.h5: a.h5, b.h5")
    run("posterior-mean", "new/pair", "new/test_train.h5", "--session=c.h5", status=2,
        pattern="--session=c.h5 is none of the sessions of the model in new/pair: a.h5, b.h5")
    run("posterior-mean", "new/pair", "new/test_train.h5", "--session=b.h5", status=2,
        pattern="test_train.h5 has 4 channels, and session b.h5 of the model in new/pair has 6")
    os.makedirs(f"{SCRATCH}/new/later")
    shutil.copy(f"{SCRATCH}/new/b.h5", f"{SCRATCH}/new/later/b.h5")
    run("posterior-mean", "new/pair", "new/later/b.h5")     # its name says the session
    check(f"model_runs_b.h5_of_b.h5_train_{MEAN}" in made("new/pair"), f"{made('new/pair')}")
    harness.write("new/nothing.h5", other=trials)
    run("posterior-mean", "new/lone", "new/nothing.h5", status=2, pattern="nothing.h5")
    shutil.copy(f"{SCRATCH}/new/test_train.h5", f"{SCRATCH}/new/later/test_train.h5")
    run("posterior-mean", "new/lone", "new/test_train.h5", "new/later/test_train.h5", status=2,
        pattern="new/test_train.h5 and new/later/test_train.h5 have one name: rename one of them, or sample them one by one")
    run("posterior-mean", "new/lone", "new/test_train.h5", "new/../new/test_train.h5", status=2, pattern="is given twice")
    run("posterior-mean", "new/lone", "new/test_train.h5", "--data_dir=new", status=2, pattern="two ways to name the data")
    run("posterior-mean", "new/lone", "--session=a.h5", status=2, pattern="--session=a.h5 says which session new trials")


def test_refused():
    """What is neither a flag nor a file, and what contradicts itself."""
    write("bad/a.h5")
    os.makedirs(f"{SCRATCH}/bad/empty")
    train("bad/a.h5", "--lfads_save_dir=bad/model")
    for words, pattern in (
            (["train", "gen_dim=3"], 'there is no file or directory "gen_dim=3"; did you mean --gen_dim=3\\?'),
            (["train", "gen_dam=3"], '"gen_dam=3" is no flag, which begins with --, and there is no file or directory'),
            (["merge", "bad/model"], '"bad/model" is no flag, which begins with --, and there are no other words here: --help'),
            (["train", "bad/absent.h5"], '"bad/absent.h5" is no flag'),
            (["train", "bad/A.h5"], 'no file or directory "bad/A.h5"; did you mean "bad/a.h5"\\?'),
            (["train", "bad/a"], 'did you mean "bad/a.h5"'),
            (["train", "bad/a.hdf5"], 'did you mean "bad/a.h5"'),
            (["evaluate", "bad/modle"], 'did you mean "bad/model"'),
            (["train", "bad/a.h5/"], "bad/a.h5 is a file, and bad/a.h5/ ends like a directory: leave the slash out"),
            (["train", "bad/*.hdf5"], 'no name of a file matches "bad/\\*.hdf5"'),
            (["train", "https://a.org/b.h5"], '"https://a.org/b.h5" is an address'),
            (["train", "bad/" + 300 * "a"], "can't read bad/a+: File name too long"),
            (["train", "bad"], "bad is no save directory: .* named file by file, as lfads train bad/a.h5"),
            (["tune", "bad"], "as lfads tune bad/a.h5"),
            (["train", "--data_dir=bad/a.h5", "--data_filename_stem=a"], "Not a directory, and a file is named without"),
            (["train", "bad/a.h5", "\u2013gen_dim=3"], '"\u2013gen_dim=3" begins with another character .*: type --gen_dim=3'),
            (["train", "bad/a.h5", "\u2014-gen_dim=3"], ": type --gen_dim=3"),
            (["train", "bad/a.h5", "\u2212\u2212gen_dim=3"], ": type --gen_dim=3"),
            (["posterior-mean", "bad/model/checkpoint"], "is named by its save directory: lfads posterior-mean bad/model$"),
            (["posterior-mean", "bad/model/lfads_vae.ckpt-9"], "named by its save directory, not by a checkpoint"),
            (["bad/a.h5"], "no command bad/a.h5, but a file or directory: a command comes first, as lfads train bad/a.h5"),
            (["train"], "train needs data: lfads train FILE"),
            (["train", "--lfads_save_dir=bad/empty"], "train needs data: .*nothing to go on with in bad/empty"),
            (["train", "bad/empty"], "train needs data: .*nothing to go on with in bad/empty"),
            (["tune"], "tune needs data: lfads tune FILE"),
            (["tune", "bad/model"], "tune needs data: .*nothing to go on with in bad/model"),
            (["train", "--data_dir=bad"], "train needs --data_filename_stem too"),
            (["train", "--data_filename_stem=a"], "train needs --data_dir too"),
            (["train", "bad/a.h5", "--data_dir=bad"], "data files and --data_dir are two ways to name the data"),
            (["train", "bad/a.h5", "--data_filename_stem=a"], "data files and --data_filename_stem are two ways"),
            (["train", "bad/a.h5", "--data_files=bad/a.h5"], "both name data files"),
            (["train", "bad/model", "bad/empty"], "are two directories"),
            (["train", "bad/model", "--lfads_save_dir=bad/empty"], "are two save directories"),
            (["train", "--quiet", "yes", "bad/a.h5"], "a boolean's value is true or false, or comes after =, --quiet=yes"),
            (["posterior-mean"], "which model\\? lfads posterior-mean DIR names its save directory"),
            (["posterior-mean", "bad/a.h5"], "which model\\?"),
            (["posterior-mean", "bad/model", "bad/absent"], '"bad/absent" is no flag'),
            (["prior-sample"], "which model\\? lfads prior-sample DIR"),
            (["prior-sample", "bad/model", "bad/a.h5"], "prior-sample needs no data, and bad/a.h5 is a data file"),
            (["write-params", "bad/model", "bad/a.h5"], "write-params needs no data"),
            (["evaluate", "bad/model"], "there are no results of .*a.h5 in bad/model: lfads posterior-sample makes them"),
            (["evaluate", "bad/a.h5"], "DIR, the model's save directory, is missing"),
            (["evaluate", "bad/model", "--model_run=x"], "evaluate takes a save directory, or --data_file and --model_run"),
            (["evaluate", "--session=a", "--data_file=x", "--model_run=y"], "need a save directory"),
            (["evaluate", "bad/model", "--figure=a.PDF"], "--figure=a.PDF: what is written is no PDF: end the name in .png"),
            (["report", "bad/model", "--output=a.png"], "--output=a.png: what is written is no png: end the name in .html"),
            (["evaluate", "bad/model", "--session=b.h5"], "--session=b.h5 is no session of the data of bad/model: a.h5"),
            (["evaluate", "--data_file=bad/a.h5", "--model_run=bad/model"], "bad/model is a directory: name a file in it"),
            (["evaluate", "--data_file=bad/a.h5", "--model_run=bad/a.h5"], "bad/a.h5 has no rates .output_dist_params.: results are"),
            (["submit", "bad/a.h5"], '"bad/a.h5" is no flag, which begins with --, and there are no other words here'),
            (["--kind=train", "bad/a.h5"], '"bad/a.h5" is no flag, which begins with --, and there are no other words here')):
        done = run(*words, status=2, pattern=pattern)
        check(done.stderr.count("\n") == 1, f"{words}: {done.stderr!r}")
    check(sorted(os.listdir(f"{SCRATCH}/bad")) == ["a.h5", "empty", "model"], f"{os.listdir(f'{SCRATCH}/bad')}")


def test_odd_files():
    """Words are names, whatever is in them; behind -- those that begin with a dash too."""
    for name in ("-dash.h5", "a,b.h5", "back\\slash.h5", "new\nline.h5", 'quote".h5', "é ü.h5"):
        write(f"odd/{name}")
        folder, words = f"{SCRATCH}/odd", ["--", name]
        run("train", *SMALL, *words, folder=folder)
        save = name.replace(".h5", "_lfads")
        run("posterior-mean", "--", save, folder=folder)
        run("posterior-mean", "--quiet", "--", save, name, folder=folder)
        score = json.loads(run("evaluate", "--json", "--", save, folder=folder).stdout)
        check(score["trials"] == 6, f"{name}: {score}")
        check(sessions(f"odd/{save}") == [name], f"{sessions(f'odd/{save}')}")
    write("odd/" + 196 * "x" + ".h5")
    run("train", *SMALL, f"odd/{196 * 'x'}.h5", status=2, pattern="the session's name has 199 bytes, and files of results, .* 195: rename it")
    write("odd/link_target.h5")
    os.symlink("link_target.h5", f"{SCRATCH}/odd/link.h5")
    train("odd/link.h5")
    run("posterior-mean", "odd/link_lfads")
    check(sessions("odd/link_lfads") == ["link.h5"], f"{sessions('odd/link_lfads')}")


def test_defaults():
    """No default leads to /tmp but for calls as the original's."""
    program = os.path.join(os.path.dirname(harness.LFADS), "run_lfads")
    for command in ("train", "posterior-mean", "synth", "evaluate"):
        help_text = run(command, "--help").stdout
        check("=/tmp" not in help_text, f"{command} --help has a default in /tmp")
    check("--data_dir=/tmp/rnn_synth_data_v1.0/" in run("--help", program=program).stdout, "run_lfads --help")
    run("--kind=posterior_push_mean", program=program, status=2, pattern="/tmp/lfads_chaotic_rnn_inputs_g1p5/ has no file")


if __name__ == "__main__":
    harness.main(globals())
