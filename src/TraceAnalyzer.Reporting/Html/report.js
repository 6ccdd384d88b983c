// Reads out the charts of report.html and moves what they show.

// ---- What is shown ----
let pending = false;
const redraw = () => {
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => {
    pending = false;
    draw();
    // How soon after opening the charts can be used: browsers show it in their developer tools.
    if (!performance.getEntriesByName('charts').length) performance.mark('charts');
  });
};
const rowsOf = chart => chart.grid()?.rowCount ?? 1;
const fit = (low, high, least, most) => {
  const span = clamp(high - low, least, most);
  const from = clamp((low + high - span) / 2, 0, most - span);
  return [from, from + span];
};
// Rows are those of one map; the other keeps its own.
const setView = ({ from, to, chart, low, high }) => {
  const finestNs = Math.min(data.binNs, ...maps.map(map => map.grid()?.columnNs ?? Infinity));
  [from, to] = fit(from, to, Math.min(totalNs, 4 * finestNs), totalNs);
  view = { from, to };
  if (chart) [chart.low, chart.high] = fit(low, high, Math.min(rowsOf(chart), 4), rowsOf(chart));
  redraw();
};
const reset = () => {
  for (const map of maps) [map.low, map.high] = [0, rowsOf(map)];
  setView({ from: 0, to: totalNs });
};
const zoom = (factor, ns, chart, row) => setView({
  from: ns - (ns - view.from) * factor,
  to: ns + (view.to - ns) * factor,
  ...(row !== undefined && { chart, low: row - (row - chart.low) * factor, high: row + (chart.high - row) * factor }),
});
const move = (share, chart, rowShare = 0) => {
  const by = share * (view.to - view.from);
  const from = clamp(view.from + by, 0, totalNs - (view.to - view.from));
  const next = { from, to: from + view.to - view.from };
  if (chart) {
    const span = chart.high - chart.low, low = clamp(chart.low + rowShare * span, 0, rowsOf(chart) - span);
    Object.assign(next, { chart, low, high: low + span });
  }
  setView(next);
};

// ---- Reading out ----
const rangeText = (fromNs, toNs, stepNs) => `${timeText(fromNs, stepNs / 10)} to ${timeText(toNs, stepNs / 10)}`;
const binAt = plot => {
  const group = binsAPixel(plot);
  const first = Math.floor(clamp(cursor.ns / data.binNs, 0, data.bins - 1) / group) * group;
  return { first, end: Math.min(first + group, data.bins) };
};
const cellAt = (chart, grid) => {
  const block = blockOf(chart, grid);
  const at = Math.floor((cursor.ns - grid.startNs) / grid.columnNs);
  if (at < 0 || at >= grid.columns) return null;
  const column = Math.floor(at / block.columns) * block.columns, columnEnd = Math.min(column + block.columns, grid.columns);
  const row = Math.floor(clamp(Math.floor(cursor.row), 0, grid.rowCount - 1) / block.rows) * block.rows, rowEnd = Math.min(row + block.rows, grid.rowCount);
  return { row, rowEnd, column, columnEnd, fromNs: grid.startNs + column * grid.columnNs, toNs: grid.startNs + columnEnd * grid.columnNs };
};
const whenText = (from, to) => { const names = spansIn(from, to); return names ? ` (${names})` : ''; };
const readTimeline = () => {
  const { first, end } = binAt(charts.timeline.plot);
  const from = first * data.binNs, to = end * data.binNs, mean = gpuMean(from, to);
  const sum = (name, what) => device[name][what].slice(first, end).reduce((a, b) => a + b, 0);
  const parts = classesOf(device, operation).map(name => {
    const bytes = sum(name, 'bytes'), rate = 1e9 / data.binNs / (end - first), requests = sum(name, 'requests');
    return `${verbs[name]} ${bytesText(bytes)} (${bytesText(bytes * rate)}/s) in ${exact(requests)} requests (${three(requests * rate)}/s)`;
  });
  if (mean !== null) parts.push(`GPU ${three(mean)} %`);
  return `${rangeText(from, to, data.binNs)}${whenText(from, to)}: ${parts.join('; ')}.`;
};
const partsText = (grid, block, ofPart) => grid.parts
  .map(part => [part.name, sumOf(grid, part.cells, block.row, block.rowEnd, block.column, block.columnEnd)])
  .filter(([, sum]) => sum > 0)
  .map(([name, sum]) => ofPart(name, sum))
  .join('; ') || 'nothing';
