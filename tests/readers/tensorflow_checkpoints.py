"""Save directories that the original left: its parameters and moments are what TensorFlow reads from
them, posterior-mean gives the original's results, training goes on from there.

  tensorflow_checkpoints.py LFADS SCRATCH GOLDEN/tensorflow GOLDEN/files STREAM [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import base64
import json
import os
import re
import shutil
import subprocess
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import LFADS, SCRATCH, check, invoke, latest, numbers, run, text
from tensorflow_bundle import field, header, write_bundle

GOLDEN, FILES, STREAM = harness.MORE
DATA = f"--data_dir={FILES}/data_dir"
NAME = "lfads_vae.ckpt-66"


def values(name=NAME):
    """The variables of a golden checkpoint, as TensorFlow reads them."""
    return numbers(f"{GOLDEN}/original/{name}.values.h5")


def save_directory(folder, variables=None, **how):
    """The original's save directory, or one whose checkpoint has other variables."""
    shutil.rmtree(f"{SCRATCH}/{folder}", ignore_errors=True)
    shutil.copytree(f"{GOLDEN}/original", f"{SCRATCH}/{folder}",
                    ignore=shutil.ignore_patterns("*.values.h5", "model_*"))
    if variables is not None:
        write_bundle(f"{SCRATCH}/{folder}/{NAME}", variables, **how)
    return f"--lfads_save_dir={folder}"


def hyperparameters(folder, step, **changes):
    """Writes the golden hyperparameters with changes as those of a step."""
    values = json.loads(text(f"{GOLDEN}/original/hyperparameters-66.txt"))
    with open(f"{SCRATCH}/{folder}/hyperparameters-{step}.txt", "w") as file:
        json.dump({**values, **changes}, file)


def exported(name):
    """A variable's key in model_params."""
    return name.replace("/", "_") + ":0"


def check_params(folder, variables, what):
    """model_params has the variables and nothing else, bit for bit; but the powers of Adam's betas,
    which TensorFlow multiplies up in float32, only to the rounding of as many products."""
    found = numbers(f"{folder}/model_params")
    check(set(found) == {exported(name) for name in variables}, f"{what}: other keys")
    off = (variables["LFADS/global_step"] + 1) * 2.0 ** -24
    for name, value in variables.items():
        mine = found.get(exported(name))
        if "_power" in name:
            check(np.allclose(mine, value, rtol=off, atol=0), f"{what}: {name} is {mine}, not {value}")
        else:
            check(np.array_equal(mine, value), f"{what}: {name} differs")


def test_written():
    """The writer of the other cases writes what TensorFlow wrote."""
    for name in (NAME, "lfads_vae_lve.ckpt-84"):
        write_bundle(f"{SCRATCH}/{name}", values(name))
        for end in (".index", ".data-00000-of-00001"):
            with open(f"{SCRATCH}/{name}{end}", "rb") as a, open(f"{GOLDEN}/original/{name}{end}", "rb") as b:
                check(a.read() == b.read(), f"{name}{end} is not TensorFlow's")


def test_parameters():
    save = save_directory("save")
    done = run("write-params", save, DATA)
    check(f"Reading model parameters from the TensorFlow checkpoint save/{NAME}\n" in done.stdout,
          "the checkpoint's kind is not said")
    check_params("save", values(), NAME)
    golden, mine = numbers(f"{GOLDEN}/original/model_params"), numbers("save/model_params")
    check(set(golden) == set(mine), "the original exported other keys")
    check(all(mine[key].dtype == golden[key].dtype and mine[key].shape == golden[key].shape
              for key in golden), "the original exported other types")
    run("write-params", save, DATA, "--checkpoint_pb_load_name=checkpoint_lve")
    check_params("save", values("lfads_vae_lve.ckpt-84"), "lve")


