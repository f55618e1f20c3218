// What stands between two images: a break, the beginning of the study, and feedback while practising.
import { decisionInWords } from "./words.js";

// Shows a card instead of the image and the answers; resolves when its button is pressed.
export function interlude(card, instead) {
  return until(card.querySelector("button"), {
    before: () => {
      for (const element of instead) element.hidden = true;
      card.hidden = false;
    },
    after: () => {
      card.hidden = true;
      for (const element of instead) element.hidden = false;
    },
  });
}

export function until(button, { before, after }) {
  before();
  button.focus({ preventScroll: true });
  return new Promise((resolve) => {
    button.addEventListener("click", () => resolve(after()), { once: true });
  });
}

const SLOW_MS = 600;

// Says in a word, a shape and a sentence whether an answer was right, beside the image.
export class Feedback {
  constructor(panel, form, task) {
    Object.assign(this, { panel, form, task });
    this.button = panel.querySelector("button");
    this.sign = panel.querySelector(".sign");
    this.text = panel.querySelector("p");
    this.token = null;
  }

  // Wait for what the server says, show it, and resolve when the rater goes on.
  async show(token) {
    this.token = token;
    // Mostly the truth comes at once; words that flash up before it would only disturb.
    this.slow = setTimeout(
      () => this.#say("", "…", "Your answer is on its way. You can wait for the truth, or go on."),
      SLOW_MS,
    );
    await until(this.button, {
      before: () => this.#swap(true),
      after: () => this.#swap(false),
    });
    clearTimeout(this.slow);
    this.token = null;
    this.#say("", "", "");
  }

  // What came for an answer; nothing where it told nothing.
  hear(token, feedback) {
    if (token !== this.token) return;
    clearTimeout(this.slow);
    if (!feedback) return this.button.click();
    const truth = decisionInWords(this.task, feedback.truth);
    if (feedback.right) this.#say("right", "✓", `Right: ${truth}.`);
    else this.#say("wrong", "✗", `Not right: ${truth}.`);
  }

  #say(name, sign, text) {
    this.panel.classList.toggle("is-right", name === "right");
    this.panel.classList.toggle("is-wrong", name === "wrong");
    this.sign.textContent = sign;
    this.text.textContent = text;
  }

  #swap(on) {
    this.panel.classList.toggle("away", !on);
    this.form.classList.toggle("away", on);
  }
}
