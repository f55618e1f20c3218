// Where one looks: the middle of the view in image pixels, and the zoom in CSS pixels per image pixel.
//
// Linked panes share one View and draw from it; none of them holds a place of its own. So there is
// nothing to keep in step, and nothing that could loop, as two viewers that follow each other do.
//
// Pixel centres lie at .5: the first pixel covers 0 to 1.

const STEPS = [1 / 32, 1 / 24, 1 / 16, 1 / 12, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 1];
STEPS.push(2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64);
const HIGHEST = 64;

export class View extends EventTarget {
  #wanted = 1; // the zoom before it is rounded, so that small turns of the wheel add up

  constructor({ width, height }) {
    super();
    Object.assign(this, { width, height, x: width / 2, y: height / 2, zoom: 1, fitted: true });
    this.frame = { width: 0, height: 0 };
    this.hover = null; // {x, y} under the pointer, in any of the panes
  }

  get pixelRatio() {
    return globalThis.devicePixelRatio || 1;
  }

  /** Panes beside each other are equally large; the first one tells how large. */
  setFrame(width, height) {
    if (width === this.frame.width && height === this.frame.height) return;
    this.frame = { width, height };
    this.fitted ? this.fit() : this.#settle();
  }

  fitZoom() {
    const { width, height } = this.frame;
    const room = Math.min(width / this.width, height / this.height) || 1;
    const device = room * this.pixelRatio;
    return device >= 1 ? Math.floor(device) / this.pixelRatio : room;
  }

  lowestZoom() {
    return Math.min(this.fitZoom(), 1 / this.pixelRatio);
  }

  fit() {
    this.#set({ x: this.width / 2, y: this.height / 2, zoom: this.fitZoom(), fitted: true });
  }

  /** One image pixel is one pixel of the screen. */
  actualSize(at = this.#middle()) {
    this.zoomTo(1 / this.pixelRatio, at);
  }

  /** Zoom so that the image point under `at` (CSS pixels from the pane's corner) stays there. */
  zoomTo(zoom, at = this.#middle()) {
    const clamped = Math.min(HIGHEST, Math.max(this.lowestZoom(), zoom));
    const point = this.toImage(at);
    const next = this.#rounded(clamped);
    this.#wanted = clamped;
    this.#set(
      {
        x: point.x - (at.x - this.frame.width / 2) / next,
        y: point.y - (at.y - this.frame.height / 2) / next,
        zoom: next,
        fitted: false,
      },
      { keepWanted: true },
    );
  }

  zoomBy(factor, at) {
    this.zoomTo(this.#wanted * factor, at);
  }

  zoomIn(at) {
    const device = this.zoom * this.pixelRatio;
    this.zoomTo((STEPS.find((step) => step > device * 1.01) ?? HIGHEST) / this.pixelRatio, at);
  }

  zoomOut(at) {
    const device = this.zoom * this.pixelRatio;
    const below = STEPS.findLast((step) => step < device * 0.99) ?? STEPS[0];
    this.zoomTo(below / this.pixelRatio, at);
  }

  /** Move the image by CSS pixels. */
  panBy(dx, dy) {
    if (!this.canPan()) return;
    const moved = { x: this.x - dx / this.zoom, y: this.y - dy / this.zoom, fitted: false };
    this.#set(moved, { keepWanted: true }); // fingers that pinch move as well
  }

  canPan() {
    const { width, height } = this.frame;
    return this.width * this.zoom > width + 0.5 || this.height * this.zoom > height + 0.5;
  }

  /** Look at a place; without a zoom everything is shown. */
  look({ x, y, zoom }) {
    if (zoom === undefined) this.fit();
    else this.#set({ x, y, zoom: this.#rounded(Math.min(HIGHEST, zoom)), fitted: false });
  }

  /** The image point under a point of the pane. */
  toImage({ x, y }) {
    return {
      x: this.x + (x - this.frame.width / 2) / this.zoom,
      y: this.y + (y - this.frame.height / 2) / this.zoom,
    };
  }

  setHover(point) {
    if (!point && !this.hover) return;
    this.hover = point;
    this.dispatchEvent(new Event("hover"));
  }

  #middle() {
    return { x: this.frame.width / 2, y: this.frame.height / 2 };
  }

  /** From 1:1 on only whole zooms: every image pixel is equally many pixels of the screen. */
  #rounded(zoom) {
    const device = zoom * this.pixelRatio;
    return device >= 1 ? Math.round(device) / this.pixelRatio : zoom;
  }

  #settle() {
    this.#set({ x: this.x, y: this.y, zoom: Math.max(this.zoom, this.lowestZoom()) });
  }

  #set({ x, y, zoom = this.zoom, fitted = this.fitted }, { keepWanted = false } = {}) {
    this.zoom = zoom;
    this.x = held(x, this.width, this.frame.width / zoom);
    this.y = held(y, this.height, this.frame.height / zoom);
    this.fitted = fitted;
    if (!keepWanted) this.#wanted = zoom;
    this.dispatchEvent(new Event("change"));
  }
}

/** The middle of the view lies in the image, and on its middle where all of it is seen. */
function held(middle, size, shown) {
  return size <= shown ? size / 2 : Math.min(size, Math.max(0, middle));
}
