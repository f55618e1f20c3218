// Tables of colours for grey values, and the bar that explains them.

import { packed32 } from "../raster.js";

// Viridis (van der Walt and Smith 2015) at ten equal steps: even to the eye, and readable with any
// colour vision.
const VIRIDIS = [
  [68, 1, 84], [72, 40, 120], [62, 73, 137], [49, 104, 142], [38, 130, 142],
  [31, 158, 137], [53, 183, 121], [110, 206, 88], [181, 222, 43], [253, 231, 37],
];

export const MAPS = { grey: [[0, 0, 0], [255, 255, 255]], viridis: VIRIDIS };

/** The colour [red, green, blue] of a map at `part`, 0 to 1. */
export function colourAt(map, part) {
  const stops = MAPS[map];
  const place = Math.min(1, Math.max(0, part)) * (stops.length - 1);
  const below = Math.min(Math.floor(place), stops.length - 2);
  const rest = place - below;
  return stops[below].map((value, i) => Math.round(value + (stops[below + 1][i] - value) * rest));
}

/** One packed colour for each value of a raster of `depth` bits. */
export function colourTable(map, depth) {
  const highest = 2 ** depth - 1;
  return Uint32Array.from({ length: highest + 1 }, (_, value) =>
    packed32(colourAt(map, value / highest)),
  );
}

/** Draw a map from left (0) to right (1) over a whole canvas. */
export function drawBar(canvas, map) {
  const context = canvas.getContext("2d");
  for (let column = 0; column < canvas.width; column++) {
    const [red, green, blue] = colourAt(map, column / (canvas.width - 1));
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(column, 0, 1, canvas.height);
  }
}
