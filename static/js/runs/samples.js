// A slider over the steps of each image. What somebody looks at never changes under their eyes:
// new steps lengthen the slider, and only a picture that stands at its last step follows.

const POLL_MS = 2000;

const page = document.querySelector("[data-samples]");

function prepare(figure, steps) {
  const slider = figure.querySelector("input[type=range]");
  if (!slider) return;
  slider.hidden = false;
  figure.steps = steps;
  slider.addEventListener("input", () => show(figure, Number(slider.value)));
}

function show(figure, index) {
  const found = figure.steps[index];
  if (!found) return;
  figure.querySelector("img").src = found.src;
  figure.querySelector("a").href = found.src;
  const output = figure.querySelector("output");
  if (output) output.textContent = found.step;
}

function update(series) {
  let unseen = 0;
  for (const one of series) {
    const figure = page.querySelector(`[data-series="${CSS.escape(one.caption)}"]`);
    if (!figure || (!figure.steps && one.steps.length > 1 && !figure.querySelector("input"))) {
      unseen += 1;
      continue;
    }
    if (!figure.steps) {
      prepare(figure, one.steps);
      continue;
    }
    const slider = figure.querySelector("input[type=range]");
    const atEnd = Number(slider.value) === Number(slider.max);
    figure.steps = one.steps;
    slider.max = String(one.steps.length - 1);
    if (atEnd && !figure.matches(":hover, :focus-within")) {
      slider.value = slider.max;
      show(figure, one.steps.length - 1);
    }
  }
  const note = page.querySelector("[data-new]");
  note.replaceChildren();
  if (unseen) {
    const link = document.createElement("a");
    link.href = "";
    link.textContent = `${unseen} new ${unseen === 1 ? "image" : "images"}: show`;
    note.append(link);
  }
}

async function follow() {
  for (;;) {
    try {
      const response = await fetch(page.dataset.samples);
      if (response.ok) {
        const answer = await response.json();
        update(answer.series);
        if (answer.final) return;
      }
    } catch {
      // The next time tells.
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

if (page) follow();
