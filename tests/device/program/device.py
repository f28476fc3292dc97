"""The program on a device: it trains as the processor does with the same seed, goes on after an
interruption with the same bits, samples the same, does so four at once, and says what is wrong.

  device.py LFADS SCRATCH [MODULE]

MODULE stands for lfads_cuda.so: the far backend, or CUDA emulated. Without it a GPU is wanted; where
there is none the test says so and did not run.
SPDX-License-Identifier: Apache-2.0"""
import os
import re
import shutil
import signal
import subprocess
import sys

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), "..", ".."))
from verdict import check, conclude

LFADS, SCRATCH = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
MODULE = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else None
SKIP = 77
DEVICE = "--device=gpu:0"
DATA = ["--data_dir=data", "--data_filename_stem=two"]
SMALL = ["--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=6", "--gen_dim=9", "--batch_size=20",
         "--seed=11", "--kl_increase_steps=30", "--l2_increase_steps=30",
         "--learning_rate_n_to_compare=40", "--learning_rate_init=0.02"]
CONTROLLED = ["--co_dim=2", "--con_dim=5", "--ci_enc_dim=4", "--co_mean_corr_scale=0.1"]
# of products' factors: how far costs may be off
PRECISIONS = {"tf32": 2e-4, "bf16": 2e-3}
# name: flags of a model; the fifth has its batches filled by the host
MODELS = {"plain": ["--co_dim=0"],
          "controlled": CONTROLLED,
          "external": ["--co_dim=0", "--ext_input_dim=2", "--inject_ext_input_to_gen"],
          "gaussian": ["--co_dim=0", "--output_dist=gaussian"],
          "jittered": CONTROLLED + ["--temporal_spike_jitter_width=2", "--do_causal_controller"]}


def start(command, folder, *flags, **more):
    module = {"LFADS_CUDA_MODULE": MODULE} if MODULE else {}
    environment = {**os.environ, **module, **more}
    return subprocess.Popen([LFADS, command, f"--lfads_save_dir={folder}", *DATA, *flags],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=SCRATCH,
                            env=environment)


def run(command, folder, *flags, status=0, **more):
    process = start(command, folder, *flags, **more)
    out, error = process.communicate()
    check(process.returncode == status, f"{command} {folder} {flags}: {process.returncode} {error}")
    return out, error


def latest(folder):
    """Every number of the latest checkpoint, and the table of costs."""
    with open(os.path.join(SCRATCH, folder, "checkpoint")) as file:
        name = file.readline().split("/")[-1].rstrip('"\n')
    with h5py.File(os.path.join(SCRATCH, folder, name)) as file:
        numbers = {k: file[k][()] for k in file if k != "hyperparameters"}
    with open(os.path.join(SCRATCH, folder, "fitlog.csv")) as file:
        return numbers, file.read()


def same(a, b, what):
    check(a[1] == b[1], f"{what}: the tables differ\n{a[1]}{b[1]}")
    for key in a[0]:
        check(np.array_equal(a[0][key], b[0][key]), f"{what}: {key} differs")


def apart(a, b):
    return np.max(np.abs(a - b)) / (np.max(np.abs(a)) + 1e-30) if np.size(a) else 0


def test_trajectories():
    """Costs of 52 steps are the processor's to 1e-4: rounding differs, random numbers do not."""
    for name, flags in MODELS.items():
        run("train", f"{name}_cpu", *SMALL, *flags, "--max_epochs=13", "--device=cpu")
        out, error = run("train", f"{name}_gpu", *SMALL, *flags, "--max_epochs=13", DEVICE)
        check("computing on the CPU" not in error, f"{name}: {error}")
        ours, theirs = latest(f"{name}_gpu"), latest(f"{name}_cpu")
        check(len(ours[0]["costs"]) == 13, f"{name}: {len(ours[0]['costs'])} costs")
        off = np.max(np.abs(ours[0]["costs"] / theirs[0]["costs"] - 1))
        check(off < 1e-4, f"{name}: costs are off by {off:.2g} of the processor's")


