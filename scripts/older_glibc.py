"""Lets copies of libraries that were built with a newer glibc run with an older one.

A symbol's version is in a table of the file that uses it, under the name of the library that has it. Where
the symbols of a newer version are among those that an older glibc has too, or that older_glibc.c has, the
table is made to name the oldest version instead. Other files stay as they are.
SPDX-License-Identifier: Apache-2.0"""
import os
import re
import struct
import subprocess
import tempfile

NEWEST = (2, 34) # what the program itself is built for
OLDEST = "GLIBC_2.2.5"
# The newer hypot sets no errno on its way out; arc4random_buf came with glibc 2.36.
KNOWN = {"hypot": False, "arc4random_buf": True} # whether it is one of older_glibc.c's
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "older_glibc.c")
VERSIONS_NEEDED = 0x6FFFFFFE # SHT_GNU_verneed


def newer_symbols(file):
    """The symbols that FILE takes from a newer glibc, by their version."""
    text = subprocess.run(["objdump", "-T", file], check=True, capture_output=True, text=True).stdout
    found = {}
    for number, symbol in re.findall(r"\*UND\*.*\(?GLIBC_(\d+\.\d+)\)?\s+(\S+)$", text, re.M):
        if tuple(map(int, number.split("."))) > NEWEST:
            found.setdefault(f"GLIBC_{number}", set()).add(symbol)
    return found


def hash_of(name):
    """ELF's hash of a name."""
    value = 0
    for letter in name.encode():
        value = (value << 4) + letter
        value = (value ^ (value & 0xF0000000) >> 24) & 0x0FFFFFFF
    return value


def sections(data):
    """Type, offset, size and link of each section of a 64-bit little-endian file."""
    first, size, count = struct.unpack_from("<Q", data, 40)[0], *struct.unpack_from("<HH", data, 58)
    for at in range(first, first + size * count, size):
        _, kind, _, _, offset, length, link = struct.unpack_from("<IIQQQQI", data, at)
        yield kind, offset, length, link


def rename_versions(data, names):
    """In the table of versions that the file DATA needs, OLDEST takes the place of NAMES."""
    all_sections = list(sections(data))
    for kind, need, _, link in all_sections:
        if kind != VERSIONS_NEEDED:
            continue
        texts, length = all_sections[link][1], all_sections[link][2]
        oldest = data.find(b"\0" + OLDEST.encode() + b"\0", texts, texts + length) + 1 - texts
        while True:
            _, count, _, entry, after = struct.unpack_from("<HHIII", data, need)
            entry += need
            for _ in range(count):
                _, flags, other, name, step = struct.unpack_from("<IHHII", data, entry)
                text = data[texts + name:data.index(b"\0", texts + name)].decode()
                if text in names and oldest > 0:
                    struct.pack_into("<IHHII", data, entry, hash_of(OLDEST), flags, other, oldest, step)
                entry += step
            if after == 0:
                break
            need += after


def build_stand_ins(directory):
    """Compiles what older ones lack; returns the library's name."""
    name = "liblfads-older-glibc.so"
    with tempfile.NamedTemporaryFile("w", suffix=".map") as versions:
        versions.write(f"{OLDEST} {{ {' '.join(symbol + ';' for symbol, ours in KNOWN.items() if ours)} }};")
        versions.flush()
        subprocess.run([os.environ.get("CC", "cc"), "-std=c17", "-O2", "-fPIC", "-shared", f"-Wl,-soname,{name}", "-s",
                        f"-Wl,--version-script={versions.name}", SOURCE, "-o", os.path.join(directory, name)],
                       check=True)
    return name


def lower(file):
    """Lowers what FILE needs, if that is possible. FILE must find libraries of its own directory."""
    newer = newer_symbols(file)
    symbols = set().union(*newer.values())
    if not symbols or not symbols <= set(KNOWN):
        return
    if any(KNOWN[symbol] for symbol in symbols):
        name = build_stand_ins(os.path.dirname(file))
        subprocess.run(["patchelf", "--add-needed", name, file], check=True)
    with open(file, "rb") as binary:
        data = bytearray(binary.read())
    rename_versions(data, newer)
    with open(file, "wb") as binary:
        binary.write(data)
