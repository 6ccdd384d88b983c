// Charts over one common axis, for every page: drawing, what is shown, pointer, wheel and keys. A page's script says what the axis is
// (`setAxis`), adds its charts, and has a `draw` that draws them all and tells what is shown.

const data = JSON.parse(byId('data').textContent);
const verbs = { read: 'read', write: 'written' };

// ---- What there is ----
// Bins of one width from 0 on. Places on it are nanoseconds, or shares of a run.
let axis = { width: 1, bins: 1, end: 1, label: () => '' };
let view = { from: 0, to: 1 };
let cursor = null; // { chart, at, row }: what is read out; row only on maps
let drag = null, active = null;
const charts = {};
// A chart with rows is a map.
const addChart = (name, grid) => { charts[name] = { name, canvas: byId(name), low: 0, high: 1, hasRows: !!grid, grid: grid ?? (() => null) }; };
const maps = () => Object.values(charts).filter(chart => chart.hasRows);

// ---- Drawing ----
const color = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const isDark = matchMedia('(prefers-color-scheme: dark)');
const left = 76, right = 14;
const begin = (chart, top, bottom) => {
  const { canvas } = chart;
  const width = canvas.clientWidth, height = canvas.clientHeight, ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = color('page');
  pen.fillRect(0, 0, width, height);
  pen.font = '12px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  chart.plot = { left, top, width: Math.max(1, width - left - right), height: Math.max(1, height - top - bottom) };
  return { pen, plot: chart.plot };
};
const xOf = (plot, at) => plot.left + (at - view.from) / (view.to - view.from) * plot.width;
const yOf = (chart, row) => chart.plot.top + chart.plot.height - (row - chart.low) / (chart.high - chart.low) * chart.plot.height;
const text = (pen, what, x, y, align, ink = 'soft') => {
  pen.fillStyle = color(ink);
  pen.textAlign = align;
  pen.fillText(what, x, y);
};
const line = (pen, x0, y0, x1, y1) => {
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
};
const within = (pen, plot, paint) => {
  pen.save();
  pen.beginPath();
  pen.rect(plot.left, plot.top - 1, plot.width, plot.height + 2);
  pen.clip();
  paint();
  pen.restore();
};
const rangeText = (from, to, step) => `${axis.label(from, step / 10)} to ${axis.label(to, step / 10)}`;
const horizontalAxis = (pen, plot) => {
  const step = axes.niceStep((view.to - view.from) / Math.max(2, plot.width / 95));
  pen.strokeStyle = color('line');
  pen.lineWidth = 1;
  for (let at = Math.ceil(view.from / step) * step; at <= view.to * 1.000001; at += step) {
    const x = Math.round(xOf(plot, at)) + 0.5;
    line(pen, x, plot.top, x, plot.top + plot.height + 4);
    const label = axis.label(at, step), half = pen.measureText(label).width / 2;
    text(pen, label, clamp(x, half, plot.left + plot.width + right - half), plot.top + plot.height + 14, 'center');
  }
};
const levels = (pen, plot, top, height, most, unit, label) => {
  let step = axes.niceStep((most || 1) / unit / Math.max(1, height / 28));
  // A low panel still says what its top is about.
  while (step * unit > (most || 1)) step = axes.niceStep(step / 2.6);
  for (let tick = 0; tick * unit <= (most || 0) * 1.0001; tick += step) {
    const at = Math.round(top + height - tick * unit / (most || 1) * (height - 2)) + 0.5;
    pen.strokeStyle = color('line');
    line(pen, plot.left, at, plot.left + plot.width, at);
    text(pen, tick === 0 ? '0' : label(tick, step), plot.left - 6, clamp(at, top + 5, top + height), 'right');
  }
};
const rateLevels = (pen, plot, top, height, most) => {
  const unit = units.byteUnit(most);
  levels(pen, plot, top, height, most, unit.size, (tick, step) => `${tick.toFixed(axes.decimalsOf(step))} ${unit.name}/s`);
};
const overlay = (pen, chart) => {
  const { plot } = chart;
  if (cursor && cursor.at >= view.from && cursor.at <= view.to) {
    pen.strokeStyle = color('ink');
    pen.setLineDash([3, 3]);
    line(pen, xOf(plot, cursor.at), plot.top, xOf(plot, cursor.at), plot.top + plot.height);
    pen.setLineDash([]);
  }
  if (!drag?.moved) return;
  const x0 = xOf(plot, Math.min(drag.from.at, drag.to.at)), x1 = xOf(plot, Math.max(drag.from.at, drag.to.at));
  let top = plot.top, bottom = plot.top + plot.height;
  if (drag.chart === chart && drag.hasRows) {
    top = yOf(chart, Math.max(drag.from.row, drag.to.row));
    bottom = yOf(chart, Math.min(drag.from.row, drag.to.row));
  }
  pen.fillStyle = color('pick');
  pen.strokeStyle = color('ink');
  pen.fillRect(x0, top, x1 - x0, bottom - top);
  pen.strokeRect(x0, top, x1 - x0, bottom - top);
};
// Bins that share a pixel are drawn, and read out, as one.
const binsAPixel = plot => Math.max(1, Math.ceil((view.to - view.from) / axis.width / plot.width));
const binAt = plot => {
  const group = binsAPixel(plot);
  const first = Math.floor(clamp(cursor.at / axis.width, 0, axis.bins - 1) / group) * group;
  return { first, end: Math.min(first + group, axis.bins) };
};
// Those of which more than half is shown, one at least.
const shownBins = () => {
  const first = clamp(Math.round(view.from / axis.width), 0, axis.bins - 1);
  return [first, clamp(Math.round(view.to / axis.width), first + 1, axis.bins)];
};
// Cells that share a pixel are drawn, and read out, as one block.
const blockOf = (chart, grid) => ({
  columns: Math.max(1, Math.ceil((view.to - view.from) / grid.columnNs / chart.plot.width)),
  rows: Math.max(1, Math.ceil((chart.high - chart.low) / chart.plot.height)),
});

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
// Rows are those of one map; the others keep their own.
const setView = ({ from, to, chart, low, high }) => {
  const finest = Math.min(axis.width, ...maps().map(map => map.grid()?.columnNs ?? Infinity));
  [from, to] = fit(from, to, Math.min(axis.end, 4 * finest), axis.end);
  view = { from, to };
  if (chart) [chart.low, chart.high] = fit(low, high, Math.min(rowsOf(chart), 4), rowsOf(chart));
  redraw();
};
const reset = () => {
  for (const map of maps()) [map.low, map.high] = [0, rowsOf(map)];
  setView({ from: 0, to: axis.end });
};
const setAxis = next => {
  axis = next;
  cursor = drag = null;
  reset();
};
const zoom = (factor, at, chart, row) => setView({
  from: at - (at - view.from) * factor,
  to: at + (view.to - at) * factor,
  ...(row !== undefined && { chart, low: row - (row - chart.low) * factor, high: row + (chart.high - row) * factor }),
});
const move = (share, chart, rowShare = 0) => {
  const by = share * (view.to - view.from);
  const from = clamp(view.from + by, 0, axis.end - (view.to - view.from));
  const next = { from, to: from + view.to - view.from };
  if (chart) {
    const span = chart.high - chart.low, low = clamp(chart.low + rowShare * span, 0, rowsOf(chart) - span);
    Object.assign(next, { chart, low, high: low + span });
  }
  setView(next);
};
const zoomAtCursor = factor => {
  const isInside = cursor && cursor.at >= view.from && cursor.at <= view.to;
  const chart = active?.grid() ? active : undefined;
  const row = chart ? (cursor?.chart === chart ? cursor.row : undefined) ?? (chart.low + chart.high) / 2 : undefined;
  zoom(factor, isInside ? cursor.at : (view.from + view.to) / 2, chart, row);
};

