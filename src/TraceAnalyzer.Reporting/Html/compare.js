// The chart of compare.html: bandwidth of all runs over one axis, time since each run's first transfer or share of the run.
const { runs } = data;
// Beyond this lines are spaghetti: each run gets a panel, with run 1 in gray behind it.
const isCrowded = runs.length > 4;
const dashes = [[], [7, 3], [2, 2], [9, 3, 2, 3]];
let by = 'time', operation = isCrowded ? data.most : 'both';
addChart('timeline');
const { timeline } = charts;
const classes = ['read', 'write'].filter(name => data.axes.time[name]);
const shownClasses = () => classes.filter(name => operation === 'both' || operation === name);
const binNsOf = run => data.axes[by].binNs[run];
// Mean of a run's bins; null where it has none, as before it began or after it ended.
const meanRate = (name, run, first, end) => {
  const rates = data.axes[by][name][run].slice(first, end);
  return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
};
const bytesIn = (name, run, first, end) => (meanRate(name, run, first, end) ?? 0) * data.axes[by][name][run].slice(first, end).length * binNsOf(run) / 1e9;
const rateText = rate => `${units.bytes(rate)}/s`;

// ---- Drawing ----
const shorten = (pen, what, width) => {
  if (pen.measureText(what).width <= width) return what;
  let length = what.length;
  while (length > 1 && pen.measureText(`${what.slice(0, length)}…`).width > width) length--;
  return `${what.slice(0, length)}…`;
};
const drawRun = (pen, plot, row, run, ink, dash) => {
  const group = binsAPixel(plot), bottom = row.top + row.height;
  const first = Math.floor(view.from / axis.width / group) * group, end = Math.min(axis.bins, Math.ceil(view.to / axis.width));
  pen.strokeStyle = color(ink);
  pen.lineWidth = 1.5;
  pen.setLineDash(dash);
  pen.beginPath();
  let isDown = false;
  for (let bin = first; bin < end; bin += group) {
    const rate = meanRate(row.name, run, bin, bin + group);
    if (rate === null) { isDown = false; continue; }
    const y = bottom - 1 - rate / (row.most || 1) * (row.height - 3), x0 = xOf(plot, bin * axis.width), x1 = xOf(plot, (bin + group) * axis.width);
    if (isDown) pen.lineTo(x0, y); else pen.moveTo(x0, y);
    pen.lineTo(x1, y);
    isDown = true;
  }
  pen.stroke();
  pen.setLineDash([]);
};
const mostOf = name => {
  const [first, end] = [Math.floor(view.from / axis.width), Math.ceil(view.to / axis.width)];
  return runs.map((_, run) => data.axes[by][name][run].slice(first, end).reduce((most, rate) => Math.max(most, rate), 0));
};
const rowHeight = isCrowded ? 52 : 190, gap = 24, top = 24, bottom = 26;
const drawTimeline = () => {
  const rows = shownClasses().flatMap(name => {
    const peaks = mostOf(name), most = Math.max(...peaks), title = name === 'read' ? 'Reads' : 'Writes';
    return isCrowded
      ? runs.map((label, run) => ({ name, run, most, heading: `${run + 1}: ${label}`, note: `${title.toLowerCase()}, peak in view ${rateText(peaks[run])}` }))
      : [{ name, most, heading: title, note: `peak in view ${rateText(most)}` }];
  });
  timeline.canvas.style.height = `${top + bottom + rows.length * (rowHeight + gap) - gap}px`;
  const { pen, plot } = begin(timeline, top, bottom);
  horizontalAxis(pen, plot);
  rows.forEach((row, index) => {
    Object.assign(row, { top: plot.top + index * (rowHeight + gap), height: rowHeight });
    rateLevels(pen, plot, row.top, row.height, row.most);
    within(pen, plot, () => {
      if (!isCrowded) runs.forEach((_, run) => drawRun(pen, plot, row, run, `run-${run + 1}`, dashes[run]));
      else {
        if (row.run > 0) drawRun(pen, plot, row, 0, 'soft', []);
        drawRun(pen, plot, row, row.run, row.name, []);
      }
    });
    const room = plot.width - pen.measureText(row.note).width - 12;
    text(pen, shorten(pen, row.heading, room), plot.left, row.top - 10, 'left', 'ink');
    text(pen, row.note, plot.left + plot.width, row.top - 10, 'right');
  });
  overlay(pen, timeline);
};

