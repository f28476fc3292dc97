"""The program on a device: it trains as the processor does with the same seed, goes on after an
interruption with the same bits, samples the same, does so four at once, and says what is wrong.

  device.py LFADS SCRATCH [MODULE] [--case=CASE]

MODULE stands for lfads_cuda.so: the isolated backend, or CUDA emulated. Without it a GPU is wanted; where
there is none the test says so and did not run.
SPDX-License-Identifier: Apache-2.0"""
import os
import re
import shutil
import signal
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), "../.."))
import harness
from harness import SCRATCH, Skip, check, contents, interrupt, numbers, same, start

MODULE = harness.MORE[0] if harness.MORE else None
ISOLATED = MODULE is not None and "isolated" in os.path.basename(MODULE)
DEVICE = "--device=gpu:0"
EPOCHS = 9  # of four steps
DATA = ["--data_dir=data", "--data_filename_stem=two"]
SMALL = ["--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=6", "--gen_dim=9", "--batch_size=20",
         "--seed=11", "--kl_increase_steps=30", "--l2_increase_steps=30",
         "--learning_rate_n_to_compare=40", "--learning_rate_init=0.02", "--example_every_s=-1"]
CONTROLLED = ["--co_dim=2", "--con_dim=5", "--ci_enc_dim=4", "--co_mean_corr_scale=0.1"]
# of the operands of products: how far costs may be off
PRECISIONS = {"tf32": 2e-4, "bf16": 2e-3}
# name: flags of a model; one draws pictures, the last two have their batches filled by the host
MODELS = {"plain": ["--co_dim=0"],
          "controlled": CONTROLLED,
          "external": ["--co_dim=0", "--ext_input_dim=2", "--inject_ext_input_to_gen"],
          "gaussian": ["--co_dim=0", "--output_dist=gaussian", "--example_every_s=600"],
          "jittered": CONTROLLED + ["--temporal_spike_jitter_width=2", "--do_causal_controller"],
          "apart": ["--co_dim=0", "--temporal_spike_jitter_width=2", "--spike_jitter=symmetric", "--keep_prob=1"]}


if MODULE:
    os.environ["LFADS_CUDA_MODULE"] = MODULE


def words(command, folder, *flags):
    return [command, f"--lfads_save_dir={folder}", *DATA, *flags]


def run(command, folder, *flags, status=0, **environment):
    done = harness.run(*words(command, folder, *flags), status=status, environment=environment)
    return done.stdout, done.stderr


def trained(name, where):
    """What EPOCHS epochs of a model leave, on the processor or on the device."""
    folder = f"{name}_{where}"
    if not os.path.exists(f"{SCRATCH}/{folder}"):
        _, error = run("train", folder, *SMALL, *MODELS[name], f"--max_epochs={EPOCHS}",
                       "--device=cpu" if where == "cpu" else DEVICE)
        check("computing on the CPU" not in error, f"{folder}: {error}")
    return contents(folder)


def apart(a, b):
    return np.max(np.abs(a - b)) / (np.max(np.abs(a)) + 1e-30) if np.size(a) else 0


def test_trajectories():
    """Costs of 36 steps are the processor's to 1e-4: rounding differs, random numbers do not."""
    for name in MODELS:
        ours, theirs = (trained(name, where)["checkpoint costs"] for where in ("gpu", "cpu"))
        check(len(ours) == EPOCHS, f"{name}: {len(ours)} costs")
        off = np.max(np.abs(ours / theirs - 1))
        check(off < 1e-4, f"{name}: costs are off by {off:.2g} of the processor's")


def test_interruption():
    """Stopped within an epoch, and between epochs, it goes on with the same bits."""
    for name in ("controlled", "jittered"):
        flags = [*SMALL, *MODELS[name], DEVICE]
        whole = trained(name, "gpu")
        run("train", f"{name}_parts", *flags, "--max_epochs=4")
        run("train", f"{name}_parts", *flags, f"--max_epochs={EPOCHS}")
        same(whole, contents(f"{name}_parts"), f"{name} continued")
        status, error = interrupt(signal.SIGINT, words("train", f"{name}_stopped", *flags,
                                                       f"--max_epochs={EPOCHS}"), f"{name}_stopped", "Epoch:2")
        check(status == 130 and "the same command continues" in error, f"{name}: {status} {error}")
        run("train", f"{name}_stopped", *flags, f"--max_epochs={EPOCHS}")
        same(whole, contents(f"{name}_stopped"), f"{name} stopped and continued")


def test_at_once():
    """Four trainings on one device, each with the bits of one alone."""
    flags = [*SMALL, *MODELS["plain"], DEVICE, f"--max_epochs={EPOCHS}"]
    runs = [start(*words("train", f"at_once_{i}", *flags)) for i in range(4)]
    for i, process in enumerate(runs):
        _, error = process.communicate()
        check(process.returncode == 0, f"at once: {process.returncode} {error}")
        same(trained("plain", "gpu"), contents(f"at_once_{i}"), "at once")


def compare_files(ours, theirs, names):
    for name in names:
        a, b = numbers(f"{ours}/{name}"), numbers(f"{theirs}/{name}")
        check(set(a) == set(b), f"{ours}/{name}: {set(a) ^ set(b)}")
        for key in a:
            off = apart(b[key], a[key])
            check(off < 1e-4, f"{ours}/{name}: {key} is off by {off:.2g}")


