// Numbers and saving, for every page. Parts of a page's script share one scope; text reaches the page through textContent only.
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
// The data behind a figure: a compressed table within the page, or what the charts are drawn from.
const tables = JSON.parse(byId('tables').textContent);
const csvOf = new Map();
const unpack = packed => {
  const bytes = Uint8Array.from(atob(packed), letter => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
};
const saveFigureData = async ({ figure, file }) => saveCsv(csvOf.get(figure)?.() ?? await unpack(tables[figure]), file);
document.addEventListener('click', event => {
  const button = event.target.closest('button[data-save]');
  if (!button) return;
  if (button.dataset.save === 'table') saveTable(button.parentElement.previousElementSibling.querySelector('table'));
  else if (button.dataset.save === 'figure') saveImage(button.closest('figure').querySelector('img'));
  else if (button.dataset.save === 'figure-data') saveFigureData(button.dataset);
});
const verbs = { read: 'read', write: 'written' };
const dataText = byId('data')?.textContent;
// A page without requests has no charts: the rest of the script ends here.
if (!dataText) return;
const data = JSON.parse(dataText);