// ---- Pointer, wheel, keys ----
const placeOf = (chart, event) => {
  const box = chart.canvas.getBoundingClientRect(), { plot } = chart;
  const x = clamp(event.clientX - box.left - plot.left, 0, plot.width - 0.01), y = clamp(event.clientY - box.top - plot.top, 0, plot.height - 0.01);
  const place = { chart, at: view.from + x / plot.width * (view.to - view.from) };
  if (chart.hasRows) place.row = chart.high - (y + 0.005) / plot.height * (chart.high - chart.low);
  return place;
};
const step = (chart, columns, rows) => {
  const grid = chart.grid(), block = grid ? blockOf(chart, grid) : null;
  const width = grid ? block.columns * grid.columnNs : binsAPixel(chart.plot) * axis.width;
  const start = grid ? grid.startNs : 0, end = grid ? grid.startNs + grid.columns * grid.columnNs : axis.end;
  const at = cursor?.at ?? (view.from + view.to) / 2;
  // To the middle of the next bin, so that rounding never skips one.
  const next = { chart, at: clamp((Math.floor((at - start) / width) + columns + 0.5) * width + start, start + width / 2, Math.min(end, axis.end) * (1 - 1e-12)), byKey: true };
  const row = cursor?.chart === chart ? cursor.row : undefined;
  if (grid) next.row = clamp(Math.floor((row ?? (chart.low + chart.high) / 2) / block.rows + rows) * block.rows + 0.5, 0.5, grid.rowCount - 0.5);
  cursor = next;
  const by = next.at < view.from || next.at > view.to ? (next.at - (view.from + view.to) / 2) / (view.to - view.from) : 0;
  const byRows = grid && (next.row < chart.low || next.row > chart.high) ? (next.row - (chart.low + chart.high) / 2) / (chart.high - chart.low) : 0;
  move(by, grid ? chart : undefined, byRows);
};
const keys = chart => ({
  ArrowLeft: () => step(chart, -1, 0),
  ArrowRight: () => step(chart, 1, 0),
  ...(chart.hasRows && { ArrowUp: () => step(chart, 0, 1), ArrowDown: () => step(chart, 0, -1) }),
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
  let [from, to] = sorted(done.from.at, done.to.at);
  // Nearly straight down: only rows were meant.
  if (to - from < (view.to - view.from) / 50 && done.hasRows) ({ from, to } = view);
  const [low, high] = done.hasRows ? sorted(done.from.row, done.to.row) : [];
  setView({ from, to, ...(done.hasRows && { chart: done.chart, low, high }) });
};
const listen = chart => {
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
      drag.hasRows = chart.hasRows && Math.abs(event.clientY - drag.y) > 12;
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
    zoom(Math.exp(clamp(event.deltaY, -240, 240) / 400), place.at, chart, place.row);
  }, { passive: false });
  canvas.addEventListener('focus', () => { active = chart; });
  canvas.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const action = keys(chart)[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
};
const invitation = 'Point, tap or use the arrow keys to read values.';
const tell = (chart, reading) => {
  const output = byId(`${chart.name}-reading`);
  // Speaking each bin under a moving pointer would drown everything else.
  output.setAttribute('aria-live', cursor?.byKey && chart === cursor.chart ? 'polite' : 'off');
  output.textContent = reading ?? invitation;
};

// ---- Controls ----
// What each page's charts have: zooming by buttons, saving by name, and drawing anew when the page changes.
const start = (savings, fileName) => {
  const buttons = { in: () => zoomAtCursor(0.5), out: () => zoomAtCursor(2), left: () => move(-0.5), right: () => move(0.5), reset };
  for (const button of document.querySelectorAll('button[data-do]')) button.addEventListener('click', buttons[button.dataset.do]);
  for (const chart of Object.values(charts)) {
    const { name, canvas } = chart;
    listen(chart);
    document.querySelector(`button[data-save="${name}"]`).addEventListener('click', () => saveCsv(savings[name](), fileName(name)));
    document.querySelector(`button[data-save="${name}-picture"]`).addEventListener('click', () => canvas.toBlob(blob => save(blob, `${fileName(name)}.png`)));
  }
  new ResizeObserver(redraw).observe(byId('explore'));
  isDark.addEventListener('change', redraw);
};
