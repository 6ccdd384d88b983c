// Maps: rows (of sectors, or layers) over time.
const grids = (() => {
  // Those of reads and writes may have columns of different widths; side by side they have the wider one.
  const make = (maps, rowCount, cellSize) => {
    if (maps.length === 0) return null;
    const widest = maps.reduce((a, b) => b.columnNs > a.columnNs ? b : a);
    const endNs = Math.max(...maps.map(map => map.startNs + map.columns * map.columnNs));
    const columns = Math.max(1, Math.round((endNs - widest.startNs) / widest.columnNs));
    const sums = new Float64Array(rowCount * columns);
    const parts = maps.map(map => {
      const cells = new Float64Array(rowCount * columns);
      map.rows.forEach((packed, row) => {
        let column = 0;
        for (const value of packed) {
          // A negative number stands for that many zeros.
          if (value < 0) { column -= value; continue; }
          const at = Math.min(Math.max(Math.floor((map.startNs - widest.startNs + (column++ + 0.5) * map.columnNs) / widest.columnNs), 0), columns - 1);
          cells[row * columns + at] += value;
          sums[row * columns + at] += value;
        }
      });
      return { name: map.name, cells };
    });
    let least = Infinity, most = 0;
    for (const sum of sums) {
      if (sum === 0) continue;
      if (sum < least) least = sum;
      if (sum > most) most = sum;
    }
    return { rowCount, columns, startNs: widest.startNs, columnNs: widest.columnNs, cellSize, parts, sums, least: least / cellSize, most: most / cellSize };
  };
  const sumOf = (grid, cells, row, rowEnd, column, columnEnd) => {
    let sum = 0;
    for (let r = row; r < rowEnd; r++)
      for (let at = r * grid.columns + column, end = r * grid.columns + columnEnd; at < end; at++) sum += cells[at];
    return sum;
  };
  return { make, sumOf };
})();