def test_forms():
    """Several files, other types, slots without the scope's name, and slots that are missing."""
    variables = {}
    for name, value in values().items():
        if name.startswith("LFADS/LFADS/con/") or "/gen/gen_2_fac/W/Adam_1" in name:
            continue
        variables[name.replace("LFADS/LFADS/gen/", "LFADS/gen/")] = value
    wide = {name: value.astype(np.float64 if value.dtype == np.float32 else np.int32)
            for name, value in variables.items()}
    run("write-params", save_directory("forms", wide, shards=3), DATA)
    wanted = {name: np.zeros_like(value) if name.startswith("LFADS/LFADS/con/") or
              "/gen/gen_2_fac/W/Adam_1" in name else value for name, value in values().items()}
    check_params("forms", wanted, "forms")


def test_posterior_mean():
    """All that needs no random numbers, to 1e-5 of each array's greatest number."""
    save = save_directory("save")
    run("posterior-mean", save, DATA)
    for session in ("dayA", "dayB"):
        for part in ("train", "valid"):
            name = f"model_runs_{session}_{part}_posterior_push_mean"
            mine, golden = numbers(f"save/{name}"), numbers(f"{GOLDEN}/original/{name}")
            check(set(mine) == set(golden), f"{name}: other keys")
            for key in set(golden) - {"costs", "nll_bound_vaes", "nll_bound_iwaes"}:
                off = np.abs(mine[key] - golden[key]).max() / max(np.abs(golden[key]).max(), 1e-30)
                check(off <= 1e-5, f"{name}: {key} is off by {off:g}")
    counts = numbers(f"{FILES}/data_dir/two_dayB")["valid_data"].astype(np.float32)
    rates = numbers(f"{GOLDEN}/original/model_runs_dayB_valid_posterior_push_mean")["output_dist_params"]
    done = invoke("save", "dayB", program=STREAM, input=counts.tobytes(), text=False, errors=None)
    found = np.frombuffer(done.stdout, np.float32)
    check(found.size == rates.size and np.abs(found - rates.ravel()).max() <= 1e-5 * rates.max(),
          f"the model in memory: {done.stderr}")
    run("posterior-sample", save, DATA, "--ps_nexamples_to_process=2", "--batch_size=3")
    run("prior-sample", save, DATA)


def drifted(variables, updates):
    """The variables after so many updates by a gradient of 0 (model.md 8), in double precision."""
    found, step, rate = {}, int(variables["LFADS/global_step"]), float(variables["LFADS/learning_rate"])
    for name in variables:
        if name.startswith("LFADS/LFADS/") and name.endswith("/Adam"):
            own = name[len("LFADS/"):-len("/Adam")]
            p, m, v = (variables[key].astype(float) for key in (own, name, name + "_1"))
            for t in range(step + 1, step + 1 + updates):
                m, v = 0.9 * m, 0.999 * v
                p = p - rate * np.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t) * m / (np.sqrt(v) + 0.1)
            found[own], found[own + "/Adam"], found[own + "/Adam_1"] = p, m, v
    return found


def test_training_goes_on():
    """An epoch of updates whose gradient is clipped to nothing: what moves the parameters is the
    moments, the learning rate and the step of the checkpoint."""
    variables = {**values(), "LFADS/learning_rate": np.float32(0.004)}
    save = save_directory("save", variables)
    done = run("train", *flags(), save, DATA, "--max_epochs=12", "--max_grad_norm=1e-30")
    check(f"Continuing from the TensorFlow checkpoint save/{NAME}: epoch 11, step 66.\n" in done.stdout,
          "where training goes on is not said")
    after = numbers(latest("save"))
    check(latest("save").endswith("lfads_vae.ckpt-72"), f"the index names {latest('save')}")
    check((after["step"], after["epoch"], after["batches"]) == (72, 12, 0), "another step")
    check(after["learning_rate"] == np.float32(0.004), f"learning rate {after['learning_rate']}")
    moved = 0
    for name, value in drifted(variables, 6).items():
        found = after[name.replace("/", "_")]
        # six updates, each rounded a few times
        check(np.allclose(found, value, rtol=4e-6, atol=1e-9), f"{name} is off by "
              f"{np.abs(found - value).max():g}")
        if not re.search("Adam", name):
            moved = max(moved, np.abs(value - variables[name]).max())
    check(moved > 1e-3, f"parameters moved by {moved:g} only")
    fixed = "LFADS/z/prior_g0/logvar"
    check(np.array_equal(after[fixed.replace("/", "_")], variables[fixed]), f"{fixed} was trained")


