// Cutting a particle along a line without losing a pixel; pipeline/edit/cuts.py does the same.
//
// Two neighbouring pixels are parted where the line runs between their centres. Points are rounded to
// odd eighths of a pixel, so none lies in line with pixel centres.

import { EIGHTHS } from "./strokes.js";

export const SLIVER_PX = 4;

/**
 * The parts that a line cuts off a particle, each a list of indices into the raster, in the order of
 * their first pixel; the largest part is not among them. Empty where the line does not cut.
 */
export function partsOf(raster, label, box, line) {
  const inside = new Window(raster, label, box);
  const whole = inside.pieces(() => false, () => false);
  const cut = inside.pieces(...between(line, box));
  const sizes = [];
  for (const piece of cut) if (piece >= 0) sizes[piece] = (sizes[piece] ?? 0) + 1;
  const within = new Map(); // piece before the cut -> pieces after it
  cut.forEach((piece, at) => {
    if (piece < 0 || sizes[piece] < SLIVER_PX) return;
    if (!within.has(whole[at])) within.set(whole[at], new Set());
    within.get(whole[at]).add(piece);
  });
  const found = [];
  for (const pieces of within.values()) {
    if (pieces.size < 2) continue;
    const sorted = [...pieces].sort((a, b) => a - b);
    const largest = sorted.reduce((best, piece) => (sizes[piece] > sizes[best] ? piece : best));
    found.push(...sorted.filter((piece) => piece !== largest));
  }
  return found.sort((a, b) => a - b).map((piece) => inside.indices(cut, piece));
}

class Window {
  constructor({ width, data }, label, { top, left, bottom, right }) {
    Object.assign(this, { top, left, stride: width });
    this.width = right - left + 1;
    this.height = bottom - top + 1;
    this.mask = new Uint8Array(this.width * this.height);
    for (let row = 0, at = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column++, at++) {
        this.mask[at] = data[(top + row) * width + left + column] === label ? 1 : 0;
      }
    }
  }

  /** The number of each pixel's piece, from 0 on by first pixel; -1 on the ground. */
  pieces(partedRight, partedDown) {
    const { width, height, mask } = this;
    const found = new Int32Array(mask.length).fill(-1);
    let count = 0;
    for (let start = 0; start < mask.length; start++) {
      if (!mask[start] || found[start] >= 0) continue;
      const stack = [start];
      found[start] = count;
      const visit = (at) => {
        if (!mask[at] || found[at] >= 0) return;
        found[at] = count;
        stack.push(at);
      };
      while (stack.length) {
        const at = stack.pop();
        const row = Math.floor(at / width);
        const column = at % width;
        if (column + 1 < width && !partedRight(row, column)) visit(at + 1);
        if (column > 0 && !partedRight(row, column - 1)) visit(at - 1);
        if (row + 1 < height && !partedDown(row, column)) visit(at + width);
        if (row > 0 && !partedDown(row - 1, column)) visit(at - width);
      }
      count += 1;
    }
    return found;
  }

  indices(pieces, piece) {
    const found = [];
    pieces.forEach((number, at) => {
      if (number !== piece) return;
      const row = Math.floor(at / this.width);
      found.push((this.top + row) * this.stride + this.left + (at % this.width));
    });
    return found;
  }
}

/** Whether a pixel is parted from its right, and from its lower neighbour, by the line. */
function between(line, { top, left }) {
  const at = line.map(([row, column]) => [oddEighths(row), oddEighths(column)]);
  const sides = at.slice(1).map(([r2, c2], i) => ({ r1: at[i][0], c1: at[i][1], r2, c2 }));
  const side = ({ r1, c1, r2, c2 }, y, x) => (r2 - r1) * (x - c1) - (c2 - c1) * (y - r1) >= 0;
  const right = (row, column) => {
    const y = (top + row) * EIGHTHS;
    const x = (left + column) * EIGHTHS;
    return sides.some(
      (s) => s.r1 > y !== s.r2 > y && side(s, y, x) !== side(s, y, x + EIGHTHS),
    );
  };
  const down = (row, column) => {
    const y = (top + row) * EIGHTHS;
    const x = (left + column) * EIGHTHS;
    return sides.some(
      (s) => s.c1 > x !== s.c2 > x && side(s, y, x) !== side(s, y + EIGHTHS, x),
    );
  };
  return [right, down];
}

function oddEighths(length_px) {
  return 2 * Math.floor(length_px * 4 + 0.5) + 1;
}
