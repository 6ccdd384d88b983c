// Draws the charts of report.html: what is shown is one span of time for all of them, and rows for each map.
let device = data.devices.reduce((best, next) => bytesOf(next) > bytesOf(best) ? next : best);
let operation = 'both', measure = 'bytes';
addChart('timeline');
addChart('heatmap', () => sectorGrid(device, operation));
addChart('layers', () => layerGrid(device, operation));

// ---- Timeline: GPU, reads, writes; tokens or phases as bands behind them ----
const rateText = value => measure === 'bytes' ? `${units.bytes(value)}/s` : `${units.count(value)} requests/s`;
const bands = (pen, plot) => {
  const shown = spans.filter(span => span.to > view.from && span.from < view.to);
  shown.forEach((span, i) => {
    const x0 = Math.max(xOf(plot, span.from), plot.left), x1 = Math.min(xOf(plot, span.to), plot.left + plot.width);
    if (spans.indexOf(span) % 2 === 0) {
      pen.fillStyle = color('band');
      pen.fillRect(x0, plot.top, x1 - x0, plot.height);
    }
    const width = pen.measureText(span.name).width;
    if (x1 - x0 > width + 4) text(pen, span.name, (x0 + x1) / 2, 8, 'center');
  });
};
const drawGpu = (pen, plot, gpu, top, height) => {
  levels(pen, plot, top, height, 100, 1, tick => `${tick} %`);
  within(pen, plot, () => {
    pen.fillStyle = color('gpu');
    for (let i = 0; i < gpu.percent.length; i++) {
      if (gpu.ns[i + 1] < view.from || gpu.ns[i] > view.to || gpu.percent[i] === 0) continue;
      const x0 = xOf(plot, gpu.ns[i]), x1 = xOf(plot, gpu.ns[i + 1]), at = gpu.percent[i] / 100 * (height - 2);
      pen.fillRect(x0, top + height - at, Math.max(x1 - x0, 1), at);
    }
  });
  const mean = gpuMean(gpu, view.from, view.to);
  text(pen, `${gpu.name}${mean === null ? '' : `, mean in view ${units.percent(mean)}`}`, plot.left, top - 10, 'left', 'gpu');
};
const drawClass = (pen, plot, name, top, height) => {
  const values = device[name][measure], toRate = 1e9 / data.binNs, group = binsAPixel(plot), bottom = top + height;
  const first = Math.floor(view.from / data.binNs / group) * group, end = Math.min(data.bins, Math.ceil(view.to / data.binNs));
  let most = 0;
  for (let bin = first; bin < end; bin++) most = Math.max(most, values[bin]);
  most *= toRate;
  if (measure === 'bytes') rateLevels(pen, plot, top, height, most);
  else levels(pen, plot, top, height, most, 1, (tick, step) => tick.toLocaleString('en-US', { maximumFractionDigits: axes.decimalsOf(step) }));
  within(pen, plot, () => {
    for (const pale of [true, false]) {
      if (pale && group === 1) continue;
      pen.fillStyle = color(pale ? `${name}-pale` : name);
      for (let bin = first; bin < end; bin += group) {
        const stop = Math.min(bin + group, end);
        let sum = 0, peak = 0;
        for (let i = bin; i < stop; i++) { sum += values[i]; peak = Math.max(peak, values[i]); }
        const value = (pale ? peak : sum / (stop - bin)) * toRate;
        if (value === 0) continue;
        // Whole pixels, or neighbors would show a seam.
        const x0 = Math.round(xOf(plot, bin * data.binNs)), x1 = Math.round(xOf(plot, (bin + group) * data.binNs));
        // A bin that is little beside the others still shows.
        const at = Math.min(bottom - value / (most || 1) * (height - 2), bottom - 1);
        pen.fillRect(x0, at, Math.max(x1 - x0, 1), bottom - at);
      }
    }
  });
  text(pen, `${name === 'read' ? 'Read' : 'Write'}, peak in view ${rateText(most)}`, plot.left, top - 10, 'left', name);
};
const drawTimeline = () => {
  const names = classesOf(device, operation), rows = [...gpus, ...names];
  // By what the device has, not by what is shown of it: nothing may jump when somebody narrows it down.
  charts.timeline.canvas.classList.toggle('tall', classesOf(device).length + gpus.length > 2);
  charts.timeline.canvas.style.height = gpus.length > 1 ? `${7 * (classesOf(device).length + gpus.length) + 4}rem` : '';
  const { pen, plot } = begin(charts.timeline, spans.length ? 40 : 22, 24);
  bands(pen, plot);
  horizontalAxis(pen, plot);
  const gap = 22, height = (plot.height - gap * (rows.length - 1)) / Math.max(1, rows.length);
  rows.forEach((name, index) => {
    const top = plot.top + index * (height + gap);
    if (gpus.includes(name)) drawGpu(pen, plot, name, top, height); else drawClass(pen, plot, name, top, height);
  });
  overlay(pen, charts.timeline);
};