def flags():
    """The specimen's flags, as a script of the original's gives them."""
    golden = json.loads(text(f"{GOLDEN}/original/hyperparameters-66.txt"))
    own = ("dataset_names", "dataset_dims", "num_steps", "ndatasets", "kind", "data_dir",
           "lfads_save_dir", "device", "max_grad_norm", "checkpoint_pb_load_name")
    return [f"--{key}={value}" for key, value in golden.items() if key not in own]


def train(save, epochs):
    """lfads train as users call it, which harness.run does not."""
    return subprocess.run([LFADS, "train", save, DATA, f"--max_epochs={epochs}", "--seed=4",
                           "--example_every_s=-1"], cwd=SCRATCH, capture_output=True, text=True)


def test_training_writes_ours():
    """With no flags but the directory: checkpoints of ours from then on, the original's stay."""
    save = save_directory("save")
    rows = text("save/fitlog.csv").splitlines()
    original = set(os.listdir(f"{SCRATCH}/save"))
    done = train(save, 12)
    check(done.returncode == 0 and "Seed 4" in done.stdout, done.stderr)
    check(text("save/fitlog.csv").splitlines()[:11] == rows[:11], "rows up to the checkpoint changed")
    check(text("save/fitlog.csv.66").splitlines() == rows[11:], "later rows are not kept aside")
    check([row["step"] for row in harness.costs("save")] == [*range(6, 73, 6)], "other steps")
    # below all the costs of rows 1 to 10, the lowest of which is the last
    lowest = harness.costs("save")[-1]["valid"] < 105.21
    check(latest("save", "checkpoint_lve").endswith("72" if lowest else "84"), "another lowest cost")
    done = train(save, 13)
    check(done.returncode == 0, done.stderr)
    check("Continuing from save/lfads_vae.ckpt-72: epoch 12, step 72." in done.stdout, done.stdout)
    check(text("save/checkpoint").splitlines()[1:] ==
          [f'all_model_checkpoint_paths: "save/lfads_vae.ckpt-{step}"' for step in (66, 72, 78)],
          text("save/checkpoint"))
    for words in (["train", "--preset=original"], ["--kind=train"]):
        run(*words, save, DATA, status=2, pattern="--ic_dim=64, the default, contradicts the checkpoint")
    check(original <= set(os.listdir(f"{SCRATCH}/save")), "a file of the original's was removed")
    run("posterior-mean", save, DATA, "--ps_nexamples_to_process=2")


def test_lowest_cost():
    """A model that was better than all to come stays the one of lowest validation cost."""
    save = save_directory("save")
    with open(f"{SCRATCH}/save/fitlog.csv") as file:
        table = file.read().replace("106.98,", "1.00,")
    with open(f"{SCRATCH}/save/fitlog.csv", "w") as file:
        file.write(table)
    check(train(save, 13).returncode == 0 and
          latest("save", "checkpoint_lve").endswith("lve.ckpt-84"), "the lowest cost was forgotten")
    save = save_directory("none")
    os.remove(f"{SCRATCH}/none/checkpoint_lve")
    check(train(save, 13).returncode == 0 and os.path.exists(f"{SCRATCH}/none/checkpoint_lve"),
          "no model of lowest cost")


