// Tools of the pane: a line to split with, a brush and an outline to paint and erase with.
//
// The viewer's pixel centres lie at .5, those of edits at whole numbers.

const STILL_PX = 3; // of the screen: a press that moves less is a click

const rounded = (value) => Math.round((value - 0.5) * 8) / 8;
const asPoint = ({ x, y }) => [rounded(y), rounded(x)];

/** Collects a stroke; `finish(points)` gets [row, column] points, `redraw` shows it meanwhile. */
class Stroke {
  constructor({ finish, redraw }) {
    Object.assign(this, { finish, redraw, path: [] });
  }

  down(point) {
    this.path = [point];
    this.redraw();
  }

  move(point) {
    const last = this.path.at(-1);
    if (last && Math.hypot(point.x - last.x, point.y - last.y) < 0.5) return;
    this.path.push(point);
    this.redraw();
  }

  up() {
    const { path } = this;
    this.cancel();
    if (path.length) this.finish(path.map(asPoint));
  }

  cancel() {
    this.path = [];
    this.redraw();
  }
}

/** A line by one drag, or by a click at each end (dragging is not for every hand). */
class Line {
  #start = null;
  #pressed = null;

  constructor({ finish, redraw, view }) {
    Object.assign(this, { finish, redraw, view, path: [] });
  }

  down(point) {
    this.#pressed = point;
    if (!this.#start) this.path = [point];
  }

  move(point) {
    if (this.#start) this.path = [this.#start, point];
    else this.path.push(point);
    this.redraw();
  }

  hover(point) {
    if (!this.#start || this.#pressed) return;
    this.path = [this.#start, point];
    this.redraw();
  }

  up(point) {
    const still = Math.hypot(point.x - this.#pressed.x, point.y - this.#pressed.y);
    this.#pressed = null;
    if (this.#start) return this.#end([this.#start, point]);
    if (still * this.view.zoom > STILL_PX) return this.#end(this.path);
    this.#start = point; // the first of two clicks
    this.path = [point];
    this.redraw();
  }

  #end(path) {
    this.cancel();
    this.finish(path.map(asPoint));
  }

  cancel() {
    this.#start = this.#pressed = null;
    this.path = [];
    this.redraw();
  }
}

export function lineTool(options) {
  return new Line(options);
}

export function strokeTool(options) {
  return new Stroke(options);
}

/** Draws what a tool is about to do: {path, radius_px, polygon}. */
export function toolMark(now) {
  return (context, place) => {
    const { path, radius_px = 0, polygon = false, brush = null } = now();
    if (brush) ring(context, place, brush, radius_px);
    if (!path.length) return;
    const at = path.map(place.toPane);
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(at[0].x, at[0].y);
    for (const { x, y } of at) context.lineTo(x, y);
    if (polygon) context.closePath();
    if (radius_px) {
      context.lineWidth = 2 * radius_px * place.scale;
      context.strokeStyle = "rgb(255 255 255 / 45%)";
      context.stroke();
      return;
    }
    for (const [width, style] of [[4, "rgb(0 0 0 / 75%)"], [2, "white"]]) {
      context.lineWidth = width * place.ratio;
      context.strokeStyle = style;
      context.stroke();
    }
  };
}

function ring(context, place, { x, y }, radius_px) {
  const middle = place.toPane({ x, y });
  for (const [width, style] of [[3, "rgb(0 0 0 / 75%)"], [1, "white"]]) {
    context.beginPath();
    context.arc(middle.x, middle.y, Math.max(2, radius_px * place.scale), 0, 2 * Math.PI);
    context.lineWidth = width * place.ratio;
    context.strokeStyle = style;
    context.stroke();
  }
}

/** The particle that most of a line runs over; null where it meets none. */
export function particleUnder({ width, height, data }, line) {
  const counts = new Map();
  for (let i = 1; i < line.length; i++) {
    const [r1, c1] = line[i - 1];
    const [r2, c2] = line[i];
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(r2 - r1, c2 - c1)));
    for (let step = 0; step <= steps; step++) {
      const row = Math.round(r1 + ((r2 - r1) * step) / steps);
      const column = Math.round(c1 + ((c2 - c1) * step) / steps);
      if (row < 0 || column < 0 || row >= height || column >= width) continue;
      const label = data[row * width + column];
      if (label) counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  }
  let best = null;
  for (const [label, count] of counts) if (best === null || count > counts.get(best)) best = label;
  return best;
}
