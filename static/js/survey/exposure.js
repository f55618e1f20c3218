// Shows something for a fixed time. Both ends are frames, so the delay of the screen falls out.

// Resolves with the time, in ms, between the frame that showed it and the frame that covered it.
export function expose(ms, { reveal, painted, cover }) {
  return new Promise((resolve) => {
    let shownAt = null;
    let before = null;
    let frame = 1000 / 60;
    const tick = (at) => {
      if (before !== null && at > before) frame = Math.min(at - before, 50);
      before = at;
      if (shownAt === null) {
        shownAt = at;
        reveal();
        requestAnimationFrame(() => painted(performance.now()));
      } else if (at - shownAt >= ms - frame / 2) {
        cover();
        return resolve(at - shownAt);
      }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
}

// Resolves with the time at which what is on the page now has been painted: the first
// callback comes before the frame, the second after.
export function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  });
}
