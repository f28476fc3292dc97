"""Data, trainings and models in memory give the numbers of the program's files: handles.c makes the calls,
the program trains and samples on files of the same arrays, and every number is compared by its bits.

  handles.py LFADS SCRATCH HANDLES [--case=CASE]

SPDX-License-Identifier: Apache-2.0"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402
from harness import check, np, h5py, run, SCRATCH  # noqa: E402

HANDLES = harness.MORE[0]
SMALL = {"factors_dim": 4, "gen_dim": 10, "con_dim": 6, "ci_enc_dim": 7, "ic_enc_dim": 7, "ic_dim": 3, "co_dim": 2,
         "batch_size": 8, "seed": 5, "max_epochs": 3, "threads": 2, "kl_increase_steps": 2, "l2_increase_steps": 2}


def arrays(channels, seed, trials=24, bins=20):
    """A session: counts whose rates follow a sine."""
    random = np.random.default_rng(seed)
    rates = 1 + np.sin(np.arange(bins) / 3 + random.uniform(0, 6, (trials, 1)))
    counts = random.poisson(rates[:, :, None] * random.uniform(0.5, 1.5, channels))
    return {"train_data": counts[:16], "valid_data": counts[16:]}


def write(directory, sessions, stem="s"):
    """Data files of SESSIONS, a dict of dicts of arrays."""
    os.makedirs(os.path.join(SCRATCH, directory), exist_ok=True)
    for name, session in sessions.items():
        with h5py.File(os.path.join(SCRATCH, directory, f"{stem}_{name}"), "w") as file:
            for key, values in session.items():
                file[key] = values


def checkpoint_of(save, index):
    """The path of the checkpoint that an index names as the latest."""
    with open(os.path.join(SCRATCH, save, index), encoding="utf-8") as file:
        return os.path.join(SCRATCH, save, os.path.basename(file.readline().split('"')[1]))


class Lines:
    """Lines for handles.c."""
    def __init__(self, folder, **flags):
        self.folder = os.path.join(SCRATCH, folder)
        os.makedirs(self.folder, exist_ok=True)
        self.lines = []
        self.put_count = 0
        for name, value in flags.items():
            self.add("flag", name, value)

    def add(self, *words):
        self.lines.append(" ".join(str(word) for word in words))
        return self

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, session, name, values, keep="copy"):
        """Puts an array as it lies in memory, with its strides."""
        base = np.asarray(values)
        path = self.path(f"array{self.put_count}")
        self.put_count += 1
        low = sum(stride * (length - 1) for stride, length in zip(base.strides, base.shape) if stride < 0)
        high = sum(stride * (length - 1) for stride, length in zip(base.strides, base.shape) if stride > 0)
        memory = np.lib.stride_tricks.as_strided(
            np.frombuffer(memory_of(base), np.uint8), shape=(0,)) if base.size == 0 else window(base, low, high)
        memory.tofile(path)
        return self.add("put", session, name, base.dtype.name, path, keep, base.ndim, *base.shape, *base.strides)

    def run(self):
        """Answers, line by line of the input."""
        done = run(program=HANDLES, input="\n".join(self.lines) + "\n")
        self.text = done.stdout
        return self.text

    def errors(self):
        return [line for line in self.text.splitlines() if line.startswith("ERROR")]


def memory_of(array):
    return array.tobytes()


def window(array, low, high):
    """The bytes that an array's numbers lie in, from the lowest to the highest address."""
    import ctypes
    length = high - low + array.itemsize
    address = array.__array_interface__["data"][0] + low
    return np.frombuffer((ctypes.c_char * length).from_address(address), np.uint8).copy()


def good(lines):
    lines.run()
    check(not lines.errors(), f"no call fails: {lines.errors()}")


def words_of(flags):
    return [f"--{name}={value}" for name, value in flags.items()]


def train(save, data, **flags):
    run("train", *words_of({**SMALL, **flags}), f"--data_dir={data}", "--data_filename_stem=s",
        f"--lfads_save_dir={save}")


def parameters_of_file(save):
    """The parameters of a save directory by the program."""
    run("write-params", f"--lfads_save_dir={save}")
    with h5py.File(os.path.join(SCRATCH, save, "model_params")) as file:
        return {name: file[name][()] for name in file}


def parameters_of_lines(lines, name, of="PARAMETER"):
    """The parameters that handles.c wrote, of the training or of the MODEL, by the names of the program's file."""
    numbers = np.fromfile(lines.path(name), np.float32)
    found, at = {}, 0
    for line in lines.text.splitlines():
        if line.startswith(of):
            _, parameter, rows, columns = line.split()
            size = int(rows) * int(columns)
            found[parameter.replace("/", "_") + ":0"] = numbers[at:at + size].reshape(int(rows), int(columns))
            at += size
    check(at == len(numbers), "the file has all parameters")
    return found