def test_interruption():
    """Stopped within an epoch, and between epochs, it goes on with the same bits."""
    for name in ("controlled", "jittered"):
        flags = [*SMALL, *MODELS[name], DEVICE]
        whole = latest(f"{name}_gpu")
        run("train", f"{name}_parts", *flags, "--max_epochs=4")
        run("train", f"{name}_parts", *flags, "--max_epochs=13")
        same(whole, latest(f"{name}_parts"), f"{name} continued")
        process = start("train", f"{name}_stopped", *flags, "--max_epochs=13")
        for line in process.stdout:
            if line.startswith("Epoch:2"):
                process.send_signal(signal.SIGINT)
                break
        _, error = process.communicate()
        check(process.returncode == 130 and "the same command continues" in error,
              f"{name}: {process.returncode} {error}")
        run("train", f"{name}_stopped", *flags, "--max_epochs=13")
        same(whole, latest(f"{name}_stopped"), f"{name} stopped and continued")


def test_at_once():
    """Four trainings on one device, each with the bits of one alone."""
    flags = [*SMALL, *MODELS["plain"], DEVICE, "--max_epochs=13"]
    runs = [start("train", f"at_once_{i}", *flags) for i in range(4)]
    for i, process in enumerate(runs):
        _, error = process.communicate()
        check(process.returncode == 0, f"at once: {process.returncode} {error}")
        same(latest("plain_gpu"), latest(f"at_once_{i}"), "at once")


def compare_files(ours, theirs, names):
    for name in names:
        with h5py.File(os.path.join(SCRATCH, ours, name)) as a, \
                h5py.File(os.path.join(SCRATCH, theirs, name)) as b:
            check(set(a) == set(b), f"{ours}/{name}: {set(a) ^ set(b)}")
            for key in a:
                off = apart(b[key][()], a[key][()])
                check(off < 1e-4, f"{ours}/{name}: {key} is off by {off:.2g}")


def test_sampling(names=tuple(MODELS), **more):
    """From one checkpoint, the processor's results and the device's."""
    for name in names:
        folders = f"{name}_sampled_cpu", f"{name}_sampled_gpu"
        for folder, device in zip(folders, ("--device=cpu", DEVICE)):
            shutil.rmtree(os.path.join(SCRATCH, folder), ignore_errors=True)
            shutil.copytree(os.path.join(SCRATCH, f"{name}_cpu"), os.path.join(SCRATCH, folder))
            with open(os.path.join(SCRATCH, folder, "checkpoint")) as file:
                text = file.read()
            with open(os.path.join(SCRATCH, folder, "checkpoint"), "w") as file:
                file.write(text.replace(f"{name}_cpu", folder))
            for command in ("posterior-sample", "posterior-mean", "prior-sample"):
                _, error = run(command, folder, device, "--batch_size=7",
                               "--checkpoint_pb_load_name=checkpoint", **more)
                check(not error, f"{command} {folder}: {error}")
        files = [f for f in os.listdir(os.path.join(SCRATCH, folders[0])) if f.startswith("model_runs")]
        check(len(files) == 9, f"{name}: {files}")
        compare_files(folders[1], folders[0], files)


def test_divergence():
    """A cost that is not finite ends the run at the processor's step; what was saved is kept."""
    flags = [*SMALL, *MODELS["controlled"], "--max_epochs=8"]
    more = ["--learning_rate_init=999", "--do_reset_learning_rate", "--cell_clip_value=500"]
    steps = []
    for folder, device in (("diverged_cpu", "--device=cpu"), ("diverged_gpu", DEVICE)):
        run("train", folder, *flags[:-1], "--max_epochs=1", "--cell_clip_value=500", device)
        kept = latest(folder)
        _, error = run("train", folder, *flags, *more, device, status=1)
        check("is not finite at step" in error and "the last checkpoint is kept" in error, error)
        # a device has begun later steps too: it may name another parameter
        steps += re.findall(r"the (.*?)(?: of \S+)? is not finite at step (\d+)", error)
        same((kept[0], ""), (latest(folder)[0], ""), f"{folder} after a divergence")
    check(len(steps) == 2 and steps[0] == steps[1], f"divergence at {steps}")


def test_precision():
    """What tensor cores round: costs stay near those in float32, and are others."""
    for name in ("plain", "controlled"):
        flags = [*SMALL, *MODELS[name], "--max_epochs=13", DEVICE]
        exact = latest(f"{name}_gpu")[0]["costs"]
        for precision, most in PRECISIONS.items():
            process = start("train", f"{name}_{precision}", *flags, f"--precision={precision}")
            _, error = process.communicate()
            if process.returncode == 2 and "8.0 is needed" in error:
                print(f"{precision} DID NOT RUN: {error.strip()}")
                continue
            check(process.returncode == 0, f"{name} in {precision}: {error}")
            off = np.max(np.abs(latest(f"{name}_{precision}")[0]["costs"] / exact - 1))
            print(f"{name} in {precision}: costs of 52 steps within {off:.2g} of those in float32")
            check(0 < off < most, f"{name} in {precision}: costs are off by {off:.2g}")


