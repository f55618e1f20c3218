// A mask that is being corrected: labels, what was done to them, and the way back.
//
// The edits are those of pipeline/contracts/edits.py and give the same labels as the stage
// `edit-labels`; the server computes them again, and its result is what is kept.

import { labelRegions } from "../raster.js";
import { partsOf } from "./cuts.js";
import { covered } from "./strokes.js";

const MOST_LABELS = 65535;
const MOST_MERGED = 100;

/** Why an edit cannot be done: a sentence. */
export class CannotBeDone extends Error {}

/** Labels with "change" events; their detail is {labels: Set, box} or, for all of it, {all: true}. */
export class Mask extends EventTarget {
  #undone = [];

  constructor(raster) {
    super();
    Object.assign(this, raster);
    this.regions = labelRegions(this);
    this.next = this.#highest() + 1; // numbers are never used twice
    this.done = []; // {edit, at, before, next, made, regions}
  }

  get edits() {
    return this.done.map(({ edit }) => edit);
  }

  get canUndo() {
    return this.done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  #highest() {
    let highest = 0;
    for (const label of this.regions.keys()) highest = Math.max(highest, label);
    return highest;
  }

  /** Do an edit; returns the labels that it made. Throws CannotBeDone, and then nothing is changed. */
  do(edit) {
    const made = this.#apply(edit);
    this.#undone = [];
    return made;
  }

  #apply(edit) {
    const step = { edit, at: [], before: [], next: this.next, made: [] };
    const set = (at, label) => {
      if (this.data[at] === label) return;
      step.at.push(at);
      step.before.push(this.data[at]);
      this.data[at] = label;
    };
    try {
      DO[edit.op](this, edit, set, step);
    } catch (error) {
      this.#takeBack(step);
      throw error;
    }
    this.done.push(step);
    this.#refresh(step);
    return step.made;
  }

  undo() {
    const step = this.done.pop();
    if (!step) return null;
    this.#takeBack(step);
    this.#undone.push(step.edit);
    this.#refresh(step);
    return step.edit;
  }

  redo() {
    const edit = this.#undone.pop();
    if (!edit) return null;
    this.#apply(edit);
    return edit;
  }

  #takeBack(step) {
    for (let i = step.at.length - 1; i >= 0; i--) this.data[step.at[i]] = step.before[i];
    this.next = step.next;
  }

  new(step) {
    if (this.next > MOST_LABELS) {
      throw new CannotBeDone(`More than ${MOST_LABELS} numbers are in use; renumber first.`);
    }
    step.made.push(this.next);
    return this.next++;
  }

  region(label) {
    const region = this.regions.get(label);
    if (!region) throw new CannotBeDone(`There is no particle ${label} any more.`);
    return region;
  }

  /** Bring the regions of what an edit touched up to date, and tell. */
  #refresh(step) {
    const labels = (step.labels ??= touched(this, step));
    const box = { top: Infinity, left: Infinity, bottom: -1, right: -1 };
    for (const at of step.at) grow(box, Math.floor(at / this.width), at % this.width);
    for (const label of labels) {
      const old = this.regions.get(label);
      if (old) widen(box, old);
    }
    for (const [label, region] of regionsWithin(this, box, labels)) this.regions.set(label, region);
    for (const label of labels) {
      if (this.regions.get(label)?.seen !== box) this.regions.delete(label);
    }
    this.dispatchEvent(new CustomEvent("change", { detail: { labels, box, edit: step.edit } }));
  }
}

/** The labels that an edit has taken pixels from or given pixels to. */
function touched(mask, step) {
  const labels = new Set([...step.made]);
  for (let i = 0; i < step.at.length; i++) {
    labels.add(step.before[i]);
    labels.add(mask.data[step.at[i]]);
  }
  labels.delete(0);
  return labels;
}

function grow(box, row, column) {
  box.top = Math.min(box.top, row);
  box.bottom = Math.max(box.bottom, row);
  box.left = Math.min(box.left, column);
  box.right = Math.max(box.right, column);
}

function widen(box, other) {
  grow(box, other.top, other.left);
  grow(box, other.bottom, other.right);
}

function regionsWithin({ width, data }, box, labels) {
  const found = new Map();
  for (let row = box.top; row <= box.bottom; row++) {
    for (let column = box.left; column <= box.right; column++) {
      const label = data[row * width + column];
      if (label === 0 || !labels.has(label)) continue;
      let region = found.get(label);
      if (!region) {
        region = { area_px: 0, x: 0, y: 0, left: column, right: column, top: row, bottom: row };
        region.seen = box;
        found.set(label, region);
      }
      region.area_px += 1;
      region.x += column + 0.5;
      region.y += row + 0.5;
      grow(region, row, column);
    }
  }
  for (const region of found.values()) {
    region.x /= region.area_px;
    region.y /= region.area_px;
  }
  return found;
}

// ---- the edits -----------------------------------------------------------------------------------

