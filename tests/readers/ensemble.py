"""Several seeds and ensembles: each seed's training has the bits of a training of its own; an ensemble's
rates are the means of what its members write by themselves, its spread that of all their samples.

  ensemble.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import csv
import functools
import os
import re
import shutil
import signal
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import tuning
from harness import SCRATCH, check, interrupt, latest, numbers, run, same, text

SEEDS, SAMPLES = 3, 2
MODEL = [word for word in tuning.MODEL if "seed" not in word]
MODEL += ["--max_epochs=5", "--co_dim=2", f"--ps_samples={SAMPLES}", "--learning_rate_init=0.02", "--l2_gen_scale=0"]
RUN = "model_runs_a_{}_posterior_sample_and_average"
RATES = "output_dist_params"
LIST = (0.05, 0.3, 0.5, 0.95)
SPREAD = ["--save_spread", "--spread_quantiles=" + ",".join(map(str, LIST))]


def prepare():
    tuning.make_data()
    train("seeds", "--seed=4", f"--seeds={SEEDS}", "--threads=2")


def train(folder, *more, **options):
    return run("train", f"--lfads_save_dir={folder}", *MODEL, *more, **options).stdout


def left(folder):
    """Both checkpoints and the table of costs that a training leaves."""
    found = {"costs": text(f"{folder}/fitlog.csv")}
    for index in ("checkpoint", "checkpoint_lve"):
        path = latest(folder, index)
        found[index] = os.path.basename(path)
        found.update({f"{index} {name}": value for name, value in numbers(path).items()})
    return found


def ranking(folder):
    """The names of the members' directories, the best first."""
    with open(f"{SCRATCH}/{folder}/ranking.csv") as file:
        rows = list(csv.DictReader(file))
    scores = [float(row["score"]) for row in rows]
    check(scores == sorted(scores), f"{folder}: scores {scores}")
    return [row["directory"] for row in rows]


def sample(folder, *more, kind="valid", command="posterior-sample"):
    run(command, folder, "--threads=1", *more)
    name = RUN if command == "posterior-sample" else "model_runs_a_{}_posterior_push_mean"
    return numbers(f"{folder}/{name.format(kind)}")


@functools.cache
def single_samples(folder, *more):
    """The rates [samples,...]: sample k is (k + 1) means of k + 1 samples less k means of k."""
    sums = [0.0] + [k * sample(folder, f"--ps_samples={k}", *more)[RATES] for k in range(1, SAMPLES + 1)]
    return np.array([b - a for a, b in zip(sums, sums[1:])])


def test_seeds():
    """Of members 00, 01, 02 each is what a training with seed 4, 5, 6 is; the best one is on top."""
    for m in range(SEEDS):
        train(f"alone{m}", f"--seed={4 + m}", "--threads=1", "--example_every_s=-1", "--max_ckpt_to_keep=2",
              "--max_ckpt_to_keep_lve=1")
        tuning.same(left(f"alone{m}"), left(f"seeds/members/{m:02}"), f"seed {4 + m}")
    best, last = ranking("seeds")[0], tuning.rows("seeds")
    check(best == f"members/{min(last, key=lambda row: float(row['score']))['member'].zfill(2)}", f"{best} of {last}")
    tuning.same(left(f"seeds/{best}"), left("seeds"), "on top")


def test_more():
    """The same command goes on after a signal; more seeds may be asked for later; results do not depend on
    threads."""
    words = ["train", "--lfads_save_dir=stopped", *MODEL, "--seed=4", f"--seeds={SEEDS}", "--threads=1"]
    status, error = interrupt(signal.SIGINT, words, "stopped", after="They are compared")
    check(status == 128 + signal.SIGINT and "the same command continues" in error, f"{status} {error}")
    run("train", "stopped", "--preset=auto")
    for place in [".", *ranking("seeds")]:
        tuning.same(left(f"seeds/{place}"), left(f"stopped/{place}"), f"stopped/{place}")
    out = train("stopped", "--seed=4", f"--seeds={SEEDS + 1}")
    check("Member 03, seed 7" in out and len(ranking("stopped")) == SEEDS + 1, out)
    for place in ranking("seeds"):
        tuning.same(left(f"seeds/{place}"), left(f"stopped/{place}"), f"one more: {place}")
    # the original's preset has no last epoch: only its learning rate ends a training
    words = [word for word in MODEL if "epochs" not in word and "preset" not in word]
    run("train", "--lfads_save_dir=original", "--preset=original", *words, "--seeds=2", "--seed=4",
        "--learning_rate_stop=0.0195", "--learning_rate_n_to_compare=1")
    check(len(ranking("original")) == 2 and len(harness.costs("original")) > 1, "until the learning rate is low")


