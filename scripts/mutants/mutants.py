"""Whether the tests see faults: each fault of faults/ is made in turn in a copy of the tree, and a test
must fail.

  mutants.py run REPOSITORY PRESET [NAME ...]    all faults, or those named
  mutants.py check REPOSITORY BUILD              whether each fault can still be made

A fault's file says in its first lines what breaks, then

  file: the source, from the repository's root
  before: text that stands in it once; blanks and line breaks count alike
  after: what takes its place
  tests: those that are likely to fail, and are run first: a/b also stands for all of a/b/...

All faults meet the tests that they name first. Those that these do not see meet all others after that,
and the fault's file is to name the test that does. A fault that cannot be made, does not compile or
names a test that does not exist is stale. What runs ends with a line "N caught, N not caught, N stale";
its copy and its logs lie in build/mutants.
Tests of style are left out: they see that the text has changed.

SPDX-License-Identifier: Apache-2.0"""
import json
import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
LEFT_OUT = "long|style"
KEYS = ("file", "before", "after", "tests")


class Stale(Exception):
    """Why a fault cannot be made."""


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def names():
    return sorted(os.listdir(os.path.join(HERE, "faults")))


class Fault:
    def __init__(self, name):
        self.name = name
        text = read(os.path.join(HERE, "faults", name))
        found = dict(re.findall(r"^(\w+): (.*)$", text, re.M))
        self.about = " ".join(text[:text.find("\nfile: ")].split())
        if set(found) != set(KEYS) or not self.about or self.about.startswith("file:"):
            raise Stale(f"{name}: it takes a sentence, then {', '.join(KEYS)}")
        self.file, self.before, self.after = found["file"], found["before"], found["after"]
        self.tests = found["tests"].split()

    def made(self, root):
        """The source's text with the fault in it."""
        path = os.path.join(root, self.file)
        if not os.path.isfile(path):
            raise Stale(f"{self.name}: there is no file {self.file}")
        text = read(path)
        pattern = r"\s+".join(re.escape(word) for word in self.before.split())
        count = len(re.findall(pattern, text))
        if count != 1:
            raise Stale(f"{self.name}: {self.file} has its text {count} times, not once")
        return re.sub(pattern, lambda match: self.after, text)


def known_tests(build):
    """The names of a build's tests, from the files that CTest reads."""
    found = set()
    for folder, _, files in os.walk(os.path.join(build, "tests")):
        if "CTestTestfile.cmake" in files:
            text = read(os.path.join(folder, "CTestTestfile.cmake"))
            found |= set(re.findall(r'^add_test\((?:\[=*\[|")?(.+?)(?:\]=*\]|"| )', text, re.M))
    return found


def pattern_of(tests):
    return "^(" + "|".join(re.escape(test) for test in tests) + ")(/|$)"


def check_tests(fault, known):
    for test in fault.tests:
        if not any(re.match(pattern_of([test]), name) for name in known):
            raise Stale(f"{fault.name}: there is no test {test}")


def check(root, build):
    failures = 0
    known = known_tests(build)
    for name in names():
        try:
            fault = Fault(name)
            fault.made(root)
            check_tests(fault, known)
        except Stale as stale:
            failures += 1
            print(stale)
    print(f"{len(names())} faults, {failures} stale")
    return failures != 0 or not names()


def copy_tree(root, copy):
    """Makes COPY the same as the tree, what is built aside; what is the same is not touched."""
    wanted = set()
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in (".git", "build", "__pycache__")]
        for name in files:
            if name == ".git": # of a worktree: the copy is none
                continue
            path = os.path.relpath(os.path.join(folder, name), root)
            wanted.add(path)
            source, target = os.path.join(root, path), os.path.join(copy, path)
            if os.path.exists(target):
                with open(source, "rb") as ours, open(target, "rb") as theirs:
                    if ours.read() == theirs.read():
                        continue
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(source, target)
            shutil.copymode(source, target)
    for folder, folders, files in os.walk(copy):
        folders[:] = [name for name in folders if name not in ("build", "__pycache__")]
        for name in files:
            path = os.path.join(folder, name)
            if os.path.relpath(path, copy) not in wanted:
                os.remove(path)


