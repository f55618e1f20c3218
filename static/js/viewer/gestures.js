// Wheel, drag, pinch and keys of a pane. A press without a move is a "pick" event, whose detail is the
// image point.

const KEY_PAN = 0.1; // of the frame
const STILL_PX = 3; // a hand trembles

export function gestures(pane, signal) {
  const { element, view } = pane;
  const pointers = new Map();
  let tooled = false;
  let pressed = null; // where a press began that may still become a pick

  const at = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const on = (name, react, options = {}) =>
    element.addEventListener(name, react, { signal, ...options });

  on("wheel", (event) => {
    // Zoomed out to the end, the wheel belongs to the page again: nobody is trapped in an image.
    if (event.deltaY > 0 && view.zoom <= view.lowestZoom() && !event.ctrlKey) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    const speed = event.ctrlKey ? 0.01 : 0.002; // a touchpad's pinch comes with ctrl
    view.zoomBy(Math.exp(-event.deltaY * lines * speed), at(event));
  }, { passive: false });

  on("pointerdown", (event) => {
    if (event.button > 1) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    pressed = pointers.size === 1 && event.button === 0 ? at(event) : null;
    tooled = pointers.size === 1 && event.button === 0 && pane.tool !== null;
    if (tooled) pane.tool.down(pane.toImage(at(event)), event);
  });

  on("pointermove", (event) => {
    const now = at(event);
    view.setHover(pane.toImage(now));
    const before = pointers.get(event.pointerId);
    if (!before) return;
    if (pressed && Math.hypot(now.x - pressed.x, now.y - pressed.y) > STILL_PX) pressed = null;
    if (tooled) pane.tool.move(pane.toImage(now), event);
    else if (pointers.size === 1) view.panBy(now.x - before.x, now.y - before.y);
    else pinch(view, pointers, event.pointerId, now);
    pointers.set(event.pointerId, now);
  });

  const lift = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    const point = pane.toImage(at(event));
    if (tooled) pane.tool?.up(point, event);
    else if (pressed && event.type === "pointerup") {
      element.dispatchEvent(new CustomEvent("pick", { detail: point }));
    }
    [tooled, pressed] = [false, null];
  };
  on("pointerup", lift);
  on("pointercancel", lift);
  // A finger that was lifted still points at what it touched.
  on("pointerleave", (event) => event.pointerType !== "touch" && view.setHover(null));

  on("dblclick", (event) => pane.tool === null && view.zoomIn(at(event)));

  on("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys(view, event.shiftKey ? 5 * KEY_PAN : KEY_PAN)[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation(); // the page has a meaning of its own for arrows
    act();
    view.setHover({ x: view.x, y: view.y }); // who moves by keys reads what is in the middle
  });
  on("blur", () => view.setHover(null));

  // One finger scrolls the page past an image that is shown whole, and moves one that is not.
  const touch = () => element.classList.toggle("pannable", view.canPan());
  view.addEventListener("change", touch, { signal });
}

function keys(view, part) {
  const [dx, dy] = [view.frame.width * part, view.frame.height * part];
  return {
    ArrowLeft: () => view.panBy(dx, 0),
    ArrowRight: () => view.panBy(-dx, 0),
    ArrowUp: () => view.panBy(0, dy),
    ArrowDown: () => view.panBy(0, -dy),
    "+": () => view.zoomIn(),
    "=": () => view.zoomIn(),
    "-": () => view.zoomOut(),
    0: () => view.fit(),
    1: () => view.actualSize(),
  };
}

/** Two fingers: what lay between them stays between them. */
function pinch(view, pointers, moved, now) {
  const other = [...pointers].find(([id]) => id !== moved)?.[1];
  if (!other) return;
  const before = pointers.get(moved);
  const middle = (a) => ({ x: (a.x + other.x) / 2, y: (a.y + other.y) / 2 });
  const apart = (a) => Math.hypot(a.x - other.x, a.y - other.y) || 1;
  const [from, to] = [middle(before), middle(now)];
  view.panBy(to.x - from.x, to.y - from.y);
  view.zoomBy(apart(now) / apart(before), to);
}
