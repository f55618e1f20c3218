// "Where does it look artificial?": boxes on the image, in its own pixels, by pointer or by keys.
const MOST = 20;
const LEAST_PX = 3; // of the image; less is a slip of the hand
const STEP = 16; // screen pixels that a key moves or sizes the cursor by
const FIRST = 96; // screen pixels: the cursor's first size

export class Regions {
  // `say` speaks to whoever does not see the boxes.
  constructor({ panes, button, list, say }) {
    Object.assign(this, { button, list, say });
    this.boxes = []; // [x, y, width, height]
    this.active = false;
    this.corner = null; // where a box begins, until its other corner is there
    for (const pane of panes) this.#listen(pane);
    this.pane = panes[0];
    button.addEventListener("click", () => this.toggle());
    list.addEventListener("click", (event) => {
      const remove = event.target.closest("button");
      if (remove) this.remove(Number(remove.dataset.index));
    });
  }

  // Mark on this image from now on; boxes on another one are gone.
  on(pane) {
    if (pane === this.pane) return;
    if (this.boxes.length) this.say("The regions on the other image are removed.");
    this.clear();
    this.pane = pane;
  }

  clear() {
    this.boxes = [];
    this.cursor = null;
    this.toggle(false);
    this.#draw();
  }

  toggle(on = !this.active) {
    this.active = on;
    this.corner = null;
    this.button.setAttribute("aria-pressed", String(on));
    this.pane.view.classList.toggle("marking", on);
    if (!on) this.cursor = null;
    else {
      this.say("Drag boxes, click two corners, or move a box by the arrow keys and put it with Enter. Escape ends it.");
      this.pane.view.focus({ preventScroll: true });
    }
    this.#draw();
  }

  remove(index) {
    if (!this.boxes[index]) return;
    this.boxes.splice(index, 1);
    this.say(`Region ${index + 1} is removed; ${this.boxes.length} left.`);
    this.#draw();
    (this.list.querySelector("button") ?? this.button).focus();
  }

  // What a key does while marking; true if it did something.
  press({ key, shiftKey }) {
    if (!this.active) return false;
    if (key === "Escape") this.corner ? this.#forget() : this.toggle(false);
    else if (key.startsWith("Arrow")) this.#moveCursor(key, shiftKey);
    else if (key === "Enter" && this.cursor) this.#put(this.cursor);
    else if (key === "Delete" || key === "Backspace") this.#removeAtCursor();
    else return false;
    return true;
  }

