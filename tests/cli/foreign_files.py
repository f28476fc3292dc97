"""Data files as NumPy, h5py and MATLAB write them by default or by habit: each is read as the plain file
with the same numbers, or refused by one line that names what is in it.

  foreign_files.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import gzip
import os
import pickle
import re
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, invoke

SMALL = ["--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5", "--gen_dim=6", "--co_dim=0", "--max_epochs=1",
         "--batch_size=8", "--seed=1", "--threads=1", "--example_every_s=-1", "--device=cpu"]
TRIALS, BINS, CHANNELS = 16, 20, 6
counts = np.random.RandomState(0).poisson(0.3, (TRIALS + 8, BINS, CHANNELS))
x, v = counts[:TRIALS], counts[TRIALS:]


def file(name, userblock=0):
    os.makedirs(f"{SCRATCH}/{name}", exist_ok=True)
    return h5py.File(f"{SCRATCH}/{name}/dat_a.h5", "w", userblock_size=userblock)


def train(name, *more, save="out", **options):
    return invoke("train", f"--data_dir={name}", "--data_filename_stem=dat", f"--lfads_save_dir={name}/{save}", *SMALL,
                  *more, **options)


def costs(name):
    return harness.text(f"{name}/out/fitlog.csv")


def expect(name, *more, like=None, says=""):
    """The file is read; its costs are those of file LIKE."""
    done = train(name, *more)
    said = done.stdout + done.stderr
    check(done.returncode == 0 and re.search(says, said), f"{name}: status {done.returncode}, {done.stderr!r}")
    if done.returncode == 0 and like:
        check(costs(name) == costs(like), f"{name}: other costs than {like}")


def refuse(name, *more, says):
    done = train(name, *more)
    lines = [line for line in done.stderr.splitlines() if line.startswith("lfads: ")]
    check(done.returncode == 2 and len(lines) == 1 and re.search(says, done.stderr),
          f"{name}: status {done.returncode}, {done.stderr!r} does not say {says}")


def plain(name="plain", **arrays):
    with file(name) as f:
        for key, value in {"train_data": x, "valid_data": v, **arrays}.items():
            f[key] = value
    return name


def test_types():
    """Every type of number; those that hold no more than 0 and 1 hold these."""
    for kind in ("u1", "i2", ">u4", "i8", "f2", ">f4", "f8"):
        expect(plain("type" + kind.strip(">"), train_data=x.astype(kind), valid_data=v.astype(kind)), like="plain")
    truths = np.random.RandomState(1).rand(*counts.shape) < 0.3
    plain("as_numbers", train_data=truths[:TRIALS].astype("i4"), valid_data=truths[TRIALS:].astype("i4"),
          train_ext_input=truths[:TRIALS, :, :2].astype("f4"), valid_ext_input=truths[TRIALS:, :, :2].astype("f4"))
    expect("as_numbers", "--ext_input_dim=2")
    plain("as_truths", train_data=truths[:TRIALS], valid_data=truths[TRIALS:], train_ext_input=truths[:TRIALS, :, :2],
          valid_ext_input=truths[TRIALS:, :, :2])
    expect("as_truths", "--ext_input_dim=2", like="as_numbers")


def test_bits():
    """PyTables and Julia store truth values as bytes of bits, which h5py reads as bytes."""
    truths = np.random.RandomState(1).rand(*counts.shape) < 0.3
    plain("as_bytes", train_data=truths[:TRIALS].astype("u1"), valid_data=truths[TRIALS:].astype("u1"))
    expect("as_bytes")
    for name, storage in (("bits", None), ("packed_bits", (5, 7, 2))):
        with file(name) as f:
            for key, value in (("train_data", truths[:TRIALS]), ("valid_data", truths[TRIALS:])):
                space, how = h5py.h5s.create_simple(value.shape), h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                if storage:
                    how.set_chunk(storage)
                    how.set_shuffle()
                    how.set_deflate(4)
                data = h5py.h5d.create(f.id, key.encode(), h5py.h5t.STD_B8LE, space, how)
                data.write(h5py.h5s.ALL, h5py.h5s.ALL, value.astype("u1"), h5py.h5t.STD_B8LE)
        expect(name, like="as_bytes")


def test_empty():
    """What a program writes where it has nothing counts as absent."""
    with file("only_training") as f:
        f["train_data"] = x
    expect("only_training")
    for name, nothing in (("null", h5py.Empty("f4")), ("none", np.zeros(0)), ("no_trials", np.zeros((0, BINS, CHANNELS))),
                          ("neither", np.zeros((0, 0)))):
        keys = ("valid_data", "valid_truth", "conversion_factor", "alignment_matrix_cxf", "dt")
        expect(plain(name, **{key: nothing for key in keys}), like="only_training")
    refuse(plain("no_data", train_data=h5py.Empty("f4")), says="train_data is empty")
    refuse(plain("no_training", train_data=np.zeros((0, BINS, CHANNELS))), says=r"has the shape \[0,20,6\]")


def test_no_use():
    """Keys of no use to the run are named, with the reason."""
    ext = np.ones((TRIALS + 8, BINS, 2))
    plain("no_use", train_ext_input=ext[:TRIALS], valid_ext_input=ext[TRIALS:], dt="0.01", conversion_factor=np.nan)
    expect("no_use", like="plain", says=r"keys that are not used: conversion_factor \(NaN\), dt \(no seconds above 0\), "
           r"train_ext_input \(for --ext_input_dim\), valid_ext_input \(for --ext_input_dim\)\n")
    for value in (np.nan, -1.0, 0.0, np.inf):
        expect(plain("no_seconds", dt=value), like="plain", says=r"not used: dt \(no seconds above 0\)\n")
    refuse(plain("no_input"), "--ext_input_dim=2", says=r"there is no data set train_ext_input, and --ext_input_dim=2 needs it: \[trials,bins,2\]")
    refuse(plain("reversed", train_data=x.T, valid_data=v.T), says="unless the axes of both are in reverse order")


def test_storage():
    """Compression and order of filters as h5py and MATLAB choose them, and a block before the file."""
    for name, storage in (("lzf", {"compression": "lzf"}), ("lzf_more", {"compression": "lzf", "shuffle": True,
                                                                        "fletcher32": True}),
                          ("gzip", {"compression": "gzip", "shuffle": True, "fletcher32": True}),
                          ("chunks", {"chunks": (5, 7, 2)}), ("lzf_chunks", {"chunks": (5, 7, 2), "compression": "lzf"})):
        with file(name) as f:
            f.create_dataset("train_data", data=x, **storage)
            f.create_dataset("valid_data", data=v, **storage)
        expect(name, like="plain")
    noise = np.frombuffer(np.random.RandomState(1).bytes(TRIALS * BINS * CHANNELS), "u1").reshape(x.shape)
    plain("noise", train_data=noise, valid_data=noise[:8])
    expect("noise")
    with file("lzf_noise") as f:  # does not shrink, so its chunks are stored without the filter
        f.create_dataset("train_data", data=noise, compression="lzf")
        f.create_dataset("valid_data", data=noise[:8], compression="lzf")
    expect("lzf_noise", like="noise")
    with file("block", userblock=512) as f:
        f["train_data"], f["valid_data"] = x, v
    with open(f"{SCRATCH}/block/dat_a.h5", "r+b") as f:
        f.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124))
    expect("block", like="plain")
    with file("short") as f:  # a chunk that unpacks to fewer bytes than its shape has
        data = f.create_dataset("train_data", data=x.astype("u1"), compression="lzf", chunks=(TRIALS, BINS, CHANNELS))
        data.id.write_direct_chunk((0, 0, 0), b"\x00\x07")
    refuse("short", says="train_data can't be read: the file is damaged")


def test_links():
    """Soft links are followed inside the file, however they are written; no others are."""
    with file("links") as f:
        f["binned/deep/train"], f["binned/valid"] = x, v
        f["near"] = h5py.SoftLink("binned")
        f["train_data"] = h5py.SoftLink("/near/./deep//train")
        f["binned/again"] = h5py.SoftLink("valid")
        f["valid_data"] = h5py.SoftLink("near/again")
    expect("links", like="plain")
    for name, target, says in (("dangling", "/nothing", "train_data is a soft link, and there is no nothing"),
                               ("own", "/train_data", "train_data is a soft link that leads to .* without end"),
                               ("long", "/" + "a/" * 300, "train_data"),
                               ("group", "/binned", "train_data is a group, and a data set is needed")):
        with file(name) as f:
            f["binned/train"] = x
            f["train_data"] = h5py.SoftLink(target)
        refuse(name, says=says)
    with file("out_of_it") as f:
        f["elsewhere"] = h5py.ExternalLink("../plain/dat_a.h5", "/")
        f["train_data"] = h5py.SoftLink("/elsewhere/train_data")
    refuse("out_of_it", says="train_data is a link to elsewhere")


def test_lost_axes():
    """MATLAB has no axes of length 1 at an end, and none below two."""
    ext = np.random.RandomState(2).rand(TRIALS + 8, BINS, 1)
    plain("one_input", train_ext_input=ext[:TRIALS], valid_ext_input=ext[TRIALS:])
    expect("one_input", "--ext_input_dim=1")
    plain("lost_input", train_ext_input=ext[:TRIALS, :, 0], valid_ext_input=ext[TRIALS:, :, 0])
    expect("lost_input", "--ext_input_dim=1", like="one_input")
    refuse(plain("lost_inputs", train_ext_input=ext[:TRIALS, :, 0], valid_ext_input=ext[TRIALS:, :, 0]), "--ext_input_dim=2", says=r"train_ext_input has the shape \[16,20\], and \[16,20,2\]")
    plain("one_channel", train_data=x[:, :, :1], valid_data=v[:, :, :1])
    expect("one_channel")
    expect(plain("lost_channel", train_data=x[:, :, 0], valid_data=v[:, :, 0]), like="one_channel")
    plain("one_trial", valid_data=v[:1], valid_truth=v[:1] + 0.5, train_truth=x + 0.5)
    expect("one_trial")
    expect(plain("lost_trial", valid_data=v[0], valid_truth=v[0] + 0.5, train_truth=x + 0.5), like="one_trial")
    expect(plain("lost_training", train_data=x[0]), like=None)
    refuse(plain("either", train_data=x[0], valid_data=v[0]), says=r"train_data has the shape \[20,6\]")
    refuse(plain("neither", train_data=x[0], valid_data=v[:, :, :4]), says=r"train_data has the shape \[20,6\]")
    matrix, bias = np.random.RandomState(3).rand(CHANNELS, 3), np.ones(CHANNELS)
    plain("aligned", alignment_matrix_cxf=matrix, alignment_bias_c=bias, conversion_factor=2.0)
    expect("aligned")
    expect(plain("lost_aligned", alignment_matrix_cxf=matrix, alignment_bias_c=bias[:, None],
                 conversion_factor=np.array([[2.0]])), like="aligned")
    with file("empty") as f:
        f["train_data"], f["valid_data"] = x, v
        for key in ("train_truth", "alignment_matrix_cxf", "conversion_factor"):
            f[key] = np.zeros(2, "u8")
            f[key].attrs["MATLAB_empty"] = np.uint8(1)
    expect("empty", like="plain")
    with file("nothing") as f:
        f["train_data"] = np.zeros(2, "u8")
        f["train_data"].attrs["MATLAB_empty"] = np.uint8(1)
    refuse("nothing", says="train_data is an empty array of MATLAB")


def test_no_numbers():
    """What is in place of numbers is named."""
    letters = np.array([[ord(c)] for c in "100"], "u2")
    for name, value, says in (("string", "100", "it holds text"), ("bytes", np.bytes_("100"), "it holds text"),
                              ("strings", np.array(["100"], object), "it holds text"),
                              ("complex", 1 + 2j, "it holds complex numbers"),
                              ("record", np.zeros(1, [("a", "f8"), ("b", "i4")]), "it holds records of several fields")):
        refuse(plain(name, conversion_factor=value), says="conversion_factor does not hold numbers: " + says)
    with file("letters") as f:
        f["train_data"] = x
        f["conversion_factor"] = letters
        f["conversion_factor"].attrs["MATLAB_class"] = np.bytes_("char")
    refuse("letters", says="conversion_factor does not hold numbers: it holds text")
    with file("object") as f:
        f["train_data"] = np.zeros(6, "u8")
        f["train_data"].attrs["MATLAB_class"] = np.bytes_("string")
        f["train_data"].attrs["MATLAB_object_decode"] = np.int32(3)
    refuse("object", says="train_data does not hold numbers: it holds an object of MATLAB, such as a string array")
    for name, arrays in (("front", {"train_data": x[None]}), ("front_input", {
            "train_data": x, "train_ext_input": np.ones((1, *x.shape[:2], 2)), "valid_ext_input": np.ones((*v.shape[:2], 2))})):
        refuse(plain(name, **arrays), "--ext_input_dim=2" if "input" in name else "--seed=1",
               says=rf"has the shape \[1,{TRIALS},20,.\], and .* is needed: leave out the axis of length 1 in front")
    with file("cell") as f:
        f["#refs#/b"] = x
        f.create_dataset("train_data", (1, 1), h5py.ref_dtype)[0, 0] = f["#refs#/b"].ref
    refuse("cell", says="train_data does not hold numbers: it holds references, as a cell array of MATLAB")
    for name, value, says in (("texts", np.full((2, 2, 2), b"a"), "it holds text"), ("records", np.zeros(
            (2, 2, 2), [("a", "f8"), ("b", "i4")]), "it holds records"), ("imaginary", x * 1j, "it holds complex")):
        refuse(plain(name, train_data=value), says="train_data does not hold numbers: " + says)
    with file("ragged") as f:
        lists = f.create_dataset("train_data", (TRIALS,), h5py.vlen_dtype("i4"))
        for i in range(TRIALS):
            lists[i] = np.arange(i + 1)
    refuse("ragged", says="it holds lists of different lengths: make one array of it, with NaN where a trial has ended")
    with file("struct") as f:
        f["train_data/counts"] = x
    refuse("struct", says="train_data is a group, and a data set is needed")


def test_other_formats():
    """Files that are no HDF5 are called what they are; one that is may be damaged."""
    os.makedirs(f"{SCRATCH}/formats")
    path = f"{SCRATCH}/formats/dat_a.h5"
    with open(f"{SCRATCH}/plain/dat_a.h5", "rb") as f:
        whole = f.read()

    def put(data):
        with open(path, "wb") as f:
            f.write(data)
    with open(path, "wb") as f:
        np.save(f, x)
    refuse("formats", says="is no HDF5 file: it is a NumPy array: lfads prepare makes a data file of it")
    with open(path, "wb") as f:
        np.savez(f, train_data=x)
    refuse("formats", says="is no HDF5 file: it is a zip file, as NumPy's npz")
    for data, says in ((pickle.dumps(x), "a Python pickle"), (gzip.compress(whole), "compressed by gzip: unpack it"),
                       (b"MATLAB 5.0 MAT-file, Platform: GLNXA64".ljust(200), "a MATLAB file of before version 7.3"),
                       (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a pointer of Git LFS"), (b"", "empty")):
        put(data)
        refuse("formats", says=f"is no HDF5 file: it is {says}")
    for data, says in ((b"1,2,3\n", "text: lfads prepare makes a data file of tables"), (b"<!DOCTYPE html>", "a web page"),
                       (b"<html>\n", "a web page"), ('{"train_data": 1}'.encode(), "JSON: save it as CSV"),
                       ("é;ü\n1;2\n".encode(), "text")):
        put(data)
        refuse("formats", says=f"is no HDF5 file: it is {says}")
    for data in (whole[:300], b"1,2,\x00\n", b"x\x01"):
        put(data)
        refuse("formats", says="is no HDF5 file, or it is damaged or cut short")


def test_counts():
    """What is whole but for rounding is a count, which is said; other numbers are named in full."""
    expect(plain("rounded", train_data=x * (1 + 1e-12), valid_data=(v / 0.005) * 0.005), like="plain",
           says=r"dat_a.h5: \d+ numbers are whole but for rounding")
    expect(plain("below", train_data=x - 1e-9 * (x == 0)), like="plain", says="whole but for rounding")
    check("rounding" not in train("plain", save="again").stdout, "whole counts are said to be rounded")
    for name, number, says in (
            ("half", 2.5, "train_data is 2.5 in trial 1, bin 2, channel 3; it takes whole counts"),
            ("near", 2.00001, "train_data is 2.00001 in"), ("large", 12345.678, "train_data is 12345.678 in"),
            ("many", 2000000, "train_data is 2000000 in .*the largest count that is taken is 1000000"),
            ("more", 1000001, "train_data is 1000001 in .*the largest count that is taken is 1000000"),
            ("minus", -1, "train_data is -1 in .*it takes whole counts"), ("infinite", np.inf, "train_data is inf in")):
        y = x.astype("f8")
        y[1, 2, 3] = number
        refuse(plain(name, train_data=y), says=says)


def test_lengths():
    """Trials of different lengths, their ends NaN: --preset=auto takes them for missing and says so; no
    other preset does, unless it is told."""
    y = x.astype("f4")
    for i in range(0, TRIALS, 3):
        y[i, 12 + i // 3:] = np.nan
    expect(plain("lengths", train_data=y), "--preset=auto",
           says=rf"--missing_data=skip: {np.isnan(y).sum()} numbers are NaN")
    done = invoke("posterior-mean", "--lfads_save_dir=lengths/out")
    check(done.returncode == 0, f"sampling of trials of different lengths: {done.stderr}")
    refuse(plain("lengths_more", train_data=y), says="train_data is nan in trial 0, bin 12, .*--missing_data=skip")
    refuse("lengths_more", "--preset=auto", "--missing_data=error", says="train_data is nan in trial 0, bin 12")
    done = train("plain", "--preset=auto", save="auto")
    check(done.returncode == 0 and "missing_data" not in done.stdout, "data without NaN are said to lack some")


def prepare():
    plain()
    expect("plain")


harness.main(globals())
