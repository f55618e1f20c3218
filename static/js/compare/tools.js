// The row of tools above the panes: it shows the state and changes it.

import { MORE } from "./state.js";

export class Tools {
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.element = root.querySelector("[data-tools]");
    this.zoom = this.element.querySelector("[data-zoom]");
    this.element.addEventListener("input", (event) => this.#input(event.target));
    // Arrows in a row of radios choose among them; elsewhere on the page they mean the next pair.
    this.element.querySelector("fieldset").addEventListener("keydown", (event) => {
      if (event.key.startsWith("Arrow")) event.stopPropagation();
    });
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button) this.act(button.dataset.act);
    });
  }

  all(name) {
    return [...this.root.querySelectorAll(`[name=${name}]`)];
  }

  #input({ name, value, checked }) {
    if (name === "at") this.page.change({ at: Number(value) / 100 });
    else if (name === "contours") this.page.change({ contours: checked });
    else if (name === "with") this.page.change({ with: this.#chosen() });
    else if (["mode", "against", "map"].includes(name)) this.page.change({ [name]: value });
  }

  #chosen() {
    return this.all("with").filter((box) => box.checked).map((box) => box.value);
  }

  act(name) {
    const { view, stage, state, line } = this.page;
    const acts = {
      in: () => view.zoomIn(),
      out: () => view.zoomOut(),
      fit: () => view.fit(),
      actual: () => view.actualSize(),
      swap: () => stage.swap(),
      pause: () => this.#pause(),
      line: () => this.page.change({ tool: state.tool === "line" ? null : "line" }),
      clear: () => line.set(null),
      csv: () => this.page.profile.save(),
      relief: () => this.page.change({ relief: !state.relief }),
    };
    acts[name]?.();
  }

  #pause() {
    this.page.stage.paused = !this.page.stage.paused;
    this.page.change({});
  }

  /** Show a state. */
  follow(state) {
    for (const radio of this.all("mode")) radio.checked = radio.value === state.mode;
    for (const box of this.all("with")) {
      box.checked = state.with.includes(box.value);
      box.disabled = !box.checked && state.with.length >= MORE;
    }
    this.#set("at", Math.round(state.at * 100));
    this.#set("against", state.against);
    this.#set("map", state.map);
    this.all("contours")[0].checked = state.contours;
    for (const part of this.root.querySelectorAll("[data-for]")) {
      part.hidden = !part.dataset.for.split(" ").includes(state.mode);
    }
    const amount = state.mode === "overlay" ? "Opacity" : "Divider";
    this.element.querySelector("[data-amount-name]").textContent = amount;
    this.#press("line", "aria-pressed", state.tool === "line");
    this.#press("pause", "aria-pressed", this.page.stage.paused);
    this.#press("relief", "aria-expanded", state.relief);
  }

  #set(name, value) {
    const [field] = this.all(name);
    if (field.value !== String(value)) field.value = value;
  }

  #press(act, attribute, pressed) {
    this.element.querySelector(`[data-act=${act}]`).setAttribute(attribute, String(pressed));
  }

  showZoom(view) {
    const percent = view.zoom * view.pixelRatio * 100;
    this.zoom.textContent = `${Number(percent.toPrecision(percent < 100 ? 2 : 4))} %`;
  }
}
