// The form under the image: the decision, how sure, and what may be said besides.
export class Answer {
  // `confirmed` is set by whoever takes the answer.
  constructor(form, { pairs, panes, regions }) {
    Object.assign(this, { form, pairs, panes, regions, confirmed: () => undefined });
    this.fieldsets = [...form.querySelectorAll("fieldset.asked")];
    this.more = form.querySelector("#more");
    this.button = form.querySelector("#confirm");
    this.reset();
    form.addEventListener("change", (event) => this.#changed(event.target));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.confirmed();
    });
  }

  reset() {
    this.close();
    this.form.reset();
    this.decidedAt = null;
    this.changes = 0;
    this.regions?.clear();
    this.more?.classList.add("away");
  }

  // The image has been painted: from now on answers are taken.
  open(painted) {
    this.painted = painted;
    this.#enable(true);
  }

  close() {
    this.painted = null;
    this.#enable(false);
  }

  get isOpen() {
    return this.painted !== null;
  }

  get isWhole() {
    return this.isOpen && Boolean(this.#value("decision") && this.#value("confidence"));
  }

  // Choose by a key; nth where the keys mean places.
  choose(name, value) {
    if (!this.isOpen) return;
    const inputs = [...this.form.querySelectorAll(`input[name="${name}"]`)];
    const input = typeof value === "number" ? inputs[value] : inputs.find((one) => one.value === value);
    if (!input || input.checked) return;
    input.checked = true;
    this.#changed(input);
  }

  // What is sent; times from the painted frame.
  given(now) {
    const { reason } = this.form.elements;
    const seen = this.#value("seen_before");
    return {
      decision: this.#value("decision"),
      confidence: Number(this.#value("confidence")),
      response_ms: this.decidedAt - this.painted,
      confirm_ms: now - this.painted,
      changes: this.changes,
      ...(reason && { reason: reason.value.trim() }),
      ...(this.regions && { regions: this.regions.boxes }),
      ...(this.form.elements.seen_before && { seen_before: seen ? seen === "yes" : null }),
    };
  }

  #value(name) {
    return this.form.elements[name]?.value ?? "";
  }

  #changed(input) {
    if (input.name === "decision") {
      if (this.decidedAt !== null) this.changes += 1;
      this.decidedAt = performance.now();
      this.more?.classList.remove("away");
      // Of a pair, regions lie on the image that is called artificial.
      if (this.pairs) this.regions?.on(this.panes[input.value === "artificial" ? 0 : 1]);
    }
    this.#enable(this.isOpen);
  }

  #enable(on) {
    for (const fieldset of this.fieldsets) fieldset.disabled = !on;
    this.button.disabled = !on || !this.isWhole;
  }
}
