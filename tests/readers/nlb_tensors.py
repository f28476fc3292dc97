"""The Neural Latents Benchmark's tensors: trained on directly, sampled, submitted, scored; and test trials of
lfads-torch's files. All is compared with the same trials in a file of the original's form.

  nlb_tensors.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import json
import os
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import scores
from harness import SCRATCH, check, run, write

TRIALS, EVAL, BINS, AHEAD, HELDIN, HELDOUT = 23, 6, 12, 3, 5, 3
SIZES = ["--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5", "--gen_dim=6", "--co_dim=1", "--con_dim=5", "--ci_enc_dim=4",
         "--max_epochs=2", "--batch_size=8", "--seed=1", "--threads=1", "--example_every_s=-1", "--device=cpu"]
random = np.random.RandomState(0)
counts = random.poisson(0.6, (TRIALS + EVAL, BINS + AHEAD, HELDIN + HELDOUT))
train, evaluated = counts[:TRIALS], counts[TRIALS:]
VALID = np.arange(4, TRIALS, 5)
TRAIN = np.setdiff1d(np.arange(TRIALS), VALID)
MEAN, SAMPLE = "posterior_push_mean", "posterior_sample_and_average"


def tensors(phase, x, parts=("heldin", "heldout", "heldin_forward", "heldout_forward")):
    """The tensors of a phase, in single precision with gzip's types."""
    cut = {"heldin": x[:, :BINS, :HELDIN], "heldout": x[:, :BINS, HELDIN:], "heldin_forward": x[:, BINS:, :HELDIN],
           "heldout_forward": x[:, BINS:, HELDIN:]}
    return {f"{phase}_spikes_{part}": cut[part].astype("f4") for part in parts}


def learn(stem, *more, **options):
    return run("train", f"--data_dir={stem}", "--data_filename_stem=d", f"--lfads_save_dir=save_{stem}", *SIZES, *more,
               **options)


def rates(stem, name, kind=MEAN):
    return harness.numbers(f"save_{stem}/model_runs_s.h5_{name}_{kind}")


def of_valid(folder):
    """The results of the only validation trials in a folder."""
    name, = (name for name in os.listdir(f"{SCRATCH}/{folder}") if "_valid_" in name)
    return harness.numbers(f"{folder}/{name}")


