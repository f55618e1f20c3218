// The view in the page's address: a link opens the same image at the same place.

/** Read the query; texts, numbers and lists of numbers, each only where it makes sense. */
export function readAddress() {
  const query = new URLSearchParams(location.search);
  return {
    text: (name, allowed, fallback) => {
      const value = query.get(name);
      return allowed.includes(value) ? value : fallback;
    },
    number: (name, fallback = undefined) => {
      const value = query.get(name);
      return value !== null && value !== "" && Number.isFinite(Number(value))
        ? Number(value)
        : fallback;
    },
    numbers: (name, length = null) => {
      const values = (query.get(name) ?? "").split(",").filter(Boolean).map(Number);
      const fits = values.every(Number.isFinite) && (length === null || values.length === length);
      return values.length && fits ? values : null;
    },
    flag: (name) => query.get(name) === "1",
  };
}

/** Put `state` into the address; null, undefined and false take a name out. Others stay. */
export function writeAddress(state) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(state)) {
    if (value === null || value === undefined || value === false) query.delete(name);
    else query.set(name, value === true ? "1" : String(value));
  }
  // Commas and colons are allowed in a query, and a link is read by people too.
  const text = query.toString().replaceAll("%2C", ",");
  history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
}

/** The place of a view, as short as it is exact. */
export function viewState(view) {
  if (view.fitted) return { x: null, y: null, z: null };
  return { x: view.x.toFixed(1), y: view.y.toFixed(1), z: Number(view.zoom.toPrecision(5)) };
}

export function restoreView(view, address) {
  const [x, y, zoom] = ["x", "y", "z"].map((name) => address.number(name));
  if (zoom > 0 && x !== undefined && y !== undefined) view.look({ x, y, zoom });
}
