"""Which recording is which: names of sessions, and what a model knows of its recordings.

  sessions.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import json
import os
import re
import shutil
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, run

SMALL = ["--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5", "--gen_dim=6", "--co_dim=0", "--batch_size=8",
         "--threads=1", "--seed=1", "--max_epochs=1", "--example_every_s=-1"]


def write(path, seed=1, channels=4, **arrays):
    harness.write_session(path, np.random.RandomState(seed), (12, 6), harness.waves(10, channels), **arrays)


def train(data, stem, *words, save=None, **options):
    return run("train", f"--data_dir={data}", f"--data_filename_stem={stem}", f"--lfads_save_dir={save or data + '_model'}",
               *SMALL, *words, **options)


def mean(save, *words, **options):
    return run("posterior-mean", f"--lfads_save_dir={save}", *words, **options)


def names(save):
    with h5py.File(harness.latest(save)) as file:
        return json.loads(file["hyperparameters"][()])["dataset_names"]


def test_names():
    for folder, stem, files, wanted in (
            ("digits", "session", ("session1.h5", "session2.h5"), ["1.h5", "2.h5"]),
            ("letters", "day", ("dayA", "dayB"), ["A", "B"]),
            ("separators", "m", ("m_a", "m-b", "m.c", "m d", "m__e"), ["_e", "a", "b", "c", "d"]),
            ("whole", "m_", ("m_a.h5", "m_b.h5"), ["a.h5", "b.h5"]),
            ("empty", "", ("a.h5", "b.h5"), ["a.h5", "b.h5"]),
            ("unicode", "m", ("m_\u00e4", "m\u00f6"), ["\u00e4", "\u00f6"])):
        for i, file in enumerate(files):
            write(f"{folder}/{file}", seed=i, channels=4 + i)
        train(folder, stem)
        check(sorted(names(folder + "_model")) == sorted(wanted), f"{folder}: {names(folder + '_model')}")
        mean(folder + "_model")
        made = [x for x in os.listdir(f"{SCRATCH}/{folder}_model") if x.endswith("_valid_posterior_push_mean")]
        check(len(made) == len(files), f"{folder}: {made}")


def test_collisions():
    for folder, stem, files in (("two", "dat", ("dat_a.h5", "dat-a.h5")), ("three", "dat", ("data", "dat_a"))):
        for file in files:
            write(f"{folder}/{file}")
        train(folder, stem, status=2, pattern=rf"{folder}/\S+ and {folder}/\S+ are both session a.*: a session's "
              rf"name is what follows --data_filename_stem=dat and a separator in its file's name; rename")
        check(not os.path.exists(f"{SCRATCH}/{folder}_model"), f"{folder} left something")
    write("none/dat_")
    train("none", "dat", status=2, pattern="none/dat_ has no session's name")


def test_directories():
    """Directories among the data are no data, whatever begins with the stem; the save directory neither."""
    write("among/lorenz_day1.h5")
    os.makedirs(f"{SCRATCH}/among/lorenz_old")
    for save in ("among/lorenz_model", "among/lorenz"):
        train("among", "lorenz", save=save)
        train("among", "lorenz", "--max_epochs=2", save=save)
        mean(save)
        check(names(save) == ["day1.h5"], f"{names(save)}")
    os.makedirs(f"{SCRATCH}/hollow/dat_a")
    train("hollow", "dat", status=2, pattern="there is no file in --data_dir=hollow")


def rename_session(save, old, new):
    """Makes of a checkpoint one whose session had another name, as programs before this one gave it."""
    path = harness.latest(save)
    with h5py.File(path, "r+") as file:
        known = json.loads(file["hyperparameters"][()])
        for key in ("dataset_checksums", "data_path", "save_path", "data_files", "session"):
            known.pop(key, None)
        known["dataset_names"] = [new if name == old else name for name in known["dataset_names"]]
        known["dataset_dims"] = {new if name == old else name: n for name, n in known["dataset_dims"].items()}
        text = json.dumps(known)
        del file["hyperparameters"]
        file.create_dataset("hyperparameters", data=np.bytes_(text.encode()))
        for name in list(file):
            if f"_{old}_" in name:
                file.move(name, name.replace(f"_{old}_", f"_{new}_"))
    harness.seal(path)


def test_earlier_names():
    """A checkpoint of before, with the original's name and nothing about its data, goes on."""
    write("before/session1.h5")
    train("before", "session")
    mean("before_model", "--output_filename_stem=now_")
    shutil.copytree(f"{SCRATCH}/before_model", f"{SCRATCH}/earlier_model")
    rename_session("earlier_model", "1.h5", ".h5")
    done = mean("earlier_model")
    check("before/session1.h5 is taken for session .h5 of the model, as earlier programs" in done.stderr, done.stderr)
    harness.same(harness.numbers("before_model/now_1.h5_valid_posterior_push_mean"),
                 harness.numbers("earlier_model/model_runs_.h5_valid_posterior_push_mean"), "results")
    train("before", "session", "--max_epochs=2", save="earlier_model")
    check(names("earlier_model") == [".h5"], f"{names('earlier_model')}")
    write("before/session2.h5", seed=2)
    mean("earlier_model", status=2, pattern="are both session .h5")


