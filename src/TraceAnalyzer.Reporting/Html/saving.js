// Saving, for every page. Parts of a page's script share one scope, in the order that HtmlPage names them; text reaches the page through textContent only.
const byId = id => document.getElementById(id);
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
document.body.classList.add('scripted');

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
