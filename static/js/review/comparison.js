// Two masks of one image: figures, sizes over each other, and a list of differences to go through.

import { loadingBar } from "../loading.js";
import { loadPng16, packed32 } from "../raster.js";
import { LabelTiles, Pane, View } from "../viewer/index.js";
import { Histogram } from "./histogram.js";
import { greyTiles, loadGrey } from "./picture.js";
import { inWords } from "./sizes_card.js";
import { number, summedUp } from "./statistics.js";

// A shape and a word for each kind, so that colour is never alone.
const KINDS = {
  missed: { sign: "○", words: "Missed", colour: [0, 114, 178], what: "only in the second" },
  invented: { sign: "✕", words: "Invented", colour: [213, 94, 0], what: "only in the first" },
  merged: { sign: "∪", words: "Merged", colour: [204, 121, 167], what: "one in the first, several in the second" },
  split: { sign: "÷", words: "Split", colour: [0, 158, 115], what: "several in the first, one in the second" },
  outline: { sign: "≠", words: "Other outline", colour: [240, 228, 66], what: "overlap by too little to be the same" },
};
const FIRST = [230, 159, 0];
const SECOND = [0, 114, 178];

const page = JSON.parse(document.getElementById("page-data").textContent);
const root = document.querySelector("[data-comparison]");
const find = (name) => root.querySelector(`[data-${name}]`);
const unit = page.nm_per_px ? "nm" : "px";
const scale = page.nm_per_px ?? 1;

async function start() {
  const bar = loadingBar(find("loading"), 3);
  const [grey, first, second, matches] = await Promise.all([
    loadGrey(page.viewUrl, { onProgress: bar.part(0) }),
    loadPng16(page.firstUrl, { onProgress: bar.part(1) }),
    loadPng16(page.secondUrl, { onProgress: bar.part(2) }),
    fetch(page.matchesUrl, { credentials: "same-origin" }).then((answer) => answer.json()),
  ]);
  showFigures(matches);
  showSizes(matches);
  const differences = new Differences(matches, showPicture(grey, first, second, matches));
  differences.show();
  root.dataset.ready = "1";
}

function showFigures({ figures, mean_iou, same, first_particles, second_particles, match_iou, differences }) {
  const part = (value) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);
  const counts = Object.keys(KINDS).map((kind) => differences.filter((d) => d.kind === kind).length);
  const rows = [
    ["F1 of the particles", part(figures.f1), `the same above an IoU of ${match_iou}`],
    ["IoU of the area", part(figures.foreground_iou), "all particles as one"],
    ["Mean IoU of what is the same", part(mean_iou), `${same.length} particles`],
    ["Particles", `${first_particles} / ${second_particles}`, "first / second"],
    ["Differences", String(differences.length), Object.values(KINDS).map(({ words }, i) => `${counts[i]} ${words.toLowerCase()}`).filter((_, i) => counts[i]).join(", ") || "none"],
  ];
  const list = document.createElement("dl");
  list.className = "figures";
  for (const [name, value, note] of rows) {
    const box = document.createElement("div");
    for (const [tag, text, kind] of [["dt", name, ""], ["dd", value, "figure-value"], ["dd", note, "quiet"]]) {
      const line = document.createElement(tag);
      line.textContent = text;
      line.className = kind;
      box.append(line);
    }
    list.append(box);
  }
  document.querySelector("[data-figures]").replaceChildren(list);
}

function showSizes({ first_diameters_px, second_diameters_px }) {
  const [first, second] = [first_diameters_px, second_diameters_px].map((values) => values.map((v) => v * scale));
  const histogram = new Histogram(find("histogram"), { unit, pickable: false, label: "Equivalent diameters of both masks: filled bars the first, dashed ones the second" });
  histogram.show([
    { values: first, kind: "first" },
    { values: second, kind: "second" },
  ]);
  find("summary").replaceChildren(
    `First (filled): ${inWords(summedUp(first), unit)}.`,
    document.createElement("br"),
    `Second (dashed): ${inWords(summedUp(second), unit)}.`,
  );
}

function table(rgb) {
  return new Uint32Array(65536).fill(packed32(rgb)).map((colour, label) => (label ? colour : 0));
}

function showPicture(grey, first, second, { height_px, width_px, differences }) {
  const view = new View({ width: width_px, height: height_px });
  const layers = {
    first: { tiles: new LabelTiles(first, table(FIRST), { outline: true, thickness: 2 }), opacity: 1 },
    second: { tiles: new LabelTiles(second, table(SECOND), { outline: true, thickness: 4 }), opacity: 1 },
  };
  const state = { current: null, kinds: new Set(Object.keys(KINDS)) };
  const pane = new Pane(view, {
    label: `${page.name} with the outlines of both masks`,
    nm_per_px: page.nm_per_px,
    hasDataBar: page.rows < page.height,
    layers: [{ tiles: greyTiles(grey) }, layers.second, layers.first],
    marks: [marks(differences, state)],
  });
  pane.element.style.aspectRatio = `${width_px} / ${height_px}`;
  find("pane").replaceChildren(pane.element);
  for (const box of root.querySelectorAll("[data-show]")) {
    box.addEventListener("change", () => {
      layers[box.dataset.show].opacity = box.checked ? 1 : 0;
      pane.redraw();
    });
  }
  const zooms = { in: () => view.zoomIn(), out: () => view.zoomOut(), fit: () => view.fit() };
  for (const button of root.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => zooms[button.dataset.zoom]());
  }
  return { view, pane, state };
}

