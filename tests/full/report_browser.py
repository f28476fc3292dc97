"""The page of `lfads report` in a browser, headless Chromium: it loads without a word on the console, draws,
follows the pointer and what is chosen, and fits 400 and 1600 pixels, dark and light.

  report_browser.py LFADS SCRATCH

SPDX-License-Identifier: Apache-2.0"""
import html
import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
import harness
from harness import SCRATCH, check

# What is done to the page in each frame, and what is seen.
PROBE = """
addEventListener('load', function () {
  var seen = [];
  document.querySelectorAll('iframe').forEach(function (frame) {
    var page = frame.contentDocument, view = frame.contentWindow, one = {width: view.innerWidth};
    function move(target, share) {
      var box = target.getBoundingClientRect();
      target.dispatchEvent(new view.PointerEvent('pointermove', {bubbles: true,
        clientX: box.left + box.width * share, clientY: box.top + box.height / 2}));
      var tip = page.getElementById('tip');
      return getComputedStyle(tip).display === 'block' ? tip.textContent : null;
    }
    function choose(list, value) {
      list.value = value;
      list.dispatchEvent(new view.Event('change'));
    }
    one.overflow = page.documentElement.scrollWidth - view.innerWidth;
    var table = page.querySelector('.scores').parentNode;
    one.table = table.scrollWidth - table.clientWidth;
    var flags = page.querySelectorAll('.flag');
    one.flags = flags.length;
    one.broken = [].filter.call(flags, function (f) { return f.getClientRects().length > 1; }).length;
    one.background = view.getComputedStyle(page.body).backgroundColor;
    one.ink = view.getComputedStyle(page.body).color;
    one.charts = page.querySelectorAll('svg.chart').length;
    var chart = page.querySelector('svg.chart');
    one.text = chart.querySelector('text').getBoundingClientRect().height;
    one.hover = move(chart, 0.6);
    chart.dispatchEvent(new view.PointerEvent('pointerleave'));
    one.left = move(page.body, 0) === null;
    one.point = move(page.querySelector('circle[data-t]'), 0.5);
    var root = page.querySelector('.explorer'), lists = root.querySelectorAll('select');
    function drawn() {
      var labels = [], paths = '';
      root.querySelectorAll('.line:not(.dashed)').forEach(function (line) { paths += line.getAttribute('d') + ';'; });
      root.querySelectorAll('svg text[text-anchor=end]').forEach(function (t) { labels.push(t.textContent); });
      return {labels: labels, lines: root.querySelectorAll('.line:not(.dashed)').length,
              path: paths};
    }
    one.first = drawn();
    one.trial = move(root.querySelector('svg'), 0.5);
    choose(lists[1], '3');
    one.second = drawn();
    one.marked = page.querySelectorAll('.states .line.on').length;
    choose(lists[0], '1');
    choose(lists[2], '2');
    one.third = drawn();
    choose(lists[3], '1');
    one.scaled = drawn();
    seen.push(one);
  });
  var out = document.createElement('pre');
  out.id = 'seen';
  out.textContent = JSON.stringify(seen);
  document.body.appendChild(out);
});
"""


def browse(page, scheme):
    """What the probe sees at 400 and at 1600 pixels; what the console says."""
    frames = "".join(f'<iframe srcdoc="{html.escape(page)}" style="width:{width}px;height:3000px"></iframe>'
                     for width in (400, 1600))
    with open(f"{SCRATCH}/probe.html", "w", encoding="utf-8") as file:
        file.write(f"<!DOCTYPE html><meta charset=utf-8><script>{PROBE}</script><body>{frames}</body>")
    done = subprocess.run(
        ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1700,3000",
         f"--user-data-dir={SCRATCH}/profile", f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}",
         "--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom", f"file://{SCRATCH}/probe.html"],
        capture_output=True, text=True, timeout=harness.HANGS)
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.S)
    check(found, f"{scheme}: the page was not seen: {done.stderr[-2000:]}")
    return (json.loads(html.unescape(found[1])) if found else [],
            [line for line in done.stderr.splitlines() if "CONSOLE" in line])


def luminance(colour):
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 765


def test_browser():
    if not shutil.which("chromium"):
        raise harness.Skip("chromium is not installed (scripts/packages-long.txt)")
    random = np.random.RandomState(2)
    rates = 0.3 + 0.25 * np.sin(np.arange(30)[:, None] / 3 + np.arange(9))
    harness.write_session("set_<b>&'\"s", random, (24, 12), rates, dt=0.01, train_condition=np.arange(24) % 3,
                          valid_condition=np.arange(12) % 3)
    harness.run("train", "--data_dir=.", "--data_filename_stem=set", "--lfads_save_dir=model", "--max_epochs=4",
                "--batch_size=8", "--factors_dim=3", "--ic_dim=4", "--ic_enc_dim=5", "--gen_dim=6", "--co_dim=1",
                "--heldout_dim=2", "--threads=1", "--seed=1", "--example_every_s=-1")
    harness.run("report", "model")
    page = harness.text("model/report.html")
    for scheme in ("light", "dark"):
        seen, console = browse(page, scheme)
        check(not console, f"{scheme}: {console[:3]}")
        check([one["width"] for one in seen] == [400, 1600], f"{scheme}: {[one['width'] for one in seen]}")
        for one in seen:
            what = f"{scheme}, {one['width']} pixels"
            check(one["overflow"] <= 0, f"{what}: {one['overflow']} pixels do not fit")
            check(one["table"] <= 0, f"{what}: {one['table']} pixels of the scores do not fit")
            check(one["text"] >= 10, f"{what}: text of a chart is {one['text']} pixels high")
            check(one["flags"] > 1 and one["broken"] == 0, f"{what}: {one['broken']} of {one['flags']} flags are broken")
            contrast = luminance(one["background"]) - luminance(one["ink"])
            check(contrast > 0.6 if scheme == "light" else contrast < -0.6, f"{what}: {one['ink']} on {one['background']}")
            check(one["charts"] > 10, f"{what}: {one['charts']} charts")
            check(re.match(r"epoch \d.*\ntraining: \S+\nvalidation: \S+$", one["hover"] or ""), f"{what}: {one['hover']}")
            check(one["left"], f"{what}: the words stay where the pointer left")
            check(re.match(r"unit 0: model .*", one["point"] or ""), f"{what}: {one['point']}")
            check(re.match(r"trial 0, unit \d+\n.* s: .* spikes/s\n\d+ spikes", one["trial"] or ""), f"{what}: {one['trial']}")
            check(one["first"]["labels"] == [f"{j}{'*' if j > 6 else ''}" for j in range(9)], f"{what}: {one['first']['labels']}")
            check(one["first"]["path"] != one["second"]["path"], f"{what}: another trial, the same rates")
            check(one["marked"] == 2, f"{what}: the chosen trial is marked {one['marked']} times")
            check(len(one["third"]["labels"]) == 12 and one["third"]["lines"] == 12, f"{what}: a unit's trials")
            check(one["third"]["path"] != one["scaled"]["path"], f"{what}: the scale changes nothing")


harness.main(globals())
