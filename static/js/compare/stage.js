// The panes of a comparison: side by side, or two pictures in one pane.

import { Pane, crosshair, labelTable, lineMark } from "../viewer/index.js";

const BLINK_MS = 700; // slower than three flashes a second (WCAG 2.3.1)

export class Stage {
  #generation = 0; // pictures that arrive for a layout that is gone are dropped
  #shown = "";
  #timer = null;

  constructor(host, view, sources, { nm_per_px, line }) {
    Object.assign(this, { host, view, sources, nm_per_px, line, panes: [], front: 0, paused: false });
    this.pictures = []; // what is shown: {name, raster, tiles}, for values under the pointer
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)");
  }

  /** Show a state; only what differs is built anew. */
  async show(state) {
    const layout = JSON.stringify([state.mode, state.mode === "side" ? state.with : state.against]);
    const generation = ++this.#generation;
    const pictures = await Promise.all(this.#wanted(state));
    const particles = state.contours || state.particle ? await this.sources.particles() : null;
    if (generation !== this.#generation) return;
    this.pictures = pictures;
    if (layout !== this.#shown) this.#build(state);
    this.#shown = layout;
    this.#layers(state, particles);
    this.#blink(state);
  }

  #wanted({ mode, against, with: others }) {
    const other = (key) => (key === "height" ? this.sources.heights() : this.sources.image(key));
    const keys = mode === "side" ? [...others, "height"] : [against];
    return [this.sources.image("image"), ...keys.map(other)];
  }

  #build({ mode }) {
    for (const pane of this.panes) pane.remove();
    this.host.replaceChildren();
    this.host.dataset.mode = mode;
    const groups = mode === "side" ? this.pictures.map((one) => [one]) : [this.pictures];
    this.host.dataset.count = groups.length;
    this.panes = groups.map((pictures) => this.#figure(pictures, mode));
  }

  #figure(pictures, mode) {
    const names = pictures.map(({ name }) => name);
    const pane = new Pane(this.view, {
      label: `${names.join(" and ")}. Arrows move, plus and minus zoom, 0 fits, 1 is 1:1.`,
      nm_per_px: this.nm_per_px,
      marks: [crosshair(this.view), lineMark(() => this.line.line)],
    });
    pane.element.style.aspectRatio = `${this.view.width} / ${this.view.height}`;
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.append(...captions(names, mode));
    figure.append(pane.element, caption);
    this.host.append(figure);
    if (mode === "swipe") this.#addDivider(pane);
    return pane;
  }

  /** The divider's own handle; the slider among the tools does the same by keyboard. */
  #addDivider(pane) {
    const handle = document.createElement("div");
    handle.className = "divider";
    pane.element.append(handle);
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      event.stopPropagation();
    });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      event.stopPropagation();
      const box = pane.element.getBoundingClientRect();
      const at = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      this.host.dispatchEvent(new CustomEvent("divide", { detail: at }));
    });
  }

  #layers(state, particles) {
    this.panes.forEach((pane, index) => {
      pane.layers = state.mode === "side" ? [{ tiles: this.pictures[index].tiles }] : this.#two(state);
      if (state.contours) pane.layers.push({ tiles: particles.outlines });
      if (state.particle) pane.layers.push({ tiles: particles.marked });
      pane.tool = state.tool === "line" ? this.line : null;
      pane.element.classList.toggle("drawing", pane.tool !== null);
      const divider = pane.element.querySelector(".divider");
      if (divider) divider.style.left = `${state.at * 100}%`;
      pane.redraw();
    });
    if (particles) this.#mark(particles, state.particle);
  }

  #two({ mode, at }) {
    const [first, second] = this.pictures.map(({ tiles }) => tiles);
    if (mode === "swipe") return [{ tiles: first, to: at }, { tiles: second, from: at }];
    if (mode === "overlay") return [{ tiles: first }, { tiles: second, opacity: at }];
    return [{ tiles: this.front ? second : first }];
  }

  #mark(particles, label) {
    if (particles.shown === label) return;
    particles.shown = label;
    const white = labelTable((other) => (other === label ? [255, 255, 255] : null));
    particles.marked.setColours(white, particles.regions.get(label) ?? null);
  }

  #blink(state) {
    clearInterval(this.#timer);
    this.#timer = null;
    if (state.mode !== "blink") return;
    this.#caption();
    if (this.paused || this.reduced.matches) return; // who wants less motion swaps by hand
    this.#timer = setInterval(() => document.hidden || this.swap(), BLINK_MS);
  }

  /** Put the other picture of a blink in front. */
  swap() {
    if (this.host.dataset.mode !== "blink" || this.panes.length !== 1) return;
    this.front = 1 - this.front;
    this.panes[0].layers[0] = { tiles: this.pictures[this.front].tiles };
    this.panes[0].redraw();
    this.#caption();
  }

  #caption() {
    this.host.querySelectorAll("figcaption span").forEach((span, index) => {
      span.toggleAttribute("data-front", index === this.front);
    });
  }

  redrawMarks() {
    for (const pane of this.panes) pane.redrawMarks();
  }

  redraw() {
    for (const pane of this.panes) pane.redraw();
  }
}

function captions(names, mode) {
  const words = { swipe: ["left: ", "right: "], overlay: ["below: ", "above: "] }[mode] ?? ["", ""];
  return names.map((name, index) => {
    const span = document.createElement("span");
    span.textContent = mode === "side" ? name : `${words[index]}${name}`;
    return span;
  });
}
