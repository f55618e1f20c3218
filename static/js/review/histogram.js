// A histogram of sizes as SVG; dragging over it, or the keys, picks a range.

import { binsOf, countsIn, niceTop } from "./statistics.js";

const SVG = "http://www.w3.org/2000/svg";
const SIZE = { width: 420, height: 210, left: 40, right: 16, top: 8, bottom: 36 };

function svg(name, attributes = {}, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

/**
 * "range" events have {detail: {low, high}}, or null where the range was taken back. `series` are
 * {name, values, kind}; the kinds `first` and `second` differ by hatching too, not colour alone.
 */
export class Histogram extends EventTarget {
  #dragged = null;

  constructor(element, { unit, pickable = true, label }) {
    super();
    Object.assign(this, { element, unit, pickable, label, series: [], picked: [], range: null });
    if (pickable) this.#listen();
  }

  /** Values of each series, and those of them that are picked. */
  show(series, picked = []) {
    Object.assign(this, { series, picked });
    this.bins = binsOf(...series.map(({ values }) => values));
    this.#draw();
  }

  pick(picked) {
    this.picked = picked;
    this.#draw();
  }

  #x(value) {
    const { edges } = this.bins;
    const wide = SIZE.width - SIZE.left - SIZE.right;
    return SIZE.left + ((value - edges[0]) / (edges.at(-1) - edges[0])) * wide;
  }

  #value(x) {
    const { edges } = this.bins;
    const wide = SIZE.width - SIZE.left - SIZE.right;
    return edges[0] + ((x - SIZE.left) / wide) * (edges.at(-1) - edges[0]);
  }

  #draw() {
    const counts = this.series.map(({ values }) => countsIn(this.bins, values));
    const top = niceTop(Math.max(4, ...counts.flat()));
    const y = (count) => SIZE.height - SIZE.bottom - (count / top) * (SIZE.height - SIZE.top - SIZE.bottom);
    const root = svg("svg", {
      viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-label": this.label ?? "Histogram",
      class: "histogram-chart",
    });
    this.#axes(root, top, y);
    counts.forEach((bars, index) => this.#bars(root, bars, y, this.series[index].kind ?? "all"));
    if (this.picked.length) this.#bars(root, countsIn(this.bins, this.picked), y, "picked");
    const range = this.#dragged ?? this.range;
    if (range) {
      const [low, high] = [range.low, range.high].map((value) => this.#x(value));
      root.append(svg("rect", {
        x: low, y: SIZE.top, width: Math.max(1, high - low),
        height: SIZE.height - SIZE.top - SIZE.bottom, class: "histogram-range",
      }));
    }
    this.element.replaceChildren(root);
  }

  #axes(root, top, y) {
    const base = SIZE.height - SIZE.bottom;
    for (const part of [0, 0.5, 1]) {
      const line = y(top * part);
      root.append(svg("line", { x1: SIZE.left, x2: SIZE.width - SIZE.right, y1: line, y2: line, class: "histogram-grid" }));
      root.append(svg("text", { x: SIZE.left - 6, y: line + 4, "text-anchor": "end" }, String(top * part)));
    }
    const { edges } = this.bins;
    const every = Math.max(1, Math.ceil((edges.length - 1) / 6));
    for (let at = 0; at < edges.length; at += every) {
      const text = String(Number(edges[at].toPrecision(6)));
      root.append(svg("text", { x: this.#x(edges[at]), y: base + 15, "text-anchor": "middle" }, text));
    }
    const middle = (SIZE.left + SIZE.width - SIZE.right) / 2;
    root.append(svg("text", { x: middle, y: SIZE.height - 4, "text-anchor": "middle" }, `equivalent diameter (${this.unit})`));
  }

  #bars(root, counts, y, kind) {
    const { edges } = this.bins;
    counts.forEach((count, at) => {
      if (!count) return;
      const x = this.#x(edges[at]);
      root.append(svg("rect", {
        x: x + 0.5, y: y(count), width: Math.max(1, this.#x(edges[at + 1]) - x - 1),
        height: y(0) - y(count), class: `histogram-bar histogram-${kind}`,
      }));
    });
  }

  #listen() {
    const { element } = this;
    const at = (event) => {
      const box = element.getBoundingClientRect();
      return this.#value(((event.clientX - box.left) / box.width) * SIZE.width);
    };
    let start = null;
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !this.bins) return;
      element.setPointerCapture(event.pointerId);
      start = at(event);
    });
    element.addEventListener("pointermove", (event) => {
      if (start === null) return;
      const now = at(event);
      this.#dragged = { low: Math.min(start, now), high: Math.max(start, now) };
      this.#draw();
    });
    element.addEventListener("pointerup", () => {
      if (start === null) return;
      const dragged = this.#dragged;
      [start, this.#dragged] = [null, null];
      this.setRange(dragged && dragged.high - dragged.low > this.bins.width / 10 ? dragged : null);
    });
  }

  setRange(range) {
    this.range = range;
    this.#draw();
    this.dispatchEvent(new CustomEvent("range", { detail: range }));
  }
}
