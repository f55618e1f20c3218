// Curves of one run (new points only, every 2 s) or of several beside each other.

import { onScheme } from "../palette.js";
import { Curve } from "./plot.js";

const POLL_MS = 2000;

const box = document.querySelector(".curves");
const state = document.getElementById("curve-state");
const logScale = document.getElementById("log-scale");
const smoothing = document.getElementById("smoothing");

const curves = new Map();
let names = new Map();

function add(name, title, series, points) {
  if (!curves.has(name)) curves.set(name, new Curve(box, name, title, names));
  curves.get(name).add(series, points);
}

function draw(changed, options) {
  const how = { log: logScale.checked, smoothing: Number(smoothing.value) };
  for (const curve of changed) curve.draw(how, options);
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
      say("No connection; trying again.");
      await pause();
      continue;
    }
    const fresh = Object.entries(answer.points);
    for (const [name, points] of fresh) add(name, answer.titles[name], "", points);
    draw(fresh.map(([name]) => curves.get(name)));
    const more = answer.after > after; // one answer may not hold all there is
    after = answer.after;
    if (more && answer.final) continue;
    if (answer.final) break;
    say(curves.size ? "Live" : "Curves appear here while the run works.");
    await pause();
  }
  say(curves.size ? "" : "This run has no curves.");
}

async function together(address) {
  const answer = await (await fetch(address)).json();
  names = new Map(answer.runs.map((run) => [String(run.id), run.name]));
  for (const [name, runs] of Object.entries(answer.curves)) {
    for (const [run, points] of Object.entries(runs)) add(name, answer.titles[name], run, points);
  }
  draw(curves.values());
  say(curves.size ? "" : "None of these runs has curves.");
}

function say(text) {
  if (state.textContent !== text) state.textContent = text; // or it would be read out again
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

if (box) {
  logScale.addEventListener("change", () => draw(curves.values(), { anew: true }));
  smoothing.addEventListener("input", () => draw(curves.values()));
  onScheme(() => draw(curves.values(), { anew: true }));
  let waiting = 0;
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return; // a phone's address bar
    width = window.innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(() => draw(curves.values(), { anew: true }), 150);
  });
  if (box.dataset.curves) follow(box.dataset.curves);
  else together(box.dataset.together);
}