const holdsText = (first, last) => {
  const names = tensorsIn(device, Number(first), Number(last));
  if (!names) return '';
  if (names.length === 0) return ' They belong to no known file.';
  return ` They hold ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}.`;
};
const readHeatmap = grid => {
  const block = cellAt(charts.heatmap, grid);
  if (!block) return '';
  const first = device.starts[block.row], last = device.starts[block.rowEnd - 1] + BigInt(device.rowSectors) - 1n;
  const sectors = (block.rowEnd - block.row) * device.rowSectors;
  const what = partsText(grid, block, (name, sum) => `${exact(sum)} sectors ${verbs[name]} (${bytesText(sum * 512)}), each ${three(sum / sectors)} times on average`);
  return `Sectors ${first.toLocaleString('en-US')} to ${last.toLocaleString('en-US')} (${bytesText(sectors * 512)} from ${bytesText(Number(first) * 512)} on), `
    + `${rangeText(block.fromNs, block.toNs, grid.columnNs)}${whenText(block.fromNs, block.toNs)}: ${what}.${holdsText(first, last)}`;
};
const readLayers = grid => {
  const block = cellAt(charts.layers, grid);
  if (!block) return '';
  const rows = block.rowEnd - block.row > 1 ? `Layers ${block.row} to ${block.rowEnd - 1}` : `Layer ${block.row}`;
  return `${rows}, ${rangeText(block.fromNs, block.toNs, grid.columnNs)}${whenText(block.fromNs, block.toNs)}: `
    + `${partsText(grid, block, (name, sum) => `${bytesText(sum)} ${verbs[name]} (${exact(sum)} bytes)`)}.`;
};
const invitation = 'Point, tap or use the arrow keys to read values.';
const readOut = () => {
  const readings = [
    [charts.timeline, cursor ? readTimeline : null],
    ...[[charts.heatmap, readHeatmap], [charts.layers, readLayers]].map(([chart, read]) => {
      const grid = chart.grid();
      return [chart, grid && cursor?.chart === chart && cursor.row !== undefined ? () => read(grid) : null];
    }),
  ];
  for (const [chart, reading] of readings) {
    const output = byId(`${chart.name}-reading`);
    // Speaking each bin under a moving pointer would drown everything else.
    output.setAttribute('aria-live', cursor?.byKey && chart === cursor.chart ? 'polite' : 'off');
    output.textContent = reading ? reading() : invitation;
  }
};
// Those of which more than half is shown, one at least.
const shownBins = () => {
  const first = clamp(Math.round(view.from / data.binNs), 0, data.bins - 1);
  return [first, clamp(Math.round(view.to / data.binNs), first + 1, data.bins)];
};
const tellShown = () => {
  const [first, end] = shownBins();
  const parts = classesOf(device, operation).map(name => {
    let bytes = 0;
    for (let bin = first; bin < end; bin++) bytes += device[name].bytes[bin];
    return `${verbs[name]} ${bytesText(bytes)} (${bytesText(bytes / ((end - first) * data.binNs) * 1e9)}/s)`;
  });
  const stepNs = (view.to - view.from) / 100;
  byId('shown').textContent = `Shown: ${timeText(view.from, stepNs)} to ${timeText(view.to, stepNs)} of ${timeText(totalNs, totalNs / 100)}; ${parts.join(', ')}.`;
};
const operationText = { both: 'read and written', ...verbs };
const draw = () => {
  drawTimeline();
  drawMap(charts.heatmap, 'map-figure', spaceAxis, grid => `Accesses of a sector in ${spanText(grid.columnNs)}`, few);
  drawMap(charts.layers, 'layers-figure', layerAxis, grid => `Bytes in ${spanText(grid.columnNs)}`, bytesText);
  readOut();
  tellShown();
  byId('timeline-caption').textContent = `${gpu ? 'GPU utilisation and ' : ''}${measure === 'bytes' ? `${gpu ? 'bandwidth' : 'Bandwidth'}` : `${gpu ? 'requests' : 'Requests'} a second`} over time, bins of ${spanText(data.binNs)}${spans.length ? `; bands: ${data.run.spansAre}` : ''}`;
  const sectors = charts.heatmap.grid(), layers = charts.layers.grid();
  byId('heatmap-caption').textContent = sectors
    ? `Where the device was ${operationText[operation]}, when: cells of ${bytesText(device.rowSectors * 512)} × ${spanText(sectors.columnNs)}${device.isAfterGap.some(Boolean) ? '; dashes: gaps that nothing touched are cut out' : ''}`
    : 'Heatmap';
  byId('layers-caption').textContent = layers ? `Which layer was ${operationText[operation]}, when: cells of 1 layer × ${spanText(layers.columnNs)}` : 'Layers';
};