def test_reset_once():
    """The learning rate was set back at a start of the original's; it is not at each start from then on."""
    save = save_directory("save")
    hyperparameters("save", 0, kind="train", do_reset_learning_rate="true", learning_rate_init=0.05)
    check(train(save, 12).returncode == 0, "no training")
    rate = numbers(latest("save"))["learning_rate"]
    check(rate == np.float32(0.01), f"the learning rate is {rate}")


def test_moved():
    """What lies beside the index wins over what the index says."""
    save = save_directory("save")
    for path in ("/another/machine", f"{SCRATCH}/damaged"):
        with open(f"{SCRATCH}/save/checkpoint", "w") as file:
            file.write(f'model_checkpoint_path: "{path}/{NAME}"\n'
                       f'all_model_checkpoint_paths: "{path}/{NAME}"\n')
        os.makedirs(f"{SCRATCH}/damaged", exist_ok=True)
        open(f"{SCRATCH}/damaged/{NAME}.index", "w").close()
        run("write-params", save, DATA)
        check_params("save", values(), path)


def batch_size(folder):
    return json.loads(text(f"{folder}/hyperparameters-66.txt"))["batch_size"]


def test_hyperparameters():
    """Those of the last training up to the checkpoint; a sampling's have another batch size."""
    save = save_directory("save")
    hyperparameters("save", 0, kind="train", batch_size=7)
    hyperparameters("save", 30, kind="train", batch_size=8)
    hyperparameters("save", 60, kind="posterior_sample_and_average", batch_size=9)
    hyperparameters("save", 67, kind="train", batch_size=10)
    run("write-params", save, DATA)
    check(batch_size("save") == 8, f"batch size {batch_size('save')} is not the training's")
    for step in (0, 30, 66):
        os.remove(f"{SCRATCH}/save/hyperparameters-{step}.txt")
    run("write-params", save, DATA)
    check(batch_size("save") == 9, f"batch size {batch_size('save')} is not of the last file")
    for step in (60, 66):
        os.remove(f"{SCRATCH}/save/hyperparameters-{step}.txt")
    run("write-params", save, DATA)
    check(batch_size("save") == 10, f"batch size {batch_size('save')} is not of the only file")
    with open(f"{SCRATCH}/save/hyperparameters-66.txt", "w") as file:
        file.write("{")
    run("write-params", save, DATA, status=2, pattern="hyperparameters-66.txt: .*no JSON object")
    for step in (66, 67):
        os.remove(f"{SCRATCH}/save/hyperparameters-{step}.txt")
    run("write-params", save, DATA, status=2, pattern="copy the file hyperparameters-0.txt")


def refuse(what, pattern, variables=None, **how):
    before = len(os.listdir(SCRATCH))
    save = save_directory(f"refused{before}", variables, **how)
    files = set(os.listdir(f"{SCRATCH}/refused{before}"))
    for command in ("write-params", "posterior-mean"):
        run(command, save, DATA, status=2, pattern=pattern)
    check(set(os.listdir(f"{SCRATCH}/refused{before}")) - files <= {"model_params"},
          f"{what}: something was written")


def changed(**changes):
    """The golden variables with some replaced, or by None taken away; __ stands for /."""
    found = values()
    for name, value in changes.items():
        found[name.replace("__", "/")] = value
    return {name: value for name, value in found.items() if value is not None}


