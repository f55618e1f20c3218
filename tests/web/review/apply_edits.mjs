// Applies edits as the browser does: a case a line on standard input, its labels a line on output.

import { createInterface } from "node:readline";

import { CannotBeDone, Mask } from "../../../static/js/review/mask.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { width, height, labels, edits } = JSON.parse(line);
  const mask = new Mask({ width, height, data: Uint16Array.from(labels) });
  let refused = null;
  for (const [at, edit] of edits.entries()) {
    try {
      mask.do(edit);
    } catch (error) {
      if (!(error instanceof CannotBeDone)) throw error;
      refused = at;
      break;
    }
  }
  const areas = Object.fromEntries([...mask.regions].map(([label, { area_px }]) => [label, area_px]));
  const after = [...mask.data];
  while (mask.undo());
  const back = [...mask.data];
  const restored = Object.fromEntries([...mask.regions].map(([label, { area_px }]) => [label, area_px]));
  while (mask.redo());
  const again = mask.data.every((label, i) => label === after[i]);
  console.log(JSON.stringify({ after, areas, refused, back, restored, again }));
}
