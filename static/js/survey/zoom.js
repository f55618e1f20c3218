// Shows the image whole, pixel by pixel, or four screen pixels for each; notes every change.
const STEPS = ["fit", "1", "4"];
const MOVE_PX = 80;

export class Zoom {
  constructor(stage, picture, buttons) {
    Object.assign(this, { stage, picture, buttons });
    this.chosen = "fit";
    this.log = [];
    for (const button of buttons) button.addEventListener("click", () => this.choose(button.dataset.zoom));
    window.addEventListener("resize", () => this.apply());
  }

  // A new image begins like the one before: whole.
  reset() {
    this.log = [];
    this.painted = null;
    this.choose("fit");
  }

  next() {
    if (this.buttons.length) this.choose(STEPS[(STEPS.indexOf(this.chosen) + 1) % STEPS.length]);
  }

  choose(step) {
    this.chosen = step;
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.zoom === step));
    }
    const scale = this.apply();
    if (this.painted != null) this.log.push([Math.round(performance.now() - this.painted), scale]);
  }

  move(key) {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    this.stage.scrollBy(x * MOVE_PX, y * MOVE_PX);
  }

  // Screen pixels for each pixel of the image. Enlarged by whole numbers only: no pixel is stretched.
  apply() {
    const { naturalWidth: width, naturalHeight: height } = this.picture;
    if (!width) return 1;
    const ratio = window.devicePixelRatio;
    const room = Math.min((this.stage.clientWidth * ratio) / width, (this.stage.clientHeight * ratio) / height);
    const whole = room >= 1 ? Math.floor(room) : room;
    const scale = this.chosen === "fit" ? whole : Number(this.chosen);
    this.picture.style.width = `${(width * scale) / ratio}px`;
    this.picture.style.height = `${(height * scale) / ratio}px`;
    this.picture.classList.toggle("smaller", scale < 1);
    return scale;
  }
}
