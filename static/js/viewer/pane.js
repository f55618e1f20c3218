// One picture of a linked viewer: layers of tiles on a canvas, and marks on a second one above it.
//
// A canvas of our own instead of OpenSeadragon: heights and labels have 16 bits and must be decoded
// in the page anyway, to be read under the pointer, coloured, outlined and measured along a line;
// OpenSeadragon shows only 8-bit images that a server has coloured and cut before, and two of its
// viewers that follow each other need guards against loops. Here panes share one View instead.

import { scaleBar } from "./scale_bar.js";
import { TILE_PX } from "./tiles.js";
import { gestures } from "./gestures.js";

const PAINT_MS = 10; // a frame paints no longer; what is missing follows in the next ones

export class Pane {
  #stale = { layers: false, marks: false };
  #scheduled = false;

  /**
   * `layers` are {tiles, opacity, from, to}, from back to front; from and to cut the pane's width
   * (0 to 1). `marks` are functions (context, place) that draw above; place has toPane(point),
   * scale and ratio. `tool` takes drags instead of the pan: {down, move, up}(point), image pixels.
   */
  constructor(view, { label, nm_per_px = null, hasDataBar = false, layers = [], marks = [] }) {
    Object.assign(this, { view, nm_per_px, layers, marks, tool: null });
    this.element = document.createElement("div");
    this.element.className = "pane";
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "img");
    this.element.setAttribute("aria-label", label);
    this.canvas = this.#canvas();
    this.overlay = this.#canvas();
    this.#addScaleBar(hasDataBar);
    this.#listen();
  }

  #canvas() {
    const canvas = document.createElement("canvas");
    this.element.append(canvas);
    return canvas;
  }

  /** In the corner below; above where the micrograph's own bar lies there already. */
  #addScaleBar(hasDataBar) {
    this.bar = document.createElement("div");
    this.bar.className = hasDataBar ? "scale-bar above" : "scale-bar";
    this.barLine = document.createElement("i");
    this.barText = document.createElement("span");
    this.bar.append(this.barText, this.barLine);
    this.bar.hidden = this.nm_per_px === null;
    this.bar.setAttribute("aria-hidden", "true"); // a part of the picture
    this.element.append(this.bar);
  }

  #listen() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.view.addEventListener("change", () => this.redraw(), { signal });
    this.view.addEventListener("hover", () => this.redrawMarks(), { signal });
    gestures(this, signal);
    this.observer = new ResizeObserver(() => this.#resize());
    this.observer.observe(this.element);
  }

  remove() {
    this.stop.abort();
    this.observer.disconnect();
    this.element.remove();
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    const ratio = this.view.pixelRatio;
    for (const canvas of [this.canvas, this.overlay]) {
      Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    }
    this.view.setFrame(width, height);
    this.draw(); // at once: a canvas whose size was set is empty
  }

  redraw() {
    this.#stale.layers = true;
    this.redrawMarks();
  }

  redrawMarks() {
    this.#stale.marks = true;
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      if (this.#stale.layers) this.draw();
      else this.#drawMarks();
    });
  }

  draw() {
    this.#stale.layers = false;
    const context = this.canvas.getContext("2d");
    const { width, height } = this.canvas;
    context.clearRect(0, 0, width, height);
    const place = this.#place();
    const deadline = performance.now() + PAINT_MS;
    let complete = true;
    for (const { tiles, opacity = 1, from = 0, to = 1 } of this.layers) {
      if (opacity <= 0 || from >= to) continue;
      context.save();
      context.globalAlpha = opacity;
      context.beginPath();
      context.rect(Math.round(from * width), 0, Math.round(to * width) - Math.round(from * width), height);
      context.clip();
      complete = drawTiles(context, tiles, place, deadline) && complete;
      context.restore();
    }
    this.#drawMarks();
    this.#drawScaleBar();
    if (!complete) this.redraw();
  }

  /** Where the image lies in the canvas, in device pixels; its corner on a whole one. */
  #place() {
    const ratio = this.view.pixelRatio;
    const scale = this.view.zoom * ratio;
    const left = Math.round(this.canvas.width / 2 - this.view.x * scale);
    const top = Math.round(this.canvas.height / 2 - this.view.y * scale);
    return {
      scale, ratio, left, top,
      toPane: ({ x, y }) => ({ x: left + x * scale, y: top + y * scale }),
    };
  }

  /** The image point under a point of the pane (CSS pixels), exact to the drawn pixel. */
  toImage({ x, y }) {
    const { scale, ratio, left, top } = this.#place();
    return { x: (x * ratio - left) / scale, y: (y * ratio - top) / scale };
  }

  #drawMarks() {
    this.#stale.marks = false;
    const context = this.overlay.getContext("2d");
    context.clearRect(0, 0, this.overlay.width, this.overlay.height);
    const place = this.#place();
    for (const mark of this.marks) {
      context.save();
      mark(context, place);
      context.restore();
    }
  }

  #drawScaleBar() {
    if (this.nm_per_px === null) return;
    const room_px = Math.min(160, this.element.clientWidth / 3);
    const bar = scaleBar({ nm_per_px: this.nm_per_px, zoom: this.view.zoom, room_px });
    this.barLine.style.width = `${bar.width_px}px`;
    this.barText.textContent = bar.text;
  }
}

/** Draw what is on the canvas; false where some tiles must wait for the next frame. */
function drawTiles(context, tiles, { scale, left, top }, deadline) {
  const level = tiles.levelFor(scale);
  const size = tiles.sizeAt(level);
  const step = scale * 2 ** level; // device pixels per pixel of the level
  context.imageSmoothingEnabled = step < 1;
  const edge = (origin, at) => Math.round(origin + at * step);
  const span = (origin, length, limit) => [
    Math.max(0, Math.floor(-origin / (step * TILE_PX))),
    Math.min(Math.ceil(length / TILE_PX), Math.ceil((limit - origin) / (step * TILE_PX))),
  ];
  const [firstColumn, endColumn] = span(left, size.width, context.canvas.width);
  const [firstRow, endRow] = span(top, size.height, context.canvas.height);
  let complete = true;
  for (let row = firstRow; row < endRow; row++) {
    for (let column = firstColumn; column < endColumn; column++) {
      const tile = tiles.tile(level, column, row, performance.now() < deadline);
      if (tile === undefined) complete = false;
      if (!tile) continue;
      const [x, y] = [column * TILE_PX, row * TILE_PX];
      const [from, above] = [edge(left, x), edge(top, y)];
      const wide = edge(left, x + tile.width) - from;
      context.drawImage(tile, from, above, wide, edge(top, y + tile.height) - above);
    }
  }
  return complete;
}
