// The first row of the data bar: a line to drag, in step with the number field.

export class BarTool {
  constructor(view, field, changed) {
    Object.assign(this, { view, field, changed });
    field?.addEventListener("input", () => this.changed());
  }

  get row() {
    const value = this.field?.valueAsNumber;
    return Number.isFinite(value) ? value : null;
  }

  /** Give a hand something to drag where nothing was proposed. */
  propose() {
    if (this.row === null) this.#set(Math.round(this.view.height * 0.93));
  }

  down(point) {
    this.#set(point.y);
  }

  move(point) {
    this.#set(point.y);
  }

  up() {}

  #set(y) {
    this.field.value = Math.min(this.view.height - 1, Math.max(1, Math.round(y)));
    this.changed();
  }
}

/** What is cut off is veiled, and a line shows where. */
export function barMark(bar) {
  return (context, place) => {
    if (bar.row === null) return;
    const from = place.toPane({ x: 0, y: bar.row });
    const to = place.toPane({ x: bar.view.width, y: bar.view.height });
    context.fillStyle = "rgb(0 0 0 / 40%)";
    context.fillRect(from.x, from.y, to.x - from.x, to.y - from.y);
    for (const [width, colour] of [[4, "rgb(0 0 0 / 75%)"], [2, "#f0e442"]]) {
      context.lineWidth = width * place.ratio;
      context.strokeStyle = colour;
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, from.y);
      context.stroke();
    }
  };
}
