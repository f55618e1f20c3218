// The rasters of a comparison, each fetched once: SEM images, the height map, the true labels.

import { labelColour, labelRegions, loadPng16 } from "../raster.js";
import { LabelTiles, RasterTiles, colourTable, labelTable } from "../viewer/index.js";

export class Sources {
  #found = new Map();

  constructor({ labels, scene, images, height, top_nm }) {
    Object.assign(this, { labels, scene, images, height, top_nm, map: "grey" });
  }

  /** An SEM image by its key: {name, raster, tiles}. */
  image(key) {
    return this.#once(`image ${key}`, async () => {
      const { name, url } = this.images.get(key);
      const raster = await loadPng16(url);
      return { name, raster, tiles: new RasterTiles(raster, colourTable("grey", raster.depth)) };
    });
  }

  /** The height map: {name, raster, tiles, nm_per_step}. */
  heights() {
    return this.#once("height", async () => {
      const raster = await loadPng16(this.height.url);
      const tiles = new RasterTiles(raster, colourTable(this.map, raster.depth));
      const nm_per_step = this.top_nm / (2 ** raster.depth - 1);
      return { name: this.height.name, raster, tiles, nm_per_step };
    });
  }

  /** The true particles: {raster, outlines, marked, regions}. */
  particles() {
    return this.#once("labels", async () => {
      const raster = await loadPng16(this.labels);
      const outlines = new LabelTiles(raster, labelTable(labelColour), { outline: true });
      const marked = new LabelTiles(raster, labelTable(() => null), { outline: true, thickness: 4 });
      return { raster, outlines, marked, regions: labelRegions(raster) };
    });
  }

  /** What is exactly known of the particles: Map label -> truth; empty where nothing is kept. */
  truth() {
    return this.#once("truth", async () => {
      if (!this.scene) return new Map();
      const response = await fetch(this.scene);
      const { particles } = await response.json();
      return new Map(particles.map((particle) => [particle.label, particle]));
    });
  }

  async setMap(map) {
    if (map === this.map) return;
    this.map = map;
    const { tiles, raster } = await this.heights();
    tiles.setColours(colourTable(map, raster.depth));
  }

  #once(key, load) {
    if (!this.#found.has(key)) this.#found.set(key, load());
    return this.#found.get(key);
  }
}