class Copy:
    """A copy of the tree with a build of its own."""

    def __init__(self, root, preset):
        self.folder = os.path.join(root, "build", "mutants", "tree")
        self.build = os.path.join(self.folder, "build", preset)
        self.log = os.path.join(root, "build", "mutants", "log")
        self.results = os.path.join(root, "build", "mutants", "results.xml")
        self.environment = dict(os.environ)
        self.environment.setdefault("LFADS_SHARED", os.path.join(root, "..", "shared"))
        copy_tree(root, self.folder)
        write(self.log, "")
        # the faults in CUDA's sources are seen on the emulated device
        if not self.run("cmake", "--preset", preset, "-DLFADS_CUDA=OFF") or not self.make():
            sys.exit(f"the copy of the tree does not build: {self.log} says why")
        listed = subprocess.run(["ctest", "--show-only=json-v1"], cwd=self.build, check=True,
                                capture_output=True, text=True).stdout
        self.tests = {test["name"]: test for test in json.loads(listed)["tests"]}
        listed = subprocess.run(["ninja", "-t", "targets", "all"], cwd=self.build, check=True,
                                capture_output=True, text=True).stdout
        self.outputs = {line.split(": ")[0] for line in listed.splitlines()}

    def run(self, *command):
        with open(self.log, "a", encoding="utf-8") as log:
            return subprocess.run(command, cwd=self.folder, env=self.environment, stdout=log,
                                  stderr=subprocess.STDOUT, check=False).returncode == 0

    def make(self, *targets):
        return self.run("cmake", "--build", self.build, "--target", *(targets or ("all",)))

    def targets(self, tests):
        """The programs and modules of the build that TESTS run."""
        words = []
        for name, test in self.tests.items():
            if not re.match(pattern_of(tests), name):
                continue
            words += test["command"]
            for entry in test.get("properties", []):
                if entry["name"] == "ENVIRONMENT":
                    words += [text.partition("=")[2] for text in entry["value"]]
        return sorted({os.path.relpath(word, self.build) for word in words if os.path.isabs(word)
                       and os.path.relpath(word, self.build) in self.outputs})

    def first_failure(self, *chosen):
        """The name of a test that fails, of those that the words CHOSEN let CTest take; or None."""
        if os.path.exists(self.results):
            os.remove(self.results)
        self.run("ctest", "--test-dir", self.build, "--stop-on-failure", "--output-on-failure",
                 "--output-junit", self.results, *chosen)
        if not os.path.exists(self.results):
            sys.exit(f"ctest ended without results: {self.log} says why")
        cases = xml.etree.ElementTree.parse(self.results).findall("testcase")
        failed = [case.get("name") for case in cases if case.find("failure") is not None]
        if not any(case.get("status") == "run" for case in cases) and not failed:
            sys.exit(f"no test ran: {self.log} says why")
        return failed[0] if failed else None


def caught_by(copy, fault, everything):
    """The name of the test that sees FAULT, which is in the copy; or None."""
    if not copy.make(*([] if everything else copy.targets(fault.tests))):
        raise Stale(f"{fault.name}: it does not compile: {copy.log} says why")
    if everything:
        return copy.first_failure("-LE", LEFT_OUT, "-j", str(os.cpu_count()))
    return copy.first_failure("-R", pattern_of(fault.tests)) if fault.tests else None


def try_fault(copy, root, fault, everything):
    """Makes the fault in the copy, runs tests, takes it back. Whether one failed."""
    began = time.monotonic()
    path = os.path.join(copy.folder, fault.file)
    write(path, fault.made(root))
    try:
        test = caught_by(copy, fault, everything)
    finally:
        write(path, read(os.path.join(root, fault.file)))
    seconds = f"{time.monotonic() - began:.0f} s"
    print(f"{fault.name}: caught by {test} in {seconds}{', which it is to name' if everything else ''}" if test else
          f"{fault.name}: NOT CAUGHT in {seconds}{'' if everything else ' by the tests that it names'}. {fault.about}",
          flush=True)
    return test is not None


def try_all(copy, root, faults, everything):
    """The faults that no test saw, and how many don't compile."""
    missed, stale = [], 0
    for fault in faults:
        try:
            if not try_fault(copy, root, fault, everything):
                missed.append(fault)
        except Stale as why:
            stale += 1
            print(why, flush=True)
    return missed, stale


def load(root, wanted):
    """The faults that can be made, and how many can't."""
    faults, stale = [], 0
    for name in wanted:
        try:
            fault = Fault(name)
            fault.made(root)
            faults.append(fault)
        except (Stale, FileNotFoundError) as why:
            stale += 1
            print(why)
    return faults, stale


def run(root, preset, wanted):
    faults, stale = load(root, wanted or names())
    copy = Copy(root, preset)
    likely = set()
    for fault in faults[:]:
        try:
            check_tests(fault, copy.tests)
            likely |= set(fault.tests)
        except Stale as why:
            stale += 1
            faults.remove(fault)
            print(why)
    if likely:
        test = copy.first_failure("-R", pattern_of(sorted(likely)), "-j", str(os.cpu_count()))
        if test:
            sys.exit(f"{test} fails without a fault: {copy.log} says why")
    missed, unmade = try_all(copy, root, faults, everything=False)
    missed, more = try_all(copy, root, missed, everything=True)
    caught, stale = len(faults) - len(missed) - unmade - more, stale + unmade + more
    print(f"{caught} caught, {len(missed)} not caught, {stale} stale")
    return len(missed) + stale != 0 or caught == 0


def main():
    root = os.path.abspath(sys.argv[2])
    if sys.argv[1] == "check":
        return check(root, os.path.abspath(sys.argv[3]))
    return run(root, sys.argv[3], sys.argv[4:])


if __name__ == "__main__":
    sys.exit(main())
