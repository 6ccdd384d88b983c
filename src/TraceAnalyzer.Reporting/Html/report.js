// Draws the two charts of report.html and saves what is shown. Text reaches the page through textContent only.
'use strict';
(() => {
  const byId = id => document.getElementById(id);
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  document.body.classList.add('scripted');

  // ---- Numbers as people write them, as in the rest of the page ----
  const three = value => {
    const size = Math.abs(value);
    return value.toLocaleString('en-US', { maximumFractionDigits: size < 9.995 ? 2 : size < 99.95 ? 1 : 0 });
  };
  const exact = value => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
  const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  const byteUnit = value => {
    let power = 0;
    while (power < byteUnits.length - 1 && Math.abs(value) >= 1023.5 * 1024 ** power) power++;
    return { name: byteUnits[power], size: 1024 ** power };
  };
  const bytesText = value => { const unit = byteUnit(value); return `${three(value / unit.size)} ${unit.name}`; };
  const timeUnitOf = ns => ns < 1e3 ? ['ns', 1] : ns < 1e6 ? ['µs', 1e3] : ns < 1e9 ? ['ms', 1e6] : ['s', 1e9];
  const spanText = ns => { const [name, size] = timeUnitOf(ns); return `${three(ns / size)} ${name}`; };
  const niceStep = least => {
    const power = 10 ** Math.floor(Math.log10(least));
    return power * ([1, 2, 5].find(factor => factor * power >= least * 0.9999) ?? 10);
  };
  const decimalsOf = step => clamp(Math.ceil(-Math.log10(step) - 1e-9), 0, 9);

  // ---- Saving ----
  const save = (blob, name) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  const saveCsv = (text, name) => save(new Blob([text], { type: 'text/csv' }), `${name}.csv`);
  const saveTable = table => {
    const field = cell => {
      if (cell.dataset.exact !== undefined) return cell.dataset.exact;
      let text = cell.textContent;
      // A spreadsheet would run these as a formula.
      if (/^[=+\-@]/.test(text)) text = `'${text}`;
      return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const rows = Array.from(table.rows, row => Array.from(row.cells, field).join(','));
    saveCsv(`${rows.join('\n')}\n`, table.dataset.file);
  };
  const saveImage = image => {
    const [head, body] = image.src.split(',');
    const bytes = Uint8Array.from(atob(body), letter => letter.charCodeAt(0));
    save(new Blob([bytes], { type: head.slice(5).split(';')[0] }), image.dataset.file);
  };
  document.addEventListener('click', event => {
    const button = event.target.closest('button[data-save]');
    if (!button) return;
    if (button.dataset.save === 'table') saveTable(button.parentElement.previousElementSibling.querySelector('table'));
    else if (button.dataset.save === 'figure') saveImage(button.closest('figure').querySelector('img'));
  });

  if (!byId('data')) return;
  const data = JSON.parse(byId('data').textContent);
  const totalNs = data.bins * data.binNs;

  // ---- Devices ----
  const unpacked = new Map();
  const mapOf = (device, name) => {
    const map = device.maps?.[name];
    if (!map) return null;
    if (unpacked.has(map)) return unpacked.get(map);
    const rows = device.rowStarts.length;
    const cells = new Float64Array(rows * map.columns);
    let least = Infinity, most = 0;
    map.rows.forEach((packed, row) => {
      let at = row * map.columns;
      for (const value of packed) {
        // A negative number stands for that many zeros.
        if (value < 0) { at -= value; continue; }
        cells[at++] = value;
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    });
    const result = { ...map, name, rowCount: rows, cells, least: least / device.rowSectors, most: most / device.rowSectors };
    unpacked.set(map, result);
    return result;
  };
  for (const device of data.devices) {
    if (!device.rowStarts) continue;
    device.starts = device.rowStarts.map(BigInt);
    device.isAfterGap = device.starts.map((start, row) => row > 0 && start !== device.starts[row - 1] + BigInt(device.rowSectors));
  }
  const classesOf = device => ['read', 'write'].filter(name => device[name]);

  const seconds = ns => Number((ns / 1e9).toPrecision(15));
  const timelineCsv = (device, first, end) => {
    const names = classesOf(device);
    const lines = [['bin_start_seconds', 'bin_seconds', ...names.flatMap(name => [`${name}_requests`, `${name}_bytes`])].join(',')];
    for (let bin = first; bin < end; bin++)
      lines.push([seconds(bin * data.binNs), seconds(data.binNs), ...names.flatMap(name => [device[name].requests[bin], device[name].bytes[bin]])].join(','));
    return `${lines.join('\n')}\n`;
  };
  const mapCsv = (device, map, rows, columns) => {
    const lines = ['operation,row_start_sector,row_sectors,column_start_seconds,column_seconds,accessed_sectors'];
    for (let row = rows[0]; row < rows[1]; row++) {
      for (let column = columns[0]; column < columns[1]; column++) {
        const value = map.cells[row * map.columns + column];
        if (value > 0)
          lines.push([map.name, device.rowStarts[row], device.rowSectors, seconds(map.startNs + column * map.columnNs), seconds(map.columnNs), value].join(','));
      }
    }
    return `${lines.join('\n')}\n`;
  };
  const figureCsv = (device, figure) => {
    if (figure === 'bandwidth' || figure === 'iops') return () => timelineCsv(device, 0, data.bins);
    const name = /^heatmap-(.*)$/.exec(figure)?.[1];
    if (name && device.maps?.[name])
      return () => { const map = mapOf(device, name); return mapCsv(device, map, [0, map.rowCount], [0, map.columns]); };
    return device.tables[figure] ? () => device.tables[figure] : null;
  };
  for (const button of document.querySelectorAll('button[data-save=figure-data]')) {
    const device = data.devices[Number(button.dataset.device)];
    const csv = figureCsv(device, button.dataset.figure);
    button.hidden = !csv;
    button.addEventListener('click', () => saveCsv(csv(), `${button.dataset.figure}-${device.device.replaceAll(',', '-')}`));
  }

  // ---- What is shown: one span of time for both charts, and rows of the heatmap ----
  const bytesOf = device => classesOf(device).reduce((sum, name) => sum + device[name].bytes.reduce((a, b) => a + b, 0), 0);
  let device = data.devices.reduce((best, next) => bytesOf(next) > bytesOf(best) ? next : best);
  let mapClass = 'read', measure = 'bytes';
  let view = { from: 0, to: totalNs, low: 0, high: 1 };
  let cursor = null; // { ns, row }: what is read out; row only on the heatmap
  let drag = null;
  let active = null;
  const timeline = byId('timeline'), heatmap = byId('heatmap');
  const rowCount = () => device.rowStarts?.length ?? 1;
  const currentMap = () => mapOf(device, mapClass);

  const setView = next => {
    const leastNs = Math.min(totalNs, 4 * Math.min(data.binNs, currentMap()?.columnNs ?? Infinity));
    const leastRows = Math.min(rowCount(), 4);
    const fit = (low, high, least, most) => {
      const span = clamp(high - low, least, most);
      const from = clamp((low + high - span) / 2, 0, most - span);
      return [from, from + span];
    };
    const [from, to] = fit(next.from, next.to, leastNs, totalNs);
    const [low, high] = fit(next.low, next.high, leastRows, rowCount());
    view = { from, to, low, high };
    redraw();
  };
  const reset = () => setView({ from: 0, to: totalNs, low: 0, high: rowCount() });
  const zoom = (factor, ns, row) => setView({
    from: ns - (ns - view.from) * factor,
    to: ns + (view.to - ns) * factor,
    low: row === undefined ? view.low : row - (row - view.low) * factor,
    high: row === undefined ? view.high : row + (view.high - row) * factor,
  });
  const move = (share, rowShare = 0) => {
    const by = share * (view.to - view.from), rows = rowShare * (view.high - view.low);
    const from = clamp(view.from + by, 0, totalNs - (view.to - view.from));
    const low = clamp(view.low + rows, 0, rowCount() - (view.high - view.low));
    setView({ from, to: from + view.to - view.from, low, high: low + view.high - view.low });
  };

  // ---- Drawing ----
  let pending = false;
  const redraw = () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => { pending = false; draw(); });
  };
  const color = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const isDark = matchMedia('(prefers-color-scheme: dark)');
  const left = 76, right = 14;

  const begin = (canvas, top, bottom) => {
    const width = canvas.clientWidth, height = canvas.clientHeight, ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext('2d');
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = color('page');
    pen.fillRect(0, 0, width, height);
    pen.font = '12px system-ui, sans-serif';
    pen.textBaseline = 'middle';
    const plot = { left, top, width: Math.max(1, width - left - right), height: Math.max(1, height - top - bottom) };
    canvas.dataset.plot = JSON.stringify([plot.left, plot.top, plot.width, plot.height]);
    canvas.dataset.view = JSON.stringify([view.from, view.to, view.low, view.high]);
    return { pen, plot };
  };
  const xOf = (plot, ns) => plot.left + (ns - view.from) / (view.to - view.from) * plot.width;
  const text = (pen, what, x, y, align, ink = 'soft') => {
    pen.fillStyle = color(ink);
    pen.textAlign = align;
    pen.fillText(what, x, y);
  };
  const timeText = (ns, stepNs) => {
    const [name, size] = timeUnitOf(totalNs);
    return `${(ns / size).toLocaleString('en-US', { minimumFractionDigits: decimalsOf(stepNs / size), maximumFractionDigits: decimalsOf(stepNs / size) })} ${name}`;
  };
  const timeAxis = (pen, plot) => {
    const step = niceStep((view.to - view.from) / Math.max(2, plot.width / 95));
    pen.strokeStyle = color('line');
    pen.lineWidth = 1;
    for (let ns = Math.ceil(view.from / step) * step; ns <= view.to; ns += step) {
      const x = Math.round(xOf(plot, ns)) + 0.5;
      pen.beginPath();
      pen.moveTo(x, plot.top);
      pen.lineTo(x, plot.top + plot.height + 4);
      pen.stroke();
      const label = timeText(ns, step), half = pen.measureText(label).width / 2;
      text(pen, label, clamp(x, half, plot.left + plot.width + right - half), plot.top + plot.height + 14, 'center');
    }
  };
  const overlay = (pen, plot, canvas) => {
    if (cursor && cursor.ns >= view.from && cursor.ns <= view.to) {
      pen.strokeStyle = color('ink');
      pen.setLineDash([3, 3]);
      pen.beginPath();
      pen.moveTo(xOf(plot, cursor.ns), plot.top);
      pen.lineTo(xOf(plot, cursor.ns), plot.top + plot.height);
      pen.stroke();
      pen.setLineDash([]);
    }
    if (!drag?.moved) return;
    const x0 = xOf(plot, Math.min(drag.from.ns, drag.to.ns)), x1 = xOf(plot, Math.max(drag.from.ns, drag.to.ns));
    let top = plot.top, bottom = plot.top + plot.height;
    if (canvas === heatmap && drag.canvas === heatmap && drag.hasRows) {
      top = yOf(plot, Math.max(drag.from.row, drag.to.row));
      bottom = yOf(plot, Math.min(drag.from.row, drag.to.row));
    }
    pen.fillStyle = color('pick');
    pen.strokeStyle = color('ink');
    pen.fillRect(x0, top, x1 - x0, bottom - top);
    pen.strokeRect(x0, top, x1 - x0, bottom - top);
  };

  // Bins that share a pixel are drawn, and read out, as one.
  const binsAPixel = plot => Math.max(1, Math.ceil((view.to - view.from) / data.binNs / plot.width));
  const rateText = value => measure === 'bytes' ? `${bytesText(value)}/s` : `${three(value)} requests/s`;
  const drawTimeline = () => {
    const names = classesOf(device);
    const { pen, plot } = begin(timeline, 22, 24);
    timeAxis(pen, plot);
    const group = binsAPixel(plot);
    const first = Math.floor(view.from / data.binNs / group) * group;
    const end = Math.min(data.bins, Math.ceil(view.to / data.binNs));
    const gap = 22, height = (plot.height - gap * (names.length - 1)) / Math.max(1, names.length);
    names.forEach((name, index) => {
      const values = device[name][measure], toRate = 1e9 / data.binNs;
      const top = plot.top + index * (height + gap), bottom = top + height;
      let most = 0;
      for (let bin = first; bin < end; bin++) most = Math.max(most, values[bin]);
      most *= toRate;
      const y = value => bottom - value / (most || 1) * (height - 2);

      const unit = measure === 'bytes' ? byteUnit(most) : { name: '', size: 1 };
      const step = niceStep((most || 1) / unit.size / Math.max(1, height / 28));
      for (let tick = 0; tick * unit.size <= (most || 0) * 1.0001; tick += step) {
        const at = Math.round(y(tick * unit.size)) + 0.5;
        pen.strokeStyle = color('line');
        pen.beginPath();
        pen.moveTo(plot.left, at);
        pen.lineTo(plot.left + plot.width, at);
        pen.stroke();
        const label = tick === 0 ? '0' : measure === 'bytes' ? `${tick.toFixed(decimalsOf(step))} ${unit.name}/s` : tick.toLocaleString('en-US', { maximumFractionDigits: decimalsOf(step) });
        text(pen, label, plot.left - 6, clamp(at, top + 5, bottom), 'right');
      }

      pen.save();
      pen.beginPath();
      pen.rect(plot.left, top - 1, plot.width, height + 2);
      pen.clip();
      for (const pale of [true, false]) {
        if (pale && group === 1) continue;
        pen.fillStyle = color(pale ? `${name}-pale` : name);
        for (let bin = first; bin < end; bin += group) {
          const stop = Math.min(bin + group, end);
          let sum = 0, peak = 0;
          for (let i = bin; i < stop; i++) { sum += values[i]; peak = Math.max(peak, values[i]); }
          const value = (pale ? peak : sum / (stop - bin)) * toRate;
          if (value === 0) continue;
          // Whole pixels, or neighbours would show a seam.
          const x0 = Math.round(xOf(plot, bin * data.binNs)), x1 = Math.round(xOf(plot, (bin + group) * data.binNs));
          // A bin that is little beside the others still shows.
          const at = Math.min(y(value), bottom - 1);
          pen.fillRect(x0, at, Math.max(x1 - x0, 1), bottom - at);
        }
      }
      pen.restore();
      text(pen, `${name === 'read' ? 'Read' : 'Write'}, peak in view ${rateText(most)}`, plot.left, top - 10, 'left', name);
    });
    overlay(pen, plot, timeline);
  };

  const viridis = ['440154', '482475', '414487', '355f8d', '2a788e', '21918c', '22a884', '44bf70', '7ad151', 'bddf26', 'fde725']
    .map(code => [0, 2, 4].map(at => parseInt(code.slice(at, at + 2), 16)));
  // Many accesses stand out from the page: dark on light, bright on dark.
  const shade = fraction => {
    const at = (isDark.matches ? 0.18 + 0.82 * fraction : 0.97 * (1 - fraction)) * (viridis.length - 1);
    const low = Math.min(Math.floor(at), viridis.length - 2);
    return viridis[low].map((value, i) => Math.round(value + (viridis[low + 1][i] - value) * (at - low)));
  };
  const fractionOf = map => map.most > 3 * map.least
    ? value => clamp(Math.log(value / map.least) / Math.log(map.most / map.least), 0, 1)
    : value => clamp(value / map.most, 0, 1);
  const yOf = (plot, row) => plot.top + plot.height - (row - view.low) / (view.high - view.low) * plot.height;

  // Cells that share a pixel are drawn, and read out, as one block.
  const blockOf = (plot, map) => ({
    columns: Math.max(1, Math.ceil((view.to - view.from) / map.columnNs / plot.width)),
    rows: Math.max(1, Math.ceil((view.high - view.low) / plot.height)),
  });
  const sumOf = (map, row, rowEnd, column, columnEnd) => {
    let sum = 0;
    for (let r = row; r < rowEnd; r++)
      for (let at = r * map.columns + column, end = r * map.columns + columnEnd; at < end; at++) sum += map.cells[at];
    return sum;
  };
  const drawCells = (pen, plot, map) => {
    const block = blockOf(plot, map);
    const firstColumn = clamp(Math.floor((view.from - map.startNs) / map.columnNs / block.columns), 0, Infinity);
    const endColumn = Math.ceil(Math.min(map.columns, (view.to - map.startNs) / map.columnNs) / block.columns);
    const firstRow = Math.floor(view.low / block.rows), endRow = Math.ceil(view.high / block.rows);
    const width = endColumn - firstColumn, height = endRow - firstRow;
    if (width < 1 || height < 1) return;
    const fraction = fractionOf(map), colors = Array.from({ length: 256 }, (_, i) => shade(i / 255));
    const image = new ImageData(width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const row = (firstRow + y) * block.rows, column = (firstColumn + x) * block.columns;
        const rowEnd = Math.min(row + block.rows, map.rowCount), columnEnd = Math.min(column + block.columns, map.columns);
        const sum = sumOf(map, row, rowEnd, column, columnEnd);
        if (sum === 0) continue;
        const mean = sum / ((rowEnd - row) * (columnEnd - column) * device.rowSectors);
        image.data.set(colors[Math.round(fraction(mean) * 255)], ((height - 1 - y) * width + x) * 4);
        image.data[((height - 1 - y) * width + x) * 4 + 3] = 255;
      }
    }
    const cells = document.createElement('canvas');
    cells.width = width;
    cells.height = height;
    cells.getContext('2d').putImageData(image, 0, 0);
    pen.save();
    pen.beginPath();
    pen.rect(plot.left, plot.top, plot.width, plot.height);
    pen.clip();
    pen.imageSmoothingEnabled = false;
    const x0 = xOf(plot, map.startNs + firstColumn * block.columns * map.columnNs), x1 = xOf(plot, map.startNs + endColumn * block.columns * map.columnNs);
    const y0 = yOf(plot, endRow * block.rows), y1 = yOf(plot, firstRow * block.rows);
    pen.drawImage(cells, x0, y0, x1 - x0, y1 - y0);
    pen.strokeStyle = color('soft');
    pen.setLineDash([5, 4]);
    for (let row = Math.ceil(view.low); row < view.high; row++) {
      if (!device.isAfterGap[row]) continue;
      pen.beginPath();
      pen.moveTo(plot.left, yOf(plot, row));
      pen.lineTo(plot.left + plot.width, yOf(plot, row));
      pen.stroke();
    }
    pen.restore();
    pen.setLineDash([]);
  };
  const spaceAxis = (pen, plot) => {
    const rows = [];
    const apart = Math.max(1, Math.ceil((view.high - view.low) / Math.max(2, plot.height / 48)));
    for (let row = Math.ceil(view.low); row < view.high; row++)
      if (row === Math.ceil(view.low) || device.isAfterGap[row]) rows.push(row);
    for (let row = Math.ceil(view.low / apart) * apart; row < view.high; row += apart) rows.push(row);
    const unit = byteUnit(Number(device.starts[device.starts.length - 1]) * 512);
    const size = Math.min(unit.size, 1024 ** 3), name = size === unit.size ? unit.name : 'GiB';
    const decimals = Math.min(decimalsOf(apart * device.rowSectors * 512 / size), 5);
    const taken = [];
    for (const row of rows) {
      const y = yOf(plot, row);
      if (taken.some(other => Math.abs(other - y) < 14)) continue;
      taken.push(y);
      const offset = Number(device.starts[row]) * 512 / size;
      text(pen, `${offset.toLocaleString('en-US', { maximumFractionDigits: decimals })} ${name}`, plot.left - 6, clamp(y, plot.top + 5, plot.top + plot.height - 5), 'right');
    }
  };
  const legend = (pen, plot, map) => {
    const width = Math.min(120, plot.width / 4), from = plot.left + plot.width - width - 44, fraction = fractionOf(map);
    for (let x = 0; x < width; x++) {
      pen.fillStyle = `rgb(${shade(x / width).join(',')})`;
      pen.fillRect(from + x, 5, 1.5, 10);
    }
    text(pen, three(map.most), from + width + 5, 10, 'left');
    const least = map.most > 3 * map.least ? map.least : 0;
    text(pen, least.toLocaleString('en-US', { maximumSignificantDigits: 1 }), from - 5, 10, 'right');
    text(pen, plot.width > 480 ? `Accesses of a sector in ${spanText(map.columnNs)}` : 'Accesses', plot.left, 10, 'left');
  };
  const drawHeatmap = () => {
    const map = currentMap();
    byId('map-figure').hidden = !map;
    if (!map) return;
    const { pen, plot } = begin(heatmap, 22, 24);
    timeAxis(pen, plot);
    drawCells(pen, plot, map);
    spaceAxis(pen, plot);
    legend(pen, plot, map);
    pen.strokeStyle = color('line');
    pen.strokeRect(plot.left, plot.top, plot.width, plot.height);
    overlay(pen, plot, heatmap);
    if (cursor?.row !== undefined) {
      const block = cellAt(plot, map);
      if (!block) return;
      const x0 = xOf(plot, block.fromNs), x1 = xOf(plot, block.toNs), y0 = yOf(plot, block.rowEnd), y1 = yOf(plot, block.row);
      pen.strokeStyle = color('ink');
      pen.strokeRect(x0 - 1.5, y0 - 1.5, x1 - x0 + 3, y1 - y0 + 3);
    }
  };

  // ---- Reading out ----
  const rangeText = (fromNs, toNs, stepNs) => `${timeText(fromNs, stepNs / 10)} to ${timeText(toNs, stepNs / 10)}`;
  const binAt = plot => {
    const group = binsAPixel(plot);
    const first = Math.floor(clamp(cursor.ns / data.binNs, 0, data.bins - 1) / group) * group;
    return { first, end: Math.min(first + group, data.bins) };
  };
  const cellAt = (plot, map) => {
    const block = blockOf(plot, map);
    const at = Math.floor((cursor.ns - map.startNs) / map.columnNs);
    if (at < 0 || at >= map.columns) return null;
    const column = Math.floor(at / block.columns) * block.columns, columnEnd = Math.min(column + block.columns, map.columns);
    const row = Math.floor(clamp(Math.floor(cursor.row), 0, map.rowCount - 1) / block.rows) * block.rows, rowEnd = Math.min(row + block.rows, map.rowCount);
    return { row, rowEnd, column, columnEnd, fromNs: map.startNs + column * map.columnNs, toNs: map.startNs + columnEnd * map.columnNs };
  };
  const plotOf = canvas => {
    const [x, top, width, height] = JSON.parse(canvas.dataset.plot);
    return { left: x, top, width, height };
  };
  const readTimeline = () => {
    const { first, end } = binAt(plotOf(timeline));
    const sum = (name, what) => device[name][what].slice(first, end).reduce((a, b) => a + b, 0);
    const parts = classesOf(device).map(name => {
      const bytes = sum(name, 'bytes'), rate = 1e9 / data.binNs / (end - first), requests = sum(name, 'requests');
      return `${name === 'read' ? 'read' : 'written'} ${bytesText(bytes)} (${bytesText(bytes * rate)}/s) in ${exact(requests)} requests (${three(requests * rate)}/s)`;
    });
    return `${rangeText(first * data.binNs, end * data.binNs, data.binNs)}: ${parts.join('; ')}.`;
  };
  const readHeatmap = map => {
    const block = cellAt(plotOf(heatmap), map);
    if (!block) return '';
    const sum = sumOf(map, block.row, block.rowEnd, block.column, block.columnEnd);
    const first = device.starts[block.row], last = device.starts[block.rowEnd - 1] + BigInt(device.rowSectors) - 1n;
    const sectors = (block.rowEnd - block.row) * device.rowSectors;
    const verb = map.name === 'read' ? 'read' : 'written';
    return `Sectors ${first.toLocaleString('en-US')} to ${last.toLocaleString('en-US')} (${bytesText(sectors * 512)} from ${bytesText(Number(first) * 512)} on), `
      + `${rangeText(block.fromNs, block.toNs, map.columnNs)}: ${exact(sum)} sectors ${verb} (${bytesText(sum * 512)}), each ${three(sum / sectors)} times on average.`;
  };
  const invitation = 'Point, tap or use the arrow keys to read values.';
  const readOut = () => {
    const byKey = cursor?.byKey;
    const map = currentMap();
    for (const [canvas, reading] of [[timeline, cursor ? readTimeline() : invitation], [heatmap, cursor?.row !== undefined && map ? readHeatmap(map) : invitation]]) {
      const output = byId(`${canvas.id}-reading`);
      // Speaking each bin under a moving pointer would drown everything else.
      output.setAttribute('aria-live', byKey && canvas === active ? 'polite' : 'off');
      output.textContent = reading;
    }
  };
  // Those of which more than half is shown, one at least.
  const shownBins = () => {
    const first = clamp(Math.round(view.from / data.binNs), 0, data.bins - 1);
    return [first, clamp(Math.round(view.to / data.binNs), first + 1, data.bins)];
  };
  const tellShown = () => {
    const [first, end] = shownBins();
    const parts = classesOf(device).map(name => {
      let bytes = 0;
      for (let bin = first; bin < end; bin++) bytes += device[name].bytes[bin];
      return `${name === 'read' ? 'read' : 'written'} ${bytesText(bytes)} (${bytesText(bytes / ((end - first) * data.binNs) * 1e9)}/s)`;
    });
    const stepNs = (view.to - view.from) / 100;
    byId('shown').textContent = `Shown: ${timeText(view.from, stepNs)} to ${timeText(view.to, stepNs)} of ${timeText(totalNs, totalNs / 100)}; ${parts.join(', ')}.`;
  };
  const draw = () => {
    drawTimeline();
    drawHeatmap();
    readOut();
    tellShown();
    const map = currentMap();
    byId('timeline-caption').textContent = `${measure === 'bytes' ? 'Bandwidth' : 'Requests a second'} over time, bins of ${spanText(data.binNs)}`;
    byId('heatmap-caption').textContent = map
      ? `Where the device was ${mapClass === 'read' ? 'read' : 'written'}, when: cells of ${bytesText(device.rowSectors * 512)} × ${spanText(map.columnNs)}${device.isAfterGap.some(Boolean) ? '; dashes: gaps that nothing touched are cut out' : ''}`
      : 'Heatmap';
  };

  // ---- Pointer, wheel, keys ----
  const placeOf = (canvas, event) => {
    const box = canvas.getBoundingClientRect(), plot = plotOf(canvas);
    const x = clamp(event.clientX - box.left - plot.left, 0, plot.width - 0.01), y = clamp(event.clientY - box.top - plot.top, 0, plot.height - 0.01);
    const place = { ns: view.from + x / plot.width * (view.to - view.from) };
    if (canvas === heatmap) place.row = view.high - (y + 0.005) / plot.height * (view.high - view.low);
    return place;
  };
  for (const canvas of [timeline, heatmap]) {
    canvas.addEventListener('pointerdown', event => {
      if (event.button !== 0) return;
      active = canvas;
      drag = { canvas, from: placeOf(canvas, event), x: event.clientX, y: event.clientY };
      cursor = placeOf(canvas, event);
      canvas.setPointerCapture(event.pointerId);
      redraw();
    });
    canvas.addEventListener('pointermove', event => {
      cursor = placeOf(canvas, event);
      if (drag?.canvas === canvas) {
        drag.to = cursor;
        drag.hasRows = Math.abs(event.clientY - drag.y) > 12;
        drag.moved ||= Math.abs(event.clientX - drag.x) > 5 || (canvas === heatmap && drag.hasRows);
      }
      redraw();
    });
    canvas.addEventListener('pointerup', () => {
      const done = drag;
      drag = null;
      if (!done?.moved) return;
      const sorted = (a, b) => a < b ? [a, b] : [b, a];
      let [from, to] = sorted(done.from.ns, done.to.ns), low = view.low, high = view.high;
      // Nearly straight down: only rows were meant.
      if (to - from < (view.to - view.from) / 50 && done.hasRows) [from, to] = [view.from, view.to];
      if (canvas === heatmap && done.hasRows) [low, high] = sorted(done.from.row, done.to.row);
      setView({ from, to, low, high });
    });
    canvas.addEventListener('pointercancel', () => { drag = null; redraw(); });
    canvas.addEventListener('pointerleave', event => {
      if (event.pointerType !== 'mouse' || drag) return;
      cursor = null;
      redraw();
    });
    canvas.addEventListener('dblclick', reset);
    canvas.addEventListener('wheel', event => {
      // Whoever scrolls past a chart wants to scroll.
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      const place = placeOf(canvas, event);
      zoom(Math.exp(clamp(event.deltaY, -240, 240) / 400), place.ns, place.row);
    }, { passive: false });
    canvas.addEventListener('focus', () => { active = canvas; });
    canvas.addEventListener('keydown', event => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const action = keys(canvas)[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
  }
  const step = (canvas, columns, rows) => {
    const plot = plotOf(canvas), map = currentMap(), isMap = canvas === heatmap;
    const block = isMap ? blockOf(plot, map) : null;
    const width = isMap ? block.columns * map.columnNs : binsAPixel(plot) * data.binNs;
    const start = isMap ? map.startNs : 0, end = isMap ? map.startNs + map.columns * map.columnNs : totalNs;
    const ns = cursor?.ns ?? (view.from + view.to) / 2;
    // To the middle of the next bin, so that rounding never skips one.
    const next = { ns: clamp((Math.floor((ns - start) / width) + columns + 0.5) * width + start, start + width / 2, Math.min(end, totalNs) - 1), byKey: true };
    if (isMap) next.row = clamp(Math.floor((cursor?.row ?? (view.low + view.high) / 2) / block.rows + rows) * block.rows + 0.5, 0.5, rowCount() - 0.5);
    cursor = next;
    const by = next.ns < view.from || next.ns > view.to ? (next.ns - (view.from + view.to) / 2) / (view.to - view.from) : 0;
    const byRows = isMap && (next.row < view.low || next.row > view.high) ? (next.row - (view.low + view.high) / 2) / (view.high - view.low) : 0;
    move(by, byRows);
  };
  const zoomAtCursor = factor => {
    const isInside = cursor && cursor.ns >= view.from && cursor.ns <= view.to;
    const row = active === heatmap ? cursor?.row ?? (view.low + view.high) / 2 : undefined;
    zoom(factor, isInside ? cursor.ns : (view.from + view.to) / 2, row);
  };
  const keys = canvas => ({
    ArrowLeft: () => step(canvas, -1, 0),
    ArrowRight: () => step(canvas, 1, 0),
    ...(canvas === heatmap && { ArrowUp: () => step(canvas, 0, 1), ArrowDown: () => step(canvas, 0, -1) }),
    '+': () => zoomAtCursor(0.5),
    '=': () => zoomAtCursor(0.5),
    '-': () => zoomAtCursor(2),
    '0': reset,
    PageUp: () => move(-0.5),
    PageDown: () => move(0.5),
    Escape: () => { drag = cursor = null; redraw(); },
  });

  // ---- Controls ----
  const buttons = { in: () => zoomAtCursor(0.5), out: () => zoomAtCursor(2), left: () => move(-0.5), right: () => move(0.5), reset };
  for (const button of document.querySelectorAll('button[data-do]')) button.addEventListener('click', buttons[button.dataset.do]);
  const fileName = what => `${what}-${device.device.replaceAll(',', '-')}`;
  const savings = {
    timeline: () => saveCsv(timelineCsv(device, ...shownBins()), fileName('timeline')),
    heatmap: () => {
      const map = currentMap();
      const columns = [Math.floor((view.from - map.startNs) / map.columnNs), Math.ceil((view.to - map.startNs) / map.columnNs)].map(at => clamp(at, 0, map.columns));
      saveCsv(mapCsv(device, map, [Math.floor(view.low), Math.ceil(view.high)], columns), fileName(`heatmap-${mapClass}`));
    },
    'timeline-picture': () => timeline.toBlob(blob => save(blob, `${fileName('timeline')}.png`)),
    'heatmap-picture': () => heatmap.toBlob(blob => save(blob, `${fileName(`heatmap-${mapClass}`)}.png`)),
  };
  for (const [name, action] of Object.entries(savings)) document.querySelector(`button[data-save="${name}"]`).addEventListener('click', action);

  const choice = byId('device');
  data.devices.forEach((each, index) => choice.append(new Option(each.device, index, false, each === device)));
  document.querySelector('.several').hidden = data.devices.length === 1;
  const radios = document.querySelectorAll('input[name=map-class]');
  const showDevice = () => {
    for (const radio of radios) radio.disabled = !device.maps?.[radio.value];
    if (!device.maps?.[mapClass]) mapClass = Object.keys(device.maps ?? {})[0] ?? 'read';
    for (const radio of radios) radio.checked = radio.value === mapClass;
    byId('map-class').hidden = !device.maps;
    cursor = null;
    reset();
  };
  choice.addEventListener('change', () => { device = data.devices[Number(choice.value)]; showDevice(); });
  byId('measure').addEventListener('change', event => { measure = event.target.value; redraw(); });
  for (const radio of radios) radio.addEventListener('change', () => { mapClass = radio.value; redraw(); });
  new ResizeObserver(redraw).observe(byId('explore'));
  isDark.addEventListener('change', redraw);
  showDevice();
})();