def check_mean(folder, count, *more):
    """The first COUNT members' rates: mean, deviations and quantiles of all their samples."""
    places = [f"{folder}/{name}" for name in ranking(folder)[:count]]
    # a member's numbers by itself, from the checkpoint that stands for it
    index = next(csv.DictReader(open(f"{SCRATCH}/{folder}/ranking.csv")))["index"]
    own = [f"--checkpoint_pb_load_name={index}", *more] if index != "checkpoint" else list(more)
    each = np.array([single_samples(place, *own) for place in places])
    means = np.array([sample(place, *own)[RATES] for place in places])
    found = sample(folder, f"--ensemble={count}", *SPREAD, *more)
    scale = np.abs(each).max()
    check(np.abs(found[RATES] - means.mean(axis=0)).max() <= 1e-14 * scale, f"{folder}: mean over {count} members")
    # float32 numbers of a few hundred roundings (as in spread.py)
    pooled = each.reshape(count * SAMPLES, *each.shape[2:])
    for end, wanted in (("_std", pooled.std(axis=0, ddof=1)),
                        ("_quantiles", np.moveaxis(np.quantile(pooled, LIST, axis=0), 0, -1))):
        off = np.abs(found[RATES + end] - wanted).max()
        check(off <= 5e-6 * scale, f"{folder}: {end} of {count} members is off by {off:g} of {scale:g}")
    within = np.sqrt(np.mean(each.var(axis=1, ddof=1)))
    check(count == 1 or means.std(axis=0).mean() > 0.02 * within, "the members hardly differ")
    return found


def test_mean():
    for count in (1, SEEDS):
        check_mean("seeds", count)
    check_mean("seeds", 2, "--checkpoint_pb_load_name=checkpoint_lve")
    places = [f"seeds/{name}" for name in ranking("seeds")]
    for kind in ("train", "valid"):
        found = sample("seeds", f"--ensemble={SEEDS}", kind=kind, command="posterior-mean")[RATES]
        means = np.mean([sample(place, kind=kind, command="posterior-mean")[RATES] for place in places], axis=0)
        check(np.abs(found - means).max() <= 1e-14 * means.max(), f"{kind} posterior means")


def test_file():
    """The rest of the file is the best member's; the bits don't depend on threads; evaluate takes the file."""
    one, plain = sample("seeds", *SPREAD), sample("seeds")
    all_ = sample("seeds", f"--ensemble={SEEDS}", *SPREAD)
    differ = {name for name in one if not np.array_equal(one[name], all_[name])}
    check(set(one) == set(all_) and differ == {RATES, f"{RATES}_std", f"{RATES}_quantiles"}, f"{differ}")
    check((all_[f"{RATES}_std"] > one[f"{RATES}_std"]).mean() > 0.5, "the members' differences are not in the spread")
    with h5py.File(f"{SCRATCH}/seeds/{RUN.format('valid')}") as file:
        check(file.attrs["ensemble"] in (str(SEEDS), str(SEEDS).encode()), f"{dict(file.attrs)}")
    score = run("evaluate", "seeds").stdout
    check("co-smoothing" in score, score)
    for more in ("--threads=1", "--threads=3", "--data_in_memory=false"):
        same(sample("seeds", f"--ensemble={SEEDS}", *SPREAD, more), all_, more)
    same(sample("seeds", "--ensemble=1"), plain, "an ensemble of one")
    run("posterior-sample", "seeds", "--ensemble=2", "--output_format=lfads_torch", "--output_dir=torch")
    two = sample("seeds", "--ensemble=2")
    with h5py.File(f"{SCRATCH}/torch/{os.listdir(f'{SCRATCH}/torch')[0]}") as file:
        found = file["valid_output_params"][()].reshape(two[RATES].shape)
        check(np.array_equal(found, two[RATES].astype(found.dtype)), "the file of lfads-torch's form")


