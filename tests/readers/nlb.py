"""Scores of the Neural Latents Benchmark by `lfads evaluate --nlb_target` against those that the
benchmark's own code gave, and against NumPy's.

  nlb.py LFADS SCRATCH NLB_METRICS [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import json
import os
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import scores
from harness import MORE, SCRATCH, check

SETS = ("mc_maze_20", "mc_rtt", "area2_bump", "dmfc_rsg_20", "mc_maze_small")
FIXED = "vel R2 without grid search (alpha 0.01)"
TOLERANCE = 1e-9  # that the golden numbers are given with


def evaluate(*more, submission="submission", target="target", **options):
    return harness.run("evaluate", f"--nlb_target={target}", f"--model_run={submission}", *more, **options)


def score(*more, **options):
    return json.loads(evaluate("--json", *more, **options).stdout)


def close(what, a, b):
    check(a is not None and abs(a - b) <= TOLERANCE * max(1, abs(b)), f"{what}: {a}, and {b} is expected")


def change(name, source, edit):
    """A copy of one of the two files, edited; its name."""
    with h5py.File(f"{SCRATCH}/{source}") as old, h5py.File(f"{SCRATCH}/{name}", "w") as new:
        for group in old:
            old.copy(group, new)
        edit(new)
    return name


def rates(phase, group, ending=""):
    """Rates of held-in, then held-out channels."""
    return np.concatenate([np.asarray(group[f"{phase}_rates_{part}{ending}"], float)
                           for part in ("heldin", "heldout")], axis=2)


def test_golden():
    """The benchmark's own numbers, all of them, and no others."""
    with h5py.File(MORE[0]) as file:
        expected = json.loads(file.attrs["expected"])
    found, fixed = score(), score("--decoding_penalty=0.01")
    check(set(found) == set(SETS), f"groups {sorted(found)}")
    for name in SETS:
        ours = {key for key in found[name] if not (key.endswith(" standard error") or key.startswith("missing "))}
        check(ours == set(expected[name]) - {FIXED}, f"{name}: scores {sorted(ours)}")
        for key, value in expected[name].items():
            if key == FIXED:
                velocity = next(key for key in fixed[name] if key.endswith("vel R2"))
                close(f"{name}, {key}", fixed[name][velocity], value)
            else:
                close(f"{name}, {key}", found[name][key], value)


def test_errors_of_scores():
    """Standard errors over trials, of sums over held-in and held-out channels too."""
    found = score("--nlb_set=mc_maze_20")["mc_maze_20"]
    random = np.random.RandomState(1)
    with h5py.File(f"{SCRATCH}/target") as target, h5py.File(f"{SCRATCH}/submission") as submission:
        t, s = target["mc_maze_20"], submission["mc_maze_20"]
        forward = np.concatenate([t[f"eval_spikes_{part}_forward"] for part in ("heldin", "heldout")], axis=2)
        for key, counts, values in (("co-bps", t["eval_spikes_heldout"][()], s["eval_rates_heldout"][()]),
                                    ("fp-bps", forward, rates("eval", s, "_forward"))):
            # each of 2000 draws is within 1.6 % of the limit as a rule; five times both
            error = scores.bootstrap(counts, values, 2000, random)
            mine = score("--nlb_set=mc_maze_20", "--bootstrap=2000")["mc_maze_20"][f"{key} standard error"]
            check(abs(mine / error - 1) < 5 * 0.016 * 2 ** 0.5, f"{key}: standard error {mine}, here {error}")
    check("co-bps standard error" not in score("--bootstrap=0", "--nlb_set=mc_maze_20")["mc_maze_20"]
          and "co-bps standard error" in found, "standard errors")


