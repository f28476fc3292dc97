"""Save directories as people treat them: copied, renamed, moved, read-only, of odd names, among the data.

  directories.py LFADS SCRATCH [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import shutil
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check, run

SMALL = ["--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5", "--gen_dim=6", "--co_dim=0", "--batch_size=8",
         "--threads=1", "--seed=1", "--max_epochs=2", "--example_every_s=-1", "--kl_increase_steps=1",
         "--l2_increase_steps=1"]
MEAN = "a.h5_valid_posterior_push_mean"


def prepare():
    harness.write_session("data/dat_a.h5", np.random.RandomState(1), (16, 8), harness.waves(10, 4))


def train(save, *words, data="data", stem="dat", **options):
    return run("train", f"--data_dir={data}", f"--data_filename_stem={stem}", f"--lfads_save_dir={save}", *SMALL,
               *words, **options)


def sample(save, *words, kind="posterior-mean", **options):
    return run(kind, f"--lfads_save_dir={save}", *words, **options)


def rates(path):
    return harness.numbers(path)["output_dist_params"]


def lines(folder, index="checkpoint"):
    return harness.text(f"{folder}/{index}").splitlines()


def test_copy():
    """A copy uses its own checkpoints whatever becomes of the directory that it was copied from."""
    train("first", "--max_ckpt_to_keep=2", "--checkpoint_every=1")
    shutil.copytree(f"{SCRATCH}/first", f"{SCRATCH}/copy")
    indices = ("checkpoint", "checkpoint_lve")
    before = {}
    for index in indices:
        sample("copy", f"--checkpoint_pb_load_name={index}", f"--output_filename_stem={index}_before_")
        before[index] = rates(f"copy/{index}_before_{MEAN}")
    shutil.rmtree(f"{SCRATCH}/first")
    train("first", "--seed=2", "--max_ckpt_to_keep=2", "--checkpoint_every=1")
    theirs = {index: harness.numbers(harness.latest("first", index)) for index in indices}
    for index in indices:
        sample("copy", f"--checkpoint_pb_load_name={index}", f"--output_filename_stem={index}_after_")
        check(np.array_equal(before[index], rates(f"copy/{index}_after_{MEAN}")), f"{index} of the copy")
    done = train("copy", "--max_epochs=3", "--max_ckpt_to_keep=2", "--checkpoint_every=1")
    check("Continuing from copy/lfads_vae.ckpt-4" in done.stdout, f"the copy goes on: {done.stdout[:300]}")
    check([line.split('"')[1] for line in lines("copy")] ==
          ["copy/lfads_vae.ckpt-6", "copy/lfads_vae.ckpt-4", "copy/lfads_vae.ckpt-6"], f"{lines('copy')}")
    check(not os.path.exists(f"{SCRATCH}/copy/lfads_vae.ckpt-2"), "the copy's oldest checkpoint remains")
    check(os.path.exists(f"{SCRATCH}/first/lfads_vae.ckpt-2"), "another directory's checkpoint is gone")
    for index in indices:
        harness.same(theirs[index], harness.numbers(harness.latest("first", index)), f"{index} of the first")


def test_moved():
    """A renamed directory goes on in place; what the index alone knows is found where it is."""
    train("here", "--max_epochs=1")
    os.rename(f"{SCRATCH}/here", f"{SCRATCH}/there")
    train("there")
    check(all('"there/' in line for line in lines("there")), f"{lines('there')}")
    os.makedirs(f"{SCRATCH}/index_only")
    shutil.copy(f"{SCRATCH}/there/checkpoint", f"{SCRATCH}/index_only")
    done = sample("index_only")
    check("from there/lfads_vae.ckpt-4" in done.stdout, f"{done.stdout[:200]}")


def test_odd_names():
    os.makedirs(f"{SCRATCH}/target")
    os.symlink("target", f"{SCRATCH}/link")
    for name in ('12" probe', "it's", "back\\slash", "line\nbreak", "tab\tand space ", "Übung ü", "-dash", "trailing/",
                 "./a/../b", f"{SCRATCH}/absolute", "link", "x: \"y\"", "100%d%s"):
        train(name, "--max_epochs=1", "--max_ckpt_to_keep=2", "--checkpoint_every=1")
        train(name, "--max_epochs=2", "--max_ckpt_to_keep=2", "--checkpoint_every=1")
        sample(name)
        kept = [x for x in os.listdir(os.path.join(SCRATCH, name)) if x.startswith("lfads_vae.ckpt-")]
        check(sorted(kept) == ["lfads_vae.ckpt-2", "lfads_vae.ckpt-4"], f"{name!r} keeps {kept}")
        text = harness.text(f"{name}/checkpoint")
        check(text.count("\n") == 3 and text.isascii(), f"the index of {name!r}: {text!r}")
    train("Übung", data="data", stem="dat")
    train(b"\xff".decode(errors="surrogateescape"), status=2, pattern="is not UTF-8")


if __name__ == "__main__":
    harness.main(globals())
