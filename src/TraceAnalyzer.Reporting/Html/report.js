// Reads out the charts of report.html and runs its controls.
const cellAt = (chart, grid) => {
  const block = blockOf(chart, grid);
  const at = Math.floor((cursor.at - grid.startNs) / grid.columnNs);
  if (at < 0 || at >= grid.columns) return null;
  const column = Math.floor(at / block.columns) * block.columns, columnEnd = Math.min(column + block.columns, grid.columns);
  const row = Math.floor(clamp(Math.floor(cursor.row), 0, grid.rowCount - 1) / block.rows) * block.rows, rowEnd = Math.min(row + block.rows, grid.rowCount);
  return { row, rowEnd, column, columnEnd, fromNs: grid.startNs + column * grid.columnNs, toNs: grid.startNs + columnEnd * grid.columnNs };
};
const whenText = (from, to) => { const names = spansIn(from, to); return names ? ` (${names})` : ''; };
const readTimeline = () => {
  const { first, end } = binAt(charts.timeline.plot);
  const from = first * data.binNs, to = end * data.binNs;
  const sum = (name, what) => device[name][what].slice(first, end).reduce((a, b) => a + b, 0);
  const parts = classesOf(device, operation).map(name => {
    const bytes = sum(name, 'bytes'), rate = 1e9 / data.binNs / (end - first), requests = sum(name, 'requests');
    return `${verbs[name]} ${units.bytes(bytes)} (${units.bytes(bytes * rate)}/s) in ${units.exact(requests)} ${requests === 1 ? 'request' : 'requests'} (${units.count(requests * rate)}/s)`;
  });
  for (const gpu of gpus) {
    const mean = gpuMean(gpu, from, to);
    if (mean !== null) parts.push(`${gpu.name} ${units.percent(mean)}`);
  }
  return `${rangeText(from, to, data.binNs)}${whenText(from, to)}: ${parts.join('; ')}.`;
};
const partsText = (grid, block, ofPart) => grid.parts
  .map(part => [part.name, grids.sumOf(grid, part.cells, block.row, block.rowEnd, block.column, block.columnEnd)])
  .filter(([, sum]) => sum > 0)
  .map(([name, sum]) => ofPart(name, sum))
  .join('; ') || 'nothing';
