// What panes draw: tiles of 256 px, painted from exact rasters when they are first needed.
//
// Level 0 is the image; level n > 0 is 2^n times smaller, level n < 0 is 2^-n times larger (for
// outlines, which stay thin however close one looks). Only what is on the screen is painted, so an
// image of 8192 x 8192 px costs no more than a small one, and no canvas exceeds what browsers allow.

import { packed32 } from "../raster.js";

export const TILE_PX = 256;
const KEPT_TILES = 400; // 256 KB each

class Tiles {
  #kept = new Map();

  constructor({ width, height }) {
    Object.assign(this, { width, height });
  }

  /** Size of the whole image at a level. */
  sizeAt(level) {
    const scale = 2 ** -level;
    return { width: Math.ceil(this.width * scale), height: Math.ceil(this.height * scale) };
  }

  /** A tile as a canvas; null where it is empty, undefined where it is not painted yet. */
  tile(level, column, row, mayPaint = true) {
    const key = `${level}/${column}/${row}`;
    let found = this.#kept.get(key);
    if (found === undefined) {
      if (!mayPaint) return undefined;
      found = this.#painted(level, column, row);
    } else {
      this.#kept.delete(key); // and to the end: the first key is the one unused for longest
    }
    this.#kept.set(key, found);
    if (this.#kept.size > KEPT_TILES) this.#kept.delete(this.#kept.keys().next().value);
    return found;
  }

  #painted(level, column, row) {
    const size = this.sizeAt(level);
    const width = Math.min(TILE_PX, size.width - column * TILE_PX);
    const height = Math.min(TILE_PX, size.height - row * TILE_PX);
    const box = { left: column * TILE_PX, top: row * TILE_PX, width, height };
    const image = new ImageData(width, height);
    if (!this.paint(new Uint32Array(image.data.buffer), level, box)) return null;
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  }

  /** Forget all tiles, or those that show a part of `box` ({left, top, right, bottom}, pixels). */
  invalidate(box = null) {
    if (!box) return this.#kept.clear();
    for (const key of this.#kept.keys()) {
      const [level, column, row] = key.split("/").map(Number);
      const side = TILE_PX * 2 ** level;
      const margin = 4 * 2 ** level; // outlines reach into the next tile
      const apart =
        box.right < column * side - margin ||
        box.left > (column + 1) * side + margin ||
        box.bottom < row * side - margin ||
        box.top > (row + 1) * side + margin;
      if (!apart) this.#kept.delete(key);
    }
  }
}

/** A grey raster through a table of colours (`colours.js`); smaller levels are means of blocks. */
export class RasterTiles extends Tiles {
  constructor(raster, colours) {
    super(raster);
    Object.assign(this, { raster, colours });
  }

  setColours(colours) {
    this.colours = colours;
    this.invalidate();
  }

  levelFor(scale) {
    return scale >= 1 ? 0 : Math.floor(Math.log2(1 / scale));
  }

  paint(out, level, { left, top, width, height }) {
    const { data, width: stride } = reduced(this.raster, level);
    const { colours } = this;
    for (let row = 0, to = 0; row < height; row++) {
      let from = (top + row) * stride + left;
      for (let column = 0; column < width; column++) out[to++] = colours[data[from++]];
    }
    return true;
  }
}

/**
 * Labels as fills or outlines in the colours of a table (`labelTable`), 0 for none.
 * Outlines are up to `thickness` CSS pixels wide, on the inside of each particle.
 */
export class LabelTiles extends Tiles {
  constructor(raster, colours, { outline = false, thickness = 2 } = {}) {
    super(raster);
    thickness = Math.round(thickness * (globalThis.devicePixelRatio || 1));
    Object.assign(this, { raster, colours, outline, thickness, region: null });
  }

  /** Other colours; where only one label has one, its bounding box as `region` saves the rest. */
  setColours(colours, region = null) {
    Object.assign(this, { colours, region });
    this.invalidate();
  }

  levelFor(scale) {
    const level = -Math.ceil(Math.log2(scale) - 1e-9);
    return this.outline ? level : Math.max(0, level);
  }

