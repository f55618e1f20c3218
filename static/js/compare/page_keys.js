// Keys of the page that no link or button has; `?` shows them all. A pane has its own (move, zoom).

import { registerKey } from "../keys.js";

const AMOUNT = 0.05;

export function pageKeys(page) {
  const { state } = page;
  const divided = (by) => () => page.change({ at: Math.min(1, Math.max(0, state.at + by)) });
  registerKey("[", "Move the divider to the left, or less opacity", divided(-AMOUNT));
  registerKey("]", "Move the divider to the right, or more opacity", divided(AMOUNT));
  registerKey("m", "Other colours of the heights", () =>
    page.change({ map: state.map === "grey" ? "viridis" : "grey" }),
  );
  registerKey("Escape", "Put the line tool away, then let go of the particle", () =>
    page.change(state.tool === "line" ? { tool: null } : { particle: null }),
  );
}
