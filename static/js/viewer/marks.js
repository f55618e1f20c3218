// Marks above an image: drawn twice, dark under light, so that they are seen on any grey.

const DARK = "rgb(0 0 0 / 75%)";

/** The pointer's place, in all panes but the one under it shows the browser's own cursor. */
export function crosshair(view) {
  return (context, place) => {
    if (!view.hover) return;
    const { x, y } = place.toPane(view.hover);
    const arm = 9 * place.ratio;
    const gap = 3 * place.ratio;
    twice(context, place.ratio, "white", () => {
      context.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(x + dx * gap, y + dy * gap);
        context.lineTo(x + dx * arm, y + dy * arm);
      }
      context.stroke();
    });
  };
}

/** A line with round ends; `line()` gives {from, to} in image pixels, or null. */
export function lineMark(line, colour = "white") {
  return (context, place) => {
    const now = line();
    if (!now) return;
    const [from, to] = [place.toPane(now.from), place.toPane(now.to)];
    twice(context, 1.5 * place.ratio, colour, () => {
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
      for (const end of [from, to]) {
        context.moveTo(end.x + 4 * place.ratio, end.y);
        context.arc(end.x, end.y, 4 * place.ratio, 0, 2 * Math.PI);
      }
      context.stroke();
    });
  };
}

function twice(context, width, colour, draw) {
  context.lineCap = "round";
  for (const [thickness, style] of [[width + 2, DARK], [width, colour]]) {
    context.lineWidth = thickness;
    context.strokeStyle = style;
    draw();
  }
}
