// Saves the data behind the figures of compare.html.
for (const button of document.querySelectorAll('button[data-save=figure-data]')) {
  const csv = data?.tables[button.dataset.figure];
  button.hidden = !csv;
  button.addEventListener('click', () => saveCsv(csv, button.dataset.figure));
}
