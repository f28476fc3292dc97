"""The page that `lfads report` writes: its form, its numbers against NumPy's, what it warns of.

  report.py LFADS SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import html.parser
import json
import os
import re
import shutil
import sys
import xml.etree.ElementTree

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
import scores
from harness import SCRATCH, check

SESSION = "d<b id=x>&\"'"  # no name may become markup
MODEL = "run<i>&amp;"
TRAIN = ("--max_epochs=3", "--batch_size=8", "--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5",
         "--gen_dim=6", "--ci_enc_dim=5", "--con_dim=5", "--co_dim=1", "--heldout_dim=2", "--forward_steps=3", "--threads=1",
         "--example_every_s=-1")
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(html.parser.HTMLParser):
    """A page's elements, texts by element, and scripts."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        with open(f"{SCRATCH}/{path}", encoding="utf-8") as file:
            self.source = file.read()
        self.open, self.elements, self.texts, self.faults = [], [], [], []
        self.feed(self.source)
        self.close()
        if self.open:
            self.faults.append(f"not closed: {self.open}")
        self.text = " ".join("".join(text for tag, text in self.texts if tag not in ("script", "style")).split())
        self.data = [json.loads(text) for text in
                     re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', self.source, re.S)]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def charts(self):
        """The charts by title, as XML."""
        found = {}
        for title, text in re.findall(r"<figcaption[^>]*>(.*?)</figcaption>(<svg.*?</svg>)", self.source, re.S):
            found[title] = xml.etree.ElementTree.fromstring(text)
        return found


def values(chart, line):
    """The points of a chart's line as values."""
    left, top, width, height = map(float, chart.get("data-frame").split())
    x0, x1, y0, y1 = (float(chart.get(f"data-{name}")) for name in ("x0", "x1", "y0", "y1"))
    points = np.array(re.findall(r"[ML](\S+) ([^ML]+)", line.get("d")), float)
    return (x0 + (points[:, 0] - left) / width * (x1 - x0), y0 + (1 - (points[:, 1] - top) / height) * (y1 - y0),
            0.06 * abs(y1 - y0) / height)  # a picture's unit has one decimal


def lines(chart):
    svg = "{http://www.w3.org/2000/svg}"
    return {path.get("data-name"): path for path in chart.iter(f"{svg}path") if path.get("data-name")}


def check_ticks(title, chart):
    """An axis' numbers stand where they belong."""
    if chart.get("data-bare") == "1":
        return
    left, top, width, height = map(float, chart.get("data-frame").split())
    x0, x1, y0, y1 = (float(chart.get(f"data-{name}")) for name in ("x0", "x1", "y0", "y1"))
    of = np.log if chart.get("data-log") == "1" else lambda y: y
    count = {"middle": 0, "end": 0}
    for text in chart.iter("{http://www.w3.org/2000/svg}text"):
        x, y, anchor = float(text.get("x")), float(text.get("y")), text.get("text-anchor")
        if text.get("class") or anchor not in count:
            continue
        count[anchor] += 1
        value = float(text.text)
        if anchor == "middle":
            off = x - left - width * (value - x0) / (x1 - x0)
        else:  # the middle of a number is above its base line
            off = y - 4 - top - height * (1 - (of(value) - of(y0)) / (of(y1) - of(y0)))
        check(abs(off) < 0.06, f"{title}: {text.text} is {off:.1f} off its place")  # one decimal
    check(count["middle"] >= 2 and count["end"] >= 1, f"{title}: {count} numbers")


def prepare():
    random = np.random.RandomState(3)
    rates = 0.3 + 0.25 * np.sin(np.arange(20)[:, None] / 3 + np.arange(7))
    harness.write_session(f"data/set_{SESSION}", random, (24, 18), rates, dt=0.01,
                          train_condition=np.arange(24) % 3, valid_condition=np.arange(18) % 3,
                          valid_truth=np.broadcast_to(rates, (18, 20, 7)) * 100,
                          train_truth=np.broadcast_to(rates, (24, 20, 7)) * 100, conversion_factor=100.0)
    harness.run("train", "--data_dir=data", "--data_filename_stem=set", f"--lfads_save_dir={MODEL}", *TRAIN)


def check_form(page, what):
    """Well-formed, of one file, and nothing of a name is markup."""
    check(not page.faults, f"{what}: {page.faults[:3]}")
    check(len(page.charts()) > 5, f"{what}: {len(page.charts())} charts")
    for title, chart in page.charts().items():
        check_ticks(f"{what}, {title}", chart)
    check(not [e for e in page.elements if {"src", "href", "onclick", "onload", "onerror"} & set(e[1])
               or e[0] in ("link", "img", "iframe", "i", "object")], f"{what}: something from elsewhere")
    check(not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page.source), f"{what}: an address")
    check(not any(e[1].get("id") == "x" for e in page.elements), f"{what}: a name became markup")
    check("Content-Security-Policy" in page.source, f"{what}: no policy")


