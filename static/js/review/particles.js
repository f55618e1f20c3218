// The particles of a mask as rows: what the server measured, and previews of what was edited since.

import { measured } from "./measuring.js";

/** Rows from the server's columns (`particles.json`); lengths in px. */
export function rowsOf({ columns }) {
  const rows = new Map();
  columns.label.forEach((label, at) => {
    rows.set(label, {
      label,
      row: columns.centroid_row_px[at],
      column: columns.centroid_column_px[at],
      area: columns.area_px2[at],
      diameter: columns.equivalent_diameter_px[at],
      minimum: columns.minimum_feret_px[at],
      maximum: columns.maximum_feret_px[at],
      circularity: columns.circularity[at],
      excluded: columns.excluded[at],
      preview: false,
    });
  });
  return rows;
}

/** Particles that follow a mask; "change" tells that rows are others. */
export class Particles extends EventTarget {
  #saved;

  constructor(mask, told, rows_px) {
    super();
    this.mask = mask;
    this.rows_px = rows_px;
    this.#saved = rowsOf(told);
    this.rows = new Map(this.#saved);
    mask.addEventListener("change", ({ detail }) => this.#follow(detail));
  }

  #follow({ labels }) {
    for (const label of labels) {
      const region = this.mask.regions.get(label);
      if (!region) {
        this.rows.delete(label);
        continue;
      }
      const saved = this.#saved.get(label);
      // Back to what was measured: undo gives the exact numbers again.
      const same =
        saved &&
        saved.area === region.area_px &&
        Math.abs(saved.row - (region.y - 0.5)) < 0.01 &&
        Math.abs(saved.column - (region.x - 0.5)) < 0.01;
      this.rows.set(label, same ? saved : measured(this.mask, label, this.rows_px));
    }
    this.dispatchEvent(new Event("change"));
  }

  get counted() {
    return [...this.rows.values()].filter((row) => !row.excluded);
  }
}

/** Which particles are picked; "change" has {detail: {by}}: who picked. */
export class Selection extends EventTarget {
  labels = new Set();

  set(labels, by) {
    this.labels = new Set(labels);
    this.dispatchEvent(new CustomEvent("change", { detail: { by } }));
  }

  toggle(label, by) {
    const labels = new Set(this.labels);
    if (!labels.delete(label)) labels.add(label);
    this.set(labels, by);
  }

  has(label) {
    return this.labels.has(label);
  }

  get size() {
    return this.labels.size;
  }

  get only() {
    return this.labels.size === 1 ? [...this.labels][0] : null;
  }
}
