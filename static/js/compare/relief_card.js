// The card that holds the relief: fetched and built when it is opened, taken down when it is closed.

export class ReliefCard {
  #relief = null;
  #building = null;
  #skin = "";

  constructor(root, page) {
    this.page = page;
    this.card = root.querySelector("[data-relief-section]");
    this.host = this.card.querySelector("[data-relief-stage]");
    this.stretch = this.card.querySelector("[name=stretch]");
    this.skin = this.card.querySelector("[name=skin]");
    this.turn = this.card.querySelector("[data-act=turn]");
    this.stretch.addEventListener("input", () => this.#setStretch());
    this.skin.addEventListener("change", () => this.follow(this.page.state));
    this.turn.addEventListener("click", () => this.#setTurning(!this.#relief?.turning));
  }

  async follow({ relief, map }) {
    this.card.hidden = !relief;
    if (!relief) return this.#close();
    this.#building ??= this.#open();
    await this.#building;
    await this.#dress(map);
  }

  async #open() {
    const [{ Relief, skinOf }, heights] = await Promise.all([
      import("./relief.js"),
      this.page.sources.heights(),
    ]);
    this.skinOf = skinOf;
    if (this.card.hidden) return; // closed again before it came
    this.#relief = new Relief(this.host, { ...heights, nm_per_px: this.page.nm_per_px });
    this.#setStretch();
    this.#setTurning(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  }

  async #dress(map) {
    const wanted = this.skin.value === "height" ? `height ${map}` : "image";
    if (!this.#relief || wanted === this.#skin) return;
    this.#skin = wanted;
    const { sources } = this.page;
    const { raster, tiles } = await (wanted === "image" ? sources.image("image") : sources.heights());
    this.#relief?.setSkin(this.skinOf(raster, tiles.colours));
  }

  #setStretch() {
    const factor = Number(this.stretch.value) / 100;
    this.card.querySelector("[data-stretch]").textContent = String(factor);
    this.#relief?.setStretch(factor);
  }

  #setTurning(turning) {
    this.#relief?.setTurning(turning);
    this.turn.setAttribute("aria-pressed", String(Boolean(turning)));
  }

  #close() {
    this.#relief?.remove();
    this.#relief = null;
    this.#building = null;
    this.#skin = "";
  }
}
