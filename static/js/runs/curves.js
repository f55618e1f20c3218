// Curves of one run (new points only, every 2 s) or of several beside each other, drawn by uPlot.

import uPlot from "../../vendor/uplot.js";
import { onScheme, seriesColours, token } from "../palette.js";

const POLL_MS = 2000;
const HEIGHT_PX = 240;

const box = document.querySelector(".curves");
const state = document.getElementById("curve-state");
const logScale = document.getElementById("log-scale");
const smoothing = document.getElementById("smoothing");

/** Curves by name: Map(name -> Map(series -> Map(step -> value))); a step said again overwrites. */
const curves = new Map();
const plots = new Map();
let names = new Map(); // of series, for the legend; empty where there is only one run

function add(name, series, points) {
  if (!curves.has(name)) curves.set(name, new Map());
  const found = curves.get(name);
  if (!found.has(series)) found.set(series, new Map());
  for (const [step, value] of points) found.get(series).set(step, value);
}

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

function tableOf(name) {
  const series = [...curves.get(name).entries()];
  const steps = [...new Set(series.flatMap(([, points]) => [...points.keys()]))].sort((a, b) => a - b);
  const part = Number(smoothing.value);
  const columns = series.map(([, points]) => {
    const values = steps.map((step) => points.get(step) ?? null);
    const shown = smooth(values, part);
    return logScale.checked ? shown.map((value) => (value !== null && value > 0 ? value : null)) : shown;
  });
  return { keys: series.map(([key]) => key), data: [steps, ...columns] };
}

function options(name, keys, width) {
  const colours = seriesColours();
  const order = [...names.keys()];
  return {
    width,
    height: HEIGHT_PX,
    scales: { x: { time: false }, y: { distr: logScale.checked ? 3 : 1 } },
    axes: [axis(), axis()],
    legend: { live: true },
    series: [
      { label: "step" },
      ...keys.map((key, index) => ({
        label: names.get(key) ?? name,
        stroke: colours[(order.length ? order.indexOf(key) : index) % colours.length],
        width: 1.5,
        spanGaps: true,
      })),
    ],
  };
}

function axis() {
  return { stroke: token("--quiet"), grid: { stroke: token("--line") }, ticks: { stroke: token("--line") } };
}

function frameOf(name) {
  const frame = document.createElement("section");
  frame.className = "curve";
  const title = document.createElement("h3");
  title.textContent = name.replaceAll("_", " ").replaceAll("/", ": ");
  frame.append(title);
  box.append(frame);
  return frame;
}

function draw({ anew = false } = {}) {
  for (const name of curves.keys()) {
    const { keys, data } = tableOf(name);
    const known = plots.get(name);
    if (known && !anew && known.keys.length === keys.length) {
      known.plot.setData(data);
      continue;
    }
    const frame = known?.frame ?? frameOf(name);
    known?.plot.destroy();
    const width = Math.max(200, frame.clientWidth - 34);
    plots.set(name, { frame, keys, plot: new uPlot(options(name, keys, width), data, frame) });
  }
}

async function follow(address) {
  let after = 0;
  for (;;) {
    let answer;
    try {
      const response = await fetch(`${address}?after=${after}`);
      if (!response.ok) throw new Error(String(response.status));
      answer = await response.json();
    } catch {
      state.textContent = "No connection; trying again.";
      await pause();
      continue;
    }
    const fresh = Object.entries(answer.points);
    for (const [name, points] of fresh) add(name, "", points);
    if (fresh.length) draw();
    if (answer.after > after && fresh.length) {
      after = answer.after;
      if (answer.final) continue; // there may be more than one answer holds
    }
    if (answer.final) break;
    state.textContent = "Live";
    await pause();
  }
  state.textContent = curves.size ? "" : "This run has no curves.";
}

async function together(address) {
  const answer = await (await fetch(address)).json();
  names = new Map(answer.runs.map((run) => [String(run.id), run.name]));
  for (const [name, runs] of Object.entries(answer.curves)) {
    for (const [run, points] of Object.entries(runs)) add(name, run, points);
  }
  draw();
  state.textContent = curves.size ? "" : "None of these runs has curves.";
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

if (box) {
  logScale.addEventListener("change", () => draw({ anew: true }));
  smoothing.addEventListener("input", () => draw());
  onScheme(() => draw({ anew: true }));
  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => draw({ anew: true }), 150);
  });
  if (box.dataset.curves) follow(box.dataset.curves);
  else together(box.dataset.together);
}