const DO = {
  delete(mask, { labels }, set) {
    if (!labels.length) throw new CannotBeDone("Pick the particles to delete first.");
    for (const label of new Set(labels)) {
      eachPixel(mask, label, mask.region(label), (at) => set(at, 0));
    }
  },

  merge(mask, { labels }, set) {
    const chosen = [...new Set(labels)].sort((a, b) => a - b);
    if (chosen.length < 2) throw new CannotBeDone("Pick two or more particles that touch.");
    if (chosen.length > MOST_MERGED) {
      throw new CannotBeDone(`Merge at most ${MOST_MERGED} particles at once.`);
    }
    const box = { top: Infinity, left: Infinity, bottom: -1, right: -1 };
    for (const label of chosen) widen(box, mask.region(label));
    box.top = Math.max(0, box.top - 1);
    box.left = Math.max(0, box.left - 1);
    box.bottom = Math.min(mask.height - 1, box.bottom + 1);
    box.right = Math.min(mask.width - 1, box.right + 1);
    const bridge = joined(mask, chosen, box);
    for (const label of chosen) {
      if (label !== chosen[0]) eachPixel(mask, label, mask.regions.get(label), (at) => set(at, chosen[0]));
    }
    for (const at of bridge) set(at, chosen[0]);
  },

  split(mask, { label, line }, set, step) {
    if (line.length < 2) throw new CannotBeDone("Draw the line from edge to edge.");
    const parts = partsOf(mask, label, mask.region(label), line);
    if (!parts.length) {
      throw new CannotBeDone(
        `The line does not cut particle ${label} in two; draw it from edge to edge.`,
      );
    }
    for (const part of parts) {
      const made = mask.new(step);
      for (const at of part) set(at, made);
    }
  },

  paint(mask, edit, set, step) {
    const { label = 0, over = false } = edit;
    if (label) mask.region(label);
    const pixels = [];
    stroke(mask, edit, (at) => {
      const now = mask.data[at];
      const already = label !== 0 && now === label;
      if ((over || now === 0) && !already) pixels.push(at);
    });
    if (!pixels.length) {
      throw new CannotBeDone("That paints no pixel: it lies outside, or on particles only.");
    }
    const painted = label || mask.new(step);
    for (const at of pixels) set(at, painted);
  },

  erase(mask, edit, set) {
    const { label = 0 } = edit;
    if (label) mask.region(label);
    let some = false;
    stroke(mask, edit, (at) => {
      const now = mask.data[at];
      if (now === 0 || (label && now !== label)) return;
      some = true;
      set(at, 0);
    });
    if (!some) throw new CannotBeDone("That erases no pixel: there is no particle under it.");
  },

  renumber(mask, edit, set) {
    const present = [...mask.regions.keys()].sort((a, b) => a - b);
    const table = new Uint16Array(MOST_LABELS + 1);
    present.forEach((label, index) => (table[label] = index + 1));
    for (let at = 0; at < mask.data.length; at++) {
      if (mask.data[at]) set(at, table[mask.data[at]]);
    }
    mask.next = present.length + 1;
  },
};

function stroke(mask, { shape = "brush", points, radius_px = 0 }, visit) {
  if (shape === "polygon" && points.length < 3) {
    throw new CannotBeDone("A polygon has three corners or more.");
  }
  covered(mask, points, { radius_px, polygon: shape === "polygon" }, visit);
}

function eachPixel({ width, data }, label, { top, left, bottom, right }, visit) {
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const at = row * width + column;
      if (data[at] === label) visit(at);
    }
  }
}

// ---- what touches --------------------------------------------------------------------------------

/** The ground between the chosen particles that becomes theirs; throws where they do not touch. */
function joined(mask, chosen, box) {
  const groups = touching(mask, new Set(chosen), box);
  if (new Set(groups.values()).size === 1) return [];
  // One line of ground between two particles, as some masks have it.
  const bridge = new Map(); // pixel -> groups beside it
  for (let row = box.top; row <= box.bottom; row++) {
    for (let column = box.left; column <= box.right; column++) {
      const at = row * mask.width + column;
      if (mask.data[at] !== 0) continue;
      const near = new Set();
      around(mask, row, column, box, (there) => {
        const group = groups.get(mask.data[there]);
        if (group !== undefined) near.add(group);
      });
      if (near.size >= 2) bridge.set(at, near);
    }
  }
  if (!bridged(mask, new Set(groups.values()), bridge, box)) {
    throw new CannotBeDone(
      `Particles ${chosen.slice(0, 6).join(", ")} do not touch; paint a bridge between them first, ` +
        "or merge only those that touch.",
    );
  }
  return [...bridge.keys()];
}

/** Whether the pixels of a bridge, those beside each other together, join all groups. */
function bridged(mask, groups, bridge, box) {
  const parent = new Map();
  const root = (name) => {
    while (parent.has(name)) name = parent.get(name);
    return name;
  };
  const join = (one, other) => {
    const [a, b] = [root(one), root(other)];
    if (a !== b) parent.set(a, b);
  };
  for (const [at, near] of bridge) {
    for (const group of near) join(`pixel ${at}`, `group ${group}`);
    around(mask, Math.floor(at / mask.width), at % mask.width, box, (there) => {
      if (bridge.has(there)) join(`pixel ${at}`, `pixel ${there}`);
    });
  }
  return new Set([...groups].map((group) => root(`group ${group}`))).size === 1;
}

/** Label -> group; particles that touch, corners too, share a group. */
function touching(mask, chosen, box) {
  const groups = new Map([...chosen].map((label) => [label, label]));
  for (let row = box.top; row <= box.bottom; row++) {
    for (let column = box.left; column <= box.right; column++) {
      const own = mask.data[row * mask.width + column];
      if (!chosen.has(own)) continue;
      around(mask, row, column, box, (there) => {
        const label = mask.data[there];
        if (!chosen.has(label) || groups.get(label) === groups.get(own)) return;
        const [gone, kept] = [groups.get(label), groups.get(own)];
        for (const [name, group] of groups) if (group === gone) groups.set(name, kept);
      });
    }
  }
  return groups;
}

/** Visit the indices of the eight neighbours that lie in the box. */
function around({ width }, row, column, box, visit) {
  for (let y = Math.max(box.top, row - 1); y <= Math.min(box.bottom, row + 1); y++) {
    for (let x = Math.max(box.left, column - 1); x <= Math.min(box.right, column + 1); x++) {
      if (y !== row || x !== column) visit(y * width + x);
    }
  }
}
