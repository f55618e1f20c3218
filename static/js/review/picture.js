// The image and its masks in a viewer: grey below, labels above, picked particles on top.

import { labelColour, loadPng16 } from "../raster.js";
import { LabelTiles, Pane, RasterTiles, View, colourTable, labelTable } from "../viewer/index.js";

/** The grey image as a raster; pictures that are no grey PNG go through a canvas. */
export async function loadGrey(url, options) {
  try {
    return await loadPng16(url, options);
  } catch {
    const response = await fetch(url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(`The image could not be loaded (${response.status}).`);
    const bitmap = await createImageBitmap(await response.blob());
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const grey = new Uint16Array(canvas.width * canvas.height);
    for (let at = 0; at < grey.length; at++) {
      grey[at] = Math.round(0.299 * data[4 * at] + 0.587 * data[4 * at + 1] + 0.114 * data[4 * at + 2]);
    }
    return { width: canvas.width, height: canvas.height, depth: 8, data: grey };
  }
}

export function greyTiles(raster) {
  return new RasterTiles(raster, colourTable("grey", raster.depth));
}

const PICKED = [255, 255, 255];

/** The picture of a mask that is corrected. */
export class Picture {
  constructor(place, { grey, mask, rows, nm_per_px, name, selection }) {
    Object.assign(this, { mask, selection });
    this.view = new View(mask);
    this.outlines = new LabelTiles(mask, labelTable(labelColour), { outline: true });
    this.fills = new LabelTiles(mask, labelTable(labelColour, 110));
    this.picked = new LabelTiles(mask, new Uint32Array(65536));
    this.rims = new LabelTiles(mask, new Uint32Array(65536), { outline: true, thickness: 3 });
    this.pane = new Pane(this.view, {
      label: `${name} with the outlines of its particles; arrows move, plus and minus zoom`,
      nm_per_px,
      hasDataBar: rows < mask.height,
      layers: [
        { tiles: greyTiles(grey) },
        { tiles: this.fills, opacity: 0 },
        { tiles: this.outlines },
        { tiles: this.picked },
        { tiles: this.rims },
      ],
    });
    this.pane.element.style.aspectRatio = `${mask.width} / ${mask.height}`;
    place.replaceChildren(this.pane.element);
    selection.addEventListener("change", () => this.showPicked());
    mask.addEventListener("change", ({ detail }) => this.#changed(detail));
  }

  /** `outline`, `fill` or `none`. */
  showMask(kind) {
    const [, fills, outlines] = this.pane.layers;
    fills.opacity = kind === "fill" ? 1 : 0;
    outlines.opacity = kind === "outline" ? 1 : 0;
    this.pane.redraw();
  }

  showPicked() {
    const { labels } = this.selection;
    const colour = (label) => (labels.has(label) ? PICKED : null);
    const region = this.#region(labels);
    this.picked.setColours(labels.size ? labelTable(colour, 70) : new Uint32Array(65536), region);
    this.rims.setColours(labels.size ? labelTable(colour) : new Uint32Array(65536), region);
    this.pane.redraw();
  }

  /** The box round what is picked: tiles beyond it stay empty. */
  #region(labels) {
    if (!labels.size) return { left: 0, top: 0, right: -1, bottom: -1 };
    const box = { left: Infinity, top: Infinity, right: -1, bottom: -1 };
    for (const label of labels) {
      const region = this.mask.regions.get(label);
      if (!region) continue;
      box.left = Math.min(box.left, region.left);
      box.top = Math.min(box.top, region.top);
      box.right = Math.max(box.right, region.right);
      box.bottom = Math.max(box.bottom, region.bottom);
    }
    return box;
  }

  #changed({ box }) {
    for (const tiles of [this.outlines, this.fills, this.picked, this.rims]) tiles.invalidate(box);
    this.showPicked();
  }

  /** Move there, where a particle is not seen. */
  reveal(label) {
    const region = this.mask.regions.get(label);
    if (!region) return;
    const { view } = this;
    const corner = view.toImage({ x: 0, y: 0 });
    const far = view.toImage({ x: view.frame.width, y: view.frame.height });
    const seen = region.x > corner.x && region.x < far.x && region.y > corner.y && region.y < far.y;
    if (!seen) view.look({ x: region.x, y: region.y, zoom: view.zoom });
  }
}