def test_other_recording():
    write("one/session1.h5")
    train("one", "session")
    write("other/session2.h5", seed=2)
    mean("one_model", "--data_dir=other", status=2, pattern=r"was not trained on session 2.h5 \(other/session2.h5\) but on "
         "1.h5: .*same name")
    write("wider/session1.h5", channels=5)
    mean("one_model", "--data_dir=wider", status=2, pattern="wider/session1.h5 has 5 channels, and session 1.h5 of the model "
         "in one_model has 4: it is another recording")
    write("changed/session1.h5", seed=3)
    warning = "changed/session1.h5 has other training trials than session 1.h5 had when"
    mean("one_model", "--data_dir=changed", pattern=warning)
    train("changed", "session", "--max_epochs=2", save="one_model", pattern=warning)
    done = mean("one_model", "--data_dir=changed")
    check("warning" not in done.stderr, f"the trained data: {done.stderr}")
    # the same numbers in another type, order of bytes and layout are the same recording; one count more is not
    with h5py.File(f"{SCRATCH}/changed/session1.h5") as file:
        sets = {name: file[name][()] for name in file}
    for name, kind, more in (("floats", ">f8", 0), ("bytes", "u1", 0), ("one_more", "i4", 1)):
        other = {key: value.astype(kind) for key, value in sets.items()}
        other["train_data"][3, 2, 1] += more
        harness.write(f"{name}/session1.h5", **other)
        done = mean("one_model", f"--data_dir={name}")
        check(("warning" in done.stderr) == bool(more), f"{name}: {done.stderr}")


def test_one_recording_twice():
    """Copies and links of a file are one recording, which is warned of; others are not."""
    write("twice/a.h5")
    shutil.copy(f"{SCRATCH}/twice/a.h5", f"{SCRATCH}/twice/b.h5")
    os.symlink("a.h5", f"{SCRATCH}/twice/c.h5")
    write("twice/d.h5", seed=2)
    done = run("train", *(f"twice/{name}.h5" for name in "abcd"), "--lfads_save_dir=twice/model", *SMALL)
    for pair in ("ab", "ac", "bc"):
        check(re.search(rf"warning: \S*twice/{pair[0]}.h5 and \S*twice/{pair[1]}.h5 have the same training trials: are they "
                        "one recording", done.stderr), f"{pair}: {done.stderr}")
    check(done.stderr.count("the same training trials") == 3, done.stderr)


