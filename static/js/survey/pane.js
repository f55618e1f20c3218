// One image in its frame: pixel on pixel, moved by scrolling, covered where its time is over.
const MOVE_PX = 80;

export class Pane {
  constructor(view) {
    this.view = view;
    this.sheet = view.querySelector(".sheet");
    this.image = view.querySelector("img");
    this.mask = view.querySelector(".mask");
    this.scale = 1;
    this.#moveByDrag();
  }

  async load(url) {
    this.image.src = url;
    await this.image.decode();
  }

  show(on) {
    this.sheet.hidden = !on;
  }

  cover(on) {
    this.mask.hidden = !on;
  }

  // Screen pixels for a pixel of the image at which all of it is in sight: a whole number from 1 on.
  get whole() {
    const { width, height } = this.view.getBoundingClientRect(); // scroll bars included: they will go
    const ratio = window.devicePixelRatio;
    const room = Math.min((width * ratio) / this.image.naturalWidth, (height * ratio) / this.image.naturalHeight);
    return room >= 1 ? Math.floor(room + 1e-6) : room;
  }

  // Resize, and keep what lies at `anchor` (client coordinates; the middle if none) where it is.
  resize(scale, anchor = null) {
    const ratio = window.devicePixelRatio;
    const frame = this.view.getBoundingClientRect();
    const x = anchor ? anchor.x - frame.left : frame.width / 2;
    const y = anchor ? anchor.y - frame.top : frame.height / 2;
    const point = this.toImage(frame.left + x, frame.top + y);
    this.scale = scale;
    const { style } = this.sheet;
    style.width = `${(this.image.naturalWidth * scale) / ratio}px`;
    style.height = `${(this.image.naturalHeight * scale) / ratio}px`;
    this.image.classList.toggle("smaller", scale < 1);
    style.left = `${middle(frame.left, this.view.clientWidth, parseFloat(style.width))}px`;
    style.top = `${middle(frame.top, this.view.clientHeight, parseFloat(style.height))}px`;
    this.view.classList.toggle("larger", this.#isLarger);
    this.view.scrollLeft = even((point.x * scale) / ratio + parseFloat(style.left) - x);
    this.view.scrollTop = even((point.y * scale) / ratio + parseFloat(style.top) - y);
  }

  // Where in the image, in its own pixels, a point of the window lies.
  toImage(clientX, clientY) {
    const { left, top } = this.sheet.getBoundingClientRect();
    const perPixel = this.scale / window.devicePixelRatio;
    return { x: (clientX - left) / perPixel, y: (clientY - top) / perPixel };
  }

  move(key) {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    this.view.scrollBy(x * MOVE_PX, y * MOVE_PX);
  }

  get #isLarger() {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.view;
    return scrollWidth > clientWidth || scrollHeight > clientHeight;
  }

  // A finger scrolls by itself; a mouse and a pen drag the image along.
  #moveByDrag() {
    let from = null;
    this.view.addEventListener("pointerdown", (event) => {
      const onBar = event.offsetX > this.view.clientWidth || event.offsetY > this.view.clientHeight;
      const dragged = event.button === 0 && event.pointerType !== "touch" && !event.defaultPrevented;
      if (!dragged || (event.target === this.view && onBar) || !this.#isLarger) return;
      event.preventDefault(); // else the browser drags the image away as a file
      this.view.focus({ preventScroll: true });
      this.view.setPointerCapture(event.pointerId);
      this.view.classList.add("moving");
      from = { x: event.clientX + this.view.scrollLeft, y: event.clientY + this.view.scrollTop };
    });
    this.view.addEventListener("pointermove", (event) => {
      if (from) this.view.scrollTo(from.x - event.clientX, from.y - event.clientY);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.view.addEventListener(end, () => {
        from = null;
        this.view.classList.remove("moving");
      });
    }
  }
}

const MOST_STEPS = 12; // 1.1 screen pixels a pixel of the page come out even after ten

// A whole pixel of the page, from `at` on, that is also one of the screen: between two of them an
// image would be smeared.
function even(at) {
  const ratio = window.devicePixelRatio;
  for (let whole = Math.ceil(at); whole < at + MOST_STEPS; whole += 1) {
    if (Math.abs(whole * ratio - Math.round(whole * ratio)) < 0.01) return whole;
  }
  return Math.ceil(at * ratio) / ratio;
}

// Where `size` begins in the middle of `room`.
const middle = (start, room, size) => even(start + Math.max(0, (room - size) / 2)) - start;