def test_numpy():
    """Larger sets, whose best penalty is neither the least nor the largest; behaviour and counts that
    were not recorded; conditions without trials; one set at a place of the user's."""
    random = np.random.RandomState(2)
    latent = random.normal(size=(2, 40, 25, 3))
    log_rates = latent @ random.normal(size=(3, 12)) * 0.3 - 1
    r = np.exp(log_rates + 0.2 * random.normal(size=log_rates.shape)) * 0.02
    behavior = latent[..., :2] + 3 * random.normal(size=(2, 40, 25, 2))
    behavior[:, 3, :4] = np.nan
    counts = random.poisson(r * 20).astype("f4")
    counts[1, 2, 3] = np.nan
    lists = [np.arange(0, 15), np.zeros(0, int), np.arange(15, 40)]
    psth = random.uniform(0.01, 0.05, (3, 25, 12))
    jitter = random.randint(-3, 4, 40)
    with h5py.File(f"{SCRATCH}/large_target", "w") as file:
        group = file.create_group("my/set")
        for phase in (0, 1):
            group[("train_behavior", "eval_behavior")[phase]] = behavior[phase]
        group["eval_spikes_heldout"] = counts[1, ..., 9:]
        group["psth"] = psth
        group["eval_jitter"] = jitter
        group.create_dataset("eval_cond_idx", (3,), h5py.vlen_dtype("i4"))
        for i, trials in enumerate(lists):
            group["eval_cond_idx"][i] = trials
    with h5py.File(f"{SCRATCH}/large", "w") as file:
        group = file.create_group("my/set")
        for phase, name in enumerate(("train", "eval")):
            group.create_dataset(f"{name}_rates_heldin", data=r[phase, ..., :9], compression="gzip")
            group.create_dataset(f"{name}_rates_heldout", data=r[phase, ..., 9:], compression="gzip")
    found = score("--nlb_set=my/set", submission="large", target="large_target")["my/set"]
    close("co-bps", found["co-bps"], scores.bits_per_spike(counts[1, ..., 9:], r[1, ..., 9:]))
    close("psth R2", found["psth R2"], scores.psth_r2(r[1], psth, lists, jitter))
    velocity, penalty = scores.decode(*((r[i].reshape(-1, 12), behavior[i].reshape(-1, 2)) for i in (0, 1)))
    close("vel R2", found["vel R2"], velocity)
    check(1e-4 < penalty < 1, f"the test's penalty is {penalty}")
    missing = {"missing counts": 3, "missing numbers of behaviour": 2 * 4 * 2}
    check(set(found) == {"co-bps", "co-bps standard error", "psth R2", "vel R2", *missing}, f"{sorted(found)}")
    check(missing.items() <= found.items(), f"{found}")
    text = evaluate("--nlb_set=my/set", submission="large", target="large_target").stdout
    check(f"penalty {penalty:.3g}" in text and "left out, for they are NaN or infinite: 3 counts\n" in text, text)


def write_runs(group):
    """A model's results with the rates of a group of the submission; the name of the evaluated trials'."""
    with h5py.File(f"{SCRATCH}/submission") as file:
        for phase, name in (("train", "train"), ("eval", "valid")):
            values, ahead = rates(phase, file[group]), rates("eval", file[group], "_forward")
            if phase == "train":
                ahead = np.ones((len(values), *ahead.shape[1:]))
            with h5py.File(f"{SCRATCH}/model_runs_x_{name}_posterior_push_mean", "w") as run:
                run["output_dist_params"] = np.concatenate([values, ahead], axis=1)
                for key, value in (("heldout_dim", file[group]["eval_rates_heldout"].shape[2]),
                                   ("forward_steps", ahead.shape[1]), ("output_dist", "poisson")):
                    run.attrs[key] = np.bytes_(str(value))
    return "model_runs_x_valid_posterior_push_mean"


