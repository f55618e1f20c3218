// The page of a pair: ties the tools, the panes, the readout, the profile and the address together.

import { LineTool, View, drawBar, readAddress, restoreView, viewState } from "../viewer/index.js";
import { pageKeys } from "./page_keys.js";
import { ProfileCard } from "./profile_card.js";
import { Readout } from "./readout.js";
import { ReliefCard } from "./relief_card.js";
import { Sources } from "./sources.js";
import { Stage } from "./stage.js";
import { carriedQuery, readState, writeState } from "./state.js";
import { Tools } from "./tools.js";

const WRITE_MS = 150; // browsers refuse an address that changes with every frame
const PRELOAD_PX = 4e6;

class PairPage {
  #writing = null;
  #changing = 0;

  constructor(root) {
    const { width, height, nmPerPx, topNm, labels, scene } = root.dataset;
    this.root = root;
    this.nm_per_px = Number(nmPerPx);
    this.view = new View({ width: Number(width), height: Number(height) });
    this.sources = new Sources({ labels, scene, top_nm: Number(topNm), ...named(root) });
    this.state = readState([...this.sources.images.keys()].filter((key) => key !== "image"));
    this.line = new LineTool(this.view, () => this.#lineChanged());
    this.line.line = this.state.line;
    this.stage = new Stage(root.querySelector("[data-stage]"), this.view, this.sources, this);
    this.tools = new Tools(root, this);
    this.profile = new ProfileCard(root, this);
    this.relief = new ReliefCard(root, this);
  }

  async start() {
    restoreView(this.view, readAddress());
    await this.stage.show(this.state);
    this.readout = new Readout(this.root, this.view, this.sources, {
      nm_per_px: this.nm_per_px,
      pictures: () => this.stage.pictures,
    });
    for (const part of this.root.querySelectorAll("[data-tools], [data-under]")) {
      part.hidden = false;
    }
    this.#listen();
    pageKeys(this);
    await this.change({});
    this.#preload();
  }

  #listen() {
    this.view.addEventListener("change", () => this.write());
    const { host } = this.stage;
    host.addEventListener("divide", (event) => this.change({ at: event.detail }));
    host.addEventListener("pick", (event) => this.#pick(event.detail), { capture: true });
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () =>
      this.stage.redraw(),
    );
  }

  /** Change a part of the state; everything on the page follows. */
  change(part) {
    Object.assign(this.state, part);
    this.tools.follow(this.state);
    this.write();
    return this.#busily(async () => {
      await this.sources.setMap(this.state.map);
      drawBar(this.root.querySelector("[data-bar]"), this.state.map);
      await this.stage.show(this.state);
      await this.profile.follow();
      await this.relief.follow(this.state);
    });
  }

  /** A click marks a particle; on the ground, or on the marked one, it lets go. */
  #pick(point) {
    return this.#busily(async () => {
      const label = await this.readout.labelAt(point); // the labels may still be on their way
      await this.change({ particle: label === this.state.particle ? null : label });
    });
  }

  async #busily(work) {
    this.#changing += 1;
    this.#tellBusy();
    try {
      await work();
    } catch (error) {
      this.problem(error);
    } finally {
      this.#changing -= 1;
      this.#tellBusy();
    }
  }

  /** Whether something is still to come: what is shown, or the address of it. */
  #tellBusy() {
    this.root.setAttribute("aria-busy", String(this.#changing > 0 || this.#writing !== null));
  }

  #lineChanged() {
    this.stage.redrawMarks();
    this.profile.follow().catch((error) => this.problem(error));
    this.write();
  }

  write() {
    this.tools.showZoom(this.view);
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => {
      this.#writing = null;
      writeState(this.state, this.line.line, viewState(this.view));
      for (const link of document.querySelectorAll("a[data-carry]")) {
        link.href = link.pathname + carriedQuery();
      }
      this.#tellBusy();
    }, WRITE_MS);
    this.#tellBusy();
  }

  problem(error) {
    const notice = this.root.querySelector("[data-problem]");
    notice.textContent = `${error.message} What is shown is still right; load the page again to try once more.`;
    notice.hidden = false;
  }

  /** The next pair's files, so that going through a run does not wait. */
  #preload() {
    const next = document.querySelector("a[rel=next]");
    if (!next || this.view.width * this.view.height > PRELOAD_PX || navigator.connection?.saveData) return;
    for (const name of ["image.png", "height.png", "labels.png"]) {
      fetch(new URL(name, new URL(next.pathname, location)), { priority: "low" }).catch(() => {});
    }
  }
}

/** The pictures that the page names: this pair's two and the other images of its scene. */
function named(root) {
  const find = (selector) => root.querySelector(selector);
  const entry = ({ dataset }) => ({ name: dataset.name, url: dataset.src });
  const images = new Map([["image", entry(find("[data-source=image]"))]]);
  for (const box of root.querySelectorAll("input[name=with]")) images.set(box.value, entry(box));
  return { images, height: entry(find("[data-source=height]")) };
}

const root = document.getElementById("comparison");
const page = new PairPage(root);
page.start().catch((error) => page.problem(error));