/** A frame and the sign of its kind round each difference. */
function marks(differences, state) {
  return (context, place) => {
    context.font = `bold ${14 * place.ratio}px sans-serif`;
    context.textBaseline = "bottom";
    for (const difference of differences) {
      if (!state.kinds.has(difference.kind)) continue;
      const { sign, colour } = KINDS[difference.kind];
      const from = place.toPane({ x: difference.left_px - 2, y: difference.top_px - 2 });
      const to = place.toPane({
        x: difference.left_px + difference.width_px + 2, y: difference.top_px + difference.height_px + 2,
      });
      const current = difference === state.current;
      for (const [width, style] of [[current ? 6 : 3.5, "rgb(0 0 0 / 70%)"], [current ? 3 : 1.5, `rgb(${colour.join(" ")})`]]) {
        context.lineWidth = width * place.ratio;
        context.strokeStyle = style;
        context.strokeRect(from.x, from.y, to.x - from.x, to.y - from.y);
      }
      context.fillStyle = "rgb(0 0 0 / 75%)";
      const wide = context.measureText(sign).width + 6 * place.ratio;
      context.fillRect(from.x, from.y - 17 * place.ratio, wide, 17 * place.ratio);
      context.fillStyle = "white";
      context.fillText(sign, from.x + 3 * place.ratio, from.y - 1 * place.ratio);
    }
  };
}

class Differences {
  constructor({ differences }, picture) {
    const size = ({ height_px, width_px }) => height_px * width_px;
    const kinds = Object.keys(KINDS);
    const all = [...differences].sort(
      (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || size(b) - size(a),
    );
    Object.assign(this, { all, ...picture });
    this.list = find("list");
    this.#kinds();
    this.list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const shown = this.#shown();
      const at = shown.indexOf(this.state.current);
      const next = shown[Math.max(0, Math.min(shown.length - 1, at + step))];
      if (next) this.#look(next);
    });
  }

  #kinds() {
    const boxes = Object.entries(KINDS).map(([kind, { sign, words, what }]) => {
      const count = this.all.filter((difference) => difference.kind === kind).length;
      const label = document.createElement("label");
      const box = document.createElement("input");
      Object.assign(box, { type: "checkbox", checked: true, disabled: !count });
      box.addEventListener("change", () => {
        if (box.checked) this.state.kinds.add(kind);
        else this.state.kinds.delete(kind);
        this.show();
        this.pane.redrawMarks();
      });
      label.title = what;
      label.append(box, ` ${sign} ${words} (${count})`);
      return label;
    });
    find("kinds").replaceChildren(...boxes);
    find("legend").replaceChildren(
      ...[["mark", "first mask, thin"], ["mark mark-second", "second mask, thick"]].map(([kind, words]) => {
        const line = document.createElement("li");
        const mark = document.createElement("span");
        mark.className = kind;
        line.append(mark, ` ${words}`);
        return line;
      }),
    );
  }

  #shown() {
    return this.all.filter(({ kind }) => this.state.kinds.has(kind));
  }

  show() {
    const shown = this.#shown();
    find("count").textContent = `${shown.length} of ${this.all.length}`;
    this.list.replaceChildren(...shown.map((difference) => this.#line(difference)));
  }

  #line(difference) {
    const { sign, words } = KINDS[difference.kind];
    const line = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "difference";
    const [mark, text, iou] = ["span", "span", "span"].map((tag) => document.createElement(tag));
    mark.textContent = sign;
    mark.setAttribute("aria-hidden", "true");
    text.textContent = `${words}: ${inParticles(difference)}`;
    const { width_px, height_px } = difference;
    iou.textContent = difference.iou
      ? `IoU ${number(difference.iou)}`
      : `${number(width_px * scale)} × ${number(height_px * scale)} ${unit}`;
    iou.className = "quiet";
    button.append(mark, text, iou);
    button.addEventListener("click", () => this.#look(difference));
    this.lines ??= new Map();
    this.lines.set(difference, button);
    line.append(button);
    return line;
  }

  #look(difference) {
    this.lines.get(this.state.current)?.removeAttribute("aria-current");
    this.state.current = difference;
    const button = this.lines.get(difference);
    button.setAttribute("aria-current", "true");
    button.scrollIntoView({ block: "nearest" });
    const { view } = this;
    const room = Math.min(
      view.frame.width / (difference.width_px + 60), view.frame.height / (difference.height_px + 60),
    );
    view.look({
      x: difference.left_px + difference.width_px / 2,
      y: difference.top_px + difference.height_px / 2,
      zoom: Math.max(view.fitZoom(), Math.min(8, room)),
    });
    this.pane.redrawMarks();
  }
}

function inParticles({ kind, first, second }) {
  const numbers = (labels) => (labels.length > 4 ? `${labels.slice(0, 4).join(", ")} …` : labels.join(", "));
  if (kind === "missed") return `${numbers(second)} of the second`;
  if (kind === "invented") return `${numbers(first)} of the first`;
  return `${numbers(first)} of the first, ${numbers(second)} of the second`;
}

start().catch((error) => {
  find("problem").hidden = false;
  find("problem").textContent = `The comparison could not be shown: ${error.message} Reload the page.`;
  console.error(error);
});
