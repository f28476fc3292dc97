"""The wheel: builds it, installs it beside NumPy alone, and runs the package's tests on what was installed.

  wheel.py REPOSITORY SCRATCH CFLAGS

SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import re
import shutil
import subprocess
import sys
import venv

SKIPPED = 77
MOST_MEGABYTES = 60
NEWEST_GLIBC = (2, 34)
REPOSITORY, SCRATCH, CFLAGS = sys.argv[1:]
SYSTEM = re.compile(r"(ld-linux[^ ]*|lib(c|m|dl|rt|pthread|util|resolv|gcc_s|stdc\+\+)\.so\.\d+)")


def foreign(file):
    """What a file loads that is neither in the package nor on every Linux."""
    lines = subprocess.run(["ldd", file], capture_output=True, text=True, env={"PATH": os.environ["PATH"]}).stdout
    package = os.path.join(SCRATCH, "venv")
    return [line for line in lines.splitlines()
            if "=>" in line and package not in line and not SYSTEM.fullmatch(line.split()[0])]


def main():
    if "-fsanitize" in CFLAGS:
        print("NOT RUN: the wheel is not built with sanitizers")
        return SKIPPED
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(SCRATCH)
    venv.create(os.path.join(SCRATCH, "venv"), with_pip=True)
    python = os.path.join(SCRATCH, "venv", "bin", "python")
    if subprocess.run([python, "-m", "pip", "install", "-q", "numpy", "pytest", "h5py"]).returncode != 0:
        print("NOT RUN: PyPI can't be reached")
        return SKIPPED
    made = subprocess.run(["sh", os.path.join(REPOSITORY, "scripts", "wheel.sh"), SCRATCH])
    if made.returncode == SKIPPED:
        return SKIPPED
    made.check_returncode()
    wheel, = glob.glob(os.path.join(SCRATCH, "*.whl"))
    tag = re.search(r"-py3-none-(?:.*\.)?manylinux_(\d+)_(\d+)_x86_64\.whl$", wheel)
    assert tag and (int(tag[1]), int(tag[2])) <= NEWEST_GLIBC, f"{wheel} is for a newer glibc than {NEWEST_GLIBC}"
    assert os.path.getsize(wheel) <= MOST_MEGABYTES << 20, f"{wheel} has {os.path.getsize(wheel)} bytes"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", wheel], check=True)
    package, = glob.glob(os.path.join(SCRATCH, "venv", "lib", "python3*", "site-packages", "lfads"))
    for file in [os.path.join(package, "bin", "lfads"), *glob.glob(os.path.join(package, "lib", "*.so*"))]:
        assert not foreign(file), f"{file} loads {foreign(file)}"
    assert len(glob.glob(os.path.join(package, "lib", "licenses", "*"))) > 20, "licences are missing"
    # away from the sources, so that what was installed is what is imported
    tests = shutil.copytree(os.path.join(REPOSITORY, "python", "tests"), os.path.join(SCRATCH, "tests"))
    shutil.copytree(os.path.join(REPOSITORY, "python", "examples"), os.path.join(SCRATCH, "examples"))
    bare = {name: value for name, value in os.environ.items()
            if not name.startswith(("LFADS_", "PYTHON", "LD_"))}
    subprocess.run([python, "-m", "lfads", "--version"], cwd=SCRATCH, env=bare, check=True)
    return subprocess.run([python, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", "-W",
                           "ignore::lfads.LFADSWarning", tests], cwd=SCRATCH, env=bare).returncode


sys.exit(main())
