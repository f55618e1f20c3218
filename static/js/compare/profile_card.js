// Grey and height along the drawn line: chart, ends, CSV.

import { lengthText } from "../viewer/index.js";
import { along, profileAlong, profileCsv } from "./profile.js";
import { ProfileChart } from "./profile_chart.js";

const ENDS = { x0: ["from", "x"], y0: ["from", "y"], x1: ["to", "x"], y1: ["to", "y"] };

export class ProfileCard {
  #waiting = false;

  constructor(root, page) {
    this.page = page;
    this.card = root.querySelector("[data-profile]");
    this.note = this.card.querySelector("[data-profile-note]");
    this.form = this.card.querySelector("[data-ends]");
    this.hint = this.note.textContent;
    this.chart = new ProfileChart(this.card.querySelector("[data-chart]"), (part) => this.#point(part));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#typed();
    });
  }

  /** Show the line's profile; while it is dragged, at most once a frame. */
  async follow() {
    this.card.hidden = !this.page.line.line && this.page.state.tool !== "line";
    if (this.#waiting || this.card.hidden) return;
    this.#waiting = true;
    await new Promise(requestAnimationFrame);
    this.#waiting = false;
    await this.#show();
  }

  async #show() {
    const { line } = this.page.line;
    this.profile = line && (await this.#measured(line));
    this.note.textContent = line ? this.#summary(line) : this.hint;
    for (const [name, [end, axis]] of Object.entries(ENDS)) {
      const field = this.form.elements[name];
      if (field !== document.activeElement) field.value = line ? line[end][axis].toFixed(1) : "";
    }
    await this.chart.show(this.profile);
  }

  async #measured(line) {
    const { sources, stage, nm_per_px } = this.page;
    const heights = await sources.heights();
    const height = profileAlong(heights.raster, line, heights.nm_per_step);
    const images = stage.pictures.filter((picture) => picture !== heights);
    return {
      distance_nm: height.distance_px.map((distance) => distance * nm_per_px),
      height_nm: height.values,
      greys: images.map(({ name, raster }) => ({ name, values: profileAlong(raster, line).values })),
    };
  }

  #summary({ from, to }) {
    const { nm_per_px } = this.page;
    const { height_nm, distance_nm } = this.profile;
    const angle = (Math.atan2(from.y - to.y, to.x - from.x) * 180) / Math.PI;
    const [low, high] = [Math.min(...height_nm), Math.max(...height_nm)];
    const px = Math.round(distance_nm.at(-1) / nm_per_px);
    return (
      `Length ${lengthText(distance_nm.at(-1))} (${px} px) at ${angle.toFixed(0).replace("-", "−")}°; ` +
      `height ${low.toFixed(0)} to ${high.toFixed(0)} nm.`
    );
  }

  /** The chart's place, marked in the panes. */
  #point(part) {
    const { line } = this.page.line;
    this.page.view.setHover(part === null || !line ? null : along(line, part));
  }

  #typed() {
    const line = { from: {}, to: {} };
    for (const [name, [end, axis]] of Object.entries(ENDS)) {
      const limit = axis === "x" ? this.page.view.width : this.page.view.height;
      line[end][axis] = Math.min(limit, Math.max(0, Number(this.form.elements[name].value)));
    }
    this.page.line.set(line);
  }

  save() {
    if (!this.profile) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([profileCsv(this.profile)], { type: "text/csv" }));
    link.download = "profile.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}
