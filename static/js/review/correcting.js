// Correcting a mask: tools, steps back and forth, drafts, saving, and the case of a conflict.

import { toast } from "../interface.js";
import { registerKey } from "../keys.js";
import { Draft } from "./drafts.js";
import { CannotBeDone } from "./mask.js";
import { Conflict, fate, save } from "./saving.js";
import { lineTool, particleUnder, strokeTool, toolMark } from "./tools.js";

export class Correcting {
  #tool = null;
  #leaving = false;

  constructor({ root, page, mask, selection, picture }) {
    Object.assign(this, { root, page, mask, selection, picture });
    this.draft = new Draft(page);
    this.may = Boolean(page.saveUrl);
    this.base = page.version;
  }

  find(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  async start() {
    if (!this.may || !this.find("save-form")) return;
    this.mask.addEventListener("change", () => this.#changed());
    this.selection.addEventListener("change", () => this.#buttons());
    this.#listen();
    await this.#restore();
    this.#buttons();
    this.find("next-version").textContent = String(this.base + 1);
  }

  // ---- what was not saved ------------------------------------------------------------------------

  async #restore() {
    const kept = await this.draft.read();
    if (!kept?.edits?.length) return;
    if (kept.sent && (await fate(kept.sent))?.progress === "done") {
      await this.draft.keep({ edits: [] }); // they are saved: the page was left while they were
      return;
    }
    if (kept.version !== this.base) {
      this.#conflict({
        problem: `You have ${kept.edits.length} unsaved edits of version ${kept.version}.`,
        newest: this.base,
        versions: [],
        advice: "The mask was saved since, perhaps by you in another window. Put your edits on top of it, look at the result, and save; or discard them.",
      }, kept.edits);
      return;
    }
    const lost = this.#redo(kept.edits);
    toast(`${kept.edits.length - lost} unsaved edits are back.`);
  }

