// The interface's colours for canvases and charts, as the scheme in use has them.

/** The value of a token: token("--accent"). */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The eight colours of series, --c1 to --c8. */
export function seriesColours() {
  return Array.from({ length: 8 }, (_, index) => token(`--c${index + 1}`));
}

/** Call back now, and whenever light turns to dark or back; returns a function that stops it. */
export function onScheme(act) {
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const tell = () => act(query.matches ? "dark" : "light");
  query.addEventListener("change", tell);
  tell();
  return () => query.removeEventListener("change", tell);
}
