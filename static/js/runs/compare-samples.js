// Images of several runs at the same step: one slider for all; a run that was not shown at that
// step keeps the image of the step before.

const rows = document.querySelector("[data-together-samples]");
const slider = document.getElementById("same-step");
const output = document.getElementById("same-step-value");

function at(steps, step) {
  let found = null;
  for (const one of steps) {
    if (one.step <= step) found = one;
  }
  return found ?? steps[0];
}

function show(figures, step) {
  output.textContent = step.toLocaleString("en");
  slider.setAttribute("aria-valuetext", `step ${step}`);
  for (const { figure, steps } of figures) {
    const found = at(steps, step);
    const image = figure.querySelector("img");
    if (image.getAttribute("src") === found.src) continue;
    image.src = found.src;
    figure.querySelector("a").href = found.src;
    figure.querySelector("output").textContent = found.step;
  }
}

async function begin() {
  const answer = await (await fetch(rows.dataset.togetherSamples)).json();
  const figures = [...rows.querySelectorAll("figure[data-run]")].map((figure) => ({
    figure,
    steps: answer.samples[figure.dataset.caption][figure.dataset.run],
  }));
  const steps = [...new Set(figures.flatMap(({ steps }) => steps.map((one) => one.step)))];
  steps.sort((a, b) => a - b);
  if (steps.length < 2) return;
  slider.max = String(steps.length - 1);
  slider.value = slider.max;
  slider.closest(".toolbar").hidden = false;
  output.textContent = steps.at(-1).toLocaleString("en");
  slider.addEventListener("input", () => show(figures, steps[Number(slider.value)]));
}

if (rows) begin();
