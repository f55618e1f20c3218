// Draws a line by dragging, and moves its ends. Points are image pixels.

const GRAB_PX = 12; // CSS pixels round an end that take hold of it

export class LineTool {
  #moving = null; // the end that a drag moves

  constructor(view, changed) {
    Object.assign(this, { view, changed, line: null });
  }

  set(line) {
    this.line = line;
    this.changed();
  }

  down(point) {
    const near = this.line && ["to", "from"].find((end) => this.#isNear(this.line[end], point));
    this.#moving = near || "to";
    if (!near) this.line = { from: this.#held(point), to: this.#held(point) };
  }

  move(point, event) {
    const other = this.line[this.#moving === "to" ? "from" : "to"];
    this.set({ ...this.line, [this.#moving]: this.#held(event.shiftKey ? straight(other, point) : point) });
  }

  /** A press without a move takes the line away. */
  up() {
    const { from, to } = this.line;
    if (from.x === to.x && from.y === to.y) this.set(null);
  }

  #isNear(end, point) {
    return Math.hypot(end.x - point.x, end.y - point.y) * this.view.zoom < GRAB_PX;
  }

  #held({ x, y }) {
    const { width, height } = this.view;
    return { x: Math.min(width, Math.max(0, x)), y: Math.min(height, Math.max(0, y)) };
  }
}

/** The point on the nearest of the eight directions from `from`. */
function straight(from, { x, y }) {
  const step = Math.PI / 4;
  const angle = Math.round(Math.atan2(y - from.y, x - from.x) / step) * step;
  const length = Math.hypot(x - from.x, y - from.y);
  return { x: from.x + length * Math.cos(angle), y: from.y + length * Math.sin(angle) };
}