def test_no_news():
    """Validation trials that are training trials, all or some, trials without a spike, bins of seconds, and
    files without trials."""
    random = np.random.RandomState(1)
    counts, others = (random.poisson(1, (n, 10, 4)) for n in (12, 6))
    for name, arrays, says in (("same", {"train_data": counts, "valid_data": counts.astype("f4")},
                                "the validation trials are the training trials"),
                               ("fewer", {"train_data": counts, "valid_data": others}, None),
                               ("some", {"train_data": counts, "valid_data": np.concatenate([others, counts[[7, 2]]])},
                                "2 of 8 validation trials are among the training trials, too"),
                               ("few", {"train_data": counts * (np.arange(10) < 3)[:, None],
                                        "valid_data": counts[:4] * (np.arange(10) < 3)[:, None]}, None),
                               ("fast", {"train_data": counts, "valid_data": others, "dt": 0.9}, None),
                               ("slow", {"train_data": counts, "valid_data": others, "dt": 5},
                                "dt=5 says that a bin has 5 seconds, .*: if it has 5 ms, write 0.005"),
                               ("silent", {"train_data": counts * 0, "valid_data": counts}, "the training trials have no spike")):
        harness.write(f"news/{name}.h5", **arrays)
        done = run("train", f"news/{name}.h5", f"--lfads_save_dir=news/{name}", *SMALL)
        found = [line for line in done.stderr.splitlines() if f"news/{name}.h5" in line]
        check(len(found) == bool(says) and (not says or re.search(says, found[0])), f"{name}: {done.stderr}")
    for name, array, says in (("none", counts[:0], "has no trials: its arrays of data are empty"),
                              ("turned", counts.transpose(0, 2, 1), "10 channels, .* has 4: .* its axes are not trials,bins,channels"),
                              ("units", counts[..., :3], "3 channels, .* has 4: .*, or its units were chosen anew")):
        harness.write(f"news/{name}.h5", valid_data=array)
        run("posterior-mean", "news/fewer", f"news/{name}.h5", status=2, pattern=says)


def test_later_sessions():
    """What a later session needs, and what a model of several does without the others."""
    write("lone/dat_a.h5")
    train("lone", "dat")
    write("lone/dat_b.h5", seed=2)
    train("lone", "dat", "--max_epochs=2", status=2,
          pattern="session b.h5 can't join the model of session a.h5, which was trained alone: a lone session without "
          "alignment_matrix_cxf reads its channels directly; give both an alignment matrix and train anew")
    os.remove(f"{SCRATCH}/lone/dat_a.h5")
    train("lone", "dat", "--max_epochs=2", status=2, pattern="session b.h5 can't join the model of session a.h5")
    matrix = np.random.RandomState(5).normal(size=(4, 3))
    write("lone/dat_a.h5", alignment_matrix_cxf=matrix)  # comes too late: the model stays as it is
    os.remove(f"{SCRATCH}/lone/dat_b.h5")
    train("lone", "dat", "--max_epochs=2")
    mean("lone_model")

    write("pair/dat_a.h5", alignment_matrix_cxf=matrix)
    train("pair", "dat")
    write("pair/dat_b.h5", seed=2)
    done = train("pair", "dat", "--max_epochs=2", "--do_train_io_only")
    check("Session b.h5 is new" in done.stdout, done.stdout[:300])
    mean("pair_model", "--output_filename_stem=both_")
    os.remove(f"{SCRATCH}/pair/dat_b.h5")
    write("pair/dat_a.h5")                              # without its alignment: the checkpoint has the read-in
    mean("pair_model", "--output_filename_stem=one_")
    harness.same(harness.numbers("pair_model/both_a.h5_valid_posterior_push_mean"),
                 harness.numbers("pair_model/one_a.h5_valid_posterior_push_mean"), "a session without the other")


def test_as_many_factors_as_channels():
    """A lone session with as many channels as factors has no read-out; one of several has."""
    write("square/dat_a", channels=3)
    write("square/dat_b", channels=3, seed=2)
    train("square", "dat")
    mean("square_model", "--output_filename_stem=both_")
    os.remove(f"{SCRATCH}/square/dat_b")
    mean("square_model", "--output_filename_stem=one_")
    harness.same(harness.numbers("square_model/both_a_valid_posterior_push_mean"),
                 harness.numbers("square_model/one_a_valid_posterior_push_mean"), "a session without the other")
    matrix = np.random.RandomState(5).normal(size=(3, 3))
    write("cube/dat_a", channels=3, alignment_matrix_cxf=matrix)
    train("cube", "dat")
    write("cube/dat_b", channels=3, alignment_matrix_cxf=matrix)
    train("cube", "dat", "--max_epochs=2", status=2, pattern="session b can't join the model of session a")


if __name__ == "__main__":
    harness.main(globals())