def test_new_trials():
    """New trials, in a file of their own; and save directory and data may have moved together."""
    shutil.copytree(f"{SCRATCH}/seeds", f"{SCRATCH}/moved/seeds")
    shutil.copytree(f"{SCRATCH}/data", f"{SCRATCH}/moved/data")
    os.rename(f"{SCRATCH}/data", f"{SCRATCH}/away")
    here = sample("moved/seeds", f"--ensemble={SEEDS}")
    alone = sample(f"moved/seeds/{ranking('seeds')[0]}")
    harness.write_session("new/b", np.random.default_rng(9), (4, 3), harness.waves(12, 6))
    run("posterior-sample", "moved/seeds", "new/b", f"--ensemble={SEEDS}", "--output_dir=out")
    each = []
    for place in ranking("moved/seeds"):
        run("posterior-sample", f"moved/seeds/{place}", "new/b", f"--output_dir=out_{os.path.basename(place)}")
        each.append(f"out_{os.path.basename(place)}")
    for name in os.listdir(f"{SCRATCH}/out"):
        if name.startswith("model_runs"):
            mean = np.mean([numbers(f"{place}/{name}")[RATES] for place in each], axis=0)
            check(np.abs(numbers(f"out/{name}")[RATES] - mean).max() <= 1e-14 * mean.max(), f"new trials: {name}")
    os.rename(f"{SCRATCH}/away", f"{SCRATCH}/data")
    same(sample("seeds", f"--ensemble={SEEDS}"), here, "moved")
    same(sample("seeds"), alone, "a moved member")


def test_tuned():
    """Members of a tuning, and those of a random search, which have sizes of their own."""
    words = [word for word in MODEL if "learning_rate" not in word and "l2_gen" not in word]
    run("tune", "--lfads_save_dir=tuned", *words, *tuning.SMALL, "--seed=4")
    check_mean("tuned", 3)
    with open(f"{SCRATCH}/sizes", "w") as file:
        file.write("gen_dim 5 9 drawn 0.3 linear yes\nlearning_rate_init 1e-2 3e-2 drawn 0.3 log yes\n")
    run("tune", "--lfads_save_dir=search", *(word for word in words if "gen_dim" not in word), "--exploit=none",
        "--members=3", "--space=sizes", "--seed=4")
    check_mean("search", 3)


def test_refusals():
    train("alone", "--seed=4", "--max_epochs=1")
    for words, pattern in (
            (["posterior-sample", "seeds", f"--ensemble={SEEDS + 1}"], "is more than the 3 members that"),
            (["posterior-sample", "alone", "--ensemble=2"], "has no file ranking.csv"),
            (["posterior-sample", "seeds", "--ensemble=-1"], "ensemble"),
            (["train", "alone", "--seeds=2", "--preset=auto"], "has the training of one model and not those of several"),
            (["tune", "seeds"], "has trainings of several seeds and not a tuning"),
            (["tune", "--lfads_save_dir=no", *MODEL, "--seeds=2"], "--seeds=2 is for lfads train"),
            (["train", "seeds", "--preset=auto", "--gen_dim=9"], "--gen_dim=9 contradicts .*seeds.txt")):
        run(*words, status=2, pattern=pattern)
    check(not os.path.exists(f"{SCRATCH}/no"), "a refused command leaves a directory")
    said = run("write-params", "seeds", "--ensemble=2").stdout
    check("without effect: --ensemble (for posterior samples and means only)" in said, said)
    shutil.copytree(f"{SCRATCH}/seeds", f"{SCRATCH}/damaged")
    table = text("damaged/ranking.csv")
    for damaged in ("", table[:20], table.replace("members/0", "../0"), table.replace("checkpoint", "fitlog"),
                    re.sub(r",[-0-9.e]+,", ",nan,", table), table + "members/07,9,"):
        with open(f"{SCRATCH}/damaged/ranking.csv", "w") as file:
            file.write(damaged)
        run("posterior-sample", "damaged", "--ensemble=2", status=2, pattern="ranking.csv, line .*which writes it anew")
    with open(f"{SCRATCH}/damaged/ranking.csv", "w") as file:  # the first two change places
        first, second, *rest = table.splitlines()[1:]
        file.write("\n".join([table.splitlines()[0], second, first, *rest]) + "\n")
    run("posterior-sample", "damaged", "--ensemble=2", status=2, pattern="is not that of its best member")
    run("train", "damaged", "--preset=auto")
    check(text("damaged/ranking.csv") == table, "not written anew")


harness.main(globals())
