// Figures that sum up sizes; platform/review/sizes.py gives the same for the exports.

// Student's t for a two-sided 95 % interval at 1 to 30 degrees of freedom.
const T95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];

export function t95(degrees) {
  if (degrees <= T95.length) return T95[degrees - 1];
  const z = 1.959964;
  // The first terms of the expansion in 1 / degrees (Abramowitz and Stegun 26.7.5).
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}

/** Between neighbours in proportion, as numpy and R (type 7) have it. */
export function quantile(ordered, part) {
  const at = (ordered.length - 1) * part;
  const low = Math.floor(at);
  const high = Math.min(low + 1, ordered.length - 1);
  return ordered[low] + (at - low) * (ordered[high] - ordered[low]);
}

/** n, mean with its 95 % interval, sd, D10, D50, D90; null where there are too few. */
export function summedUp(values) {
  const n = values.length;
  if (n === 0) return { n, mean: null, low: null, high: null, sd: null, d10: null, d50: null, d90: null };
  const ordered = Float64Array.from(values).sort();
  const mean = ordered.reduce((sum, value) => sum + value, 0) / n;
  const tenths = { d10: quantile(ordered, 0.1), d50: quantile(ordered, 0.5), d90: quantile(ordered, 0.9) };
  if (n === 1) return { n, mean, low: null, high: null, sd: null, ...tenths };
  const squares = ordered.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sd = Math.sqrt(squares / (n - 1));
  const half = (t95(n - 1) * sd) / Math.sqrt(n);
  return { n, mean, low: mean - half, high: mean + half, sd, ...tenths };
}

/** Edges of bins of one pleasant width for all series: Freedman and Diaconis (1981). */
export function binsOf(...series) {
  const values = Float64Array.from(series.flat()).sort();
  if (!values.length) return { edges: [0, 1], width: 1 };
  const spread = quantile(values, 0.75) - quantile(values, 0.25);
  const last = values.at(-1);
  const most = Math.max(...series.map((one) => one.length), 1);
  const raw = (2 * spread) / Math.cbrt(most) || (last || 1) / 10;
  const width = nice(Math.max(raw, (last - values[0]) / 60, 1e-9));
  const first = Math.floor(values[0] / width);
  const count = Math.floor(last / width) - first + 1;
  return { edges: Array.from({ length: count + 1 }, (_, at) => (first + at) * width), width };
}

export function countsIn({ edges, width }, values) {
  const counts = new Array(edges.length - 1).fill(0);
  for (const value of values) {
    const at = Math.floor((value - edges[0]) / width + 1e-9);
    counts[Math.max(0, Math.min(counts.length - 1, at))] += 1;
  }
  return counts;
}

/** The next of 1, 2, 2.5, 5, 10, 20, ... that is not smaller. */
export function nice(length) {
  const power = 10 ** Math.floor(Math.log10(length));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= length * (1 - 1e-9));
}

/** The end of an axis of counts: little room above, and a half that is easy to read. */
export function niceTop(count) {
  const power = 10 ** Math.floor(Math.log10(count));
  return [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= count);
}

/** Three digits, so that a value and its interval look alike. */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return Math.abs(value) >= 100 ? String(Number(value.toPrecision(3))) : value.toPrecision(3);
}
