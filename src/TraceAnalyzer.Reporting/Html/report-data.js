// What report.html draws from: devices, maps and the run.

// ---- Maps ----
const gridOf = new Map();
const cached = (key, make) => {
  if (!gridOf.has(key)) gridOf.set(key, make());
  return gridOf.get(key);
};
const wanted = (maps, operation) => ['read', 'write'].filter(name => maps[name] && (operation === 'both' || operation === name));
const sectorGrid = (device, operation) => device.maps
  ? cached(`${device.index} ${operation}`, () => grids.make(wanted(device.maps, operation).map(name => ({ ...device.maps[name], name })), device.rowStarts.length, device.rowSectors))
  : null;
const layerGrid = (device, operation) => {
  const layers = data.run?.layers;
  if (!layers || data.run.device !== device.index) return null;
  return cached(`layers ${operation}`, () => grids.make(
    wanted(layers, operation).map(name => ({ name, startNs: layers.startNs, columnNs: layers.columnNs, columns: layers.columns, rows: layers[name] })),
    Math.max(layers.read?.length ?? 0, layers.write?.length ?? 0), 1));
};

// ---- Devices ----
data.devices.forEach((device, index) => {
  device.index = index;
  if (!device.rowStarts) return;
  device.starts = device.rowStarts.map(BigInt);
  device.isAfterGap = device.starts.map((start, row) => row > 0 && start !== device.starts[row - 1] + BigInt(device.rowSectors));
});
const classesOf = (device, operation = 'both') => wanted(device, operation);
const bytesOf = device => classesOf(device).reduce((sum, name) => sum + device[name].bytes.reduce((a, b) => a + b, 0), 0);

// ---- The run: tensors by sector, GPU and spans by time ----
const places = (data.run?.places ?? []).reduce((all, value, i) => { all[i % 3].push(value); return all; }, [[], [], []]);
const tensorsIn = (device, first, last) => {
  if (data.run?.device !== device.index || !places[0].length) return null;
  let low = 0, high = places[0].length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[0][middle] + places[1][middle] > first) high = middle; else low = middle + 1;
  }
  const found = new Set();
  for (; low < places[0].length && places[0][low] <= last; low++) found.add(places[2][low]);
  return Array.from(found, tensor => data.run.tensors[tensor]);
};
const gpus = data.run?.gpus ?? [];
const gpuMean = (gpu, from, to) => {
  let weight = 0, sum = 0;
  for (let i = 0; i < gpu.percent.length; i++) {
    const ns = Math.min(gpu.ns[i + 1], to) - Math.max(gpu.ns[i], from);
    if (ns <= 0) continue;
    weight += ns;
    sum += ns * gpu.percent[i];
  }
  return weight > 0 ? sum / weight : null;
};
const spans = data.run?.spans ?? [];
const spansIn = (from, to) => {
  const names = spans.filter(span => span.from < to && span.to > from).map(span => span.name);
  return names.length > 2 ? `${names[0]} to ${names.at(-1)}` : names.join(' and ');
};

// ---- Data to save ----
const seconds = ns => Number((ns / 1e9).toPrecision(15));
const timelineCsv = (device, names, first, end) => {
  const lines = [['bin_start_seconds', 'bin_seconds', ...names.flatMap(name => [`${name}_requests`, `${name}_bytes`]), ...(gpus.length > 1 ? gpus.map(gpu => `gpu_percent_${gpu.name.replaceAll(/\W+/g, '_')}`) : gpus.map(() => 'gpu_percent'))].join(',')];
  for (let bin = first; bin < end; bin++) {
    const means = gpus.map(gpu => gpuMean(gpu, bin * data.binNs, (bin + 1) * data.binNs));
    lines.push([
      seconds(bin * data.binNs), seconds(data.binNs), ...names.flatMap(name => [device[name].requests[bin], device[name].bytes[bin]]),
      ...means.map(mean => mean === null ? '' : Number(mean.toFixed(3))),
    ].join(','));
  }
  return `${lines.join('\n')}\n`;
};
const gridCsv = (grid, header, nameOfRow, [firstRow, endRow], [firstColumn, endColumn]) => {
  const lines = [header];
  for (const part of grid.parts) {
    for (let row = firstRow; row < endRow; row++) {
      for (let column = firstColumn; column < endColumn; column++) {
        const value = part.cells[row * grid.columns + column];
        if (value > 0) lines.push([part.name, ...nameOfRow(row), seconds(grid.startNs + column * grid.columnNs), seconds(grid.columnNs), value].join(','));
      }
    }
  }
  return `${lines.join('\n')}\n`;
};
const sectorCsv = (device, grid, rows, columns) => gridCsv(
  grid, 'operation,row_start_sector,row_sectors,column_start_seconds,column_seconds,accessed_sectors', row => [device.rowStarts[row], device.rowSectors], rows, columns);
const layerCsv = (grid, rows, columns) => gridCsv(grid, 'operation,layer,column_start_seconds,column_seconds,bytes', row => [row], rows, columns);
// Figures that show what the charts draw from.
data.devices.forEach((device, index) => {
  for (const figure of ['bandwidth', 'iops']) csvOf.set(`${figure}-${index}`, () => timelineCsv(device, classesOf(device), 0, data.bins));
  for (const name of Object.keys(device.maps ?? {}))
    csvOf.set(`heatmap-${name}-${index}`, () => { const grid = sectorGrid(device, name); return sectorCsv(device, grid, [0, grid.rowCount], [0, grid.columns]); });
});
