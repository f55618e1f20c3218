// The page of one image: zoom, ground truth, measuring the scale bar, moving the data bar.

import { labelColour, loadPng16 } from "../raster.js";
import {
  LabelTiles, LineTool, Pane, RasterTiles, View, colourTable, labelTable, lineMark,
} from "../viewer/index.js";
import { BarTool, barMark } from "./bar_tool.js";
import { RulerForm } from "./ruler_form.js";

const HINTS = {
  ruler: "Draw a line from one end of the scale bar to the other; hold Shift to keep it level.",
  bar: "Drag the line to the first row of the data bar, then confirm.",
};

class ImagePage {
  #truth = null;

  constructor(root) {
    this.root = root;
    const { width, height, nmPerPx, name } = root.dataset;
    this.view = new View({ width: Number(width), height: Number(height) });
    const row = document.getElementById("bar-row");
    this.bar = new BarTool(this.view, row, () => this.pane.redrawMarks());
    this.ruler = new LineTool(this.view, () => this.#measured());
    const form = document.querySelector("[data-ruler-form]");
    this.form = form && new RulerForm(form);
    this.pane = new Pane(this.view, {
      label: `${name}. Arrows move, plus and minus zoom, 0 fits, 1 is 1:1.`,
      nm_per_px: nmPerPx ? Number(nmPerPx) : null,
      hasDataBar: this.bar.row !== null,
      marks: [barMark(this.bar), lineMark(() => this.ruler.line, "#f0e442")],
    });
    this.pane.element.style.aspectRatio = `${width} / ${height}`;
  }

  async start() {
    const raster = await loadPng16(this.root.dataset.view);
    this.pane.layers = [{ tiles: new RasterTiles(raster, colourTable("grey", raster.depth)) }];
    this.root.querySelector("[data-stage]").replaceChildren(this.pane.element);
    this.root.querySelector("[data-tools]").hidden = false;
    this.view.addEventListener("change", () => this.#showZoom());
    this.root.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-act]");
      if (button) this.#act(button.dataset.act);
    });
    const box = this.root.querySelector("[data-truth-toggle]");
    box?.addEventListener("change", () => this.#showTruth(box.checked));
    this.#showZoom();
    this.pane.redraw();
  }

  #act(name) {
    const { view } = this;
    const acts = {
      in: () => view.zoomIn(),
      out: () => view.zoomOut(),
      fit: () => view.fit(),
      actual: () => view.actualSize(),
      ruler: () => this.#use("ruler", this.ruler),
      bar: () => this.#use("bar", this.bar),
    };
    acts[name]?.();
  }

  /** Take a tool, or lay it down when it is in the hand already. */
  #use(name, tool) {
    this.pane.tool = this.pane.tool === tool ? null : tool;
    const inHand = this.pane.tool === tool;
    for (const button of this.root.querySelectorAll("[aria-pressed]")) {
      button.setAttribute("aria-pressed", String(inHand && button.dataset.act === name));
    }
    this.pane.element.classList.toggle("drawing", inHand);
    this.root.querySelector("[data-hint]").textContent = inHand ? HINTS[name] : "";
    if (name === "ruler" && inHand) this.form.open();
    if (name === "bar" && inHand) this.bar.propose();
  }

  #measured() {
    this.pane.redrawMarks();
    this.form.measured(this.ruler.line);
  }

  async #showTruth(shown) {
    if (shown && !this.#truth) {
      const raster = await loadPng16(this.root.dataset.truth);
      this.#truth = { tiles: new LabelTiles(raster, labelTable(labelColour), { outline: true }) };
    }
    this.pane.layers = shown ? [this.pane.layers[0], this.#truth] : [this.pane.layers[0]];
    this.pane.redraw();
  }

  #showZoom() {
    const percent = this.view.zoom * this.view.pixelRatio * 100;
    this.root.querySelector("[data-zoom]").textContent = `${Math.round(percent)} %`;
  }
}

const root = document.getElementById("viewer");
// An image that cannot be read exactly (in colour) stays what it is without scripts: a picture.
new ImagePage(root).start().catch((error) => {
  root.querySelector("[data-hint]").textContent = `No zoom and no tools for this image: ${error.message}`;
});
