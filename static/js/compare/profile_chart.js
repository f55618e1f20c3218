// Height and greys over the distance along a line, in one chart with two axes.

import { onScheme, seriesColours, token } from "../palette.js";

const HEIGHT_PX = 240;
const DASHES = [[], [6, 4], [2, 3], [8, 3, 2, 3]]; // greys differ by more than their colour

export class ProfileChart {
  #chart = null;
  #shape = ""; // the series of the chart that is there

  /** `moved` is told the place under the pointer, 0 to 1, or null. */
  constructor(host, moved) {
    Object.assign(this, { host, moved, profile: null });
    onScheme(() => this.#rebuild());
    new ResizeObserver(() => this.#fit()).observe(host);
  }

  async show(profile) {
    this.profile = profile;
    if (profile) this.uPlot ??= await library();
    if (!this.profile) return this.#remove(); // taken away while the library came
    const shape = this.profile.greys.map(({ name }) => name).join("\n");
    if (this.#chart && shape === this.#shape) this.#chart.setData(table(this.profile));
    else this.#rebuild();
    this.#shape = shape;
  }

  #remove() {
    this.#chart?.destroy();
    this.#chart = null;
  }

  #rebuild() {
    this.#remove();
    if (!this.profile || !this.uPlot) return;
    this.#chart = new this.uPlot(this.#options(), table(this.profile), this.host);
  }

  #fit() {
    if (this.#chart && this.host.clientWidth) {
      this.#chart.setSize({ width: this.host.clientWidth, height: HEIGHT_PX });
    }
  }

  #options() {
    const [ink, line] = [token("--quiet"), token("--line")];
    const axis = (more) => ({ stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line }, ...more });
    return {
      width: this.host.clientWidth,
      height: HEIGHT_PX,
      scales: {
        x: { time: false },
        nm: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.05 : 1] },
        grey: { range: [0, 255] },
      },
      axes: [
        axis({ label: "Distance (nm)" }),
        axis({ scale: "nm", label: "Height (nm)" }),
        axis({ scale: "grey", side: 1, label: "Grey", grid: { show: false } }),
      ],
      series: this.#series(),
      cursor: { y: false },
      hooks: { setCursor: [(chart) => this.#tell(chart.cursor.idx)] },
    };
  }

  #series() {
    const nm = (_, value) => (value === null || value === undefined ? "–" : `${value.toFixed(0)} nm`);
    const grey = (_, value) => (value === null || value === undefined ? "–" : value.toFixed(0));
    const [first, ...others] = seriesColours();
    const greys = this.profile.greys.map(({ name }, index) => ({
      label: name, scale: "grey", stroke: others[index], width: 1.5, dash: DASHES[index], value: grey,
    }));
    return [
      { label: "Distance", value: nm },
      { label: "Height", scale: "nm", stroke: first, width: 2.5, value: nm },
      ...greys,
    ];
  }

  #tell(index) {
    const last = this.profile.distance_nm.length - 1;
    this.moved(index === null || index === undefined ? null : index / last);
  }
}

function table({ distance_nm, height_nm, greys }) {
  return [distance_nm, height_nm, ...greys.map(({ values }) => values)];
}

/** The charting library and its sheet, fetched when the first line is drawn. */
async function library() {
  const sheet = document.createElement("link");
  Object.assign(sheet, { rel: "stylesheet", href: new URL("../../vendor/uplot.css", import.meta.url).href });
  document.head.append(sheet);
  const { default: uPlot } = await import("../../vendor/uplot.js");
  return uPlot;
}