def test_refused():
    factors = values()["LFADS/gen/gen_2_fac/W"]
    refuse("big-endian", "big-endian machine", values(), head=header(endianness=1))
    refuse("a later version", "version 2 of TensorFlow's format", values(), head=header(consumer=2))
    refuse("parts", "LFADS/con/c0 is stored in parts", values(), slices={"LFADS/con/c0": field(7, b"")})
    refuse("a shape", "gen_2_fac/W has not the model's shape", changed(LFADS__gen__gen_2_fac__W=factors.T))
    refuse("a variable", "has no variable LFADS/con/c0", changed(LFADS__con__c0=None))
    refuse("a session", "was not trained on session dayB", changed(LFADS__x_2_infac_dayB__W=None))
    refuse("a step", "its step is -1", changed(LFADS__global_step=np.int64(-1)))
    refuse("a step of two", "one int32 or int64 is wanted",
           changed(LFADS__global_step=np.array([1, 2], np.int64)))
    refuse("no step", "has no variable LFADS/global_step", changed(LFADS__global_step=None))
    refuse("a rate", "its learning rate is -?nan", changed(LFADS__learning_rate=np.float32("nan")))
    refuse("a type", "float32 and float64 can be read", values(), kinds={"LFADS/con/c0": 7})


# two variables, as TensorFlow 2.21 writes them by tf.compat.v1.train.Saver(write_version=SaverDef.V1)
ONE_FILE = """
    AABMCkoKKQoVTEZBRFMvZ2VuL2dlbl8yX2ZhYy9XEggSAggDEgIIBBgBIgQKAAoAChkKEUxGQURTL2dsb2JhbF9zdGVwEgAYCSIA
    EgIIAQAeUwBMRkFEUy9nZW4vZ2VuXzJfZmFjL1cAAQECgH+AfxJRChVMRkFEUy9nZW4vZ2VuXzJfZmFjL1cSBAoACgAaMiowAAAA
    AAAAgD8AAABAAABAQAAAgEAAAKBAAADAQAAA4EAAAABBAAAQQQAAIEEAADBBCA0cbG9iYWxfc3RlcAABABIaChFMRkFEUy9nbG9i
    YWxfc3RlcBIAGgNSAQcAAAAAAQAAAAC+NL5nAAAAAAEAAAAAwPKhsAABAwEA9wEAAAAAAQAAAABb7z33/AEIiQIPAAAAAAAAAAAA
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFf7gIskdUfb
"""


def test_one_file():
    """The form before TensorFlow 1.0 is named, with a remedy."""
    os.makedirs(f"{SCRATCH}/old")
    with open(f"{SCRATCH}/old/lfads_vae.ckpt-7", "wb") as file:
        file.write(base64.b64decode(ONE_FILE))
    with open(f"{SCRATCH}/old/checkpoint", "w") as file:
        file.write('model_checkpoint_path: "lfads_vae.ckpt-7"\n')
    for command in ("write-params", "posterior-mean", "train"):
        run(command, "old", status=2, pattern="old/lfads_vae.ckpt-7 is a TensorFlow checkpoint of the form before "
            "TensorFlow 1.0, .*: restore it in TensorFlow and save it with")


def test_damaged():
    """Files that are cut short, changed, of another kind or not there (unit/bundle has every byte)."""
    save = save_directory("save")
    for name, pattern in ((f"{NAME}.index", "is no index of a TensorFlow checkpoint"),
                          (f"{NAME}.data-00000-of-00001", "is cut short or of another checkpoint")):
        path = f"{SCRATCH}/save/{name}"
        with open(path, "rb") as file:
            content = file.read()
        for cut in (0, 7, len(content) // 2, len(content) - 1):
            with open(path, "wb") as file:
                file.write(content[:cut])
            run("write-params", save, DATA, status=2, pattern=pattern)
        for at in (0, len(content) // 3, len(content) * 4 // 5):
            with open(path, "wb") as file:
                file.write(content[:at] + bytes([content[at] ^ 16]) + content[at + 1:])
            run("write-params", save, DATA, status=2, pattern="is damaged")
        shutil.copy(f"{FILES}/data_dir/two_dayA", path)
        run("write-params", save, DATA, status=2, pattern="no index|is damaged")
        os.remove(path)
        if not name.endswith(".index"):
            run("write-params", save, DATA, status=2, pattern="all files that begin with save/lfads_vae")
        with open(path, "wb") as file:
            file.write(content)
    run("write-params", save, DATA)


harness.main(globals())
