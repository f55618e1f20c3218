// Shows images whole, pixel by pixel, or four screen pixels for each; notes every change.
const STEPS = ["fit", "1", "4"];
const MOST_NOTED = 200; // a window that is dragged about changes the scale with every frame

export class Zoom {
  constructor(panes, buttons) {
    Object.assign(this, { panes, buttons });
    this.chosen = "fit";
    this.scale = 1;
    this.log = [];
    this.painted = null;
    this.pointer = null; // where to zoom to
    for (const button of buttons) {
      button.addEventListener("click", ({ detail }) => {
        this.choose(button.dataset.zoom);
        // After a click Enter is to confirm, not to press this again.
        if (detail) panes[0].view.focus({ preventScroll: true });
      });
    }
    for (const { view } of panes) {
      view.addEventListener("pointermove", ({ clientX, clientY }) => (this.pointer = { x: clientX, y: clientY, view }));
      view.addEventListener("pointerleave", () => (this.pointer = null));
      view.addEventListener("scroll", () => this.#together(view));
      new ResizeObserver(() => this.#apply()).observe(view);
    }
  }

  // A new image begins like the one before: whole.
  reset() {
    this.log = [];
    this.painted = null;
    this.choose("fit");
  }

  // The image is on the screen: from here on changes are timed.
  begin(painted) {
    this.painted = painted;
    this.log.push([0, this.scale]);
  }

  next() {
    if (this.buttons.length) this.choose(STEPS[(STEPS.indexOf(this.chosen) + 1) % STEPS.length], this.pointer);
  }

  choose(step, anchor = null) {
    this.chosen = step;
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.zoom === step));
    }
    this.#apply(anchor);
  }

  move(key) {
    this.panes[0].move(key);
    this.#together(this.panes[0].view);
  }

  #apply(anchor = null) {
    if (!this.panes.every(({ image, sheet }) => image.naturalWidth && !sheet.hidden)) return;
    const before = this.scale;
    this.scale = this.chosen === "fit" ? Math.min(...this.panes.map((pane) => pane.whole)) : Number(this.chosen);
    for (const pane of this.panes) pane.resize(this.scale, anchor?.view === pane.view ? anchor : null);
    if (anchor) this.#together(anchor.view);
    if (this.painted !== null && this.scale !== before && this.log.length < MOST_NOTED) {
      this.log.push([Math.round(performance.now() - this.painted), this.scale]);
    }
  }

  // What is set to what it is already scrolls nothing, so this ends.
  #together({ scrollLeft, scrollTop }) {
    for (const { view } of this.panes) {
      if (view.scrollLeft !== scrollLeft) view.scrollLeft = scrollLeft;
      if (view.scrollTop !== scrollTop) view.scrollTop = scrollTop;
    }
  }
}
