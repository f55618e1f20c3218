// Exact values of grey PNGs in the browser, and the colours and outlines of label images.
//
// A raster is {width, height, data, depth}: data is a Uint16Array, row by row, depth is 8 or 16.

import { decodePng16, sizeOf } from "./png16.js";

export { decodePng16 };

// Less than this is decoded faster than a worker starts.
const WORKER_FROM_PX = 2_000_000;

/**
 * Fetch a grey PNG of 8 or 16 bits and decode it exactly; a large one in a worker, so that the page
 * goes on answering. `onProgress` is told the part that is decoded, 0 to 1, of a large one.
 */
export async function loadPng16(url, { signal, onProgress } = {}) {
  const response = await fetch(url, { credentials: "same-origin", signal });
  if (!response.ok) throw new Error(`The image could not be loaded (${response.status}).`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { width, height } = sizeOf(bytes);
  if (width * height < WORKER_FROM_PX) return decodePng16(bytes);
  return decodeElsewhere(bytes, { signal, onProgress });
}

/** Decode in a worker of its own, which ends with it. */
function decodeElsewhere(bytes, { signal, onProgress }) {
  const worker = new Worker(new URL("./png16_worker.js", import.meta.url), { type: "module" });
  const answer = new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }) => {
      if (data.raster) resolve(data.raster);
      else if (data.problem) reject(new Error(data.problem));
      else onProgress?.(data.part);
    });
    worker.addEventListener("error", () => reject(new Error("The image could not be decoded.")));
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  worker.postMessage(bytes, [bytes.buffer]);
  return answer.finally(() => worker.terminate());
}

// ---- labels --------------------------------------------------------------------------------------

// Okabe and Ito's colours without black: told apart with any colour vision, on grey as well.
export const PALETTE = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
];

/** The colour [red, green, blue] of a label: always the same, and the next label's is another. */
export function labelColour(label) {
  return PALETTE[(label - 1) % PALETTE.length];
}

/** The colours of labels 1 to `count`, e.g. for a table beside the image; index 0 is null. */
export function labelColours(count) {
  return [null, ...Array.from({ length: count }, (_, index) => labelColour(index + 1))];
}

/**
 * Outlines of all labels as ImageData: the pixels of a particle that touch another label or the
 * ground over an edge. What the image's border cuts has no outline there.
 * `colour(label)` gives [red, green, blue] or null for none.
 */
export function labelOutlines(raster, { colour = labelColour } = {}) {
  const { width, height, data } = raster;
  const out = new ImageData(width, height);
  const pixels = new Uint32Array(out.data.buffer);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      if (data[at] !== 0 && isOutline(raster, column, row)) {
        const rgb = colour(data[at]);
        if (rgb) pixels[at] = packed32(rgb);
      }
    }
  }
  return out;
}

/** Whether a neighbour over an edge has another label. */
export function isOutline({ width, height, data }, column, row) {
  const at = row * width + column;
  const label = data[at];
  return (
    (column > 0 && data[at - 1] !== label) ||
    (column < width - 1 && data[at + 1] !== label) ||
    (row > 0 && data[at - width] !== label) ||
    (row < height - 1 && data[at + width] !== label)
  );
}

/** A colour as the little-endian word of an ImageData's buffer. */
export function packed32([red, green, blue], alpha = 255) {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** The value at a pixel, or null outside of the image. */
export function valueAt({ width, height, data }, column, row) {
  if (column < 0 || row < 0 || column >= width || row >= height) return null;
  return data[row * width + column];
}

/** Every label's pixel count, centre and bounding box, in one pass: Map label -> numbers. */
export function labelRegions({ width, height, data }) {
  const found = new Map();
  let [region, shown] = [null, 0]; // of the pixel before: neighbours mostly share a label
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      const label = data[at];
      if (label === 0) continue;
      if (label !== shown) [region, shown] = [found.get(label), label];
      if (!region) {
        region = { area_px: 0, x: 0, y: 0, left: column, right: column, top: row, bottom: row };
        found.set(label, region);
      }
      region.area_px += 1;
      region.x += column + 0.5;
      region.y += row + 0.5;
      if (column < region.left) region.left = column;
      if (column > region.right) region.right = column;
      region.bottom = row;
    }
  }
  for (const region of found.values()) {
    region.x /= region.area_px;
    region.y /= region.area_px;
  }
  return found;
}