def test_page():
    """The computed posterior means, as the page shows them."""
    harness.run("report", MODEL)
    page = Page(f"{MODEL}/report.html")
    check_form(page, "page")
    check(SESSION in page.text and MODEL in page.text, "names are not shown as they are")
    run = f"{SCRATCH}/{MODEL}/model_runs_{SESSION}_valid_posterior_push_mean"
    with h5py.File(run) as file, h5py.File(f"{SCRATCH}/data/set_{SESSION}") as data:
        results = {name: file[name][()] for name in file}
        counts, train, truth = (data[name][()] for name in ("valid_data", "train_data", "valid_truth"))
    rates = results["output_dist_params"]
    shown, = page.data
    check(shown["session"] == SESSION and shown["set"] == "valid", "the session")
    check(shown["trials"] and sorted(shown["trials"]) == list(range(18)) and shown["units"] == list(range(7)), "what is shown")
    check([c[0] for c in shown["conditions"]] == [f"condition {t % 3}" for t in shown["trials"]], "conditions")
    check("* marks those that are held out" in page.text, "the mark of held-out units")
    check((shown["heldout_from"], shown["forward_from"], shown["bin_s"]) == (5, 17, 0.01), "what was not read")
    trials = shown["trials"]
    check(np.array_equal([[list(map(int, u)) for u in t] for t in shown["counts"]],
                         counts[trials].transpose(0, 2, 1)), "counts")
    # three digits of spikes a second
    for key, wanted in (("rates", rates * 100), ("truth", truth)):
        check(np.allclose(shown[key], wanted[trials].transpose(0, 2, 1), rtol=5.1e-3, atol=0), key)
    check(np.allclose(shown["inputs"], results["controller_outputs"][trials].transpose(0, 2, 1), rtol=5.1e-3, atol=1e-12), "inputs")
    check_table(page, counts, train, rates, truth)
    check_curves(page)
    check_psths(page, counts, rates)
    check_states(page, results)


def check_table(page, counts, train, rates, truth):
    """The scores, with four decimals."""
    cells = [[re.sub(r"<.*?>", "", c) for c in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row)]
             for row in re.findall(r"<tr>(.*?)</tr>", page.source.split('class="scores"')[1].split("</table>")[0])]
    smooth, _ = scores.smoothing_rates(train, counts, 17, 2)
    every = [rates, scores.mean_rates(train, 18),
             scores.psth_rates(train, np.arange(24) % 3, np.arange(18) % 3, 5), smooth]
    check(cells[0][1:] == ["model", "mean rates", "PSTH", "smoothing"], f"{cells[0]}")
    for name, score in (("held-out", lambda r: scores.bits_per_spike(counts[:, :17, 5:], r[:, :17, 5:])),
                        ("forward bins", lambda r: scores.bits_per_spike(counts[:, 17:], r[:, 17:])),
                        ("spike, all", lambda r: scores.bits_per_spike(counts, r)),
                        ("true rates", lambda r: 1 - ((truth - 100 * r) ** 2).sum() / ((truth - truth.mean()) ** 2).sum())):
        row, = (c for c in cells if name in c[0])
        found = [float(c.split(" ")[0]) for c in row[1:]]
        check(np.allclose(found, [score(r) for r in every], rtol=0, atol=5.1e-5), f"{name}: {row}")


def check_curves(page):
    """Curves of training are those of the table of costs, up to the drawing's decimals."""
    rows, charts = harness.costs(MODEL), page.charts()
    for title, key in (("Reconstruction cost", "recon"), ("KL divergence, without its weight", "kl")):
        for name, set in (("training", "train"), ("validation", "valid")):
            _, y, off = values(charts[title], lines(charts[title])[name])
            check(np.allclose(y, [r[f"{set}_{key}"] for r in rows], rtol=1e-6, atol=off), f"{title}, {name}")
    rate = charts["Learning rate"]
    check(lines(rate)["learning rate"].get("d").startswith("M") and rate.get("data-log") == "1", "learning rate")
    check("Ramps: KL and L2" in charts, "ramps")


