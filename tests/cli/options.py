"""What the flags for experiments do to a model, seen from outside: which bins of the results depend on
which bins of the data, which shapes the parameters have, which costs change.

  options.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import json
import math
import os
import re
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, Skip, check, numbers, run, write

BINS, CHANNELS, FACTORS, CON, CI, GEN, IC = 30, 12, 5, 8, 6, 17, 9
HELD, FORWARD = 3, 4
CHANGED = 20  # the bin from which the changed data differ
SIZES = [f"--factors_dim={FACTORS}", f"--con_dim={CON}", f"--ci_enc_dim={CI}", f"--gen_dim={GEN}",
         f"--ic_enc_dim={IC}", "--ic_dim=4", "--batch_size=40", "--seed=5", "--quiet",
         "--example_every_s=-1"]


def train(name, *flags, epochs=2, data="data", **options):
    """Trains; the rows of the table of costs."""
    done = run("train", f"--data_dir={data}", f"--lfads_save_dir={name}", "--data_filename_stem=set",
               *SIZES, f"--max_epochs={epochs}", *flags, **options)
    return harness.costs(name) if done.returncode == 0 else []


def refused(pattern, *flags):
    train("refused", *flags, status=2, pattern=pattern)
    check(not os.path.exists(f"{SCRATCH}/refused"), "a refused run leaves a directory")


def shapes(name):
    run("write-params", f"--lfads_save_dir={name}", "--quiet")
    return {key[6:-2]: value.shape for key, value in numbers(f"{name}/model_params").items()}


def means(name, data="data"):
    """Rates and inferred inputs of the validation trials by the posterior's means."""
    run("posterior-mean", f"--lfads_save_dir={name}", f"--data_dir={data}", "--quiet")
    found = numbers(f"{name}/model_runs_one_valid_posterior_push_mean")
    return found["output_dist_params"], found.get("controller_outputs")


def first_change(name, data):
    """The first bin of the rates that changes when the data do; BINS where none does."""
    before, after = means(name)[0], means(name, data)[0]
    bins = np.flatnonzero((before != after).any(axis=(0, 2)))
    return bins[0] if len(bins) else BINS


def prepare():
    """The sets: as drawn, with other counts, and with other external inputs, from one bin on."""
    random = np.random.default_rng(2)
    counts = random.poisson(0.5, (56, BINS, CHANNELS))
    ext = random.normal(size=(56, BINS, 2))
    for folder, what in (("data", None), ("other_counts", "counts"), ("other_ext", "ext"),
                         ("other_held", "held")):
        x, e = counts.copy(), ext.copy()
        if what == "counts":
            x[:, CHANGED:] = random.poisson(0.5, x[:, CHANGED:].shape)
        if what == "held":
            x[..., -HELD:] = random.poisson(0.5, x[..., -HELD:].shape)
            x[:, -FORWARD:] = random.poisson(0.5, x[:, -FORWARD:].shape)
        if what == "ext":
            e[:, CHANGED:] += 1
        write(f"{folder}/set_one", train_data=x[:40], valid_data=x[40:], train_ext_input=e[:40],
              valid_ext_input=e[40:])


def test_causality():
    early = ["--num_steps_for_gen_ic=5", "--co_dim=2"]
    train("causal", *early, "--do_causal_controller")
    check(first_change("causal", "other_counts") == CHANGED + 1,
          f"causal, lag 1: the first bin to change is {first_change('causal', 'other_counts')}")
    check("ci_enc_rev_GRU_Gates_xh_2_ru_W" not in shapes("causal"), "an encoder of the future")
    train("lag", *early, "--do_causal_controller", "--controller_input_lag=3")
    check(first_change("lag", "other_counts") == CHANGED + 3,
          f"causal, lag 3: the first bin to change is {first_change('lag', 'other_counts')}")
    train("acausal", *early)
    check(first_change("acausal", "other_counts") == 0, "a controller that sees all")


def test_initial_condition():
    train("early_ic", f"--num_steps_for_gen_ic={CHANGED}", "--co_dim=0")
    check(first_change("early_ic", "other_counts") == BINS, "the encoder reads later bins")
    train("later_ic", f"--num_steps_for_gen_ic={CHANGED + 1}", "--co_dim=0")
    check(first_change("later_ic", "other_counts") == 0, "the encoder does not read its last bin")


