// All particles of a mask as a grid: click what is none; the dismissed are deleted in one edit.

import { loadingBar } from "../loading.js";
import { loadPng16 } from "../raster.js";
import { Draft } from "./drafts.js";
import { Mask } from "./mask.js";
import { rowsOf } from "./particles.js";
import { loadGrey } from "./picture.js";
import { Conflict, save } from "./saving.js";
import { number } from "./statistics.js";

const MARGIN_PX = 4;
const CHUNK = 60; // buttons are made as one comes near them

const page = JSON.parse(document.getElementById("page-data").textContent);
const find = (name) => document.querySelector(`[data-${name}]`);
const scale = page.nm_per_px ?? 1;
const unit = page.nm_per_px ? "nm" : "px";

class Crops {
  dismissed = new Set();
  #shown = [];

  constructor(grey, mask, rows) {
    Object.assign(this, { grey, mask, rows: [...rows.values()] });
    this.box = find("crops");
    this.draft = new Draft({ ...page, kind: "crops" });
    this.watcher = new IntersectionObserver((entries) => this.#near(entries), { rootMargin: "600px" });
  }

  async start() {
    const kept = await this.draft.read();
    if (kept?.version === page.version) {
      for (const label of kept.dismissed ?? []) if (this.mask.regions.has(label)) this.dismissed.add(label);
    }
    this.show();
    this.#listen();
    this.#told();
  }

  show() {
    const order = find("order").value;
    const keys = {
      odd: (row) => row.circularity ?? 0,
      small: (row) => row.area,
      large: (row) => -row.area,
      label: (row) => row.label,
    };
    this.#shown = [...this.rows].sort((a, b) => keys[order](a) - keys[order](b) || a.label - b.label);
    this.watcher.disconnect();
    this.box.replaceChildren();
    this.#more();
  }

  #more() {
    const from = this.box.children.length;
    const next = this.#shown.slice(from, from + CHUNK).map((row) => this.#button(row));
    this.box.append(...next);
    if (next.length) this.watcher.observe(next.at(-1));
  }

  #near(entries) {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    this.watcher.disconnect();
    this.#more();
  }

  #button(row) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "crop";
    button.dataset.label = row.label;
    button.disabled = !page.saveUrl;
    button.setAttribute("aria-pressed", String(this.dismissed.has(row.label)));
    const text = `${number(row.diameter * scale)} ${unit}`;
    button.setAttribute("aria-label", `Particle ${row.label}, ${text}: dismiss`);
    const caption = document.createElement("span");
    caption.textContent = text;
    button.append(this.#canvas(row.label), caption);
    return button;
  }

  #canvas(label) {
    const region = this.mask.regions.get(label);
    const { width, height, data } = this.mask;
    const side = Math.max(region.right - region.left, region.bottom - region.top) + 1 + 2 * MARGIN_PX;
    const left = Math.round(region.x - side / 2);
    const top = Math.round(region.y - side / 2);
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: side, height: side });
    const shown = find("size").value;
    canvas.style.width = canvas.style.height = `${shown}px`;
    const image = new ImageData(side, side);
    const at = (x, y) => (x < 0 || y < 0 || x >= width || y >= height ? -1 : y * width + x);
    const top_grey = this.grey.depth === 16 ? 257 : 1;
    for (let y = 0, to = 0; y < side; y++) {
      for (let x = 0; x < side; x++, to += 4) {
        const here = at(left + x, top + y);
        if (here < 0) continue;
        const grey = Math.round(this.grey.data[here] / top_grey);
        const own = data[here] === label;
        const rim = own && [[1, 0], [-1, 0], [0, 1], [0, -1]].some(([dx, dy]) => {
          const next = at(left + x + dx, top + y + dy);
          return next >= 0 && data[next] !== label;
        });
        image.data.set(rim ? [86, 180, 233, 255] : [grey, grey, grey, 255], to);
      }
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  }

  toggle(label) {
    if (!this.dismissed.delete(label)) this.dismissed.add(label);
    this.box
      .querySelector(`[data-label="${label}"]`)
      ?.setAttribute("aria-pressed", String(this.dismissed.has(label)));
    this.#told();
    this.draft.keep({ version: page.version, dismissed: [...this.dismissed] });
  }

  clear() {
    for (const label of [...this.dismissed]) this.toggle(label);
  }

  #told() {
    const count = this.dismissed.size;
    find("count").textContent = `${this.rows.length} particles, ${count} dismissed`;
    if (!find("apply")) return;
    find("dismissed").textContent = String(count);
    find("apply").disabled = find("clear").disabled = count === 0 || !page.saveUrl;
  }

  #listen() {
    this.box.addEventListener("click", (event) => {
      const crop = event.target.closest(".crop");
      if (crop) this.toggle(Number(crop.dataset.label));
    });
    this.box.addEventListener("keydown", (event) => this.#keyed(event));
    find("order").addEventListener("change", () => this.show());
    find("size").addEventListener("input", ({ target }) => {
      for (const canvas of this.box.querySelectorAll("canvas")) {
        canvas.style.width = canvas.style.height = `${target.value}px`;
      }
    });
    find("clear")?.addEventListener("click", () => this.clear());
    find("apply")?.addEventListener("click", () => this.#apply());
    window.addEventListener("beforeunload", (event) => {
      if (this.dismissed.size && !this.leaving) event.preventDefault();
    });
  }

  #keyed(event) {
    const crop = event.target.closest(".crop");
    if (!crop) return;
    if (event.key === "x") {
      event.preventDefault();
      this.toggle(Number(crop.dataset.label));
      crop.nextElementSibling?.focus();
      return;
    }
    const row = Math.max(1, Math.floor(this.box.clientWidth / (crop.offsetWidth + 6)));
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...this.box.children];
    all[Math.max(0, Math.min(all.length - 1, all.indexOf(crop) + step))].focus();
  }

  async #apply() {
    const labels = [...this.dismissed].sort((a, b) => a - b);
    const say = (text) => (find("said").textContent = text);
    find("apply").disabled = true;
    find("problem").hidden = true;
    try {
      await save(
        page.saveUrl,
        { base: page.version, edits: [{ op: "delete", labels }], note: "Dismissed from the grid", dismissed: labels },
        say,
      );
      await this.draft.keep({ dismissed: [] });
      this.leaving = true;
      location.assign(page.itemUrl);
    } catch (error) {
      say("");
      find("problem").hidden = false;
      find("problem").textContent =
        error instanceof Conflict
          ? `${error.message} Nothing of yours was saved. Reload the page to see the newest mask, and dismiss again what is still there.`
          : error.message;
      this.#told();
    }
  }
}

async function start() {
  const bar = loadingBar(find("loading"), 2);
  const [grey, raster, told] = await Promise.all([
    loadGrey(page.viewUrl, { onProgress: bar.part(0) }),
    loadPng16(page.labelsUrl, { onProgress: bar.part(1) }),
    fetch(page.particlesUrl, { credentials: "same-origin" }).then((answer) => answer.json()),
  ]);
  const mask = new Mask(raster);
  const rows = rowsOf(told);
  for (const label of rows.keys()) if (!mask.regions.has(label)) rows.delete(label);
  find("loading").remove();
  await new Crops(grey, mask, rows).start();
  find("crops").dataset.ready = "1";
}

start().catch((error) => {
  find("problem").hidden = false;
  find("problem").textContent = `The page could not be set up: ${error.message} Reload it.`;
  console.error(error);
});
