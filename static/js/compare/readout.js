// What lies under the pointer: column, row, particle, height and grey values.

import { valueAt } from "../raster.js";
import { lengthText } from "../viewer/index.js";

export class Readout {
  constructor(root, view, sources, { nm_per_px, pictures }) {
    Object.assign(this, { view, sources, nm_per_px, pictures, heights: null, particles: null, truth: new Map() });
    this.cells = Object.fromEntries(
      [...root.querySelectorAll("[data-read]")].map((cell) => [cell.dataset.read, cell]),
    );
    view.addEventListener("hover", () => this.show());
    sources.heights().then((found) => (this.heights = found));
    sources.particles().then((found) => (this.particles = found));
    sources.truth().then((found) => (this.truth = found));
  }

  show() {
    const point = this.view.hover;
    const [column, row] = point ? [Math.floor(point.x), Math.floor(point.y)] : [-1, -1];
    const inside = column >= 0 && row >= 0 && column < this.view.width && row < this.view.height;
    this.#write("place", inside ? `${column}, ${row}` : null);
    this.#write("particle", inside && this.particles ? this.#particle(column, row) : null);
    this.#write("height", inside && this.heights ? this.#height(column, row) : null);
    this.#write("grey", inside ? this.#greys(column, row) : null);
  }

  async labelAt(point) {
    const { raster } = await this.sources.particles();
    return valueAt(raster, Math.floor(point.x), Math.floor(point.y)) || null;
  }

  #particle(column, row) {
    const label = valueAt(this.particles.raster, column, row);
    if (!label) return "none, the holder";
    const known = this.truth.get(label);
    if (known) {
      const seen = `${Math.round(100 * known.visible_fraction)} % seen`;
      return `${label}, ${known.shape.replace("_", " ")} of ${lengthText(known.diameter_nm)}, ${seen}`;
    }
    const area_nm2 = this.particles.regions.get(label).area_px * this.nm_per_px ** 2;
    return `${label}, visible area as a disc of ${lengthText(2 * Math.sqrt(area_nm2 / Math.PI))}`;
  }

  #height(column, row) {
    const { raster, nm_per_step } = this.heights;
    const height_nm = valueAt(raster, column, row) * nm_per_step;
    return `${height_nm.toFixed(height_nm < 100 ? 1 : 0)} nm`;
  }

  #greys(column, row) {
    const images = this.pictures().filter((picture) => picture !== this.heights);
    return images.map(({ raster }) => valueAt(raster, column, row)).join(" · ");
  }

  #write(name, text) {
    this.cells[name].textContent = text ?? "–";
  }
}