// ---- Pointer, wheel, keys ----
const placeOf = (chart, event) => {
  const box = chart.canvas.getBoundingClientRect(), { plot } = chart;
  const x = clamp(event.clientX - box.left - plot.left, 0, plot.width - 0.01), y = clamp(event.clientY - box.top - plot.top, 0, plot.height - 0.01);
  const place = { chart, ns: view.from + x / plot.width * (view.to - view.from) };
  if (chart !== charts.timeline) place.row = chart.high - (y + 0.005) / plot.height * (chart.high - chart.low);
  return place;
};
const step = (chart, columns, rows) => {
  const grid = chart.grid(), block = grid ? blockOf(chart, grid) : null;
  const width = grid ? block.columns * grid.columnNs : binsAPixel(chart.plot) * data.binNs;
  const start = grid ? grid.startNs : 0, end = grid ? grid.startNs + grid.columns * grid.columnNs : totalNs;
  const ns = cursor?.ns ?? (view.from + view.to) / 2;
  // To the middle of the next bin, so that rounding never skips one.
  const next = { chart, ns: clamp((Math.floor((ns - start) / width) + columns + 0.5) * width + start, start + width / 2, Math.min(end, totalNs) - 1), byKey: true };
  const row = cursor?.chart === chart ? cursor.row : undefined;
  if (grid) next.row = clamp(Math.floor((row ?? (chart.low + chart.high) / 2) / block.rows + rows) * block.rows + 0.5, 0.5, grid.rowCount - 0.5);
  cursor = next;
  const by = next.ns < view.from || next.ns > view.to ? (next.ns - (view.from + view.to) / 2) / (view.to - view.from) : 0;
  const byRows = grid && (next.row < chart.low || next.row > chart.high) ? (next.row - (chart.low + chart.high) / 2) / (chart.high - chart.low) : 0;
  move(by, grid ? chart : undefined, byRows);
};
let active = null;
const zoomAtCursor = factor => {
  const isInside = cursor && cursor.ns >= view.from && cursor.ns <= view.to;
  const chart = maps.includes(active) && active.grid() ? active : undefined;
  const row = chart ? (cursor?.chart === chart ? cursor.row : undefined) ?? (chart.low + chart.high) / 2 : undefined;
  zoom(factor, isInside ? cursor.ns : (view.from + view.to) / 2, chart, row);
};
const keys = chart => ({
  ArrowLeft: () => step(chart, -1, 0),
  ArrowRight: () => step(chart, 1, 0),
  ...(chart !== charts.timeline && { ArrowUp: () => step(chart, 0, 1), ArrowDown: () => step(chart, 0, -1) }),
  '+': () => zoomAtCursor(0.5),
  '=': () => zoomAtCursor(0.5),
  '-': () => zoomAtCursor(2),
  '0': reset,
  PageUp: () => move(-0.5),
  PageDown: () => move(0.5),
  Escape: () => { drag = cursor = null; redraw(); },
});
const endDrag = () => {
  const done = drag;
  drag = null;
  if (!done?.moved) return;
  const sorted = (a, b) => a < b ? [a, b] : [b, a];
  let [from, to] = sorted(done.from.ns, done.to.ns);
  // Nearly straight down: only rows were meant.
  if (to - from < (view.to - view.from) / 50 && done.hasRows) ({ from, to } = view);
  const [low, high] = done.hasRows ? sorted(done.from.row, done.to.row) : [];
  setView({ from, to, ...(done.hasRows && { chart: done.chart, low, high }) });
};
for (const chart of Object.values(charts)) {
  const { canvas } = chart;
  canvas.addEventListener('pointerdown', event => {
    if (event.button !== 0) return;
    active = chart;
    cursor = placeOf(chart, event);
    drag = { chart, from: cursor, y: event.clientY, x: event.clientX };
    canvas.setPointerCapture(event.pointerId);
    redraw();
  });
  canvas.addEventListener('pointermove', event => {
    cursor = placeOf(chart, event);
    if (drag?.chart === chart) {
      drag.to = cursor;
      drag.hasRows = chart !== charts.timeline && Math.abs(event.clientY - drag.y) > 12;
      drag.moved ||= Math.abs(event.clientX - drag.x) > 5 || drag.hasRows;
    }
    redraw();
  });
  // What moves on the page may bring a chart under a pointer that rests.
  canvas.addEventListener('pointerenter', event => { if (!drag) { cursor = placeOf(chart, event); redraw(); } });
  canvas.addEventListener('pointerup', endDrag);
  canvas.addEventListener('pointercancel', () => { drag = null; redraw(); });
  canvas.addEventListener('pointerleave', event => {
    if (event.pointerType !== 'mouse' || drag || cursor?.chart !== chart) return;
    cursor = null;
    redraw();
  });
  canvas.addEventListener('dblclick', reset);
  canvas.addEventListener('wheel', event => {
    // Whoever scrolls past a chart wants to scroll.
    if (document.activeElement !== canvas && !event.ctrlKey) return;
    event.preventDefault();
    const place = cursor = placeOf(chart, event);
    zoom(Math.exp(clamp(event.deltaY, -240, 240) / 400), place.ns, chart, place.row);
  }, { passive: false });
  canvas.addEventListener('focus', () => { active = chart; });
  canvas.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const action = keys(chart)[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

// ---- Controls ----
const buttons = { in: () => zoomAtCursor(0.5), out: () => zoomAtCursor(2), left: () => move(-0.5), right: () => move(0.5), reset };
for (const button of document.querySelectorAll('button[data-do]')) button.addEventListener('click', buttons[button.dataset.do]);
const fileName = what => `${what}-${device.device.replaceAll(',', '-')}`;
const ofOperation = what => operation === 'both' ? what : `${what}-${operation}`;
const shownCells = (chart, grid) => [
  [Math.floor(chart.low), Math.ceil(chart.high)],
  [Math.floor((view.from - grid.startNs) / grid.columnNs), Math.ceil((view.to - grid.startNs) / grid.columnNs)].map(at => clamp(at, 0, grid.columns)),
];
const savings = {
  timeline: () => saveCsv(timelineCsv(device, classesOf(device, operation), ...shownBins()), fileName(ofOperation('timeline'))),
  heatmap: () => { const grid = charts.heatmap.grid(); saveCsv(sectorCsv(device, grid, ...shownCells(charts.heatmap, grid)), fileName(ofOperation('heatmap'))); },
  layers: () => { const grid = charts.layers.grid(); saveCsv(layerCsv(grid, ...shownCells(charts.layers, grid)), fileName(ofOperation('layers'))); },
};
for (const { name, canvas } of Object.values(charts))
  savings[`${name}-picture`] = () => canvas.toBlob(blob => save(blob, `${fileName(ofOperation(name))}.png`));
for (const [name, action] of Object.entries(savings)) document.querySelector(`button[data-save="${name}"]`).addEventListener('click', action);

const choice = byId('device');
data.devices.forEach((each, index) => choice.append(new Option(each.label, index, false, each === device)));
document.querySelector('.several').hidden = data.devices.length === 1;
const radios = document.querySelectorAll('input[name=operation]');
const showDevice = () => {
  const names = new Set([...classesOf(device), ...Object.keys(device.maps ?? {})]);
  for (const radio of radios) radio.disabled = radio.value !== 'both' && !names.has(radio.value);
  if (operation !== 'both' && !names.has(operation)) operation = 'both';
  for (const radio of radios) radio.checked = radio.value === operation;
  cursor = null;
  reset();
};
choice.addEventListener('change', () => { device = data.devices[Number(choice.value)]; showDevice(); });
byId('measure').addEventListener('change', event => { measure = event.target.value; redraw(); });
for (const radio of radios) radio.addEventListener('change', () => { operation = radio.value; redraw(); });
new ResizeObserver(redraw).observe(byId('explore'));
isDark.addEventListener('change', redraw);
showDevice();