// ---- Reading out ----
const readBin = () => {
  const { first, end } = binAt(timeline.plot);
  const ofRun = run => {
    const rates = shownClasses().map(name => [name, meanRate(name, run, first, end)]).filter(([, rate]) => rate !== null);
    const when = by === 'share' ? ` (${units.duration(first * binNsOf(run))} to ${units.duration(end * binNsOf(run))})` : '';
    return `run ${run + 1}${when} ${rates.map(([name, rate]) => `${name === 'read' ? 'read' : 'wrote'} ${rateText(rate)}`).join(', ') || 'has nothing here'}`;
  };
  return `${rangeText(first * axis.width, end * axis.width, axis.width)}${by === 'share' ? ' of each run' : ''}: ${runs.map((_, run) => ofRun(run)).join('; ')}.`;
};
const tellShown = () => {
  const [first, end] = shownBins(), step = (view.to - view.from) / 100;
  const parts = runs.map((_, run) => `run ${run + 1} ${shownClasses().map(name => `${verbs[name]} ${units.bytes(bytesIn(name, run, first, end))}`).join(', ')}`);
  byId('shown').textContent = `Shown: ${axis.label(view.from, step)} to ${axis.label(view.to, step)} of ${axis.label(axis.end, axis.end / 100)}; ${parts.join('; ')}.`;
};
const draw = () => {
  drawTimeline();
  tell(timeline, cursor ? readBin() : undefined);
  tellShown();
  byId('timeline-caption').textContent = by === 'time'
    ? `Bandwidth by time since each run's first transfer, bins of ${units.duration(axis.width)}`
    : `Bandwidth by share of each run, bins of ${units.count(axis.width * 100)} %`;
};

// ---- Data to save ----
const seconds = ns => Number((ns / 1e9).toPrecision(15));
const csvOfClass = (alignment, name) => `run,start_seconds,bytes_per_second\n${data.axes[alignment][name].map((rates, run) => rates
  .map((rate, bin) => `${run + 1},${seconds(bin * data.axes[alignment].binNs[run])},${rate}\n`).join('')).join('')}`;
for (const name of classes) {
  csvOf.set(`compare-bandwidth-${name}-0`, () => csvOfClass('time', name));
  csvOf.set(`compare-bandwidth-share-${name}-0`, () => csvOfClass('share', name));
}
const shownCsv = () => {
  const [first, end] = shownBins(), names = shownClasses();
  const lines = [['run', 'start_seconds', 'seconds', ...names.map(name => `${name}_bytes_per_second`)].join(',')];
  runs.forEach((_, run) => {
    for (let bin = first; bin < end; bin++) {
      const rates = names.map(name => data.axes[by][name][run][bin] ?? '');
      if (rates.some(rate => rate !== '')) lines.push([run + 1, seconds(bin * binNsOf(run)), seconds(binNsOf(run)), ...rates].join(','));
    }
  });
  return `${lines.join('\n')}\n`;
};

// ---- Controls ----
start({ timeline: shownCsv }, name => `compare-${name}-${by}${operation === 'both' ? '' : `-${operation}`}`);
const showAxis = () => {
  const bins = Math.max(...classes.flatMap(name => data.axes[by][name].map(rates => rates.length)));
  const width = by === 'time' ? binNsOf(0) : 1 / bins, end = bins * width;
  setAxis({ width, bins, end, label: by === 'time' ? axes.timeLabel(end) : (at, step) => axes.fixed(at * 100, step * 100, '%') });
};
for (const radio of document.querySelectorAll('input[name=operation]')) {
  radio.disabled = radio.value !== 'both' && !classes.includes(radio.value);
  radio.checked = radio.value === operation;
  radio.addEventListener('change', () => { operation = radio.value; redraw(); });
}
byId('by').addEventListener('change', event => { by = event.target.value; showAxis(); });
showAxis();
