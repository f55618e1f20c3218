// Choosing images of a gallery: by click, with shift for a stretch, by keyboard; across its pages.

import { registerKey } from "../keys.js";
import { Selection } from "./selection.js";

const bulk = document.getElementById("bulk");
const selection = bulk ? new Selection(gallery().dataset.dataset) : null;
let anchor = null; // the tile that a stretch begins at

function gallery() {
  return document.getElementById("gallery");
}

function tiles() {
  return [...gallery().querySelectorAll(".tile")];
}

function tick(tile) {
  return tile.querySelector("input[name=chosen]");
}

function focused() {
  return document.activeElement?.closest?.("#gallery .tile") ?? null;
}

// ---- choosing ------------------------------------------------------------------------------------

function show() {
  if (!selection) return;
  for (const tile of tiles()) {
    const chosen = selection.has(tile.dataset.image);
    tick(tile).checked = chosen;
    tile.classList.toggle("chosen", chosen);
  }
  const { size } = selection.chosen;
  const left = selection.exceptions.size;
  bulk.querySelector("[data-selected]").textContent = `${size} selected`;
  bulk.querySelector("[data-matching]").textContent =
    "All that match the filter" + (selection.all && left ? ` but ${left}` : "");
  bulk.querySelector(`[name=scope][value=${selection.all ? "matching" : "selected"}]`).checked = true;
  bulk.querySelector("[data-clear]").hidden = !size && !selection.all;
}

function choose(tile, chosen, { stretch = false } = {}) {
  const all = tiles();
  const [from, to] = [all.indexOf(stretch && anchor?.isConnected ? anchor : tile), all.indexOf(tile)];
  for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    selection.set(each.dataset.image, chosen);
  }
  anchor = tile;
  show();
}

function onClick(event) {
  if (!selection) return;
  if (event.target.matches("#gallery input[name=chosen]")) {
    choose(event.target.closest(".tile"), event.target.checked, { stretch: event.shiftKey });
    return;
  }
  const picture = event.target.closest("#gallery .tile-picture");
  if (picture && (event.shiftKey || event.ctrlKey || event.metaKey)) {
    event.preventDefault(); // a click alone opens the image
    const tile = picture.closest(".tile");
    choose(tile, event.shiftKey || !selection.has(tile.dataset.image), { stretch: event.shiftKey });
  }
}

function onChange(event) {
  if (selection && event.target.matches("#bulk [name=scope]")) {
    selection.setAll(event.target.value === "matching");
    show();
  }
}

/** What is ticked on other pages, or left out of all, goes along with the form. */
function onSubmit() {
  for (const old of bulk.querySelectorAll("[data-carried]")) old.remove();
  const here = new Set(tiles().map((tile) => tile.dataset.image));
  const carry = (name, value) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    field.dataset.carried = "";
    bulk.append(field);
  };
  // One field for all of them: servers refuse forms of thousands of fields.
  if (selection.all) carry("except", [...selection.exceptions].join());
  else carry("chosen", [...selection.chosen].filter((key) => !here.has(key)).join());
}

// ---- keyboard ------------------------------------------------------------------------------------

/** Move the focus by tiles; `rows` go by what stands above or below. */
function move({ by = 0, rows = 0 }) {
  const all = tiles();
  if (!all.length) return;
  const now = focused();
  let next = now ? all.indexOf(now) + by : 0;
  if (now && rows) {
    const columns = all.filter((tile) => tile.offsetTop === all[0].offsetTop).length;
    next = all.indexOf(now) + rows * columns;
  }
  if (next >= 0 && next < all.length) all[next].querySelector("a").focus();
}

/** Open the fields and go to one; with nothing chosen, the image under the focus is meant. */
function act(field) {
  const tile = focused();
  if (tile && !selection.all && !selection.chosen.size) choose(tile, true);
  bulk.querySelector("details").open = true;
  field.focus();
}

registerKey("ArrowLeft", "Image to the left", () => move({ by: -1 }));
registerKey("ArrowRight", "Image to the right", () => move({ by: 1 }));
registerKey("ArrowUp", "Image above", () => move({ rows: -1 }));
registerKey("ArrowDown", "Image below", () => move({ rows: 1 }));

if (bulk) {
  registerKey("x", "Select the image, or let it go", () => {
    const tile = focused();
    if (tile) choose(tile, !selection.has(tile.dataset.image));
  });
  registerKey("X", "Select from the last one to here", () => {
    const tile = focused();
    if (tile) choose(tile, true, { stretch: true });
  });
  registerKey("Escape", "Clear the selection", () => {
    selection.clear();
    show();
  });
  const labels = { e: "Exclude with a reason", t: "Tag", s: "Set the split" };
  for (const [key, label] of Object.entries(labels)) {
    registerKey(key, label, () => act(bulk.querySelector(`[data-bulk-key=${key}]`)));
  }
  bulk.addEventListener("submit", onSubmit);
  bulk.querySelector("[data-clear]").addEventListener("click", () => {
    selection.clear();
    show();
  });
}

// A stretch is asked for by the mouse that also marks text.
document.addEventListener("mousedown", (event) => {
  if (event.shiftKey && event.target.closest("#gallery")) event.preventDefault();
});
document.addEventListener("click", onClick);
document.addEventListener("change", onChange);

let paged = false;
document.addEventListener("htmx:beforeRequest", (event) => {
  paged = Boolean(event.target.closest?.("[data-page]"));
});
document.addEventListener("htmx:afterSettle", () => {
  show();
  if (!paged) return;
  paged = false;
  window.scrollTo({ top: Math.min(window.scrollY, gallery().offsetTop - 16) });
  tiles()[0]?.querySelector("a").focus({ preventScroll: true });
});
show();