def same_parameters(lines, name, save, what, of="PARAMETER"):
    ours, theirs = parameters_of_lines(lines, name, of), parameters_of_file(save)
    check(len(ours) > 20 and set(ours) <= set(theirs), f"{what}: names {sorted(set(ours) - set(theirs))}")
    for parameter in ours:
        check(np.array_equal(ours[parameter], theirs.get(parameter)), f"{what}: {parameter} has the same bits")


SESSIONS = {"a": arrays(6, 1), "b": arrays(9, 2)}


def prepare():
    write("data", SESSIONS)
    train("run", "data")


def put_all(lines, sessions, keep="copy"):
    for session, found in sessions.items():
        for name, values in found.items():
            lines.put(session, name, values, keep)
    return lines


def test_training():
    """A training on arrays has the parameters, and the costs, of a training on files."""
    lines = put_all(Lines("training", **SMALL), SESSIONS)
    lines.add("create").add("state").add("run").add("last").add("parameters", lines.path("out")).add("state")
    good(lines)
    same_parameters(lines, "out", "run", "after run")
    with open(os.path.join(SCRATCH, "run", "fitlog.csv"), encoding="utf-8") as file:
        rows = file.read().splitlines()
    last = [line.split() for line in lines.text.splitlines() if line.startswith("LAST")][0]
    ended = [line.split() for line in lines.text.splitlines() if line.startswith("ENDED")]
    row = rows[-1].split(",")
    check(f"total,{float(last[3]):f}"[:9] in rows[-1] or any(abs(float(word) - float(last[3])) < 1e-3 * abs(float(last[3]))
          for word in row if word.replace(".", "").replace("-", "").isdigit()), f"the costs {last} are in {row}")
    check([int(words[1]) for words in ended] == [0, 1, 2], f"each epoch is reported once: {ended}")
    check("STATE 0 0" in lines.text and "STATE 3 12" in lines.text and " 32 16" in lines.text,
          "the state counts epochs, steps and trials")


def test_types_and_strides():
    """Each type of numbers, every order in memory, copied or borrowed, gives the same bits."""
    def turned(values):  # axes last to first in memory, trials backwards
        return np.asfortranarray(values[::-1])[::-1]

    def spread(values):  # with gaps
        wide = np.zeros([2 * length for length in values.shape], values.dtype)
        wide[::2, ::2, 1::2] = values
        return wide[::2, ::2, 1::2]

    for number, (kind, keep, place) in enumerate([
            ("float32", "copy", turned), ("float64", "borrow", spread), ("int64", "borrow", turned),
            ("int32", "copy", spread), ("int16", "borrow", turned), ("int8", "copy", np.asfortranarray),
            ("uint64", "borrow", spread), ("uint32", "copy", turned), ("uint16", "borrow", np.asfortranarray),
            ("uint8", "borrow", spread)]):
        lines = Lines(f"types{number}", **{**SMALL, "max_epochs": 1})
        for session, found in SESSIONS.items():
            for name, values in found.items():
                lines.put(session, name, place(values.astype(kind)), keep)
        lines.add("create").add("epoch").add("parameters", lines.path("out"))
        good(lines)
        if number == 0:
            first = parameters_of_lines(lines, "out")
            train("one", "data", max_epochs=1)
            same_parameters(lines, "out", "one", "float32")
        ours = parameters_of_lines(lines, "out")
        check(all(np.array_equal(ours[name], first[name]) for name in first), f"{kind}, {keep} gives the same bits")


def test_more_arrays():
    """External inputs, truth, NaN, alignment, held-out channels: as from files."""
    random = np.random.default_rng(3)
    session = {name: values.astype(float) for name, values in SESSIONS["a"].items()}
    session["train_data"][2, 3:5, 1] = np.nan
    session["valid_data"][1, :, 2] = np.nan
    for name in ("train", "valid"):
        session[f"{name}_ext_input"] = random.normal(size=session[f"{name}_data"].shape[:2] + (2,))
        session[f"{name}_truth"] = random.uniform(1, 2, session[f"{name}_data"].shape)
    session["alignment_matrix_cxf"] = random.normal(size=(6, 4))
    session["conversion_factor"] = np.array(2.5)
    flags = {"ext_input_dim": 2, "missing_data": "skip", "heldout_dim": 2, "forward_steps": 3, "co_dim": 0}
    write("more", {"a": session})
    train("more_run", "more", **flags)
    lines = put_all(Lines("more_lines", **{**SMALL, **flags}), {"a": session}, "borrow")
    lines.add("create").add("run").add("parameters", lines.path("out")).add("last")
    good(lines)
    same_parameters(lines, "out", "more_run", "more arrays")
    last = [line.split() for line in lines.text.splitlines() if line.startswith("LAST")][0]
    check(np.isfinite(float(last[8])), f"co_bps is measured: {last}")
    with open(os.path.join(SCRATCH, "more_run", "fitlog.csv"), encoding="utf-8") as file:
        row = file.read().splitlines()[-1]
    check(f"{float(last[8]):.4f}"[:6] in row, f"co_bps {last[8]} is in {row}")


