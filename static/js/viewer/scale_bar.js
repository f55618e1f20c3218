// Lengths as microscopists read them.

/** The longest of 1, 2, 5, 10, ... nm that is not longer than `limit_nm`. */
export function niceLength(limit_nm) {
  const power = 10 ** Math.floor(Math.log10(limit_nm));
  const step = [5, 2, 1].find((candidate) => candidate * power <= limit_nm * (1 + 1e-9)) ?? 1;
  return step * power;
}

/** A length with its unit: 50 nm, 2 µm. */
export function lengthText(length_nm) {
  if (length_nm >= 1e6) return `${tidy(length_nm / 1e6)} mm`;
  if (length_nm >= 1e3) return `${tidy(length_nm / 1e3)} µm`;
  return `${tidy(length_nm)} nm`;
}

function tidy(value) {
  return String(Number(value.toPrecision(3)));
}

/** Width in CSS pixels and text of a bar that takes at most `room_px`. */
export function scaleBar({ nm_per_px, zoom, room_px }) {
  const length_nm = niceLength((room_px / zoom) * nm_per_px);
  return { width_px: (length_nm / nm_per_px) * zoom, text: lengthText(length_nm) };
}
