"""A save directory's event file in the real TensorBoard: its reader (every tag of the original, steps,
values, a picture that decodes) and its server (the same over HTTP).

  real_tensorboard.py LFADS GOLDEN/files SCRATCH

TensorBoard comes from PyPI into a virtual environment in SCRATCH. Without PyPI nothing is checked: the
test says so and is skipped, or fails where CI=true.
SPDX-License-Identifier: Apache-2.0"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request

LFADS, GOLDEN, SCRATCH = (os.path.abspath(p) for p in sys.argv[1:4])
VENV, SAVE = f"{SCRATCH}/venv", f"{SCRATCH}/save"
SKIPPED = 77
failures = 0


def check(condition, text):
    global failures
    print("ok    " if condition else "FAILED", text)
    failures += not condition


def make_environment():
    """Installs TensorBoard and goes on in its Python."""
    done = subprocess.run([sys.executable, "-m", "venv", VENV])
    if done.returncode == 0:
        done = subprocess.run([f"{VENV}/bin/pip", "install", "--quiet", "tensorboard==2.21.0",
                               "setuptools<81"])
    if done.returncode:
        print("TensorBoard could not be installed from PyPI: its reader was not tried")
        sys.exit(1 if os.environ.get("CI") == "true" else SKIPPED)


def expected_tags():
    with open(f"{GOLDEN}/events_as_text.txt") as file:
        tags = set(re.findall(r"LFADS/\w+", file.read()))
    tags.remove("LFADS/LFADS_example")
    return {t.replace("Learning_rate_1", "Learning_rate") for t in tags}


def fitlog():
    """Step and training total of each epoch."""
    with open(f"{SAVE}/fitlog.csv") as file:
        rows = [[cell.strip() for cell in row.split(",")] for row in file]
    return [(int(row[3]), float(row[5])) for row in rows]


def check_reader():
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    accumulator = EventAccumulator(glob.glob(f"{SAVE}/lfads_log/events*")[0])
    accumulator.Reload()
    tags = accumulator.Tags()
    check(set(tags["scalars"]) == expected_tags(), f"{len(tags['scalars'])} scalars' tags")
    check(tags["images"] == ["LFADS/LFADS_example/image/0"], f"images {tags['images']}")
    for step, total in fitlog():
        found = [e.value for e in accumulator.Scalars("LFADS/Total_cost__train_") if e.step == step]
        check(len(found) == 1 and abs(found[0] - total) < 0.006, f"total at step {step}: {found}")
    image = accumulator.Images("LFADS/LFADS_example/image/0")[-1]
    check((image.step, image.width, image.height) == (fitlog()[-1][0], 1800, 2000),
          f"picture of {image.width} x {image.height} at step {image.step}")
    return {tag: len(accumulator.Scalars(tag)) for tag in tags["scalars"]}


def fetch(port, path):
    with urllib.request.urlopen(f"http://localhost:{port}/{path}", timeout=3600) as answer:
        return answer.read()


def check_server(counts):
    port = 16000 + os.getpid() % 4000
    server = subprocess.Popen([sys.executable, "-m", "tensorboard.main", f"--logdir={SAVE}",
                               f"--port={port}", "--load_fast=false"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        found = {}
        for _ in range(3600):
            time.sleep(1)
            if found.get("lfads_log") or server.poll() is not None:
                break
            try:
                found = json.loads(fetch(port, "data/plugin/scalars/tags"))
            except OSError:
                continue
        check(set(found.get("lfads_log", ())) == set(counts), "the server's tags")
        for tag, count in counts.items():
            query = urllib.parse.urlencode({"tag": tag, "run": "lfads_log"})
            rows = json.loads(fetch(port, f"data/plugin/scalars/scalars?{query}"))
            check(len(rows) == count, f"{len(rows)} values of {tag} by HTTP")
        images = json.loads(fetch(port, "data/plugin/images/tags"))
        check("LFADS/LFADS_example/image/0" in images["lfads_log"], "the server's images")
        check(b"<html" in fetch(port, "").lower(), "the server's page")
    finally:
        server.terminate()
        server.wait()


def main():
    if not sys.executable.startswith(VENV):
        shutil.rmtree(SAVE, ignore_errors=True)
        make_environment()
        os.execv(f"{VENV}/bin/python", [f"{VENV}/bin/python"] + sys.argv)
    subprocess.run([LFADS, "train", "--preset=original", f"--data_dir={GOLDEN}/data_dir", "--data_filename_stem=two",
                    f"--lfads_save_dir={SAVE}", "--factors_dim=4", "--gen_dim=9", "--co_dim=2",
                    "--batch_size=16", "--max_epochs=3", "--seed=2", "--quiet"], check=True)
    check_server(check_reader())
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