  paint(out, level, box) {
    if (this.region && !overlaps(this.region, level, box)) return false;
    const margin = this.outline ? (level > 0 ? 1 : this.thickness) : 0;
    const window = this.#window(level, box, margin);
    return margin ? this.#outlines(out, box, window, margin) : this.#fills(out, window);
  }

  #fills(out, window) {
    const { colours } = this;
    let some = 0;
    for (let at = 0; at < out.length; at++) some |= out[at] = colours[window[at]];
    return some !== 0;
  }

  #outlines(out, { width, height }, window, margin) {
    const stride = width + 2 * margin;
    const { colours } = this;
    let some = 0;
    for (let row = 0, to = 0; row < height; row++) {
      let at = (row + margin) * stride + margin;
      for (let column = 0; column < width; column++, at++, to++) {
        const label = window[at];
        if (label === 0 || colours[label] === 0) continue;
        for (let far = 1; far <= margin; far++) {
          if (
            window[at - far] !== label ||
            window[at + far] !== label ||
            window[at - far * stride] !== label ||
            window[at + far * stride] !== label
          ) {
            some |= out[to] = colours[label];
            break;
          }
        }
      }
    }
    return some !== 0;
  }

  /** The labels of a tile and `margin` pixels round it; beyond the border the border's repeat. */
  #window(level, { left, top, width, height }, margin) {
    const { data, width: stride, height: lines } = this.raster;
    const columns = width + 2 * margin;
    const window = new Uint16Array(columns * (height + 2 * margin));
    const place = placer(level);
    const from = Int32Array.from({ length: columns }, (_, i) =>
      clamp(place(left + i - margin), stride),
    );
    for (let row = -margin, to = 0; row < height + margin; row++) {
      const line = clamp(place(top + row), lines) * stride;
      for (let column = 0; column < columns; column++) window[to++] = data[line + from[column]];
    }
    return window;
  }
}

/** Colours of labels as LabelTiles wants them; `colour(label)` gives [r, g, b] or null. */
export function labelTable(colour, alpha = 255) {
  const table = new Uint32Array(65536);
  for (let label = 1; label < table.length; label++) {
    const rgb = colour(label);
    if (rgb) table[label] = packed32(rgb, alpha);
  }
  return table;
}

/** From a position of a level to the image pixel in the middle of it. */
function placer(level) {
  if (level <= 0) return (at) => at >> -level;
  const half = (1 << level) >> 1;
  return (at) => (at << level) + half;
}

function clamp(at, size) {
  return at < 0 ? 0 : at >= size ? size - 1 : at;
}

function overlaps(region, level, { left, top, width, height }) {
  const scale = 2 ** level;
  return (
    region.left <= (left + width) * scale &&
    region.right + 1 >= left * scale &&
    region.top <= (top + height) * scale &&
    region.bottom + 1 >= top * scale
  );
}

const pyramids = new WeakMap(); // raster -> its smaller ones; several layers show one raster

function reduced(raster, level) {
  if (level <= 0) return raster;
  if (!pyramids.has(raster)) pyramids.set(raster, []);
  const levels = pyramids.get(raster);
  levels[level] ??= halved(reduced(raster, level - 1));
  return levels[level];
}

/** Means of blocks of 2 x 2; the last column or row of an odd size counts twice. */
function halved({ width, height, data }) {
  const columns = Math.ceil(width / 2);
  const rows = Math.ceil(height / 2);
  const out = new Uint16Array(columns * rows);
  for (let row = 0, to = 0; row < rows; row++) {
    const upper = 2 * row * width;
    const lower = Math.min(2 * row + 1, height - 1) * width;
    for (let column = 0; column < columns; column++) {
      const left = 2 * column;
      const right = Math.min(left + 1, width - 1);
      const sum = data[upper + left] + data[upper + right] + data[lower + left] + data[lower + right];
      out[to++] = (sum + 2) >> 2;
    }
  }
  return { width: columns, height: rows, data: out };
}
