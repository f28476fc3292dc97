"""The command line: what is wrong gets one line that names it, the right exit status, and leaves
nothing behind.

  flags_and_data.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import ctypes
import os
import re
import shutil
import subprocess
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import LFADS, SCRATCH, Skip, check, invoke, sanitized

SMALL = ["--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5", "--gen_dim=6", "--co_dim=0",
         "--batch_size=8", "--seed=1", "--threads=2"]


def case(name, arguments, status, pattern, stdout="", program=LFADS):
    """Runs the program; its exit status and its one line of error must be as said."""
    done = invoke(*arguments, program=program)
    lines = [x for x in done.stderr.splitlines() if "warning" not in x]
    check(done.returncode == status and (status == 0 or len(lines) == 1) and
          re.search(pattern, done.stderr) and re.search(stdout, done.stdout),
          f"{name}: status {done.returncode}, stderr {done.stderr!r}, stdout {done.stdout[-300:]}")


def write(name, **arrays):
    return harness.write(f"data/{name}", **arrays)


def counts(trials=12, bins=10, channels=4):
    return np.random.RandomState(1).poisson(1.0, (trials, bins, channels))


def flags_of_help():
    """Name and what it takes, of each flag that the help lists."""
    text = invoke("train", "--help").stdout
    found = re.findall(r"^  --(\w+)=(.*)\n((?:      .*\n)+)", text, re.M)
    return [(name, " ".join(body.split())) for name, _, body in found]


def test_flags():
    names = flags_of_help()
    for command in ("help", "train", "posterior-sample", "posterior-mean", "prior-sample",
                    "write-params", "synth", "evaluate", "submit", "manual"):
        wide = [line for line in invoke(command, "--help").stdout.splitlines() if len(line) > 80]
        check(not wide, f"{command} --help is wider than 80 columns: {wide}")
    check(len(names) >= 65, f"the help lists only {len(names)} flags")
    for name, takes in names:
        if "(an integer" in takes or "(a number" in takes:
            case(name, ["train", f"--{name}=x1"], 2, rf"--{name}=x1 is not allowed: it takes ")
        elif "(true or false)" in takes:
            case(name, ["train", f"--{name}=maybe"], 2, rf"--{name}=maybe is not allowed")
        elif "(one of" in takes:
            case(name, ["train", f"--{name}=other"], 2, rf"--{name}=other is not allowed: .*\|")
    for name in ("gen_dim", "keep_prob"):  # of every flag: public/flags
        case(name, ["train", f"--{name}=-7"], 2, rf"--{name}=-7 is not allowed")
        case(name, ["train", f"--{name}=nan"], 2, rf"--{name}=nan is not allowed")
    case("typo", ["train", "--gendim=3"], 2, "no flag --gendim=3; did you mean --gen_dim")
    case("far from all", ["train", "--zzzzzzzzzz"], 2, "no flag --zzzzzzzzzz; --help")
    case("beginning", ["evaluate", "--data=x"], 2, "did you mean --data_file")
    for given, meant in (("--BATCH_SIZE=4", "batch_size"), ("--batch-size=4", "batch_size"), ("--lr=1", "learning_rate_init"),
                         ("--logdir=x", "lfads_save_dir"), ("--gpu=0", "device"), ("--fp_len=3", "forward_steps")):
        case(given, ["train", given], 2, f"there is no flag {given}; did you mean --{meant}\\?")
    case("by command", ["prepare", "--out=x"], 2, "did you mean --output\\?")
    case("like nothing", ["train", "--zzzzzz"], 2, "no flag --zzzzzz; --help lists them")
    case("boolean", ["train", "--do_train_readin", "yes"], 2, "after =, --do_train_readin=yes")
    case("boolean and word", ["train", "--quiet", "x"], 2, '"x" is no flag')
    case("boolean and value", ["train", "--quiet", "no"], 2, "after =, --quiet=no")
    case("all", ["posterior-mean", "--ps_nexamples_to_process=all", "--lfads_save_dir=none"], 2,
         "there is no checkpoint")
    case("all of another", ["train", "--gen_dim=all"], 2, "--gen_dim=all is not allowed")
    case("all or", ["train", "--num_steps_for_gen_ic=0"], 2, "an integer from 1, or all")
    case("no value", ["train", "--gen_dim"], 2, "--gen_dim needs a value")
    case("a flag for a value", ["train", "--gen_dim", "--quiet"], 2, "--gen_dim needs a value")
    for number in ("8.5", "1e-3", "0x10", "8.0.0", "1e400", "1e17", "8e", "8;", "'8'", "8_0", "1,000", "0,8"):
        case(f"integer {number}", ["train", f"--gen_dim={number}"], 2, "is not allowed: it takes an integer from 1")
    case("no flag at all", ["train", "gen_dim=3"], 2, "did you mean --gen_dim=3")
    case("keep_prob 0", ["train", "--keep_prob=0"], 2, "above 0 to 1")
    case("device", ["train", "--device=tpu:0"], 2, "--device=tpu:0 is not allowed")
    case("prior", ["train", "--ic_prior_var_max=0.01"], 2, "must lie between")
    case("both", ["train", "--do_train_io_only", "--do_train_encoder_only"], 2, "exclude")
    case("inject", ["train", "--inject_ext_input_to_gen"], 2, "needs external inputs")
    case("correlation", ["train", "--co_mean_corr_scale=1", "--co_dim=1"], 2, "co_dim of 2")
    case("jitter", ["train", "--temporal_spike_jitter_width=1", "--output_dist=gaussian"], 2,
         "needs --output_dist=poisson")
    case("table", ["train", "--csv_log=a/b"], 2, "--csv_log=a/b must be a name without /")
    case("nowhere", ["train", "--lfads_save_dir="], 2, "--lfads_save_dir must not be empty")
    case("from nowhere", ["train", "--data_dir="], 2, "--data_dir must not be empty")
    case("flag file", ["train", "--flagfile=absent"], 2, "--flagfile=absent: there is no such file")
    with open(f"{SCRATCH}/flags", "w") as file:
        file.write("# sizes\n--gen_dim=5\n  -factors_dim 2\n")
    case("flag file's line", ["train", "--flagfile=flags"], 2, "in flags: there is no flag -factors_dim 2: = follows the name")
    with open(f"{SCRATCH}/within", "w") as file:
        file.write("\ufeff--flagfile=flags\r\n")  # as Windows' editors write it
    case("a file in a file", ["train", "--flagfile=within"], 2, "in within: in flags: there is no flag -factors_dim 2")
    # blanks around a value are none of it; what the value has besides is told
    for value in ("3 ", " 3", "3\t", "3\r"):
        case(f"value {value!r}", ["train", f"--gen_dim={value}"], 2, "train needs data")
    case("truth and blank", ["train", "--do_train_readin=True ", "--output_dist= Poisson"], 2, "train needs data")
    for value, says in (("0,95", "above 0 to 1, with a decimal point"), ('"0.9"', "to 1, without quotes"),
                        ("'0.9'", "without quotes"), ("\u201c0.9\u201d", "without quotes"), ("95%", "to 1\n")):
        case(f"value {value}", ["train", f"--keep_prob={value}"], 2, f"is not allowed: it takes a number .*{says}")
    case("blank before =", ["train", "--gen_dim =3"], 2, "= follows the name without a blank, --gen_dim=VALUE")
    for command, flag, other in (("train", "align", "prepare"), ("train", "members", "tune"), ("prepare", "gen_dim", "train"),
                                 ("evaluate", "lfads_save_dir", "train"), ("merge", "bin_width", "prepare"),
                                 ("posterior-mean", "u_std", "synth")):
        case(f"another's {flag}", [command, f"--{flag}=1"], 2, f"no flag --{flag}=1 here; lfads {other} has one of that name")
    case("part of a name", ["train", "--epochs=3"], 2, "did you mean --max_epochs")


def test_help():
    case("help", ["--help"], 0, "", "posterior-sample")
    case("version", ["--version"], 0, "", r"^lfads \d+\.\d+\.\d+\n")
    for command in ("train", "posterior-sample", "posterior-mean", "prior-sample", "write-params",
                    "synth", "evaluate", "submit"):
        case(command, [command, "--help"], 0, "", "--")
    case("unknown command", ["trian"], 2, r"no command trian; did you mean train\?")
    case("far from all commands", ["xyzzy"], 2, "no command xyzzy; lfads --help")
    case("no command", ["--data_dir=x"], 2, "a command comes before the flags")
    case("help of a command", ["help", "train"], 0, "", r"Usage: lfads train .*(?s:.*)--gen_dim")
    case("help of none", ["help"], 0, "", "posterior-sample")
    case("help of a misspelt one", ["help", "trian"], 2, "did you mean train")
    case("kind and command", ["train", "--kind=prior_sample"], 2, "contradicts the command train")
    case("kind", ["--kind=nothing"], 2, "--kind=nothing is not allowed")
    case("run_lfads", ["--help"], 0, "", "--kind", os.path.join(os.path.dirname(LFADS),
                                                                "run_lfads"))
    case("generator", ["synth", "other", "--save_dir=none"], 2, "no generator other")
    open(f"{SCRATCH}/model-65000.index", "w").close()
    case("TensorFlow's weights", ["synth", "itb", "--save_dir=made",
                                  "--checkpoint_path=model-65000"], 2,
         "model-65000.index is no index of a TensorFlow checkpoint, or it is cut short")
    case("no place for weights", ["synth", "itb", "--save_dir=made", "--checkpoint_path=/proc/a/b"],
         1, "can't make the directory /proc/a")
    case("units", ["synth", "chaotic", "--N=50", "--S=20"], 2, "multiple of S")
    case("the original's version", ["--version"], 0, "", r"^lfads \d",
         os.path.join(os.path.dirname(LFADS), "run_lfads"))
    case("no file to score", ["evaluate", "--data_file=absent", "--model_run=x"], 2,
         "there is no file absent")
    case("evaluate", ["evaluate"], 2, "needs --data_file and --model_run")


def test_version():
    """The version says what the program was built with and computes on. A module for GPUs, here a
    file that is none, is loaded only where the driver is."""
    for line in ("compiler: ", "processor: kernels for ", "precision: ", "libraries: oneDNN ",
                 "GPU: "):
        case(f"version: {line}", ["--version"], 0, "", rf"(?m)^{line}\S")
    folder = f"{SCRATCH}/program"
    os.mkdir(folder)
    shutil.copy(LFADS, folder)
    with open(f"{folder}/lfads_cuda.so", "w") as file:
        file.write("no module")
    try:
        ctypes.CDLL("libcuda.so.1")
        reason = "lfads_cuda.so: (file too short|invalid ELF header)"
    except OSError:
        reason = "NVIDIA's driver"
    os.environ.pop("LFADS_CUDA_MODULE", None)  # the one beside the program is meant
    case("version with a module", ["--version"], 0, "",
         rf"GPU: none can be used: .*{reason}.*\nGPU module: {folder}/lfads_cuda.so", f"{folder}/lfads")


def test_no_words():
    """Without a word two lines lead on: to the commands and to their flags."""
    done = invoke()
    lines = done.stderr.splitlines()
    check(done.returncode == 2 and not done.stdout and len(lines) == 2 and
          re.search("lfads --help .*lfads COMMAND --help", lines[1]), f"no words: {done}")


def test_kinds():
    """Every kind is a command's, which says that there is nothing to work on."""
    takes = [takes for name, takes in flags_of_help() if name == "kind"][0]
    kinds = re.search(r"\(one of (.*)\)", takes).group(1).replace(" ", "").split("|")
    check(len(kinds) >= 5, f"kinds {kinds}")
    for kind in kinds:
        case(kind, [f"--kind={kind}", "--data_dir=absent", "--lfads_save_dir=none"], 2,
             "--data_dir=absent: No such" if kind == "train" else "there is no checkpoint")