def check_psths(page, counts, rates):
    charts = page.charts()
    for unit, title in ((0, "Unit 0"), (6, "Unit 6 (held out)")):
        drawn = lines(charts[title])
        for c in range(3):
            of = np.arange(18) % 3 == c
            data = scores.smoothed(counts[of].mean(axis=0), 5)[:, unit] * 100
            for name, wanted in ((f"data, condition {c}", data), (f"model, condition {c}", rates[of].mean(axis=0)[:, unit] * 100)):
                x, y, off = values(charts[title], drawn[name])
                check(np.allclose(y, wanted, rtol=1e-6, atol=off), f"{title}, {name}")
                check(np.allclose(x, (np.arange(20) + 0.5) / 100, atol=1e-3), f"{title}: times")


def check_states(page, results):
    """Distances in the first two components are those of NumPy's, signs aside."""
    states = results["post_g0_mean"] - results["post_g0_mean"].mean(axis=0)
    u, s, _ = np.linalg.svd(states, full_matrices=False)
    chart = page.charts()["Initial conditions (posterior means)"]
    x0, x1, y0, y1 = (float(chart.get(f"data-{name}")) for name in ("x0", "x1", "y0", "y1"))
    left, top, width, height = map(float, chart.get("data-frame").split())
    points = [(p.get("data-t"), float(p.get("cx")), float(p.get("cy"))) for p in chart.iter() if p.tag.endswith("circle")]
    check([p[0] for p in points] == [f"trial {t}, condition {t % 3}" for t in range(18)], f"{points[:2]}")
    for k, found, off in ((0, [x0 + (p[1] - left) / width * (x1 - x0) for p in points], (x1 - x0) / width),
                          (1, [y0 + (1 - (p[2] - top) / height) * (y1 - y0) for p in points], (y1 - y0) / height)):
        wanted = u[:, k] * s[k]
        off *= 0.06
        check(np.allclose(found, wanted, atol=off) or np.allclose(found, -wanted, atol=off), f"component {k + 1}")
    check(f"PC 1 ({100 * s[0] ** 2 / (s ** 2).sum():.0f} %)" in page.source, "the first component's share")


def copy(name, **changed):
    """A copy of the model with results of validation trials only, made by hand."""
    shutil.copytree(f"{SCRATCH}/{MODEL}", f"{SCRATCH}/{name}")
    for file in os.listdir(f"{SCRATCH}/{name}"):
        if file.startswith("model_runs") or file == "report.html":
            os.remove(f"{SCRATCH}/{name}/{file}")
    if changed:
        harness.write(f"{name}/model_runs_{SESSION}_valid_posterior_sample_and_average", **changed)


def test_verdict():
    """What is wrong with a model stands at the top."""
    random = np.random.RandomState(5)
    with h5py.File(f"{SCRATCH}/data/set_{SESSION}") as data:
        truth, train = data["valid_truth"][()] / 100, data["train_data"][()]
    factors = random.normal(size=(18, 20, 4)) * [1, 1, 1e-4, 1]
    arrays = {"factors": factors, "controller_outputs": np.full((18, 20, 1), 1e-3)}
    copy("good", output_dist_params=truth * random.uniform(0.9, 1.1, truth.shape), **arrays)
    copy("same", output_dist_params=np.broadcast_to(train.mean(axis=(0, 1)), truth.shape) * 0.8, **arrays)
    spread = random.uniform(0.01, 0.02, truth.shape)
    copy("units", output_dist_params=truth * np.where(np.arange(7) == 2, 6, 1), output_dist_params_std=spread, **arrays)
    found = {}
    for name in ("good", "same", "units"):
        harness.run("report", name, "--bootstrap=10", "--trials=5", "--units=4", f"--output={name}.html")
        found[name] = Page(f"{name}.html")
        check_form(found[name], name)
        check(len(found[name].data[0]["trials"]) == 5 and len(found[name].data[0]["units"]) == 4, f"{name}: what is shown")
        check("training ended before its penalties had their full weight" in found[name].text, f"{name}: ramps")
        check("1 of 4 factors hardly change: 2." in found[name].text, f"{name}: factors")
        check("inferred input 0 is silent" in found[name].text, f"{name}: inputs")
    check("Do not believe this model yet" in found["same"].text, "a model of nothing is believed")
    check("all trials get the same rates" in found["same"].text and "no better than mean rates" in found["same"].text,
          "reasons not to believe it")
    check("Do not believe" not in found["good"].text and "no better than" not in found["good"].text.split("Training")[0],
          f"a good model: {found['good'].text[:600]}")
    check("for 1 of 7 units the rates are no better than the unit's mean: 2." in found["units"].text, "a unit that fails")
    data = found["units"].data[0]
    check(2 in data["units"], "the unit that is predicted worst is not shown")
    check(np.allclose(data["spread"], spread[data["trials"]][:, :, data["units"]].transpose(0, 2, 1) * 100, rtol=5.1e-3), "spread")
    # units are called as in the data file
    with h5py.File(f"{SCRATCH}/data/set_{SESSION}", "r+") as file:
        file["unit_names"] = [f"<tetrode {j + 3}>" for j in range(7)]
    harness.run("report", "units", "--bootstrap=10", "--trials=5", "--units=4", "--output=named.html")
    with h5py.File(f"{SCRATCH}/data/set_{SESSION}", "r+") as file:
        del file["unit_names"]
    page = Page("named.html")
    check_form(page, "named")
    check("are no better than the unit's mean: <tetrode 5>." in page.text, "the name of a unit that fails")
    names = [[f"<tetrode {j + 3}>", f"unit <tetrode {j + 3}>, channel {j}"] for j in range(7)]
    check(page.data[0]["names"] == [names[j] for j in data["units"]], f"{page.data[0]['names']}")
    check("Unit <tetrode 5>" in page.text and 'title="unit &lt;tetrode 5&gt;, channel 2"' in page.source and
          'data-t="unit &lt;tetrode 5&gt;, channel 2: model' in page.source, "names in charts")


