// Exact values of grey PNGs in the browser, and the colours and outlines of label images.
//
// A canvas would round 16 bits to 8 and pass them through colour management, so height maps and
// labels are decoded here; the browser's own inflate does the heavy part (a library would bring one
// in JavaScript, several times slower).
//
// A raster is {width, height, data, depth}: data is a Uint16Array, row by row, depth is 8 or 16.

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/** Fetch a grey PNG of 8 or 16 bits and decode it exactly. */
export async function loadPng16(url, { signal } = {}) {
  const response = await fetch(url, { credentials: "same-origin", signal });
  if (!response.ok) throw new Error(`The image could not be loaded (${response.status}).`);
  return decodePng16(new Uint8Array(await response.arrayBuffer()));
}

/** Decode the bytes of a grey PNG of 8 or 16 bits. */
export async function decodePng16(bytes) {
  const { header, packed } = chunks(bytes);
  const { width, height, depth, channels } = header;
  const lines = await inflate(packed);
  const stride = (width * channels * depth) / 8;
  if (lines.length < height * (stride + 1)) throw new Error("The PNG ends too early.");
  unfilter(lines, height, stride, (channels * depth) / 8);
  return { width, height, depth, data: greys(lines, header, stride) };
}

function chunks(bytes) {
  if (SIGNATURE.some((value, at) => bytes[at] !== value)) throw new Error("This is no PNG.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed = [];
  let header = null;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === "IHDR") header = readHeader(view, at + 8);
    if (type === "IDAT") packed.push(bytes.subarray(at + 8, at + 8 + length));
    if (type === "IEND") break;
    at += length + 12;
  }
  if (!header || !packed.length) throw new Error("The PNG holds no image.");
  return { header, packed };
}

function readHeader(view, at) {
  const [depth, colour, interlaced] = [at + 8, at + 9, at + 12].map((i) => view.getUint8(i));
  const channels = { 0: 1, 4: 2 }[colour]; // grey; grey and alpha, whose alpha is left out
  if (!channels || ![8, 16].includes(depth) || interlaced) {
    throw new Error("Only grey PNGs of 8 or 16 bits, not interlaced, can be read exactly.");
  }
  return { width: view.getUint32(at), height: view.getUint32(at + 4), depth, channels };
}

async function inflate(parts) {
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Undo the filter of each line in place (PNG specification, section 9); a loop for each filter. */
function unfilter(lines, height, stride, step) {
  const nothing = new Uint8Array(stride); // what lies above the first line
  let above = nothing;
  for (let row = 0; row < height; row++) {
    const start = row * (stride + 1) + 1;
    const line = lines.subarray(start, start + stride);
    UNFILTER[lines[start - 1]]?.(line, above, step);
    above = line;
  }
}

const UNFILTER = {
  1: (line, _, step) => {
    for (let i = step; i < line.length; i++) line[i] += line[i - step];
  },
  2: (line, above) => {
    for (let i = 0; i < line.length; i++) line[i] += above[i];
  },
  3: (line, above, step) => {
    for (let i = 0; i < step; i++) line[i] += above[i] >> 1;
    for (let i = step; i < line.length; i++) line[i] += (line[i - step] + above[i]) >> 1;
  },
  4: (line, above, step) => {
    for (let i = 0; i < step; i++) line[i] += above[i];
    for (let i = step; i < line.length; i++) {
      line[i] += paeth(line[i - step], above[i], above[i - step]);
    }
  },
};

function paeth(left, up, corner) {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function greys(lines, { width, height, depth, channels }, stride) {
  const data = new Uint16Array(width * height);
  const step = (channels * depth) / 8;
  for (let row = 0, to = 0; row < height; row++) {
    let from = row * (stride + 1) + 1;
    for (let column = 0; column < width; column++, from += step, to++) {
      data[to] = depth === 16 ? (lines[from] << 8) | lines[from + 1] : lines[from];
    }
  }
  return data;
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