const holdsText = (first, last) => {
  const names = tensorsIn(device, Number(first), Number(last));
  if (!names) return '';
  if (names.length === 0) return ' No known file maps to these sectors.';
  return ` They hold ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}.`;
};
const timesText = times => times === 1 ? 'once' : `${units.count(times)} times`;
const readHeatmap = grid => {
  const block = cellAt(charts.heatmap, grid);
  if (!block) return '';
  const first = device.starts[block.row], last = device.starts[block.rowEnd - 1] + BigInt(device.rowSectors) - 1n;
  const sectors = (block.rowEnd - block.row) * device.rowSectors;
  const what = partsText(grid, block, (name, sum) => `${units.exact(sum)} sectors ${verbs[name]} (${units.bytes(sum * 512)}), each ${timesText(sum / sectors)} on average`);
  return `Sectors ${first.toLocaleString('en-US')} to ${last.toLocaleString('en-US')} (${units.bytes(sectors * 512)} from ${units.bytes(Number(first) * 512)} on), `
    + `${rangeText(block.fromNs, block.toNs, grid.columnNs)}${whenText(block.fromNs, block.toNs)}: ${what}.${holdsText(first, last)}`;
};
const readLayers = grid => {
  const block = cellAt(charts.layers, grid);
  if (!block) return '';
  const rows = block.rowEnd - block.row > 1 ? `Layers ${block.row} to ${block.rowEnd - 1}` : `Layer ${block.row}`;
  return `${rows}, ${rangeText(block.fromNs, block.toNs, grid.columnNs)}${whenText(block.fromNs, block.toNs)}: `
    + `${partsText(grid, block, (name, sum) => `${units.bytes(sum)} ${verbs[name]} (${units.exact(sum)} bytes)`)}.`;
};
const readOut = () => {
  const readings = [
    [charts.timeline, cursor ? readTimeline : null],
    ...[[charts.heatmap, readHeatmap], [charts.layers, readLayers]].map(([chart, read]) => {
      const grid = chart.grid();
      return [chart, grid && cursor?.chart === chart && cursor.row !== undefined ? () => read(grid) : null];
    }),
  ];
  for (const [chart, reading] of readings) tell(chart, reading?.());
};
const tellShown = () => {
  const [first, end] = shownBins();
  const parts = classesOf(device, operation).map(name => {
    let bytes = 0;
    for (let bin = first; bin < end; bin++) bytes += device[name].bytes[bin];
    return `${verbs[name]} ${units.bytes(bytes)} (${units.bytes(bytes / ((end - first) * data.binNs) * 1e9)}/s)`;
  });
  const stepNs = (view.to - view.from) / 100;
  byId('shown').textContent = `Shown: ${axis.label(view.from, stepNs)} to ${axis.label(view.to, stepNs)} of ${axis.label(axis.end, axis.end / 100)}; ${parts.join(', ')}.`;
};
const operationText = { both: 'read and written', ...verbs };
const draw = () => {
  drawTimeline();
  drawMap(charts.heatmap, 'heatmap-figure', spaceAxis, grid => `Accesses of a sector in ${units.duration(grid.columnNs)}`, units.count);
  drawMap(charts.layers, 'layers-figure', layerAxis, grid => `Bytes in ${units.duration(grid.columnNs)}`, units.bytes);
  readOut();
  tellShown();
  byId('timeline-caption').textContent = `${gpus.length ? 'GPU utilization and ' : ''}${measure === 'bytes' ? `${gpus.length ? 'bandwidth' : 'Bandwidth'}` : `${gpus.length ? 'requests' : 'Requests'} per second`} over time, bins of ${units.duration(data.binNs)}${spans.length ? `; bands: ${data.run.spansAre}` : ''}`;
  const sectors = charts.heatmap.grid(), layers = charts.layers.grid();
  byId('heatmap-caption').textContent = sectors
    ? `Where the device was ${operationText[operation]}, when: cells of ${units.bytes(device.rowSectors * 512)} × ${units.duration(sectors.columnNs)}${device.isAfterGap.some(Boolean) ? '; dashes: gaps that nothing touched are cut out' : ''}`
    : 'Heatmap';
  byId('layers-caption').textContent = layers ? `Which layer was ${operationText[operation]}, when: cells of 1 layer × ${units.duration(layers.columnNs)}` : 'Layers';
};

// ---- Controls ----
const shownCells = (chart, grid) => [
  [Math.floor(chart.low), Math.ceil(chart.high)],
  [Math.floor((view.from - grid.startNs) / grid.columnNs), Math.ceil((view.to - grid.startNs) / grid.columnNs)].map(at => clamp(at, 0, grid.columns)),
];
start({
  timeline: () => timelineCsv(device, classesOf(device, operation), ...shownBins()),
  heatmap: () => { const grid = charts.heatmap.grid(); return sectorCsv(device, grid, ...shownCells(charts.heatmap, grid)); },
  layers: () => { const grid = charts.layers.grid(); return layerCsv(grid, ...shownCells(charts.layers, grid)); },
}, name => `${name}${operation === 'both' ? '' : `-${operation}`}-${device.device.replaceAll(',', '-')}`);

const choice = byId('device');
data.devices.forEach((each, index) => choice.append(new Option(each.label, index, false, each === device)));
document.querySelector('.several').hidden = data.devices.length === 1;
const radios = document.querySelectorAll('input[name=operation]');
const showDevice = () => {
  const names = new Set([...classesOf(device), ...Object.keys(device.maps ?? {})]);
  for (const radio of radios) radio.disabled = radio.value !== 'both' && !names.has(radio.value);
  if (operation !== 'both' && !names.has(operation)) operation = 'both';
  for (const radio of radios) radio.checked = radio.value === operation;
  const endNs = data.bins * data.binNs;
  setAxis({ width: data.binNs, bins: data.bins, end: endNs, label: axes.timeLabel(endNs) });
};
choice.addEventListener('change', () => { device = data.devices[Number(choice.value)]; showDevice(); });
byId('measure').addEventListener('change', event => { measure = event.target.value; redraw(); });
for (const radio of radios) radio.addEventListener('change', () => { operation = radio.value; redraw(); });
showDevice();