def test_round_trip():
    """Training, sampling, a submission, its scores."""
    write("nlb/d_s.h5", **tensors("train", train), **tensors("eval", evaluated, ("heldin", "heldout")))
    write("plain/d_s.h5", train_data=train[TRAIN], valid_data=train[VALID])
    learn("nlb")
    learn("plain", f"--heldout_dim={HELDOUT}", f"--forward_steps={AHEAD}")
    check(harness.text("save_nlb/fitlog.csv") == harness.text("save_plain/fitlog.csv"), "other costs than of the plain file")
    for command, kind in (("posterior-mean", MEAN), ("posterior-sample", SAMPLE)):
        for stem in ("nlb", "plain"):
            run(command, f"--lfads_save_dir=save_{stem}", "--ps_samples=4")
        for name, inds in (("train", TRAIN), ("valid", VALID)):
            a, b = rates("nlb", name, kind), rates("plain", name, kind)
            check(np.array_equal(a.pop(f"{name}_inds"), inds) and not harness.differences(a, b), f"{kind} {name}")
        test = rates("nlb", "test", kind)
        check(test["output_dist_params"].shape == (EVAL, BINS + AHEAD, HELDIN + HELDOUT) and "costs" not in test
              and "nll_bound_vaes" not in test, f"{kind} test: {sorted(test)}")
    # what is not known of evaluated trials plays no part
    other = evaluated.copy()
    other[:, :, HELDIN:] = other[:, BINS:] = 7
    write("again/d_s.h5", train_data=train[TRAIN], valid_data=other)
    run("posterior-mean", "--lfads_save_dir=save_plain", "--data_files=again/d_s.h5", "--output_dir=made")
    again = of_valid("made")
    check(np.array_equal(again["output_dist_params"], rates("nlb", "test")["output_dist_params"]), "rates of evaluated trials")
    with h5py.File(write("target", x=0), "w") as file:
        for key, value in tensors("eval", evaluated, ("heldout", "heldin_forward", "heldout_forward")).items():
            file[f"mc_maze/{key}"] = value
        file["mc_maze/train_behavior"] = random.normal(size=(TRIALS, BINS, 2))
        file["mc_maze/eval_behavior"] = random.normal(size=(EVAL, BINS, 2))
    model = f"save_nlb/model_runs_s.h5_test_{MEAN}"
    run("submit", f"--model_run={model}", "--nlb_set=mc_maze", "--output=submission")
    found = harness.numbers("submission")
    whole = np.zeros((TRIALS, BINS + AHEAD, HELDIN + HELDOUT))
    whole[TRAIN], whole[VALID] = (rates("nlb", name)["output_dist_params"] for name in ("train", "valid"))
    for key, value in (("train_rates_heldin", whole[:, :BINS, :HELDIN]), ("train_rates_heldout", whole[:, :BINS, HELDIN:])):
        check(np.array_equal(found[f"mc_maze/{key}"], value.astype("f4")), f"{key}: not in the file's order")
    check(found["mc_maze/eval_rates_heldout_forward"].shape == (EVAL, AHEAD, HELDOUT), "forward bins")
    for of in ("submission", model):
        score = json.loads(run("evaluate", "--nlb_target=target", f"--model_run={of}", "--json").stdout)["mc_maze"]
        mine = scores.bits_per_spike(evaluated[:, :BINS, HELDIN:],
                                     rates("nlb", "test")["output_dist_params"][:, :BINS, HELDIN:])
        check(abs(score["co-bps"] - mine) < 1e-5 and "vel R2" in score and "fp-bps" in score, f"{of}: {score}, {mine}")
    # the evaluated trials in a file of their own
    write("eval.h5", **tensors("eval", evaluated, ("heldin",)))
    run("posterior-mean", "--lfads_save_dir=save_nlb", "--data_files=eval.h5", "--output_dir=apart")
    apart, = (name for name in os.listdir(f"{SCRATCH}/apart") if "_test_" in name)
    check(np.array_equal(harness.numbers(f"apart/{apart}")["output_dist_params"], rates("nlb", "test")["output_dist_params"]),
          "evaluated trials of another file")
    run("submit", f"--model_run=apart/{apart}", f"--train_run=save_nlb/model_runs_s.h5_train_{MEAN}", "--nlb_set=mc_maze",
        "--output=submission_apart")
    check(not harness.differences(harness.numbers("submission_apart"), found), "a submission of two files")
    write("wide.h5", eval_spikes_heldin=np.zeros((2, BINS, HELDIN + 1)))
    run("posterior-mean", "--lfads_save_dir=save_nlb", "--data_files=wide.h5", status=2,
        pattern="eval_spikes_heldin has 12 bins and 6 channels, and the model reads 5 channels of at most 15 bins")
    os.rename(f"{SCRATCH}/save_nlb/model_runs_s.h5_train_{MEAN}", f"{SCRATCH}/save_nlb/model_runs_s.h5_train_x")
    run("submit", f"--model_run={model}", "--nlb_set=mc_maze", "--output=none", status=2, pattern="there is no file .*_train_")


