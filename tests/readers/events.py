"""TensorBoard's event file as its format says it: frames, checksums, records; the scalars are those
of the table of costs, under the original's tags.

  events.py LFADS GOLDEN/files SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import re
import shutil
import struct
import subprocess
import sys

failures = 0


def check(condition, text):
    global failures
    if not condition:
        failures += 1
        print("FAILED", text)


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff


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


def scalars(path):
    """(step, tag, value) of every scalar; the first record names the version."""
    found = []
    for number, data in enumerate(records(path)):
        event = dict(fields(data))
        if number == 0:
            check(event.get(3) == b"brain.Event:2", f"the first record is {event}")
            continue
        for _, value in fields(event[5]):
            entry = dict(fields(value))
            found.append((event[2], entry[1].decode(), struct.unpack("<f", entry[2])[0]))
    return found


def main():
    lfads, golden, scratch = sys.argv[1:4]
    shutil.rmtree(scratch, ignore_errors=True)
    subprocess.run([lfads, "train", f"--data_dir={golden}/data_dir", "--data_filename_stem=two",
                    f"--lfads_save_dir={scratch}", "--factors_dim=4", "--gen_dim=9", "--co_dim=2",
                    "--batch_size=16", "--max_epochs=3", "--seed=2", "--quiet"], check=True)
    files = glob.glob(os.path.join(scratch, "lfads_log", "events.out.tfevents.*"))
    check(len(files) == 1, f"event files: {files}")
    found = scalars(files[0])
    with open(f"{golden}/events_as_text.txt") as file:
        tags = set(re.findall(r"LFADS/\w+", file.read()))
    tags = {t.replace("Learning_rate_1", "Learning_rate") for t in tags} - {"LFADS/LFADS_example"}
    check({t for _, t, _ in found} == tags, f"tags {tags ^ {t for _, t, _ in found}}")
    values = {(step, tag): value for step, tag, value in found}
    check(len(values) == len(found), "a scalar is there twice")
    with open(os.path.join(scratch, "fitlog.csv")) as file:
        for row in file:
            cell = [x.strip() for x in row.split(",")]
            step = int(cell[3])
            for tag, place in (("Total_cost__train_", 5), ("Total_cost__valid_", 6),
                               ("Reconstruction_cost__train_", 8), ("KL_cost__valid_", 12),
                               ("Reconstruction_cost__valid_", 9), ("KL_cost__train_", 11)):
                check(abs(values[step, f"LFADS/{tag}"] - float(cell[place])) < 0.006,
                      f"{tag} at {step}")
            check(abs(values[step, "LFADS/AR_Autocorrelation_taus_1"] - 10) < 1, "the prior's tau")
            check(values[step, "LFADS/Gradient_global_norm"] > 0, "the gradient's norm")
    print("events", "FAILED" if failures else "ok")
    return failures != 0


sys.exit(main())