def sample(names, **more):
    """From one checkpoint, the processor's results and the device's."""
    for name in names:
        trained(name, "cpu")
        folders = f"{name}_sampled_cpu", f"{name}_sampled_gpu"
        for folder, device in zip(folders, ("--device=cpu", DEVICE)):
            shutil.rmtree(f"{SCRATCH}/{folder}", ignore_errors=True)
            shutil.copytree(f"{SCRATCH}/{name}_cpu", f"{SCRATCH}/{folder}")
            index = harness.text(f"{folder}/checkpoint").replace(f"{name}_cpu", folder)
            with open(f"{SCRATCH}/{folder}/checkpoint", "w") as file:
                file.write(index)
            for command in ("posterior-sample", "posterior-mean", "prior-sample"):
                spread = ["--save_spread", "--spread_quantiles=0.1,0.6"] if command == "posterior-sample" else []
                _, error = run(command, folder, device, "--batch_size=7",
                               "--checkpoint_pb_load_name=checkpoint", *spread, **more)
                check(not error, f"{command} {folder}: {error}")
        files = [f for f in os.listdir(f"{SCRATCH}/{folders[0]}") if f.startswith("model_runs")]
        check(len(files) == 9, f"{name}: {files}")
        compare_files(folders[1], folders[0], files)


def test_sampling():
    sample(["controlled", "external", "gaussian"])


def test_sampling_more():
    sample(["plain", "jittered", "apart"])


def test_divergence():
    """A cost that is not finite ends the run at the processor's step; what was saved is kept."""
    flags = [*SMALL, *MODELS["controlled"], "--max_epochs=8"]
    more = ["--learning_rate_init=999", "--do_reset_learning_rate", "--cell_clip_value=500"]
    steps = []
    for folder, device in (("diverged_cpu", "--device=cpu"), ("diverged_gpu", DEVICE)):
        run("train", folder, *flags[:-1], "--max_epochs=1", "--cell_clip_value=500", device)
        kept = numbers(harness.latest(folder))
        _, error = run("train", folder, *flags, *more, device, status=1)
        check("is not finite at step" in error and "the last checkpoint is kept" in error, error)
        # a device has begun later steps too: it may name another parameter
        steps += re.findall(r"the (.*?)(?: of \S+)? is not finite at step (\d+)", error)
        same(kept, numbers(harness.latest(folder)), f"{folder} after a divergence")
    check(len(steps) == 2 and steps[0] == steps[1], f"divergence at {steps}")


def test_precision():
    """What tensor cores round: costs stay near those in float32, and are others."""
    if ISOLATED:
        raise Skip("the isolated backend has no tensor cores")
    for name in ("plain", "controlled"):
        flags = [*SMALL, *MODELS[name], f"--max_epochs={EPOCHS}", DEVICE]
        exact = trained(name, "gpu")["checkpoint costs"]
        for precision, most in PRECISIONS.items():
            done = harness.invoke(*words("train", f"{name}_{precision}", *flags,
                                         f"--precision={precision}"))
            if done.returncode == 2 and "8.0 is needed" in done.stderr:
                raise Skip(f"{precision}: {done.stderr.strip()}")
            check(done.returncode == 0, f"{name} in {precision}: {done.stderr}")
            off = np.max(np.abs(contents(f"{name}_{precision}")["checkpoint costs"] / exact - 1))
            print(f"{name} in {precision}: costs of 36 steps within {off:.2g} of those in float32")
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
    check(not os.path.exists(f"{SCRATCH}/huge/checkpoint"), "huge left a checkpoint")


def test_choice():
    """auto takes the device without a word, and without a word the processor where a module can't
    be loaded; a device that was asked for is missed with the reason."""
    if not MODULE:
        raise Skip("of the machine's own device")
    flags = [*SMALL, *MODELS["plain"], "--max_epochs=1"]
    broken = f"{SCRATCH}/broken.so"
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
    for module, reason in ((broken, "broken.so: "), (f"{SCRATCH}/none.so", "none.so: ")):
        _, error = run("train", f"without_{reason[:4]}", *flags, DEVICE, LFADS_CUDA_MODULE=module)
        check(error.count("warning:") == 1 and f"({module}: " in error and
              "computing on the CPU" in error, f"{module}: {error}")


def test_little_memory():
    """With little memory: the batch that is named fits; sampling takes fewer trials at once."""
    if not ISOLATED:
        raise Skip("only the isolated backend's memory can be limited")
    flags = [*MODELS["plain"], "--factors_dim=3", "--max_epochs=1", DEVICE, "--seed=3", "--example_every_s=-1"]
    _, error = run("train", "little", *flags, "--batch_size=4096", status=1,
                   LFADS_ISOLATED_MEMORY="16")
    fitting = re.findall(r"--batch_size=(\d+) would fit", error)
    check(len(fitting) == 1, f"little memory: {error}")
    if fitting:
        run("train", "fits", *flags, f"--batch_size={fitting[0]}", LFADS_ISOLATED_MEMORY="16")
        run("train", "fits_not", *flags, f"--batch_size={2 * int(fitting[0])}", status=1,
            LFADS_ISOLATED_MEMORY="16")
    sample(["controlled"], LFADS_ISOLATED_MEMORY="1")


def prepare():
    random = np.random.RandomState(3)
    for name, channels in (("a", 6), ("b", 5)):
        harness.write_session(f"data/two_{name}", random, (45, 21), harness.waves(8, channels, 2), ext=2)
    _, error = run("train", "probe", *SMALL, "--max_epochs=1", DEVICE)
    if "there is no GPU" in error and not MODULE:
        raise Skip(error.strip())
    check(not error, error)


harness.main(globals())
