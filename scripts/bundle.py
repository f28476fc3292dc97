#!/usr/bin/python3
"""Puts the libraries that programs need beside them, so that they run where these are not installed.

  bundle.py LIBDIR FILE...    copies to LIBDIR what the FILEs, programs and libraries, load, and has them
                              load the copies from there, wherever the whole is moved
  bundle.py --glibc FILE...   prints the oldest glibc that the FILEs run with

What every Linux has is not copied: glibc, libgcc_s, libstdc++. A copy's name has a part of its checksum in
it, as auditwheel's: nobody else's library of the same name is taken for it, nor it for theirs. The copies'
licences go to LIBDIR/licenses. Copies that were built with a newer glibc than the program are made to run with
its own (older_glibc.py).
SPDX-License-Identifier: Apache-2.0"""
import hashlib
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True # the sources stay as they are
import older_glibc

SYSTEM = re.compile(r"ld-linux.*|lib(c|m|dl|rt|pthread|util|resolv|gcc_s|stdc\+\+)\.so\.\d+")


def output(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def found(file):
    """Where the loader finds the libraries of a file: {name: path}."""
    paths, text = {}, output("ldd", file)
    for line in text.splitlines():
        match = re.match(r"\s*(\S+) => (\S+)", line)
        if match and match[2] == "not":
            sys.exit(f"bundle: {file} needs {match[1]}, which is not found: install its package")
        if match:
            paths[match[1]] = os.path.realpath(match[2])
    return paths


def needed(file):
    return output("patchelf", "--print-needed", file).split()


def all_needed(files):
    """The libraries to copy, of the files and of each other: {name: path}."""
    paths, todo = {}, list(files)
    where = {}
    for file in files:
        where.update(found(file))
    while todo:
        for name in needed(todo.pop()):
            if name not in paths and not SYSTEM.fullmatch(name):
                paths[name] = where[name]
                todo.append(where[name])
    return paths


def copied_name(name, path):
    with open(path, "rb") as file:
        checksum = hashlib.sha256(file.read()).hexdigest()[:8]
    stem, _, end = name.partition(".so")
    return f"{stem}-{checksum}.so{end}"


def patch(file, names, directory, *more):
    """Has FILE load the copies in DIRECTORY."""
    words = list(more)
    for name in needed(file):
        if name in names:
            words += ["--replace-needed", name, names[name]]
    way = os.path.relpath(directory, os.path.dirname(file))
    origin = "$ORIGIN" if way == "." else f"$ORIGIN/{way}"
    output("patchelf", *words, "--set-rpath", origin, file)


def copy_licenses(paths, directory):
    """Debian's record of the copyright and the licence of each package."""
    if not shutil.which("dpkg-query"):
        return
    for path in paths:
        owner = ""
        # dpkg knows a file by the name from before /usr took /lib in
        for name in (path, path.replace("/usr/lib/", "/lib/", 1), os.path.join("/usr", path.lstrip("/"))):
            owner = owner or subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True).stdout
        package = owner.split(":")[0].split(",")[0]
        if not package:
            sys.exit(f"bundle: no package has {path}: its licence is not known")
        shutil.copyfile(f"/usr/share/doc/{package}/copyright", os.path.join(directory, package))


def bundle(directory, files):
    licenses = os.path.join(directory, "licenses")
    os.makedirs(licenses, exist_ok=True)
    paths = all_needed(files)
    names = {name: copied_name(name, path) for name, path in paths.items()}
    for name, path in paths.items():
        copy = os.path.join(directory, names[name])
        shutil.copyfile(path, copy)
        os.chmod(copy, 0o755)
        patch(copy, names, directory, "--set-soname", names[name])
        older_glibc.lower(copy)
    for file in files:
        output("strip", "--strip-unneeded", file)
        patch(file, names, directory)
    copy_licenses(paths.values(), licenses)


def oldest_glibc(files):
    versions = [(0, 0)]
    for file in files:
        text = output("objdump", "-T", file)
        versions += [tuple(map(int, v.split("."))) for v in re.findall(r"\bGLIBC_(\d+\.\d+)", text)]
    return ".".join(map(str, max(versions)))


def main(words):
    if len(words) < 2:
        sys.exit(__doc__)
    if words[0] == "--glibc":
        print(oldest_glibc(words[1:]))
    else:
        bundle(os.path.abspath(words[0]), [os.path.abspath(file) for file in words[1:]])


if __name__ == "__main__":
    main(sys.argv[1:])