def test_submit():
    """A submission has the model's rates, as the benchmark reads them, and the groups that were there."""
    def submit(*more, run="model_runs_x_valid_posterior_push_mean", **options):
        harness.run("submit", f"--model_run={run}", "--output=made", *more, **options)

    for group in ("mc_maze_20", "mc_rtt", "mc_maze_20"):
        write_runs(group)
        submit(f"--nlb_set={group}", *(["--add_to=made"] if os.path.exists(f"{SCRATCH}/made") else []))
    with h5py.File(f"{SCRATCH}/made") as made, h5py.File(f"{SCRATCH}/submission") as wanted:
        check(set(made) == {"mc_maze_20", "mc_rtt"}, f"groups {sorted(made)}")
        for group in made:
            check(set(made[group]) == set(wanted[group]), f"{group}: {sorted(made[group])}")
            for key in made[group]:
                a, b = made[group][key], wanted[group][key]
                check(a.dtype == "<f4" and a.compression == "gzip" and np.array_equal(a, b), f"{group}/{key}")
    found = score(submission="made")
    check(found == {group: value for group, value in score().items() if group in found}, "scores")
    submit("--nlb_set=mc_maze")
    with h5py.File(f"{SCRATCH}/made") as made:
        check(set(made) == {"mc_maze"}, "a submission was not replaced")
    harness.run("submit", "--output=none", status=2, pattern="needs --model_run, --nlb_set and --output")
    submit("--nlb_set=a b", status=2, pattern='the name of a group of the benchmark is "a b"')
    submit("--nlb_set=mc_rtt", "--add_to=absent", status=2, pattern="no file absent")
    submit("--nlb_set=mc_rtt", run="absent", status=2, pattern="name their results by --train_run")
    submit("--nlb_set=mc_rtt", "--train_run=absent", status=2, pattern="no file absent")
    submit("--nlb_set=mc_rtt", "--output=/proc/x/y", status=1, pattern="can't write /proc/x/")
    with h5py.File(f"{SCRATCH}/model_runs_x_train_posterior_push_mean", "r+") as run:
        run.attrs["heldout_dim"] = np.bytes_("1")
        run.attrs["output_dist"] = np.bytes_("poisson")
    submit("--nlb_set=mc_rtt", status=2, pattern="and 1 held-out ones, .* they are not of one model")
    with h5py.File(f"{SCRATCH}/model_runs_x_train_posterior_push_mean", "r+") as run:
        run.attrs["heldout_dim"] = np.bytes_("0")
    submit("--nlb_set=mc_rtt", status=2, pattern="no held-out channels, .* train with --heldout_dim")
    with h5py.File(f"{SCRATCH}/model_runs_x_train_posterior_push_mean", "r+") as run:
        run.attrs["output_dist"] = np.bytes_("gaussian")
    submit("--nlb_set=mc_rtt", status=2, pattern="of the distribution gaussian, and the benchmark is of rates")
    with h5py.File(f"{SCRATCH}/made") as made:
        check(set(made) == {"mc_maze"}, "a failure changed the submission")


def test_model():
    """A model's results are scored as the submission with the same numbers."""
    run = write_runs("mc_maze_20")
    alone = change("alone", "target", lambda f: [f.pop(name) for name in SETS if name != "mc_maze_20"])
    for more in ({"target": alone}, {}):
        flags = [] if more else ["--nlb_set=mc_maze_20"]
        check(score(*flags, submission=run, **more) == {"mc_maze_20": score()["mc_maze_20"]}, f"{flags}")
    evaluate(submission=run, status=2, pattern="has the groups .*: say by --nlb_set which of them model_runs_x")
    os.rename(f"{SCRATCH}/{run}", f"{SCRATCH}/renamed")
    evaluate(submission="renamed", target=alone, status=2, pattern="name their results by --train_run")
    named = score("--train_run=" + run.replace("valid", "train"), submission="renamed", target=alone)
    check(named == {"mc_maze_20": score()["mc_maze_20"]}, "training trials named by a flag")
    evaluate("--train_run=absent", submission="renamed", target=alone, status=2, pattern="no file absent")