def test_external_inputs():
    flags = ["--ext_input_dim=2", "--co_dim=1"]
    train("encoders", *flags)
    check(first_change("encoders", "other_ext") == 0, "external inputs do not reach the encoders")
    seen = shapes("encoders")
    check(seen["gen_GenGRU_Gates_x_2_ru_W"] == (1, 2 * GEN), "inputs of the generator")
    check(seen["ic_enc_fwd_GRU_Gates_xh_2_ru_W"] == (CHANNELS + 2 + IC, 2 * IC), "encoder inputs")
    train("injected", *flags, "--inject_ext_input_to_gen")
    check(first_change("injected", "other_ext") == CHANGED, "external inputs of the generator")
    seen = shapes("injected")
    check(seen["gen_GenGRU_Gates_x_2_ru_W"] == (3, 2 * GEN), "inputs of the generator, injected")
    check(seen["ic_enc_fwd_GRU_Gates_xh_2_ru_W"] == (CHANNELS + IC, 2 * IC), "encoders, injected")


def test_feedback():
    key, encoded = "con_GenGRU_Gates_x_2_ru_W", 2 * CI
    for name, width, flags in (("factors", FACTORS, []), ("none", 0,
                                                          ["--do_feed_factors_to_controller=no"]),
                               ("rates", CHANNELS, ["--feedback_factors_or_rates=rates"])):
        rows = train(name, "--co_dim=1", *flags)
        check(shapes(name)[key] == (encoded + width, 2 * CON), f"{name} fed back: the shape")
        check(np.isfinite(means(name)[1]).all() and rows[1]["valid"] > 0, f"{name} fed back")


def test_jitter():
    # with a learning rate of next to nothing validation shows the same model, unjittered
    flags = ["--co_dim=0", "--learning_rate_init=1e-30", "--learning_rate_stop=0"]
    still = train("still", *flags)
    moved = train("moved", *flags, "--temporal_spike_jitter_width=4")
    check(still[0]["valid"] == moved[0]["valid"], "validation data are jittered")
    check(still[0]["train_recon"] != moved[0]["train_recon"], "training data are not jittered")
    check(moved[0]["train_recon"] != moved[1]["train_recon"], "every epoch has the same jitter")
    refused("--temporal_spike_jitter_width", "--co_dim=0", f"--temporal_spike_jitter_width={BINS}")


def test_held_out():
    flags = ["--co_dim=2", "--do_feed_factors_to_controller=no"]
    train("held", *flags, f"--heldout_dim={HELD}", f"--forward_steps={FORWARD}")
    check(first_change("held", "other_held") == BINS, "the encoders read what is held out")
    check(means("held")[0].shape == (16, BINS, CHANNELS), "the shape of the rates")
    seen = shapes("held")
    check(seen["ic_enc_fwd_GRU_Gates_xh_2_ru_W"] == (CHANNELS - HELD + IC, 2 * IC), "encoder inputs")
    check(seen["glm_fac_2_logrates_one_W"] == (FACTORS, CHANNELS), "the read-out")
    train("all_read", *flags)
    check(first_change("all_read", "other_held") == 0, "the encoders do not read all")
    refused("heldout_dim=12 must be below", f"--heldout_dim={CHANNELS}")
    refused("forward_steps=30 must be below", f"--forward_steps={BINS}")


def test_sample_validation():
    """Its measure is of what the encoders may read: what is held out is no part of it."""
    flags = ["--co_dim=0", "--preset=auto", "--sv_rate=0.2", f"--heldout_dim={HELD}", f"--forward_steps={FORWARD}",
             "--learning_rate_init=1e-9", "--early_stop_patience=0"]  # the data change the parameters next to not
    measured = []
    for data in "data", "other_held":
        train(f"sv_{data}", *flags, epochs=1, data=data)
        line = harness.text(f"sv_{data}/fitlog.csv").splitlines()[-1].replace(" ", "")
        measured.append(float(re.search(r"recon_sv,([^,]+)", line)[1]))
    check(abs(measured[0] - measured[1]) < 2e-4, f"held-out data change sample validation: {measured}")


def rates_cost(rates, counts):
    """Mean Poisson cost of a trial."""
    constant = np.array([math.lgamma(k + 1) for k in range(int(counts.max()) + 1)])
    return (rates - counts * np.log(rates) + constant[counts]).sum() / len(counts)


