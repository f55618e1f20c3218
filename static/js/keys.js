// Keys for whatever is done more than ten times; `?` shows those of the page.
//
// An element names its own: <a href="..." data-key="n">Next</a>. Several keys are parted by spaces.
// The key clicks a link or button and focuses a field; what is hidden or disabled does not answer.
// What is drawn by a script registers: registerKey("z", "Zoom to 1:1", () => ...).

const registered = new Map();
const NAMES = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  " ": "Space",
  Space: "Space",
  Escape: "Esc",
};

/** Answer to a key, or several parted by spaces; returns a function that gives the key back. */
export function registerKey(keys, label, act) {
  const entry = { keys: keys.split(" "), label, act };
  for (const key of entry.keys) registered.set(key, entry);
  return () => {
    for (const key of entry.keys) if (registered.get(key) === entry) registered.delete(key);
  };
}

/** Every key that would answer now: [{keys, label}]. */
export function keysOfPage() {
  const found = [];
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!answers(element)) continue;
    found.push({ keys: element.dataset.key.split(" "), label: labelOf(element) });
  }
  for (const entry of new Set(registered.values())) found.push(entry);
  found.push({ keys: ["?"], label: "Show these keys" });
  return found;
}

function answers(element) {
  return !element.disabled && element.checkVisibility({ visibilityProperty: true });
}

function labelOf(element) {
  const label = element.labels?.[0]?.textContent;
  const named = element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? label;
  return (named || element.textContent || element.title || "").replace(/\s+/g, " ").trim();
}

function isTyping(target) {
  if (target.isContentEditable || target.closest("textarea, select")) return true;
  const input = target.closest("input");
  return Boolean(input) && !["checkbox", "radio", "button", "submit"].includes(input.type);
}

function nameOf(event) {
  return event.key === " " ? "Space" : event.key;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!(event.target instanceof Element) || isTyping(event.target)) return;
  if (document.querySelector("dialog:modal")) return; // the dialog has the keyboard
  const key = nameOf(event);
  if (key === "Space" && event.target.closest("button, a, summary, input")) return;
  if (key === "?") {
    event.preventDefault();
    showKeys();
    return;
  }
  const entry = registered.get(key);
  if (entry) {
    event.preventDefault();
    entry.act(event);
    return;
  }
  const element = [...document.querySelectorAll("[data-key]")].find(
    (candidate) => candidate.dataset.key.split(" ").includes(key) && answers(candidate),
  );
  if (!element) return;
  event.preventDefault();
  if (element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])")) {
    element.focus();
  } else {
    element.click();
  }
}

/** Fill the dialog of keys and open it. */
export function showKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog || dialog.open) return;
  const list = dialog.querySelector("[data-keys]");
  list.replaceChildren(...keysOfPage().flatMap(row));
  dialog.showModal();
}

function row({ keys, label }) {
  const term = document.createElement("dt");
  for (const key of keys) {
    const cap = document.createElement("kbd");
    cap.textContent = NAMES[key] ?? key;
    term.append(cap);
  }
  const meaning = document.createElement("dd");
  meaning.textContent = label;
  return [term, meaning];
}

document.addEventListener("keydown", onKey);
