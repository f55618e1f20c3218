// A slider over the steps of each image. What somebody looks at never changes under their eyes:
// new steps lengthen the slider, and only a picture that stands at its last step follows.

const POLL_MS = 2000;

const page = document.querySelector("[data-samples]");

function prepare(figure, steps) {
  figure.steps = steps;
  figure.slider = figure.querySelector("input[type=range]");
  if (!figure.slider) return;
  figure.slider.hidden = false;
  name(figure, steps.length - 1);
  figure.slider.addEventListener("input", () => show(figure, Number(figure.slider.value)));
}

function show(figure, index) {
  const found = figure.steps[index];
  if (!found) return;
  figure.querySelector("img").src = found.src;
  figure.querySelector("a").href = found.src;
  figure.querySelector("output").textContent = found.step;
  name(figure, index);
  // The images on both sides are there before the slider is moved on.
  for (const near of [figure.steps[index - 1], figure.steps[index + 1]]) {
    if (near) new Image().src = near.src;
  }
}

/** A slider of positions is read out as the step that it stands at. */
function name(figure, index) {
  figure.slider.setAttribute("aria-valuetext", `step ${figure.steps[index].step}`);
}

function update(series) {
  let unseen = 0;
  for (const one of series) {
    const figure = page.querySelector(`[data-series="${CSS.escape(one.caption)}"]`);
    if (!figure) {
      unseen += 1;
    } else if (!figure.steps) {
      prepare(figure, one.steps);
      if (!figure.slider && one.steps.length > 1) unseen += 1;
    } else if (figure.slider) {
      lengthen(figure, one.steps);
    } else if (one.steps.length > 1) {
      unseen += 1;
    }
  }
  tell(unseen);
}

function lengthen(figure, steps) {
  if (steps.length === figure.steps.length) return;
  const { slider } = figure;
  const atEnd = slider.value === slider.max;
  figure.steps = steps;
  slider.max = String(steps.length - 1);
  if (atEnd && !figure.matches(":hover, :focus-within")) {
    slider.value = slider.max;
    show(figure, steps.length - 1);
  }
}

function tell(unseen) {
  const note = page.querySelector("[data-new]");
  const text = unseen ? `${unseen} new ${unseen === 1 ? "image" : "images"}: show` : "";
  if (note.textContent === text) return;
  note.replaceChildren();
  if (!unseen) return;
  const link = document.createElement("a");
  link.href = "";
  link.textContent = text;
  note.append(link);
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

if (page) {
  follow();
  const all = document.getElementById("all-steps");
  if (all) {
    all.closest(".toolbar").hidden = false;
    all.addEventListener("input", () => {
      for (const figure of page.querySelectorAll("[data-series]")) {
        if (!figure.slider) continue;
        const index = Math.round((all.value / all.max) * (figure.steps.length - 1));
        figure.slider.value = String(index);
        show(figure, index);
      }
    });
  }
}
