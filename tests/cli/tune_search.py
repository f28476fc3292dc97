"""What a tuning searches, by which rules, and what it refuses.

  tune_search.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import math
import os
import re
import signal
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import tuning
from harness import SCRATCH, check, interrupt, latest, run, start
from tuning import MEMBERS, MODEL, SMALL, command, left, rows, same

prepare = tuning.make_data


def tune(folder, *more, **options):
    return run(*command(folder, *more), **options).stdout


def test_in_use():
    """Two tunings don't share a directory."""
    process = start(*command("used", *SMALL, "--generations=100000"))
    while not process.stdout.readline().startswith("They are compared"):
        pass
    tune("used", status=1, pattern="is in use by process")
    process.terminate()
    _, error = process.communicate()
    check(process.returncode == 128 + signal.SIGTERM, f"{process.returncode}: {error}")


def test_failing():
    """A member whose training fails numerically loses its place; where all fail the run ends."""
    with open(f"{SCRATCH}/huge", "w") as file:
        file.write("# values\nlearning_rate_init 1e-3 900 drawn 0.3 log no\n")
    tune("failing", "--space=huge", *SMALL, "--cell_clip_value=1e30", "--members=6")
    first, second = rows("failing")[:6], rows("failing")[6:12]
    lost = [m for m, row in enumerate(first) if math.isnan(float(row["score"]))]
    check(0 < len(lost) < 6, f"lost: {lost}")
    for m in lost:
        parent = int(second[m]["parent"])
        check(parent != m and not math.isnan(float(first[parent]["score"])), f"{m} copies {parent}")
        check(first[m]["step"] == "-1", "a failed member has a step")
    with open(f"{SCRATCH}/hopeless", "w") as file:
        file.write("learning_rate_init 999 1000 drawn 0.3 linear yes\n")
    tune("hopeless_run", "--space=hopeless", *SMALL, "--cell_clip_value=1e30", status=1,
         pattern="every member failed numerically")


def test_search():
    """Random search trains each member once; the best checkpoint of the best is on top."""
    words = ["--exploit=none", "--members=4", "--max_epochs=9"]
    tune("search", *words)
    table = rows("search")
    check(len(table) == 4 and all(row["parent"] == row["member"] for row in table), f"{table}")
    check(len({row["dropout_rate"] for row in table}) == 4 and "cd_rate" not in table[0], f"{table[0]}")
    best = min(table, key=lambda row: float(row["score"]))
    check(latest("search").endswith(f"-{best['step']}"), f"{latest('search')} is not {best['step']}")
    check(len(harness.costs(f"search/members/{int(best['member']):02}")) == 9, "epochs")
    status, _ = interrupt(signal.SIGTERM, command("search2", *words), "search2", after="They are compared")
    check(status == 128 + signal.SIGTERM, f"status {status}")
    tune("search2", *words)
    same(left("search"), left("search2"), "random search")
    with open(f"{SCRATCH}/sizes", "w") as file:
        file.write("gen_dim 5 9 drawn 0.3 linear yes\nkl_ic_weight 1e-6 1e-3 drawn 0.8 log no\n")
    words = [word for word in MODEL if "gen_dim" not in word]
    run("tune", "--lfads_save_dir=sizes_run", *words, "--exploit=none", "--members=3", "--max_epochs=2", "--space=sizes")
    run("posterior-mean", "--lfads_save_dir=sizes_run")