def test_messages():
    flags = [*SMALL, *MODELS["plain"], "--max_epochs=1"]
    _, error = run("train", "absent", *flags, "--device=gpu:99")
    check("warning: --device=gpu:99: there is no GPU that this program can use" in error and
          "computing on the CPU" in error, f"no such device: {error}")
    _, error = run("train", "huge", *flags[:-1], "--gen_dim=16384", "--batch_size=65536", DEVICE,
                   "--max_epochs=1", status=1)
    check(re.search(r"training needs \d+ MiB of the memory of .*, and \d+ MiB of it are free", error)
          and "--batch_size" in error, f"out of memory: {error}")
    check(not os.path.exists(os.path.join(SCRATCH, "huge", "checkpoint")), "huge left a checkpoint")


def test_choice():
    """auto takes the device without a word, and without a word the processor where a module can't
    be loaded; a device that was asked for is missed with the reason."""
    flags = [*SMALL, *MODELS["plain"], "--max_epochs=1"]
    broken = os.path.join(SCRATCH, "broken.so")
    with open(broken, "w") as file:
        file.write("no library")
    seeds = {}
    for device, more in (("auto", {}), ("gpu:0", {}), ("/gpu:0", {}), ("cpu:0", {}),
                         ("auto", {"LFADS_CUDA_MODULE": broken})):
        folder = f"choice{len(os.listdir(SCRATCH))}"
        out, error = run("train", folder, *flags, f"--device={device}", **more)
        check(not error, f"--device={device}: {error}")
        seeds[device, bool(more)] = re.search("Seed 11, .*", out)[0]
    check(seeds["auto", False] == seeds["gpu:0", False] == seeds["/gpu:0", False] and
          seeds["auto", True] == seeds["cpu:0", False] != seeds["auto", False], f"chosen: {seeds}")
    for module, reason in ((broken, "broken.so: "), (os.path.join(SCRATCH, "none.so"), "none.so: ")):
        _, error = run("train", f"without_{reason[:4]}", *flags, DEVICE, LFADS_CUDA_MODULE=module)
        check(error.count("warning:") == 1 and f"({module}: " in error and
              "computing on the CPU" in error, f"{module}: {error}")


def test_far_memory():
    """With little memory: the batch that is named fits; sampling takes fewer trials at once."""
    flags = [*MODELS["plain"], "--factors_dim=3", "--max_epochs=1", DEVICE, "--seed=3"]
    _, error = run("train", "little", *flags, "--batch_size=4096", status=1, LFADS_FAR_MEMORY="16")
    fitting = re.findall(r"--batch_size=(\d+) would fit", error)
    check(len(fitting) == 1, f"little memory: {error}")
    if fitting:
        run("train", "fits", *flags, f"--batch_size={fitting[0]}", LFADS_FAR_MEMORY="16")
        run("train", "fits_not", *flags, f"--batch_size={2 * int(fitting[0])}", status=1,
            LFADS_FAR_MEMORY="16")
    test_sampling(("controlled",), LFADS_FAR_MEMORY="1")


def make_data():
    random = np.random.RandomState(3)
    for name, channels in (("a", 6), ("b", 5)):
        with h5py.File(os.path.join(SCRATCH, "data", f"two_{name}"), "w") as file:
            rate = 1 + np.sin(np.arange(8)[:, None] / 2 + np.arange(channels))
            for key, trials in (("train", 45), ("valid", 21)):
                file[f"{key}_data"] = random.poisson(rate, (trials, 8, channels))
                file[f"{key}_ext_input"] = random.normal(size=(trials, 8, 2))


def main():
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(os.path.join(SCRATCH, "data"))
    make_data()
    _, error = run("train", "probe", *SMALL, "--max_epochs=1", DEVICE)
    if "there is no GPU" in error and not MODULE:
        print(f"DID NOT RUN: {error.strip()}")
        return SKIP
    check(not error, error)
    test_trajectories()
    test_interruption()
    test_at_once()
    test_sampling()
    test_divergence()
    if not (MODULE and "far" in MODULE):
        test_precision()
    test_messages()
    if MODULE:
        test_choice()
    if MODULE and "far" in MODULE:
        test_far_memory()
    return conclude("device")


sys.exit(main())
