// Decodes grey PNGs exactly, in a page or in a worker.
//
// A canvas would round 16 bits to 8 and pass them through colour management, so height maps and
// labels are decoded here; the browser's own inflate does the heavy part (a library would bring one
// in JavaScript, several times slower).

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/** Width and height as the header has them; nothing is decoded. */
export function sizeOf(bytes) {
  if (SIGNATURE.some((value, at) => bytes[at] !== value)) throw new Error("This is no PNG.");
  if (bytes.length < 24) throw new Error("The PNG holds no image.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Decode the bytes of a grey PNG of 8 or 16 bits; `onProgress` is told the part that is done. */
export async function decodePng16(bytes, { onProgress } = {}) {
  const { header, packed } = chunks(bytes);
  const { width, height, depth, channels } = header;
  const stride = (width * channels * depth) / 8;
  const lines = await inflate(packed, height * (stride + 1), onProgress);
  unfilter(lines, height, stride, (channels * depth) / 8);
  onProgress?.(0.9);
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

/** Inflate to a known size, piece by piece into its place. */
async function inflate(parts, size, onProgress) {
  const lines = new Uint8Array(size);
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
  let at = 0;
  for (const reader = stream.getReader(); at < size; ) {
    const { done, value } = await reader.read().catch(() => ({ done: true }));
    if (done) throw new Error("The PNG ends too early or is damaged.");
    lines.set(value.subarray(0, size - at), at);
    at += value.length;
    onProgress?.((0.6 * Math.min(at, size)) / size);
  }
  return lines;
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
