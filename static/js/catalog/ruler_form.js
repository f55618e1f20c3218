// The form beside a line over the scale bar: its length in pixels, what the bar says, what follows.

const UNIT_NM = { nm: 1, "µm": 1000 };

// "length" would name how many fields the form has, so the bar's is "bar_length".
export class RulerForm {
  constructor(form) {
    this.form = form;
    form.addEventListener("input", () => this.#tell());
  }

  open() {
    this.form.hidden = false;
  }

  measured(line) {
    const { pixels, bar_length: length } = this.form.elements;
    pixels.value = line ? Math.hypot(line.to.x - line.from.x, line.to.y - line.from.y).toFixed(1) : "";
    this.#tell();
    if (!length.value) length.scrollIntoView({ block: "nearest" });
  }

  #tell() {
    const { pixels, bar_length: length, unit } = this.form.elements;
    const number = (field) => Number(field.value.replace(",", "."));
    const nm_per_px = (number(length) * UNIT_NM[unit.value]) / number(pixels);
    const told = Number.isFinite(nm_per_px) && nm_per_px > 0;
    const result = this.form.querySelector("[data-ruler-result]");
    result.textContent = told ? `= ${Number(nm_per_px.toPrecision(4))} nm/px` : "";
  }
}