def test_segment_without_rates():
    """Without reconstruction of the segment the decoder begins behind it."""
    apart, size = ["--ic_enc_reconstruct=false"], 10
    segment = [f"--ic_enc_seq_len={size}", *apart]
    late = CHANGED - size
    train("ic", *segment, "--co_dim=0")
    check(means("ic")[0].shape == (16, BINS - size, CHANNELS), f"rates are {means('ic')[0].shape}")
    check(first_change("ic", "other_counts") == BINS, "the initial condition's encoder reads behind the segment")
    train("all_ic", f"--ic_enc_seq_len={CHANGED + 1}", *apart, "--co_dim=0")
    check(first_change("all_ic", "other_counts") == 0, "the initial condition's encoder reads the segment in part")
    for lag in 0, 2:
        train(f"lag{lag}", *segment, "--co_dim=1", "--do_causal_controller", f"--controller_input_lag={lag}",
              "--do_feed_factors_to_controller=no")
        check(first_change(f"lag{lag}", "other_counts") == late + lag, f"lag {lag}: the controller's bins")
        check(means(f"lag{lag}")[1].shape == (16, BINS - size, 1), "inferred inputs")
    train("ext", *segment, "--co_dim=0", "--ext_input_dim=2", "--inject_ext_input_to_gen")
    check(first_change("ext", "other_ext") == late, "external inputs are not those of the generator's bins")
    run("prior-sample", "--lfads_save_dir=ext", "--quiet", "--ext_input_from=valid:1")

    # without latents the costs are those of the rates
    still = ["--ic_dim=0", "--co_dim=0", "--learning_rate_init=1e-30", "--learning_rate_stop=0"]
    row = train("of_rates", *segment, *still, f"--forward_steps={FORWARD}", f"--heldout_dim={HELD}", "--batch_size=8",
                epochs=1)[0]
    counts = numbers("data/set_one")["valid_data"].astype(int)[:, size:]
    rates = means("of_rates")[0]
    check(abs(row["valid_recon"] / rates_cost(rates, counts) - 1) < 1e-4, f"{row}, {rates_cost(rates, counts)}")
    score = json.loads(run("evaluate", "--data_file=data/set_one", "--json", "--figure=of_rates/figure.png",
                           "--model_run=of_rates/model_runs_one_valid_posterior_push_mean").stdout)
    mean = counts.mean((0, 1))
    spikes = np.log(2) * counts.sum()
    bits = (rates_cost(mean + 0 * rates, counts) - rates_cost(rates, counts)) * len(counts) / spikes
    check(abs(score["bits_per_spike"] - bits) < 1e-6, f"{score}, {bits} bits per spike")
    check("co_bps" in score and "fp_bps" in score, f"{score}")
    rows = train("masked", *segment, "--co_dim=1", "--cd_rate=0.3", "--temporal_spike_jitter_width=2",
                 "--spike_jitter=symmetric", epochs=8)
    check(rows[-1]["train"] < rows[0]["train"], f"with both dropouts: {rows}")
    refused("ic_enc_reconstruct=false needs --ic_enc_seq_len", *apart)


def test_coordinated_dropout():
    # with a learning rate of next to nothing validation shows the same model, which sees all data
    still = ["--co_dim=0", "--learning_rate_init=1e-30", "--learning_rate_stop=0", "--keep_prob=1"]
    plain = train("plain", *still)
    coordinated = train("coordinated", *still, "--cd_rate=0.5")
    check(plain[0]["valid"] == coordinated[0]["valid"], "validation has coordinated dropout")
    check(plain[0]["train_recon"] != coordinated[0]["train_recon"], "training has none")
    costs = {}
    for name, *flags in (("pass",), ("block", "--cd_heldout=block"), ("some", "--cd_pass_rate=0.5"),
                         ("every", "--cd_pass_rate=1")):
        rows = train(name, "--co_dim=0", f"--heldout_dim={HELD}", "--cd_rate=0.5", *flags)
        costs[name] = rows[1]["valid"]
    check(len(set(costs.values())) == 4, f"learning from other data gives other costs: {costs}")
    refused("cd_pass_rate=0.5 needs", "--cd_pass_rate=0.5")


def test_distributions():
    random = np.random.default_rng(4)
    positive = random.gamma(2, 1, (56, BINS, CHANNELS))
    inflated = np.where(random.random(positive.shape) < 0.4, 0, positive + 0.2)
    for folder, x in (("positive", positive), ("inflated", inflated)):
        write(f"{folder}/set_one", train_data=x[:40], valid_data=x[40:])
    rates = ["--co_dim=2", "--feedback_factors_or_rates=rates"]
    for folder, name, *flags in (("inflated", "mse"), ("positive", "gamma"),
                                 ("positive", "gamma", *rates),
                                 ("inflated", "zig", "--zig_loc=0.2", "--zig_scale_penalty=1")):
        directory = f"{name}{len(flags)}"
        rows = train(directory, f"--output_dist={name}", *flags, epochs=3, data=folder)
        check(rows[2]["train"] < rows[0]["train"], f"{name} learns nothing: {rows}")
        mean, _ = means(directory, folder)
        check(mean.shape == (16, BINS, CHANNELS) and np.isfinite(mean).all(), f"means of {name}")
        run("prior-sample", f"--lfads_save_dir={directory}", "--quiet")
        score = json.loads(run("evaluate", f"--data_file={folder}/set_one", "--json",
                               f"--model_run={directory}/model_runs_one_valid_posterior_push_mean",
                               f"--figure={directory}/figure.png").stdout)
        check((score["nll"] is None) == (name != "mse"), f"the likelihood of {name}: {score}")
        check("bits_per_spike" not in score, f"bits per spike of {name}")
    for folder, number, *flags in (("inflated", "above 0", "--output_dist=gamma"),
                                   ("inflated", "zig_loc=1", "--output_dist=zig", "--zig_loc=1")):
        train("refused", *flags, data=folder, status=2,
              pattern=f"in trial [0-9]+, bin [0-9]+, channel [0-9]+; .*{number}")
    refused("zig_loc=1 needs --output_dist=zig", "--zig_loc=1")
    refused("rates is not there for", "--output_dist=zig", "--feedback_factors_or_rates=rates")