def test_band():
    """Quantiles over samples are drawn, rather than deviations; how much of the truth lies inside; how many
    models the rates are of."""
    random = np.random.RandomState(7)
    with h5py.File(f"{SCRATCH}/data/set_{SESSION}") as data:
        truth = data["valid_truth"][()] / 100
    low, high = truth * random.uniform(0.7, 1.1, truth.shape), truth * random.uniform(0.95, 1.5, truth.shape)
    ends = np.stack([np.minimum(low, high), np.full(truth.shape, 9.0), np.maximum(low, high)], axis=-1)
    copy("band", output_dist_params=truth, output_dist_params_quantiles=ends, spread_quantiles=[0.1, 0.5, 0.8],
         output_dist_params_std=truth)
    run, = (f"{SCRATCH}/band/{f}" for f in os.listdir(f"{SCRATCH}/band") if "_valid_posterior" in f)
    with h5py.File(run, "r+") as file:
        file.attrs["ensemble"] = np.bytes_("8")
    harness.run("report", "band", "--bootstrap=10", "--trials=5", "--units=4")
    page, inside = Page("band/report.html"), (ends[..., 0] <= truth) & (truth <= ends[..., 2])
    check_form(page, "band")
    data = page.data[0]
    shown = ends[data["trials"]][:, :, data["units"]][..., [0, 2]].transpose(0, 2, 3, 1) * 100
    check(np.allclose(data["band"], shown, rtol=5.1e-3) and "spread" not in data, "the band")
    for text in (f"70 % of the posterior's samples make holds {100 * inside.mean():.1f} % of the true rates",
                 "Bands hold 10 to 80 % of samples", "means over 8 models"):
        check(text in page.text, f"the page does not say: {text}")
    check(0.1 < inside.mean() < 0.9, f"{inside.mean()} tells nothing")


def test_refused():
    """What can't be reported on is said in one line, and nothing is written."""
    harness.run("report", status=2, pattern="needs one save directory of a training, and 0 are given")
    harness.run("report", "--quiet", status=2, pattern="needs one save directory")
    harness.run("report", "nowhere", status=2, pattern="nowhere is no directory, and a report needs")
    harness.run("report", MODEL, "--data_dir=elsewhere", status=2,
                pattern="elsewhere")
    harness.run("report", MODEL, "--units=0", status=2, pattern="units")
    harness.run("report", MODEL, "--output=none/x.html", "--quiet", status=1, pattern="can.t write none/")
    check(not os.path.exists(f"{SCRATCH}/none"), "something was written")
    copy("odd", output_dist_params=np.ones((18, 20, 6)))
    harness.run("report", "odd", status=2, pattern=r"has \[18,20,6\] rates")
    copy("nan", output_dist_params=np.ones((18, 20, 7)), factors=np.full((18, 20, 3), np.nan))
    harness.run("report", "nan", status=2, pattern="factors is nan in trial 0")
    for name in ("odd", "nan"):
        check(not [f for f in os.listdir(f"{SCRATCH}/{name}") if "report" in f], f"{name}: half a page")