def test_parts():
    """Without held-out channels, forward bins, evaluated trials or enough trials for validation; what does not fit."""
    for stem, parts in (("heldin", ("heldin",)), ("ahead", ("heldin", "heldin_forward")), ("out", ("heldin", "heldout"))):
        write(f"{stem}/d_s.h5", **tensors("train", train, parts))
        x = train[:, :, :HELDIN] if "heldout" not in parts else train
        x = x[:, :BINS] if "heldin_forward" not in parts else x
        write(f"{stem}plain/d_s.h5", train_data=x[TRAIN], valid_data=x[VALID])
        learn(stem)
        learn(stem + "plain", f"--heldout_dim={HELDOUT * ('heldout' in parts)}",
              f"--forward_steps={AHEAD * ('heldin_forward' in parts)}")
        check(harness.text(f"save_{stem}/fitlog.csv") == harness.text(f"save_{stem}plain/fitlog.csv"), f"{stem}: other costs")
    run("train", "--data_dir=out", "--data_filename_stem=d", "--lfads_save_dir=agree", *SIZES, f"--heldout_dim={HELDOUT}")
    write("few/d_s.h5", **tensors("train", train[:4]))
    learn("few")
    check("nan" not in harness.text("save_few/fitlog.csv"), "four trials")
    write("flags/d_s.h5", **tensors("train", train))
    learn("flags", "--heldout_dim=2", status=2, pattern="has 3 held-out channels and 3 forward bins, and --heldout_dim=2")
    learn("flags", "--ext_input_dim=1", status=2, pattern="has no external inputs: leave --ext_input_dim out")
    lack = tensors("train", train, ("heldin", "heldout", "heldin_forward"))
    write("lack/d_s.h5", **lack)
    learn("lack", status=2, pattern="train_spikes_heldin_forward needs both or none of")
    for key, value, says in (("train_spikes_heldout", np.zeros((TRIALS - 1, BINS, 2)), "train_spikes_heldout has 22 trials"),
                             ("train_spikes_heldout", np.zeros((TRIALS, 9, 2)), "and 9 entries on axis 1"),
                             ("train_spikes_heldin", np.zeros(3), "is not .trials,bins,channels. of numbers")):
        write("odd/d_s.h5", **{**tensors("train", train, ("heldin", "heldout")), key: value})
        learn("odd", status=2, pattern=says)
    x = tensors("train", train)
    x["train_spikes_heldout"][14, 5, 1] = -1
    write("minus/d_s.h5", **x)
    learn("minus", status=2, pattern=r"is -1 in trial 14, bin 5, channel 6; ")
    x["train_spikes_heldout"][14, 5, 1] = np.nan
    write("missing/d_s.h5", **x)
    learn("missing", "--missing_data=skip")
    run("train", "--preset=auto", "--data_dir=missing", "--data_filename_stem=d", "--lfads_save_dir=auto", *SIZES)
    write("wide/d_s.h5", **tensors("train", train), eval_spikes_heldin=np.zeros((2, BINS, HELDIN + 1)))
    learn("wide")
    run("posterior-mean", "--lfads_save_dir=save_wide", status=2,
        pattern="eval_spikes_heldin has 12 bins and 6 channels, and train_spikes_heldin 12 and 5")


def test_torch():
    """test_encod_data is sampled, in both forms of results, if every session has it."""
    x = counts[:, :BINS, :HELDIN]
    arrays = {"train_encod_data": x[TRAIN], "train_recon_data": train[TRAIN], "valid_encod_data": x[VALID],
              "valid_recon_data": train[VALID]}
    write("torch/d_s.h5", **arrays, test_encod_data=x[TRIALS:], test_names=np.arange(EVAL))
    learn("torch")
    run("posterior-mean", "--lfads_save_dir=save_torch")
    write("asvalid/d_s.h5", **{**arrays, "valid_encod_data": x[TRIALS:], "valid_recon_data": evaluated})
    run("posterior-mean", "--lfads_save_dir=save_torch", "--data_files=asvalid/d_s.h5", "--output_dir=made")
    same = of_valid("made")["output_dist_params"]
    test = rates("torch", "test")
    check(np.array_equal(test["output_dist_params"], same), "rates of test trials")
    check(np.array_equal(test["test_names"], np.arange(EVAL)) and "costs" not in test, f"{sorted(test)}")
    run("posterior-mean", "--lfads_save_dir=save_torch", "--output_format=lfads_torch")
    found = harness.numbers("save_torch/lfads_output_d_s.h5")
    check(np.array_equal(found["test_output_params"], same.astype("f4")), "lfads-torch's form")
    write("tests.h5", test_encod_data=x[TRIALS:], test_names=np.arange(EVAL))
    run("posterior-mean", "--lfads_save_dir=save_torch", "--data_files=tests.h5", "--output_dir=tests")
    alone, = (name for name in os.listdir(f"{SCRATCH}/tests") if "_test_" in name)
    check(np.array_equal(harness.numbers(f"tests/{alone}")["output_dist_params"], same), "test trials alone")
    check("test_names" in harness.numbers(f"tests/{alone}"), "names of test trials alone")
    write("two/d_a.h5", **arrays, test_encod_data=x[TRIALS:])
    write("two/d_b.h5", **arrays)
    learn("two")
    run("posterior-mean", "--lfads_save_dir=save_two")
    check(not [name for name in os.listdir(f"{SCRATCH}/save_two") if "_test_" in name], "test trials of one session of two")
    write("bad/d_s.h5", **arrays, test_encod_data=x[TRIALS:, :, :4])
    learn("bad")
    run("posterior-mean", "--lfads_save_dir=save_bad", status=2, pattern=r"test_encod_data has the shape .6,12,4., and")


harness.main(globals())
