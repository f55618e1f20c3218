// Keys of the page; a pane has its own (move, zoom), and fields keep theirs.

const MODE_KEYS = { s: "side", w: "swipe", b: "blink", o: "overlay" };
const AMOUNT = 0.05;

export function keyboard(page) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
    const act = meaning(event.key, page);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Whether the field under the focus has a use for the key. */
function isTaken({ key, target }) {
  if (target.matches("input[type=radio], input[type=range]")) return key.startsWith("Arrow");
  return target.matches("select, textarea, input:not([type=checkbox])");
}

function meaning(key, page) {
  const { state, view, tools } = page;
  if (MODE_KEYS[key]) return () => page.change({ mode: MODE_KEYS[key] });
  const move = (by) => () => page.change({ at: Math.min(1, Math.max(0, state.at + by)) });
  return {
    j: () => follow("next"),
    k: () => follow("prev"),
    ArrowRight: () => follow("next"),
    ArrowLeft: () => follow("prev"),
    c: () => page.change({ contours: !state.contours }),
    m: () => page.change({ map: state.map === "grey" ? "viridis" : "grey" }),
    l: () => tools.act("line"),
    x: () => tools.act("swap"),
    "[": move(-AMOUNT),
    "]": move(AMOUNT),
    "+": () => view.zoomIn(),
    "=": () => view.zoomIn(),
    "-": () => view.zoomOut(),
    0: () => view.fit(),
    1: () => view.actualSize(),
    Escape: () => (state.tool === "line" ? page.change({ tool: null }) : page.change({ particle: null })),
  }[key];
}

function follow(rel) {
  document.querySelector(`a[rel=${rel}][data-carry]`)?.click();
}
