// The page of one image: picture, table and histogram of one mask, linked, and its correction.

import { loadingBar } from "../loading.js";
import { loadPng16, valueAt } from "../raster.js";
import { Correcting } from "./correcting.js";
import { Mask } from "./mask.js";
import { Particles, Selection } from "./particles.js";
import { Picture, loadGrey } from "./picture.js";
import { sizesCard } from "./sizes_card.js";
import { number } from "./statistics.js";
import { ParticleTable } from "./table.js";

const page = JSON.parse(document.getElementById("page-data").textContent);
const root = document.querySelector("[data-workbench]");
const find = (name) => root.querySelector(`[data-${name}]`);

const scale = page.nm_per_px ?? 1;
const unit = page.nm_per_px ? "nm" : "px";

const WORDS = {
  diameter: "Diameter of the circle of the same area",
  minimum: "Smallest distance of two parallel lines that hold the particle",
  maximum: "Largest distance of two points of the particle",
};

async function start() {
  const bar = loadingBar(find("loading"), 2);
  const [grey, raster, told] = await Promise.all([
    loadGrey(page.viewUrl, { onProgress: bar.part(0) }),
    loadPng16(page.labelsUrl, { onProgress: bar.part(1) }),
    fetch(page.particlesUrl, { credentials: "same-origin" }).then((answer) => answer.json()),
  ]);
  const mask = new Mask(raster);
  const selection = new Selection();
  const particles = new Particles(mask, told, page.rows);
  const picture = new Picture(find("pane"), { ...page, grey, mask, selection });
  linkTable(particles, selection, picture);
  sizesCard(root.querySelector(".histogram-card"), { particles, selection, scale, unit });
  linkPicture(picture, particles, selection);
  const correcting = new Correcting({ root, page, mask, selection, picture });
  await correcting.start();
  root.dataset.ready = "1";
  performance.mark("review-ready");
  globalThis.reviewPage = { mask, selection, particles, picture, correcting };
}

function linkTable(particles, selection, picture) {
  const length = (key, title) => ({
    key, title, unit, words: WORDS[key], text: (row) => (row[key] === null ? "–" : number(row[key] * scale)),
  });
  const table = new ParticleTable(
    find("table"),
    [
      { key: "label", title: "No.", text: (row) => String(row.label) },
      length("diameter", "Diameter"),
      length("minimum", "Min. Feret"),
      length("maximum", "Max. Feret"),
      { key: "area", title: "Area", unit: `${unit}²`, text: (row) => number(row.area * scale ** 2) },
      { key: "circularity", title: "Circ.", words: "Circularity: 4 π area over the square of the perimeter", text: (row) => (row.circularity === null ? "–" : row.circularity.toFixed(2)) },
      { key: "excluded", title: "Not counted", text: (row) => row.excluded, wide: true },
    ],
    (label) => selection.has(label),
  );
  const count = () => {
    const all = particles.rows.size;
    const counted = particles.counted.length;
    const picked = selection.size ? `, ${selection.size} picked` : "";
    find("count").textContent = `${all} found, ${counted} count${picked}`;
  };
  const show = () => {
    table.show(particles.rows.values());
    count();
  };
  particles.addEventListener("change", show);
  table.addEventListener("pick", ({ detail }) => {
    if (detail.labels) selection.set(detail.labels, "table");
    else if (detail.add) selection.toggle(detail.label, "table");
    else selection.set([detail.label], "table");
    if (selection.only) picture.reveal(selection.only);
  });
  selection.addEventListener("change", ({ detail }) => {
    if (detail.by !== "table" && selection.size) table.reveal([...selection.labels].at(-1));
    else table.redraw();
    count();
  });
  show();
}

function linkPicture(picture, particles, selection) {
  const { pane, view } = picture;
  let adding = false;
  pane.element.addEventListener("pointerdown", (event) => {
    adding = event.shiftKey || event.ctrlKey || event.metaKey;
  }, { capture: true });
  pane.element.addEventListener("pick", ({ detail }) => {
    const label = valueAt(picture.mask, Math.floor(detail.x), Math.floor(detail.y));
    if (!label) {
      if (!adding) selection.set([], "picture");
    } else if (adding) selection.toggle(label, "picture");
    else selection.set([label], "picture");
  });
  view.addEventListener("hover", () => {
    const label = view.hover && valueAt(picture.mask, Math.floor(view.hover.x), Math.floor(view.hover.y));
    const row = label ? particles.rows.get(label) : null;
    find("under").textContent = row
      ? `Particle ${label}: ${number(row.diameter * scale)} ${unit}${row.excluded ? `, ${row.excluded}` : ""}`
      : "";
  });
  find("overlay").addEventListener("change", ({ target }) => {
    picture.showMask(target.value);
    target.blur();
  });
  const zooms = { in: () => view.zoomIn(), out: () => view.zoomOut(), fit: () => view.fit(), one: () => view.actualSize() };
  for (const button of root.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => zooms[button.dataset.zoom]());
  }
}

start().catch((error) => {
  const problem = find("problem");
  problem.hidden = false;
  problem.textContent = `The page could not be set up: ${error.message} Nothing is lost; reload the page.`;
  find("loading")?.remove();
  console.error(error);
});
