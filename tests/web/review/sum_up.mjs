// Sums up lists of sizes as the browser does: a list a line in, its figures and bins a line out.

import { createInterface } from "node:readline";

import { binsOf, countsIn, summedUp } from "../../../static/js/review/statistics.js";

for await (const line of createInterface({ input: process.stdin })) {
  const values = JSON.parse(line);
  const bins = binsOf(values);
  console.log(JSON.stringify({ ...summedUp(values), edges: bins.edges, counts: countsIn(bins, values) }));
}
