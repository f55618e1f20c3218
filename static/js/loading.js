// How far the rasters of a page are, in the line that says that they are being loaded.

/** A `progress` element in `line`, shared by `count` rasters: call `part(index)` for each one's. */
export function loadingBar(line, count) {
  const done = new Array(count).fill(0);
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.setAttribute("aria-label", line.textContent.trim());
  return {
    part: (index) => (part) => {
      if (!bar.isConnected) line.append(" ", bar);
      done[index] = part;
      bar.value = done.reduce((sum, one) => sum + one, 0) / count;
    },
  };
}