def test_refused():
    """Errors name the group or the key that is missing, and what does not fit."""
    def drop(key):
        return lambda file: file["mc_maze_20"].pop(key)

    def put(key, value):
        def edit(file):
            file["mc_maze_20"].pop(key)
            file["mc_maze_20"][key] = value
        return edit

    one = "--nlb_set=mc_maze_20"
    evaluate("--nlb_set=mc_maze", status=2, pattern="submission: there is no group mc_maze$")
    evaluate("--nlb_set=/x", status=2, pattern='group of the benchmark is "/x"')
    evaluate(submission="absent", status=2, pattern="there is no file absent")
    evaluate(target="absent", status=2, pattern="there is no file absent")
    evaluate("--data_file=x", status=2, pattern="not both")
    evaluate("--figure=x", status=2, pattern="no --figure with --nlb_target")
    nothing = change("nothing", "submission", lambda file: [file.pop(name) for name in SETS])
    evaluate(submission=nothing, status=2, pattern="nothing has no group of the benchmark .*name its group by")
    only = change("only", "target", lambda file: file.pop("mc_rtt"))
    evaluate(target=only, status=2, pattern="only: there is no group mc_rtt$")
    random = np.random.RandomState(1)
    for key in ("eval_rates_heldin", "eval_rates_heldout", "train_rates_heldin", "train_rates_heldout",
                "eval_rates_heldout_forward"):
        name = change("lacking", "submission", drop(key))
        evaluate(one, submission=name, status=2, pattern=f"lacking: there is no data set mc_maze_20/{key}$")
    for key in ("eval_spikes_heldout", "train_behavior", "eval_cond_idx", "eval_spikes_heldout_forward"):
        name = change("lacking", "target", drop(key))
        evaluate(one, target=name, status=2, pattern=f"lacking: there is no data set mc_maze_20/{key}$")
    for key, value, says in (
            ("eval_rates_heldin", random.rand(10, 11, 5), "heldout has 12 entries on axis 1, and 11 are needed"),
            ("eval_rates_heldout", -random.rand(10, 12, 3), "eval_rates_heldout is -"),
            ("eval_rates_heldout", np.full((10, 12, 3), np.nan), "eval_rates_heldout is nan in trial 0, place 0"),
            ("train_rates_heldin", random.rand(14, 12, 6), "of 9 channels, the evaluated trials' of 8"),
            ("eval_rates_heldin", random.rand(10, 12), "has 2 axes, and numbers with 3 are needed")):
        evaluate(one, submission=change("odd", "submission", put(key, value)), status=2, pattern=says)
    for key, value, says in (
            ("eval_spikes_heldout", random.rand(9, 12, 3), "has 9 entries on axis 0, and 10 are needed, as in submission"),
            ("psth", random.rand(3, 12, 7), "psth has 7 entries on axis 2, and 8 are needed"),
            ("psth", random.rand(4, 12, 8), "psth has 4 entries on axis 0, and 3 are needed, as in eval_cond_idx"),
            ("eval_cond_idx", np.arange(3), "eval_cond_idx has no lists of trials"),
            ("eval_behavior", np.full((10, 12, 2), np.inf), "eval_behavior is inf in trial 0, place 0"),
            ("eval_behavior", random.rand(10, 3), "has 3 numbers a trial, and at least 4 are needed"),
            ("train_behavior", np.full((14, 12, 2), np.nan), "there are 0 bins to fit a decoder")):
        evaluate(one, target=change("odd", "target", put(key, value)), status=2, pattern=says)

    def wrong_trial(file):
        file["mc_maze_20/eval_cond_idx"][1] = np.array([0, 10])

    evaluate(one, target=change("odd", "target", wrong_trial), status=2,
             pattern="list 1 of mc_maze_20/eval_cond_idx has trial 10, and there are 10")


def prepare():
    with h5py.File(MORE[0]) as file:
        for name in ("target", "submission"):
            with h5py.File(f"{SCRATCH}/{name}", "w") as part:
                for group in file[name]:
                    file.copy(f"{name}/{group}", part)


harness.main(globals())