def test_manual():
    """The page and docs/flags.md have every flag; the latter is what the program writes today."""
    page, table = invoke("manual").stdout, invoke("manual", "--markdown").stdout
    for name, _ in flags_of_help():
        check(f"\\-\\-{name}=" in page and f"| `--{name}` |" in table, f"--{name} is not in the manual")
    check(harness.text(os.path.join(os.path.dirname(__file__), "../../docs/flags.md")) == table,
          "docs/flags.md is out of date: lfads manual --markdown writes it")
    if shutil.which("groff"):
        warnings = subprocess.run(["groff", "-man", "-ww", "-Tutf8"], input=page, text=True,
                                  capture_output=True)
        check(not warnings.stderr and "poste‐" not in warnings.stdout,
              f"the manual page: {warnings.stderr}")
    case("an unknown form", ["manual", "--html"], 2, "--markdown, not --html")
    case("help of manual", ["manual", "--help"], 0, "", "manual page")


def train(stem, *more):
    return ["train", "--data_dir=data", f"--data_filename_stem={stem}", "--lfads_save_dir=none",
            *SMALL, *more]


def test_data():
    good = counts()
    bad = good.astype(float)
    write("good_s", train_data=good, valid_data=good)
    case("no directory", ["train", "--data_dir=absent", "--data_filename_stem=x", *SMALL], 2, "--data_dir=absent: No such")
    case("no file", train("absent"), 2, "no file in --data_dir=data .* --data_filename_stem=absent")
    write("stem", train_data=good)
    case("stem alone", train("stem"), 2, "data/stem has no session's name")
    with open(f"{SCRATCH}/data/text_s", "w") as file:
        file.write("not HDF5")
    case("no HDF5", train("text"), 2, "data/text_s is no HDF5 file")
    with open(write("whole_s", train_data=np.tile(good, (50, 1, 1))), "rb") as file:
        content = file.read()
    with open(f"{SCRATCH}/data/short_s", "wb") as file:
        file.write(content[:len(content) // 2])
    case("truncated", train("short"), 2, "data/short_s is no HDF5 file, or it is damaged")
    write("other_s", valid_data=good)
    case("no train_data", train("other"), 2, "data/other_s: there is no data set train_data")
    write("flat_s", train_data=good[0])
    case("rank", train("flat"), 2, r"data/flat_s: train_data has the shape \[10,4\]")
    write("mixed_s", train_data=good, valid_data=good[:, :, :2])
    case("channels", train("mixed"), 2, r"valid_data has the shape \[12,10,2\], and .*\[trials,10,4")
    write("strings_s", train_data=np.array([[[b"a"]]]))
    case("type", train("strings"), 2, "data/strings_s: train_data does not hold numbers")
    write("empty_s", train_data=good[:0])
    case("empty", train("empty"), 2, "at least one of each")
    for name, value in (("nan", np.nan), ("inf", np.inf), ("negative", -1), ("half", 0.5)):
        bad[3, 2, 1] = value
        write(f"{name}_s", train_data=bad)
        case(name, train(name), 2, f"data/{name}_s: train_data is .* in trial 3, bin 2, channel 1")
    case("reals", train("half", "--output_dist=gaussian", "--lfads_save_dir=real",
                        "--max_epochs=1"), 0, "")
    case("no ext input", train("good", "--ext_input_dim=1"), 2, "no data set train_ext_input")
    write("ext_s", train_data=good, train_ext_input=np.zeros((12, 10, 2)))
    case("ext input", train("ext", "--ext_input_dim=1"), 2, r"train_ext_input has the shape \[12,10,2")
    write("align_s", train_data=good, alignment_matrix_cxf=np.zeros((4, 2)))
    case("alignment", train("align"), 2, r"alignment_matrix_cxf has the shape \[4,2\].*\[4,3\]")
    write("two_a", train_data=good)
    write("two_b", train_data=good[:, :5])
    case("bins", train("two"), 2, "data/two_b has 5 bins a trial, but session a has 10")
    write("twin_a", train_data=good)
    write("twin_b", train_data=good)
    case("rates of two", train("twin", "--co_dim=1", "--feedback_factors_or_rates=rates"), 2,
         "needs a single session")
    case("jitter", train("good", "--temporal_spike_jitter_width=10"), 2, "must be below the 10 bins")
    case("unwritable", train("good", "--lfads_save_dir=/proc/lfads"), 1, "can't make the directory")
    case("file for a directory", train("good", "--lfads_save_dir=data/good_s/x"), 1, "data/good_s")
    check(not os.path.exists(f"{SCRATCH}/none"), "a refused run left its directory")


def test_memory():
    """More memory than may be had is refused before training begins."""
    if sanitized():
        raise Skip("the sanitizer needs address space of its own")
    write("large_a", train_data=counts(), valid_data=counts())
    harness.run("train", "--data_dir=data", "--data_filename_stem=large", "--lfads_save_dir=large",
                "--gen_dim=8000", "--batch_size=8", "--max_epochs=1", status=1, memory=6 << 28,
                pattern=r"training needs \d+ MiB .* can be had: lower")


def test_checkpoints():
    good = counts()
    for name in ("good_s", "twin_a", "twin_b"):
        write(name, train_data=good, valid_data=good)
    run = ["--data_dir=data", "--data_filename_stem=good", "--lfads_save_dir=run"]
    case("no checkpoint", ["posterior-sample", *run], 2, "there is no checkpoint")
    case("train", ["train", *run, *SMALL, "--max_epochs=1", "--device=gpu:0"], 0,
         "warning: --device=gpu:0: there is no GPU")
    case("finished", ["train", *run, *SMALL, "--max_epochs=1"], 0, "", "This run is finished")
    case("other size", ["train", *run, *SMALL, "--gen_dim=7"], 2,
         "--gen_dim=7 contradicts the checkpoint in run, which has --gen_dim=6: train with "
         "--gen_dim=6, or")
    case("no size", ["train", *run, "--co_dim=0", "--seed=1"], 2,
         "--ic_dim=64, the default, contradicts .*: train with --ic_dim=4 --factors_dim=3 "
         "--ic_enc_dim=5 --gen_dim=6, or choose")
    case("other size to sample", ["posterior-mean", "--lfads_save_dir=run", "--gen_dim=7"], 2,
         "--gen_dim=7 contradicts .*: leave the flag out")
    case("no external input", ["prior-sample", "--lfads_save_dir=run", "--ext_input_from=valid:3"], 2,
         "--ext_input_from=valid:3: the model has no external inputs")
    case("other session", ["posterior-mean", "--lfads_save_dir=run", "--data_filename_stem=twin"],
         2, "was not trained on session a")
    case("no such index", ["train", *run, *SMALL, "--checkpoint_pb_load_name=checkpoint_lv"], 2,
         "run has no file checkpoint_lv .* write over")
    case("remembered", ["posterior-mean", "--lfads_save_dir=run"], 0, "",
         "Reading model parameters from run/lfads_vae.ckpt-")
    case("stem", ["posterior-mean", "--lfads_save_dir=run", "--output_filename_stem=x_"], 0, "")
    for name in ("model_runs_s_valid_posterior_push_mean", "x_s_valid_posterior_push_mean"):
        check(os.path.exists(f"{SCRATCH}/run/{name}"), f"{name} was not written")
    case("no lve", ["posterior-mean", "--lfads_save_dir=run",
                    "--checkpoint_pb_load_name=checkpoint_lve"], 2, "has no file checkpoint_lve")
    name = [f for f in os.listdir(f"{SCRATCH}/run") if ".ckpt-" in f][0]
    shutil.copytree(f"{SCRATCH}/run", f"{SCRATCH}/moved")
    shutil.move(f"{SCRATCH}/run", f"{SCRATCH}/gone")
    case("moved", ["posterior-mean", "--lfads_save_dir=moved"], 0, "")
    path = f"{SCRATCH}/moved/{name}"
    with open(path, "rb") as file:
        content = file.read()
    with open(path, "wb") as file:
        file.write(content[:len(content) // 3])
    case("damaged", ["posterior-mean", "--lfads_save_dir=moved"], 2, "damaged or cut short")
    os.remove(path)
    case("missing", ["posterior-mean", "--lfads_save_dir=moved"], 2, "and it is not there")
    open(path + ".index", "w").close()
    case("TensorFlow's", ["posterior-mean", "--lfads_save_dir=moved"], 2,
         "is no index of a TensorFlow checkpoint, or it is cut short")
    with open(f"{SCRATCH}/moved/checkpoint", "w") as file:
        file.write("nothing\n")
    case("index", ["posterior-mean", "--lfads_save_dir=moved"], 2, "moved/checkpoint is damaged")
    half = [name for folder, _, names in os.walk(SCRATCH) for name in names if name.endswith(".part")]
    check(not half, f"half-written: {half}")


harness.main(globals())
