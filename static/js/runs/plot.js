// One plot of curves by uPlot, with the last and the best value of each beside its name.

import uPlot from "../../vendor/uplot.js";
import { seriesColours, token } from "../palette.js";

const HEIGHT_PX = 240;
const cursors = uPlot.sync("steps"); // the same step in all plots

// Of these, less is better; of all others the highest value is the best.
const LESS_IS_BETTER = /loss|error|distance|fid|kid|cycle|identity|adversarial/i;

/** Exponential moving average, debiased at the start; part 0 leaves the values as they are. */
export function smooth(values, part) {
  if (!part) return values;
  let mean = 0;
  let weight = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = part * mean + (1 - part) * value;
    weight = part * weight + (1 - part);
    return mean / weight;
  });
}

/** The last value and the best one with its step, of steps and their unsmoothed values. */
export function summary(name, points) {
  const lessIsBetter = LESS_IS_BETTER.test(name);
  let last = null;
  let best = null;
  for (const [step, value] of points) {
    if (!last || step >= last[0]) last = [step, value];
    if (!best || (lessIsBetter ? value < best[1] : value > best[1])) best = [step, value];
  }
  return { last, best, lessIsBetter };
}

export function figure(value) {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1000 ? value.toFixed(3) : value.toPrecision(4);
}

export class Curve {
  /** `names`: what each series is called, Map(key -> name); empty where there is only one. */
  constructor(box, name, title, names) {
    this.name = name;
    this.names = names;
    this.points = new Map(); // series -> Map(step -> value); a step said again overwrites
    this.zoomed = false;
    this.plot = null;
    this.frame = document.createElement("section");
    this.frame.className = "curve";
    this.frame.dataset.curve = name;
    const heading = document.createElement("h3");
    heading.textContent = title;
    this.figures = document.createElement("p");
    this.figures.className = "curve-figures small quiet";
    this.frame.append(heading, this.figures);
    box.append(this.frame);
  }

  add(series, points) {
    if (!this.points.has(series)) this.points.set(series, new Map());
    for (const [step, value] of points) this.points.get(series).set(step, value);
  }

  /** Show what there is; a zoom that somebody has drawn stays, and so do hidden series. */
  draw(how, { anew = false } = {}) {
    this.tell();
    const keys = [...this.points.keys()];
    const data = this.table(how);
    if (this.plot && !anew && this.plot.series.length === keys.length + 1) {
      this.plot.setData(data, !this.zoomed);
      if (this.zoomed) this.plot.redraw();
      return;
    }
    this.plot?.destroy();
    this.zoomed = false;
    this.plot = new uPlot(this.options(keys, how), data, this.frame);
  }

  table(how) {
    const series = [...this.points.values()];
    const steps = [...new Set(series.flatMap((points) => [...points.keys()]))].sort((a, b) => a - b);
    const columns = series.map((points) => {
      const values = steps.map((step) => points.get(step) ?? null);
      const shown = smooth(values, how.smoothing);
      return how.log ? shown.map((value) => (value !== null && value > 0 ? value : null)) : shown;
    });
    return [steps, ...columns];
  }

  tell() {
    if (this.points.size !== 1) return; // of several runs the legend tells enough
    const [points] = this.points.values();
    const { last, best, lessIsBetter } = summary(this.name, points);
    if (!last) return;
    this.figures.textContent =
      `last ${figure(last[1])} (step ${last[0].toLocaleString("en")}), ` +
      `${lessIsBetter ? "lowest" : "highest"} ${figure(best[1])} (step ${best[0].toLocaleString("en")})`;
  }

  options(keys, how) {
    const colours = seriesColours();
    const order = [...this.names.keys()];
    const style = getComputedStyle(this.frame);
    const inside = this.frame.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return {
      width: Math.max(200, inside),
      height: HEIGHT_PX,
      scales: { x: { time: false }, y: { distr: how.log ? 3 : 1, range: how.log ? undefined : roomy } },
      axes: [axis(), { ...axis(), size: 58 }],
      cursor: { sync: { key: cursors.key }, drag: { x: true, y: false } },
      hooks: {
        setSelect: [(plot) => { this.zoomed ||= plot.select.width > 0; }],
        ready: [(plot) => plot.over.addEventListener("dblclick", () => { this.zoomed = false; })],
      },
      series: [
        { label: "Step", value: (_, step) => (step === null ? "–" : step.toLocaleString("en")) },
        ...keys.map((key, index) => ({
          label: this.names.get(key) ?? "Value",
          stroke: colours[(order.length ? order.indexOf(key) : index) % colours.length],
          width: 1.5,
          points: { fill: token("--card") },
          spanGaps: true,
          value: (_, value) => (value === null ? "–" : figure(value)),
        })),
      ],
    };
  }
}

/** From the least to the greatest value with a little room; a flat line gets a scale of its size. */
function roomy(_, least, greatest) {
  if (least === null) return [0, 1];
  const room = (greatest - least) * 0.06 || Math.abs(greatest) * 0.1 || 1;
  return [least - room, greatest + room];
}

function axis() {
  return {
    stroke: token("--quiet"),
    grid: { stroke: token("--line"), width: 1 },
    ticks: { stroke: token("--line"), width: 1 },
  };
}