def test_preset_auto():
    """--preset=auto chooses by the arrays what it chooses by a file, and says so."""
    flags = {"preset": "auto", "seed": 3, "max_epochs": 1, "threads": 2}
    done = run("train", *words_of(flags), "--data_dir=data", "--data_filename_stem=s", "--lfads_save_dir=auto_run")
    lines = put_all(Lines("auto_lines", **flags), SESSIONS)
    lines.add("create").add("run").add("parameters", lines.path("out")).add("get", "gen_dim")
    good(lines)
    same_parameters(lines, "out", "auto_run", "auto")
    chosen = [line for line in done.stdout.splitlines() if line.startswith("  ")][:3]
    check(len(chosen) == 3 and "generator of" in chosen[0] and all(line in lines.text for line in chosen), f"the lines of the choice: {chosen}")


def test_results():
    """Samples and means of trials, for known sessions and new trials, and samples of the priors."""
    lines = put_all(Lines("results", **SMALL), SESSIONS)
    lines.add("create").add("run").add("latest")
    names = ["output_dist_params", "factors", "controller_outputs", "gen_states", "gen_ics", "post_g0_mean",
             "post_g0_logvar", "prior_g0_mean", "costs", "nll_bound_vaes", "nll_bound_iwaes"]
    for kind, samples in (("mean", 0), ("sample", 6)):
        for name in names:
            lines.add("posterior", "a", "valid", "-", samples, name, "float64", lines.path(f"{kind}_{name}"))
    lines.add("posterior", "b", "train", "-", 6, "factors_std", "float32", lines.path("std"))
    lines.add("posterior", "b", "train", "-", 6, "factors_quantiles", "float32", lines.path("quantiles"))
    lines.add("posterior", "b", "train", "-", 6, "factors", "float32", lines.path("factors32"))
    prior = ["output_dist_params", "factors", "gen_states", "gen_ics", "controller_outputs", "costs"]
    for name in prior:
        lines.add("prior", "-", 7, name, lines.path(f"prior_{name}"))
    good(lines)
    # on files: each session's file alone, as new trials
    for kind, command in (("mean", "posterior-mean"), ("sample", "posterior-sample")):
        for session in SESSIONS:
            run(command, "--lfads_save_dir=run", f"--data_files=data/s_{session}", f"--session={session}",
                       f"--output_dir=out_{kind}",
                       *(["--ps_samples=6", "--spread_quantiles=0.25,0.75", "--save_spread=true"]
                         if kind == "sample" else []))
        files = [name for name in os.listdir(os.path.join(SCRATCH, f"out_{kind}")) if "_a_of_s_a_valid" in name
                 or name.startswith("model_runs_a_") and "valid" in name]
        with h5py.File(os.path.join(SCRATCH, f"out_{kind}", files[0])) as file:
            for name in names:
                ours = np.fromfile(lines.path(f"{kind}_{name}"))
                check(np.array_equal(ours, file[name][()].ravel(), equal_nan=True), f"{kind}: {name}")
    files = [name for name in os.listdir(os.path.join(SCRATCH, "out_sample")) if "b" in name and "train" in name]
    with h5py.File(os.path.join(SCRATCH, "out_sample", files[0])) as file:
        for name, ours in (("factors_std", "std"), ("factors_quantiles", "quantiles"), ("factors", "factors32")):
            check(np.array_equal(np.fromfile(lines.path(ours), np.float32), file[name][()].astype(np.float32).ravel()),
                  f"{name} of session b")
    run("prior-sample", "--lfads_save_dir=run", "--batch_size=7")
    with h5py.File(os.path.join(SCRATCH, "run", "model_runs_prior_sample")) as file:
        for name in prior:
            key = "prior_zs_ar_con" if name == "controller_outputs" else name
            ours = np.fromfile(lines.path(f"prior_{name}")).astype(file[key].dtype)
            check(np.array_equal(ours, file[key][()].ravel()), f"prior: {name}")


