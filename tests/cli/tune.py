"""Tuning as its user sees it: the same bits for any number of workers and after any interruption; the
best model samples without further flags; what goes wrong is said.

  tune.py LFADS SCRATCH [KILLS] [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import random
import shutil
import signal
import sys
import time

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import tuning
from harness import SCRATCH, check, interrupt, latest, numbers, run, start, text
from tuning import FINAL, GENERATIONS, MEMBERS, MODEL, SMALL, command, left, rows, same

prepare = tuning.make_data


def tune(folder, *more, **options):
    return run(*command(folder, *more), **options).stdout


def whole():
    """What an undisturbed tuning leaves."""
    if not os.path.exists(f"{SCRATCH}/whole"):
        tune("whole", *SMALL, "--threads=2")
    return left("whole")


def test_workers():
    """Any number of processes, and threads in them, gives the same bits."""
    table = whole()["population"]
    check(table.count("\n") == 1 + GENERATIONS * MEMBERS, f"the table has {table.count(chr(10))} lines")
    for threads in (1, 3):
        tune(f"workers{threads}", *SMALL, f"--threads={threads}")
        same(whole(), left(f"workers{threads}"), f"{threads} workers")


def test_lineage():
    """A member that copies has its parent's values, changed a little; one that does not keeps its own. Who
    copies is worse than its parent. A changed learning rate applies."""
    whole()
    names = [line.split()[0] for line in text("whole/space.txt").splitlines() if line[0] != "#"]
    limits = {line.split()[0]: line.split() for line in text("whole/space.txt").splitlines()}
    table, copies, compared = rows("whole"), 0, 0
    generation = {int(g): [row for row in table if row["generation"] == g] for g in {r["generation"] for r in table}}
    for g in range(1, GENERATIONS):
        for m, row in enumerate(generation[g]):
            parent = generation[g - 1][int(row["parent"])]
            if int(row["parent"]) == m:
                check(all(row[name] == parent[name] for name in names), f"{g} {m} changed without a copy")
                continue
            copies += 1
            check(float(parent["score"]) < float(generation[g - 1][m]["score"]), f"{g} {m} copies a worse one")
            for name in names:
                low, high, weight = (float(limits[name][i]) for i in (1, 2, 4))
                change = abs(float(row[name]) / float(parent[name]) - 1)
                inside = limits[name][6] == "no" or low <= float(row[name]) <= high
                check(inside and 0.002 * weight * 0.999 <= change <= weight * 1.001,
                      f"{g} {m}: {name} from {parent[name]} to {row[name]}")
    check(copies >= 3, f"{copies} copies")
    seeds = {int(numbers(latest(f"whole/members/{m:02}"))["seed"][0]) for m in range(MEMBERS)}
    check(len(seeds) == MEMBERS, f"noise of {seeds}")
    for m, row in enumerate(generation[GENERATIONS - 1]):
        # the copy is kept, and the original where its owner has copied nothing since
        parent = int(row["parent"])
        copied, original = (f"whole/members/{folder}.ckpt-{generation[GENERATIONS - 2][0]['step']}"
                            for folder in (f"{m:02}/lfads_vae_from{parent:02}", f"{parent:02}/lfads_vae"))
        if parent != m and os.path.exists(f"{SCRATCH}/{original}"):
            ours, theirs = numbers(copied), numbers(original)
            differ = {name for name in ours if not np.array_equal(ours[name], theirs[name])}
            check(len(ours) > 50 and differ <= {"lowest_valid", "schedule", "seed"}, f"member {m}: {sorted(differ)[:5]}")
            compared += 1
    check(compared > 0, "no copy was compared with its original")
    for m, row in enumerate(generation[GENERATIONS - 1]):
        # after one epoch from a copy the smoothed score is that epoch's
        cells = [cell.strip() for cell in text(f"whole/members/{m:02}/fitlog.csv").splitlines()[-1].split(",")]
        last, smoothed = float(cells[cells.index("co_bps") + 1]), float(row["co_bps"])
        check((abs(last - smoothed) < 5.1e-5) == (int(row["parent"]) != m), f"member {m}: {smoothed} from {last}")
    for m, row in enumerate(generation[GENERATIONS - 1]):
        rate = numbers(latest(f"whole/members/{m:02}"))["learning_rate"][0]
        check(np.float32(rate) == np.float32(float(row["learning_rate_init"])), f"member {m} has the rate {rate}")
        check(np.float32(float(row["heldout"])) == np.float32(float(row["score"])), "the score is not co-smoothing")


def test_best():
    """The best member of the last generation is on top, and samples by the ordinary commands."""
    whole()
    last = rows("whole")[-MEMBERS:]
    best = min(last, key=lambda row: float(row["score"]))["member"]
    for index in ("checkpoint", "checkpoint_lve"):
        top, member = numbers(latest("whole", index)), numbers(latest(f"whole/members/{int(best):02}", index))
        check(all(np.array_equal(top[name], member[name], equal_nan=True) for name in member), f"{index} on top")
    table, member, costs = rows("whole"), int(best), text("whole/fitlog.csv").splitlines()
    check(len(costs) == 3 + GENERATIONS - 1, f"{len(costs)} rows of costs on top")
    for g in range(GENERATIONS - 1, -1, -1):  # from the last one back through its ancestors
        epoch = 2 + g
        line = text(f"whole/members/{member:02}/fitlog.csv").splitlines()[epoch]
        check(line == costs[epoch] and line.startswith(f"epoch,{epoch},"), f"costs of epoch {epoch}: {line}")
        member = int(table[g * MEMBERS + member]["parent"])
    shutil.copytree(f"{SCRATCH}/whole", f"{SCRATCH}/best")
    run("posterior-mean", "--lfads_save_dir=best")
    made = glob.glob(f"{SCRATCH}/best/model_runs_*valid*")
    check(len(made) == 1, f"results: {made}")
    score = run("evaluate", "--data_file=data/set_a", f"--model_run={made[0]}").stdout
    check("co-smoothing" in score.lower() or "co_bps" in score, score)


def test_final():
    """In the last generation nobody copies and learning rates fall; one that is stopped in it goes on with the
    rate that it had, and a tuning that is done may have one later."""
    out = tune("final", *FINAL, "--threads=2")
    check("Last generation, epoch 14:" in out and out.count("Generation ") == GENERATIONS, out)
    table = rows("final")
    before, last = table[-2 * MEMBERS:-MEMBERS], table[-MEMBERS:]
    check(len(table) == (GENERATIONS + 1) * MEMBERS, f"{len(table)} rows")
    check([row["parent"] for row in last] == [str(m) for m in range(MEMBERS)], "members copy in the last generation")
    check(all(a["cd_rate"] == b["cd_rate"] for a, b in zip(before, last)), "values change in the last generation")
    rates = [float(numbers(latest(f"final/members/{m:02}"))["learning_rate"]) for m in range(MEMBERS)]
    check(max(rates) < 0.1001 and min(rates) < 0.081, f"members end with learning rates of {rates}, from 0.1")
    check(len(text("final/fitlog.csv").splitlines()) == 14, "rows of costs on top")
    words = command("stopped_last", *FINAL)
    status, error = interrupt(signal.SIGINT, words, "stopped_last", after="Learning rates fall")
    check(status == 128 + signal.SIGINT and "the same command continues" in error, f"{status} {error}")
    run(*words)
    same(left("final"), left("stopped_last"), "interrupted in the last generation")
    tune("later", *FINAL, "--final_epochs=0")
    check(rows("later") == table[:-MEMBERS], "without a last generation other members")
    run("tune", "--lfads_save_dir=later", "--final_epochs=9")
    same(left("final"), left("later"), "last generation later")


def test_interruption():
    """Ctrl-C saves every member; the same command goes on; it may go on for longer, and no flag is needed."""
    words = command("stopped", *SMALL)
    status, error = interrupt(signal.SIGINT, words, "stopped", after="Generation 1")
    check(status == 128 + signal.SIGINT and "the same command continues" in error, f"{status} {error}")
    run(*words)
    same(whole(), left("stopped"), "interrupted")
    tune("shorter", *SMALL, "--generations=2")
    run("tune", "--lfads_save_dir=shorter", f"--generations={GENERATIONS}")
    same(whole(), left("shorter"), "longer")
    out = run("tune", "--lfads_save_dir=shorter").stdout
    check(f"{GENERATIONS} generations are done" in out, out)
    same(whole(), left("shorter"), "done already")


def test_killing():
    """Killed at random moments of its run, time and again, a tuning ends as if it had not been."""
    moment, times = random.Random(1), int(harness.MORE[0]) if harness.MORE else 2
    began = time.monotonic()
    tune("timed", *SMALL)
    whole_s = time.monotonic() - began
    ended = 0
    for i in range(times):
        if i % 4 == 3:
            shutil.rmtree(f"{SCRATCH}/killed")
        process = start(*command("killed", *SMALL))
        time.sleep(moment.uniform(0.02, 0.6) * whole_s)
        process.kill()
        process.communicate()
        ended += process.returncode == 0
        if i % 4 == 2 or i + 1 == times:
            tune("killed", *SMALL)
            same(whole(), left("killed"), f"killed, {i}")
    check(ended < times, "no tuning was killed before its end")


def test_lost_process():
    """A member's process that is killed ends the tuning, which goes on."""
    words = command("shot", *SMALL)
    for _ in range(harness.ATTEMPTS):
        shutil.rmtree(f"{SCRATCH}/shot", ignore_errors=True)
        process = start(*words)
        while not process.stdout.readline().startswith("They are compared"):
            pass
        time.sleep(0.05)
        with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
            for word in file.read().split()[:1]:
                os.kill(int(word), signal.SIGKILL)
        _, error = process.communicate()
        if process.returncode and "the process of member" in error:
            break  # else it had ended, or it was a process that reads a file
    check(process.returncode == 1 and "was killed: if memory is short" in error, f"{process.returncode} {error}")
    run(*words)
    same(whole(), left("shot"), "a member was killed")


def test_contradictions():
    """A tuning goes on as it began."""
    whole()
    shutil.copytree(f"{SCRATCH}/whole", f"{SCRATCH}/other")
    for flag in ("--members=6", "--exploit=rivals", "--gen_dim=9", "--seed=5", "--space=autolfads"):
        run("tune", "--lfads_save_dir=other", flag, status=2, pattern=f"{flag} contradicts .*leave the flag out")
    table = text("other/population.csv")
    for damaged in (table[:len(table) // 2], table.replace("score", "core"), table.replace("\n1,1,", "\n1,2,"),
                    table + "9,", ""):
        with open(f"{SCRATCH}/other/population.csv", "w") as file:
            file.write(damaged)
        run("tune", "--lfads_save_dir=other", status=2, pattern="population.csv, line .*restore it")
    run("train", "--lfads_save_dir=trained", *MODEL, "--max_epochs=1")
    tune("trained", status=2, pattern="has the training of one model and not a tuning")


harness.main(globals())
