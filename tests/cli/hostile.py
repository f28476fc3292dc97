"""Files made to do harm: each is refused by one line and the right exit status, nothing outside the
save directory changes, and nothing waits for long.

  hostile.py LFADS SCRATCH REGRESSIONS [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import re
import shutil
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import MORE, SCRATCH, check, invoke, sanitized, write

SMALL = ["--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5", "--gen_dim=6", "--co_dim=0",
         "--batch_size=8", "--seed=1", "--threads=1", "--example_every_s=-1"]
# there a reading process that crashes reports it too
SANITIZED = sanitized()
good = np.random.RandomState(1).poisson(1.0, (12, 10, 4))


def one_line(done):
    lines = done.stderr.splitlines()
    return len([x for x in lines if x.startswith("lfads: ")] if SANITIZED else lines) == 1


def refused(name, arguments, status, pattern):
    done = invoke(*arguments)
    check(done.returncode == status and one_line(done) and re.search(pattern, done.stderr),
          f"{name}: status {done.returncode}, {done.stderr!r}")
    check(not os.path.exists(f"{SCRATCH}/none"), f"{name}: a refused run left its directory")


def accepted(name, arguments):
    done = invoke(*arguments)
    check(done.returncode == 0, f"{name}: status {done.returncode}, {done.stderr!r}")


def train(stem, save="none", *more):
    return ["train", "--data_dir=data", f"--data_filename_stem={stem}", f"--lfads_save_dir={save}",
            "--max_epochs=1", *SMALL, *more]


def file(stem):
    return h5py.File(f"{SCRATCH}/data/{stem}_s", "w")


def test_storage():
    """What lies elsewhere, or needs more of libhdf5 than its plain part."""
    write("other", train_data=good)
    with file("external") as f:
        f["train_data"] = h5py.ExternalLink("../other", "train_data")
    with file("optional") as f:
        f["train_data"] = good
        f["valid_data"] = h5py.ExternalLink("../other", "train_data")
    with file("soft") as f:
        f["data"] = h5py.ExternalLink("../other", "train_data")
        f["train_data"] = h5py.SoftLink("/data")
    with file("virtual") as f:
        layout = h5py.VirtualLayout(good.shape, good.dtype)
        layout[:] = h5py.VirtualSource("../other", "train_data", good.shape)
        f.create_virtual_dataset("train_data", layout)
    with file("raw") as f:
        f.create_dataset("train_data", good.shape, good.dtype,
                         external=[(b"/etc/passwd", 0, h5py.h5f.UNLIMITED)])
    for stem in ("external", "optional", "soft"):
        refused(stem, train(stem), 2, "(train|valid)_data is a link to elsewhere: copy")
    for stem in ("virtual", "raw"):
        refused(stem, train(stem), 2, "train_data lies in other files: copy it into this one")
    for name, storage in (("nbit", {"dtype": "u1", "scaleoffset": 3}), ("scaleoffset", {"scaleoffset": 8})):
        with file(name) as f:
            f.create_dataset("train_data", data=good, **storage)
        refused(name, train(name), 2, "stored with the filter .*scaleoffset.* store it with gzip")


def test_types():
    for name, value in (("wide", good.astype(np.longdouble)), ("complex", good * 1j),
                        ("text", np.full((2, 2, 2), b"abc")),
                        ("record", np.zeros((2, 2, 2), [("a", "f8"), ("b", "i4")])),
                        ("empty", h5py.Empty("f8")),
                        ("axes", np.zeros((2, 2, 2, 2, 2))), ("number", 3.0)):
        write(f"data/{name}_s", train_data=value)
        refused(name, train(name), 2, f"data/{name}_s: train_data ")
    with file("vlen") as f:
        f.create_dataset("train_data", (2, 2, 2), h5py.vlen_dtype("i4"))
    with file("group") as f:
        f.create_group("train_data")
    with file("named") as f:
        f["train_data"] = np.dtype("f8")
    for name in ("vlen", "group", "named"):
        refused(name, train(name), 2, f"data/{name}_s: train_data ")
    for name, kind in (("half", "f2"), ("big", ">i8"), ("byte", "i1"), ("single", ">f4")):
        write(f"data/{name}_s", train_data=good.astype(kind))
        accepted(name, train(name, name))


def test_claims():
    """More numbers than the file can hold, in every layout."""
    for name, shape, storage in (
            ("chunked", (1 << 20, 1 << 20, 1 << 20), {"chunks": (1, 16, 16)}),
            ("packed", (1 << 10, 1 << 10, 1 << 10), {"chunks": (1, 64, 64), "compression": "gzip"}),
            ("plain", (1 << 20, 1 << 10, 1 << 10), {}),
            ("whole", (1 << 10, 1 << 10, 1 << 10), {"chunks": (1 << 10, 1 << 10, 1 << 10)})):
        with file(name) as f:
            f.create_dataset("train_data", shape, "u1", **storage)
        refused(name, train(name), 2, r"claims \d+ bytes of numbers in a file of \d+|larger than any memory")
    with file("lost") as f:
        f.create_dataset("train_data", (12, 10, 4), "i4", chunks=(1, 10, 4), fletcher32=True)
        f["train_data"][:8] = 1
    refused("lost", train("lost"), 2, "train_data lacks some of its chunks")


def test_places():
    """What is no file, or a link to somebody's file."""
    write("data/good_s", train_data=good)
    victim = f"{SCRATCH}/victim"
    with open(victim, "w") as f:
        f.write("mine\n")
    os.mkfifo(f"{SCRATCH}/data/pipe_s")
    refused("pipe", train("pipe"), 2, "data/pipe_s is no regular file")
    os.mkdir(f"{SCRATCH}/data/folder_s")
    refused("folder", train("folder"), 2, "there is no file in --data_dir=data whose name starts with")
    for name in (".lfads_lock", "fitlog.csv"):
        save = f"{SCRATCH}/link{name}"
        os.mkdir(save)
        os.symlink(victim, os.path.join(save, name))
        refused(name, train("good", save), 1, "Too many levels of symbolic links")
    for name in ("checkpoint", "fitlog.csv"):
        save = f"{SCRATCH}/pipe{name}"
        os.mkdir(save)
        os.mkfifo(os.path.join(save, name))
        refused(name, train("good", save), 1, f"can't read {save}/{name}: ")
    save = f"{SCRATCH}/listed"
    accepted("a run", train("good", save))
    with open(os.path.join(save, "checkpoint"), "a") as f:
        f.write(f'all_model_checkpoint_paths: "{victim}"\n'
                f'all_model_checkpoint_paths: "../victim"\n')
    accepted("its end", train("good", save, "--max_epochs=3", "--max_ckpt_to_keep=1",
                              "--checkpoint_every=1"))
    check(harness.text(victim) == "mine\n", "a file outside the save directory was changed")


