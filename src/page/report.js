'use strict';
/* Shows values under the pointer, and draws the chosen trials and units. */
(function () {
  var tip = document.createElement('div');
  tip.id = 'tip';
  tip.setAttribute('role', 'status');
  document.body.appendChild(tip);

  function show(event, text) {
    tip.textContent = text;
    tip.style.display = 'block';
    var x = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 6);
    var y = event.clientY - tip.offsetHeight - 10;
    tip.style.left = Math.max(x, 4) + 'px';
    tip.style.top = (y < 4 ? event.clientY + 16 : y) + 'px';
  }
  function hide() { tip.style.display = 'none'; }

  function short(value) {
    return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3)
      ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  }

  function make(name, attributes, parent) {
    var element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (var key in attributes) element.setAttribute(key, attributes[key]);
    if (parent) parent.appendChild(element);
    return element;
  }

  /* ---- charts that the program drew ---- */

  function pointsOf(path) {
    if (!path.points) {
      var numbers = path.getAttribute('d').match(/-?[\d.]+/g) || [];
      path.points = [];
      for (var i = 0; i + 1 < numbers.length; i += 2)
        path.points.push([Number(numbers[i]), Number(numbers[i + 1])]);
    }
    return path.points;
  }

  function chartMoved(event) {
    var svg = event.currentTarget, set = svg.dataset, frame = set.frame.split(' ').map(Number);
    if (event.target.dataset.t) return show(event, event.target.dataset.t);
    var box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    var x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    if (set.bare === '1')
      return event.target.dataset.name ? show(event, event.target.dataset.name) : hide();
    if (x < frame[0] || x > frame[0] + frame[2]) return hide();
    var lines = [], where = null;
    svg.querySelectorAll('.line').forEach(function (path) {
      var best = null;
      pointsOf(path).forEach(function (p) {
        if (!best || Math.abs(p[0] - x) < Math.abs(best[0] - x)) best = p;
      });
      if (!best) return;
      var share = 1 - (best[1] - frame[1]) / frame[3], y0 = Number(set.y0), y1 = Number(set.y1);
      where = best[0];
      lines.push(path.dataset.name + ': ' + short(set.log === '1' ? y0 * Math.pow(y1 / y0, share)
        : y0 + share * (y1 - y0)));
    });
    if (!lines.length) return hide();
    var cursor = svg.querySelector('.cursor') || make('path', {'class': 'cursor'}, svg);
    cursor.setAttribute('d', 'M' + where + ' ' + frame[1] + 'v' + frame[3]);
    var value = Number(set.x0) + (where - frame[0]) / frame[2] * (set.x1 - set.x0);
    show(event, set.x + ' ' + short(value) + '\n' + lines.slice(0, 10).join('\n'));
  }

  function chartLeft(event) {
    var cursor = event.currentTarget.querySelector('.cursor');
    if (cursor) cursor.remove();
    hide();
  }

  document.querySelectorAll('svg.chart').forEach(function (svg) {
    svg.addEventListener('pointermove', chartMoved);
    svg.addEventListener('pointerleave', chartLeft);
  });

  /* ---- single trials ---- */

  function countAt(data, trial, unit, bin) {
    if (!data.counts) return data.data[trial][unit][bin];
    var c = data.counts[trial][unit][bin];
    return c === '-' ? null : parseInt(c, 36);
  }

  function rangeOf(rows, range) {
    rows.forEach(function (row) {
      row.forEach(function (value) {
        if (value === null) return;
        range[0] = Math.min(range[0], value);
        range[1] = Math.max(range[1], value);
      });
    });
    return range;
  }

  function pathOf(row, x, y) {
    var d = '', pen = 'M';
    row.forEach(function (value, bin) {
      if (value === null) { pen = 'M'; return; }
      d += pen + x(bin + 0.5).toFixed(1) + ' ' + y(value).toFixed(1);
      pen = 'L';
    });
    return d;
  }

  function select(parent, label, options) {
    var wrap = document.createElement('label'), list = document.createElement('select');
    wrap.textContent = label + ' ';
    options.forEach(function (text, i) {
      var option = document.createElement('option');
      option.value = i;
      option.textContent = text;
      list.appendChild(option);
    });
    wrap.appendChild(list);
    parent.appendChild(wrap);
    return list;
  }

  function explorer(root, data, section) {
    var controls = document.createElement('div'), holder = document.createElement('div');
    controls.className = 'controls';
    root.textContent = '';
    root.appendChild(controls);
    root.appendChild(holder);
    var trialNames = data.trials.map(function (t, i) {
      return t + (data.conditions.length ? ' (' + data.conditions[i][0] + ')' : '');
    });
    var unitNames = data.units.map(function (u, j) {
      return data.names[j][0] + (u >= data.heldout_from ? ' (held out)' : '') +
        (data.bits.length && data.bits[j] !== null ? ', ' + short(data.bits[j]) + ' bits/spike' : '');
    });
    var view = select(controls, 'Show', ['all units of one trial', 'all trials of one unit']);
    var trial = select(controls, 'trial', trialNames), unit = select(controls, 'unit', unitNames);
    var scale = select(controls, 'scale', ['each its own', 'one for all']);
    var step = data.bin_s || 1;

    /* lower and upper end of the band about the rates of trial i, unit j: quantiles, or one standard
       deviation; null: none */
    function bandOf(i, j) {
      if (data.band) return data.band[i][j];
      return data.spread ? [-1, 1].map(function (sign) {
        return data.rates[i][j].map(function (v, t) { return v + sign * data.spread[i][j][t]; });
      }) : null;
    }

    /* the curves of trial i, unit j, that set its range */
    function seen(i, j) {
      var rows = [data.rates[i][j]];
      if (data.truth) rows.push(data.truth[i][j]);
      if (data.data) rows.push(data.data[i][j]);
      if (bandOf(i, j)) rows.push(bandOf(i, j)[1]);
      return rows;
    }

    function stripe(svg, g, i, j, name, colour) {
      var rates = data.rates[i][j], range = g.range || rangeOf(seen(i, j), [0, 0]);
      if (!(range[1] > range[0])) range = [range[0], range[0] + 1];
      var y = function (v) {
        return g.top + g.height * (1 - (v - range[0]) / (range[1] - range[0]));
      };
      if (!g.range) {
        make('text', {x: g.left + g.width + 5, y: g.top + 8}, svg).textContent = short(range[1]);
        if (g.height > 24)
          make('text', {x: g.left + g.width + 5, y: g.top + g.height + 3}, svg).textContent = short(range[0]);
      }
      make('path', {'class': 'grid', d: 'M' + g.left + ' ' + (g.top + g.height) + 'h' + g.width}, svg);
      var label = make('text', {x: g.left - 6, y: g.top + g.height / 2 + 4, 'text-anchor': 'end'}, svg);
      label.textContent = name;
      var band = bandOf(i, j);
      if (band) {
        var back = pathOf(band[0].slice().reverse(), function (b) { return g.x(data.bins - b); }, y);
        make('path', {'class': 'band ' + colour, d: pathOf(band[1], g.x, y) + 'L' + back.slice(1)}, svg);
      }
      if (data.truth)
        make('path', {'class': 'line dashed', d: pathOf(data.truth[i][j], g.x, y)}, svg);
      if (data.data) {
        make('path', {'class': 'line faint gray', d: pathOf(data.data[i][j], g.x, y)}, svg);
      } else {
        var d = '';
        for (var t = 0; t < data.bins; t++) {
          var count = countAt(data, i, j, t);
          for (var k = 0; k < Math.min(count || 0, 5); k++)
            d += 'M' + (g.x(t + (k + 1) / (Math.min(count, 5) + 1))).toFixed(1) + ' ' +
              (g.top + g.height + 1.5) + 'v6';
        }
        make('path', {'class': 'spike', d: d}, svg);
      }
      make('path', {'class': 'line ' + colour, d: pathOf(rates, g.x, y)}, svg);
    }

    function inputsPanel(svg, g, i, rows, colours, title) {
      var range = rangeOf(rows, [Infinity, -Infinity]);
      if (!(range[1] > range[0])) range = [range[0] - 1, range[0] + 1];
      var y = function (v) { return g.top + g.height * (1 - (v - range[0]) / (range[1] - range[0])); };
      make('text', {x: g.left, y: g.top - 5}, svg).textContent = title;
      make('path', {'class': 'grid', d: 'M' + g.left + ' ' + (g.top + g.height) + 'h' + g.width}, svg);
      rows.forEach(function (row, k) {
        make('path', {'class': 'line ' + colours + (k % 8), d: pathOf(row, g.x, y)}, svg);
      });
    }

    function draw() {
      var width = Math.max(root.clientWidth - 16, 260), narrow = width < 600, right = 52;
      var one = view.value === '0', i = Number(trial.value), j = Number(unit.value);
      var most = narrow ? 9 : 16;
      var shown = one ? data.names.map(function (n) {
        return n[0].length > most ? n[0].slice(0, most - 1) + '…' : n[0];
      }) : data.trials.map(String);
      var left = shown.reduce(function (l, name) { return Math.max(l, 14 + 7 * name.length); }, narrow ? 34 : 46);
      trial.parentNode.style.display = one ? '' : 'none';
      unit.parentNode.style.display = one ? 'none' : '';
      var rows = shown.map(function (name, k) {
        return {name: name, i: one ? i : k, j: one ? k : j};
      });
      var each = 30, gap = 17, top = 24, height = top + rows.length * (each + gap);
      var panels = [];
      if (one && data.inputs) panels.push([data.inputs[i], 's', 'inferred inputs']);
      if (one && data.true_inputs) panels.push([data.true_inputs[i], 's', 'true inputs']);
      var total = height + panels.length * 76 + 36;
      holder.textContent = '';
      var svg = make('svg', {width: width, height: total, viewBox: '0 0 ' + width + ' ' + total,
                             role: 'img', 'aria-label': 'rates and spikes'}, holder);
      var span = width - left - right, x = function (bin) { return left + span * bin / data.bins; };
      var range = scale.value === '0' ? null : [0, 0];
      rows.forEach(function (r) { if (range) rangeOf(seen(r.i, r.j), range); });
      if (data.forward_from < data.bins)
        make('rect', {'class': 'unread', x: x(data.forward_from), y: top - 6,
                      width: x(data.bins) - x(data.forward_from), height: height - top}, svg);
      make('text', {x: left, y: 11}, svg).textContent = (one ? 'unit' : 'trial') +
        ': rates (' + (range ? short(range[0]) + ' to ' + short(range[1]) + ' ' : '') + data.unit + ')' +
        (data.data ? ', data gray' : ', spikes as ticks') + (data.truth ? ', true rates dashed' : '');
      rows.forEach(function (r, k) {
        var held = data.units[r.j] >= data.heldout_from;
        var colour = one ? (held ? 's1' : 's0') : data.conditions.length ? data.conditions[r.i][1] : 's0';
        stripe(svg, {left: left, top: top + k * (each + gap), width: span, height: each, x: x,
                     range: range}, r.i, r.j, r.name + (one && held ? '*' : ''), colour);
      });
      panels.forEach(function (p, k) {
        inputsPanel(svg, {left: left, width: span, height: 52, top: height + 20 + k * 76, x: x}, i,
                    p[0], p[1], p[2]);
      });
      var end = data.bins * step, unitStep = Math.pow(10, Math.floor(Math.log10(end)));
      while (end / unitStep < 4) unitStep /= 2;
      for (var t = 0; t <= end * 1.0001; t += unitStep)
        make('text', {x: x(t / step), y: total - 20, 'text-anchor': 'middle'}, svg).textContent = short(t);
      make('text', {x: left + span / 2, y: total - 5, 'text-anchor': 'middle', 'class': 'name'}, svg)
        .textContent = data.bin_s ? 'time (s)' : 'bin';
      svg.addEventListener('pointermove', function (event) {
        var box = svg.getBoundingClientRect();
        var bin = Math.floor((event.clientX - box.left - left) / span * data.bins);
        var k = Math.floor((event.clientY - box.top - top) / (each + gap));
        if (bin < 0 || bin >= data.bins || k < 0 || k >= rows.length) return hide();
        var r = rows[k], count = countAt(data, r.i, r.j, bin);
        show(event, 'trial ' + data.trials[r.i] + ', ' + data.names[r.j][1] + '\n' +
          (data.bin_s ? short((bin + 0.5) * step) + ' s' : 'bin ' + bin) + ': ' +
          short(data.rates[r.i][r.j][bin]) + ' ' + data.unit +
          (data.spread ? ' ± ' + short(data.spread[r.i][r.j][bin]) : '') +
          (data.band ? ' (' + short(data.band[r.i][r.j][0][bin]) + ' to ' +
            short(data.band[r.i][r.j][1][bin]) + ')' : '') +
          (data.truth ? ', true ' + short(data.truth[r.i][r.j][bin]) : '') + '\n' +
          (count === null ? 'not recorded' : data.counts ? count + ' spikes' : 'data ' + short(count)));
      });
      svg.addEventListener('pointerleave', hide);
      section.querySelectorAll('.states .line').forEach(function (path) {
        path.classList.toggle('on', one && path.classList.contains('t' + data.trials[i]));
      });
    }

    [view, trial, unit, scale].forEach(function (list) { list.addEventListener('change', draw); });
    var drawn = 0;
    addEventListener('resize', function () {
      if (root.clientWidth !== drawn) { drawn = root.clientWidth; draw(); }
    });
    drawn = root.clientWidth;
    draw();
  }

  document.querySelectorAll('.explorer').forEach(function (root) {
    var data = document.getElementById(root.id.replace('explorer', 'data'));
    explorer(root, JSON.parse(data.textContent), root.closest('section'));
  });
})();