def test_save_and_open():
    """What a training in memory saves goes on, and is sampled, as the program's own directory."""
    save = os.path.join(SCRATCH, "saved")
    lines = put_all(Lines("saving", **SMALL), SESSIONS)
    lines.add("create").add("epoch").add("epoch").add("save", save).add("save", save)
    lines.add("lowest").add("model_parameters", lines.path("lowest"))
    lines.run()
    check(len(lines.errors()) == 1 and "has a checkpoint" in lines.errors()[0], f"saves once: {lines.errors()}")
    for index in ("checkpoint", "checkpoint_lve"):
        check(os.path.exists(os.path.join(save, index)), f"{index} is there")
    run("posterior-mean", "--lfads_save_dir=saved", status=2, pattern="trained on arrays in memory")
    run("posterior-mean", "--lfads_save_dir=saved", "--data_files=data/s_a", "--session=a")
    train("two", "data", max_epochs=2)
    for index in ("two", "saved"):
        with h5py.File(checkpoint_of(index, "checkpoint_lve")) as file:
            kept = parameters_of_lines(lines, "lowest", "MODEL")
            check(all(np.array_equal(kept[name], file[name[:-2]][()]) for name in kept),
                  f"the lowest is that of {index}")
    train("saved", "data")  # goes on from the checkpoint
    for name in ("run", "saved"):
        run("write-params", f"--lfads_save_dir={name}")
    with h5py.File(os.path.join(SCRATCH, "run", "model_params")) as a, \
            h5py.File(os.path.join(SCRATCH, "saved", "model_params")) as b:
        check(all(np.array_equal(a[name][()], b[name][()]) for name in a), "goes on with the same bits")
    opened = Lines("opening", lfads_save_dir="saved").add("open").add("model_parameters", "opening_out")
    opened.folder = SCRATCH
    good(opened)
    same_parameters(opened, "opening_out", "saved", "opened", "MODEL")


def test_directory():
    """With a save directory the training writes what the program writes, and goes on from it."""
    lines = put_all(Lines("directory", **{**SMALL, "max_epochs": 2, "lfads_save_dir": "from_arrays"}), SESSIONS)
    lines.add("create").add("run").add("free").add("create").add("run").add("set", "max_epochs", 3).add("run")
    lines.add("parameters", lines.path("out")).add("lowest").add("model_parameters", lines.path("low"))
    good(lines)
    check("This run is finished: 2 epochs" in lines.text, "a run that is finished says so")
    same_parameters(lines, "out", "run", "in two runs")
    kept = parameters_of_lines(lines, "low", "MODEL")
    with h5py.File(checkpoint_of("from_arrays", "checkpoint_lve")) as file:
        check(all(np.array_equal(kept[name], file[name[:-2]][()]) for name in kept), "the lowest is that of its index")
    with open(os.path.join(SCRATCH, "run", "fitlog.csv"), encoding="utf-8") as a, \
            open(os.path.join(SCRATCH, "from_arrays", "fitlog.csv"), encoding="utf-8") as b:
        check(a.read() == b.read(), "the tables of costs are the same")


