// Which pixels a brush stroke or a polygon covers; pipeline/edit/strokes.py does the same, to the bit.
//
// Points are [row, column], pixel centres are whole numbers. Everything is computed in whole eighths
// of a pixel; the few roots and quotients are rounded alike by any IEEE 754 machine.

export const EIGHTHS = 8;

export function eighths(length_px) {
  return Math.floor(length_px * EIGHTHS + 0.5);
}

/** Call `visit(at)` once for each pixel (its index in the raster) that the stroke covers. */
export function covered({ width, height }, points, { radius_px = 0, polygon = false }, visit) {
  const at = points.map(([row, column]) => [eighths(row), eighths(column)]);
  if (polygon) return filled(width, height, at, visit);
  const radius = Math.max(eighths(radius_px), 5); // whatever is clicked covers at least one pixel
  const seen = new Set();
  const once = (index) => {
    if (seen.has(index)) return;
    seen.add(index);
    visit(index);
  };
  if (at.length === 1) capsule(width, height, at[0], at[0], radius, once);
  for (let i = 1; i < at.length; i++) capsule(width, height, at[i - 1], at[i], radius, once);
}

function capsule(width, height, first, last, radius, visit) {
  const [top, bottom] = span(first[0], last[0], radius, height);
  const [left, right] = span(first[1], last[1], radius, width);
  const alongRow = last[0] - first[0];
  const alongColumn = last[1] - first[1];
  const squared = alongRow ** 2 + alongColumn ** 2;
  const reach = radius * Math.sqrt(squared);
  for (let y = top; y < bottom; y++) {
    const row = y * EIGHTHS - first[0];
    for (let x = left; x < right; x++) {
      const column = x * EIGHTHS - first[1];
      const along = row * alongRow + column * alongColumn;
      const across = Math.abs(row * alongColumn - column * alongRow);
      if (
        row ** 2 + column ** 2 <= radius ** 2 ||
        (row - alongRow) ** 2 + (column - alongColumn) ** 2 <= radius ** 2 ||
        (along > 0 && along < squared && across <= reach)
      ) {
        visit(y * width + x);
      }
    }
  }
}

function span(first, last, radius, size) {
  const start = Math.max(0, Math.ceil((Math.min(first, last) - radius) / EIGHTHS));
  const end = Math.min(size, Math.floor((Math.max(first, last) + radius) / EIGHTHS) + 1);
  return [start, Math.max(start, end)];
}

function filled(width, height, at, visit) {
  const rows = at.map(([row]) => row);
  const top = Math.max(0, Math.ceil(Math.min(...rows) / EIGHTHS));
  const bottom = Math.min(height, Math.floor(Math.max(...rows) / EIGHTHS) + 1);
  for (let row = top; row < bottom; row++) {
    const y = row * EIGHTHS;
    const crossings = [];
    at.forEach(([r1, c1], i) => {
      const [r2, c2] = at[(i + 1) % at.length];
      if (r1 <= y !== r2 <= y) crossings.push(c1 + ((c2 - c1) * (y - r1)) / (r2 - r1));
    });
    for (let column = 0; column < width; column++) {
      const x = column * EIGHTHS;
      let inside = false;
      for (const crossing of crossings) if (x < crossing) inside = !inside;
      if (inside) visit(row * width + column);
    }
  }
}
