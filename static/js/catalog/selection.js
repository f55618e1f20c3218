// Which images of a dataset are chosen; kept for this tab, so that pages can be turned meanwhile.

export class Selection {
  #key;

  constructor(dataset) {
    this.#key = `semblance.selection.${dataset}`;
    const kept = JSON.parse(sessionStorage.getItem(this.#key) ?? "{}");
    this.chosen = new Set(kept.chosen ?? []);
    this.all = false; // all that match is never assumed: the filter may be another one by now
    this.exceptions = new Set();
  }

  has(image) {
    return this.all ? !this.exceptions.has(image) : this.chosen.has(image);
  }

  set(image, chosen) {
    const [set, wanted] = this.all ? [this.exceptions, !chosen] : [this.chosen, chosen];
    if (wanted) set.add(image);
    else set.delete(image);
    this.#keep();
  }

  setAll(all) {
    this.all = all;
    this.exceptions.clear();
  }

  clear() {
    this.setAll(false);
    this.chosen.clear();
    this.#keep();
  }

  #keep() {
    sessionStorage.setItem(this.#key, JSON.stringify({ chosen: [...this.chosen] }));
  }
}
