// What of a comparison stands in its address, beside the place of the view.

import { readAddress, writeAddress } from "../viewer/index.js";

export const MODES = ["side", "swipe", "blink", "overlay"];
export const MORE = 3; // images beside this one

/** The state that the address asks for; `others` are the keys that may be asked for. */
export function readState(others) {
  const address = readAddress();
  const line = address.numbers("line", 4);
  return {
    mode: address.text("mode", MODES, "side"),
    at: Math.min(1, Math.max(0, address.number("at", 0.5))),
    against: address.text("against", ["height", ...others], "height"),
    with: (address.numbers("with") ?? []).map(String).filter((key) => others.includes(key)).slice(0, MORE),
    contours: address.flag("contours"),
    map: address.text("map", ["grey", "viridis"], "grey"),
    particle: address.number("particle", null),
    relief: address.flag("relief"),
    tool: null,
    line: line && { from: { x: line[0], y: line[1] }, to: { x: line[2], y: line[3] } },
  };
}

/** Put it into the address; what is as usual is left out. */
export function writeState(state, line, place) {
  const ends = line && [line.from.x, line.from.y, line.to.x, line.to.y];
  const divided = state.mode === "swipe" || state.mode === "overlay";
  writeAddress({
    mode: state.mode === "side" ? null : state.mode,
    at: divided && state.at !== 0.5 ? Number(state.at.toFixed(3)) : null,
    against: state.mode === "side" || state.against === "height" ? null : state.against,
    with: state.with.length ? state.with.join(",") : null,
    contours: state.contours,
    map: state.map === "grey" ? null : state.map,
    particle: state.particle,
    relief: state.relief,
    line: ends && ends.map((value) => Number(value.toFixed(2))).join(","),
    ...place,
  });
}

/** The same view of another pair: what names this pair's own particles and images stays behind. */
export function carriedQuery() {
  const query = new URLSearchParams(location.search);
  for (const name of ["particle", "with", "against"]) query.delete(name);
  const text = query.toString().replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}