def test_flag_files():
    for i in range(20):
        with open(f"{SCRATCH}/flags{i}", "w") as f:
            f.write(f"--flagfile=flags{i + 1}\n" * 2)
    open(f"{SCRATCH}/flags20", "w").close()
    with open(f"{SCRATCH}/own", "w") as f:
        f.write("--flagfile=own\n")
    refused("doubling", ["train", "--flagfile=flags0"], 2, "more than 32 flag files")
    refused("own", ["train", "--flagfile=own"], 2, "more than 32 flag files, or they name one")
    refused("long", ["train", "--data_dir=" + "x" * 5000], 2, "is longer than 4095 characters")
    write("data/good_s", train_data=good)
    refused("bytes", train("good", b"none", b"--csv_log=\xff"), 2, "is not UTF-8")


def test_regressions():
    """Files that once were read wrong, or on which libhdf5 crashes, loops or takes all memory."""
    folder = f"{MORE[0]}/data"
    for name in sorted(os.listdir(folder)):
        path = f"{folder}/{name}"
        done = invoke("evaluate", f"--data_file={path}", f"--model_run={path}", "--set=train")
        check(done.returncode in (0, 2), f"{name}: status {done.returncode}, {done.stderr!r}")
        shutil.copy(path, f"{SCRATCH}/data/{name}_s")
        refused(name, train(name, "none", "--output_dist=gaussian"), 2, "")


def prepare():
    os.makedirs(f"{SCRATCH}/data")


def test_integrator():
    """The weights of the integrating network."""
    n = 4
    weights = {"W": np.zeros((n, n)), "B": np.ones(n), "b": np.zeros(n), "w": np.ones(n), "c": np.zeros(1)}
    make = ["synth", "itb", f"--N={n}", "--C=2", "--save_dir=none", "--checkpoint_path=weights"]
    last = np.arange(n) == n - 1
    for name, wrong, pattern in (
            ("NaN", {"b": np.where(last, np.nan, 0)}, "weights that are not finite: remove it, or choose another"),
            ("infinity", {"c": [-np.inf]}, "not finite"), ("no float", {"w": np.where(last, 1e300, 0)}, "not finite|w"),
            ("text", {"W": np.full((n, n), b"x")}, "W does not hold numbers"), ("size", {"B": np.ones(n + 1)}, "B")):
        with h5py.File(f"{SCRATCH}/weights", "w") as made:
            for key, value in {**weights, **wrong}.items():
                made[key] = value
        refused(f"integrator, {name}", make, 2, pattern)
    for name, content in (("no HDF5", "weights"), ("empty", "")):
        with open(f"{SCRATCH}/weights", "w") as made:
            made.write(content)
        refused(f"integrator, {name}", make, 2, "no HDF5 file")


harness.main(globals())