def test_refusals():
    """Wrong spaces and flags: one sentence, and nothing is left."""
    lines = {"lerning_rate_init 1 2 drawn 0.3 log yes": "line 1: there is no flag lerning_rate_init; did you mean learning_rate_init",
             "\ncd_rate 0 0.5 drawn 0.3 linear": "line 2: it has too few words",
             "cd_rate 0 0.5 drawn 0.3 linear yes 3": "too many words",
             "cd_rate 0.5 0.1 drawn 0.3 linear yes": "two numbers, the lower first",
             "cd_rate 0 2 drawn 0.3 linear yes": "leaves what the flag takes: a number from 0 to 0.99",
             "learning_rate_init 0 1 drawn 0.3 linear yes": "leaves what the flag takes",
             "dropout_rate 0 1 drawn 0.3 linear yes": "a number from 0 to 0.99",
             "cd_rate 0 0.5 0.7 0.3 linear yes": "the first cd_rate is 0.7",
             "cd_rate 0 0.5 drawn 0 linear yes": "the weight of cd_rate is 0",
             "cd_rate 0 0.5 drawn 0.3 exp yes": "the scale of cd_rate is exp",
             "cd_rate 0 0.5 drawn 0.3 log yes": "has no logarithm",
             "cd_rate 0 0.5 drawn 0.3 linear maybe": "the limits of cd_rate are maybe",
             "cd_rate 0 0.5 drawn 0.3 linear yes\ncd_rate 0 0.5 drawn 0.3 linear yes": "line 2: cd_rate is there twice",
             "dropout_rate 0 0.5 drawn 0.3 linear yes\nkeep_prob 0.5 1 drawn 0.3 linear yes": "there twice",
             "preset 0 1 drawn 0.3 linear yes": "is no number",
             "max_epochs 1 9 drawn 0.3 linear yes": "max_epochs can't be searched",
             "seed 1 9 drawn 0.3 linear yes": "seed can't be searched",
             "gen_dim 5 9 drawn 0.3 linear yes": "gen_dim can't be searched: members of different models",
             "# nothing\n": "no line with a value",
             "kl_co_weight 0 1 drawn 0.3 linear yes": "leaves nothing to search"}
    for line, pattern in lines.items():
        with open(f"{SCRATCH}/wrong", "w") as file:
            file.write(line + "\n")
        tune("refused", "--space=wrong", status=2, pattern=re.escape(pattern))
    os.makedirs(f"{SCRATCH}/folder", exist_ok=True)
    for name, text in (("empty", b" \n"), ("binary", b"\x7fELF\0\0"), ("utf16", "cd_rate 0 1".encode("utf-16"))):
        with open(f"{SCRATCH}/{name}", "wb") as file:
            file.write(text)
    for name, what in (("empty", "is empty"), ("binary", "is no text file"), ("utf16", "is no text file"),
                       ("folder", "is a directory"), ("nowhere", "is not there")):
        tune("refused", f"--space={name}", status=2,
             pattern=rf"^lfads: --space={name} {what}: it takes autolfads, .* or a text file with a line for each flag")
    for flags, pattern in ((["--members=1"], "auto or an integer from 2"),
                           (["--members=many"], "--members=many"), (["--generations=0"], "--generations=0"),
                           (["--metric=sample_validation"], "--sv_rate above 0"),
                           (["--metric=co_smoothing", "--heldout_dim=0"], "needs held-out channels"),
                           (["--preset=original"], "is for costs that are means"),
                           (["--exploit=none", "--preset=original", "--space=wrong"], "set --max_epochs"),
                           (["--explore=big"], "linear|log"), (["--memebrs=3"], "did you mean --members"),
                           (["--data_dir=nowhere"], "nowhere")):
        tune("refused", *flags, status=2, pattern=re.escape(pattern))
    check(not os.path.exists(f"{SCRATCH}/refused"), "a refused tuning leaves a directory")


def test_rules():
    """AutoLFADS' rules, sample validation as the metric, and the end by --stop_ratio."""
    out = tune("rivals", *SMALL, "--exploit=rivals", "--explore=log", "--space=autolfads", "--heldout_dim=0",
               "--sv_rate=0.2", "--stop_patience=2", "--stop_ratio=1")
    table = rows("rivals")
    check(len(table) == 2 * MEMBERS and "no longer improves" in out, f"{len(table)} rows: {out}")
    check(all(row["sv"] == row["score"] and row["heldout"] == "nan" for row in table), f"{table[0]}")


harness.main(globals())