  /** Do edits one after the other; those that cannot be done any more are counted and left out. */
  #redo(edits) {
    let lost = 0;
    const renamed = new Map(); // numbers of new particles, which others may have used meanwhile
    const now = (label) => renamed.get(label) ?? label;
    for (const { made: before = [], ...edit } of edits) {
      const again = { ...edit };
      if (again.labels) again.labels = again.labels.map(now);
      if (again.label) again.label = now(again.label);
      try {
        const made = this.mask.do(again);
        before.forEach((label, at) => made[at] && renamed.set(label, made[at]));
      } catch (error) {
        if (!(error instanceof CannotBeDone)) throw error;
        lost += 1;
      }
    }
    return lost;
  }

  #changed() {
    this.#buttons();
    const edits = this.mask.done.map(({ edit, made }) => ({ ...edit, made }));
    this.draft.keep({ version: this.base, edits });
  }

  #buttons() {
    const { mask, selection } = this;
    const count = mask.done.length;
    const enable = (name, on) => {
      const button = this.root.querySelector(`[data-act="${name}"]`);
      if (button) button.disabled = !on;
    };
    enable("delete", selection.size > 0);
    enable("merge", selection.size > 1);
    enable("undo", mask.canUndo);
    enable("redo", mask.canRedo);
    this.find("save").disabled = count === 0;
    this.find("discard").hidden = count === 0;
    this.find("unsaved").textContent = count ? `${count} unsaved edit${count > 1 ? "s" : ""}` : "No unsaved edits";
    const target = this.find("paint-target");
    target.textContent = selection.only ? `Paints particle ${selection.only}.` : "Paints a new particle.";
  }

  // ---- edits -------------------------------------------------------------------------------------

  #do(edit) {
    try {
      const made = this.mask.do(edit);
      this.#say("");
      return made;
    } catch (error) {
      if (!(error instanceof CannotBeDone)) throw error;
      this.#say(error.message);
      return null;
    }
  }

  #say(text) {
    this.find("said").textContent = text;
  }

  #acts() {
    const { mask, selection } = this;
    const step = (edit, word) => {
      this.#dropGone();
      if (edit) this.#say(`${word}: ${edit.op}`);
    };
    return {
      delete: () => {
        const labels = [...selection.labels];
        if (this.#do({ op: "delete", labels })) selection.set([], "edit");
      },
      merge: () => {
        const labels = [...selection.labels].sort((a, b) => a - b);
        if (this.#do({ op: "merge", labels })) selection.set([labels[0]], "edit");
      },
      undo: () => step(mask.undo(), "Undone"),
      redo: () => step(mask.redo(), "Done again"),
    };
  }

  #dropGone() {
    const there = [...this.selection.labels].filter((label) => this.mask.regions.has(label));
    if (there.length !== this.selection.size) this.selection.set(there, "edit");
  }

  #split(line) {
    const label = this.selection.only ?? particleUnder(this.mask, line);
    if (label === null) return this.#say("The line meets no particle.");
    const made = this.#do({ op: "split", label, line });
    if (made) this.selection.set([label, ...made], "edit");
  }

  #stroke(points) {
    const shape = this.find("shape").value;
    const radius_px = shape === "brush" ? Number(this.find("radius").value) : 0;
    const only = this.selection.only;
    if (this.#toolName === "paint") {
      const made = this.#do({
        op: "paint", label: only ?? 0, shape, points, radius_px, over: this.find("over").checked,
      });
      if (made?.length) this.selection.set(made, "edit"); // the next stroke goes on with it
    } else {
      const label = this.find("only").checked && only ? only : 0;
      if (this.#do({ op: "erase", label, shape, points, radius_px })) this.#dropGone();
    }
  }

  // ---- tools -------------------------------------------------------------------------------------

  #toolName = "pick";

  #choose(name) {
    const { pane, view } = this.picture;
    this.#tool?.cancel();
    const again = this.#toolName === name && name === "pick";
    if (again) this.selection.set([], "edit");
    this.#toolName = name;
    const redraw = () => pane.redrawMarks();
    const tools = {
      pick: () => null,
      split: () => lineTool({ view, redraw, finish: (line) => this.#split(line) }),
      paint: () => strokeTool({ redraw, finish: (points) => this.#stroke(points) }),
      erase: () => strokeTool({ redraw, finish: (points) => this.#stroke(points) }),
    };
    this.#tool = tools[name]();
    pane.tool = this.#tool;
    pane.element.classList.toggle("drawing", this.#tool !== null);
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === name));
    }
    const options = this.find("options");
    options.hidden = name === "pick";
    for (const part of options.querySelectorAll("[data-for]")) {
      part.hidden = !part.dataset.for.split(" ").includes(name);
    }
    redraw();
  }

  #mark() {
    const drawing = ["paint", "erase"].includes(this.#toolName);
    const brush = drawing && this.find("shape").value === "brush";
    return {
      path: this.#tool?.path ?? [],
      radius_px: brush ? Number(this.find("radius").value) : 0,
      polygon: drawing && !brush,
      brush: brush ? this.picture.view.hover : null,
    };
  }

  #listen() {
    const { pane, view } = this.picture;
    pane.marks.push(toolMark(() => this.#mark()));
    view.addEventListener("hover", () => view.hover && this.#tool?.hover?.(view.hover));
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.addEventListener("click", () => this.#choose(button.dataset.tool));
    }
    const acts = this.#acts();
    for (const button of this.root.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => acts[button.dataset.act]());
    }
    const radius = this.find("radius");
    const resize = (step) => {
      radius.value = String(Number(radius.value) + step);
      radius.dispatchEvent(new Event("input"));
    };
    registerKey("[", "Smaller brush", () => resize(-1));
    registerKey("]", "Larger brush", () => resize(1));
    radius.addEventListener("input", ({ target }) => {
      this.find("radius-text").textContent = `${target.value} px`;
      pane.redrawMarks();
    });
    this.find("save-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    this.find("discard").addEventListener("click", () => this.#discard());
    this.find("reapply").addEventListener("click", () => this.#reapply());
    this.find("theirs").addEventListener("click", () => this.#open());
    window.addEventListener("beforeunload", (event) => {
      if (this.mask.done.length && !this.#leaving) event.preventDefault();
    });
    for (const form of document.querySelectorAll("[data-decision]")) {
      form.addEventListener("submit", (event) => this.#beforeDecision(event));
    }
  }

  #beforeDecision(event) {
    if (!this.mask.done.length) return;
    event.preventDefault();
    this.#problem("Your edits are not saved, and a decision is about the saved mask. Save or discard them first.");
  }

  // ---- saving ------------------------------------------------------------------------------------

  #problem(text) {
    const notice = this.find("problem");
    notice.hidden = !text;
    notice.textContent = text;
  }

  async #save() {
    const edits = this.mask.edits;
    if (!edits.length) return;
    this.#problem("");
    this.find("save").disabled = true;
    this.#choose("pick");
    try {
      const note = this.find("note").value;
      await save(
        this.page.saveUrl,
        { base: this.base, edits, note },
        (text) => this.#say(text),
        ({ status }) => this.draft.keep({ version: this.base, edits: this.draftEdits(), sent: status }),
      );
      await this.#open();
    } catch (error) {
      this.#say("");
      if (error instanceof Conflict) this.#conflict(error.told, this.draftEdits());
      else this.#problem(error.message);
    } finally {
      this.#buttons();
    }
  }

  draftEdits() {
    return this.mask.done.map(({ edit, made }) => ({ ...edit, made }));
  }

  /** Forget the draft and show the newest version. */
  async #open() {
    await this.draft.keep({ edits: [] });
    this.#leaving = true;
    location.assign(this.page.itemUrl);
  }

  #discard() {
    const count = this.mask.done.length;
    if (!window.confirm(`Discard ${count} unsaved edit${count > 1 ? "s" : ""}?`)) return;
    while (this.mask.undo());
    this.#dropGone();
    this.draft.keep({ edits: [] });
  }

  #conflict(told, edits) {
    this.conflict = { told, edits };
    this.find("conflict-what").textContent = told.problem;
    this.find("conflict-advice").textContent = told.advice;
    this.find("conflict-versions").replaceChildren(
      ...told.versions.map(({ number, by, ago, what, note }) => {
        const line = document.createElement("li");
        line.textContent = `Version ${number}: ${by}, ${ago}: ${what}${note ? ` (${note})` : ""}`;
        return line;
      }),
    );
    this.find("reapply").disabled = Boolean(told.pending);
    this.root.querySelector("#conflict").showModal();
  }

  /** Put one's own edits on top of the newest version. */
  async #reapply() {
    const { told, edits } = this.conflict;
    this.root.querySelector("#conflict").close();
    if (told.labelsUrl) {
      // The page starts again from the newest version; the draft says what to do there.
      await this.draft.keep({ version: told.newest, edits });
      this.#leaving = true;
      location.assign(this.page.itemUrl);
      return;
    }
    const lost = this.#redo(edits);
    const words = lost ? ` ${lost} could not be done there any more and are left out.` : "";
    toast(`${edits.length - lost} edits are on top of version ${this.base}.${words}`, lost ? "warning" : "success");
  }
}

