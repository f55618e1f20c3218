// The keys of the judging page. Letters and digits can be set by the rater, or switched off.
const STORE = "semblance-survey-keys";

export class Keys {
  // `acts` is {name: act}; the form holds a field for each letter that can be set.
  constructor(form, acts) {
    Object.assign(this, { form, acts });
    this.fields = [...form.querySelectorAll("input[data-key-name]")];
    this.on = form.elements.on;
    this.said = form.querySelector("[role=status]");
    this.#restore();
    form.addEventListener("change", (event) => this.#changed(event.target));
    form.addEventListener("reset", () => setTimeout(() => this.#keep("The keys are as they were set out.")));
  }

  // Do what the key stands for; true if it stands for something.
  press(key) {
    if (!this.on.checked) return false;
    const letter = key.toLowerCase();
    const name = this.fields.find(({ value }) => value === letter)?.dataset.keyName ?? key;
    if (!Object.hasOwn(this.acts, name)) return false;
    this.acts[name]();
    return true;
  }

  #changed(field) {
    if (!field.dataset.keyName) return this.#keep(this.on.checked ? "Letters and digits act." : "Letters and digits do nothing.");
    const letter = field.value.trim().toLowerCase();
    const taken = this.fields.find((other) => other !== field && other.value === letter);
    if (!/^\p{L}$/u.test(letter) || taken) {
      field.value = field.dataset.last;
      this.said.textContent = taken ? `“${letter}” has a meaning already.` : "One letter is needed.";
      return;
    }
    field.value = letter;
    this.#keep(`“${letter}” is set.`);
  }

  #keep(said) {
    this.said.textContent = said;
    // Only what the rater set: another study may have set out other letters.
    const own = this.fields.filter(({ value, defaultValue }) => value !== defaultValue);
    const kept = Object.fromEntries(own.map(({ dataset, value }) => [dataset.keyName, value]));
    try {
      localStorage.setItem(STORE, JSON.stringify({ on: this.on.checked, ...kept }));
    } catch {
      // then they hold until the page is left
    }
    this.#label();
  }

  #restore() {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE) ?? "{}");
      this.on.checked = kept.on ?? true;
      for (const field of this.fields) field.value = kept[field.dataset.keyName] ?? field.defaultValue;
    } catch {
      // as set out
    }
    // Set elsewhere for other keys: two meanings for one letter are worse than none of one's own.
    if (new Set(this.fields.map(({ value }) => value)).size < this.fields.length) this.form.reset();
    this.#label();
  }

  #label() {
    for (const field of this.fields) {
      field.dataset.last = field.value;
      for (const shown of document.querySelectorAll(`kbd[data-key-of="${field.dataset.keyName}"]`)) {
        shown.textContent = field.value.toUpperCase();
      }
    }
    document.body.classList.toggle("without-keys", !this.on.checked);
  }
}
