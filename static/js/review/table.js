// A table of particles that only draws the rows one sees, so that 5,000 scroll like 50.

const ROW_PX = 29;
const SPARE = 8;

/** "pick" events have {detail: {label, add, to}}: a row was chosen, with Ctrl, or with Shift. */
export class ParticleTable extends EventTarget {
  #sort = { key: "label", down: false };
  #drawn = "";
  #cursor = -1;

  /** `columns` are {key, title, unit, words, text(row), wide}; `box` scrolls and holds a <table>. */
  constructor(box, columns, isPicked) {
    super();
    Object.assign(this, { box, columns, isPicked, rows: [] });
    this.table = box.querySelector("table");
    this.body = this.table.tBodies[0];
    this.#head();
    box.addEventListener("scroll", () => this.#draw(), { passive: true });
    this.body.addEventListener("click", (event) => this.#clicked(event));
    box.addEventListener("keydown", (event) => this.#keyed(event));
    new ResizeObserver(() => this.redraw()).observe(box);
  }

  #head() {
    const row = document.createElement("tr");
    for (const { key, title, unit, words } of this.columns) {
      const cell = document.createElement("th");
      cell.scope = "col";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = title;
      if (words) button.title = words;
      if (unit) {
        const below = document.createElement("small");
        below.textContent = unit;
        button.append(" ", below);
      }
      button.addEventListener("click", () => this.sortBy(key));
      cell.append(button);
      cell.dataset.column = key;
      row.append(cell);
    }
    this.table.tHead.replaceChildren(row);
    this.#arrows();
  }

  #arrows() {
    for (const cell of this.table.tHead.rows[0].cells) {
      const sorted = cell.dataset.column === this.#sort.key;
      if (sorted) cell.setAttribute("aria-sort", this.#sort.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
  }

  sortBy(key) {
    const down = this.#sort.key === key ? !this.#sort.down : key !== "label";
    this.#sort = { key, down };
    this.#arrows();
    this.show(this.rows);
  }

  show(rows) {
    const { key, down } = this.#sort;
    const sign = down ? -1 : 1;
    const value = (row) => row[key] ?? -Infinity;
    this.rows = [...rows].sort((a, b) =>
      value(a) < value(b) ? -sign : value(a) > value(b) ? sign : a.label - b.label,
    );
    this.places = new Map(this.rows.map((row, at) => [row.label, at]));
    this.table.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.redraw();
  }

  redraw() {
    this.#drawn = "";
    this.#draw();
  }

  /** Scroll to a particle, unless it is seen already. */
  reveal(label) {
    const at = this.places?.get(label);
    if (at === undefined) return;
    this.#cursor = at;
    const head = this.table.tHead.offsetHeight;
    const [top, bottom] = [at * ROW_PX, (at + 1) * ROW_PX + head];
    if (top < this.box.scrollTop || bottom > this.box.scrollTop + this.box.clientHeight) {
      this.box.scrollTop = Math.max(0, top - this.box.clientHeight / 2);
    }
    this.redraw();
  }

  #draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW_PX) - SPARE);
    const shown = Math.ceil(this.box.clientHeight / ROW_PX) + 2 * SPARE;
    const end = Math.min(this.rows.length, first + shown);
    const drawn = `${first}-${end}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const lines = this.rows.slice(first, end).map((row, at) => this.#line(row, first + at));
    this.body.replaceChildren(gap(first * ROW_PX), ...lines, gap((this.rows.length - end) * ROW_PX));
  }

  #line(row, at) {
    const line = document.createElement("tr");
    line.dataset.label = row.label;
    line.setAttribute("aria-rowindex", String(at + 2));
    line.setAttribute("aria-selected", String(this.isPicked(row.label)));
    line.classList.toggle("excluded", Boolean(row.excluded));
    line.classList.toggle("preview", row.preview);
    for (const { text, wide } of this.columns) {
      const cell = document.createElement("td");
      cell.textContent = text(row);
      if (wide) cell.title = text(row);
      else cell.className = "number";
      line.append(cell);
    }
    return line;
  }

  #clicked(event) {
    const line = event.target.closest("tr[data-label]");
    if (!line) return;
    const label = Number(line.dataset.label);
    this.#pick(this.places.get(label), event);
  }

  #pick(at, { ctrlKey = false, metaKey = false, shiftKey = false }) {
    const from = this.#cursor;
    const detail = { label: this.rows[at].label, add: ctrlKey || metaKey, labels: null };
    if (shiftKey && from >= 0) {
      const span = this.rows.slice(Math.min(from, at), Math.max(from, at) + 1);
      detail.labels = span.map((row) => row.label);
    } else {
      this.#cursor = at;
    }
    this.dispatchEvent(new CustomEvent("pick", { detail }));
  }

  #keyed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
    if (!step || !this.rows.length || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const at = Math.max(0, Math.min(this.rows.length - 1, this.#cursor + step));
    this.#cursor = at;
    this.#pick(at, {});
    this.reveal(this.rows[at].label);
  }
}

function gap(height_px) {
  const line = document.createElement("tr");
  line.className = "gap";
  line.setAttribute("aria-hidden", "true");
  const cell = document.createElement("td");
  cell.style.height = `${height_px}px`;
  line.append(cell);
  return line;
}
