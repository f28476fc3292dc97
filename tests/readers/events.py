"""TensorBoard's event file as its format says it: frames, checksums, records; the scalars are those
of the table of costs, under the original's tags; the pictures are whole.

  events.py LFADS SCRATCH GOLDEN/files

SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import re
import struct
import sys
import zlib

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from crc32c import masked
from harness import SCRATCH, check, text

GOLDEN, = harness.MORE


def records(path):
    with open(path, "rb") as file:
        while head := file.read(12):
            length, crc = struct.unpack("<QI", head)
            check(crc == masked(head[:8]), "checksum of a length")
            data = file.read(length)
            check(struct.unpack("<I", file.read(4))[0] == masked(data), "checksum of a record")
            yield data


def fields(data):
    """Field numbers and values of a protocol buffer."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 128:
                return value

    while at < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            value = varint()
        else:
            size = {1: 8, 5: 4}.get(kind) or varint()
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def values_of(path):
    """(step, tag, value) of every scalar and of every image; the first record names the version."""
    scalars, images = [], []
    for number, data in enumerate(records(path)):
        event = dict(fields(data))
        if number == 0:
            check(event.get(3) == b"brain.Event:2", f"the first record is {event}")
            continue
        for _, value in fields(event[5]):
            entry = dict(fields(value))
            tag = entry[1].decode()
            if 4 in entry:
                images.append((event[2], tag, dict(fields(entry[4]))))
            else:
                scalars.append((event[2], tag, struct.unpack("<f", entry[2])[0]))
    return scalars, images


def png_rows(data):
    """Width, height and the rows, each with its filter's byte, of an RGB image."""
    check(data[:8] == b"\x89PNG\r\n\x1a\n", "a PNG's signature")
    at, packed = 8, b""
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        crc, = struct.unpack(">I", data[at + 8 + length:at + 12 + length])
        check(crc == zlib.crc32(name + body), f"checksum of {name}")
        if name == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            check((depth, colour) == (8, 2), f"{depth} bits, colours {colour}")
        elif name == b"IDAT":
            packed += body
        at += 12 + length
    raw = zlib.decompress(packed)
    check(len(raw) == height * (1 + 3 * width), f"{len(raw)} bytes of pixels")
    return width, height, [raw[i:i + 1 + 3 * width] for i in range(0, len(raw), 1 + 3 * width)]


def check_images(images, steps, tag):
    """One at each of the steps, of the original's size, with something drawn in either column."""
    check([step for step, _, _ in images] == steps, f"pictures at {[i[0] for i in images]}")
    for step, name, image in images:
        check(name == tag and (image[1], image[2], image[3]) == (2000, 1800, 3), f"{name} at {step}")
        width, height, rows = png_rows(image[4])
        check((width, height) == (1800, 2000), f"a picture of {width} x {height}")
        for side in (slice(1, 2700), slice(2700, 5401)):
            drawn = sum(len(set(row[side])) > 8 for row in rows)
            check(drawn > 300, f"{drawn} rows are drawn in a column")


def train(folder, *more):
    harness.run("train", f"--data_dir={GOLDEN}/data_dir", "--data_filename_stem=two",
                f"--lfads_save_dir={folder}", "--factors_dim=4", "--gen_dim=9", "--co_dim=2",
                "--batch_size=16", "--max_epochs=3", "--seed=2", "--quiet", *more)
    files = glob.glob(f"{SCRATCH}/{folder}/lfads_log/events.out.tfevents.*")
    check(len(files) == 1, f"event files: {files}")
    return values_of(files[0])


def test_scalars():
    found, images = train("usual")
    steps = sorted({step for step, _, _ in found})
    tags = set(re.findall(r"LFADS/\w+", text(f"{GOLDEN}/events_as_text.txt")))
    tags = {t.replace("Learning_rate_1", "Learning_rate") for t in tags} - {"LFADS/LFADS_example"}
    check_images(images, [steps[0], steps[-1]], "LFADS/LFADS_example/image/0")
    check({t for _, t, _ in found} == tags, f"tags {tags ^ {t for _, t, _ in found}}")
    values = {(step, tag): value for step, tag, value in found}
    check(len(values) == len(found), "a scalar is there twice")
    for row in harness.costs("usual"):
        for tag, name in (("Total_cost_", ""), ("Reconstruction_cost_", "_recon"), ("KL_cost_", "_kl")):
            for which in ("train", "valid"):
                value = values[row["step"], f"LFADS/{tag}_{which}_"]
                check(abs(value - row[which + name]) < 0.006, f"{tag} at {row['step']}")
        check(abs(values[row["step"], "LFADS/AR_Autocorrelation_taus_1"] - 10) < 1, "the prior's tau")
        check(values[row["step"], "LFADS/Gradient_global_norm"] > 0, "the gradient's norm")
    check(train("without", "--example_every_s=-1")[1] == [], "pictures with -1")
    check(text("usual/fitlog.csv") == text("without/fitlog.csv"), "a picture changes the training")


def test_every_picture():
    found, images = train("all", "--example_every_s=0", "--output_dist=gaussian")
    check_images(images, sorted({step for step, _, _ in found}), "LFADS/LFADS_example/image/0")


harness.main(globals())
