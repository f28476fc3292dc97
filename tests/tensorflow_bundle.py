"""Writes TensorFlow's checkpoints by the format's description: what TensorFlow itself would write of the
same variables, byte for byte (readers/tensorflow_checkpoints/written), and what it would not.

SPDX-License-Identifier: Apache-2.0"""
import struct

import numpy as np

from crc32c import masked

TYPES = {"float32": 1, "float64": 2, "int32": 3, "int64": 9}
RESTART = 16  # entries from one whole key to the next
MAGIC = 0xdb4775248b80fb57


def number(value):
    """Seven bits a byte, the lowest first."""
    data = b""
    while value >= 128:
        data += bytes([value & 127 | 128])
        value >>= 7
    return data + bytes([value])


def field(place, value):
    """A field of a message: a number, which is left out where it is 0, or bytes."""
    if isinstance(value, bytes):
        return number(place << 3 | 2) + number(len(value)) + value
    return number(place << 3) + number(value) if value else b""


def header(shards=1, endianness=0, consumer=0):
    return field(1, shards) + field(2, endianness) + field(3, field(1, 1) + field(2, consumer))


def entry(array, shard, offset, kind=None, slices=b""):
    shape = b"".join(field(2, field(1, size)) for size in array.shape)
    data = array.tobytes()
    return field(1, kind or TYPES[array.dtype.name]) + field(2, shape) + field(3, shard) + \
        field(4, offset) + field(5, len(data)) + number(6 << 3 | 5) + \
        struct.pack("<I", masked(data)) + slices


def block(entries):
    """A block's content: each key without what it has in common with the one before."""
    data, last, restarts = b"", b"", []
    for place, (key, value) in enumerate(entries):
        shared = 0
        if place % RESTART == 0:
            restarts.append(len(data))
        else:
            while shared < min(len(key), len(last)) and key[shared] == last[shared]:
                shared += 1
        data += number(shared) + number(len(key) - shared) + number(len(value)) + key[shared:] + value
        last = key
    restarts = restarts or [0]
    return data + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def with_trailer(content, compression=0):
    content += bytes([compression])
    return content + struct.pack("<I", masked(content))


def table(entries):
    """A table whose entries are in one block."""
    data, statistics = with_trailer(block(entries)), with_trailer(block([]))
    places = [number(0) + number(len(data) - 5), number(len(data)) + number(len(statistics) - 5)]
    last = entries[-1][0]
    listing = with_trailer(block([(bytes([last[0] + 1]), places[0])]))
    places.append(number(len(data) + len(statistics)) + number(len(listing) - 5))
    footer = (places[1] + places[2]).ljust(40, b"\0") + struct.pack("<Q", MAGIC)
    return data + statistics + listing + footer


def lay_out(variables, shards=1, head=None, kinds={}, slices={}):
    """The index's entries and the files of numbers. The variables, by name, go in turn to so many
    files; they have these numbers of types, and fields of parts, instead of the right ones."""
    data, entries = [b""] * shards, [(b"", head if head is not None else header(shards))]
    for place, name in enumerate(sorted(variables)):
        array, shard = np.asarray(variables[name]), place % shards
        entries.append((name.encode(), entry(array, shard, len(data[shard]), kinds.get(name),
                                             slices.get(name, b""))))
        data[shard] += array.tobytes()
    return entries, data


def write_bundle(path, variables, **how):
    """Writes the variables as lay_out has them."""
    entries, data = lay_out(variables, **how)
    for shard, content in enumerate(data):
        with open(f"{path}.data-{shard:05}-of-{len(data):05}", "wb") as file:
            file.write(content)
    with open(f"{path}.index", "wb") as file:
        file.write(table(entries))
