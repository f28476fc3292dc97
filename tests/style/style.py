"""The rules of the house that a program can check (CONTRIBUTING.md).

  style.py REPOSITORY BUILD

SPDX-License-Identifier: Apache-2.0"""
import glob
import graphlib
import os
import re
import shutil
import subprocess
import sys

REPOSITORY, BUILD = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
# A folder includes only from itself and from folders of lower storeys.
STOREY = {"base": 0, "config": 1, "ranks": 2, "h5": 2, "tensorflow": 2, "backend": 2, "data": 3, "model": 3, "report": 3,
          "learn": 4, "save": 4, "run": 5, "train": 6, "infer": 6, "synth": 6, "prepare": 6, "tune": 7, "page": 7,
          "cli": 8}
MOST_LINES = 400  # of a file
# of a function, and the lines that at most this share of all functions exceeds
MOST_FUNCTION, LONG_FUNCTION, MOST_LONG = 80, 40, 0.05
failures = 0
functions = []  # (lines, path, first line)


def fail(path, text):
    global failures
    failures += 1
    print(f"{os.path.relpath(path, REPOSITORY)}: {text}")


def files(*patterns):
    found = []
    for pattern in patterns:
        found += glob.glob(os.path.join(REPOSITORY, pattern), recursive=True)
    return sorted(path for path in found if os.path.isfile(path))


SOURCES = files("src/**/*.[ch]", "src/**/*.cu", "src/**/*.def", "include/**/*.h")
CODE = SOURCES + files("tests/**/*.[ch]", "tests/**/*.cpp", "bench/*.[ch]", "examples/*.[ch]")
TEXT = CODE + files("tests/**/*.py", "**/CMakeLists.txt", "cmake/*", "scripts/**/*", "*.md",
                    "docs/**/*.md", "Makefile", ".ci/run", "*.json")


def folder_of(path):
    return os.path.relpath(path, os.path.join(REPOSITORY, "src")).split(os.sep)[0]


def check_includes(path, text):
    own = folder_of(path)
    if own not in STOREY:
        return
    for name in re.findall(r'#include "([^"]+)"', text):
        other = name.split("/")[0]
        if other not in STOREY:
            fail(path, f'includes "{name}", which is in no folder of src')
        elif own == "cli" and other != "cli":
            fail(path, f'includes "{name}": the command line uses the public headers only')
        elif other != own and STOREY[other] >= STOREY[own]:
            fail(path, f'includes "{name}", which is not below it')


def check_circles():
    """No two files of src include each other, through however many others. A file is NAME.c with
    NAME.h and NAME_private.h, which the files that share NAME's struct include."""
    def name(path):
        return re.sub(r"(_private)?\.\w+$", "", path)
    includes = {}
    for path in SOURCES:
        own = name(os.path.relpath(path, os.path.join(REPOSITORY, "src")))
        with open(path) as file:
            found = re.findall(r'#include "([^"]+)"', file.read())
        includes.setdefault(own, set()).update(name(other) for other in found)
        includes[own].discard(own)
    try:
        graphlib.TopologicalSorter(includes).prepare()
    except graphlib.CycleError as error:
        fail(os.path.join(REPOSITORY, "src"), "a circle: " + " <- ".join(error.args[1]))


def find_functions(path, lines):
    """Adds the functions of a file: a function goes from a { in the first column to its }."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            functions.append((number - start - 1, path, start))
            start = None


def check_functions():
    long = [function for function in functions if function[0] > LONG_FUNCTION]
    for length, path, line in long:
        if length > MOST_FUNCTION:
            fail(path, f"the function before line {line} has {length} lines, "
                 f"more than {MOST_FUNCTION}")
    share = len(long) / len(functions)
    if share <= MOST_LONG:
        return
    longest = ", ".join(f"{os.path.relpath(path, REPOSITORY)}:{line} ({length})"
                        for length, path, line in sorted(long, reverse=True)[:20])
    fail(REPOSITORY, f"{share:.1%} of {len(functions)} functions have more than {LONG_FUNCTION} "
         f"lines, and at most {MOST_LONG:.0%} may; the longest: {longest}")


def check_source(path):
    with open(path) as file:
        text = file.read()
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        fail(path, f"{len(lines)} lines, more than {MOST_LINES}")
    if not text.startswith("/* " + os.path.basename(path) + " - "):
        fail(path, "does not open with a sentence on its subject")
    if "SPDX-License-Identifier: Apache-2.0" not in text:
        fail(path, "has no SPDX line")
    find_functions(path, lines)
    if path in SOURCES:
        check_includes(path, text)
        code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        calls = re.findall(r"\b(exit|abort|printf|puts|perror|system)\(", code)
        if calls and folder_of(path) != "cli":
            fail(path, f"calls {calls[0]}: below the command line nothing prints or exits")


def check_text(path):
    with open(path) as file:
        for number, line in enumerate(file, 1):
            if line.rstrip("\n") != line.rstrip():
                fail(path, f"line {number} ends in blanks")
            if re.search(r"(?<![\w.])/(root|home|work)/", line) and "style.py" not in path:
                fail(path, f"line {number} has a machine's path")


def check_names():
    seen = {}
    for path in SOURCES:
        name = os.path.basename(path)
        # a public header is included, and spoken of, with its folder
        if folder_of(path) in ("backend", "..") or name in ("CMakeLists.txt",):
            continue
        if name in seen:
            fail(path, f"has the name of {seen[name]}")
        seen[name] = os.path.relpath(path, REPOSITORY)


def check_format():
    tool = shutil.which("clang-format")
    if not tool:
        print("clang-format is not installed: the layout was not checked")
        return
    paths = [path for path in CODE if not path.endswith(".def")]
    parts = [paths[i::os.cpu_count()] for i in range(os.cpu_count())]
    running = [subprocess.Popen([tool, "--dry-run", "-Werror", *part], stderr=subprocess.PIPE,
                                text=True) for part in parts if part]
    for process in running:
        found = re.findall(r"^(.+?):\d+:\d+: error:", process.communicate()[1], re.M)
        for path in sorted(set(found)):
            fail(path, "is not as clang-format lays it out")
        if process.returncode and not found:
            fail(tool, f"ended with status {process.returncode}")


def check_symbols():
    """Nothing in the library changes between calls; what it shows begins with lfads_."""
    out = subprocess.run(["nm", "-D", "--defined-only", f"{BUILD}/src/liblfads.so"],
                         capture_output=True, text=True, check=True).stdout
    for name in (line.split()[-1] for line in out.splitlines()):
        if not name.startswith("lfads_"):
            fail(f"{BUILD}/src/liblfads.so", f"shows {name}")
    # tables of constants with addresses lie in .data.rel.ro and are not writable when loaded
    out = subprocess.run(["objdump", "-t", f"{BUILD}/src/liblfads.a"], capture_output=True,
                         text=True, check=True).stdout
    for section, name in re.findall(r" O (\.t?data|\.t?bss|\*COM\*)(?!\.rel\.ro)\S*\s+\S+\s+(\S+)$", out, re.M):
        if not re.search("asan|ubsan|Lubsan", name):
            fail(f"{BUILD}/src/liblfads.a", f"{name} is a variable that can change ({section})")


def main():
    for path in CODE:
        check_source(path)
    check_functions()
    for path in TEXT:
        check_text(path)
    check_names()
    check_circles()
    check_format()
    check_symbols()
    print(f"{len(CODE)} files of code, {failures} findings")
    return failures != 0


sys.exit(main())
