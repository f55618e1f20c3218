// Values along a line, in image pixels; pixel centres lie at .5.

/**
 * Values of a raster along a line, at steps of at most one pixel, linear between pixel centres.
 * `scale` turns a raw value into the quantity, e.g. nm of height.
 */
export function profileAlong(raster, { from, to }, scale = 1) {
  const length_px = Math.hypot(to.x - from.x, to.y - from.y);
  const count = Math.max(2, Math.ceil(length_px) + 1);
  const distance_px = new Float64Array(count);
  const values = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    const part = at / (count - 1);
    distance_px[at] = part * length_px;
    values[at] = scale * interpolated(raster, along({ from, to }, part));
  }
  return { distance_px, values };
}

/** The point at `part` (0 to 1) of a line. */
export function along({ from, to }, part) {
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

/** Bilinear between the four pixel centres round a point; beyond the border the border's values. */
export function interpolated({ width, height, data }, { x, y }) {
  const column = Math.min(width - 1, Math.max(0, x - 0.5));
  const row = Math.min(height - 1, Math.max(0, y - 0.5));
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
  const [dx, dy] = [column - left, row - top];
  const upper = data[top * width + left] * (1 - dx) + data[top * width + right] * dx;
  const lower = data[bottom * width + left] * (1 - dx) + data[bottom * width + right] * dx;
  return upper * (1 - dy) + lower * dy;
}

/** The profile as text for a spreadsheet; numbers only, so no cell can be a formula. */
export function profileCsv({ distance_nm, height_nm, greys }) {
  const names = greys.map(({ name }) => `"grey: ${name.replaceAll('"', "'")}"`);
  const lines = [["distance_nm", "height_nm", ...names].join(",")];
  for (let at = 0; at < distance_nm.length; at++) {
    const row = [distance_nm[at], height_nm[at], ...greys.map(({ values }) => values[at])];
    lines.push(row.map((value) => Number(value.toFixed(2))).join(","));
  }
  return lines.join("\r\n") + "\r\n";
}
