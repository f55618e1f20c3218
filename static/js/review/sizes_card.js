// Histogram and figures of the particles that count; a range picks particles.

import { Histogram } from "./histogram.js";
import { number, summedUp } from "./statistics.js";

export function sizesCard(root, { particles, selection, scale, unit }) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const histogram = new Histogram(find("histogram"), {
    unit,
    label: "Equivalent diameters of the particles that count; the fields below pick a range",
  });
  const [low, high, clear] = ["low", "high", "range-clear"].map(find);
  find("unit").textContent = unit;
  const diameter = (row) => row.diameter * scale;

  const show = () => {
    const values = particles.counted.map(diameter);
    histogram.show([{ values }], pickedValues());
    say(values);
  };
  const pickedValues = () =>
    [...selection.labels]
      .map((label) => particles.rows.get(label))
      .filter((row) => row && !row.excluded)
      .map(diameter);

  const say = (values) => {
    const picked = pickedValues();
    const parts = [`All: ${inWords(summedUp(values), unit)}`];
    if (picked.length > 1) parts.push(`Picked: ${inWords(summedUp(picked), unit)}`);
    find("summary").replaceChildren(
      ...parts.flatMap((part, at) => (at ? [document.createElement("br"), part] : [part])),
    );
  };

  let typing = false; // a field that was left empty stays empty
  histogram.addEventListener("range", ({ detail }) => {
    clear.hidden = !detail;
    if (!typing) {
      low.value = detail ? number(detail.low) : "";
      high.value = detail ? number(detail.high) : "";
    }
    const within = detail
      ? particles.counted.filter((row) => diameter(row) >= detail.low && diameter(row) <= detail.high)
      : [];
    selection.set(within.map((row) => row.label), "histogram");
  });
  clear.addEventListener("click", () => histogram.setRange(null));
  for (const field of [low, high]) {
    const apply = () => {
      const range = {
        low: low.value === "" ? -Infinity : Number(low.value),
        high: high.value === "" ? Infinity : Number(high.value),
      };
      if (low.value === "" && high.value === "") return histogram.setRange(null);
      const { edges } = histogram.bins;
      const [least, most] = [edges[0], edges.at(-1)];
      typing = true;
      histogram.setRange({ low: Math.max(range.low, least), high: Math.min(range.high, most) });
      typing = false;
    };
    field.addEventListener("change", apply);
    field.addEventListener("keydown", (event) => event.key === "Enter" && apply());
  }
  particles.addEventListener("change", show);
  selection.addEventListener("change", ({ detail }) => {
    if (detail.by !== "histogram" && histogram.range) {
      histogram.range = null;
      clear.hidden = true;
      low.value = high.value = "";
    }
    histogram.pick(pickedValues());
    say(particles.counted.map(diameter));
  });
  show();
  return histogram;
}

export function inWords({ n, mean, low, high, d10, d50, d90 }, unit) {
  if (!n) return "no particle counts";
  const interval = low === null ? "" : ` (95 % interval ${number(low)} to ${number(high)})`;
  return (
    `n = ${n}, mean ${number(mean)} ${unit}${interval}, ` +
    `D10 ${number(d10)}, D50 ${number(d50)}, D90 ${number(d90)} ${unit}`
  );
}