  #forget() {
    this.corner = null;
    this.#draw();
  }

  #moveCursor(key, sizes = false) {
    const perKey = Math.max(1, Math.round(STEP / this.#perPixel));
    this.cursor ??= this.#firstCursor();
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    let [x, y, width, height] = this.cursor;
    const image = this.pane.image;
    if (sizes) {
      width = Math.min(Math.max(LEAST_PX, width + dx * perKey), image.naturalWidth - x);
      height = Math.min(Math.max(LEAST_PX, height + dy * perKey), image.naturalHeight - y);
    } else {
      x = Math.min(Math.max(0, x + dx * perKey), image.naturalWidth - width);
      y = Math.min(Math.max(0, y + dy * perKey), image.naturalHeight - height);
    }
    this.cursor = [x, y, width, height];
    this.#draw();
    this.pane.sheet.querySelector(".cursor").scrollIntoView({ block: "nearest", inline: "nearest" });
    this.say(`Box of ${width} by ${height} pixels at ${x}, ${y}.`);
  }

  // In the middle of what is in sight.
  #firstCursor() {
    const { left, top, width, height } = this.pane.view.getBoundingClientRect();
    const side = Math.round(FIRST / this.#perPixel);
    const middle = this.pane.toImage(left + width / 2, top + height / 2);
    return this.#box({ x: middle.x - side / 2, y: middle.y - side / 2 }, { x: middle.x + side / 2, y: middle.y + side / 2 });
  }

  #removeAtCursor() {
    const [x, y, width, height] = this.cursor ?? [-1, -1, 0, 0];
    const [atX, atY] = [x + width / 2, y + height / 2];
    const under = this.boxes.findLastIndex(([left, top, w, h]) => left <= atX && atX <= left + w && top <= atY && atY <= top + h);
    this.remove(under < 0 ? this.boxes.length - 1 : under);
    this.pane.view.focus({ preventScroll: true });
  }

  get #perPixel() {
    return this.pane.scale / window.devicePixelRatio;
  }

  // The box between two corners: whole pixels, inside the image.
  #box(one, two) {
    const { naturalWidth, naturalHeight } = this.pane.image;
    const within = (value, most) => Math.min(Math.max(0, value), most);
    const left = Math.floor(within(Math.min(one.x, two.x), naturalWidth));
    const top = Math.floor(within(Math.min(one.y, two.y), naturalHeight));
    const right = Math.ceil(within(Math.max(one.x, two.x), naturalWidth));
    const bottom = Math.ceil(within(Math.max(one.y, two.y), naturalHeight));
    return [left, top, right - left, bottom - top];
  }

  #put(box) {
    const [x, y, width, height] = box;
    if (width < LEAST_PX || height < LEAST_PX) return this.#draw();
    if (this.boxes.some((other) => String(other) === String(box))) return this.say("This region is marked already.");
    if (this.boxes.length >= MOST) return this.say(`${MOST} regions are the most; remove one first.`);
    this.boxes.push([...box]);
    this.say(`Region ${this.boxes.length}: ${width} by ${height} pixels at ${x}, ${y}.`);
    this.#draw();
  }

  // Press, drag, release; or click one corner and then the other, for hands that do not drag.
  #listen(pane) {
    const { view } = pane;
    let pressed = null;
    view.addEventListener(
      "pointerdown",
      (event) => {
        if (!this.active || pane !== this.pane || event.button !== 0) return;
        event.preventDefault();
        view.focus({ preventScroll: true });
        view.setPointerCapture(event.pointerId);
        pressed = { x: event.clientX, y: event.clientY };
        this.cursor = null;
        if (!this.corner) this.corner = pane.toImage(event.clientX, event.clientY);
        else pressed.closes = true;
      },
      { capture: true }, // before the pane takes it for a move
    );
    view.addEventListener("pointermove", (event) => {
      if (!this.active || pane !== this.pane || !this.corner) return;
      this.#draw(this.#box(this.corner, pane.toImage(event.clientX, event.clientY)));
    });
    view.addEventListener("pointerup", (event) => {
      if (!pressed) return;
      const moved = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > 4;
      const closes = pressed.closes || moved;
      pressed = null;
      if (!closes || !this.corner) return;
      const box = this.#box(this.corner, pane.toImage(event.clientX, event.clientY));
      this.corner = null;
      this.#put(box);
    });
    view.addEventListener("pointercancel", () => {
      pressed = null;
      this.#forget();
    });
  }

  #draw(growing = null) {
    const { sheet, image } = this.pane;
    for (const old of sheet.querySelectorAll(".region")) old.remove();
    const drawn = this.boxes.map((box, index) => [box, "region", index + 1]);
    if (growing) drawn.push([growing, "region growing", ""]);
    if (this.cursor) drawn.push([this.cursor, "region cursor", ""]);
    for (const [[x, y, width, height], name, text] of drawn) {
      const element = document.createElement("div");
      element.className = name;
      element.textContent = text;
      element.style.left = `${(100 * x) / image.naturalWidth}%`;
      element.style.top = `${(100 * y) / image.naturalHeight}%`;
      element.style.width = `${(100 * width) / image.naturalWidth}%`;
      element.style.height = `${(100 * height) / image.naturalHeight}%`;
      sheet.append(element);
    }
    this.#listBoxes();
  }

  #listBoxes() {
    if (this.list.childElementCount === this.boxes.length) return;
    this.list.replaceChildren(
      ...this.boxes.map(([, , width, height], index) => {
        const entry = document.createElement("li");
        const remove = document.createElement("button");
        remove.type = "button";
        remove.dataset.index = index;
        remove.textContent = `${index + 1} ×`;
        remove.setAttribute("aria-label", `Remove region ${index + 1}, ${width} by ${height} pixels`);
        entry.append(remove);
        return entry;
      }),
    );
  }
}