// ---- Maps ----
const viridis = ['440154', '482475', '414487', '355f8d', '2a788e', '21918c', '22a884', '44bf70', '7ad151', 'bddf26', 'fde725']
  .map(code => [0, 2, 4].map(at => parseInt(code.slice(at, at + 2), 16)));
// Many accesses stand out from the page: dark on light, bright on dark.
const shade = fraction => {
  const at = (isDark.matches ? 0.18 + 0.82 * fraction : 0.97 * (1 - fraction)) * (viridis.length - 1);
  const low = Math.min(Math.floor(at), viridis.length - 2);
  return viridis[low].map((value, i) => Math.round(value + (viridis[low + 1][i] - value) * (at - low)));
};
const fractionOf = grid => grid.most > 3 * grid.least
  ? value => clamp(Math.log(value / grid.least) / Math.log(grid.most / grid.least), 0, 1)
  : value => clamp(value / grid.most, 0, 1);

const paintCells = (chart, grid) => {
  const block = blockOf(chart, grid);
  const firstColumn = clamp(Math.floor((view.from - grid.startNs) / grid.columnNs / block.columns), 0, Infinity);
  const endColumn = Math.ceil(Math.min(grid.columns, (view.to - grid.startNs) / grid.columnNs) / block.columns);
  const firstRow = Math.floor(chart.low / block.rows), endRow = Math.ceil(chart.high / block.rows);
  const width = endColumn - firstColumn, height = endRow - firstRow;
  if (width < 1 || height < 1) return null;
  const fraction = fractionOf(grid), colors = Array.from({ length: 256 }, (_, i) => shade(i / 255));
  const image = new ImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = (firstRow + y) * block.rows, column = (firstColumn + x) * block.columns;
      const rowEnd = Math.min(row + block.rows, grid.rowCount), columnEnd = Math.min(column + block.columns, grid.columns);
      const sum = grids.sumOf(grid, grid.sums, row, rowEnd, column, columnEnd);
      if (sum === 0) continue;
      const mean = sum / ((rowEnd - row) * (columnEnd - column) * grid.cellSize), at = ((height - 1 - y) * width + x) * 4;
      image.data.set(colors[Math.round(fraction(mean) * 255)], at);
      image.data[at + 3] = 255;
    }
  }
  const cells = document.createElement('canvas');
  cells.width = width;
  cells.height = height;
  cells.getContext('2d').putImageData(image, 0, 0);
  return {
    cells, fromNs: grid.startNs + firstColumn * block.columns * grid.columnNs, toNs: grid.startNs + endColumn * block.columns * grid.columnNs,
    low: firstRow * block.rows, high: endRow * block.rows,
  };
};
const drawCells = (pen, chart, grid) => {
  // The cursor moves far more often than what lies under it changes.
  const key = JSON.stringify([device.index, operation, view, chart.low, chart.high, chart.plot, isDark.matches]);
  if (chart.paintedKey !== key) {
    chart.painted = paintCells(chart, grid);
    chart.paintedKey = key;
  }
  const { painted, plot } = chart;
  if (!painted) return;
  within(pen, plot, () => {
    pen.imageSmoothingEnabled = false;
    const x0 = xOf(plot, painted.fromNs), x1 = xOf(plot, painted.toNs), y0 = yOf(chart, painted.high), y1 = yOf(chart, painted.low);
    pen.drawImage(painted.cells, x0, y0, x1 - x0, y1 - y0);
  });
};
const gaps = (pen, chart) => {
  pen.strokeStyle = color('soft');
  pen.setLineDash([5, 4]);
  for (let row = Math.ceil(chart.low); row < chart.high; row++)
    if (device.isAfterGap[row]) line(pen, chart.plot.left, yOf(chart, row), chart.plot.left + chart.plot.width, yOf(chart, row));
  pen.setLineDash([]);
};
const rowAxis = (pen, chart, rows, labelOf) => {
  const taken = [];
  for (const row of rows) {
    const y = yOf(chart, row + (chart === charts.layers ? 0.5 : 0));
    if (taken.some(other => Math.abs(other - y) < 14)) continue;
    taken.push(y);
    text(pen, labelOf(row), chart.plot.left - 6, clamp(y, chart.plot.top + 5, chart.plot.top + chart.plot.height - 5), 'right');
  }
};
const spaceAxis = (pen, chart) => {
  const rows = [], { low, high, plot } = chart;
  const apart = Math.max(1, Math.ceil((high - low) / Math.max(2, plot.height / 48)));
  for (let row = Math.ceil(low); row < high; row++)
    if (row === Math.ceil(low) || device.isAfterGap[row]) rows.push(row);
  for (let row = Math.ceil(low / apart) * apart; row < high; row += apart) rows.push(row);
  const unit = units.byteUnit(Number(device.starts.at(-1)) * 512);
  const size = Math.min(unit.size, 1024 ** 3), name = size === unit.size ? unit.name : 'GiB';
  const decimals = Math.min(axes.decimalsOf(apart * device.rowSectors * 512 / size), 5);
  rowAxis(pen, chart, rows, row => `${(Number(device.starts[row]) * 512 / size).toLocaleString('en-US', { maximumFractionDigits: decimals })} ${name}`);
};
const layerAxis = (pen, chart) => {
  const apart = Math.max(1, axes.niceStep((chart.high - chart.low) / Math.max(2, chart.plot.height / 24)));
  const rows = [];
  for (let row = Math.ceil(Math.floor(chart.low) / apart) * apart; row < chart.high; row += apart) rows.push(row);
  rowAxis(pen, chart, rows, row => `Layer ${row}`);
};
const legend = (pen, plot, grid, title, label) => {
  const width = Math.min(120, plot.width / 4), from = plot.left + plot.width - width - 54, fraction = fractionOf(grid);
  for (let x = 0; x < width; x++) {
    pen.fillStyle = `rgb(${shade(x / width).join(',')})`;
    pen.fillRect(from + x, 5, 1.5, 10);
  }
  text(pen, label(grid.most), from + width + 5, 10, 'left');
  text(pen, label(grid.most > 3 * grid.least ? grid.least : 0), from - 5, 10, 'right');
  text(pen, title, plot.left, 10, 'left');
};
const drawMap = (chart, figure, axis, title, label) => {
  const grid = chart.grid();
  byId(figure).hidden = !grid;
  if (!grid) return;
  const { pen, plot } = begin(chart, 22, 24);
  horizontalAxis(pen, plot);
  drawCells(pen, chart, grid);
  if (chart === charts.heatmap) gaps(pen, chart);
  axis(pen, chart);
  legend(pen, plot, grid, plot.width > 480 ? title(grid) : title(grid).split(' ')[0], label);
  pen.strokeStyle = color('line');
  pen.strokeRect(plot.left, plot.top, plot.width, plot.height);
  overlay(pen, chart);
  const block = cursor?.chart === chart && cursor.row !== undefined ? cellAt(chart, grid) : null;
  if (!block) return;
  const x0 = xOf(plot, block.fromNs), x1 = xOf(plot, block.toNs), y0 = yOf(chart, block.rowEnd), y1 = yOf(chart, block.row);
  pen.strokeStyle = color('ink');
  pen.strokeRect(x0 - 1.5, y0 - 1.5, x1 - x0 + 3, y1 - y0 + 3);
};
