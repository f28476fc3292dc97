"""Command lines that other programs write for the original: they run unchanged.

  scripts_of_others.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import shutil
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import LFADS, SCRATCH, check, run, write

RUN_LFADS = os.path.join(os.path.dirname(LFADS), "run_lfads")
PLACES = ["--data_dir=data", "--data_filename_stem=lfads", "--lfads_save_dir=model"]
# in the form of MATLAB's run manager: six decimals, the greatest unsigned integer for "all bins"
MANAGER = """--allow_gpu_growth=true --max_ckpt_to_keep=5 --max_ckpt_to_keep_lve=5 --device=/cpu:0
 --learning_rate_init=0.010000 --learning_rate_decay_factor=0.980000 --learning_rate_n_to_compare=6
 --learning_rate_stop=0.000010 --max_grad_norm=200.000000 --batch_size=8 --cell_clip_value=5.000000
 --temporal_spike_jitter_width=0 --keep_prob=0.950000 --l2_gen_scale=500.000000
 --l2_con_scale=500.000000 --kl_increase_steps=2 --l2_increase_steps=2 --co_dim=2
 --do_causal_controller=false --ci_enc_dim=8 --con_dim=8 --num_steps_for_gen_ic=4294967295 --ic_dim=8
 --ic_enc_dim=16 --gen_dim=16 --factors_dim=4 --output_dist=poisson --do_train_readin=true""".split()
DEBUGGING = """--tf_debug_cli=false --tf_debug_tensorboard=false
 --tf_debug_tensorboard_hostport=localhost:6064 --tf_debug_dump_root= --debug_verbose=false
 --debug_print_each_step=false --clip_log_rates_max=15.0 --debug_reduce_timesteps_to=""".split()
LAUNCHER = """--alsologtostderr --logtostderr=true --stderrthreshold=info --verbosity 1 -v=2
 --log_dir=/nowhere --noshowprefixforinfo --nopdb_post_mortem --use_cprofile_for_profiling=false
""".split()


def prepare():
    random = np.random.default_rng(3)
    write("data/lfads_set001.h5", train_data=random.poisson(0.3, (16, 20, 6)),
          valid_data=random.poisson(0.3, (8, 20, 6)), conversion_factor=np.array([1.0]),
          train_inds=np.arange(16.0), valid_inds=np.arange(8.0),
          alignment_matrix_cxf=random.normal(size=(6, 4)), alignment_bias_c=np.zeros(6))


def line(done):
    """The lines about flags without effect."""
    return [text for text in done.stdout.splitlines() if "without effect" in text]


def test_run_manager():
    """Training, sampling and writing parameters with every flag, as three scripts do it."""
    lve = "--checkpoint_pb_load_name=checkpoint_lve"
    for words in (["--kind=train", *MANAGER, *DEBUGGING, "--max_epochs=5"],
                  ["--kind=posterior_sample_and_average", lve, *MANAGER, *DEBUGGING],
                  ["--kind=write_model_params", lve, *MANAGER, *DEBUGGING]):
        said = line(run(*words, *PLACES, "--threads=1", program=RUN_LFADS))
        check(len(said) == 1 and "--tf_debug_cli, " in said[0] and "--debug_reduce_timesteps_to" in said[0],
              f"{words[0]} says {said}")
    check(os.path.exists(f"{SCRATCH}/model/model_params"), "parameters are written")
    check(os.path.exists(f"{SCRATCH}/model/model_runs_set001.h5_train_posterior_sample_and_average"),
          "samples are written")


def test_same_numbers():
    """The flags without effect have none."""
    words = ["--kind=train", *MANAGER, "--max_epochs=2", "--seed=4", *PLACES[:2]]
    check(not line(run(*words, "--lfads_save_dir=plain", program=RUN_LFADS)), "nothing is said of nothing")
    run(*words, *DEBUGGING, *LAUNCHER, "--lfads_save_dir=full", program=RUN_LFADS)
    check(harness.costs("plain") == harness.costs("full"), "costs differ")


def test_spellings():
    """Values as other programs spell them: MATLAB's and R's numbers, Python's truth values, names in
    any case; booleans as flags of TensorFlow 1 took them."""
    base = ["--kind=train", *MANAGER, "--max_epochs=2", "--seed=4", *PLACES[:2]]
    run(*base, "--do_feed_factors_to_controller=false", "--lfads_save_dir=usual", program=RUN_LFADS)
    for name, words in (("reals", ["--max_epochs=2.000000", "--batch_size=8.0", "--gen_dim=1.6e+01", "--seed=4."]),
                        ("short", ["--learning_rate_init=1E-2", "--keep_prob=.95", "--max_grad_norm=2e2", "--co_dim=+2"]),
                        ("apart", ["--do_train_readin", "True", "-learning_rate_init", "0.01", "--batch_size", "8"]),
                        ("cases", ["--output_dist=Poisson", "--feedback_factors_or_rates=FACTORS", "--data_in_memory=True",
                                   "--do_train_readin=TRUE"])):
        for no in (["--do_feed_factors_to_controller", "False"], ["--nodo_feed_factors_to_controller"]):
            run(*base, *words, *no, f"--lfads_save_dir={name}", program=RUN_LFADS)
            check(harness.costs(name) == harness.costs("usual"), f"{name}: costs differ")
            shutil.rmtree(f"{SCRATCH}/{name}")
    run(*base, "--output_dist=POISSON", "--lfads_save_dir=canonical", program=RUN_LFADS)
    run(*base, "--max_epochs=3", "--lfads_save_dir=canonical", program=RUN_LFADS)


def test_launcher():
    """What Abseil's launcher takes, before and after the flags it lets pass; by command as by kind."""
    words = ["train", *MANAGER, "--max_epochs=1", *PLACES[:2]]
    said = line(run(*words, *LAUNCHER, "--lfads_save_dir=launched"))
    check(len(said) == 1 and "--noshowprefixforinfo" in said[0] and "-v" in said[0], f"says {said}")
    for name, flags in enumerate((["--undefok=theirs,others", "--theirs=3", "--noothers"],
                                  ["--theirs=3", "--others", "--undefok=others,theirs"])):
        said = line(run(*words, *flags, f"--lfads_save_dir=undefined{name}"))
        check(len(said) == 1 and "--theirs" in said[0] and "others" in said[0], f"{flags}: {said}")
    said = line(run("synth", "chaotic", "--save_dir=made", "--datafile_name=made", "--C=2",
                    "--T=0.2", "--N=10", "--S=10", "--logtostderr"))
    check(len(said) == 1, f"a generator says {said}")


def test_still_refused():
    """What nobody writes is refused as before, and what is ours alone knows no other flags."""
    for words, pattern in ((["--tf_debug_clj=false"], "there is no flag --tf_debug_clj"),
                           (["--undefok=a,bc", "--b=1"], "there is no flag --b=1"),
                           (["--undefok=", "--b=1"], "there is no flag --b=1"),
                           (["--leaning_rate_init=1"], "did you mean --learning_rate_init")):
        run("train", *words, *PLACES, status=2, pattern=pattern)
    run("evaluate", "--logtostderr", status=2, pattern="there is no flag")


harness.main(globals())
