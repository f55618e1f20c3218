// What can be said of a particle at once in the browser; the server measures again when it is saved.
//
// Area and equivalent diameter are exact; the Feret diameters are those of the hull of the points
// half-way between pixels (pipeline/measure/calipers.py), without its fit of known outlines.

const HULL_EXCESS_PX = 0.2;
const MIN_SIDE_PX = 10;

/** A row of the table for a label of a mask; `rows` lie above the data bar. */
export function measured(mask, label, rows) {
  const region = mask.regions.get(label);
  const [minimum, maximum] = feret(mask, label, region);
  return {
    label,
    row: region.y - 0.5,
    column: region.x - 0.5,
    area: region.area_px,
    diameter: Math.sqrt((4 * region.area_px) / Math.PI),
    minimum,
    maximum,
    circularity: null, // needs the smoothed outline, which the server measures
    excluded: reason(mask, region, rows),
    preview: true,
  };
}

function reason(mask, { top, left, bottom, right }, rows) {
  if (top === 0 || left === 0 || bottom >= rows - 1 || right === mask.width - 1) {
    return "touches border";
  }
  const shorter = Math.min(bottom - top, right - left) + 1;
  return shorter < MIN_SIDE_PX ? `shorter side under ${MIN_SIDE_PX} px` : "";
}

function feret({ width, data }, label, { top, left, bottom, right }) {
  const points = [];
  for (let row = top; row <= bottom; row++) {
    let first = -1;
    let last = -1;
    for (let column = left; column <= right; column++) {
      if (data[row * width + column] !== label) continue;
      if (first < 0) first = column;
      last = column;
    }
    if (first < 0) continue;
    for (const x of [first, last]) points.push([x - 0.5, row], [x + 0.5, row], [x, row - 0.5], [x, row + 0.5]);
  }
  const hull = convexHull(points);
  let narrowest = Infinity;
  let widest = 0;
  hull.forEach(([x1, y1], i) => {
    const [x2, y2] = hull[(i + 1) % hull.length];
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    let height = 0;
    for (const [x, y] of hull) {
      height = Math.max(height, Math.abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / length);
      widest = Math.max(widest, Math.hypot(x - x1, y - y1));
    }
    narrowest = Math.min(narrowest, height);
  });
  return [narrowest - HULL_EXCESS_PX, widest - HULL_EXCESS_PX];
}

/** Andrew's monotone chain (1979). */
function convexHull(points) {
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (sorted) => {
    const chain = [];
    for (const point of sorted) {
      while (chain.length > 1 && turn(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(points), ...half(points.toReversed())];
}

function turn([ax, ay], [bx, by], [cx, cy]) {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}