def part_of_page(path, first):
    """What a report says, from section FIRST to that of the files."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    check("</html>" in text, f"{path} is complete")
    return text[text.index(f'<section id="{first}"'):text.index('<section id="settings"')]


def test_report():
    """A training in memory, and one with a directory, have the page of a training on files; nothing else stays."""
    page, own, kept = (os.path.join(SCRATCH, name) for name in ("page.html", "own.html", "temporary"))
    run("report", "run", "--bootstrap=20", f"--output={page}", f"--output_dir={SCRATCH}/page_results")
    os.makedirs(kept, exist_ok=True)
    os.environ["TMPDIR"] = kept
    lines = put_all(Lines("report", **SMALL), SESSIONS).add("create").add("run").add("report", own)
    lines.add("report", "-").add("free")
    lines.run()
    check(len(lines.errors()) == 1 and "output_file" in lines.errors()[0], f"a place is needed: {lines.errors()}")
    check(os.listdir(kept) == [], f"nothing stays: {os.listdir(kept)}")
    check(part_of_page(own, "session0") == part_of_page(page, "session0"), "the sessions are those of files")
    check("Total cost" in part_of_page(own, "training"), "the costs are there")
    os.remove(own)
    lines = put_all(Lines("report_directory", **SMALL, lfads_save_dir="reported"), SESSIONS)
    good(lines.add("create").add("run").add("report", own))
    check(part_of_page(own, "verdict") == part_of_page(page, "verdict"), "a directory gives the whole page")
    del os.environ["TMPDIR"]


def test_changing_flags():
    """A flag that is set between epochs acts as it does in a run that is continued with it."""
    changes = {"l2_gen_scale": 500, "keep_prob": 0.8, "kl_co_weight": 0.1, "learning_rate_init": 0.003,
               "max_grad_norm": 3.5, "cd_rate": 0.2}
    lines = put_all(Lines("changing", **{**SMALL, "max_epochs": 2}), SESSIONS)
    lines.add("create").add("run")
    for name, value in {**changes, "max_epochs": 4}.items():
        lines.add("set", name, value)
    lines.add("run").add("parameters", lines.path("out")).add("last").add("get", "keep_prob")
    good(lines)
    check("VALUE 0.8" in lines.text, "the flag has its new value")
    train("changed", "data", max_epochs=2)
    train("changed", "data", **{**changes, "max_epochs": 4, "do_reset_learning_rate": "true"})
    same_parameters(lines, "out", "changed", "changed flags")
    unchanged = parameters_of_file("run")
    ours = parameters_of_lines(lines, "out")
    check(any(not np.array_equal(ours[name], unchanged[name]) for name in ours), "the flags have an effect")
    refused = put_all(Lines("refused", **SMALL), SESSIONS).add("create")
    for name, value in (("gen_dim", 12), ("batch_size", 4), ("nothing", 1), ("keep_prob", 7), ("sv_rate", 0.1),
                        ("do_train_prior_ar_nvar", "maybe")):
        refused.add("set", name, value)
    refused.add("run").add("parameters", refused.path("out"))
    refused.run()
    check(len(refused.errors()) == 6, f"each is refused: {refused.errors()}")
    same_parameters(refused, "out", "run", "after what was refused")


def test_stopping():
    """A training that is stopped within an epoch goes on where it was."""
    lines = put_all(Lines("stopping", **SMALL), SESSIONS)
    lines.add("create").add("stop", 5).add("run").add("set", "keep_prob", 0.5).add("stop", 10 ** 6).add("run")
    lines.add("parameters", lines.path("out"))
    lines.run()
    check(len(lines.errors()) == 2 and lines.errors()[0].startswith("ERROR 5 stopped")
          and "in progress" in lines.errors()[1], f"is stopped within an epoch: {lines.errors()}")
    same_parameters(lines, "out", "run", "after a stop")


def test_parameters():
    """Parameters that are set are those that the training goes on with."""
    lines = put_all(Lines("parameters", **SMALL), SESSIONS)
    lines.add("create").add("scale", 0).add("parameters", lines.path("out")).add("free")
    lines.add("create").add("scale", 0.5).add("epoch").add("last")
    lines.add("free").add("create").add("epoch").add("last")
    good(lines)
    numbers = np.fromfile(lines.path("out"), np.float32)
    check(len(numbers) > 1000 and not numbers.any(), "all parameters are zero")
    costs = [line.split()[3] for line in lines.text.splitlines() if line.startswith("LAST")]
    check(len(costs) == 2 and costs[0] != costs[1], f"the costs follow from them: {costs}")


def test_refusals():
    """What is wrong with arrays is said in one sentence that names session, array and remedy."""
    def refuse(wanted, sessions, **flags):
        refuse.count += 1
        lines = put_all(Lines(f"refusals{refuse.count}", **{**SMALL, **flags}), sessions).add("create")
        lines.run()
        check(len(lines.errors()) == 1 and wanted in lines.errors()[0], f"{wanted}: {lines.errors()}")
    refuse.count = 0
    data = SESSIONS["a"]
    broken = {**data, "train_data": data["train_data"].astype(float)}
    broken["train_data"][3, 2, 1] = 0.5
    refuse("session a: train_data is 0.5 in trial 3, bin 2, channel 1", {"a": broken})
    refuse("session a: there is no data set train_data; it has valid_data", {"a": {"valid_data": data["valid_data"]}})
    refuse("valid_data has the shape", {"a": {**data, "valid_data": data["valid_data"][:, :, :3]}})
    refuse("session a: there is no data set train_ext_input", {"a": data}, ext_input_dim=2)
    refuse("names files: leave it out", {"a": data}, data_dir="data")
    refuse("bins a trial", {"a": data, "b": arrays(4, 7, bins=9)})
    nan = {**data, "train_data": data["train_data"].astype(np.float32)}
    nan["train_data"][0, 0, 0] = np.nan
    refuse("--missing_data=skip", {"a": nan})


if __name__ == "__main__":
    harness.main(globals())