def test_priors():
    ic, co = "z_prior_g0_", "z_prior_co_"
    for name, *flags in (("priors_student", "--ic_prior=student_t", "--co_prior=student_t", "--prior_df=3"),
                         ("priors_normal", "--co_prior=normal"),
                         ("priors_none", "--ic_prior=none", "--co_prior=none", "--sample_posteriors=false")):
        rows = train(name, "--co_dim=2", "--kl_increase_steps=0", *flags)
        check((rows[1]["train_kl"] == 0) == (name == "priors_none"), f"the KL cost of {name}: {rows[1]}")
        found = shapes(name)
        check((ic + "loc" in found) == (name == "priors_student"), f"the prior of g0, {name}")
        check((co + "mean" in found) == (name == "priors_normal"), f"the prior of u, {name}")
        means(name)
        run("prior-sample", f"--lfads_save_dir={name}", "--quiet", status=2 if name == "priors_none" else 0,
            pattern="leaves nothing to sample" if name == "priors_none" else "")
    one = train("student1", "--ic_prior=student_t", "--co_dim=2", "--threads=1")
    check(one == train("student2", "--ic_prior=student_t", "--co_dim=2", "--threads=2"),
          "Student's t depends on the number of threads")
    refused("ic_prior=none needs --sample_posteriors=false", "--ic_prior=none")
    refused("or weight 0", "--sample_posteriors=false")
    refused("prior_df=3 needs", "--prior_df=3")


def test_correlation_cost():
    # no other cost than the reconstruction's has a weight in the first epochs
    flags = ["--co_dim=3", "--kl_start_step=100", "--l2_start_step=100"]
    extra = {}
    for scale in (0, 1000, 2000):
        row = train(f"corr{scale}", *flags, f"--co_mean_corr_scale={scale}", epochs=1)[0]
        extra[scale] = row["train"] - row["train_recon"]
    check(extra[0] == 0 and extra[1000] > 0.1, f"the correlation cost: {extra}")
    check(abs(extra[2000] - 2 * extra[1000]) < 0.03, f"twice the scale: {extra}")
    refused("co_mean_corr_scale", "--co_dim=1", "--co_mean_corr_scale=1")


def test_precision():
    # wide enough for products to be in bfloat16
    flags = ["--gen_dim=64", "--ic_enc_dim=48", "--factors_dim=33", "--co_dim=0"]
    refused("--precision=tf32 is for GPUs", *flags, "--device=cpu", "--precision=tf32")
    if "avx512_bf16" not in harness.text("/proc/cpuinfo"):
        refused("AVX512-BF16", *flags, "--device=cpu", "--precision=bf16")
        raise Skip("this processor has no AVX512-BF16")
    exact = train("float32", *flags, "--device=cpu")
    one = train("bf16", *flags, "--device=cpu", "--precision=bf16", "--threads=1")
    two = train("bf16_threads", *flags, "--device=cpu", "--precision=bf16", "--threads=2")
    check(one == two, f"bf16 on one thread and on two: {one} {two}")
    check(one != exact, "bf16 changes nothing")
    for a, b in zip(one, exact):
        check(abs(a["train"] - b["train"]) < 0.005 * b["train"], f"bf16 {a}, float32 {b}")
    means("bf16")
    run("posterior-mean", "--lfads_save_dir=bf16", "--precision=bf16", "--device=cpu", "--quiet",
        "--output_filename_stem=rounded_")
    a = numbers("bf16/rounded_one_valid_posterior_push_mean")["output_dist_params"]
    b = numbers("bf16/model_runs_one_valid_posterior_push_mean")["output_dist_params"]
    off = np.abs(a / b - 1).max()
    check(0 < off < 0.05, f"rates of a model run in bf16 are off by {off:.2g}")


harness.main(globals())