def test_elsewhere():
    """A save directory that is only read: results and page go to another one, and are found there again."""
    copy("source")
    for name in os.listdir(f"{SCRATCH}/source"):
        if name.startswith("model_runs") or name == "report.html":
            os.remove(f"{SCRATCH}/source/{name}")
    before = {name: os.stat(f"{SCRATCH}/source/{name}").st_mtime_ns for name in os.listdir(f"{SCRATCH}/source")}
    out = harness.run("report", "source", "--output_dir=made/here").stdout
    check("Wrote made/here/report.html" in out, out)
    check({name: os.stat(f"{SCRATCH}/source/{name}").st_mtime_ns for name in os.listdir(f"{SCRATCH}/source")} == before,
          "the save directory changed")
    runs = [name for name in os.listdir(f"{SCRATCH}/made/here") if name.startswith("model_runs")]
    check(len(runs) == 2, f"results: {runs}")
    check_form(Page("made/here/report.html"), "elsewhere")
    times = [os.stat(f"{SCRATCH}/made/here/{name}").st_mtime_ns for name in runs]
    harness.run("report", "source", "--output_dir=made/here", "--output=page.html")
    check(times == [os.stat(f"{SCRATCH}/made/here/{name}").st_mtime_ns for name in runs], "results were computed again")
    check(harness.text("page.html") == harness.text("made/here/report.html"), "another page")


def test_named_files():
    """A model of a file that was named, not found by its stem; the spread over its samples."""
    random = np.random.RandomState(6)
    harness.write_session("one.h5", random, (12, 6), harness.waves(10, 5))
    harness.run("train", "one.h5", "--lfads_save_dir=named", "--max_epochs=1", "--batch_size=4", "--factors_dim=3",
                "--ic_dim=4", "--ic_enc_dim=5", "--gen_dim=6", "--co_dim=0", "--threads=1", "--example_every_s=-1")
    harness.run("posterior-sample", "named", "--save_spread", "--threads=1")
    harness.run("report", "named")
    page = Page("named/report.html")
    check_form(page, "named")
    run, = (f for f in os.listdir(f"{SCRATCH}/named") if "_valid_posterior_sample" in f)
    with h5py.File(f"{SCRATCH}/named/{run}") as file:
        spread = file["output_dist_params_std"][()]
    check(np.allclose(page.data[0]["spread"], spread[page.data[0]["trials"]].transpose(0, 2, 1), rtol=5.1e-3),
          "the spread of the samples")
    check("are held out" not in page.text, "a mark of held-out units where none are")
    check("names no conditions" in page.text and not page.data[0]["conditions"], "conditions of a file without any")
    # names of numbers, as lfads prepare writes them; numbers without a line stay numbers
    with h5py.File(f"{SCRATCH}/one.h5", "r+") as file:
        for key in ("train", "valid"):
            file[f"{key}_condition"] = np.arange(len(file[f"{key}_data"])) % 4
        file["condition_names"] = np.bytes_("left\n\nup <b>")
    harness.run("report", "named")
    page = Page("named/report.html")
    check_form(page, "names of conditions")
    names = ["left", "1", "up <b>", "3"]
    check([c[0] for c in page.data[0]["conditions"]] == [f"condition {names[t % 4]}" for t in page.data[0]["trials"]],
          f"names of conditions: {page.data[0]['conditions']}")


def test_damaged_logs():
    """A table of costs and event files that are damaged cost a picture, not the page."""
    copy("logs")
    log = f"{SCRATCH}/logs/lfads_log/"
    for file in os.listdir(log):
        with open(log + file, "r+b") as events:
            events.truncate(os.path.getsize(log + file) - 7)
    with open(f"{SCRATCH}/logs/fitlog.csv", "a") as file:
        file.write("epoch,9, step,x, <svg>,1,2\nnonsense\n,,,,\nepoch,3, step,12, recon,1e999,nan\nepoch,4, st")
    harness.run("report", "logs", "--quiet")
    check_form(Page("logs/report.html"), "logs")
    for file in os.listdir(log):
        with open(log + file, "wb") as events:
            events.write(b"\xff" * 100)
    os.remove(f"{SCRATCH}/logs/fitlog.csv")
    harness.run("report", "logs", "--quiet")
    page = Page("logs/report.html")
    check("there is no fitlog.csv" in page.text and "Learning rate" not in page.charts(), "no table, no curves")


harness.main(globals())
